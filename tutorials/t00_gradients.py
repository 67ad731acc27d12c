# %% start [markdown]
# # Numbers you can trust: checking a gradient
#
# - **Aim.** You can tell whether a gradient is right, and you know what a check cannot see.
# - **You need.** A derivative, such as $f'(x) = 3x^2$, and a little NumPy.
# - **Time.** 5 s to run, 35 minutes to read.
# - **Next.** How a computer finds gradients (T01), and assignment A1, parts 1.1 to 1.3 and 1.5.
#
# A network learns by following derivatives. If one of them is wrong, nothing crashes: the network
# learns a little worse, and nobody knows why. This chapter shows how to find such a mistake.

# %%
import re

import numpy as np

from lesson import BLUE, GREY, ORANGE, VERMILION, claim, figure, play, show
from minigan import tanh, tensor
from minigan.check import GradientError, check_grad
from minigan.nn import functional as F

# %% claims [markdown]
# ## How this book proves its numbers
#
# Each number in the text is computed by the code of its step. `claim(what, value, expected,
# tolerance)` compares two numbers. If they differ by more than the tolerance, the chapter stops.
#
# **Predict.** Is $0.1 + 0.2 = 0.3$ in a computer?

# %%
total = np.add(0.1, 0.2)
print(total == 0.3, total)
claim("what 0.1 + 0.2 is too large by", total - 0.3, 2.0**-54)
claim("from 1 to the next number", np.spacing(1.0), 2.0**-52)

# %% [markdown]
# No. The sum is too large by $5.55 \cdot 10^{-17}$. A float64, the usual number of NumPy, has 53
# binary digits, and 0.1 does not fit into them. Near 1 neighbouring numbers are
# $2.22 \cdot 10^{-16}$ apart. The *rounding error* of one operation is at most half of that.

# %% slope [markdown]
# ## A derivative is a slope
#
# The derivative of $f$ at $x$ is the slope of its curve. To measure it, take a small step
# $\varepsilon$ and divide the change of $f$ by the length of the step. There are two ways:
#
# $$\frac{f(x + \varepsilon) - f(x)}{\varepsilon} \qquad \text{or} \qquad
# \frac{f(x + \varepsilon) - f(x - \varepsilon)}{2 \varepsilon}$$
#
# The first is the one-sided difference, the second the *central difference*.
#
# **Predict.** $f(x) = x^3$ has the slope 3 at $x = 1$. Which is closer for $\varepsilon = 0.1$?


# %%
def cube(x):
    return x * x * x


def one_sided(f, x, eps):
    return (f(x + eps) - f(x)) / eps


def central(f, x, eps):
    return (f(x + eps) - f(x - eps)) / (2 * eps)


for eps in (0.1, 0.01, 1.0, 0.0625):
    print(f"eps = {eps}: {one_sided(cube, 1.0, eps):.6f} and {central(cube, 1.0, eps):.6f}")
    claim(f"one-sided, eps = {eps}", one_sided(cube, 1.0, eps), 3 + 3 * eps + eps**2, 1e-12)
    claim(f"central, eps = {eps}", central(cube, 1.0, eps), 3 + eps**2, 1e-12)

# %% [markdown]
# One-sided: 3.31, central: 3.01. With a step ten times smaller they are 3.0301 and 3.0001. The
# one-sided difference is $3 + 3 \varepsilon + \varepsilon^2$. In the central one $3 \varepsilon$
# cancels: it is $3 + \varepsilon^2$. The excess is the *truncation error*. It shrinks like
# $\varepsilon$, or like $\varepsilon^2$ for the central difference. So below we take the central
# one.

# %% secants [markdown]
# ## The same as a picture
#
# Both ways draw a straight line through two points of the curve. Each frame halves the step.


# %% draw
def secants():
    curve = np.linspace(-0.1, 2.1, 200)
    for eps in (1.0, 0.5, 0.25, 0.125, 0.0625):
        drawn, axes = figure()
        axes.plot(curve, cube(curve), color=GREY)
        ways = [(VERMILION, 1.0, one_sided), (BLUE, 1 - eps, central)]
        for (colour, left, way), height in zip(ways, (7.2, 6.2), strict=True):
            slope = way(cube, 1.0, eps)
            axes.plot(curve, cube(left) + slope * (curve - left), color=colour)
            axes.plot([left, 1 + eps], cube(np.array([left, 1 + eps])), "o", color=colour)
            axes.text(0.0, height, f"${slope:.5g}$", color=colour, fontsize=26)
        axes.set(xlim=(-0.1, 2.1), ylim=(-1.2, 8.2), xlabel="$x$", ylabel="$f(x)$")
        axes.set_title(f"$\\varepsilon = {eps}$")
        yield drawn


