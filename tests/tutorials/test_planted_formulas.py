"""Wrong formulas planted in the library: the chapter that teaches a formula must stop at it.

A line of a module is changed while Python loads it, in a process of its own. The chapter then runs
without drawing, and stops at the first claim, or gradient check, that does not hold.
"""

import os
import re
import subprocess
import sys

import pytest

from tutorials import FOLDER
from tutorials.book.chapter import scripts

# The chapter, the module, its line, the wrong line in its place
PLANTED = {
    "the rule of tanh": (
        0,
        "functions.hyperbolic",
        "return g * (1.0 - out * out)",
        "return g * (1.0 - out)",
    ),
    "a gradient that overwrites another": (
        1,
        "autograd.engine",
        "self.waiting[key] = g = self._plus(self.waiting[key], g) if key in self.waiting else g",
        "self.waiting[key] = g",
    ),
    "a convolution with the kernel flipped": (
        2,
        "nn.functional.convolution",
        "return self.by.conv(x, w, self.geometry)",
        "return self.by.conv(x, w[..., ::-1].copy(), self.geometry)",
    ),
    "a transposed convolution with the kernel flipped": (
        3,
        "nn.functional.convolution",
        "self.by.conv_transpose(y, w, self.geometry)",
        "self.by.conv_transpose(y, w[..., ::-1].copy(), self.geometry)",
    ),
    "holes without the flip": (
        3,
        "conv.holes",
        "(slice(None, None, -1),) * len(geometry.axes)",
        "(slice(None),) * len(geometry.axes)",
    ),
    "the adjoint with the padding of the convolution": (
        3,
        "geometry.axis",
        "self.taps, 1, self.span - 1 - self.padding, self.dilation)",
        "self.taps, 1, self.padding, self.dilation)",
    ),
    "the size of a convolution rounded up": (
        4,
        "geometry.axis",
        "Y=(X + 2 * padding - axis.span) // stride + 1)",
        "Y=-((axis.span - X - 2 * padding) // stride) + 1)",
    ),
    "coverage without the last position": (
        5,
        "geometry.axis",
        "for h in range(self.X)[self.tap(i)[1]]:",
        "for h in range(self.X - 1)[self.tap(i)[1]]:",
    ),
    "coverage far from the borders without the last tap": (
        5,
        "geometry.axis",
        "% self.stride for i in range(self.taps)]",
        "% self.stride for i in range(self.taps - 1)]",
    ),
    "entropy in bits": (
        9,
        "theory.summands",
        "return -times(np.exp(lp), lq)",
        "return -times(np.exp(lp), lq) / LN2",
    ),
    "KL with its arguments exchanged": (
        9,
        "theory.summands",
        "return times(np.exp(lp), log_ratio(lp, lq))",
        "return times(np.exp(lq), log_ratio(lq, lp))",
    ),
    "JSD without the half": (
        9,
        "theory.summands",
        "LN2 + log_not_best)) / 2",
        "LN2 + log_not_best))",
    ),
    "the loss of D with the sign of the fakes": (
        10,
        "gan.objectives.logistic",
        "fake=lambda m: -F.logsigmoid(-m),",
        "fake=lambda m: -F.logsigmoid(m),",
    ),
    "D* upside down": (
        11,
        "theory.game",
        "best = np.divide(p, sums,",
        "best = np.divide(g, sums,",
    ),
    "the loss of G that does not saturate, saturating": (
        12,
        "gan.objectives.logistic",
        "fool=lambda m: -F.logsigmoid(m),",
        "fool=lambda m: F.logsigmoid(-m),",
    ),
    "R1 without the half": (
        13,
        "gan.objectives.penalties",
        "return self.weight / 2 * (",
        "return self.weight * (",
    ),
    "batch normalization with the unbiased variance": (
        15,
        "nn.functional.batchnorm",
        "    return mu, var\n",
        "    return mu, var * (n / (n - 1))\n",
    ),
}

RUN = """
from importlib.machinery import SourceFileLoader

planted, line, wrong, script = {arguments}
right = SourceFileLoader.get_code

def get_code(loader, name):
    if name != planted:
        return right(loader, name)
    source = loader.get_source(name)
    assert source.count(line) == 1, f"{{name}} has {{source.count(line)}} lines with {{line!r}}"
    return compile(source.replace(line, wrong), loader.path, "exec")

SourceFileLoader.get_code = get_code

from pathlib import Path
from tutorials.book import chapter, record
from lesson import films

films._png = lambda drawn: b""
player = record.Player(chapter.read(Path(script)))
for step in chapter.read(Path(script)).steps["en"]:
    for code in step.codes:
        if not code.draws:
            player.run(code)
"""


@pytest.mark.parametrize("fault", PLANTED)
def test_a_wrong_formula_stops_the_chapter_that_teaches_it(fault, tmp_path):
    number, module, line, wrong = PLANTED[fault]
    arguments = (f"minigan.{module}", line, wrong, str(scripts()[number]))
    paths = os.pathsep.join([str(FOLDER.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(arguments=arguments)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    assert re.search(r"^\S*(Claim|Gradient)Error: ", done.stderr, re.MULTILINE), done.stderr
