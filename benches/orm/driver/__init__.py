"""The driver of `../run`: a file a step. Python's standard library only."""
