"""Explorers: pages on which one number is changed and all others follow.

`page(name)` returns one HTML page that needs no server and no network. Each explorer has these
files: NAME.html (the body; its texts are keys), NAME.css, NAME_numbers.js (functions from settings
to numbers, which a test compares with Python), NAME.js (draws them), NAME.toml (the texts in
English and Chinese) and NAME.py. NAME.py has `data(source)`, which returns what the page needs as
JSON, and `CODE`, the functions whose source the page shows. The files `frame*` serve all
explorers.
"""

from minigan.explain.explorers.assembly import LANGUAGES, NAMES, page

__all__ = ["LANGUAGES", "NAMES", "page"]
