"""``train`` and ``serve``, as SageMaker starts them; no argument means train, if there is a job."""

import os
import sys
import time

from framework.container import STARTED
from framework.container.user import become_unprivileged
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
    from framework.core.errors import FrameworkError
    from framework.serving import Recording, serve

    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    try:
        recording = Recording.from_environment(os.environ)
        serve(paths.model, "0.0.0.0", port, recording=recording, ready=_print_ready)
    except FrameworkError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return 0


def _print_ready(url: str) -> None:
    print(f"serving on {url} after {time.monotonic() - STARTED:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
