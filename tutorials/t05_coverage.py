# %% start [markdown]
# # Coverage, even and odd kernels, checkerboards
#
# - **Aim.** You can predict where a transposed convolution adds up more products than elsewhere,
#   for every kernel size and stride, and choose sizes with which it does not.
# - **You need.** The transposed convolution (T03), and the stride as holes in its input (T04).
# - **Time.** 10 s to run, 45 minutes to read.
# - **Next.** When the transpose is the inverse (T06), and assignment A3.
#
# Images that networks draw often show a fine grid, a *checkerboard*. Its cause is arithmetic, and
# it is there before any training. This chapter counts products.

# %%
from itertools import product
from math import ceil

import numpy as np

from lesson import BLUE, ORANGE, SKY, VERMILION, claim, explore, figure, grid, play, show
from minigan import tensor
from minigan.geometry import Geometry
from minigan.nn import functional as F


def ones(*shape):
    return tensor(np.ones(shape))


def axis(Y, k, s, p=0):  # one axis of a transposed convolution that reads Y numbers
    return Geometry.conv_transpose((Y,), k, s, p).axes[0]


# %% count [markdown]
# ## Count what arrives
#
# The *coverage* $c(h)$ is the number of products that are added up at the position $h$ of $x$. So
# it is the number of pairs of a position $o$ of $y$ and a tap $i$ with
#
# $$s \, o + i - p = h$$
#
# To count them, let a transposed convolution read ones with a kernel of ones.
#
# **Predict.** $y$ has 4 numbers, $k = 3$, $s = 2$, $p = 0$. What is $c(h)$ at the 9 positions?

# %%
counted = F.conv_transpose1d(ones(1, 1, 4), ones(1, 1, 3), stride=2)
print(counted.numpy()[0, 0].astype(int))
claim("coverage for k = 3, s = 2", counted.reshape(9), [1, 1, 2, 1, 2, 1, 2, 1, 1])
claim("the geometry counts the same", axis(4, 3, 2).coverage, counted.reshape(9))

# %% [markdown]
# $1, 1, 2, 1, 2, 1, 2, 1, 1$. Away from the ends, 2 and 1 alternate. Every second position gets
# twice as many products. Training changes the weights, but not this number.

# %% odd [markdown]
# ## The picture of the odd kernel
#
# **The note says.** Use even kernels: with an odd kernel the number of valid values under the
# kernel changes with its position, 2 and then 1.
#
# Put the holes of T04 into $y$ and slide a window over it. A value is valid if it is not a hole.
# Each valid value gives one product, so the number of valid values is the coverage.

# %%
y = np.array([1.0, 0, 1, 0, 1, 0, 1, 0, 1])  # s = 2: one hole between two values
valid = {k: F.conv1d(tensor(y.reshape(1, 1, 9)), ones(1, 1, k)).numpy()[0, 0] for k in (3, 4)}
claim("valid values under an odd kernel", valid[3], [2, 1, 2, 1, 2, 1, 2])
claim("valid values under an even kernel", valid[4], [2, 2, 2, 2, 2, 2])


# %% draw
def sliding():
    for h in range(6):
        drawn, axes = figure(2, 1)
        for k, panel in zip((3, 4), axes, strict=True):
            inside = (np.arange(9) >= h) & (np.arange(9) < h + k) & (y > 0)
            window = {VERMILION: [(slice(0, 1), slice(h, h + k))]}
            label = f"$k = {k}$:  $c = {valid[k][h]:.0f}$"
            grid(panel, y, label, fill={ORANGE: inside}, frame=window, faint=y == 0)
        yield drawn


play("sliding", sliding())

# %% [markdown]
# ![Six frames: a window of three and a window of four squares move over ones and zeros in turn. The
# first holds 2, 1, 2, 1 ones, the second always 2.](sliding.png)
# Top, $k = 3$: 2 valid values (orange), then 1, then 2 again. Bottom, $k = 4$: always 2. For
# $s = 2$ the note is right. The next two steps ask whether it is the even number that matters.

# %% law [markdown]
# ## The law
#
# Which taps reach the position $h$? From $s \, o + i = h + p$ it follows that $i$ and $h + p$ leave
# the same remainder on division by $s$. Call it $r = (h + p) \bmod s$. Of the taps
# $0, \ldots, k - 1$ these are $r$, $r + s$, $r + 2s$ and so on. So away from the ends
#
# $$c(h) = \left\lceil \frac{k - r}{s} \right\rceil$$
#
# and $c(h) = 0$ if $r \ge k$.
#
# **Predict.** $k = 5$ and $s = 2$: which two numbers alternate? And $k = 4$, $s = 3$: which three?

