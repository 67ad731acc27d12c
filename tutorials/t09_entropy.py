# %% start [markdown]
# # Entropy, cross-entropy, KL and JSD
#
# - **Aim.** You can compute entropy, cross-entropy and two divergences by hand, and say what each
#   of them measures.
# - **You need.** Probabilities that add up to 1, and the rule $\log(ab) = \log a + \log b$.
# - **Time.** 5 s to run, 45 minutes to read.
# - **Next.** A classifier and its loss (T10), and assignment A5, part 5.1.
#
# A model draws images. How far are they from real images? The question is not about one image. It
# is about two *distributions*: with which probability does each of them give which image? This
# chapter has the four numbers that answer it. T12 shows that a GAN minimises the last of them.

# %%
import numpy as np

from lesson import GREEN, ORANGE, PURPLE, SKY, VERMILION, claim, figure, play, show
from minigan.theory import Gaussian, GaussianMixture, Midpoint, cross_entropy, entropy, js, kl

log2 = np.log(2)

# %% surprise [markdown]
# ## The information of one outcome
#
# Let $P(x)$ be the probability of the outcome $x$. The *self-information* of $x$ is
#
# $$\log \frac{1}{P(x)} = -\log P(x)$$
#
# It says how surprising $x$ is. An outcome that is certain has 0. A rare outcome has a lot. For two
# independent outcomes the probabilities multiply, so their information adds up. All logarithms of
# this book are natural, so the unit is the *nat*. With logarithms to the base 2 the unit is the
# bit. One bit is $\log 2$ nats. A fair coin tells you 0.693 nats, or 1 bit. Two coins tell you
# 1.386 nats. Remember both numbers: the loss of a GAN will show them again.

# %%
claim("one coin, and two", -np.log([0.5, 0.5 * 0.5]), [log2, 2 * log2], 1e-15)

# %% entropy [markdown]
# ## Entropy is the mean information
#
# The *entropy* of $P$ is the mean of the self-information, with the probabilities as weights:
#
# $$H(P) = -\sum_x P(x) \log P(x)$$
#
# An outcome with $P(x) = 0$ counts as 0, because $u \log u$ goes to 0 with $u$.
#
# **Predict.** Three coins show heads with probability 1/2, 3/4 and 1. Which has the most entropy,
# which the least?

# %%
claim("H(1/2, 1/2)", entropy([0.5, 0.5]), log2, 1e-15)
claim("H(3/4, 1/4)", entropy([0.75, 0.25]), 0.75 * np.log(4 / 3) + 0.25 * np.log(4), 1e-15)
claim("H(1, 0)", entropy([1, 0]), 0)

# %% draw
drawn, axes = figure()
heads = np.linspace(0, 1, 201)
axes.plot(heads, entropy(np.stack([heads, 1 - heads], 1)))
axes.plot([0.5, 0.75, 1], entropy([[0.5, 0.5], [0.75, 0.25], [1, 0]]), "o", color=VERMILION)
axes.set(xlabel="$P(x)$", ylabel="$H(P)$")
show("coins", drawn)

# %% [markdown]
# ![An arch over the probability of heads from 0 to 1. It is 0 at both ends and highest in the
# middle. Three points are marked.](coins.png)
# The fair coin has the most, 0.693. The second has 0.562, and the coin with two heads has 0. The
# arch is symmetric: entropy looks at the probabilities only, never at what the outcomes are.

# %% questions [markdown]
# ## Entropy counts questions
#
# Somebody draws one of three letters with $P = (1/2, 1/4, 1/4)$. You ask questions with yes or no.
#
# **Predict.** How many questions do you need on average, if you ask well?

# %%
P = np.array([0.5, 0.25, 0.25])
claim("the entropy in bits", entropy(P) / log2, P @ [1, 2, 2], 1e-15)
claim("the entropy in nats", entropy(P), -(P * np.log(P)).sum(), 1e-15)

# %% [markdown]
# First ask "is it the first letter?" With probability 1/2 you are done. If not, ask once more. On
# average that is $\frac{1}{2} \cdot 1 + \frac{1}{2} \cdot 2 = 1.5$ questions. The entropy is 1.5
# bits, or 1.040 nats. No other way of asking needs fewer.

