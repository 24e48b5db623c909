"""The order of lines in a draft that is being written."""

from django.http import QueryDict

PREFIX = "line"


def moved(posted: QueryDict, asked: str) -> QueryDict:
    """What was typed with one line at another place: `move:2:0` makes the third the first.

    A place that is not there moves nothing: another window may have taken a line away.
    """
    start, end = _places(asked)
    count = _count(posted)
    if not (0 <= start < count and 0 <= end < count):
        return posted.copy()
    order = list(range(count))
    order.insert(end, order.pop(start))
    return _in_order(posted, order)


def place_of(asked: str) -> int | None:
    """Where the line that was moved stands now, so that the cursor goes with it."""
    if not asked.startswith("move:"):
        return None
    end = _places(asked)[1]
    return end if end >= 0 else None


def _in_order(posted: QueryDict, order: list[int]) -> QueryDict:
    """The fields of each line under the number of its new place."""
    new = {before: after for after, before in enumerate(order)}
    answer = QueryDict(mutable=True)
    for name, values in posted.lists():
        head, number, rest = (*name.split("-", 2), "", "")[:3]
        if head == PREFIX and number.isdecimal() and rest:
            name = f"{PREFIX}-{new.get(int(number), int(number))}-{rest}"
        answer.setlist(name, values)
    return answer


def _places(asked: str) -> tuple[int, int]:
    words = asked.split(":")[1:3]
    if len(words) == 2 and all(word.isdecimal() and len(word) < 4 for word in words):
        return int(words[0]), int(words[1])
    return -1, -1


def _count(posted: QueryDict) -> int:
    said = posted.get(f"{PREFIX}-TOTAL_FORMS", "")
    return int(said) if said.isdecimal() and len(said) < 4 else 0
