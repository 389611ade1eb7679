"""The rules once more, slow and straightforward: every second is walked through, nothing is kept that can be recounted.

Written from the wording of the fault rules (sections 2 to 10) and sharing nothing with the judging in
``monitor/`` but the words of its inputs. All times are whole seconds after the start of the history.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from monitor.faults.actions import Action, GiveEta, LineAction, Notified, Restore
from monitor.faults.observation import Observation
from tests.histories import START, History
from tests.supervision.oracle_cases import Case, Letter, Outbreak, Round
from tests.supervision.oracle_rulings import LATEST, Cluster, Planned, judged_of, maintained, planned, regroup


def whole(duration: timedelta) -> int:
    """Return a duration in seconds."""
    return int(duration / timedelta(seconds=1))


def second_of(instant: datetime) -> int:
    """Return an instant in seconds after the start."""
    return whole(instant - START)


class Oracle:
    """Everything that the rules say of one history; the answers stand in its attributes after `run`."""

    def __init__(self, history: History) -> None:
        """Take a history."""
        self.history = history
        self.seen: dict[str, list[Round]] = {line: [] for line in history.inventory.lines}
        self.forgotten = dict.fromkeys(history.inventory.lines, 0)  # rounds before this place are in no bad streak
        self.down: dict[str, int] = {}  # confirmed outages that last, by their first bad round
        self.outages: list[tuple[str, int, int | None]] = []
        self.blips: list[tuple[str, int, int, int]] = []  # line, first bad round, rounds, ended
        self.latest: dict[str, bool] = {}
        self.blind = False
        self.cases: list[Case] = []
        self.letters: list[Letter] = []
        self.refused: list[int] = []  # places in the list of actions
        self.numbers: dict[int, int] = {}
        self.windows: dict[str, Planned] = {}
        self.incidents: list[Cluster] = []
        self._rounds: dict[int, list[Observation]] = {}
        for one in history.rounds:
            self._rounds.setdefault(second_of(one.at), []).append(one)
        self._actions: dict[int, list[tuple[int, Action]]] = {}
        for place, action in enumerate(history.actions):
            self._actions.setdefault(second_of(action.at), []).append((place, action))

    def run(self) -> Oracle:
        """Walk through every second."""
        for now in range(self.history.end + 1):
            for place, action in self._actions.get(now, ()):
                if not self._person(now, action):
                    self.refused.append(place)
            self._references(now)
            if not self.blind:
                self._lines(now)
            self._due(now)
            if any(case.outbreaks[0].discovered == now for case in self.cases):
                self.incidents = regroup(self.history, self.cases, self.incidents)
        return self

    # -- numbers in force --

    def version(self, now: int) -> str:
        """Return the name of the policy version in force."""
        current = self.history.policies.versions[0]
        for policy in self.history.policies.versions:
            if second_of(policy.effective_from) <= now:
                current = policy
        return current.version

    def stale(self, now: int) -> int:
        """Return ``stale_after`` as in force."""
        return whole(self.history.policies.named(self.version(now)).detection.stale_after)

    # -- section 2 --

    def _references(self, now: int) -> None:
        for one in self._rounds.get(now, ()):
            self.latest[one.subject] = one.outcome.value == "good"
        names = list(self.history.inventory.references)
        blind = bool(names) and all(name in self.latest and not self.latest[name] for name in names)
        if blind and not self.blind:
            self.letters.append(Letter(now, "", "monitor_blind", now))
            for line, rounds in self.seen.items():
                self.forgotten[line] = len(rounds)
        if self.blind and not blind:
            self.letters.append(Letter(now, "", "monitor_sees", now))
        self.blind = blind

    # -- section 3 --

    def _lines(self, now: int) -> None:
        for one in self._rounds.get(now, ()):
            line = self.history.inventory.lines.get(one.subject)
            if line is None or one.outcome.value == "error":
                continue
            late = line.in_service_to is not None and now >= second_of(line.in_service_to)
            early = line.in_service_from is not None and now < second_of(line.in_service_from)
            if not late and not early:
                self._accept(line.id, Round(now, one.outcome.value == "good"))

    def _accept(self, line: str, latest: Round) -> None:
        rules = self.history.policies.named(self.version(latest.at)).detection
        ended = self._streak(line)
        near = bool(self.seen[line]) and latest.at - self.seen[line][-1].at <= self.stale(latest.at)
        self.seen[line].append(latest)
        streak = self._streak(line)
        if line in self.down:
            if latest.good and len(streak) >= rules.restore_rounds:
                self._recover(line, streak[0].at)
        elif latest.good:
            if near and ended and not ended[-1].good:
                self.blips.append((line, ended[0].at, len(ended), latest.at))
        elif len(streak) >= rules.confirm_rounds:
            self.down[line] = streak[0].at
            self.outages.append((line, streak[0].at, None))
        if line in self.down and not latest.good:
            self._confirm(line, latest.at, self.down[line])

    def _streak(self, line: str) -> list[Round]:
        """Return the latest round and those before it: alike, without a gap, none of a bad streak forgotten."""
        rounds = self.seen[line]
        streak: list[Round] = []
        for place in range(len(rounds) - 1, -1, -1):
            one = rounds[place]
            if not one.good and line not in self.down and place < self.forgotten[line]:
                break
            if streak and one.good != streak[0].good:
                break
            if streak and streak[0].at - one.at > self.stale(streak[0].at):
                break
            streak.insert(0, one)
        return streak

    def _suspect_since(self, line: str, now: int) -> int | None:
        """Return the first round of a bad streak of a line that may still become an outage."""
        streak = self._streak(line)
        alive = streak and not streak[-1].good and now - streak[-1].at <= self.stale(now)
        return self.down.get(line, streak[0].at) if alive else None  # a confirmed one is as old as the outage

    def _recover(self, line: str, restored: int) -> None:
        began = self.down.pop(line)
        self.outages[self.outages.index((line, began, None))] = (line, began, restored)
        last_bad = max(one.at for one in self.seen[line] if not one.good)
        case = self._case(line)
        if case is not None and case.open and case.last.detected is not None:
            case.last.restored, case.last.last_bad = restored, last_bad
            now = self.seen[line][-1].at
            self.letters.append(Letter(now, line, f"restored:{len(case.outbreaks)}", now))

    # -- section 4 --

    def _case(self, line: str) -> Case | None:
        cases = [case for case in self.cases if case.line == line]
        return cases[-1] if cases else None

    def _confirm(self, line: str, now: int, first_failed: int) -> None:
        case = self._case(line)
        if case is None or not case.open:
            if not maintained(self, line, now):
                self._start(line, "monitor", Outbreak(first_failed, now, now))
        elif case.last.detected is None:
            case.last.detected = now

    def _observed_until(self, case: Case) -> int:
        rules = self.history.policies.named(case.version)
        return (case.last.restored or 0) + whole(rules.clock.observe_for)

    def _start(self, line: str, source: str, outbreak: Outbreak) -> None:
        case, now = self._case(line), outbreak.discovered
        if case is not None and case.watched:
            if outbreak.first_failed < self._observed_until(case):
                self._relapse(case, outbreak)
                return
            case.closed = self._observed_until(case)
        rules = self.history.policies.named(self.version(now))
        repeat = None
        if case is not None and case.last.restored is not None:
            recent = now - case.last.restored <= whole(rules.clock.repeat_within)
            repeat = case.number if recent else None
        self.cases.append(Case(self._number(now), line, source, rules.version, [outbreak], repeat))
        self.letters.append(Letter(now, line, "opened", now))

    def _relapse(self, case: Case, outbreak: Outbreak) -> None:
        case.outbreaks.append(outbreak)
        rule = self.history.policies.named(case.version).flapping
        now = outbreak.discovered
        recent = [one for one in case.outbreaks[1:] if now - one.discovered <= whole(rule.within)]
        case.flapping = case.flapping or len(recent) >= rule.relapses
        self.letters.append(Letter(now, case.line, f"relapsed:{len(case.outbreaks)}", now))

    def _number(self, now: int) -> str:
        local = START + timedelta(seconds=now, hours=8)
        day = local.toordinal()
        self.numbers[day] = self.numbers.get(day, 0) + 1
        return f"F{local.year:04d}{local.month:02d}{local.day:02d}-{self.numbers[day]:04d}"

    def _person(self, now: int, action: Action) -> bool:
        if not isinstance(action, LineAction):
            return planned(self, now, action)
        case, kind = self._case(action.line), type(action).__name__
        if kind == "Report":
            if (case is None or not case.open) and not maintained(self, action.line, now):
                since = self._suspect_since(action.line, now)
                self._start(action.line, action.by.value, Outbreak(now if since is None else since, None, now))
            return True
        if case is None:
            return False
        match kind:
            case "Acknowledge":
                case.acknowledged = now if case.acknowledged is None else case.acknowledged
            case "ClaimRestored":
                case.claimed = now if case.claimed is None else case.claimed
            case "Notified":
                return isinstance(action, Notified) and self._notified(case, now, action)
            case "GiveEta":
                return isinstance(action, GiveEta) and case.open and now < second_of(action.eta) <= now + 7 * 86400
            case "Restore":
                return isinstance(action, Restore) and self._restore(case, now, action)
            case _:
                return kind == "Note" or judged_of(self, case, now, action)
        return True

    def _notified(self, case: Case, now: int, action: Notified) -> bool:
        told = now if action.notified_at is None else second_of(action.notified_at)
        discovered = [one.discovered for one in case.outbreaks]
        number = action.episode or max(1, sum(second <= told for second in discovered))
        if told > now or number > len(discovered):
            return False
        if action.notified_at is not None and told <= discovered[number - 1]:
            return False
        outbreak = case.outbreaks[number - 1]
        outbreak.notified = told if outbreak.notified is None else min(told, outbreak.notified)
        return True

    def _restore(self, case: Case, now: int, action: Restore) -> bool:
        restored = second_of(action.restored_at)
        legal = action.by.value == "centre" and case.open and case.last.detected is None
        if legal and case.last.discovered <= restored <= now:
            case.last.restored = case.last.last_bad = restored
            self.letters.append(Letter(now, case.line, f"restored:{len(case.outbreaks)}", now))
            return True
        return False

    # -- section 5 --

    def start_of(self, case: Case, outbreak: Outbreak) -> int | None:
        """Return from when an episode's clock counts."""
        start = self.history.policies.named(case.version).clock.start.value
        return {
            "discovered": outbreak.discovered,
            "first_failed": outbreak.first_failed,
            "notified": outbreak.notified,
        }[start]

    def elapsed(self, case: Case, now: int) -> int:
        """Return what the clock shows once ``now`` has been reached: the seconds before it in which an episode ran."""
        shown = 0
        for one in case.outbreaks:
            start = self.start_of(case, one)
            if start is not None:
                shown += case.book.counted(start, min(now, now if one.restored is None else one.restored))
        return shown

    def elapsed_min(self, case: Case) -> int:
        """Return what was surely used by the end of the history."""
        shown = 0
        for one in case.outbreaks:
            start = self.start_of(case, one)
            if start is not None:
                end = self.history.end if one.last_bad is None else max(start, one.last_bad)
                shown += case.book.counted(start, end)
        return shown

    def reached(self, case: Case, amount: float) -> int | None:
        """Return the first second at which the clock shows an amount, the last episode taken as unending."""
        running = []
        for one in case.outbreaks:
            start = self.start_of(case, one)
            if start is not None:
                running.append((start, LATEST if one is case.last else one.restored or 0))
        shown, now = 0, min([start for start, _ in running], default=LATEST)
        while shown < amount and now < LATEST:
            shown += sum(start <= now < end for start, end in running) * case.book.counted(now, now + 1)
            now += 1
        return now if now < LATEST else None

    def limit(self, case: Case) -> int:
        """Return the limit that a fault is held to."""
        return whole(self.history.policies.named(case.version).clock.limit)

    def verdict(self, case: Case) -> str:
        """Return the verdict at the end of the history."""
        if case.party not in ("carrier", "undetermined"):
            return "exempt"
        limit = self.limit(case)
        most = self.elapsed(case, self.history.end)
        if case.open:
            return "running" if most <= limit else "overdue"
        if most <= limit:
            return "on_time"
        return "late" if self.elapsed_min(case) > limit else "disputable"

    def clock(self, case: Case) -> tuple[float, float, int | None, str]:
        """Return elapsed, its least, deadline and verdict at the end of the history."""
        most, least = self.elapsed(case, self.history.end), self.elapsed_min(case)
        return most, least, self.reached(case, self.limit(case)), self.verdict(case)

    # -- section 10 --

    def _due(self, now: int) -> None:
        for case in self.cases:
            if case.watched and now >= self._observed_until(case):
                since = self.down.get(case.line, self._suspect_since(case.line, now))
                if since is None or since >= self._observed_until(case):
                    case.closed = self._observed_until(case)
            held = case.party not in ("carrier", "undetermined")
            if case.open and not held and not (case.line in self.down and self.seen[case.line][-1].good):
                self._remind(case, now)

    def _remind(self, case: Case, now: int) -> None:
        shown = self.elapsed(case, now)
        if shown < case.quiet_until:
            return
        due = [(name, amount) for name, amount in self._milestones(case, shown) if name not in case.settled]
        if due:
            name, amount = due[-1]
            passed = tuple(other for other, _ in due[:-1])
            self.letters.append(Letter(now, case.line, name, self.reached(case, amount) or 0, passed))
            case.settled |= {other for other, _ in due}
        case.quiet_until = self._next(case, shown)

    def _next(self, case: Case, shown: int) -> float:
        """Return the least of the amounts beyond what is shown at which anything is due."""
        policy = self.history.policies.named(case.version)
        limit, every = whole(policy.clock.limit), whole(policy.reminders.overdue_every)
        amounts = [limit * fraction for fraction in policy.reminders.fractions] + [limit]
        repeats = limit + (max(0, shown - limit) // every + 1) * every
        return min(amount for amount in (*amounts, repeats) if amount > shown)

    def _milestones(self, case: Case, shown: int) -> Iterator[tuple[str, float]]:
        policy = self.history.policies.named(case.version)
        limit, every = whole(policy.clock.limit), whole(policy.reminders.overdue_every)
        for fraction in policy.reminders.fractions:
            if limit * fraction <= shown:
                yield f"reminder:{fraction}", limit * fraction
        if limit <= shown:
            yield "overdue", limit
        for number in range(1, (shown - limit) // every + 1):
            yield f"overdue_repeat:{number}", limit + number * every
