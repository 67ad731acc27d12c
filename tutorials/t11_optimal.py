# %% start [markdown]
# # The best discriminator
#
# - **Aim.** You can say which D is the best for a given G, and what training makes of it.
# - **You need.** The loss of D and V (T10), divergences (T09).
# - **Time.** 15 s to run, 40 minutes to read.
# - **Next.** What V is at the best D (T12), and assignment A5, part 5.2.
#
# Let $G$ stand still. Then $V(D, G)$ is a function of $D$ alone, and $D$ wants it as large as
# possible. This chapter finds the largest value by hand, and then by gradient descent.

# %%
import numpy as np

from lesson import BLUE, GREEN, GREY, ORANGE, VERMILION, claim, explore, figure, play, show
from minigan import nn, optim, tensor
from minigan.gan import minimax
from minigan.nn import functional as F
from minigan.theory import (
    Gaussian,
    GaussianMixture,
    js,
    optimal_discriminator,
    optimal_logit,
    value,
)

log2 = np.log(2)


def sigmoid(l):
    return 1 / (1 + np.exp(-l))


# %% one [markdown]
# ## One x at a time
#
# Write both expectations of T10 as sums over $x$:
#
# $$V(D, G) = \sum_x \bigl[ P_\text{data}(x) \log D(x) + P_\theta(x) \log(1 - D(x)) \bigr]$$
#
# Suppose that $D$ may be any function. Then it may choose each $D(x)$ by itself, and only the
# bracket of that $x$ changes. With $a = P_\text{data}(x)$ and $b = P_\theta(x)$ the bracket is
#
# $$f(D) = a \log D + b \log(1 - D)$$
#
# **Predict.** For $a = 1/2$ and $b = 3/4$: is the best $D$ above or below 1/2?

# %%
D = np.linspace(0.001, 0.999, 999)
curve = 0.5 * np.log(D) + 0.75 * np.log(1 - D)
claim("the best of 999 values of D", D[np.argmax(curve)], 0.5 / (0.5 + 0.75), 1e-9)


# %% draw
def bracket(a, b):
    drawn, axes = figure()
    axes.plot(D, a * np.log(D) + b * np.log(1 - D))
    axes.plot(a / (a + b), a * np.log(a / (a + b)) + b * np.log(b / (a + b)), "o", color=VERMILION)
    axes.set(xlabel="$D$", ylabel="$f(D)$", ylim=(-4, 0), title=f"$D = {a / (a + b):.3f}$")
    return drawn


explore("bracket", {"a": [0.25, 0.5, 1], "b": [0.25, 0.5, 0.75, 1]}, bracket, (0.5, 0.75))

# %% [markdown]
# ![A curve that comes from minus infinity at D = 0, has one top, and falls to minus infinity at the
# right end. Two sliders change a and b, and the top moves.](bracket.png)
# Below 1/2: it is 0.4. Choose other $a$ and $b$. The top (red) is always at $a/(a + b)$.

# %% slope [markdown]
# ## The slope is zero there, and it is a top
#
# **The note says.** Setting the derivative of $V$ to 0 gives
# $D^* = P_\text{data}/(P_\text{data} + P_\theta)$.
#
# $$\frac{\partial f}{\partial D} = \frac{a}{D} - \frac{b}{1 - D}$$
#
# It is 0 where $a (1 - D) = b D$, so the note is right. But a slope of 0 may be a top, a bottom, or
# neither. The second derivative decides:
#
# $$\frac{\partial^2 f}{\partial D^2} = -\frac{a}{D^2} - \frac{b}{(1 - D)^2} < 0$$
#
# It is negative everywhere, so $f$ is *concave*: one top, and no other place with slope 0. This
# $D^*$ is the *optimal discriminator*.

