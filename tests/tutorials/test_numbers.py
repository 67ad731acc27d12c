"""Numbers of a text: how they are read, and that each planted wrong one is caught."""

import pytest
from small_chapters import ran

from lesson import Claim
from tutorials.book.numbers import printed, proof
from tutorials.book.text_rules import unproved


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It is 0.693.", [0.693]),
        ("from 16,384 to 20000, then", [16384, 20000]),
        ("-1.386 and (-1.5), = -2.5", [-1.386, -1.5, -2.5]),
        ("\N{MINUS SIGN}1.25", [-1.25]),
        ("$a - 1.25$ and 3-1.25", [1.25, 3, 1.25]),
        ("=-1.25", [-1.25]),
        (r"2.5 \cdot 10^{-11}", [2.5e-11]),
        (r"2.50\times 10^3", [2500]),
        ("1.5e-3 and 1e6", [1.5e-3, 1e6]),
        ("93.75 %, 75%, 12.5\\%", [93.75, 75, 12.5]),
        ("a 28x28 image, 256x256", [28, 28, 256, 256]),
        ("conv2d, float64, T03, w_128, A2", []),
        ("NumPy 2.4.6, Python 3.11, version 1.25, 1.2.3", []),
        ("arXiv:1707.02937, PR 16991, #8816", []),
        ("步长为 0.125，共 120 种", [0.125, 120]),
        ("０．１２５ 和１２０", [0.125, 120]),
        ("about .693, not end.5", [0.693]),
        ("0.85–0.95, ±0.125", [0.85, 0.95, 0.125]),
    ],
)
def test_how_numbers_are_read(text, values):
    assert [number.value for number in printed(text)] == pytest.approx(values, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "digits"),
    [("12", 2), ("123", 3), ("0.5", 2), ("0.50", 3), ("1.39", 3), ("12.5", 3), ("1,234", 4)],
)
def test_how_digits_are_counted(text, digits):
    (number,) = printed(text)
    assert number.digits == digits and number.needs_proof == (digits >= 3)


@pytest.mark.parametrize(
    ("text", "claim", "proved"),
    [
        ("0.337", Claim("", (0.336831,), ()), True),
        ("0.336", Claim("", (0.336831,), ()), False),
        ("0.3368", Claim("", (), (0.336831,), 1e-6), True),
        ("0.3368", Claim("", (), (0.336831,), 1e-3), False),  # known to three places only
        ("93.8 %", Claim("", (0.9375,), ()), True),
        ("93.75 %", Claim("", (93.75,), ()), True),
        ("0.9375", Claim("", (93.75,), ()), False),
        ("-1.386", Claim("", (-1.386294,), ()), True),
        ("1.386", Claim("", (-1.386294,), ()), False),
        ("2.50e-11", Claim("", (2.5e-11,), ()), True),
        ("2.60e-11", Claim("", (2.5e-11,), ()), False),
        ("1.00", Claim("", (0.999,), ()), True),
        ("120", Claim("", (1.0, 120.0), ()), True),
        ("121", Claim("", (120.0,), ()), False),
    ],
)
def test_what_a_claim_proves(text, claim, proved):
    (number,) = printed(text)
    assert (proof(number, [claim]) is not None) == proved


# Every number of three digits here is proved by a claim or stands in the code of its step
STEPS = r"""
# %% first [markdown]
# ## Numbers
#
# Half of it is 0.693, and $V = -1.386294$. In a display:
#
# $$x = 0.6931$$
#
# - in a list: 0.69315, and 75.4 % of all 1,797 images
# - a size of 128x128
#
# | in a table | 2.22e-16 |
# |---|---|
# | below | 31.4 |
#
# **Often heard.** "It is 1.39."
#
# See [Odena et al. 2016](https://distill.pub/2016/deconv-checkerboard/). Names such as `x[512]`
# count for nothing, nor do NumPy 2.4.6 and two-digit numbers: 12, 0.5.

# %%
import numpy as np

from lesson import claim, figure, show

claim("log 2", np.log(2), 0.693147, 1e-6)
claim("V", -2 * np.log(2), -1.386294, 1e-6)
claim("the loss", 2 * np.log(2), 1.386294, 1e-6)
claim("images", len(range(1797)), 1797)
claim("of them", np.divide(75.4, 100), 0.754)
claim("eps", np.finfo(float).eps, 2.0 ** -52)
x = np.zeros((128, 128))
show("empty", figure()[0])

# %% [markdown]
# ![A picture of nothing, 314 pixels wide.](empty.png) In the caption: 3.14159.

# %%
claim("pi", np.arctan(1) * 4, 3.14159, 1e-5)
claim("a hundred of them", np.arctan(1) * 400, between=(314, 315))
claim("ten of them", np.arctan(1) * 40, 31.4159, 1e-4)

# %% second [markdown]
# ## Later
#
# What was claimed before, 0.693, may be said again.
"""
CHINESE = r"""
<!-- step: start -->
# 标题
<!-- step: first -->
## 数
一半是 0.693，$V = -1.386294$。

$$x = 0.6931$$

- 列表：0.69315，占全部 1,797 张图像的 75.4 %
- 大小为 128x128

| 表格 | 2.22e-16 |
|---|---|
| 下面 | 31.4 |

**常见的说法。** “是 1.39。”

见 [Odena et al. 2016](https://distill.pub/2016/deconv-checkerboard/)。
<!-- code -->
![空白的图，宽 314 像素。](empty.png) 图题里有 3.14159。
<!-- code -->
<!-- step: second -->
## 后来
前面核对过的 0.693 可以再说一次。
"""


