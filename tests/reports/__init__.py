"""The report: its figures, words and files."""
