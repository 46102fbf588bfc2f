"""From root, as which SageMaker starts containers, to a user that can do no harm."""

from __future__ import annotations

import os
import pwd

from framework.sagemaker.contract import Paths

USER = "fw"


def become_unprivileged(paths: Paths) -> None:
    """Hand over the folders that are written to, then run as USER.

    SageMaker wants images that start as root, and leaves folders of root's; the SDK's local mode
    those of whoever runs it: then that user is taken, who must be able to remove the files later.
    FW_USER=root keeps root, should a platform need it. Nothing is done for who is not root, nor
    where there is no such user (outside the image).
    """
    if os.getuid() != 0 or os.environ.get("FW_USER") == "root":
        return
    try:
        user = pwd.getpwnam(USER)
    except KeyError:
        return
    if paths.hyperparameters.parent.is_dir():  # a training job; serving writes nothing
        written = (paths.model, paths.run.parent, paths.run, paths.checkpoints)
        for folder in written:
            folder.mkdir(parents=True, exist_ok=True)
        uid = paths.model.stat().st_uid or user.pw_uid
        for folder in written:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, uid, user.pw_gid, follow_symlinks=False)
    else:
        uid = user.pw_uid
    os.environ["HOME"] = user.pw_dir
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(uid)
