# %% start [markdown]
# # Transposed convolution: definition and stride 1
#
# - **Aim.** You can say in three ways what a transposed convolution does, and compute one by hand.
# - **You need.** A convolution as a sum and as a matrix (T02), and what a gradient is (T01).
# - **Time.** 10 s to run, 40 minutes to read.
# - **Next.** Strides above 1 (T04), and assignment A2, parts 2.1 to 2.3.
#
# A convolution reads an image $x$ and writes a smaller image $y$. A *transposed convolution* goes
# the other way: it reads $y$ and writes an $x$. The generator of T15 grows its images with it.
#
# The letters mean the same in both directions. $x$ is the large image, with positions $h$. $y$ is
# the small one, with positions $o$. $w$ is the kernel, with taps $i = 0, \ldots, k - 1$.

# %%
import numpy as np

from lesson import ORANGE, SKY, claim, figure, grid, play, show
from minigan import tensor
from minigan.conv import loops
from minigan.geometry import Geometry
from minigan.nn import functional as F


def row(*numbers):  # one image, one channel, one row of numbers
    return tensor(np.array(numbers, float).reshape(1, 1, -1))


# %% convolution [markdown]
# ## A convolution gathers
#
# At stride 1 a convolution takes each window of $x$, multiplies it by the kernel and adds up:
#
# $$y_o = \sum_i w_i \, x_{o+i}$$
#
# With $x = (1, 0, 3)$ and $w = (1, 2)$ there are two windows. The first gives
# $1 \cdot 1 + 2 \cdot 0 = 1$, the second $1 \cdot 0 + 2 \cdot 3 = 6$. The kernel is not flipped, as
# in PyTorch. (Signal processing flips it, and calls this sum a correlation.)

# %%
y = F.conv1d(row(1, 0, 3), row(1, 2))
claim("the two windows of x = (1, 0, 3)", y, row(1 * 1 + 2 * 0, 1 * 0 + 2 * 3))

# %% scatter [markdown]
# ## A transposed convolution scatters
#
# Now read the same pairs of positions backwards. Each $y_o$ multiplies the whole kernel, and the
# result is *added* to $x$ at the place where the window was:
#
# $$x_{o+i} \leftarrow x_{o+i} + w_i \, y_o \qquad \text{for all } o \text{ and } i$$
#
# **Predict.** Take $y = (1, 2)$ and $w = (3, 4, 5)$. How many numbers does $x$ have, and which?

# %%
x = F.conv_transpose1d(row(1, 2), row(3, 4, 5))
first, second = row(3, 4, 5, 0), row(0, 6, 8, 10)  # 1 times w at place 0, 2 times w at place 1
claim("x is the sum of two shifted kernels", x, first + second)
print(x.numpy()[0, 0])

# %% [markdown]
# Four numbers: $(3, 10, 13, 10)$. The first copy of the kernel covers places 0 to 2 and the second
# one places 1 to 3. Where both lie, their numbers add up.

# %% film [markdown]
# ## The same in two dimensions, step by step
#
# Here $y$ and $w$ are both 2x2, so $x$ is 3x3. There are four steps, one for each number of $y$.

# %%
y = np.array([[[[0.0, 1.0], [2.0, 3.0]]]])  # 1 image, 1 channel, 2x2
w = np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
x = F.conv_transpose2d(tensor(y), tensor(w))
claim("the 3x3 image x", x, [[[[0, 0, 1], [0, 4, 6], [4, 12, 9]]]])
claim("the middle of x", x[0, 0, 1, 1], 0 * 3 + 1 * 2 + 2 * 1 + 3 * 0)


# %% draw
def scattering():
    for step in loops.steps_transpose(y, w, Geometry.conv_transpose((2, 2), (2, 2))):
        drawn, axes = figure(1, 4, width_ratios=[2, 2, 2, 3])
        here = np.zeros((2, 2), bool)
        here[step.position] = True
        grid(axes[0], y[0, 0], "$y$", fill={SKY: here}, most=(3, 2))
        grid(axes[1], w[0, 0], "$w$", most=(3, 2))
        grid(axes[2], y[0, 0][here] * w[0, 0], "$y_o w$", fill={ORANGE: w[0, 0] > -1}, most=(3, 2))
        grid(axes[3], step.result[0, 0], "$x$", frame={ORANGE: [step.window]}, most=(3, 3))
        yield drawn


