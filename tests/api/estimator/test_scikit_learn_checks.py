"""scikit-learn's own checks, with an estimator and with our own network."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from framework import CostSensitiveClassifier

pytestmark = pytest.mark.slow

WITH_ESTIMATOR = CostSensitiveClassifier(LogisticRegression())
# The checks fit it some eighty times: one short training each, the folds left to WITH_ESTIMATOR.
OWN_NETWORK = CostSensitiveClassifier(updates=100, calibration="none")


def declared(classifier):
    """The checks that are expected to fail, each with its reason; none with an estimator."""
    if classifier.estimator is not None:
        return {}
    return {
        "check_sample_weight_equivalence_on_dense_data": "batches are drawn from the cases: a case "
        "twice is not in the same batches as a case of weight 2"
    }


# The checks warn on purpose, of features without names and of labels in a column.
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
@parametrize_with_checks([WITH_ESTIMATOR, OWN_NETWORK], expected_failed_checks=declared)
def test_the_checks_of_scikit_learn_pass(estimator, check):
    check(estimator)
