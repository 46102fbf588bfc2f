"""Reading GTSRB folders: the official layouts, the thinned one, and what can be wrong with them."""

import numpy as np
import pytest
from fw_street_signs import gtsrb
from fw_street_signs.gtsrb_labels import LABELS
from PIL import Image

from framework import CostMatrix, Registry, RunConfig
from framework.core.cases.images import read_image
from framework.core.cases.splitting import split
from framework.core.errors import DataError
from framework.experiment.loading.checked_dataset import load_dataset
from tests.conftest import SHARED

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
THINNED = SHARED / "data" / "gtsrb"


def photograph(path, class_id, frame=0, size=(24, 20)):
    """A grey border of 5 pixels around a plate whose red is the class and whose green the frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, (128, 128, 128))
    image.paste((5 * class_id, 10 * frame, 0), (5, 5, size[0] - 5, size[1] - 5))
    image.save(path)


def class_folders(root, *, suffix=".ppm", annotated=True, tracks=4):
    """``root``/00000 to 00042, two frames of each track."""
    for class_id in range(len(LABELS)):
        folder = root / f"{class_id:05d}"
        lines = [HEADER]
        for track in range(tracks):
            for frame in range(2):
                name = f"{track:05d}_{frame:05d}{suffix}"
                photograph(folder / name, class_id, frame)
                lines.append(f"{name};24;20;5;5;19;15;{class_id}")
        if annotated:
            (folder / f"GT-{class_id:05d}.csv").write_text("\n".join(lines) + "\n")
    return root


def flat_test_set(folder, classes=(14, 3, 14, 42), csv_folder=None):
    lines = [HEADER]
    for number, class_id in enumerate(classes):
        photograph(folder / f"{number:05d}.ppm", class_id)
        lines.append(f"{number:05d}.ppm;24;20;5;5;19;15;{class_id}")
    csv = (csv_folder or folder) / "GT-final_test.csv"
    csv.write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The official archive, as unpacked; not to be changed."""
    root = tmp_path_factory.mktemp("archive")
    class_folders(root / "GTSRB" / "Final_Training" / "Images")
    return root


@pytest.fixture
def images(tmp_path):
    """Class folders of the official archive, to be spoilt."""
    return class_folders(tmp_path / "Images", tracks=1)


def message(data_dir, test_dir=None):
    with pytest.raises(DataError) as caught:
        gtsrb.load(data_dir, test_dir)
    return str(caught.value)


def test_without_a_folder_the_error_says_what_to_download():
    told = message(None)
    assert "GTSRB_Final_Training_Images.zip" in told
    assert "--data DIR" in told


@pytest.mark.parametrize(
    "inside", ["", "GTSRB", "GTSRB/Final_Training", "GTSRB/Final_Training/Images"]
)
def test_the_official_archive_is_read_from_any_of_its_folders(archive, inside):
    dataset = gtsrb.load(archive / inside)
    assert dataset.X.shape == (43 * 8, 32, 32, 3)
    assert dataset.X.dtype == np.uint8
    assert np.bincount(dataset.y).tolist() == [8] * 43
    assert dataset.labels == LABELS
    assert dataset.test is None


def test_images_are_cut_to_the_annotated_region(archive):
    dataset = gtsrb.load(archive)
    assert (dataset.X[:, 2:-2, 2:-2, 0] == 5 * dataset.y[:, None, None]).all()
    assert (dataset.X[:, 2:-2, 2:-2, 2] == 0).all()


def test_without_annotations_the_usual_border_is_cut(tmp_path):
    dataset = gtsrb.load(class_folders(tmp_path, suffix=".png", annotated=False))
    assert len(dataset) == 43 * 8
    assert (dataset.X[:, 2:-2, 2:-2, 0] == 5 * dataset.y[:, None, None]).all()
    # A model is asked about photographs as it was trained on them.
    photo = tmp_path / "00042" / "00003_00001.png"
    asked = read_image(photo, dataset.X.shape[1:], dataset.image_border)
    np.testing.assert_array_equal(asked, dataset.X[-1])


