# %% start [markdown]
# # The bijection wish
#
# - **Aim.** You can say what a continuous G cannot do, find the h of an image, and tell when the
#   search must fail.
# - **You need.** The generator (T10), a training of both players (T13), densities (T09).
# - **Time.** 25 s to run, 45 minutes to read.
# - **Next.** A convolutional GAN (T15), and assignment A6, part 6.4.
#
# **The note says.** We look for a bijection from $h \in \mathbb{R}^n$, $h \sim N(0, s^2 I)$, to the
# real images.
#
# A *bijection* makes pairs: each $h$ gets one image, and each image one $h$. This chapter grants
# the wish on a line and looks at the price. Then it asks for the $h$ of an image.

# %%
from statistics import NormalDist

import numpy as np

from lesson import BLUE, GREY, ORANGE, VERMILION, claim, explore, figure, play, show
from minigan import nn
from minigan.datasets import digits8, mixture, split
from minigan.gan import Game, exact_generator, inversions, lerp, recovery, slerp
from minigan.models import MLPDiscriminator, MLPGenerator, outputs
from minigan.optim import Adam
from minigan.theory import Gaussian, GaussianMixture, js

SEED = 0
Phi, quantile = np.vectorize(NormalDist().cdf), np.vectorize(NormalDist().inv_cdf)

# %% exact [markdown]
# ## On a line the wish can be granted
#
# Let half of the data be $N(-3, 0.5^2)$ and half $N(3, 0.5^2)$: two hills with a wide gap. The
# *distribution function* $F(x)$ is the probability of a sample below $x$. Write $\Phi(h)$ for that
# of $N(0, 1)$. Send each $h$ to the $x$ with as much probability below it:
#
# $$F(G(h)) = \Phi(h) \qquad G = F^{-1} \circ \Phi$$
#
# $G$ rises, so $G(h)$ lies below $x = G(a)$ exactly if $h$ lies below $a$. This has the probability
# $\Phi(a) = F(x)$: the samples of $G$ have the distribution of the data.
#
# **Predict.** Where does $G$ send $h = 0$, and where the $h$ with $\Phi(h) = 1/4$?

# %%
P = GaussianMixture([-3, 3], 0.5)
G = exact_generator(P)
claim("G at 0 and at the quarter", G.forward(quantile([0.5, 0.25])), [0, -3], 1e-4)
claim("the JSD of data and model", js(G, P).value, 0, 1e-12)
claim("h from N(0, 3^2), divided by 3", G.forward(Gaussian(0, 3).sample(9, 0) / 3), G.sample(9, 0))

# %% [markdown]
# To 0, the middle of the gap, and to $-3$, the top of the left hill. The JSD is 0. The $s$ of the
# note, a standard deviation, changes little: for $h \sim N(0, s^2)$ take $G(h/s)$.

# %% slope [markdown]
# ## The slope is the price
#
# A short piece of $h$ at density $N(h)$ becomes $G'(h)$ times as wide, at density $p(x)$. Its
# probability stays the same:
#
# $$N(h) = p(G(h)) \, G'(h) \qquad G'(h) = \frac{N(h)}{p(G(h))}$$
#
# **Predict.** How steep is $G$ at $h = 0$: 1, 10, or more than a million?

# %%
ends = quantile(np.linspace(0.001, 0.999, 13))  # 12 parts of the bell, of equal probability
claim("slopes at 0 and on top", G.slope(quantile([0.5, 0.75])), [np.exp(18) / 2, 0.797], 1)

# %% draw
drawn, axes = figure(2, 2, width_ratios=[1, 2], height_ratios=[2, 1])
for part in range(12):
    h, colour = np.linspace(*ends[part : part + 2], 200), (BLUE, ORANGE)[part % 2]
    x = np.linspace(*G.forward(h[[0, -1]]), 200)
    axes[0, 1].plot(h, G.forward(h), color=colour)
    axes[1, 1].fill_between(h, Gaussian().density(h), color=colour)
    axes[0, 0].fill_betweenx(x, P.density(x), color=colour)
