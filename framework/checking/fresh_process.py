"""What is asked of a plugin in a process of its own, where nothing is loaded yet.

python -m framework.checking.fresh_process REQUEST ANSWER
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from framework.checking.subject import Subject
from framework.core.errors import PluginError

# Each takes a third of a second or more, which every command that lists plugins would wait.
HEAVY = ("tensorflow", "keras", "torch", "jax", "sklearn", "scipy", "pandas", "matplotlib")


def ask(task: str, subject: Subject, **given: str) -> Any:
    """What the function ``task`` of TASKS answers about ``subject`` in a new process.

    That process finds modules where this one does.

    Raises
    ------
    SkipCheck
        When no other process could import the plugin.
    PluginError
        When the task fails there, or the process does not come back.
    """
    request = {
        "task": task,
        "module": subject.module,
        "kind": subject.kind,
        "name": subject.spec.name,
        "data": None if subject.data is None else str(subject.data.resolve()),
        **given,
    }
    path = os.pathsep.join(str(Path(place).resolve()) for place in sys.path)
    with TemporaryDirectory() as folder:
        question, answer = Path(folder, "request.json"), Path(folder, "answer.json")
        question.write_text(json.dumps(request), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", __name__, question, answer],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
        )
        if not answer.exists():
            said = done.stderr.strip().splitlines()
            raise PluginError(
                f"{subject}: a process of its own ended (exit {done.returncode}) without an answer; "
                f"the last it said: {said[-1] if said else 'nothing'}"
            )
        told = json.loads(answer.read_text(encoding="utf-8"))
    if "error" in told:
        raise PluginError(f"{subject}, in a process of its own: {told['error']}")
    return told["answer"]


def heavy_imports(request: dict[str, str]) -> list[str]:
    """Those of HEAVY that importing the plugin and registering it loads."""
    from framework.plugins.registry import Registry

    registry = Registry(entry_points=[])
    before = set(sys.modules)
    registry.register(import_module(request["module"]))
    return [name for name in HEAVY if name in set(sys.modules) - before]


def fingerprint(request: dict[str, str]) -> str:
    from framework.checking.fingerprint import fingerprint

    return fingerprint(_subject(request))


def decide(request: dict[str, str]) -> None:
    """Decide the cases in the folder ``saved`` by the model in it, and leave ``decided.npz`` there."""
    from framework.checking.saved_cases import decide_saved

    decide_saved(Path(request["saved"]), _subject(request).registry)


TASKS: dict[str, Callable[[dict[str, str]], Any]] = {
    task.__name__: task for task in (heavy_imports, fingerprint, decide)
}


def _subject(request: dict[str, str]) -> Subject:
    """What the request is about: installed here too, or registered as it was there."""
    from framework.plugins.registry import Registry

    registry, kind, name = Registry(), request["kind"], request["name"]
    if not registry.named(kind, name):
        registry.register(import_module(request["module"]))
    data = request["data"]
    return Subject(registry.offer(kind, name), registry, Path(data) if data else None)


def main(question: str, answer: str) -> None:
    request = json.loads(Path(question).read_text(encoding="utf-8"))
    try:
        told = {"answer": TASKS[request["task"]](request)}
    except Exception as error:  # a plugin may raise anything
        told = {"error": f"{type(error).__name__}: {error}"}
    Path(answer).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
