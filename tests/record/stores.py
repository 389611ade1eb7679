"""A real store on SQLite that is obstructed: its commits wait, fail, or succeed without the answer arriving."""

from __future__ import annotations

import threading
from collections import deque
from enum import Enum

from monitor.store.batch import Batch
from monitor.store.chain import Head
from monitor.store.errors import StoreUnavailable
from monitor.store.store import Store


class Trouble(Enum):
    """What becomes of a commit."""

    REFUSED = "nothing is written"
    ANSWER_LOST = "all is written, but nobody hears of it"


class ObstructedStore(Store):
    """Commits only while ``gate`` is open, and with the troubles that lie ahead, one a commit."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Event()
        self.troubles: deque[Trouble | None] = deque()
        self.tried = 0

    def commit(self, batch: Batch) -> Head:
        self.tried += 1
        self.arrived.set()
        if not self.gate.wait(30):
            raise AssertionError("nobody opened the gate")
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is Trouble.REFUSED:
            raise StoreUnavailable("disk full")
        before = self.head
        after = super().commit(batch)
        if trouble is Trouble.ANSWER_LOST:
            self.head = before
            raise StoreUnavailable("the connection was lost")
        return after