# %%
settings, counts, law = list(product(range(1, 9), range(1, 6), range(3))), [], []
for k, s, p in settings:
    found = axis(20, k, s, p).coverage
    inside = range(k + s, len(found) - k - s)
    counts += [found[h] for h in inside]
    law += [ceil(max(k - (h + p) % s, 0) / s) for h in inside]
claim("the law agrees with the count", counts, law)
claim("settings compared", len(settings), 8 * 5 * 3)
claim("k = 5, s = 2", axis(20, 5, 2).interior_coverage, [3, 2])
claim("k = 4, s = 3", axis(20, 4, 3).interior_coverage, [2, 1, 1])

# %% [markdown]
# For $k = 5$, $s = 2$: 3 and 2. For $k = 4$, $s = 3$: 2, 1, 1. The law agrees with the count for
# all 120 settings with $k$ up to 8, $s$ up to 5 and $p$ up to 2.

# %% divides [markdown]
# ## The stride must divide the kernel
#
# The $k$ taps are shared out among the $s$ remainders. Each remainder gets the same number of taps
# if and only if $s$ divides $k$. Then the coverage is *uniform* away from the ends:
#
# $$c(h) = \frac{k}{s} \quad \text{if } s \mid k$$
#
# The rule of the even kernel is the case $s = 2$.
#
# **Often heard.** "Use an even kernel." $k = 4$ is even, and with $s = 3$ it gives 2, 1, 1. $k = 3$
# is odd, and with $s = 3$ it gives 1, 1, 1.
#
# **Often heard.** "$k = 2$ with $s = 2$ gives a checkerboard, because $k$ is not divisible by $s$."
# ([from a quiz](https://github.com/rohitg00/ai-engineering-from-scratch/pull/374)) It is divisible,
# and the coverage is 1 everywhere.

# %%
for k, s in [(2, 2), (3, 2), (4, 2), (3, 3), (4, 3), (6, 3), (6, 4)]:
    found = axis(20, k, s)
    claim(f"k = {k}, s = {s}", np.ptp(found.interior_coverage) == 0, k % s == 0)
    print(f"k = {k}, s = {s}: {found.interior_coverage}")


# %% draw
def bars(k, s):
    found = axis(7, k, s).coverage
    drawn, axes = figure()
    axes.bar(range(len(found)), found, color=BLUE if k % s == 0 else VERMILION)
    axes.set(xlabel="$h$", ylabel="$c(h)$", ylim=(0, 6.2), title=f"$k = {k}$, $s = {s}$")
    return drawn


explore("bars", {"k": range(1, 7), "s": range(1, 5)}, bars, start=(3, 2))

# %% [markdown]
# ![A bar for each position shows its coverage; sliders choose the kernel size from 1 to 6 and the
# stride from 1 to 4. The bars inside are of equal height where s divides k.](bars.png)
# Choose $k$ and $s$. Blue: $s$ divides $k$, and the bars inside are equal. Red: it does not.

# %% gaps [markdown]
# ## A kernel smaller than the stride
#
# With $k = 2$ and $s = 4$ the law gives 1, 1, 0, 0. Where the coverage is 0, no product arrives.
# These positions hold the bias and nothing else, whatever the network learns.

# %%
claim("k = 2, s = 4", axis(20, 2, 4).interior_coverage, [1, 1, 0, 0])
rng = np.random.default_rng(0)
w = rng.standard_normal(4)
x = F.conv_transpose1d(ones(1, 1, 6), tensor(w[:2].reshape(1, 1, 2)), stride=4).numpy()[0, 0]
claim("where nothing arrives", [x[2::4], x[3::4]], np.zeros((2, 5)))

# %% plane [markdown]
# ## In the plane the counts multiply
#
# Rows and columns are counted apart, and each position gets the product of its two counts. Along a
# line the counts are 2 and 1. In the plane they are 4, 2 and 1.

# %%
for k in (3, 5, 4):
    plane = F.conv_transpose2d(ones(1, 1, 4, 4), ones(1, 1, k, k), stride=2).numpy()[0, 0]
    claim(f"k = {k}: products of counts", plane, np.outer(*[axis(4, k, 2).coverage] * 2))
    inside = np.unique(plane[k - 1 : 1 - k, k - 1 : 1 - k])
    print(f"k = {k}, s = 2: the counts inside are {inside}")
    claim(f"k = {k}: counts inside", inside, {3: [1, 2, 4], 5: [4, 6, 9], 4: [4]}[k])

# %% draw
drawn, axes = figure(1, 2)
for k, panel in zip((3, 4), axes, strict=True):
    plane = np.outer(*[axis(3, k, 2).coverage] * 2)
    grid(panel, plane, f"$k = {k}$", fill={ORANGE: plane == 4, SKY: plane == 2}, most=(8, 8))
show("plane", drawn)

