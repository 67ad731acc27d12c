"""Each rule for chapters: a chapter that keeps it, and planted faults that it finds."""

from textwrap import dedent

import pytest
from small_chapters import TERMS, ran, write

from tutorials.book import code_rules, record, text_rules
from tutorials.book.chapter import read
from tutorials.book.checks import problems
from tutorials.book.glossary import known_symbols, load, symbols_of

CODE = (
    "\n# %%\nimport minigan\nfrom minigan import tensor\nfrom minigan.nn import functional as F\n"
)
LONG = "这是一个关于梯度的句子，写在这里只是为了凑够字数。" * 75


# -------------------------------------------------------------------------------------------- code


@pytest.mark.parametrize(
    "code",
    [
        "F.conv1d",
        "minigan.tensor([1.0]).shape",
        "from minigan.conv import loops\nloops.steps",
        "from minigan.geometry import Axis\nAxis.position",
        "import numpy as np\nnp.linalg.norm",
        "from itertools import product",
        "from matplotlib import colormaps",
        "import minigan.nn.functional as G\nG.conv1d",
    ],
)
def test_public_names_may_be_used(tmp_path, code):
    assert list(code_rules.private_names(write(tmp_path, CODE + code + "\n"))) == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("tensor([1.0])._data", "private name ._data"),
        ("from minigan.conv.loops import steps", "from the file minigan.conv.loops"),
        ("from minigan.nn.functional import _conv_op", "_conv_op is not a public name"),
        ("from minigan.geometry import _inside", "_inside is not a public name"),
        ("F.tensor_of", "F.tensor_of"),
        ("import torch", "imports torch"),
        ("from scipy import signal", "imports scipy"),
        ("minigan.no_such_thing", "minigan has no no_such_thing"),
    ],
)
def test_other_names_may_not(tmp_path, code, message):
    found = list(code_rules.private_names(write(tmp_path, CODE + code + "\n")))
    assert found and message in found[0]


def test_names_are_called_as_in_the_glossary(tmp_path):
    code = """
    x = F.conv1d(tensor([1.0]), minigan.ones(2))
    from minigan.conv import loops
    from minigan.geometry import Geometry
    loops.steps(x, x, Geometry.conv((2,), 2))
    import numpy as np
    np.sum(x)
    """
    used = code_rules.used(write(tmp_path, CODE + dedent(code)))
    assert set(used) == {"F.conv1d", "tensor", "ones", "conv.loops.steps", "geometry.Geometry"}


# ------------------------------------------------------------------------------- symbols and terms


@pytest.mark.parametrize(
    ("formula", "symbols"),
    [
        (r"P_\theta(x)", {"P", r"\theta", "x"}),
        (r"\operatorname{conv}(x, w)", {"conv", "x", "w"}),
        (r"P_\mathrm{data}", {"P", "data"}),
        (r"h \sim \mathcal{N}(0, \sigma^2 I)", {"h", r"\mathcal{N}", r"\sigma", "I"}),
        (r"\text{if } k \ge 3", {"k"}),
        (r"\begin{bmatrix} 1 & a \\ b & 0 \end{bmatrix}", {"a", "b"}),
        (r"\left\lceil \frac{k - r}{s} \right\rceil", {"k", "r", "s"}),
        (r"p' = \max(0, \log d)", {"p", "d"}),
    ],
)
def test_the_symbols_of_a_formula(formula, symbols):
    assert set(symbols_of(formula)) == symbols


def text(tmp_path, english, chinese="文字"):
    step = "\n# %% s [markdown]\n# ## S\n#\n" + "\n".join(
        f"# {line}".rstrip() for line in english.splitlines()
    )
    translated = f"<!-- step: start -->\n# 标题\n<!-- step: s -->\n## 一\n\n{chinese}\n"
    return write(tmp_path, step + "\n", translated)


