"""ACCOUNT: the report of a period, from its figures to the files that people read.

The way of a report: material -> `figures` (pure) -> `document` (the words of it, pure) -> `writers` (files).
"""
