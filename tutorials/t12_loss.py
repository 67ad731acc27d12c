# %% start [markdown]
# # V = 2 JSD - 2 log 2, and the loss you see
#
# - **Aim.** You can prove the theorem line by line, and read a loss curve.
# - **You need.** The best discriminator (T11), KL and JSD (T09).
# - **Time.** 12 s to run, 45 minutes to read.
# - **Next.** Both players move (T13), and assignment A5, parts 5.3 and 5.5.
#
# "The loss of my D stays at 1.39. Is that good?"
# ([StyleNAT #11](https://github.com/SHI-Labs/StyleNAT/issues/11)) The loss alone cannot say. This
# chapter takes it apart into two numbers that can.

# %%
import numpy as np

from lesson import BLUE, GREEN, GREY, ORANGE, VERMILION, claim, figure, grid, play, show
from minigan import nn, optim, tensor
from minigan.gan import minimax, non_saturating
from minigan.theory import CASES, Gaussian, decompose, js, kl, prove, regret, value

log2 = np.log(2)
claim("the loss in question", 2 * log2, np.log(4), 1e-15)

# %% put [markdown]
# ## Put D* into V
#
# With the mixture $M = \frac{1}{2}(P_\text{data} + P_\theta)$ of T09 the best discriminator is
#
# $$D^* = \frac{P_\text{data}}{2 M} \qquad 1 - D^* = \frac{P_\theta}{2 M}$$
#
# Each logarithm in $V$ gives $-\log 2$ and the logarithm of a ratio. Their means are KL
# divergences:
#
# $$V(D^*, G) = \mathrm{KL}(P_\text{data} \| M) + \mathrm{KL}(P_\theta \| M) - 2 \log 2$$
#
# The two KL are $2 \, \mathrm{JSD}$. So this is the theorem of
# [Goodfellow et al. 2014](https://arxiv.org/abs/1406.2661):
#
# $$V(D^*, G) = 2 \, \mathrm{JSD}(P_\text{data}, P_\theta) - 2 \log 2$$
#
# **Predict.** What is $V(D^*, G)$ if $P_\theta = P_\text{data}$? What, if the two have no outcome
# in common?

# %%
P, Q = np.array([0.5, 0.5]), np.array([0.75, 0.25])
M, best = (P + Q) / 2, P / (P + Q)
by_hand = P @ np.log(best) + Q @ np.log(1 - best)
claim("two KL", by_hand, kl(P, M) + kl(Q, M) - 2 * log2, 1e-15)
claim("V of the two coins", value(best, P, Q), 2 * js(P, Q) - 2 * log2, 1e-15)
claim("their JSD", js(P, Q), (kl(P, M) + kl(Q, M)) / 2, 1e-15)
ends = [value(P / (P + P), P, P), value([1, 0], [1, 0], [0, 1])]
claim("a perfect G, and nothing in common", ends, [-2 * log2, 0], 1e-15)

# %% [markdown]
# A perfect $G$ gives $-2 \log 2 = -1.386294$. The JSD is never negative, so no $G$ gives less, and
# no other $G$ gives as little. With nothing in common $V = 0$. The coins of T11 give $-1.3186502$,
# because their JSD is 0.0338221.

# %% ladder [markdown]
# ## Every line, by number
#
# A proof can be tested like a program: compute both sides of each line. Here are nine lines and
# five cases, among them Gaussians, a curved $G$, and distributions with zeros. A wrong line would
# show two different numbers.

# %%
lines = [list(prove(case)) for case in CASES]  # of each case, the lines
claim("lines that hold", sum(line.holds for proof in lines for line in proof), 9 * 5)
left = np.array([[line.left for line in proof] for proof in lines]).T  # 9 lines, 5 cases
right = np.array([[line.right for line in proof] for proof in lines]).T
claim("the largest difference", abs(left - right).max(), between=(0, 1e-7))
claim("line 7, the first case", left[6, 0], 2 * js(P, Q) - 2 * log2, 1e-12)

