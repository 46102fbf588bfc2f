"""Street signs: rendered US signs (built in) and the GTSRB photographs (read from a folder)."""

from framework import DatasetSpec, hookimpl
from fw_street_signs import gtsrb, synthetic


@hookimpl
def fw_register_datasets():
    return [
        DatasetSpec(
            name="street_signs",
            labels=synthetic.LABELS,
            load=synthetic.load,
            cost_matrices="matrices_street_signs",
            default_cost_matrix="road_safety.json",
            # Drawn signs are learned sooner than photographs.
            defaults={"updates": 1500},
            description="5,992 rendered 32 x 32 images of 28 US signs; built in",
        ),
        DatasetSpec(
            name="gtsrb",
            labels=gtsrb.LABELS,
            load=gtsrb.load,
            cost_matrices="matrices_gtsrb",
            default_cost_matrix="road_safety.json",
            defaults={"strategy": "auto"},
            description="photographs of 43 German signs (GTSRB); needs --data DIR",
        ),
    ]