play("secants", secants())

# %% [markdown]
# ![Five frames: the curve of x to the power 3 with two straight lines. The red one goes through the
# curve at 1 and at 1 + epsilon, the blue one at 1 - epsilon and 1 + epsilon. Both turn into the
# tangent, the blue one sooner.](secants.png)
# Red is one-sided, blue is central. The slopes begin at 7 and 4. After four halvings they are 3.191
# and 3.004.

# %% small [markdown]
# ## How small may the step be?
#
# **Often heard.** "The smaller the step, the better the derivative." The formula says so. The
# computer does not.
#
# **Predict.** What does the one-sided difference of $x^3$ give at $x = 1$ for
# $\varepsilon = 10^{-15}$, and what for $\varepsilon = 10^{-16}$?

# %%
claim("eps = 1e-15", one_sided(cube, 1.0, 1e-15), 15 * 2.0**-52 / 1e-15, 1e-12)
claim("eps = 1e-16", one_sided(cube, 1.0, 1e-16), 0)
claim("1 + 1e-16 is 1", np.add(1.0, 1e-16), 1)

# %% [markdown]
# 3.33, and then 0. $1 + 10^{-16}$ lies closer to 1 than to the next number, so it is rounded to 1,
# and the difference is 0. With $10^{-15}$ the step is rounded to 5 spacings, and the change of $f$
# to 15. A small difference of large numbers keeps their rounding errors, but few of their digits.

# %% v-curve [markdown]
# ## Two errors, one best step
#
# The truncation error shrinks like $\varepsilon^2$. The rounding error of the values is divided by
# the step, so it grows like $1/\varepsilon$. Their sum is smallest in between. The code measures it
# for 500 values of $x$ between 1 and 2, in float64 and in float32, which has only 24 binary digits.

# %%
rng = np.random.default_rng(0)
places, steps = rng.uniform(1, 2, 500), 10.0 ** np.arange(-15, 0.1, 0.5)


def relative_errors(kind):
    x = places.astype(kind)
    slopes = np.array([central(cube, x, kind(eps)) for eps in steps], float)
    return np.median(abs(slopes - 3 * x.astype(float) ** 2) / (3 * x.astype(float) ** 2), axis=1)


double, single = relative_errors(np.float64), relative_errors(np.float32)
claim("best step in float64", steps[double.argmin()], between=(1e-6, 1e-5))
claim("its error", double.min(), between=(1e-12, 1e-10))
claim("best step in float32", steps[single.argmin()], between=(1e-3, 1e-2))
claim("its error", single.min(), between=(1e-6, 1e-4))

# %% draw
drawn, axes = figure()
axes.loglog(steps, double, color=BLUE, label="$2^{-53}$")
axes.loglog(steps, np.maximum(single, 1e-16), color=ORANGE, label="$2^{-24}$")
axes.plot(steps, steps**2 / 7, ":", steps, 2.0**-54 / steps, ":", color=GREY)
axes.set(xlabel="$\\varepsilon$", xlim=(1e-15, 1), ylim=(1e-13, 3))
axes.legend(loc="lower left")
show("v-curve", drawn)

# %% [markdown]
# ![Two curves in the shape of a V on logarithmic axes. The lower one, for float64, has its minimum
# near a step of 1e-5, the upper one, for float32, near 1e-3 to 1e-2. Dotted lines rise to both
# sides.](v-curve.png)
# The error divided by the slope, blue for float64 and orange for float32 (in the legend: the
# rounding error of one operation near 1). On the right it rises like $\varepsilon^2$, on the left
# like $1/\varepsilon$ (dotted). In float64 the best step is between $10^{-6}$ and $10^{-5}$, and
# about 11 digits are right. In float32 it is between $10^{-3}$ and $10^{-2}$, with about 5. So
# check in float64, even if the network will run in float32.

# %% relative [markdown]
# ## How large an error is large?
#
# **Often heard.** "The error is below $10^{-5}$, so the derivative is right." Take
# $f(x) = 10^{-6} x^3$ and claim that its slope at $x = 1$ is 0. The slope is $3 \cdot 10^{-6}$, so
# the error is small, and the claim is nonsense. Divide the error by the larger of the two numbers:


# %%
def relative_error(claimed, measured):
    scale = max(np.max(np.abs(claimed)), np.max(np.abs(measured)))
    return np.max(np.abs(claimed - measured)) / scale


measured = central(lambda x: 1e-6 * cube(x), 1.0, 1e-5)
claim("its relative error", relative_error(np.zeros(1), np.array([measured])), 1)
claim("the relative error of 3e-6", relative_error(3e-6, measured), between=(0, 1e-8))

