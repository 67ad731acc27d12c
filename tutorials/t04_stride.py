# %% start [markdown]
# # Stride above 1: holes, cropping, output padding, dilation
#
# - **Aim.** You can compute a transposed convolution with any stride, padding, output padding and
#   dilation, and choose these four so that a layer has the size that you need.
# - **You need.** The stride of a convolution (T02), and the transposed convolution (T03).
# - **Time.** 20 s to run, 50 minutes to read.
# - **Next.** How evenly the products are spread (T05), and assignment A2, parts 2.4 to 2.7.
#
# A convolution with a stride makes an image smaller, and its transpose makes it larger again.

# %%
from itertools import pairwise, product

import numpy as np

from lesson import BLUE, GREY, ORANGE, SKY, VERMILION, claim, explore, figure, grid, play, show
from minigan import nn, tensor
from minigan.conv import costs, loops
from minigan.geometry import Geometry, output_padding_for
from minigan.nn import functional as F


def row(*numbers):  # one image, one channel, one row of numbers
    return tensor(np.array(numbers, float).reshape(1, 1, -1))


# %% sizes [markdown]
# ## Three sizes become one
#
# By T02 a convolution of $X$ numbers gives $Y = \lfloor (X + 2p - k)/s \rfloor + 1$ numbers. The
# brackets round down, so sizes are lost.
#
# **Often heard.** "A transposed convolution with the same $k$, $s$ and $p$ gives back the size."
#
# **Predict.** $k = 5$, $s = 3$, $p = 2$. What is $Y$ for $X = 16$, $17$ and $18$? And what size
# does the transposed convolution with the same settings make of it?

# %%
there = [Geometry.conv((X,), 5, stride=3, padding=2).Y[0] for X in (16, 17, 18)]
back = [Geometry.conv_transpose((Y,), 5, stride=3, padding=2).X[0] for Y in there]
claim("Y for X = 16, 17, 18", there, [(X + 4 - 5) // 3 + 1 for X in (16, 17, 18)])
claim("and back", back, [16, 16, 16])

# %% draw
drawn, axes = figure()
X = np.arange(10, 25)
Y = np.array([Geometry.conv((n,), 5, stride=3, padding=2).Y[0] for n in X])
axes.bar(X, Y, color=[ORANGE if n == 6 else GREY for n in Y])
axes.bar(16, 6, color=BLUE)
axes.set(xlabel="$X$", ylabel="$Y$", xticks=X, title="$k = 5$, $s = 3$, $p = 2$")
show("staircase", drawn)

# %% [markdown]
# ![Bars of Y over X from 10 to 24 form a staircase. Three neighbours have the same height each;
# those at 16, 17 and 18 have the height 6.](staircase.png)
# $Y = 6$ for all three (coloured), and back it is always 16 (blue). Only the first of each $s$
# neighbours comes back. The smallest case is $k = 1$, $s = 2$: 2 becomes 1, and back it is 1.

# %% scatter [markdown]
# ## Scatter, $s$ apart
#
# In T03 each $y_o$ adds its multiple of the kernel to $x$, beginning at the place $o$. With a
# stride the windows of a convolution are $s$ apart. So the copies of the kernel are, too:
#
# $$x_{s o + i} \leftarrow x_{s o + i} + w_i \, y_o \qquad \text{for all } o \text{ and } i$$
#
# **Predict.** $y = (1, 2)$, $w = (3, 4, 5)$, $s = 2$. Compute $x$.

# %%
y, w = row(1, 2), row(3, 4, 5)
x = F.conv_transpose1d(y, w, stride=2)
claim("two copies, 2 apart", x, row(3, 4, 5, 0, 0) + row(0, 0, 6, 8, 10))

# %% [markdown]
# $x = (3, 4, 11, 8, 10)$. The first copy covers the places 0 to 2, the second the places 2 to 4.
# They share one place. The last copy begins at $s(Y - 1)$ and has $k$ numbers, so
#
# $$X = s (Y - 1) + k$$

# %% film [markdown]
# ## The same in two dimensions
#
# Here $y$ is 2x2 and $w$ is 3x3. With $s = 2$, $x$ is 5x5.

# %%
square = np.array([[1.0, 2.0], [3.0, 4.0]])[None, None]
kernel = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]])[None, None]
x = F.conv_transpose2d(tensor(square), tensor(kernel), stride=2)
claim("the middle of x", x[0, 0, 2, 2], 1 * 1 + 2 * 2 + 3 * 0 + 4 * 1)