# %%
a, b = tensor(np.array([0.5, 0.1])), tensor(np.array([0.75, 2.0]))
D = (a / (a + b)).detach().requires_grad_()
(a * D.log() + b * (1 - D).log()).sum().backward()
claim("the slope at a/(a + b)", D.grad, [0, 0], 1e-12)
claim("the curve bends down everywhere", np.diff(curve, 2).max() < 0, True)

# %% coins [markdown]
# ## Two coins
#
# $P_\text{data} = (1/2, 1/2)$ and $P_\theta = (3/4, 1/4)$.
#
# **Predict.** What is $D^*$ on the two outcomes? Is $V$ at $D^*$ far above that of $D = 1/2$?

# %%
P, Q = np.array([0.5, 0.5]), np.array([0.75, 0.25])
best = optimal_discriminator(P, Q)
claim("D*", best, [2 / 5, 2 / 3], 1e-15)
by_hand = [P @ np.log(best) + Q @ np.log(1 - best), -2 * log2]
claim("V at D* and at D = 1/2", [value(best, P, Q), value(0.5, P, Q)], by_hand, 1e-15)
others = value(np.random.default_rng(0).uniform(0, 1, (1000, 2)), P, Q)
claim("1000 random D are worse", others.max() < value(best, P, Q), True)

# %% [markdown]
# $D^* = (2/5, 2/3)$. It has $V = -1.3187$, and $D = 1/2$ has $-1.3863$: hardly less. The coins are
# alike.
#
# **Often heard.** "A good D says 1 to everything real and 0 to everything fake." Outcome 0 comes
# from both. A $D$ that says 1 there is certain, and it is wrong on the fakes: $V = -\infty$.

# %%
claim("certain and wrong", value([1, 1], P, Q), -np.inf)

# %% nothing [markdown]
# ## Outcomes that one or both never give
#
# **Predict.** $P_\text{data} = (1/2, 1/2, 0, 0)$ and $P_\theta = (1/2, 0, 1/2, 0)$. What is $D^*$
# on the four outcomes?

# %%
P, Q = [0.5, 0.5, 0, 0], [0.5, 0, 0.5, 0]
claim("D*", optimal_discriminator(P, Q), [0.5, 1, 0, 0.5])
same = [value([0.5, 1, 0, free], P, Q) for free in (0.01, 0.5, 0.99)]
claim("V does not depend on the last one", same, -log2, 1e-15)

# %% [markdown]
# 1/2, 1, 0, and any number. On the last outcome both weights are 0, so $V$ does not contain $D$
# there. The formula would be $0/0$. Without samples, training does not say what $D$ should be.

# %% counting [markdown]
# ## It is a fraction that you can count
#
# Put as many real as fake samples into one bag. Look only at those with the value $x$. The real
# ones among them are the fraction
#
# $$\frac{P_\text{data}(x)}{P_\text{data}(x) + P_\theta(x)} = D^*(x)$$
#
# So $D^*$ is an honest statement: where it says 0.4, four in ten are real. This is Bayes' rule.

# %%
P, Q = Gaussian(0), Gaussian(2)
rng, edges = np.random.default_rng(0), np.linspace(-2, 4, 25)
counts = np.stack([np.histogram(each.sample(100_000, rng), edges)[0] for each in (P, Q)])
fraction, middle = counts[0] / counts.sum(0), (edges[1:] + edges[:-1]) / 2
star = sigmoid(optimal_logit(P, Q)(middle))
claim("counted less computed", abs(fraction - star).max(), between=(0, 0.02))

# %% draw
drawn, axes = figure()
axes.bar(middle, fraction, 0.22, color=ORANGE)
axes.bar(middle, 1 - fraction, 0.22, bottom=fraction, color=GREY, alpha=0.4)
axes.plot(middle, star, color=GREEN)
axes.set(xlabel="$x$", ylabel="$D^*(x)$")
show("counting", drawn)

# %% [markdown]
# ![Bars of equal height. The orange part of each bar is large on the left and small on the right,
# and a green curve runs along the tops of the orange parts.](counting.png)
# Each bar holds the samples in one interval, the real ones in orange. The curve is $D^*$, computed
# from the two densities. In 24 intervals the counts differ from it by less than 0.02.

