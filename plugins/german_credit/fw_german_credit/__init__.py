"""Statlog German Credit (Hofmann, UCI Machine Learning Repository): 1,000 loans, good or bad.

Read from `german.data` as UCI publishes it. The 13 coded attributes become one column per code;
all codes of the documentation are listed, so that a file with another one is refused.
"""

from pathlib import Path

from framework import Dataset, DatasetSpec, FrameworkError, hookimpl

LABELS = ("good", "bad")
# Attribute -> its codes, or None for a number; in the order of the file's columns.
ATTRIBUTES = {
    "checking_account": "A11 A12 A13 A14",
    "duration_months": None,
    "credit_history": "A30 A31 A32 A33 A34",
    "purpose": "A40 A41 A42 A43 A44 A45 A46 A47 A48 A49 A410",
    "credit_amount": None,
    "savings": "A61 A62 A63 A64 A65",
    "employed_since": "A71 A72 A73 A74 A75",
    "installment_rate": None,
    "status_and_sex": "A91 A92 A93 A94 A95",
    "other_debtors": "A101 A102 A103",
    "residence_since": None,
    "property": "A121 A122 A123 A124",
    "age": None,
    "other_installments": "A141 A142 A143",
    "housing": "A151 A152 A153",
    "existing_credits": None,
    "job": "A171 A172 A173 A174",
    "dependants": None,
    "telephone": "A191 A192",
    "foreign_worker": "A201 A202",
}


def load(data_dir=None):
    import numpy as np

    if data_dir is None:
        raise FrameworkError(
            "the file german.data is needed: download Statlog (German Credit Data) from the UCI "
            "Machine Learning Repository and name its folder with --data DIR"
        )
    path = Path(data_dir)
    path = path / "german.data" if path.is_dir() else path
    if not path.is_file():
        raise FrameworkError(f"{path}: no such file; expected UCI's german.data")
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    for number, row in enumerate(rows, start=1):
        if len(row) != len(ATTRIBUTES) + 1:
            raise FrameworkError(
                f"{path}, line {number}: expected {len(ATTRIBUTES) + 1} fields, received {len(row)}"
            )
    columns = list(zip(*rows, strict=True))
    features = {}
    for (name, codes), values in zip(ATTRIBUTES.items(), columns, strict=False):
        features.update(_encoded(path, name, codes, values))
    classes = [{"1": "good", "2": "bad"}.get(value, value) for value in columns[-1]]
    return Dataset(
        np.column_stack(list(features.values())),
        np.array(classes),
        LABELS,
        feature_names=tuple(features),
    )


def _encoded(path, name, codes, values):
    """A number as it is; a coded attribute as one 0/1 column per code."""
    import numpy as np

    if codes is None:
        try:
            return {name: np.array(values, dtype=float)}
        except ValueError as error:
            raise FrameworkError(f"{path}, attribute {name}: expected numbers ({error})") from None
    unknown = sorted(set(values) - set(codes.split()))
    if unknown:
        raise FrameworkError(
            f"{path}, attribute {name}: unknown code {unknown[0]}; expected one of {codes}"
        )
    values = np.array(values)
    return {f"{name}={code}": (values == code).astype(float) for code in codes.split()}


@hookimpl
def fw_register_datasets():
    return [
        DatasetSpec(
            name="german_credit",
            labels=LABELS,
            load=load,
            cost_matrices="matrices",
            default_cost_matrix="official.json",
            default_model="mlp",
            defaults={"learning_rate": 0.001, "decay": "none", "epochs": 60, "batch_size": 64},
            description="Statlog German Credit: 1,000 loans; german.data by --data",
        )
    ]