axes[0, 0].set(xlabel="$p(x)$", ylabel="$x$", ylim=(-5, 5))
axes[0, 1].set(ylabel="$G(h)$", ylim=(-5, 5))
axes[1, 1].set(xlabel="$h$", ylabel="$N(h)$")
axes[1, 0].set_axis_off()
show("parts", drawn)

# %% [markdown]
# ![A bell below, two hills to the left, between them a rising curve with a jump.](parts.png)
# The bell of $h$ below and the data to the left, in 12 parts of probability 1/12. Near a top they
# become narrow. The two next to $h = 0$ must reach from a hill to the middle of the gap. There
# $G'(0) = \mathrm{e}^{18}/2 = 3.283 \cdot 10^7$, since data are so rare. On top of a hill $G'$ is
# 0.797.

# %% bound [markdown]
# ## How steep may a network be?
#
# A network is continuous, and its slope is bounded. The smallest $K$ with
#
# $$| G(h) - G(h') | \le K \, | h - h' | \quad \text{for all } h, h'$$
#
# is its *Lipschitz constant*. (In T02, $K$ was a number of channels.) The gap $-1.5 \le x \le 1.5$
# ends three standard deviations before the top of each hill. It is 3 wide. To cross it, $G$ needs a
# piece of $h$ that is at least $3/K$ wide. $G$ maps all of this piece into the gap. If $G$ is fair,
# with equal parts left and right of the gap, the piece reaches from $-1.5/K$ to $1.5/K$. So at
# least this part of the samples lies in the gap:
#
# $$\Phi(1.5/K) - \Phi(-1.5/K) = 2 \, \Phi(1.5/K) - 1$$
#
# **Predict.** How many percent is it for $K = 5$? Which $K$ brings it down to 1 %?


# %%
def steep(h, K, c=0.0):  # hill by hill the exact G, and a line of slope K that crosses 0 at h = c
    below, above = Phi(np.minimum(h, c)) / Phi(c), Phi(-np.maximum(h, c)) / Phi(-c)
    left, right = (3 - 0.5 * quantile(part.clip(1e-12, 1 - 1e-12)) for part in (1 - below, above))
    return np.sign(h - c) * np.minimum(K * abs(h - c), abs(np.where(h < c, left, right)))


grid, h = np.linspace(-5, 5, 20_001), np.random.default_rng(SEED).standard_normal(1_000_000)
for K, percent in ((5, 23.6), (20, 6.0), (100, 1.2)):
    formula, G_K = 100 * (2 * Phi(1.5 / K) - 1), steep(grid, K)
    claim(f"K = {K}: the bound in percent", formula, percent, 0.05)
    claim(f"K = {K}: counted", 100 * (abs(np.interp(h, grid, G_K)) < 1.5).mean(), formula, 0.25)
    claim(f"K = {K}: no steeper", np.gradient(G_K, grid).max() / K, 1, 1e-6)
claim("K for one percent", 1.5 / quantile(0.505), between=(119, 120))
claim("the data, in percent", 100 * P.expectation(lambda x: abs(x) < 1.5).value, 0.135, 5e-4)

# %% [markdown]
# 23.6 %. With $K = 20$ it is 6.0 %, with $K = 100$ it is 1.2 %, and 1 % needs $K = 120$. The data
# have 0.135 %. A line of slope $K$ through the gap reaches the bound: its samples were counted.
#
# **Often heard.** "With a wider $h$, $G$ need not be steep." For $h \sim N(0, s^2)$ the bound has
# $K s$ in place of $K$. But the first layer can multiply by $s$ itself: nothing is gained.

