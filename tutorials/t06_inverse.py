# %% start [markdown]
# # When is the transpose the inverse?
#
# - **Aim.** You can say for which kernels a transposed convolution undoes the convolution, what is
#   lost otherwise, and what an inverse costs.
# - **You need.** The matrix of a convolution and its transpose (T03), and the stride (T04).
# - **Time.** 10 s to run, 45 minutes to read.
# - **Next.** The auto-encoder (T07). Assignment A4 follows after T08.
#
# T03 showed that a convolution and its transpose, one after the other, do not give $x$ back. For
# some kernels they do. These kernels lead to the auto-encoder of T07.

# %%
import numpy as np

from lesson import BLUE, ORANGE, SKY, VERMILION, claim, figure, grid, play, show
from minigan import tensor
from minigan.datasets import digits8
from minigan.nn import functional as F


def matrix(w, X, **settings):  # of a convolution of X numbers, column by column
    units = tensor(np.eye(X).reshape(X, 1, X))
    return F.conv1d(units, tensor(np.array(w, float)), **settings).numpy().reshape(X, -1).T


# %% question [markdown]
# ## The question
#
# The convolution is $y = M x$, and the transposed one with the same kernel makes $M^\top M x$ of
# it. This is $x$ for every $x$ if and only if
#
# $$M^\top M = I$$
#
# $I$ is the matrix with 1 on the diagonal and 0 elsewhere. What does this say about $M$? The number
# of $M^\top M$ in row $h$ and column $h'$ is the inner product of columns $h$ and $h'$ of $M$. So
# each column of $M$ must have the length 1, and two different columns must have the inner product
# 0. Such columns are called *orthonormal*.
#
# **Predict.** For which kernels with one tap, at $s = 1$, is the transpose the inverse?

# %%
right = [a for a in range(-3, 4) if (matrix([[[a]]], 4).T @ matrix([[[a]]], 4) == np.eye(4)).all()]
claim("kernels with one tap", np.array(right), [-1, 1])

# %% [markdown]
# For $w = (1)$ and $w = (-1)$ only. $w = (2)$ fails, as in T03: its columns have the length 2.

# %% two [markdown]
# ## A sum and a difference
#
# Take $k = s = 2$, so that the windows touch and do not overlap. One kernel gives half as many
# numbers as $x$ has, too few. So take two, and $y$ has two channels:
#
# $$w_0 = \frac{1}{\sqrt 2} (1, 1) \qquad w_1 = \frac{1}{\sqrt 2} (1, -1)$$
#
# For a window $(5, 3)$ they give the sum $8/\sqrt 2$ and the difference $2/\sqrt 2$.
#
# **Predict.** What does the transposed convolution make of these two numbers?

# %%
two = np.array([[[1.0, 1.0]], [[1.0, -1.0]]]) / np.sqrt(2)  # (K, C, k)
y = F.conv1d(tensor(np.array([[[5.0, 3.0]]])), tensor(two), stride=2)
claim("y", y.reshape(2), [8 / 2**0.5, 2 / 2**0.5], 1e-15)
claim("and back", F.conv_transpose1d(y, tensor(two), stride=2), [[[5, 3]]], 1e-15)
M = matrix(two, 4, stride=2)
claim("M^T M = I", M.T @ M, np.eye(4), 1e-15)
claim("the numbers of M", [M.min(), M.max()], [-(0.5**0.5), 0.5**0.5], 1e-15)

# %% draw
drawn, axes = figure(1, 3)
labels = "$M$", "$M^\\top$", "$M^\\top M$"
for panel, A, label in zip(axes, (M, M.T, M.T @ M), labels, strict=True):
    grid(panel, A.round(3) + 0.0, label, fill={SKY: abs(A) > 1e-9})
show("product", drawn)

# %% [markdown]
# ![Three 4x4 matrices: M with the numbers 0.707 and -0.707, its transpose, and their product with
# ones on the diagonal.](product.png)
# $y = (5.657, 1.414)$, and back comes $(5, 3)$: half the sum plus half the difference is 5, half
# the sum minus half the difference is 3. Each column of $M$ holds $0.707$ twice, up to the sign.

