"""Make the sample portfolio: eight gyms, one of which loses its meetings."""

import csv
import datetime as dt
import random
from pathlib import Path

FOLDER = Path(__file__).parent / "portfolio"
TOWNS = ("Leeds", "York", "Milan", "Turin", "Pune", "Porto", "Lyon", "Ghent")
STEPS = (
    "Client contacted", "Client meeting booked", "Client meeting had", "Referred to coach",
    "Coach complimentary session done", "First paid session", "One month post-lead",
    "Two months post-lead", "Three months post-lead", "Six months post-lead", "12 months post-lead",
)  # fmt: skip
MONTHS = (0, 0, 0, 0, 0, 0, 1, 2, 3, 6, 12)
RATES = (0.98, 0.86, 0.7, 0.95, 0.95, 0.75, 0.95, 0.93, 0.92, 0.88, 0.85)
DAY = dt.date(2026, 11, 1)


def rows(town: str, rng: random.Random) -> list[list[object]]:
    """Between 120 and 300 leads, each until they stop."""
    found: list[list[object]] = []
    for i in range(rng.randint(120, 300)):
        lead = dt.date(2025, 9, 1) + dt.timedelta(days=rng.randrange(400))
        stays, marks = True, []
        for step, months, rate in zip(STEPS, MONTHS, RATES, strict=True):
            chance = 0.45 if (town, step) == ("Porto", "Client meeting had") else rate
            stays = stays and rng.random() < chance and lead + dt.timedelta(days=31 * months) <= DAY
            marks.append(1 if stays else "")
        left = lead + dt.timedelta(days=25 + 30 * marks.count(1))
        gone = not stays and left <= DAY and rng.random() < 0.6
        found.append([f"{town} {i + 1}", lead, *marks, "Price" if gone else "", left if gone else ""])
    return found


def main() -> None:
    """Write the sheets and the portfolio file."""
    FOLDER.mkdir(exist_ok=True)
    lines = ['name = "Eight gyms"', 'journey = "gym"']
    for town in TOWNS:
        with (FOLDER / f"{town.lower()}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            heads = ("Client name", "Date of lead", *STEPS, "Reason for discontinue", "When left journey")
            writer.writerow(heads)
            writer.writerows(rows(town, random.Random(town)))
        lines += ["", "[[business]]", f'name = "{town}"', f'sheet = "{town.lower()}.csv"']
    (FOLDER / "gyms.toml").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
