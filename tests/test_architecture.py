"""docs/architecture.md and CONTRIBUTING.md say what there is."""

import importlib.util
import re

import pytest

from tests.conftest import ROOT
from tests.test_imports import MAY_IMPORT, STOREYS

ARCHITECTURE, CONTRIBUTING = ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"
PAGES = {path.name: path for path in (ARCHITECTURE, CONTRIBUTING)}
AGAIN = "run: python docs/draw_architecture.py"


@pytest.fixture(scope="module")
def draw():
    spec = importlib.util.spec_from_file_location("draw", ROOT / "docs" / "draw_architecture.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_drawing_is_that_of_the_imports(draw):
    assert draw.drawing() == draw.SVG.read_text(encoding="utf-8"), AGAIN


def test_the_table_is_that_of_the_imports(draw):
    page = ARCHITECTURE.read_text(encoding="utf-8")
    assert draw.page() == page, AGAIN
    for room in MAY_IMPORT:
        assert len(re.findall(rf"^\| `framework/{room}/` \|", page, re.MULTILINE)) == 1


def test_it_draws_the_storeys_that_imports_are_tested_for(draw):
    imports = draw.imports()
    assert imports == {room: set(may) for room, may in MAY_IMPORT.items()}
    assert [set(storey) for storey in draw.storeys(imports)] == [set(storey) for storey in STOREYS]


def test_a_room_stands_above_the_highest_it_imports_from(draw):
    imports = {"a": set(), "b": {"a"}, "c": {"a"}, "d": {"a", "b"}}
    assert draw.storeys(imports) == [["a"], ["b", "c"], ["d"]]


def test_an_arrow_that_others_imply_is_left_out(draw):
    imports = {"a": set(), "b": {"a"}, "c": {"a", "b"}, "d": {"a", "b", "c"}}
    assert draw.direct(imports) == {"a": set(), "b": {"a"}, "c": {"b"}, "d": {"c"}}


def test_a_circle_is_told(draw):
    with pytest.raises(SystemExit, match="a circle of imports among b, c"):
        draw.storeys({"a": set(), "b": {"a", "c"}, "c": {"b"}})


TOP = "framework|plugins|container|bench|docs|tests"


@pytest.mark.parametrize("name", PAGES)
def test_every_path_that_is_named_exists(name):
    page = PAGES[name]
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    prose = re.sub(r"\[[^]]*\]\([^)]*\)", "", text)
    paths = re.findall(r"(?<![\w/.-])(?:[\w.-]+/)*[\w-]+\.(?:py|md|toml|txt|svg)\b", prose)
    paths += re.findall(rf"(?<![\w/.-])(?:{TOP})/[\w./-]*", prose)
    assert links
    assert len(paths) > 10
    missing = [path for path in paths if not (ROOT / path).exists() and path != "conftest.py"]
    missing += [link for link in links if not (page.parent / link).exists()]
    assert not missing, f"{name} names {missing}"


def test_files_of_ours_that_other_pages_name_exist():
    """Of what a page says is the reader's own, nothing lies in these folders."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    named = [
        (page.name, path)
        for page in pages
        for path in re.findall(
            r"(?<![\w/.-])(?:framework|bench|tests)/[\w./-]+\.\w+", page.read_text()
        )
    ]
    assert len(named) > 100
    assert not [(page, path) for page, path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("name", PAGES)
def test_every_make_target_that_is_named_exists(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = PAGES[name].read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^ {4}|`)make ([a-z-]+)", text, re.MULTILINE))
    assert named <= targets, named - targets
    if name == "CONTRIBUTING.md":
        assert named == targets
