"""What a message means by its words."""

import pytest

from monitoring.rules import contents
from monitoring.rules.contents import Words

BACKUP = Words(fail=("FAILED", "error"), ok=("completed",), start=("started",))


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Backup completed", "ok"),
        ("Backup started", "start"),
        ("Backup completed with 1 error", "fail"),  # failure is looked for first
        ("started, then completed", "ok"),
        ("Backup Completed", "log"),  # case counts
        ("", "log"),
        ("suberrors", "fail"),  # a part of a word is enough
    ],
)
def test_failure_is_looked_for_first_then_success_then_start(text, signal):
    assert contents.signal_of(BACKUP, text) == signal


def test_anything_else_may_be_a_failure():
    assert contents.signal_of(Words(ok=("fine",), otherwise="fail"), "what?") == "fail"


def test_words_are_kept_as_they_are():
    kept = contents.kept_words(BACKUP)
    assert contents.words_of(kept) == BACKUP
    assert contents.kept_words(Words(otherwise="fail")) is None
    assert contents.words_of(None) is None
