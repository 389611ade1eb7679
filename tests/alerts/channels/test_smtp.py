"""Mail, against a real mail server: how it reads, how the way is encrypted, and who of several was told."""

from __future__ import annotations

import ssl
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.channels import make_sender
from monitor.alerts.channels.smtp import message_id, written
from monitor.alerts.letter import Fate, Letter, Outcome, Recipient
from monitor.config.secret import Secret
from monitor.config.settings import Encryption
from tests.alerts.channels.letters import AT, LI, ZHANG, letter
from tests.alerts.channels.stands import MailStand, Scene, mail_server
from tests.receivers import certificates
from tests.receivers.mail import Mail, MailServer
from tests.receivers.web import LOOPBACK

A, B, C = "a@unicom.example", "b@unicom.example", "c@unicom.example"


async def mailed(
    server: MailServer, folder: Path, *, tries: int = 1, on: Letter | None = None, **changes: Any
) -> list[Outcome]:
    """Send a letter so many times through one channel."""
    async with server:
        sender = make_sender(MailStand().channel(LOOPBACK, server.port, folder, **changes))
        outcomes = []
        for _ in range(tries):
            outcomes.append(await sender.send(on or letter()))
        await sender.close()
    return outcomes


async def read(folder: Path, **changes: Any) -> Mail:
    server = mail_server(Scene.TAKEN)
    await mailed(server, folder, **changes)
    (mail,) = server.mails
    return mail


async def test_a_mail_reads_as_it_was_written(tmp_path: Path) -> None:
    """Subject, names and text in Chinese arrive intact, from whom and to whom the configuration says."""
    mail = await read(tmp_path, recipients=("联通值班室 <duty@unicom.example>", "boss@unicom.example"))
    message = mail.message
    assert "【新故障】F20260901-0007 财政局" == message["Subject"]
    assert "云岭县信息中心" == message["From"].addresses[0].display_name
    assert ["联通值班室", ""] == [to.display_name for to in message["To"].addresses]
    assert letter().text == message.get_content().strip()
    assert ("monitor@county.example", ("duty@unicom.example", "boss@unicom.example")) == (mail.sender, mail.recipients)
    assert AT == message["Date"].datetime
    assert "auto-generated" == message["Auto-Submitted"]


async def test_those_on_call_are_told_too_and_nobody_twice(tmp_path: Path) -> None:
    """Who is on call is added to the channel's own, by name; the same address written twice is one."""
    same = Recipient(name="值班", email="duty@unicom.example")
    mail = await read(tmp_path, on=letter(recipients=(ZHANG, same, LI, Recipient(phone="123"))))
    assert ("duty@unicom.example", "zhang@unicom.example", "li@unicom.example") == mail.recipients
    assert "张三" == mail.message["To"].addresses[1].display_name


async def test_a_name_with_signs_in_it_is_one_name(tmp_path: Path) -> None:
    """A comma or a bracket in a name makes no second recipient."""
    odd = Recipient(name='李四, "小李" <x@y.example>', email="li@unicom.example")
    mail = await read(tmp_path, on=letter(recipients=(odd,)))
    assert ("duty@unicom.example", "li@unicom.example") == mail.recipients
    assert "李四, 小李 <x@y.example>" == mail.message["To"].addresses[1].display_name


async def test_a_server_that_does_not_say_goodbye_has_taken_the_mail(tmp_path: Path) -> None:
    """What is handed over is not sent a second time because the connection ends badly."""
    server = mail_server(Scene.TAKEN, leaves=False)
    (outcome,) = await mailed(server, tmp_path)
    assert Fate.DELIVERED is outcome.fate
    assert 1 == len(server.mails)


async def test_nobody_to_tell_is_refused(tmp_path: Path) -> None:
    """A letter that reaches nobody is not called delivered."""
    (outcome,) = await mailed(mail_server(Scene.TAKEN), tmp_path, recipients=())
    assert (Fate.REFUSED, "no recipient") == (outcome.fate, outcome.status)


async def test_a_message_id_is_of_the_key(tmp_path: Path) -> None:
    """A second copy of a letter is known for one by its Message-ID; another letter has another."""
    mail = await read(tmp_path)
    assert message_id("F20260901-0007:opened", "county.example") == mail.message["Message-ID"]
    assert message_id("a:b", "x.example") != message_id("a-b", "x.example")
    assert message_id("monitor:1:unreached:联通", "x.example").isascii()


async def test_a_title_cannot_add_a_header(tmp_path: Path) -> None:
    """A line break in a title is a blank in the subject."""
    mail = await read(tmp_path, on=letter(title="财政局\r\nBcc: spy@example.org"))
    assert "财政局 Bcc: spy@example.org" == mail.message["Subject"]
    assert mail.message["Bcc"] is None


def test_mail_passes_through_a_server_of_seven_bits(tmp_path: Path) -> None:
    """Every byte of it is ASCII, and its lines end as mail's do."""
    channel = MailStand().channel(LOOPBACK, 25, tmp_path)
    content = written(letter(text="灾" * 3000), channel, ["张三 <zhang@unicom.example>"]).as_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert "灾" * 3000 == message_from_bytes(content, policy=default).get_content().strip()


