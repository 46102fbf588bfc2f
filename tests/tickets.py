"""A table as people have them: text, gaps, a date, yes/no, decimal commas, a number of each case."""

import csv
import datetime

import numpy as np

LABELS = ("high", "low", "urgent")


def tickets(n=300, seed=0):
    """Rows by name; "priority" depends on the channel, the size and the words."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        urgent = rng.random() < 0.1
        high = not urgent and rng.random() < 0.4
        size = rng.lognormal(3 + urgent + 0.5 * high)
        opened = datetime.date(2024, 1, 1) + datetime.timedelta(days=int(rng.integers(0, 500)))
        words = "server down again" if urgent else "please change my address"
        rows.append(
            {
                "ticket": f"T-{number:05d}",
                "opened": f"{opened:%d.%m.%Y}" if rng.random() > 0.05 else "",
                "channel": str(rng.choice(["phone", "mail", "web"], p=[0.6, 0.3, 0.1]))
                if urgent
                else str(rng.choice(["mail", "web", "Fax; old"], p=[0.5, 0.48, 0.02])),
                "size": f"{size:.2f}".replace(".", ","),
                "vip": "yes" if rng.random() < 0.2 + 0.5 * high else "no",
                "agents": "" if rng.random() < 0.1 else str(int(rng.integers(1, 9))),
                "note": f'{words}, number {number}\n"{rng.integers(0, 99)}" times',
                "currency": "EUR",
                "customer": f"C{rng.integers(0, n // 3)}",
                "priority": "urgent" if urgent else "high" if high else "low",
            }
        )
    return rows


def write_csv(path, rows, delimiter=";", encoding="utf-8-sig"):
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path
