"""FILES: a report's words set as files, a writer a format; the same words give the same bytes.

- `html`: for the console and for sending, all in one file; `report.html` is its layout.
- `pdf`: for reading; `report.typ` is its layout, `typesetting` the process that sets it, `long_annexes` what is too
  long to be set at once, `column_widths` says what it is.
"""
