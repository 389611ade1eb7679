"""What holds of every channel, whatever its receiver does: one contract, met against real servers on loopback."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.letter import Fate, Outcome
from tests.alerts.channels.letters import letter, units
from tests.alerts.channels.stands import APPRISE_STAND, WEB_STANDS, MailStand, Scene, WebStand
from tests.receivers.mail import MailServer

STANDS: list[WebStand | MailStand] = [*WEB_STANDS, MailStand()]
ALL_STANDS = [*STANDS, APPRISE_STAND]
PATIENCE = 20  # seconds, after which a channel counts as held; what ends by itself is bounded to 0.3

DELIVERED, AGAIN, REFUSED = Fate.DELIVERED, Fate.AGAIN, Fate.REFUSED
# scene: what comes of it, whether the way is what failed, and the status where it is the same for every kind
EXPECTED: dict[Scene, tuple[Fate, bool, str | None]] = {
    Scene.TAKEN: (DELIVERED, False, None),
    Scene.OVERSIZED: (DELIVERED, False, None),
    Scene.GOOD_TLS: (DELIVERED, False, None),
    Scene.REFUSED: (REFUSED, False, None),
    Scene.REDIRECTED: (REFUSED, False, None),
    Scene.ERROR_CODE: (REFUSED, False, None),
    Scene.BUSY_CODE: (AGAIN, False, None),
    Scene.THROTTLED: (AGAIN, False, None),
    Scene.OUT_OF_ORDER: (AGAIN, True, "503"),
    Scene.SILENT: (AGAIN, True, "timeout"),
    Scene.DRIPPING: (AGAIN, True, "timeout"),
    Scene.DRIPPING_BODY: (AGAIN, True, "timeout"),
    Scene.BROKEN_OFF: (AGAIN, True, "connection"),
    Scene.NOBODY_LISTENS: (AGAIN, True, "refused"),
    Scene.NO_SUCH_HOST: (AGAIN, True, None),  # a machine without a DNS may take its time to say so
    Scene.NO_TLS: (AGAIN, True, "tls"),
    Scene.OTHER_HOST: (AGAIN, True, "certificate"),
    Scene.UNKNOWN_AUTHORITY: (AGAIN, True, "certificate"),
    Scene.EXPIRED: (AGAIN, True, "certificate"),
}
SAYS = {
    Scene.OTHER_HOST: "its certificate is another host's",
    Scene.UNKNOWN_AUTHORITY: "an authority not trusted here: name the right one with ca: FILE",
    Scene.EXPIRED: "its certificate has expired",
    Scene.NOBODY_LISTENS: "nothing listens on its port",
    Scene.SILENT: "no answer in time",
}
# With Apprise a failure is a failure; only that it takes too long is seen from outside.
OF_APPRISE = (AGAIN, False, "not sent")
ALIKE = {Scene.TAKEN, Scene.OVERSIZED, Scene.SILENT, Scene.DRIPPING, Scene.DRIPPING_BODY}
LONG = letter(text=units(3000), markdown=units(3000))


async def met(stand: WebStand | MailStand, scene: Scene, folder: Path) -> Outcome:
    async with stand.meet(scene, folder) as (sender, _), asyncio.timeout(PATIENCE):
        return await sender.send(LONG if scene is Scene.OVERSIZED else letter())


@pytest.mark.parametrize(
    ("stand", "scene"),
    [
        pytest.param(stand, scene, id=f"{stand.kind}-{scene.name.lower()}")
        for stand in ALL_STANDS
        for scene in Scene
        if scene in stand.scenes() and scene in EXPECTED
    ],
)
async def test_every_channel_says_what_came_of_a_try(stand: WebStand | MailStand, scene: Scene, tmp_path: Path) -> None:
    """Whatever the receiver does, a try ends in time with an outcome of the right kind, and raises nothing."""
    outcome = await met(stand, scene, tmp_path)
    alike = stand is not APPRISE_STAND or scene in ALIKE
    fate, unreachable, status = EXPECTED[scene] if alike else OF_APPRISE
    assert (fate, unreachable) == (outcome.fate, outcome.unreachable), outcome
    assert outcome.status
    assert status in (None, outcome.status)
    assert not alike or SAYS.get(scene, "") in outcome.answer


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: str(stand.kind))
async def test_what_is_no_answer_of_the_receiver_is_never_taken_for_delivered(
    stand: WebStand | MailStand, tmp_path: Path
) -> None:
    """Another protocol at the port is to be tried again."""
    assert AGAIN is (await met(stand, Scene.GARBAGE, tmp_path)).fate


@pytest.mark.parametrize("stand", WEB_STANDS, ids=lambda stand: str(stand.kind))
async def test_an_endless_answer_is_cut_off(stand: WebStand, tmp_path: Path) -> None:
    """A receiver that floods ends the try in time; its status counts where that is how the kind answers."""
    outcome = await met(stand, Scene.ENDLESS, tmp_path)
    by_status = stand.kind in ("webhook", "alertmanager")
    assert (DELIVERED if by_status else AGAIN) is outcome.fate


@pytest.mark.parametrize("stand", WEB_STANDS, ids=lambda stand: str(stand.kind))
@pytest.mark.parametrize("scene", [Scene.THROTTLED, Scene.OUT_OF_ORDER], ids=lambda scene: scene.name.lower())
async def test_the_wait_that_a_receiver_asks_for_is_told(stand: WebStand, scene: Scene, tmp_path: Path) -> None:
    """Retry-After reaches whoever tries again."""
    assert timedelta(seconds=7) == (await met(stand, scene, tmp_path)).retry_after


@pytest.mark.parametrize("stand", WEB_STANDS, ids=lambda stand: str(stand.kind))
async def test_a_redirect_is_named_by_its_host_alone_and_not_followed(stand: WebStand, tmp_path: Path) -> None:
    """A letter goes nowhere but where the configuration says; where it was pointed to is told without the path."""
    async with stand.meet(Scene.REDIRECTED, tmp_path) as (sender, requests):
        outcome = await sender.send(letter())
    assert "302" == outcome.status
    assert "it redirects to elsewhere.example, which is not followed: correct the address" == outcome.answer
    assert 1 == len(requests)


@pytest.mark.parametrize("stand", ALL_STANDS, ids=lambda stand: str(stand.kind))
async def test_a_channel_goes_on_after_a_failure(stand: WebStand | MailStand, tmp_path: Path) -> None:
    """A try cut off in the middle leaves nothing behind: the next one on the same channel is delivered."""
    async with stand.meet(Scene.TAKEN, tmp_path) as (sender, server):
        if isinstance(stand, MailStand):
            assert isinstance(server, MailServer)
            server.says["*"] = "451 later"
            assert AGAIN is (await sender.send(letter())).fate
            server.says.clear()
        for _ in range(2):
            assert DELIVERED is (await sender.send(letter())).fate


@pytest.mark.parametrize("stand", ALL_STANDS, ids=lambda stand: str(stand.kind))
async def test_a_try_that_is_given_up_stops_at_once(stand: WebStand | MailStand, tmp_path: Path) -> None:
    """Whoever cancels a try, as a shutdown does, is not kept waiting."""
    async with stand.meet(Scene.SILENT, tmp_path, timeout=timedelta(minutes=2)) as (sender, _):
        trying = asyncio.create_task(sender.send(letter()))
        await asyncio.sleep(0.1)
        trying.cancel()
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(asyncio.CancelledError):
                await trying


@pytest.mark.parametrize("scene", [Scene.TAKEN, Scene.OVERSIZED, Scene.GOOD_TLS], ids=lambda scene: scene.name.lower())
@pytest.mark.parametrize("stand", WEB_STANDS, ids=lambda stand: str(stand.kind))
async def test_a_letter_is_one_request(stand: WebStand, scene: Scene, tmp_path: Path) -> None:
    """A letter that is taken is sent once."""
    async with stand.meet(scene, tmp_path) as (sender, requests):
        await sender.send(letter())
    assert 1 == len(requests)


def test_every_scene_is_met_by_some_kind() -> None:
    """No situation of the contract is left out by all."""
    assert set(Scene) == {scene for stand in STANDS for scene in stand.scenes()}
