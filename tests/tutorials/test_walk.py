"""A walk through a chapter: questions are asked before answers are shown, pictures are named."""

import pytest
from small_chapters import write

from tutorials.__main__ import main
from tutorials.book.terminal import plain, plain_formula
from tutorials.book.walk import Walk

STEPS = r"""
# %% first [markdown]
# ## First
#
# A **bold** word, $x_o = \sum_i w_i$ and `code`.
#
# **Predict.** How much is $1 + 1$?

# %%
from lesson import claim, figure, show
import numpy as np

two = np.add(1, 1)
print("it is", two)
claim("two", two, 2)

# %% draw
show("nothing", figure()[0])

# %% [markdown]
# ![An empty picture](nothing.png) The caption.

# %% exercise [markdown]
# ## Exercise
#
# **Hint 1.** One.
#
# **Hint 2.** Two.
#
# **Hint 3.** Three.
#
# **Solution.** So it is.

# %%
print("solved")
"""


def walked(tmp_path, replies, language="en", chinese=None):
    replies, said = iter(replies), []

    def ask(prompt):
        said.append(prompt)
        try:
            said.append(f"<< {reply}" if (reply := next(replies)) else "<<")
        except StopIteration:
            raise EOFError from None
        return reply

    chapter = write(tmp_path, STEPS, chinese)
    return Walk(chapter, language, tmp_path, ask, said.append).start(), "\n".join(said)


def test_a_walk_to_the_end(tmp_path):
    ended, said = walked(tmp_path, ["", "three", "", "h", "h", "", ""])
    assert ended
    question, answer = said.index("How much is 1 + 1?"), said.index("it is 2")
    assert question < said.index("<< three") < said.index(">>> two = np.add") < answer
    assert "  ok  two: 2" in said and "You predicted: three" in said
    assert "A bold word, x_o = Σ_i w_i and `code`." in said
    assert f"picture: {tmp_path / 'nothing.png'}" in said and (tmp_path / "nothing.png").exists()
    assert "figure()" not in said  # the code that draws is left out
    assert (
        "Hint 2: Two." in said
        and "Three." not in said
        and said.index("Two.") < said.index("So it is.")
    )
    assert "solved" in said and "Next: T02." in said


@pytest.mark.parametrize("replies", [["q"], ["", "q"], [], ["", ""]])
def test_a_reader_may_stop(tmp_path, replies):
    ended, said = walked(tmp_path, replies)
    assert not ended and "solved" not in said


CHINESE = """\
<!-- step: start -->
# 标题
<!-- step: first -->
## 第一步

**预测。** 一加一等于几？
<!-- code -->
<!-- code -->
![空白的图](nothing.png) 图题。
<!-- step: exercise -->
## 练习

**提示 1。** 一。

**提示 2。** 二。

**提示 3。** 三。

**解答。** 就是这样。
<!-- code -->
"""


def test_a_walk_in_chinese(tmp_path):
    ended, said = walked(tmp_path, ["", "2", "", "h", "h", "h", ""], "zh", CHINESE)
    assert ended and "你的预测是：2" in said and "提示 3: 三。" in said and "就是这样。" in said


def test_a_real_chapter_walks_with_scripted_input(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda prompt: print(prompt) or "")
    assert main(["walk", "3", "--lang", "zh", "--out", str(tmp_path / "pictures")]) == 0
    said = capsys.readouterr().out
    assert "转置卷积" in said and "ok  the largest error: 10" in said
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {
        "scattering.gif",
        "matrices.png",
        "gathering.gif",
    }


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (r"\langle M x, y \rangle = \langle x, M^\top y \rangle", "⟨M x, y⟩ = ⟨x, M^T y⟩"),
        (r"c(h) = \left\lceil \frac{k - r}{s} \right\rceil", "c(h) = ⌈(k - r)/s⌉"),
        (r"\begin{bmatrix} 0 & 1 \\ 2 & 3 \end{bmatrix}", "[0 1; 2 3]"),
        (r"P_\theta \ge \tfrac{1}{2}", "P_θ ≥ 1/2"),
        (r"x_{o+i} \leftarrow x_{o+i} + w_i \, y_o", "x_(o+i) ← x_(o+i) + w_i y_o"),
    ],
)
def test_formulas_in_plain_characters(formula, shown):
    assert plain_formula(formula) == shown


def test_long_lines_are_wrapped_in_both_languages():
    english = plain("word " * 60, 40)
    assert max(map(len, english.splitlines())) <= 40
    chinese = plain("转置卷积把数加到一起。" * 20, 40)
    assert max(map(len, chinese.splitlines())) <= 21 and "\n。" not in chinese
    assert plain("- one\n- two\n  and more") == "- one\n- two and more"