# %% four [markdown]
# ## Four kernels for images
#
# In the plane a window of $k = s = 2$ has four numbers, so four kernels are needed. All their
# numbers are $\pm 1/2$: the sum, left minus right, top minus bottom, and one diagonal minus the
# other.

# %%
four = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
x = digits8().images.astype(float)  # 1,797 digits of 8x8, with values from 0 to 16


def there_and_back(x, kernels):  # kernels: a row each, at k = s
    k = round(kernels.shape[1] ** 0.5)
    w = tensor(kernels.reshape(-1, 1, k, k))
    y = F.conv2d(tensor(x), w, stride=k)
    return y.numpy(), F.conv_transpose2d(y, w, stride=k).numpy()


y, back = there_and_back(x, four)
claim("all digits come back exactly", back, x)
claim("the number of digits", len(x), 1797)
rng = np.random.default_rng(0)
turned = np.linalg.qr(rng.standard_normal((4, 4)))[0]  # four random orthonormal rows
error = abs(there_and_back(x, turned)[1] - x).max()
claim("largest error with random kernels", error, between=(0, 1e-13))

# %% draw
drawn, axes = figure(2, 5)
axes[0, 0].imshow(x[5, 0], cmap="gray")
for c in range(4):
    w = four[c].reshape(2, 2)
    grid(axes[0, c + 1], w, f"$w_{c}$", fill={ORANGE: w > 0})
    axes[1, c + 1].imshow(y[5, c], cmap="gray", vmin=-32, vmax=32)
for panel in axes.flat:
    panel.set_axis_off()
show("kernels", drawn)

# %% [markdown]
# ![A digit, four 2x2 kernels of one half and minus one half, and under each kernel the 4x4 image
# that it makes of the digit.](kernels.png)
# A digit, the four kernels, and under each its channel of $y$. The first is a small copy of the
# digit. The others show edges. Together they have $4 \cdot 16 = 64$ numbers, as many as the digit.
#
# All 1797 digits come back without any error, because halves are exact. Any four orthonormal rows
# do it, too, up to rounding: less than $10^{-13}$ for random ones.

# %% energy [markdown]
# ## The energy stays
#
# Call the sum of all squares the *energy* of an image, $\lVert x \rVert^2$. With $M^\top M = I$ it
# is the same for $x$ and $y$:
#
# $$\lVert y \rVert^2 = \langle M x, M x \rangle = \langle x, M^\top M x \rangle
# = \lVert x \rVert^2$$
#
# **Predict.** Which channel has the most energy? What part of it, in your estimate?

# %%
parts = (y**2).sum((0, 2, 3)) / (x**2).sum()
claim("all parts of the energy", parts.sum(), 1, 1e-15)
sums = np.einsum("noipj,cij->cnop", x.reshape(-1, 4, 2, 4, 2), four.reshape(4, 2, 2))
claim("each part by hand", parts, (sums**2).sum((1, 2, 3)) / (x**2).sum(), 1e-15)

# %% [markdown]
# The small copy has 78.80 %, left minus right 11.96 %, top minus bottom 5.18 %, and the diagonals
# 4.06 %. Neighbouring pixels resemble each other, so their differences are small.

# %% drop [markdown]
# ## What is lost when channels are dropped
#
# Now keep only the first $K$ kernels and their channels, and let $x' = M^\top M x$. The dropped
# kernels would have made the rest, $x - x'$, and their channels held its energy:
#
# $$\lVert x - x' \rVert^2 = \lVert x \rVert^2 - \lVert y \rVert^2$$
#
# **Predict.** Which part of the energy is lost without the fourth kernel?

# %%
lost = [((x - there_and_back(x, four[:K])[1]) ** 2).sum() / (x**2).sum() for K in (1, 2, 3, 4)]
held = [parts[K:].sum() for K in (1, 2, 3, 4)]
claim("what is lost is what the dropped kernels held", lost, held, 1e-15)


# %% draw
def dropping():
    for K in (4, 3, 2, 1):
        back = there_and_back(x[5:6], four[:K])[1][0, 0]
        drawn, axes = figure(1, 2)
        grid(axes[0], back.round(1), f"$K = {K}$", fill={ORANGE: abs(back - x[5, 0]) > 1e-9})
        axes[1].imshow(back, cmap="gray", vmin=0, vmax=16)
        axes[1].set_axis_off()
        yield drawn


