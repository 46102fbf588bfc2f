"""``train`` and ``serve``, as SageMaker starts them; no argument means train, if there is a job."""

import sys

from framework.container.user import become_unprivileged
from framework.core import process
from framework.sagemaker.contract import Paths


def main(arguments: list[str]) -> int:
    paths = Paths.here()
    if not arguments and paths.hyperparameters.parent.is_dir():
        arguments = ["train"]  # the SDK's local mode passes none
    if arguments not in (["train"], ["serve"]):
        print(
            f"Error: expected train or serve, received {' '.join(arguments) or 'nothing'}; to train, "
            f"a job's configuration must be in {paths.hyperparameters.parent}",
            file=sys.stderr,
        )
        return 2
    become_unprivileged(paths)
    if arguments == ["train"]:
        from framework.container.train import train

        return train(paths)
    from framework.container.serve import serve

    return serve(paths)


if __name__ == "__main__":
    process.is_commands_own = True
    sys.exit(main(sys.argv[1:]))