play("scattering", scattering())

# %% [markdown]
# ![Four frames: one number of y is marked, its multiple of w stands beside it, and a 2x2 block of x
# is framed. In the end x is 0 0 1, 0 4 6, 4 12 9.](scattering.png)
# Each number of $y$ (blue) adds its multiple of $w$ (orange) to a 2x2 block of $x$ (framed). The
# last frame is the result. The four blocks share the middle:
# $0 \cdot 3 + 1 \cdot 2 + 2 \cdot 1 + 3 \cdot 0 = 4$. (In a well-known film that was drawn by
# hand, the padding is on the [wrong side](https://github.com/vdumoulin/conv_arithmetic/issues/11).
# The films of this book are drawn from the arrays that the code computes.)
#
# **Often heard.** "Each number paints its patch over what is there." It does not paint over, it
# adds. Take $y = (1, 1)$ and $w = (1, 1)$: adding gives $(1, 2, 1)$, painting over $(1, 1, 1)$.

# %%
claim("overlaps add up", F.conv_transpose1d(row(1, 1), row(1, 1)), row(1, 2, 1))

# %% matrix [markdown]
# ## Why it is called transposed
#
# A convolution is linear in $x$, so it is a matrix: $y = M x$, with the images written as columns.
# Column $h$ of $M$ is what the convolution makes of an image that is 1 at $h$ and 0 elsewhere.

# %%
w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
units = tensor(np.eye(9).reshape(9, 1, 3, 3))  # nine images with a single 1
M = F.conv2d(units, tensor(w)).numpy().reshape(9, 4).T
x = F.conv_transpose2d(tensor(y), tensor(w))
claim("M^T y is the transposed convolution", M.T @ y.ravel(), x.reshape(9))
claim("numbers of M that are not 0", np.count_nonzero(M), 16)

# %% draw
drawn, (left, right) = figure(1, 2, width_ratios=[9, 4])
grid(left, M, "$M$", fill={SKY: M != 0})
grid(right, M.T, "$M^\\top$", fill={SKY: M.T != 0})
show("matrices", drawn)

# %% [markdown]
# ![A matrix of 4 rows and 9 columns with the numbers 1, 2, 3, 4 in each row, and beside it the same
# matrix with rows and columns exchanged.](matrices.png)
# Each row of $M$ is one window, so each row holds the four numbers of the kernel. 16 of the 36
# numbers are not 0. In $M^\top$ each *column* holds the kernel: one $y_o$ scatters along it.
#
# The transposed convolution is $x = M^\top y$. This matrix gave it its name.

# %% adjoint [markdown]
# ## What transposing means
#
# A transpose moves a matrix from one side of an inner product to the other:
#
# $$\langle M x, y \rangle = \langle x, M^\top y \rangle$$
#
# Both sides add up the same products $x_h w_i y_o$ with $h = o + i$, only in another order. This
# test needs no matrix, so it works at every size. With whole numbers it holds exactly.

# %%
rng = np.random.default_rng(0)
x = tensor(rng.integers(-9, 9, (1, 1, 7, 6)).astype(float))
w = tensor(rng.integers(-9, 9, (1, 1, 3, 2)).astype(float))
y = tensor(rng.integers(-9, 9, (1, 1, 5, 5)).astype(float))
left, right = (F.conv2d(x, w) * y).sum(), (x * F.conv_transpose2d(y, w)).sum()
claim("<conv(x, w), y> = <x, conv_transpose(y, w)>", left, right)

# %% gradient [markdown]
# ## The gradient of the convolution
#
# Let $L = \sum_o y_o \, (M x)_o$, where $y$ is fixed. How much does $L$ change when $x_h$ grows? In
# $L$, the number $x_h$ stands with the factor $w_i y_o$ for each pair with $o + i = h$:
#
# $$\frac{\partial L}{\partial x_h} = \sum_{o + i = h} w_i \, y_o$$
#
# **Predict.** Which function of $y$ and $w$ is this gradient?

