"""Publishing a report: its figures drawn up, its files made, both put on record, put in the folder, mailed.

Nothing of it touches the rounds: it runs in a process of its own, and what it wants on record it asks for like people
do, through the inbox. Killed at any moment it leaves the edition as it was, or a request that is done without it.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from monitor.accounting import Progress, account, books_of, published
from monitor.alerts.channels.smtp import Smtp
from monitor.alerts.letter import Attached, Letter, Outcome
from monitor.config.folder import Configuration
from monitor.config.report import report_channel
from monitor.editions.actions import DrawEdition, NoteSending, WordEdition
from monitor.editions.edition import Edition
from monitor.faults.actions import Action
from monitor.faults.events import EditionFrozen, EditionMade
from monitor.faults.terms import MessageKind, Source
from monitor.reports.figures import Figures, Texts
from monitor.reports.page_one import fits, room_for_texts, written
from monitor.reports.periods import Period
from monitor.reports.rendering import FORMATS, MEDIA, CannotRender, file_name, made_with, rendered
from monitor.reports.spelling import to_json
from monitor.store.editions import Kept
from monitor.store.records import Records

MAILED = ("pdf", "docx")
CURE = "shorten the centre's texts (monitor report text), or name a paper of its own in them"
Ask = Callable[[Action, Iterable[Kept]], object]
SUBJECTS = {
    "zh_CN": "{county}电子政务外网运行情况报告（{key}{draft}）",
    "en": "{county}: report on the e-government extranet, {key}{draft}",
}
LETTERS = {
    "zh_CN": "{county}电子政务外网运行情况报告（{key}{draft}）见附件。\n编制单位：{compiler}",
    "en": "The report of {county}, {key}{draft}, is attached.\nCompiled by {compiler}.",
}
DRAFTS = {"zh_CN": "，草稿，尚未定稿", "en": ", a draft, not final"}


class NotPublished(Exception):
    """A report cannot be published; the text says why, and the cure."""


class NotNow(NotPublished):
    """What is asked for cannot be: the period lies ahead or is not over, the edition is frozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """On whose behalf a report is published: the centre's, or on its day the monitor's own."""

    by: Source = Source.CENTRE
    who: str | None = None
    why: str | None = None


MONITOR = By(by=Source.MONITOR, who="monitor")


