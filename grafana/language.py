"""In which language a dashboard speaks, and where the console is."""

from __future__ import annotations

from dataclasses import dataclass

LOCALES = ("zh_CN", "en")
CONSOLE = "https://console.monitor.example"  # as in deploy/nginx: public_url gives the answering page alone


@dataclass(frozen=True, slots=True)
class Language:
    """One of `LOCALES`; ``console`` is the address of the monitor's console, to which the dashboards link."""

    locale: str = LOCALES[0]
    console: str = CONSOLE

    def say(self, chinese: str, english: str) -> str:
        """Return the text in this language."""
        return chinese if self.locale == LOCALES[0] else english

    def uid(self, board: str) -> str:
        """Return the identifier of a dashboard: both languages may be provisioned side by side."""
        return f"extranet-{board}" + self.say("", "-en")

    def tag(self) -> str:
        """Return the tag by which the dashboards of this language find each other."""
        return self.say("电子政务外网", "extranet")
