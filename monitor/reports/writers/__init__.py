"""FILES: a report's words set as files, a writer a format; the same words give the same bytes.

- `docx`: for editing, in the layout of official documents; `docx_styles`, `docx_tables`, `docx_sizes` set it.
- `xlsx`: for reckoning, typed cells; `xlsx_cells` are those.
- `xml_text`: what text a file of XML can hold.
- `html`: for the console and for sending, all in one file; `report.html` is its layout.
- `pdf`: for reading; `report.typ` is its layout, `typesetting` the process that sets it, `long_annexes` what is too
  long to be set at once, `column_widths` says what it is.
"""
