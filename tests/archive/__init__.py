"""Tests of the access archive: workbooks, CSV files, NetBox."""