# %% belief [markdown]
# ## Cross-entropy: the price of a wrong belief
#
# Now $x$ comes from $P$, but you believe in $Q$. You measure the information with $Q$, while the
# outcomes arrive with $P$. The mean is the *cross-entropy*:
#
# $$H(P, Q) = -\sum_x P(x) \log Q(x)$$
#
# It is what a classifier lowers when it learns: draw examples from $P$, and average $-\log Q(x)$.
# With $P = (1/2, 1/2)$ and $Q = (3/4, 1/4)$ it is 0.837. The right belief would have cost
# $H(P) = 0.693$. If $P = (1, 0)$, only one term is left: $-\log Q(x)$ of the true outcome.

# %%
P, Q = np.array([0.5, 0.5]), np.array([0.75, 0.25])
claim("H(P, Q)", cross_entropy(P, Q), -0.5 * np.log(0.75) - 0.5 * np.log(0.25), 1e-15)
outcomes = np.random.default_rng(0).choice(2, size=100_000, p=P)
claim("the mean over 100000 draws", -np.log(Q[outcomes]).mean(), between=(0.83, 0.845))

# %% divergence [markdown]
# ## KL is the difference
#
# What the wrong belief costs *more* than the right one is the *Kullback-Leibler divergence*:
#
# $$\mathrm{KL}(P \| Q) = H(P, Q) - H(P) = \sum_x P(x) \log \frac{P(x)}{Q(x)}$$
#
# Here it is $0.837 - 0.693 = 0.144$, exactly $\frac{1}{2} \log \frac{4}{3}$.

# %%
claim("KL = cross-entropy - entropy", kl(P, Q), cross_entropy(P, Q) - entropy(P), 1e-15)
claim("KL as one sum", kl(P, Q), (P * np.log(P / Q)).sum(), 1e-15)
claim("KL(P||Q) in closed form", kl(P, Q), np.log(4 / 3) / 2, 1e-15)

# %% positive [markdown]
# ## KL is never negative
#
# The straight line $u - 1$ touches $\log u$ at $u = 1$ and lies above it elsewhere. Put
# $u = Q(x)/P(x)$ into $\log u \le u - 1$ and add up with the weights $P(x)$:
#
# $$-\mathrm{KL}(P \| Q) = \sum_x P(x) \log \frac{Q(x)}{P(x)} \le \sum_x Q(x) - \sum_x P(x) = 0$$
#
# There is equality only if $u = 1$ everywhere: $P = Q$. No belief is cheaper than the right one.

# %%
rng = np.random.default_rng(1)
many = kl(rng.dirichlet(np.ones(4), 1000), rng.dirichlet(np.ones(4), 1000))
claim("the smallest of 1000 random KL", many.min() > 0, True)

# %% direction [markdown]
# ## KL has a direction
#
# **Often heard.** "KL is the distance between two distributions." A distance is the same both ways.
# Take $P = (1, 0)$ and $Q = (1/2, 1/2)$. $\mathrm{KL}(P \| Q) = \log 2 = 0.693$, but
# $\mathrm{KL}(Q \| P)$ is infinite: an outcome arrives that the belief $P$ holds impossible. For
# the two coins of before, the numbers are 0.144 and 0.131.

# %%
there, back = kl([1, 0], [0.5, 0.5]), kl([0.5, 0.5], [1, 0])
claim("both ways", [there, back], [log2, np.inf], 1e-15)
claim("the coins, the other way", kl(Q, P), log2 - entropy(Q), 1e-15)

# %% cover [markdown]
# ## Which direction forgives what
#
# Let $P$ have two hills, at $-2$ and at 2. The model $Q$ may be one hill only, with any place and
# any width.
#
# **Predict.** Where does $Q$ lie if it minimises $\mathrm{KL}(P \| Q)$? Where, if it minimises
# $\mathrm{KL}(Q \| P)$?

# %%
hills = GaussianMixture([-2, 2], 0.5)
wide, narrow = Gaussian(0, 4.25**0.5), Gaussian(2, 0.5)  # the best of each direction
claim("the wide one covers", kl(hills, wide).value, wide.entropy - entropy(hills).value, 1e-9)
claim("the narrow one chooses", kl(narrow, hills).value, log2, 1e-3)
others = [Gaussian(m, s) for m in np.arange(0, 3, 0.25) for s in (0.4, 0.6, 1, 2, 2.1)]
claim("all others cost more", min(kl(hills, q) for q in others) > kl(hills, wide), True)
claim("this way, too", min(kl(q, hills) for q in others) > kl(narrow, hills), True)