def test_a_chapter_whose_numbers_are_proved(tmp_path):
    chapter, record = ran(tmp_path, STEPS, CHINESE)
    assert record.error == "" and record.count == 9
    for language in ("en", "zh"):
        assert [number.text for _, number in unproved(chapter, language, record)] == []


PLANTED = [
    ("is 0.693,", "is 0.694,"),
    ("is 0.693,", "is -0.693,"),
    ("is 0.693,", "is 693,"),
    ("V = -1.386294", "V = -1.386295"),
    ("V = -1.386294", "V = -1.38624"),
    ("x = 0.6931", "x = 0.6932"),
    ("x = 0.6931", r"x = 0.6931 \cdot 10^2"),
    ("0.69315", "0.69314"),
    ("75.4 %", "75.5 %"),
    ("75.4 %", "74.5 %"),
    ("1,797", "1,798"),
    ("1,797", "1979"),
    ("128x128", "128x129"),
    ("128x128", "129x128"),
    ("2.22e-16", "2.22e-15"),
    ("2.22e-16", "2.23e-16"),
    ("31.4 |", "31.5 |"),
    ("It is 1.39.", "It is 1.38."),
    ("nothing, 314", "nothing, 313"),
    ("caption: 3.14159", "caption: 3.14195"),
    ("before, 0.693,", "before, 0.639,"),
    ("two-digit numbers: 12,", "three-digit numbers: 120,"),
    ("0.5.", "0.50."),
    ("# ## Later", "# ## Later than 1984"),
    ("Odena et al. 2016]", "Odena et al.] 2016 ["),
]
PLANTED_CHINESE = [
    ("一半是 0.693", "一半是 0.639"),
    ("V = -1.386294", "V = -1.386924"),
    ("1,797", "1,779"),
    ("31.4 |", "34.1 |"),
    ("宽 314", "宽 341"),
    ("3.14159", "3.14195"),
    ("前面核对过的 0.693", "前面核对过的 0.963"),
]


@pytest.mark.parametrize(("right", "wrong"), PLANTED)
def test_planted_wrong_numbers_are_caught(tmp_path, right, wrong):
    assert STEPS.count(right) == 1
    chapter, record = ran(tmp_path, STEPS.replace(right, wrong))
    caught = {number.text for _, number in unproved(chapter, "en", record)}
    assert len(caught) == 1 and any(number.text in caught for number in printed(wrong))


@pytest.mark.parametrize(("right", "wrong"), PLANTED_CHINESE)
def test_planted_wrong_numbers_are_caught_in_chinese(tmp_path, right, wrong):
    assert CHINESE.count(right) == 1
    chapter, record = ran(tmp_path, STEPS, CHINESE.replace(right, wrong))
    assert list(unproved(chapter, "en", record)) == []
    assert len([number for _, number in unproved(chapter, "zh", record)]) == 1


def test_a_claim_of_a_later_step_proves_nothing_before(tmp_path):
    early = STEPS.replace(
        "# %% first", "# %% zeroth [markdown]\n# ## Too early: 1.386\n\n# %% first"
    )
    chapter, record = ran(tmp_path, early)
    assert [(step, n.text) for step, n in unproved(chapter, "en", record)] == [("zeroth", "1.386")]


def test_a_literal_counts_in_its_own_step_only(tmp_path):
    later = STEPS.replace("may be said again.", "may be said again, but not 128.")
    chapter, record = ran(tmp_path, later)
    assert [(step, n.text) for step, n in unproved(chapter, "en", record)] == [("second", "128")]
