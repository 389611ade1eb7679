"""The editions of the report (月报): one a period, a draft until it is frozen. Pure.

edition.py  an edition with every drawing, text and sending that it had, folded from the ledger
actions.py  what is done with it: draw up, freeze, word, note what came of sending
"""
