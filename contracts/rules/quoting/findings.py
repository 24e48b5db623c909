"""What stands against sending a quote, by the field it stands in."""

from contracts.rules.doubles import Counted, doubles
from contracts.rules.drafts import Finding
from contracts.rules.quoting.content import BlockAhead, Content, Once, Option, QuotedLine
from contracts.rules.rhythm import Rhythm
from contracts.rules.terms import Commitment, Percentage, Reduction
from contracts.rules.terms.stored import rhythm_of


def findings(content: Content) -> list[Finding]:
    """Everything an acceptance could not be turned into what was accepted for."""
    found = _options(content)
    if not content.lines:
        found.append(Finding("lines", "A quote needs at least one line."))
    for at, line in enumerate(content.lines):
        unknown = [key for key in line.options if content.option(key) is None]
        if unknown:
            found.append(Finding(f"lines[{at}].options", "It names an option that is not there."))
    for option in content.options:
        found += _of_option(content, option)
    return list(dict.fromkeys(found))


def _options(content: Content) -> list[Finding]:
    if not content.options:
        return [Finding("options", "A quote needs at least one option.")]
    found = []
    names = [one.name.casefold() for one in content.options]
    keys = [one.key for one in content.options]
    for at, option in enumerate(content.options):
        if names.index(names[at]) < at or keys.index(keys[at]) < at:
            found.append(Finding(f"options[{at}].name", f"There are two called {option.name}."))
    return found


def _of_option(content: Content, option: Option) -> list[Finding]:
    lines = content.lines_of(option.key)
    if not [line for line in lines if not line.optional]:
        reason = f"{option.name} has no line of its own yet: everything in it is optional."
        return [Finding("lines", reason)]
    return _double(content, option) + _mixed(content, lines)


def _double(content: Content, option: Option) -> list[Finding]:
    """One unit on two lines of the same service could not be published (psa Q6)."""
    places = [
        at
        for at, line in enumerate(content.lines)
        if line.stands_in(option.key) and not line.is_once
    ]
    counted = [_counted(content.lines[at], option) for at in places]
    return [
        Finding(f"lines[{places[one.at]}].kind", f"It would charge twice: {one.reason}.")
        for one in doubles([one for one in counted if one])
    ]


def _counted(line: QuotedLine, option: Option) -> Counted | None:
    if isinstance(line.terms, Once | BlockAhead):
        return None
    return Counted(line.description, option.name, line.service_id, line.terms)


def _mixed(content: Content, lines: list[QuotedLine]) -> list[Finding]:
    """A share of what is billed at different times would differ from bill to bill."""
    others = [line.terms for line in lines if not isinstance(line.terms, Once | BlockAhead)]
    plain = all(
        rhythm_of(terms) == Rhythm()
        for terms in others
        if not isinstance(terms, Percentage | Reduction | Commitment)
    )
    if plain:
        return []
    return [
        Finding(
            f"lines[{content.lines.index(line)}].kind",
            "It follows from the other lines, and not all of them are billed at the end of each"
            " month, so it would differ from bill to bill. Give the lines a discount of their own.",
        )
        for line in lines
        if isinstance(line.terms, Percentage | Reduction | Commitment)
    ]