# %% draw
drawn, axes = figure(1, 2, sharey=True)
x = np.linspace(-6, 6, 601)
for panel, model, order in zip(axes, (wide, narrow), ("P\\|Q", "Q\\|P"), strict=True):
    panel.fill_between(x, hills.density(x), color=SKY, alpha=0.5)
    panel.plot(x, model.density(x), color=VERMILION)
    panel.set_title(f"$\\min \\, \\mathrm{{KL}}({order})$")
show("hills", drawn)

# %% [markdown]
# ![Two panels with the same two hills. On the left one wide curve covers both hills and the valley.
# On the right a narrow curve fits the right hill exactly.](hills.png)
# $P$ (blue) and the best $Q$ (red). Left: $\mathrm{KL}(P \| Q)$ punishes every place that $Q$
# misses, so $Q$ covers both hills and the valley between them, at the price 0.724. Right:
# $\mathrm{KL}(Q \| P)$ punishes what $Q$ invents, so $Q$ takes one hill and leaves out the other,
# at the price $\log 2 = 0.693$. A model that draws only one kind of image is cheap in this
# direction.

# %% density [markdown]
# ## From sums to integrals
#
# For a number on a line, $P(x)$ is a *probability density*: areas under it are probabilities, and
# sums become integrals:
#
# $$H(P) = -\int P(x) \log P(x) \, \mathrm{d}x$$
#
# Write $N(m, \sigma^2)$ for the bell curve with the mean $m$ and the standard deviation $\sigma$.
# Its entropy is $\frac{1}{2} \log(2 \pi \mathrm{e} \sigma^2)$.
#
# **Often heard.** "Entropy cannot be negative." For outcomes that is true. For densities it is not,
# because a density may be above 1. The smallest case is a uniform density on an interval of length
# 1/2: it is 2 there, and its entropy is $-\log 2$.

# %%
x = np.linspace(-12, 12, 2401)
step, bell = x[1] - x[0], Gaussian(0, 1).density(x)
claim("by a sum of small steps", -(bell * np.log(bell)).sum() * step, Gaussian().entropy, 1e-12)
claim("by a quadrature", entropy(Gaussian()).value, 0.5 * np.log(2 * np.pi * np.e), 1e-12)
claim("a narrow bell", entropy(Gaussian(0, 0.1)).value, Gaussian().entropy - np.log(10), 1e-12)

# %% [markdown]
# $N(0, 1)$ has the entropy 1.4189. Three ways give it: the formula, a sum over small steps, and a
# program for integrals. A bell that is ten times as narrow has $1.4189 - \log 10 = -0.8836$. A KL
# of densities is still never negative: the proof above holds for integrals.

# %% areas [markdown]
# ## KL as an area
#
# Draw $P(x) \log \frac{P(x)}{Q(x)}$. Where it is positive, $P$ is larger than $Q$. The area above
# the axis minus the area below it is the divergence.
#
# **Predict.** $P = N(0, 1)$ and $Q = N(2, 1)$. What is $\mathrm{KL}(P \| Q)$? And for
# $Q = N(4, 1)$: twice as much?

# %%
P, Q = Gaussian(0), Gaussian(2)
integrand = P.density(x) * np.log(P.density(x) / Q.density(x))
claim("m = 2", kl(P, Q).value, P.kl(Q), 1e-12)
claim("the areas", integrand.sum() * step, 2, 1e-9)
claim("m = 4", kl(P, Gaussian(4)).value, 4**2 / 2, 1e-9)

# %% draw
drawn, (top, bottom) = figure(2, 1, sharex=True)
near = abs(x - 1) < 5
top.plot(x[near], P.density(x[near]), x[near], Q.density(x[near]))
bottom.plot(x[near], integrand[near], color=PURPLE)
bottom.fill_between(x[near], integrand[near], color=ORANGE, alpha=0.5)
bottom.set_ylabel("$P \\, \\log(P/Q)$")
show("area", drawn)

# %% [markdown]
# ![Above, two bell curves with means 0 and 2. Below, a curve with a large positive area on the left
# of 1 and a very small negative area on the right.](area.png)
# $\mathrm{KL} = m^2/2$: for $m = 2$ it is 2, and for $m = 4$ it is 8, four times as much. The
# negative area is small, because $P$ is small where $Q$ is larger.

