"""Draws docs/architecture.svg and the tables of rooms in docs/architecture.md, from the imports.

python docs/draw_architecture.py

A room is a folder of framework/. It stands one storey above the highest one that it imports from. A
large room has rooms within. Needs the standard library alone.
"""

import ast
import re
import textwrap
from html import escape
from itertools import pairwise, permutations
from pathlib import Path

HERE = Path(__file__).resolve()
FRAMEWORK = HERE.parents[1] / "framework"
SVG, PAGE = HERE.with_name("architecture.svg"), HERE.with_name("architecture.md")
TABLE = re.compile(r"(?<=<!-- rooms -->\n).*?(?=<!-- end -->)", re.DOTALL)
WITHIN = re.compile(r"(?<=<!-- rooms within -->\n).*?(?=<!-- end -->)", re.DOTALL)

WIDTH, HEIGHT, GAP, STOREY, MARGIN = 208, 84, 20, 142, 28
THREAD = 10  # of an arrow that passes through a storey
STYLE = """
  svg { color-scheme: light dark; font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif }
  .page { fill: #ffffff } .storey { fill: #f3f5f8 } .room { fill: #ffffff; stroke: #5b6b82 }
  .arrow { fill: none; stroke: #8594a8; stroke-width: 1.4 } .head { fill: #8594a8 }
  .name { fill: #14202f; font-size: 16px; font-weight: 600 } .line { fill: #45536a; font-size: 12px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .storey { fill: #151b24 } .room { fill: #1f2836; stroke: #7d8ea6 }
    .arrow { stroke: #6d7d94 } .head { fill: #6d7d94 }
    .name { fill: #eef2f8 } .line { fill: #b4c0d0 }
  }
"""

Imports = dict[str, set[str]]


