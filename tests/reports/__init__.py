"""Tests of the report: its figures, its words, its files."""
