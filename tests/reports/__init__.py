<<<<<<< HEAD
"""The report: its figures, words and files."""
=======
"""Tests of the report: its figures, its words, its files."""
>>>>>>> figures
