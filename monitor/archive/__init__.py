"""The access archive as people keep it (Art. 21): a workbook, a folder of CSV files, or NetBox, and ``inventory.yaml``.

- `sheets`: which sheets and columns there are, and what they are called.
- `content`: what a file says, if it may be read; `parts`: those of a workbook, judged before anything reads them.
- `grid`: a sheet as it was found; `workbook` and `separated` find them, `cells` and `reading` read them.
- `masked`: whose a telephone number is that a sheet shows masked.
- `rows`: an inventory as cells; `drawing` draws a workbook of them, `separated` CSV files.
- `differences`: what one inventory has that another has not.
- `keeping`: the files of the configuration folder, taken whole or not at all.
- `netbox`, `netbox_client`: what NetBox knows of providers, circuits, sites and contacts.
- `register_sheets`, `register_reading`: the registers as sheets, by the same rules.
"""
