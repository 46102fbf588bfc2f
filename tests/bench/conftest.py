"""The benchmark's files are programs, no package: they find each other beside them."""

import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench"
sys.path[:0] = [str(BENCH), str(BENCH / "dollars"), str(BENCH / "dollars" / "rivals")]
