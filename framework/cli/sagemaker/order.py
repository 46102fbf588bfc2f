"""What the options of ``fw sagemaker run`` and ``tune`` order, and how it is sent."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framework.cli.options import config_of, print_json
from framework.cli.sagemaker.options import launch_of
from framework.cli.verbosity import tell
from framework.config.settings import OPTIONS
from framework.core.errors import ConfigError, DataError

if TYPE_CHECKING:
    from framework.config.run_config import RunConfig
    from framework.plugins.registry import Registry
    from framework.sagemaker.aws.sending import Requests
    from framework.sagemaker.jobs.training_job import Order


def order_of(given: dict[str, Any], scratch: Path) -> Order:
    """What the options of ``run`` and ``tune`` mean."""
    from framework.plugins.registry import Registry
    from framework.sagemaker.jobs.training_job import Order
    from framework.sagemaker.launching import plugin_sources

    paths = [Path(path) for path in given.pop("plugins")]
    in_image = given.pop("plugins_in_image")
    launch = launch_of(given)
    channels = [setting.name for setting in OPTIONS if setting.channel]
    # Taken out before they become paths, since they may be addresses in S3.
    folders = {name: value for name in channels if (value := given.pop(name))}
    config = config_of(given)
    of_file = {name: str(value) for name in channels if (value := getattr(config, name))}
    folders = {**of_file, **folders}
    config = config.model_copy(update=dict.fromkeys(of_file))
    registry = Registry()
    if "data" not in folders and _is_of_files(config, registry, known=not (paths or in_image)):
        place = Path(config.dataset)
        folders["data"] = str(place if place.is_dir() else _folder_with(place, scratch))
        name = f"{place.name}/" if place.is_dir() else place.name  # which is no plugin's dataset
        config = config.model_copy(update={"dataset": name})
    if in_image and paths:
        raise ConfigError("--plugin sends a plugin along, --plugins-in-image says not to; choose")
    plugin_sources.check(paths)
    if not in_image and not paths:
        paths = plugin_sources.needed(config, registry, scratch)
    return Order(config, folders, paths, registry, launch)


def _is_of_files(config: RunConfig, registry: Registry, *, known: bool) -> bool:
    """Whether the dataset is in a file or a folder here, and no plugin's, all of which are ``known``."""
    if config.is_table:
        return True
    return known and not registry.named("dataset", config.dataset) and Path(config.dataset).is_dir()


def _folder_with(table: Path, scratch: Path) -> Path:
    """A folder that holds ``table`` alone, as a channel is one."""
    if not table.is_file():
        raise DataError(f"{table}: no such file")
    folder = scratch / "table"
    folder.mkdir()
    try:
        os.link(table, folder / table.name)
    except OSError:  # another disk
        shutil.copyfile(table, folder / table.name)
    return folder


def sent(requests: Requests, order: Order) -> bool:
    """Whether ``requests`` were sent, and not just printed; what its matrices mean is told before."""
    from framework.sagemaker.jobs.job_matrices import matrix_remarks

    launch = order.launch
    for remark in matrix_remarks(order.config, order.registry):
        tell(remark)
    if launch.dry_run:
        print_json(requests.to_json())
        return False
    requests.send(launch.aws, tell)
    return True