# %% draw
def scattering():
    geometry = Geometry.conv_transpose((2, 2), (3, 3), stride=2)
    for step in loops.steps_transpose(square, kernel, geometry):
        drawn, axes = figure(1, 3, width_ratios=[3, 3, 5])
        here = square[0, 0] == square[0, 0][step.position]
        grid(axes[0], square[0, 0], "$y$", fill={SKY: here}, most=(5, 3))
        grid(axes[1], square[0, 0][here] * kernel[0, 0], "$y_o w$", most=(5, 3))
        grid(axes[2], step.result[0, 0], "$x$", frame={ORANGE: [step.window]})
        yield drawn


play("scattering", scattering())

# %% [markdown]
# ![Four frames: one number of y is marked, its multiple of the 3x3 kernel stands beside it, and a
# 3x3 block of the 5x5 image x is framed. The blocks are two places apart.](scattering.png)
# The framed blocks move by 2. Neighbours share a row or a column, and all four share the middle:
# $1 \cdot 1 + 2 \cdot 2 + 3 \cdot 0 + 4 \cdot 1 = 9$.

# %% holes [markdown]
# ## Holes
#
# **The note says.** At a stride above 1, holes are put into the input, and it is a convolution.
#
# This always holds. Put $s - 1$ zeros between each two numbers of $y$, and call the result $z$. So
# $z_{s o} = y_o$, and each inserted zero is a *hole*. Scattering $z$ at stride 1 is scattering $y$
# at stride $s$, because a hole adds nothing. For stride 1 we know the answer from T03: a
# convolution with the flipped kernel and the padding $p' = k - 1 - p$:
#
# $$x_h = \sum_i w_i \, z_{h - i}$$
#
# **Predict.** How many numbers has $z$ for $Y = 4$ and $s = 3$?

# %%
claim("the size of z", Geometry.conv_transpose((4,), 1, stride=3).dense.Y, 3 * (4 - 1) + 1)
z = row(1, 0, 2)  # y = (1, 2) with one hole
claim("z scattered at stride 1", F.conv_transpose1d(z, w), row(3, 4, 11, 8, 10))
gathered = F.conv1d(z, w.flip(2), padding=3 - 1)
claim("gathered with the flipped kernel", gathered, row(3, 4, 11, 8, 10))
claim("as the library does it", F.conv_transpose1d(y, w, stride=2, by="holes"), gathered)


# %% draw
def gathering():
    padded, flipped = np.array([0.0, 0, 1, 0, 2, 0, 0]), np.array([5.0, 4.0, 3.0])
    x = np.full(5, np.nan)
    for h in range(5):
        x[h] = padded[h : h + 3] @ flipped
        drawn, axes = figure(3, 1)
        window = {ORANGE: [(slice(0, 1), slice(h, h + 3))]}
        grid(axes[0], padded, "$z$", faint=padded == 0, fill={SKY: padded > 0}, frame=window)
        grid(axes[1], flipped, "$w_{k-1-i}$", most=(1, 7))
        grid(axes[2], x, "$x$", fill={ORANGE: np.arange(5) == h}, most=(1, 7))
        yield drawn


play("gathering", gathering())

# %% [markdown]
# ![Five frames: a window of three moves over 0 0 1 0 2 0 0, where the zeros are dotted. Under it
# stand the flipped kernel 5 4 3 and x, which fills up to 3 4 11 8 10.](gathering.png)
# $3 \cdot (4 - 1) + 1 = 10$: there are holes between the numbers, and none behind the last. In the
# film $p' = 2$ zeros more stand at each end. Each frame gives one number of $x$.

# %% waste [markdown]
# ## Most products meet a hole
#
# **Often heard.** "So this is how a computer does it." It could, but it would be slow. In the
# smallest case, $k = 1$ and $s = 2$, every second product is 0.
#
# **Predict.** In two dimensions, away from the border: which part of the products meets a hole, for
# $s = 2$, for $s = 3$ and for $s = 4$?

# %%
for s in (2, 3, 4):
    hole = np.ones((1, 1, 8 * s, 8 * s))
    hole[..., ::s, ::s] = 0
    for k in (1, 3, 4, 5):  # slide a window over z, and count the holes under it
        counts = F.conv2d(tensor(hole), tensor(np.ones((1, 1, k, k))))[..., :s, :s]
        claim(f"part of holes, k = {k}, s = {s}", counts.mean() / k**2, 1 - 1 / s**2, 1e-15)