def main() -> None:
    SVG.write_text(drawing(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """docs/architecture.md with its tables of rooms as they must be."""
    text = TABLE.sub(lambda _: _table([FRAMEWORK]), PAGE.read_text(encoding="utf-8"))
    large = sorted({path.parents[1] for path in FRAMEWORK.glob("*/*/__init__.py")})
    return WITHIN.sub(lambda _: _table(large), text)


def _table(tops: list[Path]) -> str:
    """The rooms within each of ``tops``, the highest first."""
    rows = ["| room | holds | imports |", "|---|---|---|"]
    for top in tops:
        found = imports(top)
        for name in (name for storey in reversed(storeys(found)) for name in storey):
            room = top / name
            path = f"{room.relative_to(FRAMEWORK.parent)}" + ("/" if room.is_dir() else ".py")
            rows.append(f"| `{path}` | {holds(room)} | {', '.join(sorted(found[name]))} |")
    return "\n".join(rows) + "\n"


def imports(top: Path = FRAMEWORK) -> Imports:
    """What each room imports from, wherever in a file it does so; not what only types need.

    Within a room ``top``, the rooms are its folders.
    """
    folders = (path.parent.name for path in top.glob("*/__init__.py"))
    found: Imports = {} if top == FRAMEWORK else {name: set() for name in folders}
    place = ".".join(top.relative_to(FRAMEWORK.parent).parts)
    for path in sorted(top.rglob("*.py")):
        if path == FRAMEWORK / "__init__.py":
            continue
        own = path.relative_to(top).parts[0].removesuffix(".py")
        if top == FRAMEWORK or own in found:
            found.setdefault(own, set()).update(_imported(path, f"{place}."))
    return {room: (names & set(found)) - {room} for room, names in sorted(found.items())}


def _imported(path: Path, place: str) -> set[str]:
    """What is imported of ``place``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names = [
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    return {name.removeprefix(place).split(".")[0] for name in names if name.startswith(place)}


def storeys(found: Imports) -> list[list[str]]:
    """The rooms, storey by storey, the lowest first."""
    built: list[list[str]] = []
    below: set[str] = set()
    while len(below) < len(found):
        storey = [room for room in found if room not in below and found[room] <= below]
        if not storey:
            raise SystemExit(f"a circle of imports among {', '.join(sorted(set(found) - below))}")
        built.append(storey)
        below |= set(storey)
    return built


def direct(found: Imports) -> Imports:
    """The imports that no chain of others implies."""

    def reached(room: str) -> set[str]:
        return found[room].union(*(reached(other) for other in found[room]))

    return {
        room: {name for name in names if not any(name in reached(other) for other in names)}
        for room, names in found.items()
    }


def holds(room: Path) -> str:
    """The first sentence of a room's docstring."""
    path = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    if not text:
        raise SystemExit(f"{path.relative_to(HERE.parents[1])} has no docstring to draw")
    return text.split("\n\n")[0].replace("\n", " ").replace("``", "").removesuffix(".")


def drawing() -> str:
    """docs/architecture.svg as it must be."""
    found = imports()
    levels = storeys(found)
    chains = _chains(levels, direct(found))
    rows = _ordered(levels, chains)
    x = _placed(rows, chains)
    left, right = min(x.values()) - WIDTH // 2, max(x.values()) + WIDTH // 2
    width = right - left + 4 * MARGIN
    height = len(rows) * STOREY + 2 * MARGIN - (STOREY - HEIGHT - 2 * GAP)
    middle = {
        place: (at - left + 2 * MARGIN, MARGIN + GAP + (len(rows) - 1 - place[0]) * STOREY)
        for place, at in x.items()
    }
    parts = [f'<rect class="page" width="{width}" height="{height}"/>']
    for level in range(len(rows)):
        top = MARGIN + level * STOREY
        parts.append(
            f'<rect class="storey" x="{MARGIN}" y="{top}" width="{width - 2 * MARGIN}" '
            f'height="{HEIGHT + 2 * GAP}" rx="10"/>'
        )
    parts += [_arrow(chain, chains, middle) for chain in chains]
    parts += [_room(room, *middle[i, room]) for i, storey in enumerate(levels) for room in storey]
    head = (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>'
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'aria-label="The rooms of framework/, and which imports from which">',
            f"<style>{STYLE}</style>",
            head,
            *parts,
            "</svg>\n",
        ]
    )


# A place is (storey, room); an arrow passes the storeys between its ends at (storey, "-> room").
Place = tuple[int, str]
Chain = tuple[Place, ...]


def _chains(levels: list[list[str]], arrows: Imports) -> list[Chain]:
    of = {room: i for i, storey in enumerate(levels) for room in storey}
    return [
        (
            (of[room], room),
            *((i, f"-> {other}") for i in range(of[room] - 1, of[other], -1)),
            (of[other], other),
        )
        for room in sorted(arrows)
        for other in sorted(arrows[room])
    ]


def _ordered(levels: list[list[str]], chains: list[Chain]) -> list[list[Place]]:
    """Each storey from left to right, so that few arrows cross; the lowest storey first."""
    places = {place for chain in chains for place in chain}
    places |= {(i, room) for i, storey in enumerate(levels) for room in storey}
    rows = [sorted(place for place in places if place[0] == i) for i in range(len(levels))]
    steps = sorted({step for chain in chains for step in pairwise(chain)})

    def crossings() -> int:
        at = {place: k for row in rows for k, place in enumerate(row)}
        ends = [(a[0], at[a], at[b]) for a, b in steps]
        return sum(
            one[0] == two[0] and (one[1] - two[1]) * (one[2] - two[2]) < 0
            for k, one in enumerate(ends)
            for two in ends[:k]
        )

    for _ in range(3):
        for i, row in enumerate(rows):
            tried = []
            for order in permutations(sorted(row)):
                rows[i] = list(order)
                tried.append((crossings(), order))
            rows[i] = list(min(tried)[1])
    return rows


def _placed(rows: list[list[Place]], chains: list[Chain]) -> dict[Place, int]:
    """The middle of each place: as near to what it is joined to as its neighbours allow."""
    near: dict[Place, list[Place]] = {place: [] for row in rows for place in row}
    for chain in chains:
        for a, b in pairwise(chain):
            near[a].append(b)
            near[b].append(a)
    x: dict[Place, float] = {}
    for row in rows:
        for k, place in enumerate(row):
            x[place] = (k - (len(row) - 1) / 2) * (WIDTH + GAP)
    for _ in range(60):
        for row in rows:
            wanted = [sum(x[other] for other in near[p]) / max(1, len(near[p])) for p in row]
            at = [wanted[0]]
            for k in range(1, len(row)):
                at.append(max(wanted[k], at[-1] + _half(row[k - 1]) + _half(row[k]) + GAP))
            off = sum(a - w for a, w in zip(at, wanted, strict=True)) / len(row)
            x |= {place: a - off for place, a in zip(row, at, strict=True)}
    return {place: round(at) for place, at in x.items()}


def _half(place: Place) -> int:
    return (THREAD if place[1].startswith("-> ") else WIDTH) // 2


def _arrow(chain: Chain, chains: list[Chain], middle: dict[Place, tuple[int, int]]) -> str:
    """From the lower edge of a room to the upper one of another, around those in between."""

    def port(end: Place, beside: Place, neighbours: set[Place]) -> int:
        """Where on the edge of ``end`` the arrow from or to ``beside`` stands: in order."""
        order = sorted(neighbours, key=lambda place: middle[place])
        return round((order.index(beside) - (len(order) - 1) / 2) * min(26, 150 / len(order)))

    start, *_, end = chain
    x, y = middle[start]
    x += port(start, chain[1], {other[1] for other in chains if other[0] == start})
    y += HEIGHT
    path = f"M{x} {y}"
    for place in chain[1:]:
        to_x, to_y = middle[place]
        if place == end:
            to_x += port(end, chain[-2], {other[-2] for other in chains if other[-1] == end})
        half = (to_y - y) // 2
        path += f"C{x} {y + half} {to_x} {to_y - half} {to_x} {to_y}"
        x, y = to_x, to_y
        if place != end:
            y += HEIGHT
            path += f"V{y}"
    return f'<path class="arrow" d="{path}" marker-end="url(#head)"/>'


def _room(room: str, x: int, y: int) -> str:
    lines = textwrap.wrap(holds(FRAMEWORK / room), 30, max_lines=3, placeholder=" ...")
    text = "".join(
        f'<text class="line" x="{x}" y="{y + 40 + 16 * k}" text-anchor="middle">{escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    return (
        f'<rect class="room" x="{x - WIDTH // 2}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="7"/>'
        f'<text class="name" x="{x}" y="{y + 21}" text-anchor="middle">{room}</text>{text}'
    )


if __name__ == "__main__":
    main()