# %% draw
EQUATIONS = (
    "\\mathbb{E} \\log D(x) + \\mathbb{E} \\log(1 - D(G(h))) = \\sum P \\log D + Q \\log(1 - D)",
    "\\sum | P (1 - D^*) - Q D^* | = 0",
    "V(D^*, G) = \\sum P \\log \\frac{P}{P + Q} + Q \\log \\frac{Q}{P + Q}",
    "\\sum P \\log \\frac{P}{P + Q} + Q \\log \\frac{Q}{P + Q} = KL(P\\|M) + KL(Q\\|M) - 2 \\log 2",
    "KL(P\\|M) + KL(Q\\|M) = H(P, M) - H(P) + H(Q, M) - H(Q)",
    "H(M) - (H(P) + H(Q)) / 2 = \\mathrm{JSD}",
    "V(D^*, G) = 2 \\, \\mathrm{JSD} - 2 \\log 2",
    "V(D^*, G) - V(D, G) = \\mathrm{regret}(D)",
    "L_D = 2 \\log 2 - 2 \\, \\mathrm{JSD} + \\mathrm{regret}(D)",
)


def ladder():
    for number, equation in enumerate(EQUATIONS):
        drawn, axes = figure()
        title = f"{number + 1}.  ${equation}$".replace("KL", "\\mathrm{KL}")
        grid(axes, np.stack([left[number], right[number]]).round(6), title)
        yield drawn


play("ladder", ladder(), seconds=2)

# %% [markdown]
# ![Nine frames, each with an equation and a table of two rows and five columns. In each column the
# two numbers are the same.](ladder.png)
# $P$ is $P_\text{data}$ and $Q$ is $P_\theta$. Above the left side, below the right side, a column
# for each case. Line 2 says that $V$ has no slope at $D^*$. In line 6 the two cross-entropies add
# up to $2 H(M)$. Lines 8 and 9 are explained in the next steps.

# %% only [markdown]
# ## Only at the best D
#
# **The note says.** $2 \, \mathrm{JSD} = 2 \log 2 + V(D, G)$.
#
# **Predict.** $P_\text{data} = N(0, 1)$ and $P_\theta = N(2, 1)$, but $D$ is 1/2 everywhere. Which
# JSD does the note's formula give, and which is true?

# %%
P, Q = Gaussian(0), Gaussian(2)
V, JSD, lost = (part.value for part in decompose(lambda x: 0 * x, P, Q))
claim("the note's JSD, the true one", [log2 + V / 2, JSD], [0, js(P, Q).value], 1e-12)

# %% [markdown]
# It gives 0, and the truth is 0.336831. The formula holds for $D^*$ alone. For any other $D$, $V$
# is smaller, and the difference has a name.

# %% regret [markdown]
# ## The regret of D
#
# The *regret* of $D$ is what it loses against $D^*$:
#
# $$\mathrm{regret}(D) = V(D^*, G) - V(D, G) \ge 0$$
#
# It is a sum of its own: at each $x$ the KL between the true fractions and the belief of $D$.
#
# $$\sum_x (P_\text{data} + P_\theta) \, \mathrm{KL}\bigl((D^*, 1 - D^*) \,\|\, (D, 1 - D)\bigr)$$
#
# So with $L_D = -V$ the loss is
#
# $$L_D = (2 \log 2 - 2 \, \mathrm{JSD}) + \mathrm{regret}(D)$$

# %%
p, q, D = np.array([0.5, 0.5]), np.array([0.75, 0.25]), np.array([0.3, 0.8])
star = p / (p + q)
each = kl(np.stack([star, 1 - star], 1), np.stack([D, 1 - D], 1))
claim("regret as a sum of KL", regret(D, p, q), (p + q) @ each, 1e-15)
claim("regret as a difference", regret(D, p, q), value(star, p, q) - value(D, p, q), 1e-15)
claim("V, for D = 1/2 at m = 2", -V, 2 * log2 - 2 * JSD + lost, 1e-12)
claim("its two parts", [2 * log2 - 2 * JSD, lost], [0.712633, 0.673662], 1e-6)

# %% [markdown]
# At $m = 2$ and $D = 1/2$ it is $1.386294 = 0.712633 + 0.673662$. The first part is the least loss
# that any $D$ can have against this $G$. It is $2 \log 2$ if $G$ is perfect and 0 if it is
# hopeless. The second part is the fault of $D$.

# %% stays [markdown]
# ## "My loss stays at 1.39"
#
# **Predict.** Name two different pairs of $G$ and $D$ with $L_D = 2 \log 2 = 1.386$.

# %%


