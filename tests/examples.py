"""How many examples a property test tries: few for everybody, many in CI.

`FUNNEL_EXAMPLES=10 pytest -m hypothesis` tries ten times as many, of each test that counts them here.
"""

import os

TIMES = float(os.environ.get("FUNNEL_EXAMPLES", "1"))


def examples(n: int) -> int:
    """Return n, times `FUNNEL_EXAMPLES`."""
    return max(int(n * TIMES), 1)
