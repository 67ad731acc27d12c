# %% start [markdown]
# # Convolution four ways
#
# - **Aim.** You can compute a convolution in four ways, and you know its size for every setting.
# - **You need.** Sums, matrix products, and for one step the chain rule (T01).
# - **Time.** 10 s to run, 45 minutes to read.
# - **Next.** The same matrix, transposed (T03). Assignment A2 follows after T04.
#
# A convolution computes each output number from a small window of the input, with the same few
# weights everywhere. Four programs follow, and each shows something that the others hide.

# %%
from itertools import product

import numpy as np

from lesson import ORANGE, SKY, claim, figure, grid, play, show
from minigan import tensor
from minigan.check import check_grad
from minigan.conv import FORMULATIONS, costs, loops
from minigan.geometry import Geometry
from minigan.nn import functional as F


def row(*numbers):  # one image, one channel, one row of numbers
    return tensor(np.array(numbers, float).reshape(1, 1, -1))


# %% definition [markdown]
# ## The definition
#
# The input $x$ has $X$ numbers. The *kernel* $w$ has $k$ weights. Lay the kernel over the beginning
# of $x$, multiply the pairs, add up: this is $y_0$. Then move the kernel by one *position*:
#
# $$y_o = \sum_{i=0}^{k-1} w_i \, x_{o+i}$$
#
# **Predict.** $x = (1, 0, 3, 2)$ and $w = (1, 2)$. What is $y$? And how many numbers has $y$ for
# $X = 28$ and $k = 5$?

# %%
y = F.conv1d(row(1, 0, 3, 2), row(1, 2))
claim("y", y, row(1 * 1 + 2 * 0, 1 * 0 + 2 * 3, 1 * 3 + 2 * 2))
claim("Y for X = 28, k = 5", F.conv1d(row(*range(28)), row(*range(5))).shape[2], 28 - 5 + 1)

# %% [markdown]
# $y = (1, 6, 7)$. The last window begins at $X - k$, and the first at 0. So
#
# $$Y = X - k + 1$$
#
# For $X = 28$ and $k = 5$ this is 24.

# %% flip [markdown]
# ## Two conventions
#
# **Often heard.** "`np.convolve` does the same." It does not: it flips the kernel first. The
# smallest case is $x = (1, 0)$ with $w = (1, 2)$. Without the flip $y$ is 1, with it 2.

# %%
x, w = np.array([1.0, 0.0]), np.array([1.0, 2.0])
claim("this book and PyTorch", F.conv1d(row(1, 0), row(1, 2)), 1)
claim("np.correlate", np.correlate(x, w, "valid"), 1)
claim("np.convolve flips", np.convolve(x, w, "valid"), 2)

# %% [markdown]
# Signal processing calls the sum above a correlation, and the flipped one a convolution. Networks
# learn their weights, so for them it is the same. This book never flips in a convolution. In T03 a
# flip appears by itself.

# %% loops [markdown]
# ## First way: loops
#
# In two dimensions the window is a square. Write $o$ and $p$ for the position of the window, $i$
# and $j$ for the place within it:
#
# $$y_{o,p} = \sum_i \sum_j w_{i,j} \, x_{o+i,\,p+j}$$


# %%
def by_loops(x, w):
    (X, X2), (k, k2) = x.shape, w.shape
    y = np.zeros((X - k + 1, X2 - k2 + 1))
    for o, p in np.ndindex(y.shape):
        for i, j in np.ndindex(w.shape):
            y[o, p] += w[i, j] * x[o + i, p + j]
    return y


x = np.array([[1.0, 0.0, 2.0], [3.0, 1.0, 0.0], [2.0, 1.0, 4.0]])
w = np.array([[1.0, 2.0], [3.0, -1.0]])
y = by_loops(x, w)
claim("the 2x2 image y", y, [[9, 7], [10, 0]])
claim("the library", F.conv2d(tensor(x[None, None]), tensor(w[None, None])), y[None, None])