def test_a_track_is_a_group_and_stays_on_one_side(archive):
    dataset = gtsrb.load(archive)
    assert len(np.unique(dataset.groups)) == 43 * 4
    for group in np.unique(dataset.groups):
        members = dataset.groups == group
        assert members.sum() == 2
        assert len(set(dataset.y[members])) == 1
    parts = split(dataset, test_fraction=0.25)
    assert not set(dataset.groups[parts.train]) & set(dataset.groups[parts.test])


@pytest.mark.parametrize("csv_at", ["", "GTSRB", "GTSRB/Final_Test", "GTSRB/Final_Test/Images"])
def test_the_official_test_set_becomes_the_test_part(archive, tmp_path, csv_at):
    folder = tmp_path / "GTSRB" / "Final_Test" / "Images"
    folder.mkdir(parents=True)
    flat_test_set(folder, csv_folder=tmp_path / csv_at)
    dataset = gtsrb.load(archive, tmp_path)
    assert dataset.y[dataset.test].tolist() == [14, 3, 14, 42]
    assert (~dataset.test).sum() == 43 * 8
    held_out = set(dataset.groups[dataset.test])
    assert len(held_out) == 4
    assert not held_out & set(dataset.groups[~dataset.test])
    assert len(split(dataset).test) == 4


def test_a_test_set_in_class_folders_may_lack_tracks_and_classes(archive, tmp_path):
    photograph(tmp_path / "00014" / "sign.png", 14)
    photograph(tmp_path / "00002" / "00000_00004.png", 2)
    dataset = gtsrb.load(archive, tmp_path)
    assert dataset.y[dataset.test].tolist() == [2, 14]
    assert not set(dataset.groups[dataset.test]) & set(dataset.groups[~dataset.test])


def test_one_folder_may_hold_both_parts_of_the_archive(tmp_path):
    class_folders(tmp_path / "Final_Training" / "Images", tracks=1)
    flat_test_set(tmp_path / "Final_Test" / "Images")
    assert gtsrb.load(tmp_path, tmp_path).test.sum() == 4


def test_a_photograph_in_both_parts_is_an_error(archive):
    assert "344 photographs are in both parts" in message(archive, archive)


def test_features_folders_of_the_archive_are_passed_over(tmp_path):
    class_folders(tmp_path / "Images", tracks=1)
    (tmp_path / "HOG" / "HOG_01" / "00000").mkdir(parents=True)
    assert len(gtsrb.load(tmp_path)) == 86


def test_two_sets_of_class_folders_are_ambiguous(tmp_path):
    class_folders(tmp_path / "a", tracks=1)
    class_folders(tmp_path / "b", tracks=1)
    assert "expected one set of class folders, received 2" in message(tmp_path)


def test_no_class_folders(tmp_path):
    assert "expected class folders named 00000 to 00042" in message(tmp_path)


def test_a_missing_class_is_named(images):
    for path in (images / "00014").iterdir():
        path.unlink()
    (images / "00014").rmdir()
    told = message(images)
    assert "expected a folder for each of the 43 classes" in told
    assert "00014 (stop)" in told


def test_a_class_that_does_not_exist(images):
    photograph(images / "00043" / "00000_00000.ppm", 0)
    (images / "00043" / "GT-00043.csv").write_text(HEADER)
    assert "expected class folders 00000 to 00042, received 00043" in message(images)


def test_a_class_folder_without_images(images):
    for path in (images / "00007").glob("*.ppm"):
        path.unlink()
    told = message(images)
    assert "00007: expected images" in told
    assert "received none" in told


def test_an_unreadable_image_is_named(images):
    (images / "00005" / "00000_00001.ppm").write_bytes(b"P6\n24 20\n255\n too short")
    told = message(images)
    assert "00005" in told
    assert "00000_00001.ppm: expected an image" in told


def test_an_image_without_a_track_is_named(images):
    photograph(images / "00006" / "sign.ppm", 6)
    csv = images / "00006" / "GT-00006.csv"
    csv.write_text(csv.read_text() + "sign.ppm;24;20;5;5;19;15;6\n")
    assert 'received "sign.ppm"' in message(images)


