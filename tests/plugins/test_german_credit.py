import numpy as np
import pytest

from framework import Registry, RunConfig, run
from framework.core.errors import FrameworkError
from framework.experiment.loading.checked_dataset import load_dataset
from tests.conftest import SHARED

DATA = SHARED / "data" / "german_credit"
ROW = (
    "A11 6 A34 A43 1169 A65 A75 4 A93 A101 4 A121 67 A143 A152 2 A173 1 A192 A201 1",
    "A12 48 A32 A43 5951 A61 A73 2 A92 A101 2 A121 22 A143 A152 1 A173 1 A191 A201 2",
)


def loaded(path):
    return load_dataset(
        RunConfig(dataset="german_credit", data=path), Registry().offer("dataset", "german_credit")
    )


def test_codes_become_columns_and_numbers_stay(tmp_path):
    (tmp_path / "german.data").write_text("\n".join(ROW) + "\n")
    dataset = loaded(tmp_path)
    by_name = dict(zip(dataset.feature_names, dataset.X.T, strict=True))
    assert by_name["credit_amount"].tolist() == [1169, 5951]
    assert by_name["checking_account=A11"].tolist() == [1, 0]
    assert by_name["checking_account=A12"].tolist() == [0, 1]
    assert [dataset.labels[k] for k in dataset.y] == ["good", "bad"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "german.data is needed: download Statlog"),
        ("A11 6 A34", "line 1: expected 21 fields, received 3"),
        (
            ROW[0].replace("A34", "A99"),
            "attribute credit_history: unknown code A99; expected one of A30",
        ),
        (ROW[0].replace(" 1169 ", " x "), "attribute credit_amount: expected numbers"),
        (ROW[0][:-1] + "3", "labels ['3'] in the data"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, text, message):
    if text is not None:
        (tmp_path / "german.data").write_text(text + "\n")
    with pytest.raises(FrameworkError) as error:
        loaded(tmp_path if text else None)
    assert message in str(error.value)


def test_a_folder_without_the_file_is_told(tmp_path):
    with pytest.raises(FrameworkError, match=r"german\.data: no such file"):
        loaded(tmp_path)


@pytest.mark.skipif(not DATA.is_dir(), reason="the German credit data are not here")
def test_costs_that_grow_with_the_loan_on_the_real_data(tmp_path):
    config = RunConfig(
        dataset="german_credit",
        data=DATA,
        cost_matrix="amount.json",
        loss="cross_entropy_plus_cost",
        decision_rule="minimum_expected_cost",
        epochs=20,
        report=False,
        out=tmp_path / "r",
    )
    result = run(config)
    dataset = loaded(DATA)
    assert (len(dataset), np.bincount(dataset.y).tolist()) == (1000, [700, 300])
    amount = dataset.X[result.test.rows, dataset.feature_names.index("credit_amount")]
    model = result.model("amount")
    granted_bad = (result.test.y == 1) & (model.decisions == 0)
    refused_good = (result.test.y == 0) & (model.decisions == 1)
    lost = 0.6 * (0.75 * amount * granted_bad + 0.15 * amount * refused_good)
    np.testing.assert_allclose(model.case_dollars, -lost, rtol=1e-6)
    assert result.model("amount").dollars_per_case > result.bounds.constant