# %% [markdown]
# ![Two squares of numbers. For k = 3 the numbers 4, 2 and 1 alternate like a checkerboard. For k =
# 4 all numbers inside are 4, those at the edges 2, and those in the corners 1.](plane.png)
# Left $k = 3$, right $k = 4$, both with $s = 2$. The left one is the checkerboard. With $k = 5$ the
# three numbers are 9, 6 and 4 ([Odena et al. 2016](https://distill.pub/2016/deconv-checkerboard/)).

# %% border [markdown]
# ## The border
#
# Even if $s$ divides $k$, the border gets less. At the first $k - s$ positions some products are
# missing: those with values that would stand before the first value of $y$. The padding $p$ crops
# there.
#
# **Predict.** $k = 4$ and $s = 2$. What is the least $p$ with which every position has $c(h) = 2$?

# %%
for p in (0, 1, 2):
    print(f"p = {p}: {axis(6, 4, 2, p).coverage}")
claim("p = k - s", axis(6, 4, 2, 2).coverage, [2] * 10)
claim("p = 1, as in DCGAN", axis(6, 4, 2, 1).coverage, [1, *[2] * 10, 1])
claim("sizes for p = 0, 1, 2", [axis(6, 4, 2, p).X for p in (0, 1, 2)], [14, 12, 10])

# %% [markdown]
# $p = k - s = 2$. DCGAN ([Radford et al. 2016](https://arxiv.org/abs/1511.06434)) takes $p = 1$.
# That crops one position too few at each end: $1, 2, 2, \ldots, 2, 1$. In return the size doubles
# exactly, from 6 to 12. With $p = 2$ it would be 10.

# %% stack [markdown]
# ## Layers on layers
#
# A network that draws images stacks transposed convolutions. Does the next layer smooth the
# pattern?
#
# **Predict.** $k = 3$ and $s = 2$. After one layer the counts inside lie between 1 and 2. Where do
# they lie after two layers, and after three?