# %% [markdown]
# Now the claim of 0 has the error 1, and the right one stays below $10^{-8}$, at every scale.

# %% gradient [markdown]
# ## A gradient is many slopes
#
# A function of many numbers has a slope for each. The list of these slopes is the *gradient*. Entry
# $i$ says how fast $f$ changes when only $x_i$ changes.
#
# **Predict.** $f(x) = x_0 x_1 + x_1^2$. What is the gradient at $x = (2, 3)$?


# %%
def measure(f, x, eps=1e-5):  # x is a vector; a row of the matrix moves one of its numbers
    return np.array([(f(x + row) - f(x - row)) / (2 * eps) for row in eps * np.eye(len(x))])


x = np.array([2.0, 3.0])
claim("gradient", measure(lambda x: x[0] * x[1] + x[1] ** 2, x), [x[1], x[0] + 2 * x[1]], 1e-9)

# %% [markdown]
# $(3, 8)$. The slope of $x_0$ is $x_1 = 3$, and that of $x_1$ is $x_0 + 2 x_1 = 8$. Comparing a
# claimed gradient with a measured one is called a *gradient check*.

# %% one-entry [markdown]
# ## One entry is not enough
#
# Here is a function of 50 numbers: the sum of all squared differences of neighbours,
#
# $$f(x) = \sum_i (x_{i+1} - x_i)^2$$
#
# A number inside has two neighbours, so its slope is $2 (2 x_i - x_{i-1} - x_{i+1})$. The code
# below uses this formula for all entries. But the first number has no neighbour on its left, and
# `np.roll` takes the last one instead.
#
# **Predict.** A check compares one entry, chosen at random. How likely is it to miss the mistake?


# %%
def f(x):
    return ((x[1:] - x[:-1]) ** 2).sum()


def wrong(x):
    return 2 * (2 * x - np.roll(x, 1) - np.roll(x, -1))


x = rng.standard_normal(50)
measured = measure(f, x)
agree = abs(wrong(x) - measured) < 1e-6
claim("entries that are wrong", np.flatnonzero(~agree), [0, 49])
claim("entries that agree, of 50", agree.mean(), 0.96, 1e-15)
claim("relative error over all entries", relative_error(wrong(x), measured), between=(0.05, 2))
claim("both sums", [wrong(x).sum(), measured.sum()], [0, 0], 1e-8)

# %% [markdown]
# Only the first and the last entry are wrong, so it misses the mistake with probability 0.96. The
# convolutions of T02 have the same trap at their borders. A check must look at every entry.
#
# **Often heard.** "I compared the sums of both gradients, so every entry counted." Both sums are 0
# here. The two errors are equal and of opposite sign, so they cancel.

# %% direction [markdown]
# ## A random direction sees everything
#
# Each entry costs two values of $f$, and a network has millions. Instead, move $x$ along a vector
# $v$ of random numbers. The slope is the sum of the entries, each times its number of $v$:
#
# $$\frac{f(x + \varepsilon v) - f(x - \varepsilon v)}{2 \varepsilon} \approx \sum_i g_i v_i$$
#
# where $g$ is the gradient. This takes two values of $f$, however many entries there are.


# %%
def along(f, x, v, eps=1e-5):
    return (f(x + eps * v) - f(x - eps * v)) / (2 * eps)


right = np.zeros(50)
right[1:] += 2 * (x[1:] - x[:-1])  # each difference pulls at both of its numbers
right[:-1] -= 2 * (x[1:] - x[:-1])
v = rng.standard_normal(50)
claim("the right gradient passes", right @ v, along(f, x, v), 1e-7)
many = rng.standard_normal((1000, 50))
gaps = [abs(wrong(x) @ v - along(f, x, v)) for v in many]
claim("random directions that find the mistake", np.sum(np.array(gaps) > 1e-5), 1000)
blind = np.ones(50)
claim("the direction (1, ..., 1) is blind", wrong(x) @ blind, along(f, x, blind), 1e-7)

# %% [markdown]
# All 1000 random directions find the mistake. The direction $(1, 1, \ldots, 1)$ does not: it adds
# up the entries, and that was the check that failed above. So directions must be random.

# %% kink [markdown]
# ## A kink
#
# The function $f(x) = \max(x, 0)$, which networks call ReLU, has a corner at 0. On its left the
# slope is 0, on its right it is 1, and at the corner there is none. Programs choose 0.
#
# **Predict.** What is the central difference at $x = 0$? And at $x = 10^{-7}$ with
# $\varepsilon = 10^{-6}$, where the slope is 1?


# %%
def relu(x):
    return np.maximum(x, 0.0)


