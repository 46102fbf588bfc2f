"""A .keras file is looked at before Keras makes anything of it."""

import io
import zipfile

import h5py
import pytest

from framework.core.errors import ArtifactError
from framework.inference.keras_model import KerasModel
from framework.inference.network_file import check_network
from tests.conftest import OLD_RUN

RIGHT = OLD_RUN / "models" / "medical" / "model.keras"
WEIGHTS = "model.weights.h5"


def changed(tmp_path, **parts):
    """A copy of a right file with other members; None leaves one out."""
    with zipfile.ZipFile(RIGHT) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= {name.replace("_", "."): data for name, data in parts.items()}
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if data is not None:
                archive.writestr(name, data)
    return path


def weights(write):
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        write(file)
    return out.getvalue()


def config(**replaced):
    with zipfile.ZipFile(RIGHT) as archive:
        text = archive.read("config.json").decode()
    assert '"units": 1' in text
    return text.replace('"units": 1', '"units": 2000000000').encode()


def test_a_right_file_is_loaded():
    check_network(RIGHT)
    assert KerasModel.read(RIGHT).model.count_params() > 0


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"model_weights_h5": bytes(50_000_000)}, "would unfold too far"),
        ({"config_json": b"[" * 3000}, "nested too deeply"),
        ({"config_json": config()}, "it describes a layer of 2,000,000,000, and holds"),
        ({"config_json": None}, "is no file of Keras: it has no config.json"),
        ({"model_weights_h5": b"no HDF5"}, "cannot be loaded (OSError"),
        (
            {
                "model_weights_h5": weights(
                    lambda file: file.create_dataset("a", (9000, 9000), "f4", compression="gzip")
                )
            },
            "has weights a that are packed, or in another file",
        ),
        (
            {
                "model_weights_h5": weights(
                    lambda file: file.create_dataset(
                        "a", (9,), "u1", external=[("/etc/passwd", 0, 9)]
                    )
                )
            },
            "that are packed, or in another file",
        ),
        (
            {
                "model_weights_h5": weights(
                    lambda file: file.__setitem__("a", h5py.ExternalLink("/etc/passwd", "/"))
                )
            },
            "has weights a that are a link to somewhere else",
        ),
    ],
    ids=["unfolds", "deep", "units", "incomplete", "no weights", "packed", "outside", "linked"],
)
def test_a_file_that_means_ill_is_refused_before_it_is_built(tmp_path, parts, message):
    path = changed(tmp_path, **parts)
    with pytest.raises(ArtifactError) as error:
        KerasModel.read(path)
    assert message in str(error.value)