# %%
middle = {}
for k in (3, 4):
    x = ones(1, 1, 12)
    for layer in (1, 2, 3):
        x = F.conv_transpose1d(x, ones(1, 1, k), stride=2, padding=1)
        middle[k, layer] = x.numpy()[0, 0, x.shape[2] // 4 : -x.shape[2] // 4]
        print(f"k = {k}, layer {layer}: {middle[k, layer].min()} to {middle[k, layer].max()}")
claim("largest, k = 3", [middle[3, n].max() for n in (1, 2, 3)], [2, 3, 5])
claim("smallest, k = 3", [middle[3, n].min() for n in (1, 2, 3)], [1, 1, 1])
claim("k = 4 stays uniform", [np.ptp(middle[4, n]) for n in (1, 2, 3)], [0, 0, 0])

# %% [markdown]
# It gets worse: 1 to 2, 1 to 3, 1 to 5. In the plane these are 4, 9 and 25 to 1. With $k = 4$ every
# layer doubles all counts, and the coverage stays uniform.

# %% weights [markdown]
# ## Uniform coverage is necessary, not sufficient
#
# **Often heard.** "I made $k$ a multiple of $s$, and the checkerboard is still there."
# ([icenet-mp PR 277](https://github.com/alan-turing-institute/icenet-mp/pull/277)) The counts are
# equal now, but the weights are not. Let $y$ be 1 everywhere, $k = 4$ and $s = 2$. Positions with
# $r = 0$ hold $w_0 + w_2$, those with $r = 1$ hold $w_1 + w_3$.

# %%
x = F.conv_transpose1d(ones(1, 1, 8), tensor(w.reshape(1, 1, 4)), stride=2).numpy()[0, 0]
claim("x where r = 0", x[8], w[0] + w[2], 1e-15)
claim("x where r = 1", x[9], w[1] + w[3], 1e-15)
print(x[4:10].round(3))
many = rng.standard_normal((20000, 4))
claim("variances over many kernels", (many[:, :2] + many[:, 2:]).var(0), between=(1.9, 2.1))

# %% [markdown]
# With this random kernel $x$ is 0.766 and $-0.027$ in turn: stripes. Over 20000 kernels the two
# sums have the same variance, about 2, because both add two weights. But a network has one kernel,
# and in that kernel the two sums differ.

# %% cures [markdown]
# ## Two cures
#
# **Start with repeated weights.** Draw $k/s$ random numbers and repeat each $s$ times, such as
# $w = (a, a, b, b)$. Then all remainders have the same weights
# ([Aitken et al. 2017](https://arxiv.org/abs/1707.02937)). Training may change that later.
#
# **Enlarge first, then convolve.** Repeat each value of $y$ and use a convolution of stride 1. Then
# all taps reach every position.

# %%
a, b = rng.standard_normal(2)
y = tensor(rng.standard_normal((1, 1, 8)))
x = F.conv_transpose1d(y, tensor(np.array([[[a, a, b, b]]])), stride=2)
claim("both remainders agree, for every y", x[..., 0::2], x[..., 1::2])


def untrained(k, s):  # two layers with random weights; s = 1 enlarges first
    rng, hill = np.random.default_rng(3), np.exp(-((np.arange(9) - 4) ** 2) / 8)
    x = tensor(np.outer(hill, hill)[None, None])
    for C in (8, 1):
        w = tensor(rng.standard_normal((x.shape[1], C, k, k)))
        if s == 1:
            x = F.conv2d(F.interpolate(x, scale_factor=2), w.transpose(0, 1), padding=1)
        else:
            x = F.conv_transpose2d(x, w, stride=s, padding=1)
    return x.numpy()[0, 0]


# %% draw
drawn, axes = figure(1, 3)
for (k, s), panel in zip([(3, 2), (4, 2), (3, 1)], axes, strict=True):
    panel.imshow(untrained(k, s), cmap="gray")
    panel.set_title(f"$k = {k}$, $s = {s}$")
    panel.set_axis_off()
show("untrained", drawn)

# %% [markdown]
# ![Three gray images made of one soft spot. The first two are covered by a grid of light and dark
# squares, the third is a soft spot again.](untrained.png)
# One soft spot as $y$, two layers with random weights. Left and middle: transposed convolutions.
# Right: enlarged first, then convolved.

# %% gradient [markdown]
# ## The gradient has it, too
#
# The gradient of a convolution is a transposed convolution (T03). So a network whose convolution
# has $k = 3$ and $s = 2$ sends a checkerboard back into its image.

# %%
x = tensor(np.zeros((1, 1, 9, 9)), requires_grad=True)
F.conv2d(x, ones(1, 1, 3, 3), stride=2).sum().backward()
claim("gradient = coverage", x.grad[0, 0], np.outer(*[axis(4, 3, 2).coverage] * 2))

# %% exercise-choose [markdown]
# ## Exercise 1: choose a kernel
#
# For $s = 3$, which $k$ up to 8 have uniform coverage inside? With which $p$ is the border equal,
# too?
#
# **Hint 1.** What must $s$ and $k$ have in common?
#
# **Hint 2.** $k$ is a multiple of 3.
#
# **Hint 3.** Crop $k - s$ positions at each end.
#
# **Solution.** $k = 3$ with $p = 0$, and $k = 6$ with $p = 3$.

# %%
uniform = [k for k in range(1, 9) if axis(20, k, 3).is_uniform]
claim("uniform inside for s = 3", uniform, [3, 6])
claim("and at the border", [np.ptp(axis(20, k, 3, k - 3).coverage) for k in uniform], [0, 0])

# %% exercise-dilation [markdown]
# ## Exercise 2: a dilated kernel
#
# With the dilation $d$ of T04 the taps lie at $0$, $d$, $2d$ and so on. Take $k = s = d = 2$. What
# is $c(h)$ inside, and why does the law fail?
#
# **Hint 1.** Which remainders do the places 0 and 2 leave on division by 2?
#
# **Hint 2.** Both leave the remainder 0.
#
# **Hint 3.** So nothing arrives where $r = 1$.
#
# **Solution.** 2 and 0 in turn. Uniform coverage needs $s \mid k$, and $s$ and $d$ without a common
# factor.

# %%
dilated = Geometry.conv_transpose((20,), 2, stride=2, dilation=2).axes[0]
claim("k = s = d = 2", dilated.interior_coverage, [2, 0])

# %% exercise-layers [markdown]
# ## Exercise 3: a fourth layer
#
# With $k = 3$ and $s = 2$ the largest counts are 2, 3 and 5 after one, two and three layers. Guess
# the next one, and check it.
#
# **Hint 1.** Each number is made of the two before it.
#
# **Hint 2.** $2 + 3 = 5$.
#
# **Hint 3.** They are Fibonacci numbers.
#
# **Solution.** $3 + 5 = 8$. In the plane this is 64 to 1. Every second position adds two neighbours
# of the layer before. One is the largest number there, the other a copy of the largest one layer
# earlier.

# %%
x = F.conv_transpose1d(tensor(middle[3, 3][None, None]), ones(1, 1, 3), stride=2)
claim("largest after four layers", x.max(), 8)

# %% summary [markdown]
# ## What to keep
#
# - Inside, $c(h) = \lceil (k - r)/s \rceil$ with $r = (h + p) \bmod s$. It is uniform if and only
#   if $s$ divides $k$. In the plane counts multiply, and more layers make it worse.
# - The border gets less, unless the padding crops $k - s$ at each end.
# - Equal counts are not enough, because the weights differ by remainder.
#
# Assignment A3 asks for the law, for output sizes, and for the variance by remainder.
