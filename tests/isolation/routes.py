"""The URL map of an MSP's host, as a list."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.isolation.estate import World

# allauth's own views; they guard themselves, and tests/people walks each of them.
ALLAUTH = frozenset(
    """account_login account_logout account_inactive account_signup account_reauthenticate
    account_change_password account_set_password account_reset_password account_reset_password_done
    account_reset_password_from_key_done account_reset_password_from_key mfa_index mfa_authenticate
    mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes
    mfa_generate_recovery_codes mfa_download_recovery_codes mfa_list_webauthn mfa_add_webauthn
    mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_edit_webauthn mfa_login_webauthn""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Route:
    """One address: `gate` is what its view says of itself."""

    path: str
    name: str
    gate: str
    view: Callable[..., Any]

    def url(self, world: World) -> str:
        """The address with the ids of the first client of this world."""
        words = re.sub(r"<[^>]*>", "", self.path).strip("/").split("/")
        words = [word for part in words for word in part.split(".")]

        def fill(found: re.Match[str]) -> str:
            kind, _, name = found[1].rpartition(":")
            return str(world.value(words, name, kind))

        return "/" + re.sub(r"<([^>]+)>", fill, self.path)


def routes(urlconf: str = "msp.urls") -> list[Route]:
    return list(_walk(get_resolver(urlconf).url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for one in patterns:
        path = prefix + _plain(str(one.pattern))
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path)
        else:
            yield Route(path, one.name or "", getattr(one.callback, "gate", ""), one.callback)


def _plain(pattern: str) -> str:
    """allauth's one regular expression as a path."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", pattern).lstrip("^").rstrip("$")
