from framework.config.repeating_command import run_command


def test_the_command_is_quoted_for_a_shell():
    config = {"dataset": "d", "cost_matrix": ["my costs.json"], "model_parameters": {"units": 8}}
    assert run_command(config) == "fw run d --cost-matrix 'my costs.json' --model-parameter units=8"
