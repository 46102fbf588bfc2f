"""The doors that inputs come through, driven in this process."""

import io
import json
from pathlib import Path

import numpy as np
from file_readers import archives, tables
from folder_readers import folders
from matrix_readers import matrices
from reader import Reader, model_file
from request_readers import requests
from settings_readers import settings

from framework.core.cases.images import read_image
from framework.core.errors import ArtifactError
from framework.core.json_text import NotJsonError, parse_json

KINDS = [("PNG", "RGB"), ("PNG", "P"), ("PNG", "LA"), ("JPEG", "RGB"), ("BMP", "L"), ("PPM", "RGB")]


def readers(folder: Path) -> list[Reader]:
    """All of them; ``folder`` is where those that read files find them."""
    return [
        *_texts(),
        *matrices(folder),
        *requests(),
        *settings(),
        *folders(folder),
        *_pictures(),
        *archives(folder),
        *tables(folder),
    ]


def _texts() -> list[Reader]:
    def read(data: bytes) -> None:
        try:
            value = parse_json(data)
        except NotJsonError as error:
            raise ArtifactError(str(error)) from None
        json.dumps(value, allow_nan=False).encode()

    small = (
        b'{"a": [1, 2.5e3, -0, {"b": null}], "c": "\\u00e9\\ud83d\\ude00", "d": [true, ""]}',
        b"[[[1]]]",
    )
    return [Reader("JSON", "JSON", 0.15, read, (*small, model_file("decision.json")), json=True)]


def _pictures() -> list[Reader]:
    from PIL import Image

    def read(data: bytes) -> None:
        assert read_image(data, (4, 4, 3)).shape == (4, 4, 3)

    pixels = np.random.default_rng(0).integers(0, 256, (8, 6, 3), dtype=np.uint8)
    corpus = []
    for kind, mode in KINDS:
        out = io.BytesIO()
        Image.fromarray(pixels).convert(mode).save(out, kind)
        corpus.append(out.getvalue())
    return [Reader("a picture", "pictures", 0.05, read, tuple(corpus))]