@pytest.mark.parametrize(
    ("english", "chinese", "message"),
    [
        ("$x = y$", "$x = y$", ""),
        ("$x = z$", "$x = z$", "symbol z"),
        (r"$\sum_x \theta$", r"$\sum_x \theta$", r"symbol \theta"),
        ("Its entropy.", "它的熵。", "is introduced in a later chapter"),
        ("The entropys of both.", "两个的熵。", "is introduced in a later chapter"),
        ("Its entropy (T09).", "它的熵（T09）。", ""),
        ("See T09. Its entropy.", "见 T09。它的熵。", "is introduced in a later chapter"),
        ("A gradient.", "梯度。", ""),
        (r"$\frac{x}{$", r"$\frac{x}{$", "cannot be read"),
    ],
)
def test_only_symbols_and_terms_that_are_introduced(tmp_path, english, chinese, message):
    chapter = text(tmp_path, english, chinese)
    for language in ("en", "zh"):
        found = " ".join(text_rules.unknown_symbols(chapter, language, TERMS))
        assert message in found if message else not found


def test_a_chapter_must_have_its_terms_in_chinese_with_the_english(tmp_path):
    chapter = text(tmp_path, "The *gradient*", "*梯度*（gradient）")
    assert not [*text_rules.missing_terms(chapter, "en", TERMS)]
    assert not [*text_rules.missing_terms(chapter, "zh", TERMS)]
    chapter = text(tmp_path, "The slope", "梯度")
    assert len([*text_rules.missing_terms(chapter, "en", TERMS)]) == 1
    assert "梯度（gradient）" in " ".join(text_rules.missing_terms(chapter, "zh", TERMS))


def test_the_glossary_of_the_book():
    terms = load()
    assert len({(term.en, term.chapter) for term in terms}) == len(terms)
    assert {"x", "w", "y", "k", "s", "p"} <= known_symbols(terms, 3)
    assert "c" in known_symbols(terms, 5)


# ------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("label", "fine"),
    [("$y$", True), ("$k = 3$", True), ("12", True), ("$\\log x$", True), ("the input", False)],
)
def test_labels_are_symbols(tmp_path, label, fine):
    code = f"""
    # %% s [markdown]
    # ## S
    # %%
    from lesson import figure, show
    drawn, axes = figure()
    axes.set_xlabel({label!r})
    show("s", drawn)
    """
    found = list(text_rules.drawn_words(*ran(tmp_path, code), TERMS))
    assert (found == []) == fine


# -------------------------------------------------------------------------------------------- form

WHOLE = """
# %% one [markdown]
# ## One gradient
#
# **Predict.** Why?
# %%
from lesson import claim, figure, show
import numpy as np
claim("one", np.exp(0), 1)
# %% two [markdown]
# ## Two
#
# **Often heard.** "No."
#
# **Predict.** And this?
# %%
show("two", figure()[0])
# %% [markdown]
# ![An empty picture with two axes](two.png) A caption.
# %% three [markdown]
# ## Exercise 1
#
# **Hint 1.** A
#
# **Hint 2.** B
#
# **Hint 3.** C
#
# **Solution.** D [see](#one) and [see](https://minigan.example)
"""
WHOLE_CHINESE = f"""
<!-- step: start -->
# 标题

- **目标。** 目标。
- **预备知识。** 没有。
- **用时。** 5 秒。
- **接下来。** T02。

{LONG}
<!-- step: one -->
## 一个梯度（gradient）

**预测。** 为什么？
<!-- code -->
<!-- step: two -->
## 二

**常见的说法。** “不对。”

**预测。** 这个呢？
<!-- code -->
![一张只有两个坐标轴的空图，没有曲线](two.png) 图题。
<!-- step: three -->
## 练习 1

**提示 1。** 甲

**提示 2。** 乙

**提示 3。** 丙

**解答。** 丁 [见](#one)和[见](https://minigan.example)
"""


def test_a_whole_chapter_has_no_problems(tmp_path):
    chapter, run = ran(tmp_path, WHOLE, WHOLE_CHINESE)
    assert problems(chapter, run, TERMS, [chapter]) == []