play("dropping", dropping())

# %% [markdown]
# ![Four frames: an 8x8 digit as numbers and as an image. With four kernels all is right. With
# three, two and one kernel more numbers are marked, and the image becomes coarser.](dropping.png)
# Exactly the part of the fourth channel: 4.06 %. With two kernels 9.24 % is lost, with one 21.20 %.
# Marked numbers are wrong. With one kernel each 2x2 block has become its mean.

# %% one [markdown]
# ## One kernel is not enough
#
# **Often heard.** "Scale the kernel to length 1, take $k = s$, and the transpose is the inverse."
# The smallest counterexample has one window: $w = \frac{1}{\sqrt 2} (1, 1)$ makes of $x = (1, 0)$
# first $0.707$ and then $(0.5, 0.5)$.
#
# Here $M^\top M$ replaces both numbers of a window by their mean, and a second time changes
# nothing. Such a matrix is called a *projection*.

# %%
M = matrix(two[:1], 4, stride=2)
P = M.T @ M
claim("(1, 0) there and back", P[:2, 0], [0.5, 0.5], 1e-15)
claim("and y", M[0, 0], 0.5**0.5, 1e-15)
claim("largest number of |M^T M - I|", abs(P - np.eye(4)).max(), 0.5, 1e-15)
claim("twice is once", P @ P, P, 1e-15)
claim("the other order gives I", M @ M.T, np.eye(2), 1e-15)

# %% [markdown]
# The largest error in $M^\top M$ is 0.5. No scaling helps: $M$ has 2 rows and 4 columns, and 2
# numbers cannot hold 4. For $C$ channels and $k = s$, a window holds $C k^2$ numbers, so
# $K = C k^2$ kernels are needed.

# %% overlap [markdown]
# ## Overlapping windows
#
# **Often heard.** "It works only for $k = s$." Take half the sum and half the difference of
# neighbours, $\frac{1}{2}(1, 1)$ and $\frac{1}{2}(1, -1)$, with $k = 2$, $s = 1$, $p = 1$. Each
# number of $x$ is in two windows of two channels: four times the square $1/4$ is 1.
#
# **Predict.** $x$ has 4 numbers. What is the shape of $M$? Is $M M^\top = I$, too?

# %%
halves = np.array([[[1.0, 1.0]], [[1.0, -1.0]]]) / 2
M = matrix(halves, 4, padding=1)
claim("the shape of M", M.shape, (2 * 5, 4))
claim("M^T M = I", M.T @ M, np.eye(4))
claim("M M^T is a projection", M @ M.T @ M @ M.T, M @ M.T)
claim("largest number of |M M^T - I|", abs(M @ M.T - np.eye(10)).max(), 0.75)

# %% [markdown]
# $M$ has 10 rows and 4 columns. $M^\top M = I$ holds. $M M^\top$ is off by up to 0.75. So the
# transpose is an inverse from one side: from $x$ to $y$ and back nothing is lost, but most $y$
# belong to no $x$. Only if $M$ is square do both hold.

# %% stretch [markdown]
# ## Other kernels stretch
#
# What do other kernels do? For each matrix there are perpendicular directions $v_0, v_1, \ldots$
# whose images are perpendicular, too. $M$ stretches each by its factor, the *singular value*
# $\sigma_n \ge 0$:
#
# $$\lVert M v_n \rVert = \sigma_n \qquad M^\top M v_n = \sigma_n^2 v_n$$
#
# So $M^\top M = I$ if and only if all singular values are 1. A 0 means that a direction is lost.
#
# **Predict.** $x$ has 16 numbers. Which singular values has the kernel of the sum alone? The kernel
# $w = \frac{1}{4} (1, 2, 1)$ with $p = 1$ blurs. Is its smallest singular value 0?

