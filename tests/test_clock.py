"""Judged time: it never runs backwards, and only a clock that was set counts as a step."""

from __future__ import annotations

import pytest

from monitor.clock import Clock


class Machine:
    """Two clocks of a machine; ``held_up`` are the seconds for which it is held up at each next reading of one."""

    def __init__(self) -> None:
        self.at, self.step = 1000.0, 0.0
        self.held_up: list[float] = []

    def wall(self) -> float:
        seen = self.at + self.step
        self._wait()
        return seen

    def monotonic(self) -> float:
        seen = self.at
        self._wait()
        return seen

    def _wait(self) -> None:
        self.at += self.held_up.pop(0) if self.held_up else 0.0


@pytest.mark.parametrize("step", [-3600.0, -1.0, 1.0, 3600.0])
def test_a_clock_that_was_set_is_a_step_once_and_judged_time_only_moves_on(step: float) -> None:
    machine = Machine()
    clock = Clock(machine.wall, machine.monotonic)
    before = clock.seconds()
    machine.step, machine.at = step, machine.at + 1
    assert [step, 0.0] == [clock.stepped(), clock.stepped()]
    assert before + 1 + max(0.0, step) == clock.seconds()


@pytest.mark.parametrize("held_up", [[3.0], [0.0, 3.0], [0.0, 0.0, 3.0], [0.4, 0.4] * 3])
def test_a_process_that_is_held_up_while_it_reads_the_clocks_sees_no_step(held_up: list[float]) -> None:
    """A busy machine may hold it up between any two readings."""
    machine = Machine()
    clock = Clock(machine.wall, machine.monotonic)
    machine.held_up = list(held_up)
    assert [0.0, 0.0] == [clock.stepped(), clock.stepped()]
