"""The report: its figures, words, files and editions."""