# %% draw
def sliding():
    for step in loops.steps(x[None, None], w[None, None], Geometry.conv((3, 3), (2, 2))):
        drawn, axes = figure(1, 4, width_ratios=[3, 2, 2, 2])
        here = np.zeros((2, 2), bool)
        here[step.position] = True
        grid(axes[0], x, "$x$", frame={ORANGE: [step.window]})
        grid(axes[1], w, "$w$", most=(3, 2))
        grid(axes[2], step.products.reshape(2, 2), "$w \\, x$", most=(3, 2))
        grid(axes[3], step.result[0, 0], "$y$", fill={SKY: here}, most=(3, 2))
        yield drawn


play("sliding", sliding())

# %% [markdown]
# ![Four frames: a 2x2 frame moves over the 3x3 image x. Beside it stand the kernel, the four
# products, and y, which fills up to 9 7 over 10 0.](sliding.png)
# The framed window of $x$ times $w$ gives four products. Their sum is the blue number of $y$. The
# loops are the definition, word by word. In Python they are slow.

# %% columns [markdown]
# ## Second way: a column for each window
#
# Write the four numbers of each window into a column, and the kernel into a row. Then every $y$ is
# a row times a column, and the whole convolution is *one* matrix product. This is called *im2col*,
# image to columns.
#
# **Predict.** How many columns are there for the 3x3 image and the 2x2 kernel? How many of them
# contain the middle of $x$?

# %%
columns = F.unfold(tensor(x[None, None]), 2).numpy()[0]
windows = [x[o : o + 2, p : p + 2].ravel() for o in range(2) for p in range(2)]
claim("the columns are the windows", columns, np.array(windows).T)
claim("row times columns is y", w.ravel() @ columns, y.ravel())
middle = F.unfold(tensor((np.arange(9) == 4).reshape(1, 1, 3, 3).astype(float)), 2).numpy()[0] > 0
claim("columns with the middle of x", middle.any(axis=0).sum(), 4)
claim("numbers in x and in the columns", [x.size, columns.size], [9, 16])

# %% draw
drawn, (left, right, result) = figure(1, 3, width_ratios=[4, 4, 4])
grid(left, w.ravel(), "$w$")
grid(right, columns, "", fill={ORANGE: middle})
grid(result, (w.ravel() @ columns), "$y$")
show("columns", drawn)

# %% [markdown]
# ![A row with the four weights 1, 2, 3, -1, a 4x4 matrix of windows, and the row 9, 7, 10, 0. One
# number of the matrix is marked in each column.](columns.png)
# Four columns, one for each window. The middle of $x$ (orange) stands in all four, each time in
# another row, because each time it lies under another weight.
#
# Computers are very fast at matrix products. The price is memory: 16 numbers instead of 9 here, and
# almost $k^2$ times as many for a large image.

# %% matrix [markdown]
# ## Third way: a matrix for the kernel
#
# The second way makes a matrix of $x$. Now make one of $w$. Each number of $y$ adds up numbers of
# $x$ with weights. So it is a row times the image, if the image is written as one long column. The
# rows form the *matrix of a convolution*, $M$, and
#
# $$y = M x$$
#
# **Predict.** What is the shape of $M$ here, and how many of its numbers are not 0?

# %%
M = np.zeros((4, 9))
for n, (o, p) in enumerate(np.ndindex(2, 2)):
    picture = np.zeros((3, 3))
    picture[o : o + 2, p : p + 2] = w  # an empty image with the kernel in the place of the window
    M[n] = picture.ravel()
claim("M x is y", M @ x.ravel(), y.ravel())
claim("numbers that are not 0", np.count_nonzero(M), 4 * 4)
claim("their part of M", np.mean(M != 0), 16 / 36, 1e-15)

