"""Writes docs/samples/tickets.csv and new_tickets.csv, the made-up table of "Your first table".

python docs/make_sample.py
"""

import csv
import datetime
import random
from pathlib import Path

SAMPLES = Path(__file__).resolve().with_name("samples")
SUBJECTS = ("The export", "Our report", "The login page", "An invoice", "The search", "My account")
PROBLEMS = {
    "low": ("shows an old address", "has a word misspelt", "could be sorted by date"),
    "normal": ("is late", "does not open", "gives a wrong sum"),
    "urgent": ("does not open for anybody", "does not open", "has lost our orders"),
}
SINCE = ("since Monday", "since the update", "for an hour", "again", "in the new office", "today")
CHANNELS = {"low": (1, 5, 6), "normal": (3, 5, 4), "urgent": (7, 2, 2)}  # phone, mail, web
SPREAD = {
    "low": (1.0, 0.8),
    "normal": (2.0, 0.8),
    "urgent": (3.3, 0.9),
}  # of users affected, in logs


def tickets(n: int, seed: int) -> list[dict[str, str]]:
    """Rows as a help desk would export them: gaps, decimal commas, dates of the day.month kind."""
    chance = random.Random(seed)
    rows = []
    for number in range(1, n + 1):
        (priority,) = chance.choices(list(PROBLEMS), (50, 35, 15))
        affected = int(chance.lognormvariate(*SPREAD[priority])) + 1
        opened = datetime.date(2025, 1, 1) + datetime.timedelta(days=chance.randrange(365))
        (channel,) = chance.choices(("phone", "mail", "web"), CHANNELS[priority])
        contract = chance.random() < {"low": 0.3, "normal": 0.4, "urgent": 0.7}[priority]
        revenue = chance.lognormvariate(2.5 + contract, 0.6)
        rows.append(
            {
                "ticket": f"T-{seed}{number:04d}",
                "opened": f"{opened:%d.%m.%Y}" if chance.random() > 0.04 else "",
                "channel": channel if chance.random() > 0.01 else "fax",
                "users_affected": str(affected) if chance.random() > 0.1 else "",
                "contract": "yes" if contract else "no",
                "revenue": f"{revenue:.2f}".replace(".", ","),
                "note": _note(chance, priority),
                "customer": f"C{chance.randrange(n // 2):03d}",
                "currency": "EUR",
                "priority": priority,
            }
        )
    return rows


def _note(chance: random.Random, priority: str) -> str:
    words = [chance.choice(part) for part in (SUBJECTS, PROBLEMS[priority], SINCE)]
    return f"{' '.join(words)}; {chance.choice(('thank you', 'please call', 'regards'))}"


def write(name: str, rows: list[dict[str, str]]) -> None:
    with (SAMPLES / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    SAMPLES.mkdir(exist_ok=True)
    write("tickets.csv", tickets(400, seed=1))
    unknown = [{key: row[key] for key in row if key != "priority"} for row in tickets(20, seed=2)]
    write("new_tickets.csv", unknown)


if __name__ == "__main__":
    main()
