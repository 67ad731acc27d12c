# %% start [markdown]
# # D is a classifier: its loss, and the numerics of log D
#
# - **Aim.** You can write a loss of D that never fails, and say which step changes which weights.
# - **You need.** Cross-entropy (T09), the tape and gradient descent (T01).
# - **Time.** 8 s to run, 45 minutes to read.
# - **Next.** The best D there is (T11), and assignment A5, part 5.4.
#
# Half of a GAN is a classifier with two classes, and this chapter has only that half. Its loss is
# one line long. Written into a program as it stands, this line can end the training.

# %%
import numpy as np

from lesson import BLUE, GREEN, ORANGE, VERMILION, claim, figure, play, show
from minigan import Tape, nn, optim, tensor
from minigan.gan import minimax
from minigan.nn import functional as F
from minigan.theory import cross_entropy

log2 = np.log(2)


def logit(D):
    return np.log(D / (1 - D))


def leaf(*numbers, dtype=np.float64):  # numbers whose gradient is wanted
    return tensor(np.array(numbers, dtype), requires_grad=True)


# %% players [markdown]
# ## The two players
#
# The *generator* $G$ draws a vector $h$ of random numbers and makes a sample of it: $x = G(h)$.
# Write $P_\theta$ for the distribution of these samples; $\theta$ are the weights of $G$. The
# distribution of the real samples is $P_\text{data}$. The *discriminator* $D$ receives one $x$ and
# does not know where it comes from. $D(x)$ is the probability that $D$ gives to "real". In this
# chapter $x$ is one number, $P_\text{data} = N(0, 1)$, and $G(h) = h + 2$. So $P_\theta = N(2, 1)$.

# %% logit [markdown]
# ## The logit
#
# A network gives any number, a probability lies between 0 and 1. So $D$ computes a number $l$, the
# *logit*, and
#
# $$D = \mathrm{sigmoid}(l) = \frac{1}{1 + \mathrm{e}^{-l}} \qquad l = \log \frac{D}{1 - D}$$
#
# **Predict.** What is $D$ for $l = 0$, and for $l = 2$? What is $1 - D$ for $l = -2$?

# %%
D = F.sigmoid(tensor(np.array([0.0, 2.0, -2.0]))).numpy()
claim("D for l = 0, 2, -2", D, 1 / (1 + np.exp([0, -2, 2])), 1e-15)
claim("back to the logit", logit(D), [0, 2, -2], 1e-14)

# %% [markdown]
# 0.5, and 0.881. For $l = -2$ it is $1 - D = 0.881$, too: the other sign exchanges "real" and
# "fake". A logit of 0 says "I do not know".

# %% loss [markdown]
# ## The loss of D
#
# For one sample, $D$ is a belief about two outcomes, $(D, 1 - D)$. The truth is $(1, 0)$ for a real
# sample and $(0, 1)$ for a fake one. So the cross-entropy of T09 is $-\log D(x)$ or
# $-\log(1 - D(x))$. Write $\mathbb{E}$ for the *expectation*, the mean over samples. The loss is
#
# $$L_D = -\mathbb{E} \log D(x) - \mathbb{E} \log(1 - D(G(h)))$$
#
# with real $x$. The *value function* of [Goodfellow et al. 2014](https://arxiv.org/abs/1406.2661)
# is $V(D, G) = -L_D$. $D$ wants it large and $G$ wants it small.
#
# **Predict.** $D$ gives 1/2 to every sample. What is its loss?

# %%
one = minimax.discriminator(leaf(logit(0.8)), leaf(logit(0.3)))
by_hand = cross_entropy([1, 0], [0.8, 0.2]) + cross_entropy([0, 1], [0.3, 0.7])
claim("0.8 on a real sample and 0.3 on a fake one", one, by_hand, 1e-15)
claim("D = 1/2", minimax.discriminator(leaf(0, 0), leaf(0, 0)), 2 * log2, 1e-15)
half = F.binary_cross_entropy_with_logits(leaf(0, 0, 0, 0), leaf(1, 1, 0, 0))
claim("both in one batch", half, log2, 1e-15)

