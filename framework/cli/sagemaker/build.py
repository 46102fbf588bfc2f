"""``fw sagemaker build``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from framework.cli.options import print_json
from framework.cli.output import say
from framework.cli.verbosity import tell


@click.command()
@click.option("--tag", metavar="NAME", default="cost-matrix-framework:latest", show_default=True)
@click.option("--base-image", metavar="NAME", help="Python image to build on.")
@click.option(
    "--with",
    "plugins",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Install this plugin (source folder or wheel) as well; repeatable.",
)
@click.option(
    "--kind",
    type=click.Choice(["cpu", "cuda", "answering"]),
    default="cpu",
    show_default=True,
    help="cuda: trains on NVIDIA's GPUs; answering: serves alone, without TensorFlow.",
)
@click.option(
    "--platform", metavar="NAME", default="linux/amd64", show_default=True, help="Or linux/arm64."
)
@click.option("--dry-run", is_flag=True, help="Print the docker commands; run nothing.")
def build(
    tag: str,
    base_image: str | None,
    plugins: tuple[Path, ...],
    kind: str,
    platform: str,
    dry_run: bool,
) -> None:
    """Build the container image with docker, in a checkout of the framework's source."""
    from framework.sagemaker.launching import image

    with tempfile.TemporaryDirectory() as scratch:
        commands = image.build(tag, base_image, plugins, Path(scratch), kind, platform)
        if dry_run:
            return print_json([command.to_json() for command in commands])
        for command in commands:
            command.run(tell)
    say(f"Built {tag}")
