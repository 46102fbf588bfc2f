import pytest

from framework.core.errors import ArtifactError
from framework.core.json_fields import Fields, written_by_us

DATA = {
    "name": "m",
    "names": ["a", "b"],
    "n": 3,
    "share": 0.5,
    "shape": [2, 3],
    "yes": True,
    "inner": {"x": 1},
    "list": [{"y": 2}],
    "nothing": None,
}
FIELDS = Fields(DATA, "m.json")


def test_what_is_there_is_given():
    assert FIELDS.text("name") == "m"
    assert FIELDS.texts("names") == ("a", "b")
    assert (FIELDS.whole("n"), FIELDS.number("share"), FIELDS.number("n")) == (3, 0.5, 3.0)
    assert FIELDS.wholes("shape") == (2, 3)
    assert FIELDS.numbers("shape", 2) == (2.0, 3.0)
    assert FIELDS.yes_or_no("yes") is True
    assert FIELDS.fields("inner").number("x") == 1
    assert [one.number("y") for one in FIELDS.objects("list")] == [2]


def test_what_is_not_there_has_a_default_or_is_missing():
    assert FIELDS.text("other", "x") == FIELDS.text("nothing", "x") == "x"
    assert "nothing" not in FIELDS
    with pytest.raises(ArtifactError, match=r'm\.json: the key "other" is missing'):
        FIELDS.text("other")


@pytest.mark.parametrize(
    ("take", "message"),
    [
        (lambda f: f.text("n"), '"n": expected text, received 3'),
        (lambda f: f.texts("name"), '"name": expected a list, received'),
        (lambda f: Fields({"a": ["x", "x"]}, "m.json").texts("a"), "expected texts, each once"),
        (lambda f: f.number("yes"), '"yes": expected a finite number, received True'),
        (lambda f: f.number("n", above=3), "expected a finite number above 3, received 3"),
        (lambda f: Fields({"a": 10**400}, "m.json").number("a"), "expected a finite number"),
        (lambda f: f.numbers("shape", 3), "expected 3 numbers, received"),
        (lambda f: Fields({"a": [1, True]}, "m.json").numbers("a"), "expected finite numbers"),
        (lambda f: f.whole("share"), "expected a whole number from 0 to"),
        (lambda f: Fields({"a": [2, True]}, "m.json").wholes("a"), "expected whole numbers"),
        (lambda f: f.yes_or_no("n"), "expected true or false, received 3"),
        (lambda f: f.fields("n"), 'm.json, "n": expected an object, received 3'),
        (lambda f: f.objects("names"), '"names", 1: expected an object'),
    ],
)
def test_what_is_of_another_kind_is_told_with_file_and_key(take, message):
    with pytest.raises(ArtifactError) as error:
        take(FIELDS)
    assert "m.json" in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "wrong", [KeyError("a"), TypeError("b"), OverflowError("c"), IndexError("d")]
)
def test_what_is_taken_as_it_is_fails_in_a_sentence(wrong):
    with (
        pytest.raises(
            ArtifactError, match=r"^m\.json (lacks 'a'|is not as the framework writes it)"
        ),
        written_by_us("m.json"),
    ):
        raise wrong