# %%
x.requires_grad_()
F.conv2d(x, w).backward(y)  # y is the gradient that arrives from above
claim("x.grad is the transposed convolution of y", x.grad, F.conv_transpose2d(y, w))

# %% [markdown]
# It is the transposed convolution of $y$, with the same kernel. So a training step of a network
# with convolutions computes transposed convolutions, even if no layer has that name.

# %% inverse [markdown]
# ## It is not the inverse
#
# **The note says.** A transposed convolution is the opposite of a convolution.
#
# **Often heard.** "Deconvolution undoes the convolution."
# ([Keras PR 16991](https://github.com/keras-team/keras/pull/16991)) The smallest case shows that it
# does not. Take a kernel with one tap, $w = (2)$. The convolution doubles $x$, and the transposed
# one doubles again: 1 becomes 4, and $x - M^\top M x$ is $-3$.

# %%
back = F.conv_transpose1d(F.conv1d(row(1), row(2)), row(2))
claim("there and back with w = (2)", back, 4 * row(1))
claim("what is missing", row(1) - back, -3)

x, w = tensor(rng.standard_normal((1, 1, 3, 3))), tensor(rng.standard_normal((1, 1, 2, 2)))
missing = x - F.conv_transpose2d(F.conv2d(x, w), w)
M = F.conv2d(units, w).numpy().reshape(9, 4).T
by_matrix = x.numpy().ravel() - M.T @ M @ x.numpy().ravel()
claim("largest error of a random kernel", missing.abs().max(), abs(by_matrix).max(), 1e-12)
claim("the numbers of x", x.abs().max(), between=(0, 2))

# %% [markdown]
# With a random kernel the largest error is 28.15, though no number of $x$ is above 2. Only the
# *size* comes back. An inverse would need $M^\top M = I$, and T06 shows the kernels that have it.
# The word deconvolution means an inverse, so this book does not use it.

# %% sizes [markdown]
# ## It does not always enlarge
#
# **The note says.** A transposed convolution enlarges the image.
#
# Without padding, $Y$ numbers and $k$ taps give $X = Y + k - 1$. The argument `padding` is named
# after the convolution, which adds $p$ zeros at each end of $x$. So its transpose must *crop* $p$
# numbers at each end of $x$:
#
# $$X = Y + k - 1 - 2p$$
#
# **Predict.** $y$ is 5x5. How large is $x$ for $k = 1$, $p = 0$? And for $k = 3$, $p = 2$?

# %%
y = tensor(rng.integers(1, 9, (1, 1, 5, 5)).astype(float))
for k, p in [(3, 0), (1, 0), (3, 1), (3, 2)]:
    x = F.conv_transpose2d(y, y[:, :, :k, :k], padding=p)
    claim(f"the size of x for k = {k}, p = {p}", x.shape[-1], 5 + k - 1 - 2 * p)
    print(f"k = {k}, p = {p}: x is {x.shape[2]}x{x.shape[3]}")

# %% [markdown]
# With $k = 1$ nothing grows. With $p > (k - 1)/2$ the image shrinks, here from 5x5 to 3x3. What
# makes a generator grow is the stride of T04.
#
# Padding crops, and nothing else: `padding=1` gives the middle of what `padding=0` gives.

# %%
whole, w = F.conv_transpose2d(y, y[:, :, :3, :3]), y[:, :, :3, :3]
claim("padding crops", F.conv_transpose2d(y, w, padding=1), whole[:, :, 1:-1, 1:-1])

# %% flip [markdown]
# ## At stride 1 it is a convolution, too
#
# Stand at one position $h$ of $x$ and ask what arrives there. Tap $i$ brings $y_{h-i}$:
#
# $$x_h = \sum_i w_i \, y_{h-i}$$
#
# The index of $y$ runs backwards. So $x$ is a convolution of $y$ with the *flipped* kernel. At
# $h = 0$ it needs $y_{1-k}$, so $y$ gets $k - 1$ zeros at each end. If $p$ numbers of $x$ are
# cropped at each end, $p$ zeros fewer are needed:
#
# $$p' = k - 1 - p$$
#
# **Predict.** The kernel of the film is 2x2 and $p = 0$. How many zeros go around $y$?

