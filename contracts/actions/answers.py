"""A client's word, kept: who said yes or no, under which name, when, from where, to exactly what.

Quotes and versions of agreements are answered by the same record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.clients.models import Contact
from contracts.models import AgreementVersion, Answer, QuoteVersion
from contracts.rules.quoting import digest_of
from msp.kit.refusals import Refused

LONGEST_NAME = 120
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Signature:
    """Who answers: the contact who is signed in, the name they typed, and how they reached us."""

    contact: Contact
    typed_name: str = ""
    address: str | None = None
    user_agent: str = ""

    def accept(
        self, *, document: dict[str, Any], asked_at: datetime, at: datetime,
        quote_version: QuoteVersion | None = None,
        agreement_version: AgreementVersion | None = None,
    ) -> Answer:  # fmt: skip
        """Keep a yes to this document; a name must be typed for it."""
        name = " ".join(self.typed_name.split())
        if not name:
            raise Refused("Type your name to accept it.", field="typed_name")
        if len(name) > LONGEST_NAME:
            raise Refused(f"At most {LONGEST_NAME} characters.", field="typed_name")
        return self._kept(
            verdict=Answer.Verdict.ACCEPTED, typed_name=name, document=document,
            asked_at=asked_at, at=at, quote_version=quote_version,
            agreement_version=agreement_version,
        )  # fmt: skip

    def decline(
        self, *, reason: str, document: dict[str, Any], asked_at: datetime, at: datetime,
        quote_version: QuoteVersion | None = None,
        agreement_version: AgreementVersion | None = None,
    ) -> Answer:  # fmt: skip
        """Keep a no with its reason."""
        return self._kept(
            verdict=Answer.Verdict.DECLINED, reason=self.reason(reason), document=document,
            asked_at=asked_at, at=at, quote_version=quote_version,
            agreement_version=agreement_version,
        )  # fmt: skip

    @staticmethod
    def reason(text: str) -> str:
        """The reason on one line, or a refusal where there is none."""
        said = " ".join(text.replace("\x00", " ").split())
        if not said:
            raise Refused("Say in a few words why, so that we can do better.", field="reason")
        if len(said) > LONGEST_REASON:
            raise Refused(f"At most {LONGEST_REASON} characters.", field="reason")
        return said

    def _kept(self, *, document: dict[str, Any], **fields: Any) -> Answer:
        return Answer.objects.create(
            client_id=self.contact.client_id, contact=self.contact,
            contact_name=self.contact.name, document=document, digest=digest_of(document),
            address=self.address, user_agent=self.user_agent[:400], **fields,
        )  # fmt: skip