# %% logistic [markdown]
# ## For two bells it is a straight line
#
# The logit of $D^*$ is $\log P_\text{data}(x) - \log P_\theta(x)$. For $N(0, 1)$ and $N(m, 1)$ the
# squares cancel:
#
# $$l(x) = -\frac{x^2}{2} + \frac{(x - m)^2}{2} = \frac{m^2}{2} - m x$$
#
# So the simplest $D$ there is, $l = a x + b$, contains the best one.
#
# **Predict.** $P_\text{data} = N(7.5, 1)$ and $P_\theta = N(3, 1)$. Where is $D^* = 1/2$, and which
# sign has the slope $a$?

# %%
P, Q = Gaussian(7.5), Gaussian(3)
ends = optimal_logit(P, Q)(np.array([0.0, 1.0]))
claim("slope, - intercept", [ends[1] - ends[0], -ends[0]], [4.5, (7.5**2 - 3**2) / 2], 1e-12)
claim("the place with D* = 1/2", -ends[0] / (ends[1] - ends[0]), (7.5 + 3) / 2, 1e-12)

# %% [markdown]
# Half way, at 5.25, and the slope is positive: large numbers are real here. $l = 4.5 x - 23.625$.

# %% descent [markdown]
# ## Gradient descent finds it
#
# Now $D$ learns $a$ and $b$. To exclude chance, use the loss of *all* samples: the expectations as
# integrals, here as sums over a fine grid.

# %%
x = np.linspace(-6, 17, 1151)
weights = [tensor(each.density(x) * (x[1] - x[0])) for each in (P, Q)]
D, centred = nn.Linear(1, 1, generator=0).double(), tensor(x[:, None] - 5.25)
descent = optim.Adam(D.parameters(), lr=0.2)
for _ in range(1200):
    l = D(centred)[:, 0]
    L = (weights[0] * F.softplus(-l)).sum() + (weights[1] * F.softplus(l)).sum()
    descent.zero_grad()
    L.backward()
    descent.step()
claim("the slope", D.weight.item(), between=(4.45, 4.55))
claim("the intercept", D.bias.item() - 5.25 * D.weight.item(), between=(-23.9, -23.4))
bound = value(optimal_logit(P, Q), P, Q).value
claim("what V lacks", bound + L.item(), between=(-1e-9, 0.001))

# %% [markdown]
# The slope ends at 4.5 to two digits, and the intercept between $-23.9$ and $-23.4$. In the end $V$
# is less than 0.001 below its bound.

# %% measures [markdown]
# ## It measures and moves nothing
#
# **The note says.** Fixing $G$ and maximising over $D$ brings $P_\theta$ closer to $P_\text{data}$.
#
# No step of $D$ changes a weight of $G$ (T10), so $P_\theta$ stays where it is. What rises is $V$:
# the measurement becomes more exact. Take $P_\text{data} = N(0, 1)$, $P_\theta = N(2, 1)$ and three
# $D$, from bad to best.

# %%
P, Q = Gaussian(0), Gaussian(2)
V = [value(lambda x, part=part: part * (2 - 2 * x), P, Q).value for part in (0, 0.5, 1)]
claim("V at D = 1/2 and at D*", [V[0], V[2]], [-2 * log2, 2 * js(P, Q).value - 2 * log2], 1e-9)
claim("V rises", V[0] < V[1] < V[2], True)
claim("JSD", (V[2] + 2 * log2) / 2, js(P, Q).value, 1e-9)

# %% [markdown]
# $V$ rises from $-1.3863$ to $-0.7126$. The divergence of the two distributions is the same three
# times: $\mathrm{JSD} = 0.3368$. T12 says what the one has to do with the other. Only a step of $G$
# moves $P_\theta$.

