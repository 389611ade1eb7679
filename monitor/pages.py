"""The pages of one run: the console, the page on which carriers answer, the metrics page."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence

from monitor.clock import Clock
from monitor.config.folder import Configuration
from monitor.metrics.page import application, page
from monitor.metrics.scrape import Scrape
from monitor.probing.polling import Polling
from monitor.probing.work import Work
from monitor.store.backup_mark import BackupMark
from monitor.store.deliveries import Backlog
from monitor.supervision import Supervision
from monitor.web.answers import answers
from monitor.web.console import View, console
from monitor.web.editions import reports
from monitor.web.look import look
from monitor.web.serving import Server, server
from monitor.web.sheet import Present
from monitor.wording import WORDING

SEPARATOR = " · "


class Pages:
    """What is served; ``backlogs`` is how the outbox stood when it was looked at last, ``backup`` the last mark."""

    def __init__(
        self,
        configuration: Configuration,
        supervision: Supervision,
        *,
        scrape: Scrape,
        polling: Polling,
        clock: Clock,
        simulated: bool,
    ) -> None:
        """Serve nothing before `open`."""
        self._configuration, self._supervision, self._scrape = configuration, supervision, scrape
        self._polling, self._clock, self._simulated = polling, clock, simulated
        self._servers: tuple[Server, ...] = ()
        self.backlogs: Sequence[Backlog] = ()
        self.backup: BackupMark | None = None

    def adopt(self, configuration: Configuration) -> None:
        """Show another configuration from now on."""
        self._configuration = configuration
        self._scrape.adopt(configuration)

    def open(self, sockets: Mapping[str, socket.socket], work: Work) -> None:
        """Serve on the sockets ``web`` and ``metrics``, as work beside everything else."""
        database = self._configuration.settings.database
        # the page beside the console, too: behind a proxy a browser reaches no other port
        metrics_page = page(lambda: self._scrape.render(self._polling))
        others = (answers(self._present, database), *reports(self._present, database), metrics_page)
        web = server(console(self._look, *others))
        metrics = server(application(metrics_page))
        self._servers = (web, metrics)
        work.begin(web.serve(sockets=[sockets["web"]]))
        work.begin(metrics.serve(sockets=[sockets["metrics"]]))

    def end(self) -> None:
        """Take no request any more; those open are given their grace."""
        for each in self._servers:
            each.should_exit = True

    def state(self) -> str:
        """Return how the lines stand, in one line in the installation's language."""
        settings, now = self._configuration.settings, self._look().survey
        words = WORDING[settings.locale.value]
        states = [f"{words[state.value]} {count}" for state, count in now.counts.items() if count]
        told = [f"{words['lines']} {len(now.states)}", *states, f"{words['faults']} {len(now.faults)}"]
        if now.blind_since is not None:
            told.append(words["blind"].format(since=f"{now.blind_since.astimezone(settings.timezone):%m-%d %H:%M:%S}"))
        return SEPARATOR.join(told)

    def _look(self) -> View:
        return look(
            self._configuration,
            self._supervision,
            now=self._clock.now(),
            latest=self._scrape.latest,
            simulated=self._simulated,
            backlogs=self.backlogs,
            backup=self.backup,
        )

    def _present(self) -> Present:
        now, policies, simulated = self._clock.now(), self._supervision.policies, self._simulated
        return Present(configuration=self._configuration, policies=policies, now=now, simulated=simulated)