def taken_apart(m, s):  # V, JSD and regret for N(m, 1) and the D whose logit is s l*
    return [part.value for part in decompose(lambda x: s * (m * m / 2 - m * x), P, Gaussian(m))]


pairs = [(0, 1), (2, 0), (2, 1), (2, 4), (2, -0.25), (6, 1)]
parts = np.array([taken_apart(m, s) for m, s in pairs])
floor, lost = 2 * log2 - 2 * parts[:, 1], parts[:, 2]
claim("all losses", -parts[:, 0], floor + lost, 1e-9)
claim("a perfect G, and a D that knows nothing", -parts[:2, 0], [2 * log2] * 2, 1e-12)

# %% draw
drawn, axes = figure()
axes.bar(range(6), floor, color=BLUE)
axes.bar(range(6), lost, bottom=floor, color=ORANGE)
axes.axhline(2 * log2, color=GREY, linestyle="dotted", linewidth=2)
axes.set_xticks(range(6), [f"$m = {m}$\n${s} \\, l^*$" for m, s in pairs])
axes.set_ylabel("$L_D$")
show("stays", drawn)

# %% [markdown]
# ![Six bars, each of a blue and an orange part. The first is all blue, the second half blue and
# half orange, and both are of the same height. The last one is hardly visible.](stays.png)
# Blue: $2 \log 2 - 2 \, \mathrm{JSD}$, which depends on $G$ alone. Orange: the regret.
# $P_\theta = N(m, 1)$, and the logit of $D$ is that of $D^*$ times a number. The first two bars are
# equal: a perfect $G$ with the best $D$, and a bad $G$ with a $D$ that knows nothing. A $D$ that is
# four times too certain has a similar loss, 1.433. A $D$ that is the wrong way round has 2.005,
# above $2 \log 2$. So 1.39 is good only if the regret is 0. With images, train a second $D$ on the
# frozen $G$: if its loss on new samples falls below 1.39, $G$ is not perfect.

# %% zero [markdown]
# ## "My loss is near 0"
#
# **Often heard.** "The loss of D is 0, so the training has succeeded."
# ([ganhacks #36](https://github.com/soumith/ganhacks/issues/36))
# $L_D \ge 2 \log 2 - 2 \, \mathrm{JSD}$. A loss near 0 needs a JSD near $\log 2$: $D$ tells all
# fakes from all real samples.
#
# **Often heard.** "If $G$ does a perfect job, $D(G(h)) \approx 1$, so the loss of $D$ is near 0."
# ([D2L PR 459](https://github.com/d2l-ai/d2l-en/pull/459)) If $D$ is 1 on a fake, its loss there is
# $-\log(1 - 1) = \infty$. And with a perfect $G$ the best $D$ is 1/2.
#
# At $m = 6$ the best $D$ has the loss 0.0077, and $G$ is as far off as ever.

# %%
claim("the loss of D* at m = 6", -parts[5, 0], 2 * log2 - 2 * js(P, Gaussian(6)).value, 1e-12)
claim("D = 1 on fakes", value(1.0, p, q), -np.inf)

# %% training [markdown]
# ## A training, taken apart
#
# $G(h) = h + m$ learns its $m$, and $D$ is a straight line, $l = a x + b$. At the start $m = 3$ and
# $a = b = 0$. $D$ makes three updates for each one of $G$ (its loss: two steps below).


# %%
def train(seed):  # m, V, JSD and regret before each update of G
    rng, D = np.random.default_rng(seed), nn.Linear(1, 1, generator=0).double()
    D.weight.data, D.bias.data = np.zeros((1, 1)), np.zeros(1)
    m = tensor(np.array([3.0]), requires_grad=True)
    descent_D, descent_G = optim.SGD(D.parameters(), lr=0.5), optim.SGD([m], lr=0.1)
    for _ in range(101):
        l, Q = (lambda x: D(tensor(x[:, None])).numpy()[:, 0]), Gaussian(m.item())
        yield m.item(), *(part.value for part in decompose(l, P, Q))
        for _ in range(3):
            real, h = (tensor(rng.standard_normal((256, 1))) for _ in "xh")
            descent_D.zero_grad()
            minimax.discriminator(D(real), D((h + m).detach())).backward()
            descent_D.step()
        descent_G.zero_grad()
        non_saturating.generator(D(h + m)).backward()
        descent_G.step()


