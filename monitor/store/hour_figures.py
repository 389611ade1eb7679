"""Whether the figures of hours follow from their histograms. Pure.

`sound` looks at a whole page of rows, quickly, and only ever says yes; `slips` says what is wrong with one row.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import accumulate, pairwise
from math import inf, isclose
from operator import le, lt, truediv
from typing import Any

from monitor.store.instant import EPOCH, MICROSECOND
from monitor.store.rollups import HOUR, P50, P95, P99, Buckets, Rollup, bucket_of, columns, middle_of, rank_of

NEARLY = 1e-9  # of a sum of floating-point numbers
HOUR_US = HOUR // MICROSECOND
NUMBERS = str.maketrans("", "", "0123456789-,[]")
INSTANTS = (int, datetime)  # as SQLite and PostgreSQL keep them
KINDS = [[{kind} for kind in (str, instant, *[int] * 6, *[float] * 7, str)] for instant in INSTANTS]


def sound(page: Sequence[Sequence[Any]]) -> list[int] | None:
    """Return the numbers of a page's hours since 1970 if all figures are sound; None if its rows are to be looked at.

    The rows are whole and as the database keeps them.
    """
    every = list(zip(*page, strict=True))
    if [{*map(type, column)} for column in every] not in KINDS:
        return None
    _, hours, good, bad, error, sent, received, echoes, total, shortest, mean, longest, *quantiles, texts = every
    fits = (
        min(map(min, (good, bad, error))) >= 0
        and min(echoes) > 0
        and all(map(le, echoes, received))
        and all(map(le, received, sent))
        and all(map(le, shortest, longest))
        and max(longest) < inf
        and tuple(map(truediv, total, echoes)) == mean
        and (histograms := _histograms(texts)) is not None
        and all(map(_fits, histograms, echoes, total, shortest, longest, *quantiles))
    )
    return _numbers(hours) if fits else None


def _histograms(texts: Sequence[str]) -> list[list[int]] | None:
    """Read the histograms of a page at one go, ``[bucket, count, …]`` each; None if any is not as it is written.

    Each text begins with the only ``[`` in it: if all together are as many lists, each list is its text's.
    """
    whole = f"[{','.join(texts)}]"
    if whole.translate(NUMBERS) or "-0" in whole or any(text.rfind("[") for text in texts):
        return None
    try:
        found: list[list[int]] = json.loads(whole)
    except ValueError:
        return None
    return found if len(found) == len(texts) else None


def _fits(flat: list[int], echoes: int, total: float, shortest: float, longest: float, *quantiles: float) -> bool:
    """Tell whether an hour's figures are those of its histogram."""
    buckets, counts = flat[::2], flat[1::2]
    met = list(accumulate(counts))
    if len(buckets) != len(counts) or not met or met[-1] != echoes or min(counts) <= 0:
        return False
    if not all(map(lt, buckets, buckets[1:])):
        return False
    if bucket_of(shortest) != buckets[0] or bucket_of(longest) != buckets[-1]:
        return False
    if not echoes * shortest - NEARLY <= total <= echoes * longest + NEARLY:
        return False
    for rank, kept in zip(_ranks(echoes), quantiles, strict=True):
        if min(longest, max(shortest, middle_of(buckets[bisect_left(met, rank)]))) != kept:
            return False
    return True


@lru_cache(maxsize=4096)
def _ranks(echoes: int) -> tuple[int, ...]:
    return tuple(rank_of(share, echoes) for share in (P50, P95, P99))


def _numbers(hours: Sequence[Any]) -> list[int] | None:
    """Return the numbers of full hours; None if any instant is another."""
    of_sqlite = isinstance(hours[0], int)
    found = [divmod(hour, HOUR_US) if of_sqlite else divmod(hour - EPOCH, HOUR) for hour in hours]
    return None if any(rest for _, rest in found) else [number for number, _ in found]


def slips(row: Any, rollup: Rollup) -> Iterator[str]:
    """Go through what cannot be in an hour, whatever its stretches say."""
    if min(rollup.good, rollup.bad, rollup.error) < 0 or not 0 <= rollup.echoes <= rollup.received <= rollup.sent:
        yield "a count cannot be"
    if rollup.hour.minute or rollup.hour.second or rollup.hour.microsecond:
        yield "it begins at no full hour"
    if sum(count for _, count in rollup.buckets) != rollup.echoes:
        yield f"echoes is {rollup.echoes}, which is not what buckets holds"
        return
    if not _ascend(rollup.buckets):
        yield "buckets do not ascend, or hold none"
        return
    if not (_in_buckets(rollup) if rollup.echoes else _untimed(rollup)):
        yield "rtt_min, rtt_max or rtt_sum does not fit the times in buckets"
        return
    for name, wanted in columns(rollup).items():
        if not _same(getattr(row, name), wanted):
            yield f"{name} is {getattr(row, name)}, not {wanted}"


def _same(kept: Any, wanted: Any) -> bool:
    """Compare figures; powers of two differ in their last bit from one machine to another."""
    if isinstance(kept, float) and isinstance(wanted, float):
        return isclose(kept, wanted, rel_tol=NEARLY)
    return bool(kept == wanted)


def _ascend(buckets: Buckets) -> bool:
    return all(count > 0 for _, count in buckets) and all(one < other for (one, _), (other, _) in pairwise(buckets))


def _untimed(rollup: Rollup) -> bool:
    return (rollup.rtt_sum, rollup.rtt_min, rollup.rtt_max) == (0.0, None, None)


def _in_buckets(rollup: Rollup) -> bool:
    shortest, longest, total = rollup.rtt_min, rollup.rtt_max, rollup.rtt_sum
    if shortest is None or longest is None:
        return False
    ends = bucket_of(shortest), bucket_of(longest)
    slack = NEARLY * max(1.0, abs(total))
    fits = rollup.echoes * shortest - slack <= total <= rollup.echoes * longest + slack
    return fits and ends == (rollup.buckets[0][0], rollup.buckets[-1][0])
