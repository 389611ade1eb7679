"""``monitor notify preview``: every text as it would be sent, with its length, on invented faults of the county."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.exits import WrongInput
from monitor.cli.options import config_option, configuration, json_option

if TYPE_CHECKING:
    from monitor.alerts.composing import Composer
    from monitor.alerts.letter import Letter
    from monitor.alerts.samples import Ground
    from monitor.config.folder import Configuration
    from monitor.config.settings import Channel
    from monitor.config.templates import Form
    from monitor.faults.terms import MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A text of one kind, sample and form, and the channels that carry it; none where none is configured."""

    kind: MessageKind
    shape: str
    form: Form
    text: str
    channels: tuple[str, ...]


@click.command()
@click.option("--kind", "named", metavar="KIND", help="Only this kind of message, such as overdue.")
@click.option("--channel", metavar="NAME", help="Only what this channel carries, with its own templates.")
@click.option("--locale", type=click.Choice(["zh_CN", "en"]), help="Another language than the configured one.")
@click.option("--all", "every", is_flag=True, help="Every sample, not the usual ones only.")
@config_option
@json_option
def preview(
    named: str | None, channel: str | None, locale: str | None, folder: Path, *, every: bool, as_json: bool
) -> None:
    """Show what messages say, on invented faults of the configured county.

    Each text comes with its characters and segments as an SMS, or its bytes; numbers of carriers' contacts are masked
    in it. Nothing is sent, no database is needed.
    """
    from monitor.alerts.composing import Composer
    from monitor.config.settings import Locale
    from monitor.wording import WORDING

    loaded = configuration(folder)
    settings, now = loaded.settings, datetime.fromtimestamp(time.time(), UTC).replace(microsecond=0)
    composer = Composer(
        settings=settings,
        inventory=loaded.inventory,
        policies=loaded.policies,
        templates=loaded.templates,
        locale=Locale(locale or settings.locale),
    )
    shown = list(_shown(_kinds(named), _channels(channel, loaded), composer, _ground(loaded, now), every=every))
    numbers = _numbers(loaded)
    if as_json:
        click.echo(json.dumps([_spelled(each, numbers) for each in shown], ensure_ascii=False, indent=2))
    else:
        _tell(shown, numbers, WORDING[locale or settings.locale])


def _numbers(loaded: Configuration) -> Mapping[str, str]:
    """Return the telephone numbers of carriers' contacts, as texts may spell them, with what is shown for them."""
    from monitor.alerts.language import neutral
    from monitor.wording.telephones import mask

    contacts = (contact for carrier in loaded.inventory.carriers.values() for contact in carrier.contacts)
    phones = [contact.phone for contact in contacts if contact.phone]
    return {spelling: mask(phone) for phone in phones for spelling in (phone, neutral(phone))}


def _without(numbers: Mapping[str, str], text: str) -> str:
    for number, masked in numbers.items():
        text = text.replace(number, masked)
    return text


def _kinds(named: str | None) -> Sequence[MessageKind]:
    from monitor.config.problem import did_you_mean
    from monitor.faults.terms import MessageKind

    known = [kind.value for kind in MessageKind]
    if named is None:
        return list(MessageKind)
    if named not in known:
        near = did_you_mean(named, known) or f": there are {', '.join(known)}"
        raise WrongInput(f"there is no kind of message {named!r}{near}")
    return [MessageKind(named)]


def _channels(named: str | None, loaded: Configuration) -> Sequence[Channel | None]:
    """Return the channels to write for; none in particular where none is configured."""
    from monitor.config.problem import did_you_mean

    channels = loaded.settings.channels
    if named is None:
        return list(channels.values()) or [None]
    if named not in channels:
        near = did_you_mean(named, list(channels))
        raise WrongInput(f"there is no channel {named!r} in {loaded.folder}/monitor.yaml{near}")
    return [channels[named]]


def _ground(loaded: Configuration, now: datetime) -> Ground:
    from monitor.alerts.samples import Ground

    return Ground(
        inventory=loaded.inventory,
        policy=loaded.policies.in_force(now),
        at=now,
        zone=loaded.settings.timezone,
        public_url=loaded.settings.public_url,
    )


def _shown(
    kinds: Sequence[MessageKind], channels: Sequence[Channel | None], composer: Composer, ground: Ground, *, every: bool
) -> Iterator[Shown]:
    """Go through the texts, each once with all the channels that carry it."""
    from monitor.alerts.composing import carried
    from monitor.alerts.samples import samples

    for kind in kinds:
        for sample in samples(kind, ground):
            if not (every or sample.usual):
                continue
            texts: dict[tuple[Form, str], list[str]] = {}
            for channel in channels:
                letter = composer.group(sample.matters, now=sample.now, channel=channel)
                for form in carried(channel.kind if channel else None):
                    names = texts.setdefault((form, _text(letter, form)), [])
                    names += [channel.name] if channel else []
            for (form, text), carrying in texts.items():
                yield Shown(kind=kind, shape=sample.shape, form=form, text=text, channels=tuple(carrying))


def _text(letter: Letter, form: Form) -> str:
    text: str = getattr(letter, form.value)
    return text


def _measured(each: Shown) -> dict[str, Any]:
    from monitor.alerts.segments import measure
    from monitor.config.templates import Form

    if each.form is Form.SMS:
        length = measure(each.text)
        return {"characters": length.characters, "segments": length.segments, "alphabet": length.alphabet.name}
    return {"characters": len(each.text), "bytes": len(each.text.encode())}


def _spelled(each: Shown, numbers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": each.kind.value,
        "sample": each.shape,
        "form": each.form.value,
        "channels": list(each.channels),
        "text": _without(numbers, each.text),
        **_measured(each),
    }


def _tell(shown: Iterable[Shown], numbers: Mapping[str, str], words: Mapping[str, str]) -> None:
    shape = None
    for each in shown:
        if each.shape != shape:
            shape = each.shape
            click.secho(f"\n■ {shape}", bold=True)
        measured = _measured(each)
        length = words["preview_sms" if "segments" in measured else "preview_bytes"].format(**measured)
        names = f" {', '.join(each.channels)}" if each.channels else ""
        click.secho(f"{each.form.value}{names} · {length}", fg="cyan")
        click.echo("\n".join(f"    {line}" if line else "" for line in _without(numbers, each.text).split("\n")))