# %% mixture [markdown]
# ## JSD: meet in the middle
#
# The next divergence is the same both ways and always finite. It compares both with their mixture
# $M = \frac{1}{2}(P + Q)$. (The matrix $M$ of T02 does not occur here.) It is the *Jensen-Shannon
# divergence*:
#
# $$\mathrm{JSD}(P, Q) = \tfrac{1}{2} \mathrm{KL}(P \| M) + \tfrac{1}{2} \mathrm{KL}(Q \| M)$$
#
# Put in $\mathrm{KL}(P \| M) = H(P, M) - H(P)$. The two cross-entropies add up to $2 H(M)$, so
#
# $$\mathrm{JSD}(P, Q) = H(M) - \tfrac{1}{2}\bigl(H(P) + H(Q)\bigr)$$
#
# **Predict.** What is the JSD of $P = (1, 0)$ and $Q = (0, 1)$?

# %%
P, Q = np.array([0.5, 0.5]), np.array([0.75, 0.25])
M = (P + Q) / 2
claim("M", M, [5 / 8, 3 / 8])
claim("JSD by two KL", js(P, Q), (kl(P, M) + kl(Q, M)) / 2, 1e-15)
claim("JSD by three entropies", js(P, Q), entropy(M) - (entropy(P) + entropy(Q)) / 2, 1e-15)
claim("no outcome in common", js([1, 0], [0, 1]), log2, 1e-15)

# %% [markdown]
# It is $\log 2 = 0.693$, the largest value there is. For the two coins, $M = (5/8, 3/8)$ and the
# JSD is 0.03382. Because $P \le 2M$, the ratio $P/M$ is at most 2, so each KL is at most $\log 2$.

# %% far [markdown]
# ## JSD saturates
#
# Let $P = N(0, 1)$ stay, and move $Q = N(m, 1)$ away.

# %%
P = Gaussian(0)
for m in (0, 1, 2, 4.5, 8):
    H_of_M = entropy(Midpoint(P, Gaussian(m))).value
    claim(f"JSD at m = {m}", js(P, Gaussian(m)).value, H_of_M - Gaussian().entropy, 1e-9)


# %% draw
def moving():
    places, x = np.linspace(0, 8, 65), np.linspace(-4, 12, 321)
    curve = [js(P, Gaussian(m)).value for m in places]
    for m in places[::8]:
        drawn, (left, right) = figure(1, 2, width_ratios=[3, 2])
        left.fill_between(x, Midpoint(P, Gaussian(m)).density(x), color=PURPLE, alpha=0.35)
        left.plot(x, P.density(x), x, Gaussian(m).density(x))
        left.set(title=f"$m = {m:g}$", ylim=(0, 0.42))
        right.plot(places, places**2 / 2, color=ORANGE, label="$\\mathrm{KL}$")
        right.plot(places, curve, color=GREEN, label="$\\mathrm{JSD}$")
        right.plot([m, m], [m * m / 2, js(P, Gaussian(m)).value], "o", color=VERMILION)
        right.axhline(log2, color=GREEN, linestyle="dotted", linewidth=2)
        right.set(xlabel="$m$", ylim=(0, 1.5))
        right.legend(loc="lower right")
        yield drawn


play("moving", moving(), seconds=0.8)

# %% [markdown]
# ![Nine frames: a bell curve moves away from another one, and their mixture is shaded. On the right
# KL leaves the picture at once, while JSD bends and stays below log 2.](moving.png)
# Left: $P$ (blue), $Q$ (red) and $M$ (shaded). Right: KL grows without end. JSD goes 0, 0.1114,
# 0.3368, 0.6599, 0.6931 for $m = 0, 1, 2, 4.5, 8$, and $\log 2 = 0.6931$ is its limit. Two
# distributions that hardly overlap all have the same JSD. It does not say *how* far apart they are,
# and so it hardly changes when $Q$ moves. In T12 this becomes a problem of training.

# %% which [markdown]
# ## What JSD measures
#
# Toss a fair coin in secret. Heads: draw $x$ from $P$. Tails: draw $x$ from $Q$. You see only $x$.
# How much does it tell you about the coin? Before, you lack $\log 2$ nats. After you have seen $x$,
# heads has the probability $P(x)/(P(x) + Q(x))$, and you lack the entropy of that.

# %%
P, Q = np.array([0.5, 0.5]), np.array([0.75, 0.25])
heads = P / (P + Q)
lacking = entropy(np.stack([heads, 1 - heads], 1))
claim("P(heads | x)", heads, [2 / 5, 2 / 3], 1e-15)
claim("still lacking, on average", M @ lacking, log2 - js(P, Q), 1e-15)
claim("the root, if nothing is in common", js([1, 0], [0, 1]) ** 0.5, log2**0.5, 1e-15)

