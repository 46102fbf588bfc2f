"""Run folders, read: compared, merged, and asked further questions."""