# %% network [markdown]
# ## A network as D
#
# Real data rarely give a straight line. Let $P_\text{data}$ have two hills, $P_\theta = N(0, 1)$,
# and $D$ two hidden layers: 32 numbers each, with ReLU. It sees 256 fresh samples of each in every
# update.


# %%
def network(seed):
    rng = np.random.default_rng(seed)
    first, second, last = (nn.Linear(*size, generator=rng) for size in [(1, 32), (32, 32), (32, 1)])
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last).double()


def training(D, batches, updates, lr=0.01):  # yields V before each update
    descent = optim.Adam(D.parameters(), lr=lr)
    for n in range(updates):
        descent.param_groups[0]["lr"] = lr * (1 - n / updates)
        real, fake = next(batches)
        L = minimax.discriminator(D(tensor(real[:, None])), D(tensor(fake[:, None])))
        yield -L.item()
        descent.zero_grad()
        L.backward()
        descent.step()


def fresh(P, Q, rng, n=256):
    while True:
        yield P.sample(n, rng), Q.sample(n, rng)


P, Q = GaussianMixture([-2, 2], 0.6), Gaussian(0)
x = np.linspace(-8, 8, 161)
star, seen, shown = sigmoid(optimal_logit(P, Q)(x)), {}, (0, 5, 10, 20, 40, 80, 160, 600)
for seed in range(3):
    D = network(seed)
    for n, _ in enumerate(training(D, fresh(P, Q, np.random.default_rng(seed)), 601)):
        if n in shown:
            seen[seed, n] = sigmoid(D(tensor(x[:, None])).numpy()[:, 0])
off = np.array([abs(seen[seed, 600] - star) for seed in range(3)])
claim("largest error where samples are", off[:, abs(x) <= 3].max(), between=(0, 0.04))
claim("largest error elsewhere", off[:, abs(x) > 3].max(), between=(0.9, 1))


# %% draw
def learning():
    for n in shown:
        drawn, axes = figure()
        axes.fill_between(x, P.density(x), color=BLUE, alpha=0.3)
        axes.fill_between(x, Q.density(x), color=VERMILION, alpha=0.3)
        axes.plot(x, star, color=GREEN, linestyle="dashed")
        axes.plot(x, np.transpose([seen[seed, n] for seed in range(3)]), color=ORANGE)
        axes.set(xlabel="$x$", ylim=(-0.02, 1.02), title=f"$n = {n}$")
        yield drawn


play("learning", learning())

# %% [markdown]
# ![Eight frames: three orange curves, flat at first, bend until they lie on a dashed green curve
# with two tops. At the left and right ends they leave it.](learning.png)
# $D^*$ (dashed) and three networks (orange) after $n$ updates, over $P_\text{data}$ (blue) and
# $P_\theta$ (red). Where samples are, the error ends below 0.04. Far out it is nearly 1: there
# $D^*$ is 0, because the red bell is wider, but $D$ sees no samples there.

# %% few [markdown]
# ## Few samples
#
# Now $D$ sees the same 20 real and 20 fake samples again and again. $P_\text{data} = N(0, 1)$ and
# $P_\theta = N(1, 1)$, so no $D$ can have more than $V = -1.1635$.
#
# **Predict.** What does $V$ become on these 40 samples, and what is it on new ones?

# %%
P, Q = Gaussian(0), Gaussian(1)
bound = 2 * js(P, Q).value - 2 * log2
claim("the bound", value(optimal_logit(P, Q), P, Q).value, bound, 1e-12)


def by_heart(seed):
    rng, D = np.random.default_rng(100 + seed), network(seed)
    few = next(fresh(P, Q, rng, 20))
    *_, old = training(D, iter([few] * 500), 500)
    judged = (D(tensor(each.sample(20_000, rng)[:, None])) for each in (P, Q))
    return old, -minimax.discriminator(*judged).item()


old, new = np.transpose([by_heart(seed) for seed in range(5)])
claim("V on the 40 samples", old, between=(-1.1, -0.5))
claim("V on new samples", new, between=(-8, -1.4))