# %% [markdown]
# $L_D = 2 \log 2 = 1.386$. Some programs put both halves into one batch and take one mean. Then all
# losses are half as large, and "D knows nothing" is 0.693. Ask which of the two a curve shows.

# %% meaning [markdown]
# ## What V is not
#
# **The note says.** $V$ is the probability that $D$ is right.
#
# A probability lies between 0 and 1. $V$ is the mean of a logarithm, so it is never above 0. If $D$
# is 1/2 everywhere, $D$ is right half of the time, and $V = -1.386$.
#
# **Predict.** One $D$ gives 0.6 to a real sample and 0.4 to a fake one. Another gives 0.9 and 0.1.
# Both are right on both. Do they have the same $V$?

# %%
for D in (0.5, 0.6, 0.9):
    V = -minimax.discriminator(leaf(logit(D)), leaf(logit(1 - D)))
    claim(f"V of D = {D} and {1 - D:.1f}", V, 2 * np.log(D), 1e-15)

# %% [markdown]
# No: $-1.022$ and $-0.211$. $V$ rewards certainty. A $D$ that is certain and wrong once has
# $V = -\infty$, however often it is right.

# %% naive [markdown]
# ## The formula as it stands
#
# A fake sample fools $D$: the logit is 40. Its loss is $-\log(1 - D) = \log(1 + \mathrm{e}^{40})$,
# which is 40 to more digits than a float64 has.
#
# **Predict.** What does the program get that computes $D$ first, and what is the gradient?

# %%
l = leaf(40)
with np.errstate(divide="ignore", invalid="ignore"):
    D = F.sigmoid(l)
    L = -(1 - D).log()
    L.backward(tensor([1.0]).double())
claim("D, and its loss", [D.item(), L.item()], [1, np.inf])
claim("the gradient is not a number", np.isnan(l.grad.numpy()), [True])

# %% [markdown]
# The true $D$ is $1 - 4 \cdot 10^{-18}$. The nearest number that float64 has is 1. So the loss is
# $-\log 0 = \infty$. The gradient is infinity times the slope of the sigmoid, which is rounded to
# 0: this gives `nan`. One update with it makes every weight of $D$ `nan`, and the training is over.

# %% early [markdown]
# ## How early it happens
#
# Float32 has 7 digits, float64 has 16.
#
# **Predict.** From which whole logit on is $D$ equal to 1, in float32 and in float64?

# %%
for dtype, first in ((np.float32, 17), (np.float64, 37)):
    D = F.sigmoid(leaf(*range(50), dtype=dtype)).numpy()
    claim(f"the first logit with D = 1 in {dtype.__name__}", np.argmax(D == 1), first)
rounded = -np.log(1 - F.sigmoid(leaf(16, dtype=np.float32)).numpy())[0]
claim("the loss at l = 16 in float32", rounded, -np.log(2.0**-23), 1e-5)

# %% draw
drawn, axes = figure()
x = np.linspace(0, 40, 1601)
with np.errstate(divide="ignore"):
    for dtype, colour in ((np.float32, ORANGE), (np.float64, BLUE)):
        D = F.sigmoid(leaf(*x, dtype=dtype)).numpy()
        axes.plot(x, -np.log(1 - D) - F.softplus(leaf(*x)).numpy(), color=colour)
axes.set(xlabel="$l$", ylabel="$-\\log(1 - D) - \\log(1 + e^l)$", ylim=(-0.8, 0.8))
show("early", drawn)

# %% [markdown]
# ![Two lines at zero. The first becomes a saw with growing teeth from 13 on and ends at 17, the
# second from 33 on and ends at 37.](early.png)
# From 17 on in float32 (orange), from 37 on in float64 (blue). The picture shows the error of the
# loss. It grows to teeth before the loss becomes infinite: at $l = 16$ float32 gives 15.94.

