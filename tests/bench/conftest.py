"""The benchmark's files are programs, no package: they find each other beside them."""

import sys
from pathlib import Path

DOLLARS = Path(__file__).parents[2] / "bench" / "dollars"
sys.path[:0] = [str(DOLLARS), str(DOLLARS / "rivals")]