@pytest.mark.parametrize(
    ("tls", "server", "login"),
    [
        (Encryption.STARTTLS, {}, "monitor"),
        (Encryption.IMPLICIT, {"implicit": True}, "monitor"),
        (Encryption.NONE, {"tls": None, "login": None}, None),
    ],
    ids=["starttls", "implicit", "none"],
)
async def test_the_way_is_encrypted_as_chosen(
    tls: Encryption, server: dict[str, Any], login: str | None, tmp_path: Path
) -> None:
    """STARTTLS, TLS from the first byte, or none: by choice, and logged in where there is a user."""
    standing = mail_server(Scene.TAKEN, **server)
    changes: dict[str, Any] = {} if login else {"user": None, "password": None}
    (outcome,) = await mailed(standing, tmp_path, tls=tls, **changes)
    assert Fate.DELIVERED is outcome.fate, outcome
    (mail,) = standing.mails
    assert (tls is not Encryption.NONE, login) == (mail.encrypted, mail.login)


async def test_mail_is_never_sent_in_the_clear_for_want_of_starttls(tmp_path: Path) -> None:
    """A server, or somebody in between, that hides STARTTLS gets neither the letter nor the password."""
    server = mail_server(Scene.TAKEN, tls=None, login=None)
    (outcome,) = await mailed(server, tmp_path)
    assert (Fate.AGAIN, "tls", True) == (outcome.fate, outcome.status, outcome.unreachable)
    assert "give tls: implicit, or none" in outcome.answer
    assert [] == server.mails


async def test_a_wrong_password_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """The server's refusal is told, the password is not."""
    (outcome,) = await mailed(mail_server(Scene.TAKEN), tmp_path, password=Secret("wrong-password"))
    assert (Fate.REFUSED, "535") == (outcome.fate, outcome.status)
    assert "wrong-password" not in repr(outcome)


async def test_a_server_without_login_is_told_clearly(tmp_path: Path) -> None:
    """A user where nobody can log in is a mistake of the configuration."""
    server = mail_server(Scene.TAKEN, tls=None, login=None)
    (outcome,) = await mailed(server, tmp_path, tls=Encryption.NONE)
    assert (Fate.REFUSED, "login") == (outcome.fate, outcome.status)
    assert "AUTH extension is not supported" in outcome.answer


async def test_some_refused_for_good_is_delivered_and_names_them(tmp_path: Path) -> None:
    """The others were told: it is not sent to them again, and whom it can never reach is said, masked."""
    server = mail_server(Scene.TAKEN, says={B: "550 5.1.1 no such user"})
    (outcome,) = await mailed(server, tmp_path, recipients=(A, B, C))
    assert (Fate.DELIVERED, "250, 2 of 3") == (outcome.fate, outcome.status)
    assert ("b***@unicom.example",) == outcome.missed
    assert "5.1.1 no such user" == outcome.answer
    assert (A, C) == server.mails[0].recipients


async def test_some_to_be_tried_again_are_tried_alone(tmp_path: Path) -> None:
    """Greylisting of one makes no second copy for the others."""
    server = mail_server(Scene.TAKEN, says={B: "451 4.7.1 come again"})
    async with server:
        sender = make_sender(MailStand().channel(LOOPBACK, server.port, tmp_path, recipients=(A, B, C)))
        first = await sender.send(letter())
        server.says.clear()
        second = await sender.send(letter())
        other = await sender.send(letter(key="another"))
    assert (Fate.AGAIN, "451, 2 of 3 settled") == (first.fate, first.status)
    assert [Fate.DELIVERED, Fate.DELIVERED] == [second.fate, other.fate]
    assert [(A, C), (B,), (A, B, C)] == [mail.recipients for mail in server.mails]


@pytest.mark.parametrize("address", ["not an address", "张三@unicom.example", "a@", "<a@b>, c@d"])
async def test_a_wrong_address_on_call_keeps_nobody_else_from_being_told(address: str, tmp_path: Path) -> None:
    """What the roster got wrong is said; the rest are told."""
    server = mail_server(Scene.TAKEN)
    (outcome,) = await mailed(server, tmp_path, on=letter(recipients=(Recipient(name="李", email=address), ZHANG)))
    assert Fate.DELIVERED is outcome.fate
    assert 1 == len(outcome.missed)
    assert ("duty@unicom.example", "zhang@unicom.example") == server.mails[0].recipients


async def test_a_whole_message_put_off_is_sent_to_all_again(tmp_path: Path) -> None:
    """A message deferred after its last byte reached nobody."""
    server = mail_server(Scene.TAKEN, end="452 4.3.1 no space left")
    outcomes = await mailed(server, tmp_path, tries=2, recipients=(A, B))
    assert [Fate.AGAIN, Fate.AGAIN] == [outcome.fate for outcome in outcomes]
    assert "452" == outcomes[0].status


async def test_the_machine_s_own_authorities_are_trusted_where_none_is_named(tmp_path: Path) -> None:
    """Without ``ca`` a certificate of the county's own authority is not trusted."""
    (outcome,) = await mailed(mail_server(Scene.TAKEN), tmp_path, ca=None)
    assert "certificate" == outcome.status
    assert isinstance(certificates.server(), ssl.SSLContext)
