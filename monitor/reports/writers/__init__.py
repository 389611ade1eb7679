"""FILES: a report's words set as files, a writer a format; the same words give the same bytes.

- `html`: for the console and for sending, all in one file; `report.html` is its layout.
"""