# %% [markdown]
# On the 40 samples $V$ lies above the bound, for each of five seeds. On new ones it lies far below
# it. The network has learned the samples by heart. The smallest case is one real and one fake
# sample, at different places: $D$ can be 1 and 0 there, and $V$ goes to 0, even if
# $P_\theta = P_\text{data}$. So measure $V$ on new samples.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# $P_\text{data} = (1/3, 2/3)$ and $P_\theta = (2/3, 1/3)$. Compute $D^*$ and its $V$.
#
# **Hint 1.** The sums $P_\text{data} + P_\theta$ are 1 on both outcomes.
#
# **Hint 2.** So $D^*$ is $P_\text{data}$ itself, and $1 - D^*$ is $P_\theta$.
#
# **Hint 3.** Which quantity is $\sum_x P(x) \log P(x)$, up to the sign?
#
# **Solution.** $D^* = (1/3, 2/3)$ and $V = -2 H(1/3, 2/3) = -1.2730$.

# %%
P, Q = np.array([1, 2]) / 3, np.array([2, 1]) / 3
best = optimal_discriminator(P, Q)
claim("exercise 1", [*best, value(best, P, Q)], [*P, 2 * (P @ np.log(P))], 1e-15)

# %% exercise-widths [markdown]
# ## Exercise 2: two widths
#
# $P_\text{data} = N(0, 1)$ and $P_\theta = N(0, 2^2)$. Compute the logit of $D^*$. Can
# $l = a x + b$ be the best one?
#
# **Hint 1.** $\log P_\theta(x) = -\frac{x^2}{8} - \log 2 + \ldots$, with the same rest as for $N(0,
# 1)$.
#
# **Hint 2.** Subtract: $-\frac{x^2}{2} + \frac{x^2}{8} + \log 2$.
#
# **Hint 3.** Is that a straight line?
#
# **Solution.** $l = \log 2 - \frac{3}{8} x^2$, a parabola. $D^*(0) = 2/3$, and far out $D^*$ goes
# to 0. The best straight line is $l = 0$, because everything is symmetric.

# %%
l = optimal_logit(Gaussian(0), Gaussian(0, 2))(x)
claim("exercise 2", l, log2 - 3 / 8 * x**2, 1e-13)

# %% exercise-unequal [markdown]
# ## Exercise 3: more fakes than real ones
#
# A program shows $D$ twice as many fake samples as real ones, and averages over all of them. Which
# $D$ is the best then, on the two coins?
#
# **Hint 1.** Real samples have the weight 1/3 and fakes 2/3.
#
# **Hint 2.** Only $a$ and $b$ change in $a/(a + b)$.
#
# **Hint 3.** $a = P_\text{data}(x)/3$ and $b = 2 P_\theta(x)/3$.
#
# **Solution.** $D = P_\text{data}/(P_\text{data} + 2 P_\theta) = (1/4, 1/2)$. If
# $P_\theta = P_\text{data}$ it is 1/3 everywhere, and not 1/2.

# %%
P, Q, D = np.array([0.5, 0.5]), np.array([0.75, 0.25]), np.linspace(0.001, 0.999, 999)[:, None]
found = D[np.argmax(P / 3 * np.log(D) + 2 * Q / 3 * np.log(1 - D), 0), 0]
claim("exercise 3", found, P / (P + 2 * Q), 1e-9)

# %% summary [markdown]
# ## What to keep
#
# - For each $x$ alone, $a \log D + b \log(1 - D)$ is concave and has its top at $a/(a + b)$.
# - $D^* = P_\text{data}/(P_\text{data} + P_\theta)$ is the fraction of real samples at $x$.
# - Training $D$ measures and moves nothing. With few samples it measures too much.
#
# T12 puts $D^*$ into $V$. Part 5.2 of assignment A5 asks for $D^*$, also where neither has mass.