# %% softplus [markdown]
# ## Work with the logit
#
# $1 - D = 1/(1 + \mathrm{e}^{l})$, so the logarithm can be taken before anything is rounded:
#
# $$-\log(1 - D) = \log(1 + \mathrm{e}^{l}) = \mathrm{softplus}(l)$$
#
# $$-\log D = \log(1 + \mathrm{e}^{-l}) = \mathrm{softplus}(-l)$$
#
# One trap is left: $\mathrm{e}^{800}$ is infinite, too. (A tanh written as a fraction of powers
# gives `nan` for the same reason.) Take out the larger of the two terms:
#
# $$\mathrm{softplus}(l) = \max(l, 0) + \log(1 + \mathrm{e}^{-|l|})$$
#
# Now the power is at most 1. For the logarithm use `log1p`, which keeps the digits of a small
# number that $1 + \mathrm{e}^{-|l|}$ would lose.


# %%
def softplus(l):
    return np.maximum(l, 0) + np.log1p(np.exp(-abs(l)))


l = np.array([-800.0, -40, 0, 40, 800])
claim("softplus", softplus(l), [0, np.exp(-40), log2, 40, 800], 1e-30)
claim("without log1p", np.log(1 + np.exp(-40)), 0)
claim("the library's", F.softplus(leaf(*l)), softplus(l), 1e-12)

# %% clamp [markdown]
# ## What a clamp hides
#
# PyTorch's `binary_cross_entropy` takes $D$ and cuts every logarithm off at $-100$. So does ours.
# Nothing is infinite now, but nothing is right either. The loss is 100 in place of 40. The gradient
# is 0 in place of 1, so $D$ never corrects the sample on which it is most wrong. Use
# `binary_cross_entropy_with_logits`.

# %%
l, target = leaf(40), tensor(np.zeros(1))
L = F.binary_cross_entropy(F.sigmoid(l), target)
L.backward()
claim("loss and gradient at l = 40", [L.item(), l.grad.item()], [100, 0])
F.binary_cross_entropy_with_logits(l, target).backward()  # adds to the 0
claim("the gradient from logits", l.grad, [1.0], 1e-15)

# %% twice [markdown]
# ## Sigmoid twice
#
# **Often heard.** "My D ends with a sigmoid, and the loss with logits does not fall."
# ([ganhacks #67](https://github.com/soumith/ganhacks/issues/67)) That loss applies the sigmoid
# itself. It takes $D$ for a logit, and $D$ lies between 0 and 1. Suppose that $D$ is perfect: 1 on
# real samples and 0 on fakes. The loss says 1.006, and no $D$ can go below that. There is no error
# message. Let the last layer of $D$ be linear.

# %%
best = minimax.discriminator(leaf(1), leaf(0))
claim("the loss of a perfect D", best, np.log(1 + np.exp(-1)) + log2, 1e-15)

# %% push [markdown]
# ## D learns: each sample pushes
#
# The derivative of $\mathrm{softplus}(l)$ is $\mathrm{sigmoid}(l)$. So the loss has the derivative
#
# $$D(x) - 1 \quad \text{for a real sample} \qquad D(x) \quad \text{for a fake one}$$
#
# It is what $D$ says minus what it should say, and its size is at most 1. The simplest $D$ has the
# logit $l = a x + b$. Six real numbers and six fake ones train it, by gradient descent. It starts
# at $a = b = 0$.

# %%
real, fake = leaf(logit(0.8)), leaf(logit(0.3))
minimax.discriminator(real, fake).backward()
claim("D = 0.8 and 0.3", [real.grad.item(), fake.grad.item()], [-0.2, 0.3], 1e-15)

