"""Draws docs/panel.png: the report's panel with the share of malignant cases moved. Needs Chromium.

python docs/make_panel_picture.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from framework import RunConfig, run

HERE = Path(__file__).resolve()
WIDTH, HEIGHT = 1160, 1010
# The report in a frame, moved to 0.6 % and scrolled to the panel.
FRAME = f"""<!doctype html><meta charset="utf-8"><style>body {{ margin: 0 }} iframe {{ border: 0 }}</style>
<iframe id="page" src="report.html" width="{WIDTH}" height="{HEIGHT}"></iframe>
<script>
document.getElementById("page").onload = ({{ target }}) => {{
  const share = target.contentDocument.querySelector('[data-share="1"]');
  share.value = "0.6";
  share.dispatchEvent(new Event("input"));
  target.contentDocument.documentElement.style.scrollBehavior = "auto";
  target.contentDocument.getElementById("move").scrollIntoView();
}};
</script>"""


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        run(RunConfig(dataset="breast_cancer", cost_matrix="medical.json", out=out))
        (out / "frame.html").write_text(FRAME, encoding="utf-8")
        subprocess.run(
            [
                *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *("--allow-file-access-from-files", "--virtual-time-budget=5000"),
                f"--user-data-dir={folder}/profile",
                f"--window-size={WIDTH},{HEIGHT}",
                f"--screenshot={HERE.with_name('panel.png')}",
                (out / "frame.html").as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main()
