"""The registers (台账): who is connected, who answers for it, and what was signed (Art. 6 to 27). Pure.

register.py     what a register is: its fields, whose its entries are, how long they hold, who owes one
definitions.py  the registers: a table
values.py       the values of fields, as people write them, as the ledger has them, as they are shown
entries.py      the entries with all their versions, folded from the ledger
actions.py      what people do: enter, erase, take out
drafting.py     what is wanted, compared with what is on record: which entry, which version
gaps.py         what is missing, expired or too old on a day; what is worth a question
figures.py      coverage of connection, time to the first answer
identity.py     what devices say they are, and when that changed
reminders.py    what runs out soon
letters.py      what a unit owes, as a text ready to send
"""
