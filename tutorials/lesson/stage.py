"""Where claims and pictures go: to the terminal, to a notebook, or to the tools of the book."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from lesson.records import Claim, Film


class Stage:
    """The stage of a plain script: claims are printed, pictures are written to a folder."""

    def claim(self, claim: Claim) -> None:
        """Print a claim that holds."""
        print(f"  ok  {claim}")

    def film(self, film: Film) -> None:
        """Display the film in a notebook; elsewhere write it to a file and print where."""
        if shell := _notebook():
            data = {"image/png": film.animated(), "text/plain": f"<picture {film.name}>"}
            shell.display_pub.publish(data=data)
            return
        script = getattr(sys.modules["__main__"], "__file__", None) or "chapter"
        folder = Path(tempfile.gettempdir(), "minigan-book", Path(script).stem)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"  picture  {film.save(folder)}")


def _notebook() -> Any:
    """The running IPython shell, or None."""
    ipython: Any = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()


current = Stage()
