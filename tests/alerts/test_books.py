"""The outbox's way to the database: in turn, in lots, as often as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from monitor.alerts.books import Books
from monitor.store.deliveries import Tried
from monitor.store.errors import StoreError, StoreUnavailable
from monitor.store.store import Store
from tests.alerts.deliveries import delivery
from tests.driven import driven, loop


@dataclass
class Shelf:
    """A store written by hand: every call takes a second; ``troubles`` are raised instead, one a call."""

    troubles: list[Exception | None] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    lots: list[list[str]] = field(default_factory=list)
    under_way: int = 0

    async def ask(self, question: Callable[[Store], Any]) -> Any:
        self.under_way += 1
        assert 1 == self.under_way
        await asyncio.sleep(1)
        self.under_way -= 1
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble
        return question(cast(Store, self))

    def mark_tried(self, tried: list[Tried]) -> None:
        keys = [each.deliveries[0].key for each in tried]
        if self.refused.intersection(keys):
            raise StoreError("refused")
        self.lots.append(keys)


def tried(number: int) -> Tried:
    return Tried(deliveries=(delivery(number),))


def test_what_waits_is_written_together() -> None:
    """One entry is under way, five come meanwhile: two transactions."""

    async def main() -> float:
        await asyncio.gather(*(books.enter(tried(n)) for n in range(6)))
        return loop().time()

    shelf = Shelf()
    books = Books(shelf.ask)
    assert 2 == driven(main())
    assert [["F0:opened:0"], [f"F{n}:opened:{n}" for n in range(1, 6)]] == shelf.lots


def test_entries_behind_a_question_go_as_one_lot() -> None:
    async def main() -> None:
        asked = asyncio.create_task(books.ask(lambda _: "answer"))
        entered = [asyncio.create_task(books.enter(tried(n))) for n in range(3)]
        assert "answer" == await asked
        await asyncio.gather(*entered)

    shelf = Shelf()
    books = Books(shelf.ask)
    driven(main())
    assert [["F0:opened:0", "F1:opened:1", "F2:opened:2"]] == shelf.lots


def test_an_unavailable_database_is_asked_until_it_answers() -> None:
    async def main() -> float:
        await books.enter(tried(1))
        return loop().time()

    shelf = Shelf(troubles=[StoreUnavailable("full"), StoreUnavailable("full")])
    books = Books(shelf.ask)
    assert 5 == driven(main())
    assert [["F1:opened:1"]] == shelf.lots


def test_one_entry_that_is_refused_spoils_no_other() -> None:
    """Together they are refused; then each goes by itself, and who is refused hears of it."""

    async def main() -> list[Any]:
        return await asyncio.gather(*(books.enter(tried(n)) for n in range(3)), return_exceptions=True)

    shelf = Shelf(refused={"F1:opened:1"})
    books = Books(shelf.ask)
    heard = driven(main())
    assert [None, StoreError, None] == [None if each is None else type(each) for each in heard]
    assert [["F0:opened:0"], ["F2:opened:2"]] == shelf.lots


def test_a_question_that_cannot_be_answered_is_no_end() -> None:
    async def main() -> None:
        with pytest.raises(StoreError):
            await books.ask(lambda _: "never")
        assert "answer" == await books.ask(lambda _: "answer")

    books = Books(Shelf(troubles=[StoreError("broken")]).ask)
    driven(main())


def test_what_somebody_entered_who_went_is_written_all_the_same() -> None:
    """Whoever writes next writes it too: what came of a letter is not forgotten."""

    async def main() -> None:
        gone = asyncio.create_task(books.enter(tried(1)))
        await asyncio.sleep(0.5)
        gone.cancel()
        await asyncio.sleep(2)
        shelf.under_way = 0  # the call that was given up never comes back
        await books.enter(tried(2))

    shelf = Shelf(troubles=[StoreUnavailable("full")])
    books = Books(shelf.ask)
    driven(main())
    assert ["F1:opened:1", "F2:opened:2"] == [key for lot in shelf.lots for key in lot]
