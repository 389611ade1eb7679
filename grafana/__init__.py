"""The dashboards as code: what stands in ``dashboards/`` is written by `grafana.generate`, never by hand.

language.py        Chinese or English, and the address of the console
colours.py         what each colour says
queries.py         the PromQL that several panels share
panels.py          how a panel of each kind looks here
tables.py          tables put together of several queries
wording.py         what states, verdicts and registers are called
variables.py       what a reader chooses by
marks.py           faults drawn across the curves
frames.py          a dashboard's frame: variables, links to the others, time
duty_room.py, line_and_unit.py, carriers.py, registers.py, monitor_itself.py
                   one dashboard each
generate.py        writes them all, or checks that they are what is committed
"""
