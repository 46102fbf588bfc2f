"""Folders of tiny pictures that a network tells apart in a few steps."""

import numpy as np
from PIL import Image

SUFFIXES = (".png", ".jpg", ".bmp", ".ppm", ".webp")


def touch(folder, *names):
    """Empty files, and the folders they are in."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def write_picture(path, k=0, seed=0, size=(8, 8)):
    """Of class 0 dark and bluish, of class 1 bright and reddish, of others in between; noise on it."""
    rng = np.random.default_rng([k, seed])
    level = np.array([40 + 120 * (k == 1) + 60 * (k > 1), 60, 150 - 100 * (k == 1)])
    pixels = np.clip(level + rng.normal(0, 25, (size[1], size[0], 3)), 0, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def write_folder(folder, counts, suffixes=SUFFIXES, size=(8, 8)):
    """A folder a class: ``counts`` by name; file ``i`` of each ends in one of the ``suffixes`` in turn."""
    for k, (name, count) in enumerate(counts.items()):
        for i in range(count):
            write_picture(folder / name / f"{i:03}{suffixes[i % len(suffixes)]}", k, i, size)
    return folder


def write_skin(folder):
    """What docs/pictures.md speaks of: a folder of lesions, one of new ones, and a table of lesions."""
    write_folder(folder / "skin", {"benign": 24, "malignant": 24}, (".png",))
    write_folder(folder / "new_lesions", {"2025": 3}, (".png",))
    lines = ["file,diagnosis,patient,fee"]
    for i in range(48):
        label = ("benign", "malignant")[i % 2]
        lines.append(f"skin/{label}/{i // 2:03}.png,{label},p{i // 3},120")
    (folder / "lesions.csv").write_text("\n".join(lines))
    return folder