# %% draw
drawn, (left, right, result) = figure(1, 3, width_ratios=[9, 1, 1])
grid(left, M, "$M$", fill={SKY: M != 0}, most=(9, 9))
grid(right, x.reshape(9, 1), "$x$")
grid(result, y.reshape(4, 1), "$y$", most=(9, 1))
show("matrix", drawn)

# %% [markdown]
# ![A matrix with 4 rows and 9 columns, a column of nine numbers, and a column of four. In each row
# the numbers 1, 2, 3, -1 stand in the same pattern, farther right from row to row.](matrix.png)
# $M$ has 4 rows and 9 columns. 16 of the 36 numbers are not 0, a part of 0.444. Each row holds the
# same four weights, moved to another place. Without this pattern there would be 36 weights to learn
# instead of 4. $M$ wastes work, but it shows that a convolution is linear. T03 turns it around.

# %% fourier [markdown]
# ## Fourth way: the Fourier transform
#
# The *Fourier transform* $\mathcal{F}$ writes a list of numbers as a sum of waves. You need only
# one fact here: for waves, a convolution is a product, number by number:
#
# $$y = \mathcal{F}^{-1} \big( \mathcal{F}(x) \cdot \mathcal{F}(w)^* \big)$$
#
# The star changes the sign of all imaginary parts; without it the kernel would be flipped. Waves
# have no end, so $x$ is continued in a circle: after its last number comes the first.
#
# **Predict.** $x = (1, 0, 3)$ and $w = (1, 2)$, filled up with a zero to $(1, 2, 0)$. The formula
# gives three numbers. Which, and how many of them are right?


# %%
def circular(x, w):
    w = np.pad(w, [(0, X - k) for X, k in zip(x.shape, w.shape, strict=True)])
    return np.fft.ifftn(np.fft.fftn(x) * np.fft.fftn(w).conj()).real


def by_fourier(x, w):
    y = circular(x, w)
    return y[tuple(slice(X - k + 1) for X, k in zip(x.shape, w.shape, strict=True))]


found = circular(np.array([1.0, 0.0, 3.0]), np.array([1.0, 2.0]))
claim("in a circle", found, [1 * 1 + 2 * 0, 1 * 0 + 2 * 3, 1 * 3 + 2 * 1], 1e-14)
claim("the film's y", by_fourier(x, w), y, 1e-13)

# %% [markdown]
# $(1, 6, 5)$. The first two are right. The last window reaches over the end and meets the 1 at the
# beginning: $1 \cdot 3 + 2 \cdot 1 = 5$. So the last $k - 1$ numbers must be cut off.
#
# This way shares no step with the other three, so it is a good check of them. For large kernels it
# also needs the fewest multiplications.

# %% agree [markdown]
# ## Do they agree?
#
# **Predict.** On whole numbers, do the four ways give *exactly* the same? And on others?


# %%
def four(x, w):
    Y = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    columns = F.unfold(tensor(x[None, None]), w.shape).numpy()[0]
    geometry = Geometry.conv(x.shape, w.shape)
    by_matrix = FORMULATIONS["matrix"].conv(x[None, None], w[None, None], geometry)[0, 0]
    return by_loops(x, w), (w.ravel() @ columns).reshape(Y), by_matrix, by_fourier(x, w)


rng = np.random.default_rng(0)
whole = rng.integers(-9, 10, (9, 7)).astype(float), rng.integers(-9, 10, (3, 4)).astype(float)
first, second, third, fourth = four(*whole)
claim("loops, columns and matrix, whole numbers", [second, third], np.array([first, first]))
claim("Fourier, whole numbers", abs(fourth - first).max(), between=(0, 1e-11))

ways = four(*(part + rng.standard_normal(part.shape) for part in whole))
claim("the largest difference, other numbers", np.ptp(ways, axis=0).max(), between=(0, 1e-11))

geometry = Geometry.conv((9, 7), (3, 4))
everything = [way.conv(*(a[None, None] for a in whole), geometry) for way in FORMULATIONS.values()]
claim("all ways of minigan", everything, np.array([first[None, None]] * len(FORMULATIONS)))
claim("their number", len(everything), 7)