FAULTS = [
    ("- **Aim.**", "- **Aims.**", "[en] the head lacks '- **Aim.**"),
    ("**Predict.** Why?", "Why?", "[en] needs at least two stops"),
    ('**Often heard.** "No."', '"No."', "[en] needs a paragraph on what is often heard"),
    ("# **Hint 2.** B\n#\n", "", "[en] step three: an exercise has hints 1, 2, 3"),
    ("**Solution.** ", "", "[en] needs an exercise with a solution"),
    ("# ## Two\n", "# Two\n", "[en] step two: has no heading"),
    ("# ## One gradient\n#\n", "# ## One gradient\n", "the mark 'Predict.' must begin a paragraph"),
    ("An empty picture with two axes", "A picture", "[en] step two: picture two needs a text"),
    ("(two.png)", "(tow.png)", "picture two is drawn and not in the text"),
    ("(#one)", "(#none)", "[en] step three: link '#none' leads nowhere"),
    ("(#one)", "(t01.html#four)", "link 't01.html#four' leads nowhere"),
    ("(https://", "(http://", "is neither https nor within the book"),
    ("A caption.", "A caption of " + "x" * 90, "columns; at most 100"),
    ("A caption.", "A caption." + "\n#" * 380, "lines; at most 400"),
    ('claim("one", np.exp(0), 1)', 'claim("one", np.exp(0), 2)', "ClaimError"),
    ('claim("one", np.exp(0), 1)', 'claim("one", 1, 1)', "has a value that is not computed"),
    ('claim("one", np.exp(0), 1)', "np.log(0.0)", "RuntimeWarning"),
    (
        "import numpy as np\n",
        "import numpy as np\nimport minigan\nminigan.full\n",
        "full is not in",
    ),
    ("5 s.", "some seconds.", "more than twice the 0 s"),
    ("And this?", "And 1234 this?", "[en] step two: the number 1234 stands in no claim"),
    ("A caption.", "A caption $x$.", "only the English text has the formula x"),
    ("A caption.", "A caption of 12.", "only the English text has the number 12"),
    (
        "# **Hint 1.** A",
        "# **The note says.** E\n#\n# **Hint 1.** A",
        "has the mark note (1 times)",
    ),
    ("[see](https://minigan.example)", "see", "only the Chinese text has the link"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), FAULTS)
def test_each_fault_is_found(tmp_path, right, wrong, message):
    written = write(tmp_path, WHOLE, WHOLE_CHINESE).path.read_text(encoding="utf-8")
    assert written.count(right) == 1
    path = tmp_path / "t01_small.py"
    path.write_text(written.replace(right, wrong), encoding="utf-8")
    chapter = read(path)
    found = problems(chapter, record.run(chapter), TERMS, [chapter])
    assert any(message in problem for problem in found)


CHINESE_FAULTS = [
    (LONG, "短。", "Chinese characters; at least 1500"),
    ("图题。", "图题，$y$。", "only the Chinese text has the formula y"),
    ("图题。", "图题 17。", "only the Chinese text has the number 17"),
    ("图题。", "图题,不好。", "needs the Chinese punctuation mark"),
    ("（gradient）", "", "'梯度（gradient）'"),
    ("**预测。** 这个呢？", "这个呢？", "[zh] needs at least two stops"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), CHINESE_FAULTS)
def test_each_fault_of_the_translation_is_found(tmp_path, right, wrong, message):
    assert WHOLE_CHINESE.count(right) == 1
    chapter, run = ran(tmp_path, WHOLE, WHOLE_CHINESE.replace(right, wrong))
    found = problems(chapter, run, TERMS, [chapter])
    assert any(message in problem for problem in found)


def test_a_missing_translation_is_a_problem(tmp_path):
    chapter, run = ran(tmp_path, WHOLE)
    assert problems(chapter, run, TERMS, [chapter]) == ["has no Chinese text zh/t01_small.md"]
