"""A run's own config.json says how to run it again; what is given besides takes its place."""

import json

import pytest

from framework import RunConfig
from framework.config.config_file import read_settings
from framework.config.resolved_config import ResolvedConfig
from framework.core.errors import ArtifactError, ConfigError


@pytest.fixture
def written(tmp_path):
    """Write settings as a run folder holds them; the path of the file."""

    def written(**settings):
        path = tmp_path / "config.json"
        path.write_text(json.dumps(settings))
        return path

    return written


def test_what_is_given_takes_the_place_of_what_the_file_says(written):
    path = written(dataset="blobs", seed=3, l2=0.1)
    assert read_settings(path, {"seed": 4}) == {"dataset": "blobs", "seed": 4, "l2": 0.1}


def test_folders_that_are_written_are_not_taken_over_and_folders_that_are_read_are(written):
    path = written(dataset="gtsrb", data="photos", out="runs/a", checkpoints="saved", model=None)
    assert read_settings(path, {}) == {"dataset": "gtsrb", "data": "photos"}


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ({"epochs": 50}, {"updates": 100}),
        ({"cost_matrix": ["a.json"]}, {"cost": ("a->b=5",)}),
        ({"decision_rule": "threshold", "threshold": 0.5}, {"decision_rule": "argmax"}),
    ],
)
def test_two_ways_to_say_one_thing_are_not_both_taken(written, said, given):
    assert read_settings(written(dataset="blobs", **said), given) == {"dataset": "blobs", **given}


def test_what_a_search_was_free_in_stays_free(written):
    path = written(dataset="blobs", strategy="auto", loss="expected_cost", l2=0.1, searched=["l2"])
    again = {"dataset": "blobs", "strategy": "auto", "loss": "expected_cost"}
    assert read_settings(path, {}) == again
    # Of a run with a fixed strategy, auto is not held to what that was.
    path = written(dataset="blobs", strategy="fixed", loss="expected_cost", l2=0.1, seed=2)
    assert read_settings(path, {"strategy": "auto"}) == {
        "dataset": "blobs",
        "strategy": "auto",
        "seed": 2,
    }


def test_every_setting_of_a_resolved_run_is_read_again(written):
    config = RunConfig(
        dataset="loans.csv", target="y", drop="id", columns={"a": "text"}, cuts="1,2"
    )
    resolved = ResolvedConfig.of(config, {}, "mlp").settled(100, pictures=False)
    again = RunConfig(**read_settings(written(**resolved.to_json()), {}))
    told = resolved.to_json()
    assert {name: told[name] for name in again.to_json()} == again.to_json()


def test_what_is_no_configuration_is_told(written, tmp_path):
    with pytest.raises(ConfigError, match='unknown setting "cots"; expected the config'):
        read_settings(written(cots=1), {})
    with pytest.raises(ArtifactError, match=r"none\.json is missing"):
        read_settings(tmp_path / "none.json", {})
    (tmp_path / "list.json").write_text("[1]")
    with pytest.raises(ConfigError, match=r"expected the settings of a run, .* received \[1\]"):
        read_settings(tmp_path / "list.json", {})