rng = np.random.default_rng(9)
real, fake = rng.standard_normal((6, 1)), 2 + rng.standard_normal((6, 1))
D = nn.Linear(1, 1, generator=0).double()
D.weight.data, D.bias.data = np.zeros((1, 1)), np.zeros(1)
descent, losses, lines = optim.SGD(D.parameters(), lr=0.5), [], []
for _ in range(65):
    lines.append((D.weight.item(), D.bias.item()))
    L = minimax.discriminator(D(tensor(real)), D(tensor(fake)))
    losses.append(L.item())
    descent.zero_grad()
    L.backward()
    descent.step()
claim("the first loss", losses[0], 2 * log2, 1e-15)
claim("every update lowers it", np.diff(losses).max() < 0, True)


# %% draw
def learning():
    x = np.linspace(-3, 5, 200)
    for number in (0, 1, 2, 4, 8, 16, 32, 64):
        a, b = lines[number]
        drawn, axes = figure()
        axes.plot(x, 1 / (1 + np.exp(-a * x - b)), color=GREEN)
        for points, target, colour in ((real, 1, BLUE), (fake, 0, VERMILION)):
            D_there = 1 / (1 + np.exp(-a * points - b))
            axes.plot(points, D_there, "o", color=colour)
            axes.vlines(points, D_there, target, color=colour, linewidth=2)
        title = f"$n = {number}$,  $L_D = {losses[number]:.2f}$"
        axes.set(xlabel="$x$", ylabel="$D(x)$", ylim=(-0.03, 1.03), title=title)
        yield drawn


play("learning", learning())

# %% [markdown]
# ![Eight frames: a flat green line at one half turns into a curve that falls from left to right.
# Lines from the blue points go up to 1, lines from the red points down to 0.](learning.png)
# $D$ after $n$ updates (green). Each real sample (blue) pulls its $D(x)$ up to 1, each fake (red)
# pulls it down to 0. The length of the line is the size of the gradient. Where the samples overlap,
# both pull, and $D$ stays between.

# %% detach [markdown]
# ## Whose gradients
#
# **Often heard.** "`detach` only saves time."
# ([pytorch/examples #116](https://github.com/pytorch/examples/issues/116)) Others say that without
# it the result is wrong. Let us look. The loss of $D$ depends on the weights of $G$, through the
# fakes. `detach` cuts the tape there. Take a $G$ and a $D$ with one weight and one bias each.

# %%
G, D = nn.Linear(1, 1, generator=1).double(), nn.Linear(1, 1, generator=2).double()
x, h = tensor(rng.standard_normal((8, 1))), tensor(rng.standard_normal((8, 1)))


def backward(fakes):
    L, D.weight.grad = minimax.discriminator(D(x), D(fakes)), None
    ops = len(Tape(L))
    L.backward()
    return ops, D.weight.grad.item()


cut, whole = backward(G(h).detach()), backward(G(h))
claim("ops on the tape, gradient of D", [whole[0] - 1, whole[1]], cut)
claim("without detach G has a gradient, too", abs(G.bias.grad.item()) > 1e-3, True)

# %% [markdown]
# $D$ learns the same with and without it. Without it the tape is longer, by all of $G$, and
# `G.bias.grad` has a number that nobody asked for.
#
# **Predict.** Now comes the step of $G$, which lowers $\mathbb{E} \log(1 - D(G(h)))$. We forget to
# clear the gradients of $G$ first. What is in `G.bias.grad`?

# %%
minimax.generator(D(G(h))).backward()
forgotten = G.bias.grad.item()
G.zero_grad()
minimax.generator(D(G(h))).backward()
claim("the right gradient is not 0", abs(G.bias.grad.item()) > 1e-3, True)
claim("the other one", forgotten, 0, 1e-15)

# %% [markdown]
# Zero. What $G$ wants is the opposite of what $D$ wants, and `backward` adds up. So the two
# gradients cancel, and $G$ stands still. So with `zero_grad` in the right place `detach` saves time
# only. If `zero_grad` is missing, `detach` decides between right and wrong. Use both.

# %% owner [markdown]
# ## Who may change what
#
# What is changed depends on the optimizer, not on the gradients: it changes the parameters it was
# given, and no others. And the step of $G$ needs a new $D(G(h))$, because $D$ has changed.

