"""What is remembered: an append-only, hash-chained ledger of events, what follows from it, and the rounds beside it.

One writer (`store.Store`), any number of readers (`records.Records`), on SQLite or PostgreSQL::

    events -> codec -> chain -> event                        the ledger; verification reads it back
                 +--> projection -> fault, outage, outbox …  in the same transaction; can be rebuilt from the ledger
    registers -> bodies -> register_body                     names and numbers, apart from the ledger, erasable
    rounds -> stretches, rollups (measurements) -> stretch, open_stretch, hourly
    judging -> standing, line_state                          enough to go on after a crash
"""
