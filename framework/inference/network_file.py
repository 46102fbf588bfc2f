"""What a .keras file says of itself, looked at before Keras makes anything of it.

Keras's safe mode runs no code of a file. It builds what the file describes, though: a layer of a billion
units, or weights that a few bytes unfold to. Networks are saved here without packing, so that sizes are
known beforehand.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framework.core.archives import ArchiveError, check_zip
from framework.core.errors import ArtifactError
from framework.core.file_bytes import NotAFileError
from framework.core.json_text import NotJsonError, parse_json

if TYPE_CHECKING:
    import h5py

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
# Units, filters and the like: each has a weight, so none is above the number of those; sides of
# pictures and the like are below this.
LARGEST_SIDE = 2**16
NO_SIZES = ("seed", "shared_object_id")


def onnx_file(path: Path) -> Path:
    """Beside the Keras file ``path``: the same network for ONNX Runtime."""
    return path.with_suffix(".onnx")


def check_network(path: Path) -> None:
    """Raise ArtifactError where the file of a network is damaged, or describes more than it holds."""
    try:
        check_zip(path)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            for name in (CONFIG, WEIGHTS):
                if name not in names:
                    raise ArtifactError(f"{path} is no file of Keras: it has no {name}")
            config = parse_json(archive.read(CONFIG), constants=True)
            weights = _elements(archive.read(WEIGHTS))
    except (ArchiveError, NotAFileError, NotJsonError) as error:
        raise ArtifactError(f"{path} cannot be loaded: it {error}") from None
    except ArtifactError:
        raise
    except Exception as error:  # HDF5 and zlib, of a damaged file
        raise ArtifactError(f"{path} cannot be loaded ({type(error).__name__}: {error})") from error
    largest = max(_sizes(config), default=0)
    if largest > max(weights, LARGEST_SIDE):
        raise ArtifactError(
            f"{path} cannot be loaded: it describes a layer of {largest:,}, and holds {weights:,} weights"
        )


def _elements(data: bytes) -> int:
    """Weights in an HDF5 file, all of which it holds as they are."""
    import h5py

    with h5py.File(io.BytesIO(data), "r") as file:
        found = sum(_of_group(file, set()))
    if found > len(data):  # a byte each at least
        raise ArchiveError(f"has {found:,} weights, in {len(data):,} bytes")
    return found


def _of_group(group: h5py.Group, seen: set[Any]) -> Iterator[int]:
    import h5py

    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ArchiveError(f"has weights {name} that are a link to somewhere else")
        found = group[name]
        at = h5py.h5o.get_info(found.id).addr
        if at in seen:
            raise ArchiveError(f"has weights {name} twice")
        seen.add(at)
        if isinstance(found, h5py.Group):
            yield from _of_group(found, seen)
        elif found.external or found.is_virtual or found.chunks is not None:
            raise ArchiveError(f"has weights {name} that are packed, or in another file")
        else:
            yield int(found.size or 0)


def _sizes(config: Any) -> Iterator[int]:
    """All whole numbers of a configuration that may be sizes."""
    level = [config]
    while level:
        one = level.pop()
        if isinstance(one, dict):
            level += [value for key, value in one.items() if key not in NO_SIZES]
        elif isinstance(one, list):
            level += one
        elif isinstance(one, int) and not isinstance(one, bool):
            yield abs(one)
