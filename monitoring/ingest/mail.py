"""The intake by mail: a listener of its own, which other mail servers hand messages to.

Whom a message is for is settled before its content is taken, so that nothing is accepted that
belongs to nobody: 550 for an address that is none, 451 where we cannot take it now, and then the
sender's server tries again, for days if need be.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitoring.ingest import directory, limits, tools
from monitoring.ingest.answers import Problem
from monitoring.ingest.directory import Key, Known
from monitoring.ingest.formats import Format
from monitoring.rules.sources import mail
from monitoring.rules.sources.naming import slug_of, words_of
from monitoring.rules.sources.report import Invalid

log = logging.getLogger(__name__)
MOST_BYTES = 5 * 1024 * 1024
MOST_RECIPIENTS = 10
NO_JOB = "mail"  # what a device's mail without a job is kept under


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whose key an address stands for, and which job it names."""

    known: Known
    key: Key
    job: str


class Letterbox:
    """What is said to a mail server that comes to us."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "letterbox")  # for the ORM, which would hold the loop

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _how: list[str]
    ) -> str:
        """Take a recipient who is one of ours, and no other."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 Too many recipients at once"
        said, found = await self._try(lambda: recipient(address))
        if found is None:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message for each of its recipients; all of them or none is acknowledged."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        agent = words_of(str(session.host_name or ""), tools.MOST_AGENT)

        def keep() -> bool:
            for address in envelope.rcpt_tos:
                deliver(recipient(address), content, agent)
            return True

        said, _done = await self._try(keep)
        return said

    async def _try(self, act: Callable[[], Any]) -> tuple[str, Any]:
        """Do it beside the loop; the answer to give, and what came of it."""
        loop = asyncio.get_running_loop()
        try:
            return "250 Taken", await loop.run_in_executor(self.thread, act)
        except Problem as problem:
            return _said(problem), None
        except Invalid as invalid:
            return f"550 {invalid.reason}", None
        except Exception:
            log.exception("A mail could not be taken")
            return "451 Something failed here. Try again later.", None


def recipient(address: str) -> Recipient:
    """Whom an address is for; raises Problem where that is nobody here."""
    found = mail.address_of(address)
    if found is None:
        raise Problem(404, "This is no address of ours.")
    name, job, host = found
    known = directory.msp_of(host)
    key = directory.key_named(known, name)
    if not job and key.device_id is None:
        raise Problem(404, "Name the job: the address, a plus and the job, then @.")
    return Recipient(known, key, slug_of(job) if job else NO_JOB)


def deliver(to: Recipient, content: bytes, agent: str) -> None:
    """Keep one message for one recipient; raises Problem where it cannot be kept."""
    limits.admit(to.known.spent, to.key.id)

    def decode(body: bytes, received_at: Any) -> Any:
        decoded = mail.decode(body, received_at)
        for report in decoded.reports:
            report.check = to.job
        return decoded

    found = Format("mail", decode, jobs=True, once=True)
    tools.store(to.known, to.key, found, content, agent)


def _said(problem: Problem) -> str:
    """The problem as SMTP knows it: what may pass is temporary, the rest for good."""
    status = problem.status.value
    return f"{451 if status in (429, 503) else 550} {problem.title}"


def listener(host: str, port: int) -> Controller:
    """A listener that is ready to be started; it runs in a thread of its own."""
    return Controller(
        Letterbox(), hostname=host, port=port, data_size_limit=MOST_BYTES, ident="Steward",
        enable_SMTPUTF8=True, timeout=60,
    )  # fmt: skip