# %%
blur = np.array([[[1.0, 2.0, 1.0]]]) / 4
matrices = [matrix(two, 16, stride=2), matrix(two[:1], 16, stride=2), matrix(blur, 16, padding=1)]
sigma = [np.sqrt(np.linalg.eigvalsh(M.T @ M).clip(0))[::-1] for M in matrices]
claim("sum and difference", sigma[0], np.ones(16), 1e-14)
claim("the sum alone", sigma[1], np.repeat([1, 0], 8), 1e-7)
claim("the blur", sigma[2], (1 + np.cos(np.pi * np.arange(1, 17) / 17)) / 2, 1e-12)

# %% draw
drawn, axes = figure()
for values, colour, marker in zip(sigma, (BLUE, ORANGE, VERMILION), "os^", strict=True):
    axes.plot(values, color=colour, marker=marker)
axes.set(xlabel="$n$", ylabel="$\\sigma_n$")
show("singular", drawn)

# %% [markdown]
# ![Three curves of sixteen values. One stays at 1. One is 1 for eight values and then 0. One falls
# in an arc from almost 1 to almost 0.](singular.png)
# Blue, sum and difference: all 1. Orange, the sum alone: eight times 1 and eight times 0. Red, the
# blur: from 0.991 down to 0.0085, which is not 0. So the blur loses nothing, and yet its transpose
# is far from its inverse.

# %% pseudo [markdown]
# ## The inverse costs more
#
# If no singular value is 0, then $x$ can be computed from $y$. The matrix for this is the
# *pseudo-inverse*
#
# $$M^+ = (M^\top M)^{-1} M^\top \qquad M^+ M = I$$
#
# If $M^\top M = I$, it is $M^\top$. Otherwise it divides by each singular value, where the
# transpose multiplies. (`np.linalg.pinv` skips those that are 0. $M^+ M$ is then a projection.)
#
# **Predict.** A row of the blur's $M^\top$ has up to 3 numbers that are not 0. How many has $M^+$?

# %%
M, inverse = matrices[2], np.linalg.pinv(matrices[2])
claim("M^+ M = I", inverse @ M, np.eye(16), 1e-12)
claim("the formula", inverse, np.linalg.inv(M.T @ M) @ M.T, 1e-9)
claim("least number of M^+, by size", abs(inverse).min(), between=(0.1, 1))
claim("for sum and difference it is M^T", np.linalg.pinv(matrices[0]), matrices[0].T, 1e-14)

# %% [markdown]
# All 16 in each row, and none is below 0.1 in size. So the inverse is a dense matrix and no
# convolution with a small kernel.

# %% noise [markdown]
# ## The inverse enlarges errors
#
# **Often heard.** "Deconvolution makes blurred images sharp again." With exact numbers it does. But
# $y$ is measured or rounded. An error in $y$ along the weakest direction is divided by the smallest
# singular value. The smallest case is $w = (0.01)$, where $M^+$ multiplies all errors by 100.

# %%
weakest = np.linalg.svd(M)[0][:, -1]  # a direction of length 1 in y
clear = rng.standard_normal(16)
wrong = inverse @ (M @ clear + 0.01 * weakest) - clear
claim("1 over the smallest singular value", np.linalg.norm(inverse, 2), 1 / sigma[2][-1], 1e-6)
claim("what 0.01 in y becomes in x", np.linalg.norm(wrong), 0.01 / sigma[2][-1], 1e-6)
claim("with the smallest kernel", np.linalg.pinv(matrix([[[0.01]]], 3)), 100 * np.eye(3), 1e-12)

# %% [markdown]
# For the blur the factor is 117.5: an error of length 0.01 becomes one of length 1.17. Orthonormal
# kernels have only singular values 1, so no error grows.

# %% learn [markdown]
# ## Let the data choose
#
# Back to dropping. If only $K$ kernels are kept, which orthonormal ones lose the least on given
# images? Write all windows as rows of a matrix $W$. The answer is known ([Eckart & Young
# 1936](https://doi.org/10.1007/BF02288367)): the directions $v_n$ that $W$ stretches most. What is
# lost is the sum of the squares of the other singular values:
#
# $$\lVert x - x' \rVert^2 = \sum_{n \ge K} \sigma_n^2$$
#
# **Predict.** By how much will they beat the sum, the two differences and the diagonals?


