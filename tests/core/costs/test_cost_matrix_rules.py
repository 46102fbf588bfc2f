import pytest

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import CostMatrixError

LABELS = ["stop", "speed_25", "speed_45", "school"]


def matrix(**keys):
    return CostMatrix.from_dict({"name": "m", "labels": LABELS, **keys})


def test_later_rules_win_and_the_diagonal_stays_free():
    built = matrix(
        default=10,
        groups={"limits": ["speed_*"]},
        rules=[
            {"true": "*", "predicted": "limits", "cost": 100},
            {"true": "limits", "predicted": "limits", "cost": 2, "reason": "a fine at most"},
            {"true": ["stop", "school"], "predicted": "speed_45", "cost": 5000},
        ],
    )
    assert built.costs.tolist() == [
        [0, 100, 5000, 10],
        [10, 0, 2, 10],
        [10, 2, 0, 10],
        [10, 100, 5000, 0],
    ]


def test_labels_that_no_rule_speaks_of_are_known():
    built = matrix(default=1, rules=[{"true": "stop", "predicted": "speed_*", "cost": 9}])
    assert built.untouched == ("school",)


def test_a_group_may_be_made_of_earlier_groups():
    built = matrix(
        default=1,
        groups={"limits": ["speed_*"], "all_but_stop": ["limits", "school"]},
        rules=[{"true": "all_but_stop", "predicted": "stop", "cost": 7}],
    )
    assert built.costs[:, 0].tolist() == [0, 7, 7, 7]


RULE = {"true": "stop", "predicted": "school", "cost": 1}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"rules": [RULE]}, 'no rule gives a cost to "stop" (truth) taken for "speed_25"'),
        ({"default": 1, "rules": {}}, '"rules": expected a list of objects'),
        ({"default": 1, "rules": [3]}, '"rules", rule 1: expected an object, received 3'),
        (
            {"default": 1, "rules": [RULE, {"true": "stop"}]},
            'rule 2: the key "predicted" is missing',
        ),
        ({"default": 1, "rules": [{**RULE, "costs": 1}]}, 'rule 1: unknown key "costs"'),
        (
            {"default": 1, "rules": [{**RULE, "true": "sopt"}]},
            'rule 1, "true": "sopt" matches no label and is no group',
        ),
        ({"default": 1, "rules": [{**RULE, "true": 5}]}, 'rule 1, "true": expected a label'),
        (
            {"default": 1, "rules": [{**RULE, "cost": "9"}]},
            'rule 1, "cost": expected a finite number',
        ),
        ({"default": "x", "rules": []}, '"default": expected a finite number'),
        ({"default": 1, "groups": [], "rules": []}, '"groups": expected an object'),
        ({"default": 1, "groups": {"stop": ["s*"]}, "rules": []}, '"stop" is also a label'),
        (
            {"default": 1, "groups": {"g": ["x*"]}, "rules": []},
            '"groups", "g": "x*" matches no label',
        ),
        ({"default": 1, "rules": [], "costs": [[0]]}, "received costs and rules"),
    ],
)
def test_a_malformed_rule_is_named(keys, message):
    with pytest.raises(CostMatrixError) as error:
        matrix(**keys)
    assert message in str(error.value)


ACTIONS = ["brake", "slow down", "go on"]


def test_with_actions_a_rule_says_the_action_and_no_cell_is_free_by_itself():
    built = matrix(
        actions=ACTIONS,
        default=5,
        groups={"limits": ["speed_*"]},
        rules=[
            {"true": "*", "action": "brake", "cost": 200},
            {"true": "limits", "action": ["slow*", "go on"], "cost": 0},
            {"true": "stop", "action": "brake", "cost": 0, "reason": "what the sign asks for"},
            {"true": ["stop", "school"], "action": "go on", "cost": 4400},
        ],
    )
    assert built.costs.tolist() == [[0, 5, 4400], [200, 0, 0], [200, 0, 0], [200, 5, 4400]]
    assert built.untouched == ()
    assert built.groups == {"limits": ("speed_25", "speed_45")}


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            {"actions": ACTIONS, "rules": [{"true": "stop", "predicted": "brake", "cost": 1}]},
            r'rule 1: unknown key "predicted" \(the matrix has "actions"\); expected true, action',
        ),
        (
            {"rules": [{"true": "stop", "action": "brake", "cost": 1}]},
            r'rule 1: unknown key "action" \(it has no "actions"\); expected true, predicted',
        ),
        (
            {"actions": ACTIONS, "rules": [{"true": "stop", "action": "halt", "cost": 1}]},
            r'"action": "halt" matches no label .*; expected one of the actions "brake", "slow down"',
        ),
        (
            {"actions": ACTIONS, "rules": [{"true": "*", "action": "brake", "cost": 1}]},
            r'no rule gives a cost to "slow down" where "stop" is true; add a rule, or a "default"',
        ),
    ],
)
def test_a_slip_in_a_rule_on_actions_is_told(keys, told):
    with pytest.raises(CostMatrixError, match=told):
        matrix(**keys)
