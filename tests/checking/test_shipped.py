"""What the framework and its plugins ship passes all checks, and so does what the hooks' pages show."""

import pytest

from framework import Registry, check_plugin, parametrize_with_plugin_checks
from tests.conftest import SHARED
from tests.plugins.test_hookspecs import documented_plugin

pytestmark = pytest.mark.slow

GERMAN, GTSRB = SHARED / "data" / "german_credit", SHARED / "data" / "gtsrb"
LOSSES = [offer.spec.name for offer in Registry().of_kind("loss")]
RULES = [offer.spec.name for offer in Registry().of_kind("decision rule")]


def all_checks_of(name):
    """A test for each check of the dataset or model ``name``."""

    @parametrize_with_plugin_checks(name)
    def test(check):
        check()

    return test


test_breast_cancer = all_checks_of("breast_cancer")
test_street_signs = all_checks_of("street_signs")
test_logistic = all_checks_of("logistic")
test_mlp = all_checks_of("mlp")
test_random_features = all_checks_of("random_features")
test_cnn = all_checks_of("cnn")
test_convnet = all_checks_of("convnet")
test_extra_trees = all_checks_of("extra_trees")
test_forest = all_checks_of("forest")
test_boosting = all_checks_of("boosting")
test_linear = all_checks_of("linear")
test_kernel = all_checks_of("kernel")
test_discriminant = all_checks_of("discriminant")
test_least_squares = all_checks_of("least_squares")
test_margin = all_checks_of("margin")
test_rotated_trees = all_checks_of("rotated_trees")


def all_pass(outcomes, skipped=()):
    told = {outcome.check: outcome.reason for outcome in outcomes if outcome.status != "ok"}
    assert set(told) == set(skipped), told


@pytest.mark.parametrize("name", [*LOSSES, *RULES])
def test_losses_and_decision_rules(name):
    all_pass(check_plugin(name))


@pytest.mark.skipif(not GERMAN.is_dir(), reason="the data of German credit are not here")
def test_german_credit():
    all_pass(check_plugin("german_credit", data=GERMAN))


@pytest.mark.skipif(not GTSRB.is_dir(), reason="the GTSRB photographs are not here")
def test_gtsrb():
    all_pass(check_plugin("gtsrb", data=GTSRB))


@pytest.mark.parametrize(
    ("hook", "name"),
    [
        ("fw_register_datasets", "wine"),
        ("fw_register_models", "tanh_net"),
        ("fw_register_models", "stumps"),
        ("fw_register_losses", "undecided_expected_cost"),
        ("fw_register_decision_rules", "least_worst"),
    ],
)
def test_the_plugin_in_the_docstring_of_a_hook(hook, name):
    registry = Registry(entry_points=[])
    registry.register(documented_plugin(hook))
    skipped = {"light import", "works in a subprocess"}  # it is in no file
    if hook in ("fw_register_datasets", "fw_register_models"):
        skipped.add("saved equals loaded")
    if hook == "fw_register_datasets":
        skipped.add("matrices fit")
    all_pass(check_plugin(name, registry=registry), skipped)
