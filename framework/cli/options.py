"""The options that commands share, and what they mean. Imports nothing heavy.

The settings of a run become options here, as ``framework.config.settings`` describes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli import completion
from framework.cli.help import GroupedOption
from framework.cli.output import say
from framework.config.setting import FILES, Setting
from framework.config.settings import OPTIONS, SETTINGS
from framework.core.errors import ConfigError
from framework.core.json_text import NotJsonError, parse_json

if TYPE_CHECKING:
    from framework.config.run_config import RunConfig
    from framework.plugins.matrix_lookup import FoundMatrix

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
model_of_run = click.option(
    "--model",
    metavar="NAME",
    help="Which model of the run (default: the served one).",
    shell_complete=completion.models_of_run,
)
# Left out where --config tells it.
dataset = click.argument("dataset", required=False, shell_complete=completion.datasets_and_tables)
config_file = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    cls=GroupedOption,
    group=FILES,
    help="Take what is not given from FILE, the config.json of a run: run it again.",
)
prevalence = click.option(
    "--prevalence",
    metavar=SETTINGS["prevalence"].metavar,
    multiple=True,
    help="Share of a label among these cases; may be repeated. What is not named shares the rest as in the "
    "training part (default: the run's).",
)
run_dir = click.argument("run_dir", metavar="RUN_DIR", type=click.Path(path_type=Path))


def whole_number(
    flag: str, least: int, default: int, help: str, most: int | None = None, metavar: str = "N"
) -> Callable[[Any], Any]:
    """An option that takes whole numbers from ``least`` on, and shows its default."""
    kind = click.IntRange(least, most)
    return click.option(
        flag, metavar=metavar, type=kind, default=default, show_default=True, help=help
    )


def takes(settings: Iterable[Setting] = OPTIONS) -> Callable[[click.Command], click.Command]:
    """Give a command the options of ``settings``, but those it has of its own, before ``--json``."""

    def decorate(command: click.Command) -> click.Command:
        own = [parameter.name for parameter in command.params]
        at = own.index("as_json")
        command.params[at:at] = [_option(one) for one in settings if one.name not in own]
        return command

    return decorate


def _option(setting: Setting) -> click.Option:
    if not setting.metavar:
        flags = [f"{setting.flag}/{setting.no_flag}", setting.name]
        return GroupedOption(flags, default=None, help=setting.help, group=setting.group)
    complete = completion.OF_SETTINGS.get(setting.name) or completion.choices(setting.metavar)
    return GroupedOption(
        [setting.flag, setting.name],
        metavar=setting.metavar,
        multiple=setting.repeated,
        help=setting.help,
        group=setting.group,
        shell_complete=complete,
    )


def config_of(given: dict[str, Any]) -> RunConfig:
    """The RunConfig that ``given``, options by the names of their settings, means.

    Their "config" is the file of ``--config``, if any.
    """
    from framework.config.config_file import read_settings
    from framework.config.run_config import RunConfig

    given = {name: value for name, value in given.items() if value not in (None, ())}
    for name in ("model_parameters", "augment", "columns", "prevalence"):
        if name in given:
            given[name] = named_values(given[name], name)
    file = given.pop("config", None)
    if file is not None:
        given = read_settings(file, given)
    if "dataset" not in given:
        raise ConfigError("name a DATASET (see fw plugins), or a run's config.json with --config")
    return RunConfig(**given)


def named_values(texts: Iterable[str], setting: str) -> dict[str, Any]:
    """What NAME=VALUE, several times, says of a setting."""
    found: dict[str, Any] = {}
    for text in texts:
        name, value = _name_and_value(text, setting)
        if name in found and setting == "prevalence":
            raise ConfigError(f'--prevalence: "{name}" is given twice; give it one share')
        found[name] = value
    return found


def _name_and_value(text: str, setting: str) -> tuple[str, Any]:
    # A label may hold an equals sign; a name does not, but what it is set to may.
    part = text.rpartition if setting == "prevalence" else text.partition
    name, equals, value = part("=")
    if not equals or not name:
        described = SETTINGS[setting]
        raise ConfigError(f"{described.flag}: expected {described.metavar}, received {text!r}")
    try:
        return name, parse_json(value)
    except NotJsonError:
        return name, value


def print_json(data: Any) -> None:
    say(json.dumps(data, indent=2, allow_nan=False))


def refuse_to_overwrite(path: Path, flag: str) -> None:
    """ConfigError when there is something at ``path``, which the option ``flag`` names."""
    if path.exists():
        raise ConfigError(f"{path} exists already; name another file with {flag}")


def find_matrix_of(file: str, dataset: str | None = None) -> FoundMatrix:
    """The matrix that ``file`` names: of that dataset, in its labels' order, or of any."""
    from framework.plugins.matrix_lookup import FoundMatrix, find_matrix
    from framework.plugins.registry import Registry
    from framework.plugins.specs import DatasetSpec

    registry = Registry()
    if dataset is not None:
        spec = registry.dataset(dataset)
        found = find_matrix(file, [spec])
        return FoundMatrix(found.matrix.aligned(spec.labels), found.origin)
    offers = [offer.spec for offer in registry.of_kind("dataset")]
    return find_matrix(file, [spec for spec in offers if isinstance(spec, DatasetSpec)])
