"""Names as people type them: when two differ by a slip of the hand."""

_SLIP = 2  # letters
_SHORTEST = 4  # letters of a name in which a slip can't be told from another name


def is_slip(a: str, b: str) -> bool:
    """Whether two folded names differ by a slip of the hand; numbers tell names apart.

    A slip is one letter or two more, fewer or other ones in one place, or two letters swapped.

    >>> is_slip("jon smith", "john smith"), is_slip("brian vale", "brain vale"), is_slip("sofia", "sophia")
    (True, True, True)
    >>> is_slip("al rossi", "jo rossi"), is_slip("client 12", "client 13")
    (False, False)
    """
    if max(len(a), len(b)) <= _SHORTEST or abs(len(a) - len(b)) > _SLIP:
        return False
    start = _same_start(a, b)
    end = _same_start(a[start:][::-1], b[start:][::-1])
    one, other = a[start : len(a) - end], b[start : len(b) - end]
    if max(len(one), len(other)) > _SLIP or any(c.isdigit() for c in a):
        return False
    return len(one) + len(other) <= 3 or sorted(one) == sorted(other)


def _same_start(a: str, b: str) -> int:
    """How many letters two names begin with in common."""
    for at, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return at
    return min(len(a), len(b))