# %% unequal [markdown]
# ## A bridge, or a lost hill
#
# Nothing forces $G$ to be fair. Let its line cross the gap at $h = c$. The part in the gap is
# $\Phi(c + 1.5/K) - \Phi(c - 1.5/K)$. It is small if $c$ is far out.
#
# **Predict.** $K = 5$, and at most 1 % in the gap: how much is left of the right hill's 50 %?

# %%
c = np.linspace(0, 4, 4001)
c = c[np.argmax(Phi(c + 0.3) - Phi(c - 0.3) <= 0.01)]
claim("the right hill, in percent", 100 * Phi(-c - 0.3), between=(0.2, 0.24))


# %% draw
def crossing(K, c):
    drawn, axes = figure()
    x = np.interp(h[:200_000], grid, steep(grid, K, c))
    axes.hist(x, 120, range=(-5.5, 5.5), density=True, color=VERMILION)
    axes.plot(grid, P.density(grid), color=BLUE)
    axes.axvspan(-1.5, 1.5, color=GREY, alpha=0.2)
    axes.set(xlabel="$x$", xlim=(-5.5, 5.5), ylim=(0, 0.9))
    for middle, part in ((-3.5, x < -1.5), (0, abs(x) <= 1.5), (3.5, x > 1.5)):
        axes.text(middle, 0.84, f"{100 * part.mean():.1f} %", ha="center")
    return drawn


explore("crossing", {"K": [2, 5, 20, 100], "c": [0.0, 0.5, 1.0, 2.0]}, crossing, (5, 0.0))

# %% [markdown]
# ![A histogram over two hills, with three percentages, and two sliders.](crossing.png)
# About 0.2 %. Red the samples, blue the data, grey the gap. A $G$ of bounded slope must choose:
# draw a bridge of samples that belong to neither hill, or lose a hill (T13).

# %% trained [markdown]
# ## What training makes of it
#
# Now a GAN learns these data as in T13. $G$ has two hidden layers of 32 with tanh.
#
# **Predict.** $K$ grows while $G$ learns. Can the part in the gap fall below the bound?


# %%
def play_game(G, D, batches, updates, n, rate):  # yields G, with averaged weights
    players = (Adam(each.parameters(), rate, betas=(0.5, 0.99)) for each in (G, D))
    game = Game(G, D, batches, *players, latent=n, generator=SEED, decay=0.99)
    return (game.average.model for _ in game.play(updates))


G = MLPGenerator(1, 1, (32, 32), nn.Tanh, generator=SEED)
D = MLPDiscriminator(1, (32, 32), generator=SEED + 1)
batches = mixture([-3, 3], 0.5).batches(256, SEED)
fine, kept = np.linspace(-4, 4, 40_001), []
mass = Gaussian().density(fine) * (fine[1] - fine[0])
for n, learned in enumerate(play_game(G, D, batches, 1000, 1, 2e-3), 1):
    if n in (10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1000):
        x = outputs(learned, fine[:, None])[:, 0].astype(float)
        kept.append((n, x, abs(np.gradient(x, fine)).max(), 100 * mass[abs(x) < 1.5].sum()))
        print(f"update {n}: K = {kept[-1][2]:.1f}, {kept[-1][3]:.1f} % in the gap")
_, x, K, gap = kept[-1]
fewer = min(mass[x < -1.5].sum(), mass[x > 1.5].sum())  # on the side with fewer samples
claim("the largest slope", K, between=(80, 160))
claim("percent in the gap", gap, between=(0.8, 1.6))
claim("over the bound", gap / 100 / (Phi(quantile(fewer) + 3 / K) - fewer), between=(1, 1.2))