# %%
def best(k):  # kernels as rows, best first, and the squares of the singular values
    W = F.unfold(tensor(x), k, stride=k).numpy().transpose(0, 2, 1).reshape(-1, k * k)
    squares, directions = np.linalg.eigh(W.T @ W)
    return directions.T[::-1], squares[::-1]


chosen, squares = best(2)
for K in (1, 2, 3):
    missed = ((x - there_and_back(x, chosen[:K])[1]) ** 2).sum() / (x**2).sum()
    claim(f"K = {K}: squares left out", missed, squares[K:].sum() / squares.sum(), 1e-12)
large, squares = best(8)  # kernels as large as the image
missed = ((x - there_and_back(x, large[:16])[1]) ** 2).sum() / (x**2).sum()
claim("16 of 64 kernels of 8x8", missed, squares[16:].sum() / squares.sum(), 1e-12)

# %% draw
drawn, axes = figure(2, 8)
for c, panel in enumerate(axes.flat):
    panel.imshow(large[c].reshape(8, 8), cmap="gray", vmin=-0.3, vmax=0.3)
    panel.set_axis_off()
show("best", drawn)

# %% [markdown]
# ![Sixteen kernels of 8x8. The first looks like a mean of all digits, the others like smooth waves
# with more and more changes of sign.](best.png)
# By very little: with $K = 1$, $2$, $3$ they lose 21.15 %, 9.13 % and 3.99 %. The fixed kernels
# were a good guess. Size matters more. With $k = 2$ and $K = 1$ each digit becomes 16 numbers. With
# $k = 8$ and $K = 16$ it becomes 16 numbers, too, and only 4.75 % is lost. Above are these kernels.
#
# A convolution makes few numbers, and a transposed one makes an image of them. T07 calls this pair
# a linear auto-encoder, finds its kernels by gradient descent, and adds what is not linear.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# The kernel $\frac{1}{5} (3, 4)$ has the length 1. Which second kernel makes the pair orthonormal?
# Compute $y$ for the window $(5, 0)$ with both, and go back.
#
# **Hint 1.** The inner product with the first kernel must be 0.
#
# **Hint 2.** Exchange the two numbers, and change one sign.
#
# **Hint 3.** To go back, multiply each kernel by its number of $y$, and add.
#
# **Solution.** $\frac{1}{5} (4, -3)$ or its negative. $y = (3, 4)$, and back comes
# $\frac{1}{5} (3 \cdot 3 + 4 \cdot 4, 4 \cdot 3 - 3 \cdot 4) = (5, 0)$.

# %%
M = matrix(np.array([[[3.0, 4.0]], [[4.0, -3.0]]]) / 5, 2, stride=2)
claim("exercise 1", M @ [5, 0], [3, 4], 1e-14)
claim("exercise 1, back", M.T @ M @ [5, 0], [5, 0], 1e-14)

# %% exercise-odd [markdown]
# ## Exercise 2: an odd size
#
# Sum and difference, but $x$ has 5 numbers. What is $x - M^\top M x$? What changes with $p = 1$?
#
# **Hint 1.** Where do the windows begin, and where does the last one end?
#
# **Hint 2.** At $p = 0$ no window reaches the last number. Its column of $M$ is 0.
#
# **Hint 3.** At $p = 1$ the windows begin at $-1$, 1 and 3.
#
# **Solution.** Only the last number is missing. With $p = 1$ all are read, and $M^\top M = I$.

# %%
M, padded = matrix(two, 5, stride=2), matrix(two, 5, stride=2, padding=1)
claim("exercise 2", np.arange(5) - M.T @ M @ np.arange(5), [0, 0, 0, 0, 4], 1e-14)
claim("exercise 2, p = 1", padded.T @ padded, np.eye(5), 1e-15)

# %% summary [markdown]
# ## What to keep
#
# - The transpose is a left inverse if and only if the columns of $M$ are orthonormal: all singular
#   values are 1. For $k = s$ this takes $K = C k^2$ orthonormal kernels.
# - What dropped kernels held is exactly what is lost.
# - Else the pseudo-inverse divides by the singular values. It is dense, and it enlarges errors.
