"""Judge the answer of pip-audit, in a file: exit code 1 for a known fault, 0 if nothing could be asked."""

import json
import sys
from pathlib import Path


def judge(text: str) -> tuple[int, str]:
    """Return an exit code and a sentence.

    pip-audit says "no known vulnerabilities" also for packages whose advisories it could not read (a mirror
    without them), and ends with the same code for a fault as for a failure to connect.
    """
    try:
        found = json.loads(text)["dependencies"]
    except (ValueError, LookupError, TypeError):
        return 0, "Not judged: the advisories of PyPI could not be reached."
    asked = [each for each in found if "vulns" in each]
    faults = [
        f"{each['name']} {each['version']}, {fault['id']}: mended in {', '.join(fault['fix_versions'])}"
        for each in asked
        for fault in each["vulns"]
    ]
    if faults:
        return 1, "Known faults:\n" + "\n".join(faults)
    if not asked:
        return 0, f"Not judged: no advisories were found for any of {len(found)} packages."
    return 0, f"No known fault in {len(asked)} of {len(found)} packages; the others could not be asked."


if __name__ == "__main__":
    file = Path(sys.argv[1])
    code, sentence = judge(file.read_text("utf-8") if file.exists() else "")
    sys.stdout.write(f"{sentence}\n")
    sys.exit(code)
