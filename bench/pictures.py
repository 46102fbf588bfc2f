"""Training on pictures that are decoded from their files as they are needed, against training alone.

    python bench/pictures.py

The photographs of signs are drawn once and written as PNG files of 48 x 48 pixels. ``convnet`` is trained
on them at 32 x 32, augmented, from memory and from the files, a pass over all of them in turns; nothing but
a window of them is held of the latter. Asked for are at least 0.8 times as many pictures a second.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from framework import Registry
from framework.core.backend import keras
from framework.core.cases.augmentation import Augmentation
from framework.core.scaling import UNSCALED
from framework.data.decoding import Form, decoded
from framework.data.picture_files import PictureFiles
from framework.data.picture_stream import PictureStream
from framework.training.composing import in_front_of_bytes
from framework.training.jobs import Cases, Job, Settings
from framework.training.loop import train

PICTURES, EPOCHS, SIDE = 2048, 6, 48
FORM = Form((32, 32, 3))


def write(folder: Path) -> PictureFiles:
    from fw_street_signs.synthetic import load

    signs = load()
    for i in range(PICTURES):
        label = signs.labels[signs.y[i]]
        (folder / label).mkdir(exist_ok=True)
        large = Image.fromarray(signs.X[i]).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        large.save(folder / label / f"{i:05}.png")
    return PictureFiles.of_folder(folder, signs.labels)


def seconds(cases: Cases, n_classes: int) -> tuple[float, float]:
    """Wall and processor time of an epoch, the least of all but the first, which compiles."""
    registry = Registry()
    model = registry.model("convnet")
    build = partial(model.build, FORM.shape, n_classes, **model.parameters)
    job = Job(
        registry.loss("cross_entropy_plus_cost").function,
        1 - np.eye(n_classes),
        seed=0,
        rows=np.arange(len(cases.y)),
        scaling=UNSCALED,
    )
    settings = Settings(
        lambda: keras.optimizers.AdamW(0.002),
        EPOCHS,
        batch_size=64,
        augmentation=Augmentation.of(model.defaults["augment"]),
    )
    told = [(time.perf_counter(), time.process_time())]
    train(
        lambda: in_front_of_bytes(build()),
        [job],
        cases,
        settings,
        lambda *_: told.append((time.perf_counter(), time.process_time())),
    )
    epochs = np.diff(np.array(told), axis=0)[1:]
    return float(epochs[:, 0].min()), float(epochs[:, 1].min())


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        files = write(Path(name))
        n_classes = len(files.labels)
        paths = files.paths(range(len(files)))
        started = time.perf_counter()
        X = decoded(paths, FORM)
        print(
            f"decoding alone: {len(paths) / (time.perf_counter() - started):,.0f} pictures a second"
        )
        sample = np.arange(64)
        stream = PictureStream(files, FORM)
        in_memory = seconds(Cases(X, files.y, files.y), n_classes)
        from_files = seconds(Cases(X[sample], files.y[sample], files.y[sample], stream), n_classes)
    print(
        f"convnet, {PICTURES:,} PNG files of {SIDE} x {SIDE}, pictures a second (a processor second):"
    )
    for what, (wall, processor) in (("training alone", in_memory), ("from files", from_files)):
        print(f"  {PICTURES / wall:8,.0f} ({PICTURES / processor:,.0f})  {what}")
    print(f"  from files, of training alone: {in_memory[0] / from_files[0]:.2f} (asked: 0.8)")


if __name__ == "__main__":
    main()