# %%
before, judged = (G.weight.item(), G.bias.item()), F.sigmoid(D(G(h))).numpy().mean()
descent = optim.SGD(D.parameters(), lr=0.5)
descent.zero_grad()
minimax.discriminator(D(x), D(G(h))).backward()  # no detach, on purpose
descent.step()
claim("G is the same, bit by bit", (G.weight.item(), G.bias.item()), before)
changed = F.sigmoid(D(G(h))).numpy().mean() - judged
claim("D judges the same fakes in another way", abs(changed) > 1e-3, True)

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# $D$ gives 0.9 to a real sample and 0.5 to a fake one. Compute $L_D$ and both derivatives.
#
# **Hint 1.** Which of the two losses is $\log 2$?
#
# **Hint 2.** $L_D = -\log 0.9 - \log 0.5$.
#
# **Hint 3.** The derivatives are $D - 1$ and $D$.
#
# **Solution.** $L_D = 0.105 + 0.693 = 0.799$. The derivatives are $-0.1$ and 0.5.

# %%
L = minimax.discriminator(leaf(logit(0.9)), leaf(0))
claim("exercise 1", [-np.log(0.9), L.item()], [L.item() - log2, -np.log(0.45)], 1e-15)

# %% exercise-code [markdown]
# ## Exercise 2: a loss that never fails
#
# Write `d_loss(real, fake)` for two arrays of logits, in NumPy, and right for logits of 10000.
#
# **Hint 1.** No $D$ may occur in it.
#
# **Hint 2.** It is two means of softplus. What are their arguments?
#
# **Hint 3.** `np.logaddexp(0, l)` is $\log(\mathrm{e}^0 + \mathrm{e}^l)$, without overflow.
#
# **Solution.** One line.


# %%
def d_loss(real, fake):
    return np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()


right = minimax.discriminator(leaf(-1e4, 3), leaf(1e4, 0.5))
claim("exercise 2", d_loss(np.array([-1e4, 3]), np.array([1e4, 0.5])), right, 1e-12)

# %% exercise-wrong [markdown]
# ## Exercise 3: find the fault
#
# A well-known tutorial once wrote that $D$ maximises $\log D(x) + \log D(G(h))$
# ([PR 1051](https://github.com/pytorch/tutorials/pull/1051)). Which $D$ would be the best one then?
#
# **Hint 1.** Compute it for a good $D$: 0.9 on the real sample and 0.1 on the fake.
#
# **Hint 2.** Both terms grow with $D$.
#
# **Hint 3.** Compare it with a $D$ that gives 0.9 to both.
#
# **Solution.** The good $D$ gets $-2.408$, the one that says "real" to everything gets $-0.211$.
# The best $D$ would be 1 everywhere. With $\log(1 - D(G(h)))$ it is the other way round. Others
# ([HIPS/autograd](https://github.com/HIPS/autograd)) use $\log D(x) - \log D(G(h))$. Then there is
# no best $D$, since $D = 0$ on one fake gives infinity.

# %%
wrong = -F.softplus(-tensor(logit(np.array([[0.9, 0.1], [0.9, 0.9]])))).numpy().sum(1)
claim("exercise 3", wrong, [np.log(0.09), 2 * np.log(0.9)], 1e-15)
claim("subtracted, at D = 0 on a fake", F.softplus(leaf(np.inf)), np.inf)

# %% summary [markdown]
# ## What to keep
#
# - $L_D = -V$ is a cross-entropy. It is 1.386 if $D$ knows nothing. $V$ is no probability.
# - Use logits: $-\log D = \mathrm{softplus}(-l)$ and $-\log(1 - D) = \mathrm{softplus}(l)$.
# - `detach` the fakes for $D$, clear all gradients, and give each optimizer its own weights.
#
# T11 asks which $D$ is the best. Part 5.4 of assignment A5 asks for the losses from logits.