# %% [markdown]
# On whole numbers the first three agree exactly, because no sum is rounded. The Fourier transform
# computes with sines, so rounding (T00) changes it, by less than $10^{-11}$ here. Other numbers are
# rounded in all ways, as each adds in its own order. minigan has seven ways, and its tests compare
# them on whole numbers: there any wrong digit is a mistake.

# %% padding [markdown]
# ## Padding and stride
#
# Two settings change the sizes. The *padding* $p$ (until here $p$ was a position) adds $p$ zeros at
# each end of $x$. The *stride* $s$ moves the window by $s$ positions at a time:
#
# $$y_o = \sum_i w_i \, x_{s o + i - p} \qquad
# Y = \left\lfloor \frac{X + 2p - k}{s} \right\rfloor + 1$$
#
# Outside of $x$ the numbers are 0, and the brackets round down.
#
# **Predict.** $k = 3$, $s = 2$, $p = 1$. What is $Y$ for $X = 7$, and for $X = 8$?

# %%
two = [F.conv1d(row(*range(X)), row(1, 1, 1), stride=2, padding=1).shape[2] for X in (7, 8)]
claim("Y for X = 7 and 8", two, [(7 + 2 - 3) // 2 + 1, (8 + 2 - 3) // 2 + 1])
settings = list(product(range(5, 13), range(1, 6), (1, 2, 3), (0, 1)))
sizes = [Geometry.conv((X,), (k,), s, p).Y[0] for X, k, s, p in settings]
windows = [len(range(-p, X + p - k + 1, s)) for X, k, s, p in settings]  # count them
claim("the formula counts the windows", sizes, windows)
claim("settings", len(settings), 8 * 5 * 3 * 2)

# %% [markdown]
# 4 both times. With $X = 8$ the last zero lies under no window. In all 240 settings the formula
# agrees with a count of the windows. Two sizes lead to the same $Y$; T04 deals with that.

# %% channels [markdown]
# ## Channels and batches
#
# An image has $C$ *channels*, such as red, green and blue. One kernel looks at all of them and adds
# up. $K$ kernels give $K$ channels of $y$, each with its own bias $b$:
#
# $$y_{n,c',o} = b_{c'} + \sum_c \sum_i w_{c',c,i} \, x_{n,c,o+i}$$
#
# $n$ counts the $N$ images of a *batch*, which do not mix. In two dimensions $x$ has the shape $(N,
# C, X, X)$, $w$ has $(K, C, k, k)$, and $y$ has $(N, K, Y, Y)$, as in PyTorch.
#
# **Often heard.** "Add the bias in the innermost loop." It runs $C k k$ times per number of $y$.

# %%
x, b = tensor(np.ones((2, 3, 5, 4))), tensor(np.array([0.5, 0.0, 0.0, 0.0]))
w = tensor(rng.integers(-9, 10, (4, 3, 3, 3)).astype(float))
y = F.conv2d(x, w, b)
claim("the shape of y", y.shape, (2, 4, 3, 2))
claim("on ones y is the bias and the sum of the kernel", y[1, 0], b[0] + w[0].sum())
claim("what a bias of 0.5 becomes", sum(b[0] for _ in range(3 * 3 * 3)), 27 * 0.5)

# %% [markdown]
# With three channels and a 3x3 kernel a bias of 0.5 becomes 13.5, because it is added 27 times. The
# smallest case is $C = 1$ with $k = 2$ along one row: the bias counts twice.

# %% cost [markdown]
# ## What each way costs
#
# **Predict.** One image of 28x28 numbers, one kernel of 5x5. How many multiplications do the loops
# need? How many numbers do the columns and $M$ have?

# %%
geometry = Geometry.conv((28, 28), (5, 5))
by_loop = costs.multiplications("loops", "conv", geometry, 1, 1, 1)
by_matrix = costs.multiplications("matrix", "conv", geometry, 1, 1, 1)
columns = F.unfold(tensor(np.ones((1, 1, 28, 28))), 5)
claim("multiplications of the loops", by_loop, 24 * 24 * 5 * 5)
claim("numbers in the columns", columns.numel(), 25 * 24 * 24)
claim("columns over image", columns.numel() / 28**2, 14400 / 784)
claim("numbers in M", by_matrix, 24 * 24 * 28 * 28)
claim("part of M that is not 0", by_loop / by_matrix, 25 / 784, 1e-15)

# %% [markdown]
# The loops and the columns need 14,400 multiplications. The columns hold 14,400 numbers, 18.4 times
# as many as the image. $M$ has 451,584 numbers, and only 3.19 % of them are not 0. minigan makes
# the columns in small blocks, which stay in the fast memory of the processor.

# %% gradient [markdown]
# ## The gradient of the kernel
#
# Let $L = \sum_o g_o \, y_o$ with fixed $g$. By T01 $w_i$ collects one part from each place where
# it was used:
#
# $$\frac{\partial L}{\partial w_i} = \sum_o g_o \, x_{o+i}$$
#
# **Predict.** Which function of $x$ and $g$ is this?

# %%
x, g = row(*rng.standard_normal(9)), row(*rng.standard_normal(7))
w = row(1, -2, 3).requires_grad_()
F.conv1d(x, w).backward(g)
claim("gradient of w", w.grad, F.conv1d(x, g), 1e-12)
claim("the check of T00", check_grad(F.conv1d, [x, w]).error, between=(0, 1e-7))

# %% [markdown]
# A convolution again: of $x$ with the kernel $g$. It has $9 - 7 + 1 = 3$ numbers, as it must. The
# gradient of $x$ is the subject of T03.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# $x = (2, 1, 0, 4)$, $w = (1, 0, -1)$, $s = 2$, $p = 1$. Compute $y$.
#
# **Hint 1.** How many numbers has $y$?
#
# **Hint 2.** Write down $x$ with its zeros: $(0, 2, 1, 0, 4, 0)$.
#
# **Hint 3.** The windows are $(0, 2, 1)$ and $(1, 0, 4)$.
#
# **Solution.** $y = (-1, -3)$.

# %%
claim("exercise 1", F.conv1d(row(2, 1, 0, 4), row(1, 0, -1), stride=2, padding=1), row(-1, -3))

# %% exercise-code [markdown]
# ## Exercise 2: with two loops
#
# Write `convolve(x, w, s)` for two arrays without channels, with the stride $s$ in both directions.
# Use only the loops over $o$ and $p$.
#
# **Hint 1.** The size of $y$ is $\lfloor (X - k)/s \rfloor + 1$ along each axis.
#
# **Hint 2.** The window of `(o, p)` begins at `x[s * o, s * p]`.
#
# **Hint 3.** Multiply it by `w` at once, and use `.sum()`.
#
# **Solution.** One line in the loop is enough.


# %%
def convolve(x, w, s):
    y = np.zeros([(X - k) // s + 1 for X, k in zip(x.shape, w.shape, strict=True)])
    for o, p in np.ndindex(y.shape):
        y[o, p] = (x[s * o : s * o + w.shape[0], s * p : s * p + w.shape[1]] * w).sum()
    return y


x, w = whole
right = F.conv2d(tensor(x[None, None]), tensor(w[None, None]), stride=2)
claim("exercise 2", convolve(x, w, 2)[None, None], right)

# %% summary [markdown]
# ## What to keep
#
# - $y_o = \sum_i w_i \, x_{s o + i - p}$, without a flip, and $Y$ by the formula.
# - Windows as columns: fast. The kernel as a matrix $M$: clear. Fourier: independent.
# - Compare programs on whole numbers, with kernels without symmetry.