class Publisher:
    """What is done with the reports of one configuration; ``ask`` has an action done, or raises."""

    def __init__(
        self,
        configuration: Configuration,
        ask: Ask,
        *,
        now: Callable[[], datetime],
        progress: Progress | None = None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Do nothing yet. ``warn`` is told in a line what is not as it should be, and the cure."""
        self._warn = warn
        self._configuration, self._ask, self._now = configuration, ask, now
        self._progress = progress or (lambda _done, _whole: None)
        self._steps = 0
        self._settings = configuration.settings
        self._url = configuration.settings.database.reveal()

    def figures(self, period: Period) -> Figures:
        """Return the figures of a period as they are now.

        Raises:
            NotNow: the period lies ahead.
            StoreError: the database cannot be read.
        """
        self._begun(period)
        with Records.of(self._url) as records, records.held_still():
            books = books_of(records, self._configuration, self._now())
            return account(books, period, self._settings.county, progress=self._step)

    def _begun(self, period: Period) -> None:
        if period.span[0] >= self._now():
            raise NotNow(f"there is nothing to report of {period.key} yet: it has not begun")

    def files(
        self,
        figures: Figures,
        period: Period,
        *,
        draft: bool,
        formats: Iterable[str] | None = None,
        like: EditionMade | None = None,
    ) -> dict[str, bytes]:
        """Return the files of figures by format, all formats unless some are named.

        They are in the configured language, or in that of a drawing which they are to be ``like``.

        Raises:
            NotPublished: a file cannot be made.
        """
        wanted = FORMATS if formats is None else tuple(formats)
        try:
            files = rendered(
                figures,
                edition=period.key,
                draft=draft,
                told=lambda name: self._progress(self._steps + FORMATS.index(name), self._steps + len(FORMATS)),
                **(self._manner if like is None else {name: like.made_with[name] for name in self._manner}),
                formats=wanted,
            )
            if like is None and not {"pdf", "docx"}.isdisjoint(wanted) and not fits(figures, **self._manner):
                self._warn(self._too_long(figures, period))
        except CannotRender as error:
            raise NotPublished(str(error)) from error
        return files

    def _too_long(self, figures: Figures, period: Period) -> str:
        """Say in a line that page one is no one page, and what that leads to: with less of the texts it may be one."""
        room = room_for_texts(figures, **self._manner)
        if room is None:
            return f"page one of report {period.key} takes more than one page, even without the centre's texts"
        return f"page one takes more than one page, and cannot be frozen so: {_room(figures, period, room)}"

    def _hold_to_page_one(self, figures: Figures, period: Period) -> None:
        """Refuse texts for which page one has no room; what has none without them is not their fault.

        Raises:
            NotNow: they are too long; it says how much of them would find room.
            NotPublished: page one cannot be set.
        """
        try:
            room = room_for_texts(figures, **self._manner)
        except CannotRender as error:
            raise NotPublished(str(error)) from error
        if room is not None:
            raise NotNow(f"page one is too long: {_room(figures, period, room)}")

    def _step(self, done: int, whole: int) -> None:
        """Say how far the figures are; the files come after them."""
        self._steps = whole
        self._progress(done, whole + len(FORMATS))

    @property
    def _manner(self) -> dict[str, str]:
        """In which language files are written, and by whom."""
        return {"locale": self._settings.locale.value, "compiler": self._settings.sms_signature}

    def edition(self, key: str) -> Edition:
        """Return an edition as it is on record, an empty one where there is none.

        Raises:
            StoreError: the database cannot be read.
        """
        with Records.of(self._url) as records:
            return records.editions().named(key) or Edition(key=key)

    def draw(self, period: Period, by: By, *, frozen: bool = False) -> EditionMade:
        """Draw a report up and put it on record and in the folder; ``frozen``: for good.

        Raises:
            NotNow: it is frozen already, its period is not over, or its texts make page one longer than a page.
            NotPublished: a file cannot be made, or the folder cannot be written.
            StoreError: the database cannot be read or written.
        """
        before = self.edition(period.key)
        if before.frozen is not None:
            raise NotNow(f"report {period.key} is frozen: what is found later goes into the amendments of the next one")
        if frozen and period.span[1] > self._now():
            raise NotNow(f"report {period.key} cannot be frozen: its period is not over")
        figures = self.figures(period)
        if frozen:
            self._hold_to_page_one(figures, period)
        files = self.files(figures, period, draft=not frozen)
        kept = {name: Kept.of(content) for name, content in files.items()}
        position = figures.position
        self._ask(
            DrawEdition(
                at=self._now(),
                by=by.by,
                who=by.who,
                why=by.why,
                edition=period.key,
                begins_at=period.span[0],
                ends_at=period.span[1],
                number=len(before.made) + 1,
                as_of=figures.as_of,
                policy=figures.policy.version,
                ledger_seq=0 if position is None else position.seq,
                ledger_hash="" if position is None else position.hash,
                figures=Kept.of(to_json(figures).encode()).digest,
                files={name: each.digest for name, each in kept.items()},
                made_with=made_with() | self._manner,
                frozen=frozen,
            ),
            {each.digest: each for each in kept.values()}.values(),
        )
        latest = self.edition(period.key).latest
        if latest is None:
            raise NotPublished(f"report {period.key} was drawn up, and is not on record: run `monitor ledger verify`")
        self.put(files, period, self._settings.report.folder)
        return latest

    def word(self, period: Period, by: By, *, last_orders: str | None, next_orders: str | None) -> None:
        """Give a report the centre's texts; None keeps what there is, an empty text takes it away.

        Raises:
            NotNow: the period lies ahead, and a slip of the pen would stand on record for good; or page one, as it
                is now, has no room for them.
            StoreError: the database cannot be read or written.
        """
        self._begun(period)
        before = self.edition(period.key)
        texts = Texts(
            last_orders=before.last_orders if last_orders is None else last_orders or None,
            next_orders=before.next_orders if next_orders is None else next_orders or None,
        )
        if before.frozen is None:
            known = self.figures(period) if before.latest is None else self.published(before)
            self._hold_to_page_one(replace(known, texts=texts), period)
        self._ask(
            WordEdition(
                at=self._now(),
                by=by.by,
                who=by.who,
                why=by.why,
                edition=period.key,
                version=len(before.worded) + 1,
                last_orders=texts.last_orders,
                next_orders=texts.next_orders,
            ),
            (),
        )

    def kept(self, made: EditionMade) -> Mapping[str, bytes]:
        """Return the files of a drawing as they were made.

        Raises:
            NotPublished: one is gone.
        """
        with Records.of(self._url) as records:
            files = {name: records.edition_body(digest) for name, digest in made.files.items()}
        gone = [name for name, content in files.items() if content is None]
        if gone:
            raise NotPublished(
                f"the {', '.join(gone)} of report {made.edition} are not kept any more: run `monitor ledger verify`"
            )
        return {name: content for name, content in files.items() if content is not None}

    def published(self, edition: Edition) -> Figures:
        """Return the figures of an edition's drawing that stands.

        Raises:
            NotPublished: they are gone, or do not read.
        """
        with Records.of(self._url) as records:
            try:
                return published(records, edition)
            except (LookupError, ValueError) as error:
                raise NotPublished(str(error)) from error

    def put(self, files: Mapping[str, bytes], period: Period, folder: Path) -> list[Path]:
        """Write files into a folder, each whole or not at all, over those of the same name; return their paths.

        Raises:
            NotPublished: the folder cannot be written.
        """
        locale = self._settings.locale.value
        named_files = {file_name(period.key, period.kind, name, locale): content for name, content in files.items()}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in named_files.items():
                _write(folder / name, content)
        except OSError as error:
            raise NotPublished(
                f"the folder {folder} cannot be written ({error.strerror}): name another (report.folder, or --out)"
            ) from error
        return [folder / name for name in named_files]

    def put_again(self, made: EditionMade, period: Period) -> None:
        """Write a drawing's files into the configured folder, as far as they are not there as they were kept.

        Raises:
            NotPublished: one is gone, or the folder cannot be written.
        """
        folder, locale = self._settings.report.folder, self._settings.locale.value
        paths = {name: folder / file_name(period.key, period.kind, name, locale) for name in made.files}
        lacking = [name for name, path in paths.items() if not _is(path, made.files[name])]
        if lacking:
            kept = self.kept(made)
            self.put({name: kept[name] for name in lacking}, period, folder)

    def mail(self, period: Period, by: By) -> Outcome:
        """Mail a report's drawing that stands to the configured recipients, and put on record what came of it.

        Raises:
            NotPublished: there is nobody, no way, or nothing to send.
        """
        channel, recipients = report_channel(self._settings), self._settings.report.recipients
        made = self.edition(period.key).latest
        if made is None:
            raise NotPublished(f"report {period.key} is not drawn up: monitor report draw does it")
        if channel is None or not recipients:
            raise NotPublished("nobody is named to be mailed to: give report.recipients, and a channel of kind smtp")
        sender = Smtp(replace(channel, recipients=recipients, roster=None), self._now)
        letter = self._letter(period, made, self.kept(made))
        outcome = asyncio.run(sender.send(letter))
        self._ask(
            NoteSending(
                at=self._now(),
                by=by.by,
                who=by.who,
                why=by.why,
                edition=period.key,
                number=made.number,
                channel=channel.name,
                recipients=len(recipients) - len(outcome.missed),
                fate=outcome.fate.value,
                status=outcome.status,
                answer=outcome.answer,
            ),
            (),
        )
        return outcome

    def _letter(self, period: Period, made: EditionMade, files: Mapping[str, bytes]) -> Letter:
        locale, now = self._settings.locale.value, self._now()
        words = {
            "county": self._settings.county,
            "key": period.key,
            "compiler": self._settings.sms_signature,
            "draft": "" if isinstance(made, EditionFrozen) else DRAFTS[locale],
        }
        attached = tuple(
            Attached(name=file_name(period.key, period.kind, name, locale), media=MEDIA[name], content=files[name])
            for name in MAILED
            if name in files
        )
        text = LETTERS[locale].format(**words)
        return Letter(
            key=f"report:{made.edition}:{made.number}",
            kind=MessageKind.REPORT_READY,
            sent_at=now,
            due_at=now,
            late=False,
            title=SUBJECTS[locale].format(**words),
            text=text,
            sms=text,
            markdown=text,
            payload={},
            attached=attached,
        )


def _room(figures: Figures, period: Period, room: int) -> str:
    """Say how much of the texts finds room on page one, and the cure."""
    return (
        f"the texts of report {period.key} have {written(figures.texts)} characters, and page one has room for about "
        f"{room} of them: {CURE}"
    )


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and Kept.of(path.read_bytes()).digest == digest


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, or leave what was there."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
