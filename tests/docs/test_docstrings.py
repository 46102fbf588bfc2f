"""The examples in docstrings give what is printed under them."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = {
    ".".join(path.relative_to(top).with_suffix("").parts): path
    for top in (ROOT, *(ROOT / "plugins").iterdir())
    for path in sorted(top.glob("f*/**/*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
}


@pytest.mark.parametrize("name", MODULES)
def test_what_a_docstring_shows_is_what_comes(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = import_module(name)
    assert Path(module.__file__) == MODULES[name]
    assert not doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed, (
        f"python -m doctest -v {MODULES[name].relative_to(ROOT)} shows it"
    )