# %%
y = np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
w = np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
flipped, padded = w[:, :, ::-1, ::-1], np.pad(y, [(0, 0), (0, 0), (1, 1), (1, 1)])
x = F.conv2d(tensor(y), tensor(flipped.copy()), padding=1)
claim("the same x as by scattering", x, F.conv_transpose2d(tensor(y), tensor(w)))
claim("as the library does it", x, F.conv_transpose2d(tensor(y), tensor(w), by="holes"))


# %% draw
def gathering():
    zeros = np.pad(np.zeros((2, 2), bool), 1, constant_values=True)
    for step in loops.steps(padded, flipped, Geometry.conv((4, 4), (2, 2))):
        drawn, (left, middle, right) = figure(1, 3, width_ratios=[4, 3, 3])
        here = np.zeros((3, 3), bool)
        here[step.position] = True
        grid(left, padded[0, 0], "$y$", faint=zeros, frame={ORANGE: [step.window]})
        grid(middle, flipped[0, 0], "$w_{k-1-i}$", most=(3, 3))
        grid(right, step.result[0, 0], "$x$", fill={SKY: here}, most=(3, 3))
        yield drawn


play("gathering", gathering())

# %% [markdown]
# ![Nine frames: a 2x2 window moves over y with a ring of zeros; beside it the kernel 3 2, 1 0, and
# x, which fills up to 0 0 1, 0 4 6, 4 12 9.](gathering.png)
# One ring of zeros: $p' = 2 - 1 - 0 = 1$. Both axes of the kernel are flipped: 3 2 over 1 0. Each
# frame computes one number of $x$ (blue), and the result is that of the first film.

# %% padding [markdown]
# ## Which padding is meant
#
# **The note says.** At stride 1 it is a standard convolution with a padding larger than 1.
#
# That holds for $k \ge 3$ and $p = 0$, where $p' = k - 1 \ge 2$. It does not hold for the film,
# where $p' = 1$. With $k = 1$ and $p = 1$ it is even negative, $p' = -1$: then $y$ itself is
# cropped. Always write down both numbers: $p$ from $x$ to $y$, and $p'$ for the way back.

# %%
for k, p in [(3, 0), (2, 0), (1, 1)]:
    axis = Geometry.conv_transpose((5,), (k,), padding=p).axes[0]
    claim(f"p' for k = {k}, p = {p}", axis.flipped.padding, k - 1 - p)

y = tensor(rng.integers(1, 9, (1, 1, 4, 4)).astype(float))
x = F.conv_transpose2d(y, y[:, :, :1, :1], padding=1)
claim("k = 1, p = 1 crops y", x, y[:, :, 1:-1, 1:-1] * y[0, 0, 0, 0])

# %% unflipped [markdown]
# ## What a forgotten flip does
#
# **Often heard.** "I padded the input and convolved, the shape is right, so it is right." Here is
# the film's example without the flip. The shape is right and seven of the nine numbers are wrong.

# %%
y = w = tensor(np.array([[[[0.0, 1.0], [2.0, 3.0]]]]))
wrong, right = F.conv2d(y, w, padding=1), F.conv_transpose2d(y, w)
print(wrong.numpy()[0, 0])
claim("numbers that are wrong", np.count_nonzero((wrong - right).numpy()), 7)
claim("the largest error", (wrong - right).abs().max(), 10)

w = tensor(np.array([[[[1.0, 2.0], [2.0, 1.0]]]]))  # its own flip
wrong, right = F.conv2d(y, w, padding=1), F.conv_transpose2d(y, w)
claim("with a symmetric kernel nobody notices", wrong, right)

# %% [markdown]
# The largest error is 10. A symmetric kernel hides the fault completely. So test with kernels that
# have no symmetry, as this book does.

