"""ACCOUNT: the report of a period, from its figures to the files that people read.

The way of a report: material -> `grounds` -> `figures` (pure) -> `document` (the words of it, pure) -> `writers`
(files). A figure is made by `explaining` out of the rows of `grounds`, and kept as `spelling` has it.
"""