claim("at the kink", [central(relu, 0.0, eps) for eps in (1.0, 1e-3, 1e-6)], 0.5)
claim("near the kink", central(relu, 1e-7, 1e-6), (1e-6 + 1e-7) / 2e-6, 1e-12)
claim("with a smaller step", central(relu, 1e-7, 1e-8), 1, 1e-12)

# %% draw
drawn, axes = figure()
line = np.array([-1.0, 1.0])
axes.plot([-1, 0, 1], [0, 0, 1], color=GREY)
axes.plot(line, 0.5 * line + 0.3, "-", 0.6 * line, relu(0.6 * line), "o", color=BLUE)
axes.plot(line, 0 * line, ":", color=VERMILION)
axes.set(xlabel="$x$", ylabel="$f(x)$", ylim=(-0.3, 1.1), title="$f(x) = \\max(x, 0)$")
show("kink", drawn)

# %% [markdown]
# ![The curve is 0 up to 0 and then rises with slope 1. A blue line through two of its points, left
# and right of 0, has slope one half. A dotted line is flat.](kink.png)
# It is $1/2$ for every step (blue): the mean of the slopes on both sides. The program says 0
# (dotted). Neither is wrong. Next to the kink it is 0.55 instead of 1, because one of the two
# points lies beyond the corner. With a smaller step it is 1. So keep $x$ farther from a kink than
# $\varepsilon$.

# %% library [markdown]
# ## The check of minigan
#
# `check_grad` does all of this. It copies the numbers to float64, takes random directions, compares
# each entry if there are not too many, and looks for kinks. `tensor` makes the arrays for which
# minigan finds gradients (T01). Two functions here are right, and two fail.

# %%
for function in (tanh, cube):
    error = check_grad(function, tensor(x)).error
    claim(f"largest relative error of {function.__name__}", error, between=(0, 1e-7))


def message(function, *numbers):
    try:
        check_grad(function, tensor(np.array(numbers)))
    except GradientError as error:
        return str(error)


def half(x):  # x squared, but detach() makes a constant of one factor
    return x * x.detach()


print(message(half, 3.0))
print(message(F.relu, -1.0, 0.0, 2.0))
rule, slope = map(float, re.findall(r"([-0-9.]+) by ", message(half, 3.0)))
claim("the rule has half of the slope", rule / slope, 0.5, 1e-6)
claim("a kink is named", "a kink" in message(F.relu, -1.0, 0.0, 2.0), True)

# %% [markdown]
# `half` computes $x^2$, and its gradient is $x$ instead of $2x$. The message names the entry and
# both numbers, one of them half of the other. (They are not 3 and 6, because the check multiplies
# each output by a random number first.) For ReLU at 0 the message says that a kink is suspected.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# $f(x) = x^2$, $x = 3$, $\varepsilon = 0.1$. Compute the one-sided and the central difference. Why
# is one of them exact?
#
# **Hint 1.** $3.1^2 = 9.61$ and $2.9^2 = 8.41$.
#
# **Hint 2.** Compute both with $\varepsilon$ as a letter.
#
# **Hint 3.** $(x + \varepsilon)^2 - (x - \varepsilon)^2 = 4 x \varepsilon$.
#
# **Solution.** 6.1 and 6. Without rounding the central difference is $2x$ for every $\varepsilon$.

# %%
claim("squares", np.square([3.1, 2.9]), [9.61, 8.41], 1e-12)
ways = one_sided(np.square, 3.0, 0.1), central(np.square, 3.0, 0.1)
claim("one-sided and central", ways, [6.1, 6], 1e-12)

# %% exercise-complex [markdown]
# ## Exercise 2: without a difference
#
# NumPy computes with complex numbers. Divide the imaginary part of $f(x + \mathrm{i} \varepsilon)$
# by $\varepsilon$, for $f(x) = x^3$ at $x = 1$ and $\varepsilon = 10^{-20}$. Why is there no
# rounding error?
#
# **Hint 1.** In Python write `1 + 1e-20j`, and `.imag`.
#
# **Hint 2.** Expand $(1 + \mathrm{i} \varepsilon)^3$.
#
# **Hint 3.** The imaginary part is $3 \varepsilon - \varepsilon^3$.
#
# **Solution.** It gives 3 exactly. The imaginary part holds $3 \varepsilon$ by itself: no large
# number is subtracted. It works only for functions that take complex numbers.

# %%
claim("complex step", cube(1 + 1e-20j).imag / 1e-20, 3)

# %% summary [markdown]
# ## What to keep
#
# - Central differences, in float64, with $\varepsilon$ between $10^{-6}$ and $10^{-5}$.
# - Errors relative to the gradient; every entry, or random directions; not near a kink.
#
# T01 shows how a program finds the gradient itself. Assignment A1 asks you to write the check.
