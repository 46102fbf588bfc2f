"""From settings to cases: tables, pictures, streams; checked, and in parts."""