layer = Geometry.conv_transpose((4, 4), 4, stride=2, padding=1)
names = ("loops", "holes", "polyphase")
useful, holes, phases = (costs.multiplications(n, "conv_transpose", layer, 1, 1, 1) for n in names)
claim("useful products, products with holes", [useful, holes], [(2 + 6 * 2) ** 2, 8 * 8 * 4 * 4])
claim("part wasted in this layer", 1 - useful / holes, 1 - 196 / 1024)
claim("by remainders", phases, 256)

# %% [markdown]
# 75.0 %, 88.9 % and 93.75 %, for every $k$: of $s^2$ places only one is not a hole. The padding
# adds zeros of its own. A layer with $k = 4$, $s = 2$, $p = 1$ that takes 4x4 to 8x8 makes 1024
# products with holes. Only $14 \cdot 14 = 196$ meet a number of $y$, so 80.9 % are wasted.
#
# Programs avoid this. At $s = 2$ even taps reach every second place of $x$, odd taps those between.
# A 2x2 convolution for each of the four kinds of place needs no holes, and 256 products here.

# %% crop [markdown]
# ## Padding crops
#
# A convolution adds $p$ zeros at each end of $x$. Its transpose crops the numbers at these places:
#
# $$X = s (Y - 1) + k - 2p$$
#
# **Often heard.** "Padding adds zeros to the input." The smallest case: $y = (1)$, $w = (3, 4, 5)$,
# $p = 1$. The result is $(4)$. Nothing was added, two numbers are gone.
#
# **Predict.** $y = (1, 2, 3)$, $k = 1$ with $w = (1)$, $s = 2$, $p = 1$. What is $x$? What is $p'$?

# %%
claim("y = (1), p = 1", F.conv_transpose1d(row(1), w, padding=1), row(4))
claim("k = 1", F.conv_transpose1d(row(1, 2, 3), row(1), stride=2, padding=1), row(0, 2, 0))
axis = Geometry.conv_transpose((3,), 1, stride=2, padding=1).axes[0]
claim("p' for k = 1, p = 1", axis.dense.flipped.padding, 1 - 1 - 1)
whole = F.conv_transpose2d(tensor(square), tensor(kernel), stride=2).numpy()[0, 0]
cropped = F.conv_transpose2d(tensor(square), tensor(kernel), stride=2, padding=1)
claim("the film with p = 1", cropped[0, 0], whole[1:-1, 1:-1])

# %% draw
drawn, axes = figure()
edge = np.pad(np.zeros((3, 3)), 1, constant_values=1) > 0
grid(axes, whole, "$p = 1$", faint=edge, frame={VERMILION: [(slice(1, 4), slice(1, 4))]})
show("cropped", drawn)

# %% [markdown]
# ![The 5x5 result of the film. The ring of numbers at the border is dotted, and the 3x3 block in
# the middle is framed.](cropped.png)
# $z = (1, 0, 2, 0, 3)$ loses one number at each end: $x = (0, 2, 0)$. Here $p' = -1$, so even the
# numbers of $y$ can get lost. The picture shows the film with $p = 1$: the frame is what remains.

# %% output-padding [markdown]
# ## Output padding chooses the size
#
# $s$ sizes $X$ lead to the same $Y$. *Output padding*, written $\text{op}$, chooses among them:
#
# $$X = s (Y - 1) + k - 2p + \text{op} \qquad 0 \le \text{op} < s$$
#
# **Often heard.** "Output padding appends zeros." ([PyTorch
# #8816](https://github.com/pytorch/pytorch/issues/8816)) It computes more numbers.
#
# **Predict.** $y = (1, 2)$, $w = (3, 4, 5)$, $s = 2$ give $(3, 4, 11, 8, 10)$. What is $x$ for
# $p = 1$ and $\text{op} = 0$? And for $p = 1$ and $\text{op} = 1$?

# %%
one = {"stride": 2, "padding": 1}
claim("p = 1, op = 0", F.conv_transpose1d(y, w, **one), row(4, 11, 8))
claim("p = 1, op = 1", F.conv_transpose1d(y, w, **one, output_padding=1), row(4, 11, 8, 10))
beyond = F.conv_transpose1d(row(1), row(3, 4), row(7)[0, 0], stride=2, output_padding=1)
claim("no copy reaches the last place", beyond, row(3 + 7, 4 + 7, 7))
claim("by op", [Geometry.conv_transpose((6,), 5, 3, 2, op).X[0] for op in range(3)], [16, 17, 18])