# %% [markdown]
# On average you still lack 0.6593 of the 0.6931 nats. The difference, 0.0338, is the JSD. So JSD is
# the information that one $x$ gives about where it comes from. At most it is the whole coin. The
# fraction $P/(P + Q)$ comes back in T11: it is what a perfect classifier says.
#
# **Often heard.** "The library's JSD of two disjoint distributions is 0.8326." Some functions (in
# SciPy, `jensenshannon`) return the square root, and some use logarithms to the base 2. Test with
# $P = (1, 0)$ and $Q = (0, 1)$: the JSD in nats is 0.6931, its root 0.8326, and in bits it is 1.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# $P = (1/2, 1/4, 1/4)$ and $Q = (1/4, 1/4, 1/2)$. Compute $\mathrm{KL}(P \| Q)$ as a multiple of
# $\log 2$.
#
# **Hint 1.** The three ratios $P/Q$ are 2, 1 and 1/2.
#
# **Hint 2.** Their logarithms are $\log 2$, 0 and $-\log 2$.
#
# **Hint 3.** Weigh them with $P$: $\frac{1}{2}$, $\frac{1}{4}$ and $\frac{1}{4}$.
#
# **Solution.** $\bigl(\frac{1}{2} - \frac{1}{4}\bigr) \log 2 = \frac{1}{4} \log 2 = 0.1733$.

# %%
claim("exercise 1", kl([0.5, 0.25, 0.25], [0.25, 0.25, 0.5]), log2 / 4, 1e-15)

# %% exercise-code [markdown]
# ## Exercise 2: in NumPy
#
# Write `jsd(P, Q)` for two arrays of probabilities. It must work if some of them are 0.
#
# **Hint 1.** $0 \log 0$ counts as 0, but NumPy makes `nan` of it.
#
# **Hint 2.** Use the form with three entropies. It needs no ratio.
#
# **Hint 3.** Leave out the zeros before you take the logarithm: `p = p[p > 0]`.
#
# **Solution.** The three entropies, each without its zeros.


# %%
def jsd(P, Q):
    parts = [p[p > 0] for p in ((P + Q) / 2, P, Q)]
    H = [-(p * np.log(p)).sum() for p in parts]
    return H[0] - (H[1] + H[2]) / 2


P, Q = rng.dirichlet(np.ones(5)), np.array([0.5, 0, 0.3, 0.2, 0])
claim("exercise 2", jsd(P, Q), js(P, Q), 1e-15)

# %% exercise-missing [markdown]
# ## Exercise 3: a missing outcome
#
# $P = (1/2, 1/2)$, and the model $Q = (1 - \varepsilon, \varepsilon)$ nearly misses the second
# outcome. What do $\mathrm{KL}(P \| Q)$, $\mathrm{KL}(Q \| P)$ and $\mathrm{JSD}$ do when
# $\varepsilon$ goes to 0?
#
# **Hint 1.** In which of the three does $\log \varepsilon$ stand without a factor that goes to 0?
#
# **Hint 2.** $\mathrm{KL}(Q \| P) = \log 2 - H(Q)$.
#
# **Hint 3.** In the limit $M = (3/4, 1/4)$.
#
# **Solution.** The first grows without end. The second goes to $\log 2 = 0.6931$, and the JSD goes
# to 0.2158. Only the first one is large if an outcome is missing.

# %%
P, Q = [0.5, 0.5], [1.0, 0.0]
limits = np.inf, log2, entropy([0.75, 0.25]) - log2 / 2
claim("exercise 3", [kl(P, Q), kl(Q, P), js(P, Q)], limits, 1e-15)

# %% summary [markdown]
# ## What to keep
#
# - $H(P)$ is the mean of $-\log P(x)$. $H(P, Q)$ is what it costs to believe in $Q$.
# - $\mathrm{KL}(P \| Q) = H(P, Q) - H(P) \ge 0$ has a direction, and may be infinite.
# - $\mathrm{JSD} = H(M) - \frac{1}{2}(H(P) + H(Q))$ is symmetric, and lies between 0 and $\log 2$.
#
# T10 makes a loss of the cross-entropy. Part 5.1 of assignment A5 asks for the three functions.
