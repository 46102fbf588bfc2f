"""How long the panel of a report takes to follow when a number is moved: 5 models, 5,000 test cases.

python bench/movable_page.py [N_CLASSES]     # needs Chromium
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from framework import CostMatrix, Dataset, DatasetSpec, Registry, RunConfig, hookimpl, run
from framework.plugins.registry import Plugin

N_CASES, N_MATRICES, MOVES = 20_000, 3, 40
# Loads the report, moves a share and a cost in turn, and writes down the milliseconds of each move.
PROBE = f"""<!doctype html><meta charset="utf-8"><title>probe</title>
<iframe id="page" src="report.html" style="width:1280px;height:800px"></iframe><pre id="told"></pre>
<script>
document.getElementById("page").onload = (event) => {{
  const page = event.target.contentDocument;
  const times = [];
  for (let i = 0; i < {MOVES}; i++) {{
    const input = page.querySelector(i % 2 ? "#move-slider" : '[data-slide="1"]');
    input.value = i % 2 ? i : -i / 10;
    const start = performance.now();
    input.dispatchEvent(new Event("input"));
    input.getBoundingClientRect();  // what was written is laid out
    times.push(performance.now() - start);
  }}
  document.getElementById("told").textContent = times.map((time) => time.toFixed(1)).join(" ");
}};
</script>"""


def dataset_of(n_classes):
    labels = tuple(f"class_{k}" for k in range(n_classes))

    class Blobs:
        @hookimpl
        def fw_register_datasets(self):
            return [DatasetSpec("blobs", labels, self.load, default_model="logistic")]

        @staticmethod
        def load():
            rng = np.random.default_rng(0)
            y = np.arange(N_CASES) % n_classes
            return Dataset(
                rng.normal(size=(N_CASES, 5)) + rng.normal(size=(n_classes, 5))[y], y, labels
            )

    registry = Registry(entry_points=[])
    registry.register(Blobs(), Plugin("bench", "bench", "0"))
    return labels, registry


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed")
    n_classes = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    labels, registry = dataset_of(n_classes)
    rng = np.random.default_rng(1)
    matrices = [
        CostMatrix(
            f"m{i}", labels, rng.uniform(1, 500, (n_classes, n_classes)) * (1 - np.eye(n_classes))
        )
        for i in range(N_MATRICES)
    ]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        run(RunConfig(dataset="blobs", cost_matrix=matrices, epochs=1, out=out), registry)
        page = (out / "report.html").read_text(encoding="utf-8")
        (out / "probe.html").write_text(PROBE, encoding="utf-8")
        told = subprocess.run(
            [
                *(chromium, "--headless", "--no-sandbox", "--disable-gpu"),
                *("--allow-file-access-from-files", "--virtual-time-budget=60000", "--dump-dom"),
                f"--user-data-dir={folder}/profile",
                (out / "probe.html").as_uri(),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    times = np.array(re.search(r'id="told">([\d. ]+)<', told)[1].split(), dtype=float)
    data = re.search(r'id="move-data">.*?</script>', page, re.DOTALL)[0]
    print(f"{n_classes} classes, {N_MATRICES + 2} models, {N_CASES // 4:,} test cases")
    slow = np.quantile(times, 0.9)
    print(
        f"a move: median {np.median(times):.0f} ms, nine of ten within {slow:.0f} ms, "
        f"the slowest {times.max():.0f} ms"
    )
    print(f"data of the panel {len(data) / 1024:.0f} KiB, whole page {len(page) / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
