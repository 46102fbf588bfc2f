"""``fw certify``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from framework.cli.options import as_json, model_of_run, print_json, refuse_to_overwrite, run_dir
from framework.cli.output import say
from framework.core.files import write_json


@click.command(short_help="Promise at most so many dollars a case, with few referrals.")
@run_dir
@click.option(
    "--promise",
    metavar="DOLLARS@CONFIDENCE",
    required=True,
    help="At most so many dollars lost a case, and how sure that is to be: 12000@0.95.",
)
@model_of_run
@click.option(
    "--method",
    type=click.Choice(["gaffke", "betting"]),
    default="gaffke",
    show_default=True,
    help="How the loss is limited: betting takes more cases, and is proved for all losses.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the certificate there, for fw predict --certificate.",
)
@as_json
def certify(
    run_dir: Path, promise: str, model: str | None, method: Any, out: Path | None, as_json: bool
) -> None:
    """Find the policy of the fewest referrals by which a model of RUN_DIR keeps a promise.

    It is found on the run's test part, whose truths no model has seen; its matrix has to say what a
    referral costs ("refer"). Says plainly when the promise cannot be kept, and which one could be.
    """
    from framework.core.evaluation.promise import Promise
    from framework.core.words import currency
    from framework.experiment.stored_runs.certified_run import certify_run

    if out is not None:
        refuse_to_overwrite(out, "--out")
    found = certify_run(run_dir, Promise.of(promise), model, method)
    told = found.to_json()
    if out is not None:
        write_json(out, told)
    if as_json:
        return print_json(told)
    with currency(found.currency):
        for sentence in found.certificate.sentences():
            say(f"{found.model}: {sentence}.")
