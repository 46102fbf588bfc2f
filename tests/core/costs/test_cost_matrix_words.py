from framework import CostMatrix
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.costs.cost_matrix_words import (
    best_actions_in_words,
    cell_name,
    mistakes_in_words,
)

LABELS = ("benign", "malignant")


def test_the_dearest_mistake_comes_first_in_dollars():
    medical = CostMatrix(
        "m", LABELS, [[0, 0.0128767], [2.52, 0.3528]], unit="QALY", dollars_per_unit=1e5
    )
    assert mistakes_in_words(medical) == (
        'calling a "malignant" case "benign" costs 252,000 USD',
        'calling a "benign" case "malignant" costs 1,287.67 USD',
    )


def test_a_transposed_matrix_reads_otherwise():
    turned = CostMatrix("m", LABELS, [[0, 252_000], [1300, 0]], unit="EUR")
    assert mistakes_in_words(turned)[0] == 'calling a "benign" case "malignant" costs 252,000 EUR'


def test_of_many_classes_the_dearest_truths_and_the_commonest_one():
    costs = [[0, 60, 300, 60], [9, 0, 9, 9], [700, 500, 0, 1], [2, 2, 3, 0]]
    matrix = CostMatrix("m", ("a", "b", "c", "d"), costs)
    assert mistakes_in_words(matrix, counts=[500, 1, 2, 3]) == (
        'calling a "c" case "a" costs 700 USD',
        'calling a "a" case "c" costs 300 USD',
        'calling a "b" case anything else costs 9 USD',
        'calling a "a" case, the commonest, anything else costs 60 to 300 USD',
    )
    assert len(mistakes_in_words(matrix)) == 3


def test_cells_of_the_case_and_referral():
    matrix = CostMatrix(
        "loan",
        ("good", "bad"),
        [[0, 20], [0, 0]],
        unit="DM",
        dollars_per_unit=0.5,
        column_costs=[
            ColumnCost("good", "bad", "amount", 0.1),
            ColumnCost("bad", "good", "loss", 2.0, known="afterwards"),
        ],
        refer=[40, 60],
    )
    assert mistakes_in_words(matrix) == (
        'calling a "bad" case "good" costs 1 USD x loss (known afterwards)',
        'calling a "good" case "bad" costs 10 USD + 0.05 USD x amount',
        "referring a case costs 20 to 30 USD",
    )


def test_what_a_mistake_brings_is_no_cost():
    matrix = CostMatrix("m", LABELS, [[0, -5], [1, 0]], allow=("mistakes_that_pay",))
    assert mistakes_in_words(matrix)[1] == 'calling a "benign" case "malignant" brings 5 USD'


def test_of_actions_the_dearest_for_each_truth_is_told_beside_the_best():
    matrix = CostMatrix(
        "m",
        ("benign", "malignant"),
        [[0, 300, 1300], [252_000, 60_000, 35_000]],
        actions=("discharge", "look again", "biopsy"),
        refer=90,
    )
    assert mistakes_in_words(matrix) == (
        '"discharge" for a "malignant" case costs 252,000 USD ("biopsy", the best action, costs '
        "35,000 USD)",
        '"biopsy" for a "benign" case costs 1,300 USD ("discharge", the best action, costs 0 USD)',
        "referring a case costs 90 USD",
    )
    assert best_actions_in_words(matrix) == (
        '"discharge" is the best action for "benign"',
        '"biopsy" is the best action for "malignant"',
    )
    assert cell_name(matrix, 1, 0) == "discharge if malignant"


def test_of_many_labels_the_commonest_is_told_with_the_range_of_its_actions():
    matrix = CostMatrix("m", ("a", "b", "c"), [[0, 5], [9, 0], [7, 1]], actions=("go", "stop"))
    told = mistakes_in_words(matrix, [1, 1, 8])
    assert told[-1] == 'what is done with a "c" case, the commonest, costs 1 to 7 USD'


def test_an_action_whose_cost_depends_on_the_case_has_no_best_beside_it():
    cell = ColumnCost("b", "go", "amount", 0.75)
    matrix = CostMatrix(
        "m", ("a", "b"), [[0, 5], [20, 0]], actions=("go", "stop"), column_costs=(cell,)
    )
    assert mistakes_in_words(matrix)[0] == '"go" for a "b" case costs 20 USD + 0.75 USD x amount'
    assert best_actions_in_words(matrix) == ('"go" is the best action for "a"',)