runs = np.array([list(train(seed)) for seed in range(5)])  # (seeds, updates, 4)
m, V, JSD, lost = runs[0].T
L, floor = -V, 2 * log2 - 2 * JSD
claim("the parts add up", L, floor + lost, 1e-9)
claim("the first loss", L[0], 2 * log2, 1e-12)
claim("the least loss", -runs[:, :, 1].max(1), between=(0.5, 0.7))
claim("the last loss", -runs[:, -1, 1], between=(1.38, 1.40))
claim("the last m", abs(runs[:, -1, 0]), between=(0, 0.1))


# %% draw
def apart():
    x = np.linspace(-4, 6, 200)
    for n in (0, 1, 2, 3, 5, 7, 9, 12, 15, 20, 30, 50, 100):
        drawn, (top, bottom) = figure(2, 1)
        top.fill_between(x, P.density(x), color=BLUE, alpha=0.3)
        top.fill_between(x, Gaussian(m[n]).density(x), color=VERMILION, alpha=0.3)
        top.set_title(f"$n = {n}$,  $m = {m[n]:.1f}$,  $L_D = {L[n]:.2f}$")
        bottom.stackplot(range(n + 1), floor[: n + 1], lost[: n + 1], colors=[BLUE, ORANGE])
        bottom.plot(range(n + 1), L[: n + 1], color=GREEN)
        bottom.set(xlim=(0, 100), ylim=(0, 1.5), xlabel="$n$", ylabel="$L_D$")
        yield drawn


play("apart", apart())

# %% [markdown]
# ![Thirteen frames: above, a red bell moves onto a blue one. Below, the loss falls from 1.39, and
# the orange part vanishes. Then the blue part grows until the loss is 1.39 again.](apart.png)
# Above: $P_\text{data}$ (blue) and $P_\theta$ (red). Below: the loss (green) and its two parts. It
# begins at 1.39, because $D$ knows nothing (orange). It falls to between 0.5 and 0.7 while $D$
# learns. It ends between 1.38 and 1.40, because $G$ has become perfect (blue). The same number
# means the two opposite things.

# %% descend [markdown]
# ## What the step of G does
#
# $G$ lowers $\mathbb{E} \log(1 - D(G(h)))$ with $D$ fixed. If $D = D^*$, does this lower the JSD,
# too? $D^*$ depends on $G$, and the step ignores that. Still it does, to first order: $V$ has slope
# 0 in $D$ at $D^*$ (T11), so the change of $D^*$ does not matter. The gradient of the loss of $G$
# is the gradient of $2 \, \mathrm{JSD}$. For $G(h) = h + m$, by the chain rule, it is
# $\mathbb{E}[-D^*(x) \, l'(x)]$ with $l' = -m$.


# %%
def push(m, side=1):  # the gradient in m against D*: of log(1 - D), or with side=-1 of -log D
    l = Gaussian(m).expectation(lambda x: 1 / (1 + np.exp(side * (m * x - m * m / 2))))
    return m * l.value


for m in (1, 2, 4):
    ahead, behind = (js(P, Gaussian(m + step)).value for step in (1e-4, -1e-4))
    claim(f"m = {m}: the gradient of 2 JSD", push(m), (ahead - behind) / 1e-4, 1e-7)

# %% saturates [markdown]
# ## When D wins, G learns nothing
#
# The derivative of $\log(1 - D)$ in the logit is $-D$. The *non-saturating loss* of $G$ is
# $-\log D$ in its place.
#
# **Predict.** $D$ is sure that a sample is fake: $D = 0.01$. How large are the two derivatives?


# %%
def slope(objective, D):
    l = tensor(np.array([np.log(D / (1 - D))]), requires_grad=True)
    objective.generator(l).backward()
    return l.grad.item()


claim("derivatives", [slope(minimax, 0.01), slope(non_saturating, 0.01)], [-0.01, -0.99], 1e-15)
claim("minimax, m = 2 and 6", [push(2), push(6)], [0.4496, 0.0125], 1e-4)
claim("the other loss", [push(2, -1), push(6, -1)], [2 - push(2), 6 - push(6)], 1e-9)

# %% draw
drawn, axes = figure()
m = np.linspace(0, 8, 81)
axes.plot(m, [[push(each), push(each, -1)] for each in m])
axes.set(xlabel="$m$", ylabel="$\\partial L_G / \\partial m$")
show("saturates", drawn)

