"""The book: chapters `t00_*.py` to `t16_*.py`, the helpers in `lesson/`, the tools in `book/`.

A chapter runs as a script (`python tutorials/t03_transposed.py`), so Python finds `lesson` beside
it. The tools run the same chapter, so they put this folder on Python's search path, too.
"""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
if str(FOLDER) not in sys.path:
    sys.path.insert(0, str(FOLDER))