# %% [markdown]
# $(4, 11, 8)$ and $(4, 11, 8, 10)$. The new number is 10, not 0: less is cropped at the end. Only
# where $\text{op}$ is larger than $p$ does the end lie beyond the last copy. There a layer has
# nothing but its bias, as in $(10, 11, 7)$ with the bias 7 and $w = (3, 4)$.

# %% choose [markdown]
# ## Which one do I need?
#
# Three convolutions with $k = 3$, $s = 2$, $p = 1$ make 28 into 14, 7 and 4. Three transposed ones
# should go the same way back. What the brackets rounded away has to come back:
#
# $$\text{op} = (X + 2p - k) \bmod s$$
#
# **Predict.** Which $\text{op}$ does each of the three layers from 4 back to 28 need?

# %%
sizes = [28, 14, 7, 4]
down = [[Geometry.conv((X,), k, 2, 1).Y[0] for X in sizes[:3]] for k in (3, 4)]
claim("down with k = 3 and k = 4", down, [sizes[1:], [14, 7, 3]])
chosen = [output_padding_for((X,), (Y,), 3, 2, 1)[0] for X, Y in pairwise(sizes)][::-1]
claim("op from 4 to 7, to 14, to 28", chosen, [(X + 2 - 3) % 2 for X in (7, 14, 28)])
always = [Geometry.conv_transpose((Y,), 3, 2, 1, 1).X[0] for Y in (4, 8, 16)]
never = [Geometry.conv_transpose((Y,), 4, 2, 1).X[0] for Y in (3, 6, 12)]
claim("op = 1 with k = 3, op = 0 with k = 4", [always, never], [[8, 16, 32], [6, 12, 24]])
layer = nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, generator=0)
x = layer(tensor(np.ones((1, 1, 4, 4), "float32")), output_size=(7, 8))
claim("the layer finds op itself", x.shape[2:], [7, 8])

# %% [markdown]
# 0, 1 and 1. With 1 in each layer, 4 becomes 8, 16, 32. With $k = 4$, 28, 14, 7, 3 come back as 6,
# 12, 24 if $\text{op} = 0$. The layer `nn.ConvTranspose2d` also takes the size, as `output_size`.

# %% shifted [markdown]
# ## The right shape with wrong values
#
# **Often heard.** "The shape is right, so it is right." ([Keras PR
# 22876](https://github.com/keras-team/keras/pull/22876)) There are two ways to crop two numbers of
# $(3, 4, 11, 8, 10)$: one at each end, or both at the end. The shapes agree. All three values
# differ, because the image is shifted by one place. The test of T03 finds this fault:
# $\langle M x, y \rangle$ must equal $\langle x, M^\top y \rangle$ for any $x$.

# %%
x = F.conv_transpose1d(y, w, stride=2)
right, wrong, image = x[..., 1:-1], x[..., :-2], row(1, 2, 3)
claim("wrong values", np.count_nonzero((right - wrong).numpy()), 3)
product_y = (F.conv1d(image, w, stride=2, padding=1) * y).sum()
claim("<M image, y> = <image, right>", product_y, (image * right).sum())
claim("<image, wrong>", (image * wrong).sum() - product_y, -6)

# %% dilation [markdown]
# ## Dilation: holes in the kernel
#
# The *dilation* $d$ moves the taps apart: tap $i$ lies at the place $d i$. So the kernel gets
# $d - 1$ holes between its taps. It covers $d (k - 1) + 1$ places, and this replaces $k$:
#
# $$X = s (Y - 1) + d (k - 1) + 1 - 2p + \text{op} \qquad p' = d (k - 1) - p$$
#
# **Predict.** $y = (1, 2)$, $w = (3, 4, 5)$, $s = 1$, $d = 2$. How large is $x$, and what is it?

# %%
x = F.conv_transpose1d(y, w, dilation=2)
claim("d = 2", x, row(3, 6, 4, 8, 5, 10))
claim("holes in w", x, F.conv_transpose1d(y, row(3, 0, 4, 0, 5)))
claim("dilation for stride", F.conv_transpose1d(w, y, dilation=2), row(3, 4, 11, 8, 10))

# %% [markdown]
# $1 + 4 + 1 = 6$ numbers: $(3, 6, 4, 8, 5, 10)$. Stride and dilation are two sides of one thing.
# The stride puts holes into $y$, the dilation into $w$. If $y$ and $w$ change places, stride 2
# becomes dilation 2. (With a dilation, $\text{op} < d$ is legal, too.)

