"""What templates make of a device's checks: made where they are asked for, paused where no longer.

A template is for a class of devices, and for every one of them or only for those looked after by a
tier or bundle; the narrower one takes the place of the wider one of the same slug. A check somebody
defined otherwise stays as it is, and what a person paused nobody resumes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from monitoring.rules.definitions import THRESHOLD, Definition


@dataclass(frozen=True, slots=True)
class Template:
    """A check that devices of a class get; `offer_id` narrows it to a tier or bundle."""

    template_id: int
    device_class: str
    slug: str
    name: str
    definition: Definition
    offer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A check that a template asks for on a device, under the slug it is known by."""

    template_id: int
    slug: str
    name: str
    definition: Definition


@dataclass(frozen=True, slots=True)
class Present:
    """A check a device has. `template_id` is what asked for it, `let_go` that nothing does any more
    and it was paused for that; `paused` by whomever."""

    check_id: int
    slug: str
    definition: Definition
    template_id: int | None = None
    let_go: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """What is to be done to a device's checks."""

    make: tuple[Asked, ...] = ()
    change: tuple[tuple[Present, Asked], ...] = ()
    resume: tuple[tuple[Present, Asked], ...] = ()
    link: tuple[tuple[Present, Asked], ...] = ()
    pause: tuple[Present, ...] = ()
    keep: tuple[tuple[Present, Asked], ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is to be done; what stays as somebody made it is nothing."""
        return bool(self.make or self.change or self.resume or self.link or self.pause)


def asked_for(
    templates: Iterable[Template], device_class: str, offer_id: int | None
) -> list[Template]:
    """The templates of a device, of each slug the narrowest."""
    found: dict[str, Template] = {}
    for one in sorted(templates, key=lambda one: (one.slug, one.offer_id is not None)):
        if one.device_class == device_class and one.offer_id in (None, offer_id):
            found[one.slug] = one
    return list(found.values())


def asked_of(template: Template, series: Iterable[str]) -> list[Asked]:
    """What a template asks for: itself, or one check for each value it is about that there is.

    Of two values that would be known by one slug the one that came first has it.
    """
    wanted, pattern = template.definition, template.definition.series
    if not pattern:
        known = known_as(template.slug, wanted.kind)
        return [Asked(template.template_id, known, template.name, wanted)]
    found: dict[str, Asked] = {}
    for name in series:
        if not matches(pattern, name):
            continue
        slug, label = template.slug, template.name
        if pattern.endswith("*"):
            slug = f"{slug}-{name.removeprefix(pattern[:-1])}"
            label = f"{label} {name.partition(':')[2]}".strip()
        known = known_as(slug, wanted.kind)
        if known in found:
            known = known_as(_apart(slug, name), wanted.kind)
        found[known] = Asked(template.template_id, known, label, replace(wanted, series=name))
    return list(found.values())


def _apart(slug: str, name: str) -> str:
    """The slug of a value whose name differs only by what a slug cannot say, or at its far end."""
    return f"{slug_of(slug)[:43]}-{sha256(name.encode()).hexdigest()[:6]}"


def slug_of(text: str) -> str:
    """A name as a slug that senders can write."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")[:50].rstrip("-") or "check"


def known_as(text: str, kind: str) -> str:
    """What a check is known by. That of a value can be named by no sender: it has a `=` before."""
    return f"={slug_of(text)}" if kind == THRESHOLD else slug_of(text)


def matches(pattern: str, name: str) -> bool:
    """Whether a value is one a template is about; a `*` at the end stands for anything."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def steps(
    asked: Iterable[Asked], present: Iterable[Present], ever: Mapping[int, Sequence[Definition]]
) -> Steps:
    """What makes a device's checks those that are asked for.

    `ever` is what each template asks for and asked for before: a check that says something else was
    made so by a person, and one that no template made is a person's also where it says the same.
    """
    there = {one.slug: one for one in present}
    wanted = {one.slug: one for one in asked}
    make, change, resume, link, keep = [], [], [], [], []
    for slug, one in wanted.items():
        had = there.get(slug)
        if had is None:
            make.append(one)
        elif had.let_go:
            resume.append((had, one))
        elif _same(had.definition, one.definition):
            if had.template_id not in (None, one.template_id):
                link.append((had, one))
        elif had.template_id is not None and _was_asked(had, ever):
            change.append((had, one))
        else:
            keep.append((had, one))
    pause = [
        one
        for one in there.values()
        if one.template_id is not None and one.slug not in wanted and not one.paused
    ]
    return Steps(tuple(make), tuple(change), tuple(resume), tuple(link), tuple(pause), tuple(keep))


def _was_asked(had: Present, ever: Mapping[int, Sequence[Definition]]) -> bool:
    """Whether a check still is what its template asked for."""
    return any(_same(had.definition, one) for one in ever.get(had.template_id or 0, ()))


def _same(one: Definition, other: Definition) -> bool:
    """Whether a check says what is asked for, in what a template can say."""
    if one.kind != other.kind or not matches(other.series, one.series):
        return False
    if one.limits is not None or other.limits is not None:
        return one.limits == other.limits
    paced = one.schedule == other.schedule and one.grace == other.grace
    return (
        paced
        and one.fail_threshold == other.fail_threshold
        and (one.schedule is not None or one.period == other.period)
    )
