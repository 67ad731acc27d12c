"""Small chapters, written for tests."""

from textwrap import dedent

from tutorials.book import chapter, record
from tutorials.book.glossary import Term

HEAD = """\
# %% start [markdown]
# # A title
#
# - **Aim.** An aim
#   in two lines.
# - **You need.** Nothing.
# - **Time.** 5 s.
# - **Next.** T02.
"""
TERMS = (
    Term(1, "gradient", "梯度", ("x", "y", "V", "\\sum"), ("tensor", "F.conv1d")),
    Term(9, "entropy", "熵", ("H",), ("theory.kl",)),
)


def write(folder, steps, chinese=None, number=1):
    """Write a chapter of a head and steps, and its Chinese text if there is one; return it read."""
    (folder / "zh").mkdir(exist_ok=True)
    path = folder / f"t{number:02}_small.py"
    path.write_text(HEAD + "\n" + dedent(steps), encoding="utf-8")
    if chinese is not None:
        chapter.translation(path).write_text(dedent(chinese), encoding="utf-8")
    return chapter.read(path)


def ran(folder, steps, chinese=None, number=1):
    """Write a chapter, run it, and return it with its record."""
    written = write(folder, steps, chinese, number)
    return written, record.run(written)
