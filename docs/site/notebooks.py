"""Runs the notebooks and shows them, with what they print, when the site is built (a hook of MkDocs).

A page says ``<!-- notebook NAME.ipynb -->``, a file beside it. A cell that fails fails the build.
With ``FW_DOCS_RUN=0`` in the environment cells are shown without being run.
"""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat

HERE = re.compile(r"<!-- notebook (\S+\.ipynb) -->")
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
TIMEOUT = 900  # seconds of a cell


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """The page, with its notebook where it names one."""
    folder = Path(page.file.abs_src_path).parent
    return HERE.sub(lambda found: shown(executed(folder / found[1])), markdown)


def executed(path: Path) -> Any:
    """The notebook, run from its top in an empty folder that holds the samples."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    if os.environ.get("FW_DOCS_RUN") == "0":
        return notebook
    with tempfile.TemporaryDirectory() as folder:
        for sample in SAMPLES.iterdir():
            (Path(folder) / sample.name).write_bytes(sample.read_bytes())
        client = NotebookClient(
            notebook,
            timeout=TIMEOUT,
            resources={"metadata": {"path": folder}},
            # The kernel warns of TCP, which stays on this machine.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        client.execute()
    return notebook


def shown(notebook: Any) -> str:
    """Markdown of the cells and their outputs."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        else:
            parts.append(f"```python\n{cell.source}\n```")
            parts += [text for output in cell.get("outputs", []) if (text := _output(output))]
    return "\n\n".join(parts) + "\n"


def _output(output: Any) -> str:
    if output.output_type == "stream":
        return (
            f"```{{.text .wrapped}}\n{output.text.rstrip()}\n```" if output.name == "stdout" else ""
        )
    data = output.get("data", {})
    if "image/png" in data:
        return f"![What the cell draws](data:image/png;base64,{data['image/png'].strip()})"
    if "text/html" in data:
        # One block to Markdown: without blank lines, and out of its hands.
        inner = re.sub(r"\n\s*\n", "\n", data["text/html"].strip())
        inner = inner.replace('<table border="1" class="dataframe">', "<table>")
        inner = re.sub(r"<a [^>]*report\.html[^>]*>(.*?)</a>", r"\1", inner)  # is gone with the run
        return f'<div class="output">\n{inner}\n</div>'
    return f"```text\n{data['text/plain'].rstrip()}\n```" if "text/plain" in data else ""