# %% draw
def training():
    slopes = np.geomspace(0.3, 300, 200)
    for at, (n, x, *_) in enumerate(kept):
        drawn, axes = figure(1, 2)
        axes[0].plot(fine, x, color=VERMILION)
        axes[0].axhspan(-1.5, 1.5, color=GREY, alpha=0.2)
        axes[0].set(xlabel="$h$", ylabel="$G(h)$", ylim=(-6.5, 6.5), title=f"$n = {n}$")
        axes[1].loglog(slopes, 200 * Phi(1.5 / slopes) - 100, color=GREY)
        axes[1].loglog(*np.transpose([each[2:] for each in kept[: at + 1]]), "o-")
        axes[1].set(xlabel="$K$", ylabel="%", xlim=(0.3, 300), ylim=(0.3, 130))
        yield drawn


play("training", training())

# %% [markdown]
# ![Fourteen frames: a red curve becomes a step, and a dot moves down a grey curve.](training.png)
# Left $G$ after $n$ updates, right the percentage in the gap against $K$ (blue), and the bound for
# a fair $G$ (grey). As soon as there are two hills, training moves down *along* the bound. At the
# end $K$ is between 80 and 160, and 0.8 % to 1.6 % lie in the gap, at most 1.2 times the bound.
# Beside the jump $G$ turns round: no loss that sees only samples makes it rise everywhere.
#
# What helps is an input that is not continuous. Give $G$ a coin $b = \pm 1$ beside $h$: then
# $G(h, b) = 3 b + 0.5 h$ is exact, and $K = 0.5$. The label of a digit can be such a coin.

# %% search [markdown]
# ## From x back to h
#
# "How do I get the $h$ of my image?"
# ([DCGAN-tensorflow #274](https://github.com/carpedm20/DCGAN-tensorflow/issues/274)) A network has
# no formula for $G^{-1}$. But the distance has a gradient in $h$, so fix the weights and descend:
#
# $$\min_h \lVert G(h) - x \rVert^2$$
#
# This is the *inversion* of $G$. Try it on a spiral: $G(h) = (h \cos h, h \sin h)$, $x = G(9)$.
#
# **Predict.** Does every start between 0 and 12 lead to $h = 9$?


# %%
def spiral(h):
    return h * np.stack([np.cos(h), np.sin(h)])


h, x = np.linspace(1, 12, 23), spiral(np.array([9.0]))
for _ in range(400):
    slope = spiral(h) / h + h * np.stack([-np.sin(h), np.cos(h)])
    h = h - 4e-3 * ((spiral(h) - x) * slope).sum(0)
away = np.linalg.norm(spiral(h) - x, axis=0)
claim("starts that find h = 9", [(abs(h - 9) < 1e-3).sum(), (away < 1e-3).sum()], [12, 12])
claim("the others", np.stack([h, away])[:, away > 1].T, [[2.94, 6.17]] * 11, 0.01)

# %% draw
drawn, axes = figure(1, 2, width_ratios=[2, 3])
curve = np.linspace(0, 12, 500)
for axis, points in ((axes[0], spiral), (axes[1], lambda h: (h, ((spiral(h) - x) ** 2).sum(0)))):
    axis.plot(*points(curve), color=GREY)
    axis.plot(*points(np.array([9.0])), "*", color=VERMILION, markersize=30)
    axis.plot(*points(h), "o", color=BLUE)
axes[0].set(xlabel="$x_0$", ylabel="$x_1$", aspect="equal")
axes[1].set(xlabel="$h$", ylabel="$\\Vert G(h) - x \\Vert^2$")
show("spiral", drawn)

# %% [markdown]
# ![A spiral with a star, and dots on two turns. Right, a curve with two valleys.](spiral.png)
# 12 of 23 do. The others end near 2.9, in the valley of another turn, 6.2 from $x$ (star).
# So begin at several starts, and keep the best.

# %% digits [markdown]
# ## Is it the search, or is it G?
#
# Train a GAN on the digits, with 8 numbers in $h$. Then search the $h$ of 12 pictures of its own,
# of 12 test images, and of their negatives. `inversions` descends from eight starts and refines the
# best. It reports the root of the mean squared error, with black at $-1$ and white at 1.
#
# **Predict.** Which of the three groups are reached?