# %% channels [markdown]
# ## Channels: one weight for both directions
#
# A convolution reads $C$ channels and writes $K$. Its weight has the shape $(K, C, k, k)$. The
# transposed convolution takes the *same* weight, reads $K$ channels and writes $C$. PyTorch stores
# both layers like this. Written as a convolution, it needs the flip and the two axes exchanged.

# %%
y = tensor(rng.integers(-9, 9, (1, 4, 5, 5)).astype(float))  # K = 4
w = tensor(rng.integers(-9, 9, (4, 3, 2, 2)).astype(float))  # C = 3
x = F.conv_transpose2d(y, w)
claim("x has C = 3 channels", x.shape[1], 3)
claim("flip and exchange", F.conv2d(y, w.flip((2, 3)).transpose(0, 1), padding=1), x)

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# Compute the transposed convolution of $y = (2, -1)$ with $w = (1, 0, 3)$, first for $p = 0$ and
# then for $p = 1$.
#
# **Hint 1.** How many numbers does $x$ have at $p = 0$?
#
# **Hint 2.** Write $2 w$ at place 0 and $-1 w$ at place 1, one below the other.
#
# **Hint 3.** The columns to add are $2 + 0$, $0 - 1$, $6 + 0$ and $0 - 3$.
#
# **Solution.** $x = (2, -1, 6, -3)$. With $p = 1$ the first and the last number go: $(-1, 6)$.

# %%
y, w = row(2, -1), row(1, 0, 3)
claim("exercise 1, p = 0", F.conv_transpose1d(y, w), row(2, -1, 6, -3))
claim("exercise 1, p = 1", F.conv_transpose1d(y, w, padding=1), row(-1, 6))

# %% exercise-code [markdown]
# ## Exercise 2: in NumPy
#
# Write `scatter(y, w)` for two arrays without channels, at stride 1 and without padding. Use two
# loops and no function of minigan.
#
# **Hint 1.** Make an $x$ of zeros first. Its size is $Y + k - 1$ along each axis.
#
# **Hint 2.** The two loops go over the positions of $y$. Each adds a whole kernel at once.
#
# **Hint 3.** The block that starts at `(o, p)` is `x[o : o + k, p : p + k]`, and you need `+=`.
#
# **Solution.** With `=` in place of `+=` the numbers where blocks overlap would be wrong.


# %%
def scatter(y, w):
    x = np.zeros((y.shape[0] + w.shape[0] - 1, y.shape[1] + w.shape[1] - 1))
    for o in range(y.shape[0]):
        for p in range(y.shape[1]):
            x[o : o + w.shape[0], p : p + w.shape[1]] += y[o, p] * w
    return x


y, w = rng.integers(-9, 9, (4, 3)).astype(float), rng.integers(-9, 9, (2, 5)).astype(float)
right = F.conv_transpose2d(tensor(y[None, None]), tensor(w[None, None]))
claim("exercise 2", scatter(y, w)[None, None], right)

# %% exercise-same [markdown]
# ## Exercise 3: the same size
#
# Which $p$ keeps the size of $y$ at stride 1, for $k = 5$ and for $k = 4$?
#
# **Hint 1.** Write down $X$ as a function of $Y$, $k$ and $p$.
#
# **Hint 2.** $X = Y$ means $k - 1 - 2p = 0$.
#
# **Hint 3.** Can $2p$ be an odd number?
#
# **Solution.** $p = (k - 1)/2$. For $k = 5$ this is 2. For $k = 4$ there is none.

# %%
sizes = [Geometry.conv_transpose((9,), k, padding=p).X[0] for k, p in [(5, 2), (4, 1), (4, 2)]]
claim("9 stays 9 for k = 5, p = 2; for k = 4 it becomes 10 or 8", sizes, [9, 10, 8])

# %% summary [markdown]
# ## What to keep
#
# - Each number of $y$ adds its multiple of the kernel to $x$. Overlaps add up.
# - In matrices it is $M^\top$, in calculus the gradient of the convolution. It is not the inverse.
# - At stride 1 it is a convolution of $y$ with the flipped kernel and the padding $p' = k - 1 - p$.
#
# T04 puts a stride into all three sentences. Assignment A2 asks for them in your own code.