# %% [markdown]
# ![A blue curve that rises to one half near m = 1.5 and sinks back to 0 at m = 6, and a red one
# that rises on and on.](saturates.png)
# $-0.01$ and $-0.99$: 99 times as much. The picture has the mean over all fakes, against $D^*$.
# With $\log(1 - D)$ (blue) the gradient is that of $2 \, \mathrm{JSD}$: 0.4496 at $m = 2$ and
# 0.0125 at $m = 6$. It vanishes because JSD saturates (T09). With $-\log D$ (red) it is 1.5504 and
# 5.9875: the farther away $G$ is, the larger.

# %% half [markdown]
# ## Where it comes to rest
#
# If $P_\theta = P_\text{data}$ and $D = 1/2$, neither player moves on average. Each real sample
# pushes its logit up by 1/2, each fake pushes it down by 1/2, and the means cancel. The gradient of
# $G$ is 0 for each sample, because $D$ is constant in $x$.

# %%
real, fake = (tensor(np.zeros(1), requires_grad=True) for _ in "xg")
minimax.discriminator(real, fake).backward()
claim("each sample pushes", [real.grad.item(), fake.grad.item()], [-0.5, 0.5], 1e-15)
claim("the gradient of G at m = 0", push(0, -1), 0)

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# $P_\text{data} = (1/2, 1/2, 0)$ and $P_\theta = (1/2, 0, 1/2)$. Compute $V(D^*, G)$ and the JSD.
#
# **Hint 1.** $D^* = (1/2, 1, 0)$.
#
# **Hint 2.** Only the first outcome has a logarithm that is not 0.
#
# **Hint 3.** $V = 2 \cdot \frac{1}{2} \log \frac{1}{2}$. Solve the theorem for the JSD.
#
# **Solution.** $V = -\log 2$ and $\mathrm{JSD} = \frac{1}{2} \log 2 = 0.347$: one half of the
# samples shows where it comes from.

# %%
P, Q = [0.5, 0.5, 0], [0.5, 0, 0.5]
claim("exercise 1", [value([0.5, 1, 0], P, Q), js(P, Q)], [-log2, log2 / 2], 1e-15)

# %% exercise-code [markdown]
# ## Exercise 2: who is at fault?
#
# Write `fault(loss, jsd)` that returns "G", "D", "both" or "neither".
#
# **Hint 1.** What is the JSD of a perfect $G$?
#
# **Hint 2.** The regret is $L_D - 2 \log 2 + 2 \, \mathrm{JSD}$.
#
# **Hint 3.** Allow for rounding: "is 0" means "is below 0.001".
#
# **Solution.** Test both numbers.


# %%
def fault(loss, jsd):
    G, D = jsd > 1e-3, loss - 2 * log2 + 2 * jsd > 1e-3
    return {(0, 0): "neither", (1, 0): "G", (0, 1): "D", (1, 1): "both"}[G, D]


found = [fault(-V, JSD) for V, JSD, _ in parts]
claim("exercise 2", ", ".join(found), "neither, both, G, both, both, G")

# %% exercise-bound [markdown]
# ## Exercise 3: a bound without any theory
#
# You have images, no densities, and a trained $D$ with $L_D = 0.9$ on new samples. What can you say
# about the JSD?
#
# **Hint 1.** The regret is not known. But which sign has it?
#
# **Hint 2.** $2 \log 2 - 2 \, \mathrm{JSD} \le L_D$.
#
# **Hint 3.** Solve for the JSD.
#
# **Solution.** $\mathrm{JSD} \ge \log 2 - 0.45 = 0.243$. A better $D$ would give a better bound.
# With the samples of the training it would be no bound (T11).

# %%
claim("exercise 3", log2 - 0.9 / 2, 0.243, 5e-4)

# %% summary [markdown]
# ## What to keep
#
# - $V(D^*, G) = 2 \, \mathrm{JSD} - 2 \log 2$. Only a perfect $G$ reaches the least, $-1.386294$.
# - $L_D = 2 \log 2 - 2 \, \mathrm{JSD} + \mathrm{regret}(D)$: 1.39 may mean "D is useless".
# - When $D$ wins, $\log(1 - D)$ gives no gradient, and $-\log D$ does.
#
# Parts 5.3 and 5.5 of assignment A5 ask for the proof by number and for the two parts of a loss.
