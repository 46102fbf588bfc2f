import numpy as np
import pytest

from framework.core.errors import ConfigError
from framework.core.slicing.levels import MISSING, OTHERS, Levels, levels_of, range_labels, sliced

AGE = np.array([20.0, 30.0, 31.0, 50.0, 61.0, np.nan])
SEX = np.array(["f", "m", "f", "f", None, "m"], dtype=object)


def test_words_are_levels_and_a_gap_is_one_too():
    (sex,) = sliced(["sex"], {"sex": SEX})
    assert sex.names == (MISSING, "f", "m")
    assert sex.texts() == ["f", "m", "f", "f", MISSING, "m"]
    assert sex.of(1).tolist() == [True, False, True, True, False, False]


def test_numbers_are_cut_where_told_up_to_and_with_each_cut():
    (age,) = sliced(["age:30,50"], {"age": AGE})
    assert age.by == "age"
    assert age.texts() == [
        "up to 30",
        "up to 30",
        "30 to 50",
        "30 to 50",
        "above 50",
        MISSING,
    ]


def test_numbers_are_cut_at_their_quarters_which_are_values_that_occur():
    found = levels_of("x", np.arange(1.0, 101.0))
    assert found.names == ("up to 25", "25 to 50", "50 to 75", "above 75")
    assert np.bincount(found.of_case).tolist() == [25, 25, 25, 25]


def test_equal_numbers_stay_together():
    found = levels_of("x", np.array([0.0] * 60 + list(range(1, 41))))
    assert found.names == ("up to 0", "0 to 15", "above 15")
    assert np.bincount(found.of_case).tolist() == [60, 15, 25]


def test_a_few_values_are_not_cut():
    assert levels_of("x", np.array([0, 1, 1, 0])).names == ("0", "1")
    assert levels_of("x", np.array([True, False])).names == ("0", "1")


def test_dates_are_cut_at_their_quarters():
    days = np.datetime64("2026-01-01", "us") + np.arange(8) * np.timedelta64(1, "D")
    found = levels_of("day", days)
    assert found.names[0] == "up to 2026-01-02"
    assert found.names[-1] == "above 2026-01-06"


def test_of_many_words_the_frequent_are_levels():
    words = np.array([f"w{k}" for k in range(20) for _ in range(k + 1)], dtype=object)
    found = levels_of("word", words)
    assert len(found.names) == 13
    assert found.names[-1] == OTHERS
    assert set(np.array(found.texts())[words == "w7"]) == {OTHERS}
    assert set(np.array(found.texts())[words == "w8"]) == {"w8"}


def test_crossed_are_the_combinations_that_occur():
    (both,) = sliced(["sex x age:30,50"], {"sex": SEX, "age": AGE})
    assert both.by == "sex x age"
    assert "m, up to 30" in both.names
    assert "m, above 50" not in both.names
    assert [part.by for part in both.parts] == ["sex", "age"]
    assert both.texts()[0] == "f, up to 30"


def test_a_column_may_be_called_like_a_crossing_or_a_cut():
    columns = {"a x b": SEX, "at 10:30": AGE}
    assert [found.by for found in sliced(["a x b", "at 10:30"], columns)] == ["a x b", "at 10:30"]


def test_auto_takes_every_column_that_tells_cases_apart():
    columns = {
        "sex": SEX,
        "same": np.array(["x"] * 40, dtype=object),
        "id": np.array([f"n{k}" for k in range(40)], dtype=object),
    }
    columns["sex"] = np.array(["f", "m"] * 20, dtype=object)
    found = sliced(["auto"], columns)
    assert [(levels.by, levels.asked) for levels in found] == [("sex", False)]
    assert [levels.asked for levels in sliced(["sex", "auto"], columns)] == [True]


def test_levels_that_are_there_already_are_crossed_too():
    there = Levels.of_texts("region", ["n", "s", "n", "s", "n", "s"])
    (found,) = sliced(["region x sex"], {"sex": SEX}, [there])
    assert found.texts()[:2] == ["n, f", "s, m"]


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ("hair", r'no column \'hair\'; expected one of "age", "sex", two of them crossed'),
        ("sex:1,2", 'slice: "sex" holds no numbers to cut at "1", "2"'),
        ("age:50,30", "expected rising numbers behind the colon"),
        ("age:1,,2", "expected rising numbers behind the colon"),
        ("sex x", "no column"),
    ],
)
def test_what_is_no_slice_is_refused(wish, told):
    with pytest.raises(ConfigError, match=told):
        sliced([wish], {"sex": SEX, "age": AGE})


def test_ranges_are_named_by_their_ends():
    assert range_labels((8, 10)) == ("up to 8", "8 to 10", "above 10")
    assert range_labels((8,)) == ("up to 8", "above 8")
