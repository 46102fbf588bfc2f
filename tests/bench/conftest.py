"""The benchmark's files are programs, no package: they find each other beside them."""

import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench"
# Both have a report.py: that of the comparison is the one that tests import.
sys.path[:0] = [str(BENCH / "dollars"), str(BENCH / "dollars" / "rivals"), str(BENCH)]
sys.path.append(
    str(BENCH / "soak")
)  # has a serving.py and a run.py as well; these are imported by none
