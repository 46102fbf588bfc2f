"""Known faults of the pinned packages, and what could not be looked up: `make audit`.

    python bench/audit.py          # looks up constraints.txt, by version and digest
    python bench/audit.py --pin    # writes hashes.txt anew, after constraints.txt has changed

Exit code 0: each package was looked up, and nothing is known of it. 1: a fault is known, or a file has
another digest than is pinned. 2: not all could be looked up, which is not the same as nothing being known.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINS, HASHES = ROOT / "constraints.txt", ROOT / "hashes.txt"
HEAD = (
    "# Digests of the files of constraints.txt that pip takes on {}; python bench/audit.py --pin\n"
)
DATABASES = ("pypi", "osv")  # of pip-audit
SECONDS = 600
# What nobody looks up here.
BESIDE = (
    "Not looked up: Python itself, the system's libraries, the image that containers are built on."
)


@dataclass(frozen=True)
class Answer:
    """What a database said: faults by package, () where it knows none; or why it said nothing."""

    database: str
    faults: Mapping[str, tuple[str, ...]]
    silent: str = ""


def pinned(text: str) -> dict[str, tuple[str, str]]:
    """By name, the version and the digest (or "") of lines "name==version --hash=sha256:...":"""
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(r"([\w.-]+)==(\S+)(?: --hash=(\S+))?", line.strip())
        if match:
            name, version, digest = match.groups("")
            found[re.sub(r"[-_.]+", "-", name).lower()] = (version, digest)
    return found


def without_digest(pins: str, hashes: str) -> list[str]:
    """Packages whose pinned version has no digest."""
    known = pinned(hashes)
    return [
        f"{name} {version}"
        for name, (version, _) in pinned(pins).items()
        if known.get(name, ("", ""))[0] != version or not known[name][1]
    ]


def answer_of(database: str, said: str, failed: str) -> Answer:
    """What pip-audit's JSON says; or, where there is none, the last line of what it ``failed`` with."""
    try:
        told = json.loads(said)["dependencies"]
    except (ValueError, KeyError):
        lines = failed.strip().splitlines() or ["no answer"]
        return Answer(database, {}, lines[-1][-300:])
    faults = {
        one["name"]: tuple(
            f"{fault['id']} (mended in {', '.join(fault['fix_versions']) or 'no version'})"
            for fault in one["vulns"]
        )
        for one in told
        if "skip_reason" not in one
    }
    reasons = [one["skip_reason"] for one in told if "skip_reason" in one]
    return Answer(database, faults, "" if faults or not reasons else reasons[0])


def judged(names: Sequence[str], answers: Sequence[Answer]) -> tuple[list[str], int]:
    """In words, and as an exit code, what ``answers`` say of the packages ``names``."""
    lines, known, looked_up = [], set(), set()
    for answer in answers:
        silent = f"; nothing from it: {answer.silent}" if answer.silent else ""
        lines.append(
            f"{answer.database}: {len(answer.faults)} of {len(names)} packages looked up{silent}"
        )
        looked_up |= set(answer.faults)
        known |= {f"{name}: {fault}" for name, of in answer.faults.items() for fault in of}
    left = [name for name in names if name not in looked_up]
    lines += sorted(known)
    if left:
        some = ", ".join(left[:10]) + (f" and {len(left) - 10} more" if len(left) > 10 else "")
        lines.append(
            f"NOT LOOKED UP in any database: {len(left)} of {len(names)} packages ({some})"
        )
    looked = len(names) - len(left)
    told = f"{len(known) or 'no'} known faults in the {looked} looked up"
    lines.append(f"{told if looked else 'Nothing was looked up'}. {BESIDE}")
    return lines, 1 if known else 2 if left else 0


def look_up(database: str) -> Answer:
    """Ask a database, by pip-audit, about the packages of hashes.txt."""
    command = ["-m", "pip_audit", "-r", str(HASHES), "--require-hashes", "--disable-pip"]
    command += [
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--vulnerability-service",
        database,
    ]
    try:
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return Answer(database, {}, f"no answer within {SECONDS} s")
    return answer_of(database, done.stdout, done.stderr)


def resolved(requirements: Path) -> tuple[str, list[dict]]:
    """What pip would install, nothing else and without installing it; and what it failed with."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        command = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--dry-run",
            "--ignore-installed",
            "--no-deps",
        ]
        command += ["--report", str(report), "-r", str(requirements)]
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True)
        if done.returncode:
            return done.stderr.strip() or "pip failed", []
        return "", json.loads(report.read_text())["install"]


def pin() -> None:
    failed, files = resolved(PINS)
    if failed:
        sys.exit(f"hashes.txt was not written, for pip could not find all files:\n{failed}")
    lines = [
        f"{file['metadata']['name']}=={file['metadata']['version']} "
        f"--hash=sha256:{file['download_info']['archive_info']['hashes']['sha256']}\n"
        for file in files
    ]
    here = f"{sys.platform}, Python {sys.version_info.major}.{sys.version_info.minor}"
    HASHES.write_text(HEAD.format(here) + "".join(sorted(lines, key=str.lower)))


def audit() -> int:
    pins, hashes = PINS.read_text(), HASHES.read_text()
    missing = without_digest(pins, hashes)
    if missing:
        print(
            f"Without a digest in hashes.txt: {', '.join(missing)}; run: python bench/audit.py --pin"
        )
    failed, files = resolved(HASHES)
    if failed:
        print(f"Files were not compared with their digests, or are others:\n{failed}")
    else:
        print(f"{len(files)} files have the digests of hashes.txt, where pip gets them from.")
    lines, code = judged(list(pinned(pins)), [look_up(database) for database in DATABASES])
    print("\n".join(lines))
    return (
        1
        if missing or "DO NOT MATCH" in failed
        else max(code, 2 if failed else 0, key=(0, 2, 1).index)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pin", action="store_true", help="write hashes.txt anew")
    if parser.parse_args().pin:
        pin()
    else:
        sys.exit(audit())
