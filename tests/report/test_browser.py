"""The report in a real browser: nothing in the console, nothing that sticks out, all told in words."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from tests.browser import CHROMIUM
from tests.browser import FLAGS as OF_ALL
from tests.report.conftest import KINDS

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
FLAGS = (*OF_ALL, "--enable-logging=stderr", "--v=0", "--virtual-time-budget=5000")
# Loads the report at a width, as a phone or a desktop would, and writes down what it measures.
PROBE = """<!doctype html><meta charset="utf-8"><title>probe</title>
<iframe id="page" src="report.html" style="border:0;width:{width}px;height:800px"></iframe>
<pre id="told"></pre>
<script>
document.getElementById("page").onload = (event) => {{
  const page = event.target.contentDocument;
  const clipped = (element) => element.closest(".scroll") !== null;
  const out = [...page.querySelectorAll("body *")].filter((element) =>
    !clipped(element) && !element.closest("svg") &&
    element.getBoundingClientRect().right > {width} + 1);
  const svgs = [...page.querySelectorAll("svg")];
  document.getElementById("told").textContent = JSON.stringify({{
    width: page.documentElement.clientWidth,
    scrollWidth: page.documentElement.scrollWidth,
    sticking_out: out.map((element) => element.outerHTML.slice(0, 120)),
    charts: svgs.length,
    silent: svgs.filter((svg) => !(svg.getAttribute("aria-label") || "").trim()).length,
    unhinted: [...page.querySelectorAll(".scroll")].filter((element) =>
      element.scrollWidth > element.clientWidth &&
      !getComputedStyle(element).backgroundAttachment.includes("local")).length,
    scrolling: [...page.querySelectorAll(".scroll")].filter((element) =>
      element.scrollWidth > element.clientWidth).length,
    flat: svgs.filter((svg) => svg.getBoundingClientRect().height < 40).length,
    mute_images: page.querySelectorAll("img:not([alt])").length,
    title: page.title,
  }});
}};
</script>
"""


def measured(run_dir, width, tmp_path, *flags):
    """What the probe tells of a report, and the browser's console."""
    folder = tmp_path / "page"
    folder.mkdir()
    shutil.copy(run_dir / "report.html", folder)
    (folder / "probe.html").write_text(PROBE.format(width=width), encoding="utf-8")
    profile = tmp_path / "profile"
    done = subprocess.run(
        [
            CHROMIUM,
            *FLAGS,
            *flags,
            f"--user-data-dir={profile}",
            f"--window-size={max(width, 500) + 40},900",
            "--dump-dom",
            (folder / "probe.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told = re.search(r'<pre id="told">(.+?)</pre>', done.stdout, re.DOTALL)
    assert told, done.stderr
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return json.loads(unescape(told[1])), console


def test_what_scrolls_on_a_phone_shows_that_it_does(run_dirs, tmp_path):
    told, _ = measured(run_dirs["two"], 360, tmp_path)
    assert told["scrolling"] > 0
    assert told["unhinted"] == 0


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", KINDS)
def test_it_fits_and_nothing_goes_wrong(run_dirs, kind, width, tmp_path):
    told, console = measured(run_dirs[kind], width, tmp_path)
    assert console == []
    assert told["sticking_out"] == []
    assert told["scrollWidth"] <= told["width"]
    assert told["charts"] >= 5
    assert told["silent"] == told["flat"] == told["mute_images"] == 0
    assert told["title"]


def test_a_console_error_would_be_seen(run_dirs, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    page = Path(run_dirs["two"] / "report.html").read_text(encoding="utf-8")
    (broken / "report.html").write_text(
        page.replace("</body>", "<script>console.error('lost')</script></body>"), encoding="utf-8"
    )
    _, console = measured(broken, 390, tmp_path)
    assert any("lost" in line for line in console)


def test_something_that_sticks_out_would_be_seen(run_dirs, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    page = Path(run_dirs["two"] / "report.html").read_text(encoding="utf-8")
    (broken / "report.html").write_text(
        page.replace("</main>", '<div style="width:600px">wide</div></main>'), encoding="utf-8"
    )
    told, _ = measured(broken, 390, tmp_path)
    assert told["scrollWidth"] > told["width"]
    assert told["sticking_out"]