# %%
train, test = split(digits8())
X, T = train.scaled(), test.scaled()  # (1437, 1, 8, 8) and (360, 1, 8, 8), in [-1, 1]
claim("dimensions of the digits", np.linalg.matrix_rank(X.reshape(-1, 64) - X.mean(0).ravel()), 61)
widths, image = (128, 128), nn.Unflatten(1, (1, 8, 8))
G = nn.Sequential(MLPGenerator(8, 64, widths, generator=SEED), nn.Tanh(), image)
D = nn.Sequential(nn.Flatten(), MLPDiscriminator(64, widths, generator=SEED + 1))
*_, learned = play_game(G, D, train.batches(64, SEED), 1500, 8, 1e-3)
known = np.random.default_rng(SEED).standard_normal((12, 8)).astype(np.float32)
targets = np.concatenate([outputs(learned, known), T[:12], -T[:12]])
states = list(inversions(learned, targets, 8, steps=150, refinements=20, generator=SEED))
own, real, negative = states[-1].residuals.reshape(3, 12)
claim("its own pictures", own, between=(0, 1e-5))
claim("its own h, relative error", recovery(known, states[-1].h[:12]), between=(0, 1e-3))
claim("test images", real, between=(0.1, 0.7))
claim("negatives", negative, between=(1, 1.5))
claim("the longest h of a test image", np.linalg.norm(states[-1].h[12:24], axis=1).max() > 6, True)

# %% draw
drawn, axes = figure(3, 1, height_ratios=[1, 1, 2])
for axis, group, label in zip(axes, (targets, states[-1].samples), ("$x$", "$G(h)$"), strict=False):
    framed = [np.pad(each[0], 1, constant_values=1) for each in group[6:18]]
    axis.imshow(np.hstack(framed), cmap="gray", vmin=-1, vmax=1)
    axis.set_axis_off()
    axis.set_title(label)
past = np.array([state.residuals for state in states])
axes[2].semilogy(past[:, 6:12], color=BLUE, linewidth=1.5)
axes[2].semilogy(past[:, 12:18], color=VERMILION, linewidth=1.5)
axes[2].set(xlabel="$n$")
show("search", drawn)

# %% [markdown]
# ![Twelve targets and what was found. Six curves fall to 0, six others do not.](search.png)
# Six of its own pictures and six test images, what the search found, and the errors after $n$
# steps. Those of its own (blue) end below 0.00001, and their $h$ is found. So the search works, and
# the error of the test images (red), 0.1 to 0.7, is the fault of $G$: it cannot draw them. The
# negatives keep an error of at least 1.
#
# **Often heard.** "The error is 0.3, so my GAN is bad." Three things look alike: $G$ does not draw
# $x$; it does, but the search is stuck; it does, but at an $h$ so long that $N(0, I)$ hardly gives
# it. (A test image has an $h$ longer than 6.) Its own pictures tell the first two apart; `minigan
# invert RUN` tests that. And each $h$ belongs to one $G$: $G(-h)$ is as good, with $-h$.

# %% thin [markdown]
# ## Why it cannot
#
# Images lie on a thin set. Three of the 64 pixels of our digits are always black, so the digits
# have at most 61 dimensions. With 8 numbers in $h$, the pictures of $G$ form a bent surface of 8
# dimensions, which misses nearly all images. Between spaces of different dimension no continuous
# $G$ is a bijection: $G(h) = (h, 0)$ misses all points off a line, and $G(h, h') = h$ forgets $h'$.

# %% between [markdown]
# ## Between two vectors
#
# T07 walked from $h$ to $h'$ on a straight line. For $N(0, I)$ in many dimensions this line leaves
# the vectors that $G$ knows. Each of the $n$ numbers of $h$ has variance 1, so $\lVert h \rVert$ is
# about $\sqrt{n}$. Each number of the midpoint has variance 1/2: its length is about $\sqrt{n/2}$.
#
# **Predict.** $n = 100$. How many of 100,000 draws are as short as a typical midpoint?

