"""What decisions are worth: judged cases, references, regret, promises."""
