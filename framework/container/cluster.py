"""Several hosts of one job, told to TensorFlow its own way."""

from __future__ import annotations

import json
from pathlib import Path

from framework.core.files import read_json
from framework.core.json_fields import Fields

# Each host its own port, so that they may also share one machine's network.
FIRST_PORT = 2222


def tf_config(resources: Path) -> str | None:
    """What TF_CONFIG must be for the hosts in resourceconfig.json; None for a single one."""
    if not resources.is_file():
        return None
    data = Fields(read_json(resources), resources)
    hosts, own = sorted(data.texts("hosts")), data.text("current_host")
    if own not in hosts:
        data.refuse("current_host", f"one of {', '.join(hosts)}", own)
    if len(hosts) == 1:
        return None
    return json.dumps(
        {
            "cluster": {"worker": [f"{host}:{FIRST_PORT + k}" for k, host in enumerate(hosts)]},
            "task": {"type": "worker", "index": hosts.index(own)},
        }
    )