# %% all [markdown]
# ## All settings at once
#
# Scatter, gather with holes, and take the gradient of the convolution: three programs that share no
# formula. On whole numbers they must agree exactly.

# %%
rng, agree = np.random.default_rng(0), 0
y = tensor(rng.integers(-9, 10, (1, 2, 7, 8)).astype(float))
for k, s, d, p in product(range(1, 7), range(1, 5), range(1, 4), range(4)):
    w = tensor(rng.integers(-9, 10, (2, 3, k, k)).astype(float))
    settings = {"stride": s, "padding": p, "dilation": d}
    for op in range(s):
        more = {**settings, "output_padding": op}
        x = F.conv_transpose2d(y, w, **more, by="im2col")
        image = tensor(np.zeros(x.shape), requires_grad=True)
        F.conv2d(image, w, **settings).backward(y)
        by_holes = F.conv_transpose2d(y, w, **more, by="holes")
        agree += bool((x == by_holes).all() and (x == image.grad).all())
claim("settings that agree", agree, 6 * (1 + 2 + 3 + 4) * 3 * 4)


# %% draw
def taps(k, s, p, d):
    axis = Geometry.conv_transpose((4,), k, s, p, dilation=d).axes[0]
    table = np.full((4, axis.X), np.nan)
    for o, i in np.ndindex(4, k):
        if 0 <= (h := axis.position(o, i)) < axis.X:
            table[o, h] = i
    drawn, axes = figure()
    grid(axes, table, f"$X = {axis.X}$", fill={SKY: table >= 0}, most=(4, 16))
    return drawn


explore("taps", {"k": [2, 3, 4], "s": [1, 2, 3], "p": [0, 1], "d": [1, 2]}, taps, (3, 2, 0, 1))

# %% [markdown]
# ![A table with a row for each of four numbers of y and a column for each place of x. Row by row
# the taps 0, 1, 2 stand farther to the right. Sliders choose k, s, p and d.](taps.png)
# All 720 settings agree. In the table each row is a number $y_o$ and each column a place $h$ of
# $x$. A square holds the tap $i$ that joins them. $s$ moves the rows apart, $d$ moves the taps
# apart, $p$ crops columns at both ends. A column lists what is added up there: T05 counts it.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# $y = (2, -1, 1)$, $w = (1, 3)$, $s = 3$. Find $x$ for $p = 0$, and for $p = 1$, $\text{op} = 2$.
#
# **Hint 1.** Where do the three copies of the kernel begin?
#
# **Hint 2.** At 0, 3 and 6. There is one place between two copies that no copy reaches.
#
# **Hint 3.** For $p = 1$ crop one number at each end, then compute two more at the end.
#
# **Solution.** $(2, 6, 0, -1, -3, 0, 1, 3)$, and $(6, 0, -1, -3, 0, 1, 3, 0)$.

# %%
y, w = row(2, -1, 1), row(1, 3)
claim("exercise 1", F.conv_transpose1d(y, w, stride=3), row(2, 6, 0, -1, -3, 0, 1, 3))
x = F.conv_transpose1d(y, w, stride=3, padding=1, output_padding=2)
claim("exercise 1, p = 1, op = 2", x, row(6, 0, -1, -3, 0, 1, 3, 0))

# %% exercise-large [markdown]
# ## Exercise 2: a kernel of 64
#
# Somebody asks what `kernel_size=64, padding=16, stride=32` does. ([d2l-pytorch
# #22](https://github.com/woowacampers/d2l-pytorch/issues/22)) How large is $x$?
#
# **Hint 1.** Put the three numbers into the formula for $X$.
#
# **Hint 2.** $32 (Y - 1) + 64 - 32$.
#
# **Hint 3.** The numbers without $Y$ cancel.
#
# **Solution.** $X = 32 Y$. For even $s$, $k = 2s$ with $p = s/2$ always enlarges exactly $s$ times.

# %%
large = [Geometry.conv_transpose((Y,), 64, stride=32, padding=16).X[0] for Y in (1, 5, 10)]
claim("exercise 2", large, [32 * 1, 32 * 5, 32 * 10])

# %% summary [markdown]
# ## What to keep
#
# - The stride moves the copies of the kernel $s$ apart. The same with holes: $s - 1$ zeros between
#   the numbers of $y$, then the flipped kernel with the padding $p' = d (k - 1) - p$.
# - Padding crops. Output padding computes more at the end and chooses among $s$ sizes.
# - The right shape proves no value. Test $\langle M x, y \rangle = \langle x, M^\top y \rangle$.