def test_annotations_missing_in_one_folder_only(images):
    (images / "00008" / "GT-00008.csv").unlink()
    assert "00008: expected GT-00008.csv" in message(images)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("ClassId", "Class", 'expected a column "ClassId"'),
        (";", ",", 'expected a column "Filename" (separated by semicolons)'),
        ("00000_00001.ppm;24;20;5", "00000_00001.ppm;24;20;five", "GT-00009.csv, line 3: expected"),
        ("00000_00001.ppm;24;20;5;5", "00000_00001.ppm;24;20;5", "line 3: expected"),
        (";15;9", ";15;43", "line 2: expected"),
        (";15;9", ";15;8", "expected ClassId 9 in the folder 00009, received 8"),
        ("00000_00001", "00000_00029", 'line 3: names "00000_00029.ppm", which is not there'),
        ("00000_00001", "00000_00000", 'received "00000_00000.ppm" again'),
        ("00000_00001.ppm;24;20;5;5;19;15;9\n", "", "received 1 without one"),
        (";19;15;9", ";25;15;9", "within its 24 x 20 pixels, received (5, 5, 25, 15)"),
        (";5;5;19", ";19;5;5", "expected a region of interest"),
    ],
)
def test_annotations_that_are_wrong(images, old, new, told):
    csv = images / "00009" / "GT-00009.csv"
    csv.write_text(csv.read_text().replace(old, new))
    assert told in message(images)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", 'expected a column "Filename"'),
        (HEADER.encode(), "expected a line per image, received none"),
        (b"\xff\xfe\x00", "expected a text file"),
    ],
)
def test_annotations_that_are_empty_or_no_text(images, content, told):
    (images / "00000" / "GT-00000.csv").write_bytes(content)
    assert told in message(images)


def test_a_test_set_without_the_classes_says_which_file_is_needed(archive, tmp_path):
    folder = flat_test_set(tmp_path / "Images")
    (folder / "GT-final_test.csv").rename(folder / "GT-final_test.test.csv")
    assert "GTSRB_Final_Test_GT.zip" in message(archive, tmp_path)


def test_a_test_folder_with_neither_layout(archive, tmp_path):
    assert "expected GT-final_test.csv with its images, or class folders" in message(
        archive, tmp_path
    )


def test_a_test_set_annotated_twice(archive, tmp_path):
    flat_test_set(tmp_path / "a")
    flat_test_set(tmp_path / "b")
    assert "expected one GT-final_test.csv, received 2" in message(archive, tmp_path)


def test_a_test_image_that_is_not_there(archive, tmp_path):
    (flat_test_set(tmp_path / "Images") / "00002.ppm").unlink()
    assert 'line 4: names "00002.ppm", which is not there' in message(archive, tmp_path)


def test_the_shipped_matrix_fits_the_labels():
    spec = Registry().dataset("gtsrb")
    matrix = CostMatrix.from_file(spec.shipped_matrices()["road_safety.json"]).aligned(LABELS)
    assert not matrix.untouched
    assert (np.diag(matrix.costs) == 0).all()
    assert (matrix.costs[~np.eye(43, dtype=bool)] > 0).all()

    def cost(true, predicted):
        return matrix.costs[LABELS.index(true), LABELS.index(predicted)]

    assert cost("stop", "priority_road") == 8800
    assert cost("stop", "speed_limit_50") == 4400
    assert cost("priority_road", "stop") == 200
    assert cost("speed_limit_60", "speed_limit_70") == 8
    assert cost("speed_limit_70", "speed_limit_60") == 4
    assert cost("speed_limit_80", "end_speed_limit_80") == 300
    assert cost("end_speed_limit_80", "speed_limit_80") == 25


@pytest.mark.skipif(not THINNED.is_dir(), reason="the thinned GTSRB is not beside the repository")
def test_the_thinned_photographs():
    dataset = load_dataset(
        RunConfig(dataset="gtsrb", data=THINNED), Registry().offer("dataset", "gtsrb")
    )
    assert dataset.X.shape == (4349, 32, 32, 3)
    assert len(np.unique(dataset.groups)) == 725
    # The labels are those that come with the photographs.
    lines = (THINNED / "classes.csv").read_text().split()[1:]
    assert lines == [f"{k},{label}" for k, label in enumerate(LABELS)]
    parts = split(dataset, test_fraction=0.25)
    assert set(dataset.y[parts.test]) == set(range(43))
    assert not set(dataset.groups[parts.train]) & set(dataset.groups[parts.test])
