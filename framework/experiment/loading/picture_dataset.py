"""Pictures in files as a dataset without a plugin: a folder with a folder a class, or a table of paths."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from framework.config.defaults import DEFAULTS
from framework.config.run_config import RunConfig
from framework.core.cases.dataset import Dataset
from framework.core.errors import ConfigError, DataError
from framework.data.decoding import Form, form_of
from framework.data.picture_files import SUBFOLDER, PictureFiles
from framework.data.picture_folders import holds_pictures
from framework.data.picture_stream import PictureStream
from framework.data.pictures import Parting, fits, held, streamed
from framework.data.reading import read_table
from framework.experiment.loading.gathering import gathered, host
from framework.plugins.registry import Offer, Registry
from framework.plugins.specs import DatasetSpec


def means_pictures(config: RunConfig, registry: Registry) -> bool:
    """Whether the dataset is a table of paths, or a folder of folders that is no table in parts."""
    if config.picture is not None:
        return True
    named = registry.named("dataset", config.dataset)
    return config.target is None and not named and holds_pictures(_place(config))


def picture_offer(config: RunConfig, registry: Registry) -> Offer[DatasetSpec]:
    """The pictures that ``config`` names as a dataset; they are decoded when it is loaded.

    Raises
    ------
    ConfigError
        When the labels of a table of paths are not told, or settings are given that pictures have not.
    DataError
        When the folder or table is not one of pictures, or they are all of one class.
    """
    place = _place(config)
    files = _files(config, place)
    if len(files.labels) < 2:
        raise DataError(
            f"{place}: all pictures are of the class {files.labels[0]}; expected two classes or more"
        )

    @cache
    def form() -> Form:
        return form_of(files.some(), config.width_and_height)

    def load(data_dir: Path | None = None, test_dir: Path | None = None) -> Dataset:
        if data_dir is not None and data_dir != config.data:  # to validate with
            return held(_files(config, data_dir, files.labels), form())
        test = None if test_dir is None else _files(config, test_dir, files.labels)
        streamed = config.stream == "yes" or (config.stream == "auto" and not fits(files, form()))
        if not streamed:
            return held(files, form(), test)
        return _streamed(config, files, form(), test)

    spec = DatasetSpec(
        name=config.short_name,
        labels=files.labels,
        load=load,
        description=f"{len(files):,} pictures of {config.dataset}",
    )
    return Offer("dataset", spec, registry.own)


def of_this_host(dataset: Dataset) -> Dataset:
    """With this host's share of the pictures that are streamed, where there are several hosts.

    Raises
    ------
    DataError
        When they see other pictures than each other.
    """
    index, count = host()
    if count == 1 or not isinstance(dataset.stream, PictureStream):
        return dataset
    if len(set(gathered(dataset.stream.identity))) > 1:
        raise DataError(
            f"{dataset.stream.files.root}: hosts see other pictures than each other; give all to each, "
            "which decodes its own share"
        )
    return replace(dataset, stream=dataset.stream.of_host(index, count))


def _streamed(
    config: RunConfig, files: PictureFiles, form: Form, test: PictureFiles | None
) -> Dataset:
    parting = Parting(
        DEFAULTS["test_fraction"] if config.test_fraction is None else config.test_fraction,
        config.validation_data is None,
        DEFAULTS["split_seed"] if config.split_seed is None else config.split_seed,
    )
    return streamed(files, form, parting, test)


def _place(config: RunConfig) -> Path:
    """The folder or the table: at its path, else in the folder of ``data``."""
    place = Path(config.dataset)
    return place if config.data is None or place.exists() else config.data


def _files(config: RunConfig, place: Path, labels: tuple[str, ...] | None = None) -> PictureFiles:
    if config.picture is None:
        if config.groups not in (None, SUBFOLDER):
            raise ConfigError(
                f'groups: of a folder of pictures expected "{SUBFOLDER}", received "{config.groups}"; '
                "where a column tells them, give the table with --picture"
            )
        return PictureFiles.of_folder(place, labels, config.groups)
    if place.is_dir():
        place = place / Path(config.dataset).name
    if config.target is None:
        raise ConfigError(
            f"target: which column of {place} holds the labels? Give it with --target "
            f"({', '.join(read_table(place).names)})"
        )
    if config.cuts:
        raise ConfigError("cut: is for tables, and these cases are pictures; leave it out")
    uses = {"picture": config.picture, "target": config.target, "groups": config.groups}
    columns = {use: name for use, name in uses.items() if name is not None}
    table = read_table(place, text=tuple(columns.values()))
    try:
        return PictureFiles.of_manifest(place.parent, table, columns, labels)
    except DataError as error:
        raise DataError(f"{place}: {error}") from None
