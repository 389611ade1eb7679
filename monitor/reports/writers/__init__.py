"""FILES: a report's words set as files, a writer a format; the same words give the same bytes.

- `html`: for the console and for sending, all in one file; `report.html` is its layout.
- `pdf`: for reading; `report.typ` is its layout, `typesetting` the process that sets it, `long_annexes` what is too
  long to be set at once, `column_widths` says what it is.
- `docx`: for editing, in the layout of official documents; `docx_styles`, `docx_tables`, `docx_sizes` set it.
- `xlsx`: for reckoning; `xlsx_sheets` says what sheets there are, `xlsx_cells` are their typed cells.
- `sealing` packs both without a time; `xml_text` says what text XML can hold, `widths` how wide text is.
"""
