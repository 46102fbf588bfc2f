"""From root, as which SageMaker starts containers, to a user that can do no harm."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path

from framework.sagemaker.contract import Paths

USER = "fw"


def become_unprivileged(paths: Paths) -> None:
    """Hand over the folders that are written to, then run as USER.

    SageMaker wants images that start as root, and leaves folders of root's; the SDK's local mode
    those of whoever runs it: then that user is taken, who must be able to remove the files later.
    Root it stays, and says so, where the user could not read what the job brings. Nothing is done
    for who is not root, nor where there is no such user (outside the image).
    """
    if os.getuid() != 0:
        return
    try:
        user = pwd.getpwnam(USER)
    except KeyError:
        return
    uid = (paths.model.stat().st_uid if paths.model.is_dir() else 0) or user.pw_uid
    inputs = [paths.hyperparameters, *paths.channels().values(), paths.model, paths.models]
    why_not = unreadable([path for path in inputs if path.exists()], uid, user.pw_gid)
    if why_not:
        print(f"stays root: the user {uid} cannot read {why_not}", flush=True)
        return
    if (
        paths.hyperparameters.exists()
    ):  # a training job; serving writes what it is told to, elsewhere
        written = (paths.model, paths.run.parent, paths.run, paths.checkpoints)
        for folder in written:
            folder.mkdir(parents=True, exist_ok=True)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, uid, user.pw_gid, follow_symlinks=False)
    os.environ["HOME"] = user.pw_dir
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(uid)


def unreadable(paths: Sequence[Path], uid: int, gid: int) -> str:
    """The first of ``paths``, or of what is directly in them, that the user cannot read; or ""."""
    command = ["find", *map(str, paths), "-maxdepth", "1", "!", "-readable", "-print", "-quit"]
    found = subprocess.run(
        command, user=uid, group=gid, extra_groups=[], capture_output=True, text=True
    )
    return (found.stdout or found.stderr).strip() if paths else ""
