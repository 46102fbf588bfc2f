"""The settings of what is learned from: the dataset, a table, pictures in files, the parts of the cases."""

from __future__ import annotations

from framework.config.defaults import DEFAULTS, STREAMED_FROM
from framework.config.setting import PARTS, PICTURE_FILES, TABLE_FILE, Setting

DATASET = Setting(
    "dataset",
    "Name of a dataset (see fw plugins), or a table with a --target: a CSV, Parquet, JSON lines or "
    "Excel file, a folder of such files, or a pattern. Or a folder that has a folder a class with its "
    "pictures.",
    "DATASET",
)
TABLES_AND_PICTURES = (
    Setting("target", "Column of a table that holds the labels.", "COLUMN", group=TABLE_FILE),
    Setting(
        "cuts",
        "Make classes of a target of numbers: up to the first, ... (default: its values "
        "are the classes).",
        "N,N",
        option="cut",
        group=TABLE_FILE,
    ),
    Setting(
        "drop",
        "Leave this column of a table out; may be repeated.",
        "COLUMN",
        repeated=True,
        group=TABLE_FILE,
    ),
    Setting(
        "groups",
        "Column of a table whose cases belong together: never on two sides; of a folder of pictures "
        "subfolder: those of one folder within the classes'.",
        "COLUMN",
        group=TABLE_FILE,
    ),
    Setting(
        "text",
        "Take the words of this column; may be repeated.",
        "COLUMN",
        repeated=True,
        group=TABLE_FILE,
    ),
    Setting(
        "columns",
        "What a column of a table is, where it was taken for something else: number, category, boolean, "
        "date, text, leave out; may be repeated (default: as it looks).",
        "NAME=KIND",
        option="column",
        repeated=True,
        group=TABLE_FILE,
    ),
    Setting(
        "stream",
        "yes: training cases are read block by block, as where a table is larger than memory; no: all "
        f"are held (default: auto, from {STREAMED_FROM:,} cells on, which are rows times columns; of "
        "pictures from 1 GB on).",
        "auto|yes|no",
        group=TABLE_FILE,
    ),
    Setting(
        "picture",
        "Column of a table that holds the paths of pictures, from where the table is.",
        "COLUMN",
        group=PICTURE_FILES,
    ),
    Setting(
        "picture_size",
        "Pixels that the pictures of a folder or a table are brought to (default: as the median, at most 64 "
        "a side).",
        "N|WIDTHxHEIGHT",
        group=PICTURE_FILES,
    ),
)
TEST_PART = (
    Setting(
        "test_fraction",
        f"Share of the cases held out for testing (default: {DEFAULTS['test_fraction']}; of cases that are "
        "streamed, up to that, as many as the rarest class needs).",
        "SHARE",
        group=PARTS,
    ),
    Setting(
        "whole_test",
        "Of cases that are streamed, also sum what the served model and the baselines bring on all test "
        "cases, of which 200,000 are held; predictions: write what is decided on each, too (default: auto, "
        "where networks decide).",
        "auto|yes|no|predictions",
        swept=False,
        group=PARTS,
    ),
    Setting(
        "split_seed",
        f"Which cases are held out (default: {DEFAULTS['split_seed']}).",
        "N",
        group=PARTS,
    ),
    Setting("stratify", "Keep the class shares in both parts (default: yes).", group=PARTS),
    Setting(
        "slices",
        "Also judge the test cases by this column: a feature, any column of a table, what costs depend "
        'on, the groups; may be repeated. Numbers are cut at their quarters, or where told ("age:30,50"); '
        '"sex x age" crosses two; auto: every column by itself (default: none).',
        "COLUMN|auto",
        option="slice",
        repeated=True,
        swept=False,
        group=PARTS,
    ),
)
