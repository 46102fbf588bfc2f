"""README and the pages of docs/, and the blocks of code that they print."""

import re
from dataclasses import dataclass
from textwrap import dedent

from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("notebooks/*.md"))]
FENCE = re.compile(r'^```(?P<language>\w*)(?: title="(?P<title>[^"]+)")?$')


@dataclass(frozen=True)
class Block:
    """Code between fences, or indented by four spaces, which has no ``language``.

    One with a ``title`` is what a file of that name holds.
    """

    page: str
    line: int
    language: str
    title: str | None
    code: str

    def __str__(self):
        return f"{self.page}:{self.line}"


def blocks(page):
    """All blocks of a page, in its order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    name = str(page.relative_to(ROOT))
    found, at = [], 0
    while at < len(lines):
        start = at
        fence = FENCE.match(lines[at])
        if fence:
            at = lines.index("```", at + 1)
            code = lines[start + 1 : at]
            found.append(Block(name, start + 1, *fence.groups(), "\n".join(code) + "\n"))
        elif lines[at].startswith("    ") and not (at and lines[at - 1].strip()):
            while at < len(lines) and (lines[at].startswith("    ") or not lines[at].strip()):
                at += 1
            code = dedent("\n".join(lines[start:at])).rstrip()
            found.append(Block(name, start + 1, "", None, code + "\n"))
        at += 1
    return found


BLOCKS = [block for page in PAGES for block in blocks(page)]


def commands(block):
    """The commands fw in a block, lines that go on joined."""
    if block.language not in ("", "sh"):
        return []
    lines = block.code.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("fw ")]
