import pytest

from framework import CostMatrix, CostMatrixError


def read(tmp_path, text, name="m.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return CostMatrix.from_file(path)


@pytest.mark.parametrize(
    "text", [",a,b\na,0,1.5\nb,5,0", ";a;b\na;0;1,5\nb;5;0", "\ta\tb\na\t0\t1,5\nb\t5\t0"]
)
def test_cells_are_apart_by_commas_semicolons_or_tabs(tmp_path, text):
    matrix = read(tmp_path, text)
    assert matrix.labels == ("a", "b")
    assert matrix.costs.tolist() == [[0, 1.5], [5, 0]]


def test_a_file_of_tabs_may_be_called_so(tmp_path):
    assert read(tmp_path, "\ta\tb\na\t0\t1\nb\t5\t0\n", "m.tsv").costs.tolist() == [[0, 1], [5, 0]]


def test_a_byte_order_mark_and_empty_lines_do_not_matter(tmp_path):
    assert read(tmp_path, "\ufeff;a;b\n\na;0;1\n;;\nb;5;0\n").costs.tolist() == [[0, 1], [5, 0]]


def test_a_label_may_hold_another_delimiter(tmp_path):
    matrix = read(tmp_path, ',"a;b;c;d",e\n"a;b;c;d",0,1\ne,5,0\n')
    assert matrix.labels == ("a;b;c;d", "e")


def test_where_decimals_are_commas_a_point_is_refused(tmp_path):
    # 1.300 may be thirteen hundred, or one and three tenths.
    with pytest.raises(CostMatrixError, match=r'column "b".*as 1300,5, received .1.300'):
        read(tmp_path, ";a;b\na;0;1.300\nb;5,5;0")
    assert read(tmp_path, ";a;b\na;0;1.25\nb;5;0").costs[0, 1] == 1.25


def test_a_decimal_comma_between_commas_is_no_number(tmp_path):
    with pytest.raises(CostMatrixError, match="finite number"):
        read(tmp_path, ',a,b\na,0,"1,5"\nb,5,0')


def test_a_column_refer_prices_the_referral(tmp_path):
    matrix = read(tmp_path, ",a,refer,b\nb,5,3,0\na,0,2,1\n")
    assert matrix.labels == ("a", "b")
    assert matrix.refer.tolist() == [2, 3]
    turned = read(tmp_path, "decision\\truth,a,b\na,0,5\nb,1,0\nrefer,2,3\n", "turned.csv")
    assert turned.costs.tolist() == matrix.costs.tolist() == [[0, 1], [5, 0]]
    assert turned.refer.tolist() == [2, 3]


ACTS = "truth\\action,discharge,refer,biopsy\nbenign,0,90,1300\nmalignant,252000,95,35000\n"


def test_the_corner_cell_says_that_columns_are_actions(tmp_path):
    matrix = read(tmp_path, ACTS)
    assert matrix.labels == ("benign", "malignant")
    assert matrix.actions == ("discharge", "biopsy")
    assert matrix.costs.tolist() == [[0, 1300], [252_000, 35_000]]
    assert matrix.refer.tolist() == [90, 95]
    assert matrix.decision_labels == ("discharge", "biopsy", "refer")


def test_or_that_rows_are(tmp_path):
    text = "action/truth;benign;malignant\ndischarge;0;252000\nbiopsy;1300,5;35000\nrefer;90;95\n"
    matrix = read(tmp_path, text)
    assert matrix.actions == ("discharge", "biopsy")
    assert matrix.costs.tolist() == [[0, 1300.5], [252_000, 35_000]]
    assert matrix.refer.tolist() == [90, 95]


def test_columns_that_are_no_labels_are_not_guessed_to_be_actions(tmp_path):
    with pytest.raises(CostMatrixError, match=r"the corner cell says truth\\action \(or action"):
        read(tmp_path, ",discharge,biopsy\nbenign,0,1300\nmalignant,252000,35000\n")


def test_an_action_twice_is_refused(tmp_path):
    with pytest.raises(CostMatrixError, match="expected each name once"):
        read(tmp_path, "truth\\action,go,go\na,0,1\nb,1,0\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (";", "its corner cell says"),
        ("truth\\action\x0bwait\tcut\nbenign\t0\t5\nmalignant\t50\t1\n", "its corner cell says"),
        ("truth\\action,refer\na,1\nb,2\n", '"actions": expected at least 2 names, received 0'),
        ("a,b\r\rc\x00", "expected"),
        ('"' + "a" * 200_000, "cannot be read as CSV (field larger than field limit"),
    ],
    ids=["a semicolon", "no actions", "refer alone", "a zero byte", "a long cell"],
)
def test_what_is_hardly_a_table_is_told(tmp_path, text, message):
    with pytest.raises(CostMatrixError) as error:
        read(tmp_path, text)
    assert message in str(error.value)
