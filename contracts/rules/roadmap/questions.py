"""What is asked of a client, by domain, and how heavily each answer weighs.

Every question is put so that yes is good. `weight` is how much a no matters, 1 to 5. `QUESTIONS`
is what an MSP begins with; its own are read from what it stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from msp.kit.facts import Facts, InvalidFact, inside

MOST_QUESTIONS = 80
LONGEST = 200

DOMAINS = {
    "support": "People and support",
    "security": "Security",
    "backup": "Backup",
    "devices": "Devices",
    "network": "Network",
    "cloud": "Cloud",
    "continuity": "Continuity",
    "compliance": "Compliance",
}
ANSWERS = {
    "yes": "Yes",
    "partly": "Partly",
    "no": "No",
    "unknown": "Nobody knows",
    "na": "Does not apply",
}


@dataclass(frozen=True, slots=True)
class Question:
    """`missing` says what is wrong where the answer is no."""

    key: str
    domain: str
    text: str
    missing: str
    weight: int


QUESTIONS: tuple[Question, ...] = (
    Question("helpdesk", "support", "Does everybody know whom to call when something fails?",
             "Nobody in particular is called when something fails.", 3),
    Question("leavers", "support", "Is access taken away on the day somebody leaves?",
             "People who left may still get in.", 4),
    Question("hours", "support", "Is help there in all the hours the company works?",
             "There are working hours without help.", 2),
    Question("second_factor", "security", "Does a sign-in from outside ask for a second factor?",
             "A stolen password is enough to get in.", 5),
    Question("protection", "security", "Is every device protected against malware and watched?",
             "Some devices are not protected against malware.", 5),
    Question("patches", "security", "Are updates installed within two weeks everywhere?",
             "Known holes stay open because updates come late.", 4),
    Question("mail_filter", "security", "Are dangerous messages filtered before they are read?",
             "Dangerous messages reach people.", 3),
    Question("awareness", "security", "Are people trained to see a trick?",
             "Nobody was trained to see a trick.", 2),
    Question("copies", "backup", "Is everything that matters copied every day?",
             "Not everything that matters is copied every day.", 5),
    Question("outside", "backup", "Is one copy outside the house and out of an intruder's reach?",
             "No copy is out of an intruder's reach.", 5),
    Question("restore", "backup", "Was a restore tried within the last three months?",
             "Nobody knows whether a restore would work.", 4),
    Question("list", "devices", "Is there a list of all devices that is right today?",
             "Nobody knows every device there is.", 3),
    Question("age", "devices", "Are all devices younger than five years?",
             "Some devices are too old to be relied on.", 2),
    Question("encryption", "devices", "Is the disk of every laptop encrypted?",
             "A lost laptop gives away what is on it.", 4),
    Question("firewall", "network", "Is the firewall current and looked after by somebody?",
             "Nobody looks after the firewall.", 4),
    Question("guests", "network", "Are guests and machines on a network of their own?",
             "Guests share the network of the company.", 3),
    Question("line", "network", "Does work go on when the internet line is down?",
             "One line down stops the work.", 2),
    Question("mail", "cloud", "Is mail in a cloud that somebody administers?",
             "Mail is administered by nobody in particular.", 3),
    Question("cloud_copies", "cloud", "Is what lies in the cloud copied elsewhere?",
             "What is deleted in the cloud is gone.", 3),
    Question("plan", "continuity", "Is it written down who does what when systems are down?",
             "It is written nowhere who does what in an outage.", 3),
    Question("time", "continuity", "Is it known how long each system may be away?",
             "Nobody said how long each system may be away.", 2),
    Question("spare", "continuity", "Can a broken device be replaced within a day?",
             "A broken device keeps somebody from work for days.", 2),
    Question("duties", "compliance", "Are the rules that bind the company known and written down?",
             "It is not known which rules bind the company.", 3),
    Question("records", "compliance", "Could it be proved today that they are kept?",
             "It could not be proved that the rules are kept.", 3),
)  # fmt: skip


def read_questions(stored: Iterable[object]) -> tuple[Question, ...]:
    """An MSP's own questions as it stored them, or the field and reason they cannot be asked."""
    found: list[Question] = []
    for at, value in enumerate(list(stored)):
        with inside(f"questions[{at}]"):
            if at >= MOST_QUESTIONS:
                raise InvalidFact("text", f"there may be at most {MOST_QUESTIONS} questions")
            found.append(_read(value, {one.key for one in found}))
    return tuple(found)


def write_questions(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Questions in values that JSON has."""
    return [
        {"key": one.key, "domain": one.domain, "text": one.text, "missing": one.missing,
         "weight": one.weight}
        for one in questions
    ]  # fmt: skip


def _read(value: object, taken: set[str]) -> Question:
    facts = Facts(value)
    one = Question(
        facts.text("key"), facts.text("domain"), facts.text("text").strip(),
        facts.text("missing").strip(), facts.whole("weight"),
    )  # fmt: skip
    facts.done()
    if not one.key.isidentifier() or len(one.key) > 40 or one.key in taken:
        raise InvalidFact("key", f"{one.key!r:.40} is no word of its own")
    if one.domain not in DOMAINS:
        raise InvalidFact("domain", f"{one.domain!r:.40} is not a domain")
    for name in ("text", "missing"):
        if not 0 < len(getattr(one, name)) <= LONGEST:
            raise InvalidFact(name, f"must have 1 to {LONGEST} characters")
    if not 1 <= one.weight <= 5:
        raise InvalidFact("weight", "must be 1 to 5")
    return one