# %%
rng = np.random.default_rng(SEED)
h, other = (rng.standard_normal((100_000, 100)) for _ in "ab")
rms = [np.sqrt((path(h, other, 0.5) ** 2).sum(1).mean()) for path in (lerp, slerp)]
claim("midpoints of the line and of the arc", rms, [np.sqrt(100 / 2), np.sqrt(100)], 0.01)
claim("as short as a midpoint", (np.linalg.norm(h, axis=1) < np.sqrt(50)).sum(), between=(0, 3))
claim("n = 2", (np.linalg.norm(h[:, :2], axis=1) < 1).mean(), 1 - np.exp(-1 / 2), 0.005)

# %% draw
drawn, axes = figure()
t = np.linspace(0, 1, 51)
for path, colour in ((slerp, ORANGE), (lerp, BLUE)):
    axes.plot(t, np.linalg.norm(path(h[:20], other[:20], t), axis=2), color=colour, linewidth=1.5)
axes.set(xlabel="$t$", ylabel="$\\Vert h \\Vert$", ylim=(0, 12))
show("between", drawn)

# %% [markdown]
# ![Twenty blue lines sag in the middle, twenty orange ones stay near 10.](between.png)
# At most 3. Blue: `lerp`, the line, for 20 pairs. Orange: `slerp`, an arc that keeps the length.
# For $n = 2$ the line is harmless: lengths vary, and 0.39 of all draws are as short as a midpoint.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# Find the rising $G$ for the data with $F(x) = 1 - \mathrm{e}^{-x}$, where $x \ge 0$.
#
# **Hint 1.** Solve $F(x) = \Phi(h)$ for $x$.
#
# **Hint 2.** $\mathrm{e}^{-x} = 1 - \Phi(h)$.
#
# **Hint 3.** Take the logarithm.
#
# **Solution.** $G(h) = -\log(1 - \Phi(h))$. It sends $h = 0$ to $\log 2$.

# %% exercise-circle [markdown]
# ## Exercise 2: does a second number help?
#
# Let $h \in \mathbb{R}^2$, $K = 5$, and let $G$ depend on $\lVert h \rVert$ alone. Vectors shorter
# than $r$ go left of the gap, those longer than $r + 3/K$ right of it, equally many. How many
# percent lie in the gap? Use that $\lVert h \rVert > r$ has the probability $\mathrm{e}^{-r^2/2}$.
#
# **Hint 1.** Write both probabilities as functions of $r$.
#
# **Hint 2.** They must be equal: $1 - \mathrm{e}^{-r^2/2} = \mathrm{e}^{-(r + 0.6)^2/2}$.
#
# **Hint 3.** Try many $r$ between 0 and 2, and take the best.
#
# **Solution.** 34.3 %, more than the 23.6 % of the line. A straight cut is best for every $n$
# ([Salmona et al. 2022](https://arxiv.org/abs/2206.14476)): the bound holds for every $n$.

# %%
r = np.linspace(0, 2, 200_001)
left, right = 1 - np.exp(-(r**2) / 2), np.exp(-((r + 3 / 5) ** 2) / 2)
best = abs(left - right).argmin()
claim("in percent", 100 * (1 - left - right)[best], between=(34.3, 34.4))

# %% summary [markdown]
# ## What to keep
#
# - On a line $G = F^{-1} \circ \Phi$ is the bijection. Its slope $N(h)/p(x)$ is huge in a gap.
# - A $G$ of slope at most $K$ builds a bridge, at least $2 \, \Phi(1.5/K) - 1$, or loses a hill.
# - Search $h$ by gradient, from several starts, and first for pictures of its own.
#
# Part 6.4 of assignment A6 lets you search the $h$ of an image.
