# %% start [markdown]
# # Both players move: circles, a winner, collapse
#
# - **Aim.** You can say why a GAN goes round in circles and why it loses modes, and what helps.
# - **You need.** V and the two losses of G (T12), the best discriminator (T11).
# - **Time.** 40 s to run, 50 minutes to read.
# - **Next.** What a continuous G cannot do (T14), and assignment A6: a game on a ring.
#
# Now both players learn, each against the other. This is no descent on one loss. So three new
# things can happen: circles, a $D$ that wins, and samples that are all alike.

# %%
import numpy as np

from lesson import BLUE, GREEN, INK, ORANGE, VERMILION, claim, figure, play, recorded, show
from minigan import grad, nn, optim, tensor, zeros
from minigan.datasets import gaussian, ring
from minigan.gan import R1, Game, minimax, non_saturating, r1, recorder_of
from minigan.models import MLPDiscriminator, MLPGenerator
from minigan.theory import js, optimal_discriminator

log2, sigmoid = np.log(2), lambda l: 1 / (1 + np.exp(-l))
leaf = lambda number: tensor(np.array(number, float), requires_grad=True)

# %% smallest [markdown]
# ## The smallest game
#
# $G$ draws $h$ from $N(0, I)$ and makes $x = G(h)$. $D$ wants $V(D, G)$ large, $G$ wants it small:
#
# $$\min_G \max_D V(D, G)$$
#
# A program makes one step for each player, again and again. To see what that does, take a game of
# two numbers. All real samples are 0. $G$ ignores $h$, and all its samples are one number $\theta$.
# The logit of $D$ is $l = \varphi x$, so $D(0) = 1/2$. With
# $D_\theta = \mathrm{sigmoid}(\varphi \theta)$
#
# $$V = \log \frac{1}{2} + \log(1 - D_\theta) \qquad
# \frac{\partial V}{\partial \varphi} = -D_\theta \, \theta \qquad
# \frac{\partial V}{\partial \theta} = -D_\theta \, \varphi$$
#
# This is the Dirac-GAN of [Mescheder et al. 2018](https://arxiv.org/abs/1801.04406). At
# $\theta = \varphi = 0$ neither player gains by a step of its own. Such a point is an
# *equilibrium*. There $G$ is perfect, and $V = -2 \log 2$.
#
# **Predict.** $D$ goes up its slope and $G$ goes down its own. They start at $\theta = 1$ and
# $\varphi = 0$. Which way do they go, and do they come to $(0, 0)$?


# %%
def slopes(theta, phi, gamma=0.0):  # of V - gamma/2 phi^2, in theta and in phi
    theta, phi = leaf(theta), leaf(phi)
    V = -minimax.discriminator(0 * phi, phi * theta)
    (of_D,) = grad(V - gamma / 2 * phi**2, phi)
    (of_G,) = grad(minimax.generator(phi * theta), theta)
    return of_G.item(), of_D.item()


places = np.random.default_rng(0).standard_normal((20, 2))
found = np.array([slopes(*place) for place in places])
claim("slopes", found, -sigmoid(places.prod(1, keepdims=True)) * places[:, ::-1], 1e-12)
claim("arrow times place", (found * [-1, 1] * places).sum(1), [0] * 20, 1e-12)

# %% draw
drawn, axes = figure()
theta, phi = np.meshgrid(np.linspace(-2, 2, 13), np.linspace(-2, 2, 13))
D = sigmoid(theta * phi)
axes.quiver(theta, phi, D * phi, -D * theta, color=BLUE, width=0.004)
axes.plot(0, 0, "o", color=GREEN)
axes.set(xlabel="$\\theta$", ylabel="$\\varphi$", aspect="equal")
show("field", drawn)

# %% [markdown]
# ![Arrows that go round a green point in the middle, clockwise.](field.png)
# They go round. Each arrow $(D_\theta \varphi, -D_\theta \theta)$ is at right angles to the line
# from the middle, so none points to $(0, 0)$ (green). If $\theta > 0$, $D$ lowers $\varphi$ until
# positive numbers look fake. Then $G$ moves left, past 0, and $D$ has to turn round.

# %% both [markdown]
# ## Both at once: outwards
#
# Let both players move at the same time, each by $\eta$ times its slope: *simultaneous updates*.
# Write $r$ for the distance from $(0, 0)$. The step is at right angles to the line from the middle,
# so Pythagoras gives the new distance:
#
# $$r_{n+1}^2 = r_n^2 \, (1 + \eta^2 D_\theta^2)$$
#
# **Predict.** $\eta = 0.4$, 100 steps. Does it help to halve $\eta$ and to double the steps?


# %%
def path(eta, steps, in_turn, gamma=0.0):
    theta, phi = 1.0, 0.0
    yield theta, phi
    for _ in range(steps):
        of_G, of_D = slopes(theta, phi, gamma)
        phi += eta * of_D
        theta -= eta * (slopes(theta, phi)[0] if in_turn else of_G)  # in turn, G sees the new D
        yield theta, phi


out = np.array(list(path(0.4, 100, in_turn=False)))
r, D = np.hypot(*out.T), sigmoid(out.prod(1))
claim("r after 100 steps", r[-1], np.prod(np.sqrt(1 + 0.4**2 * D[:-1] ** 2)), 1e-9)
ends = [[*path(0.4 / part, 100 * part, in_turn=False)][-1] for part in (1, 2, 4)]
claim("with smaller steps", [np.hypot(*end) for end in ends], [2.727, 2.259, 1.578], 5e-4)

# %% [markdown]
# $r$ grows from 1 to 2.727. With half of $\eta$ it grows to 2.259, with a quarter to 1.578.
#
# **Often heard.** "It diverges, so the learning rate is too large." In a descent on one loss that
# may be so. Here $r$ grows for every $\eta > 0$, because the factor is above 1.

# %% turns [markdown]
# ## In turn: round and round
#
# Now $D$ moves first, and $G$ answers the new $D$: *alternating updates*. Most programs do this,
# and so does minigan's `Game`. So they run $D$ twice on the same fakes, before and after its update
# ([pytorch/examples #584](https://github.com/pytorch/examples/issues/584)): it gives other numbers.

# %%
ring_road = np.array(list(path(0.4, 1000, in_turn=True)))
claim("r stays within", np.hypot(*ring_road.T), between=(0.95, 1.1))
L = [minimax.discriminator(leaf(0), leaf(a * b)).item() for a, b in ring_road[-100:]]
claim("the loss of D", L, log2 - np.log(1 - sigmoid(ring_road[-100:].prod(1))), 1e-12)
claim("its range", [min(L), max(L)], [1.17, 1.72], 0.005)

# %% [markdown]
# They never come to rest. In 1000 steps $r$ stays between 0.95 and 1.1. The loss of $D$ goes up and
# down between 1.17 and 1.72 and never stops. "My losses do not converge"
# ([CycleGAN #335](https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix/issues/335)) need not be
# a fault of the program.

# %% penalty [markdown]
# ## A penalty on the slope of D
#
# A *gradient penalty* is a term in the loss of $D$. The one called R1 punishes a $D$ that is steep
# at real samples:
#
# $$\frac{\gamma}{2} \, \mathbb{E} \lVert \partial l / \partial x \rVert^2$$
#
# In the smallest game $l = \varphi x$, so it is $\frac{\gamma}{2} \varphi^2$, and it pulls
# $\varphi$ to 0. The equilibrium stays where it was: against a perfect $G$ the best $D$ is flat.

# %%
at_zero = R1(0.3)(lambda x: leaf(-1.5) * x[:, 0], zeros(1, 1).double(), None)
claim("R1 for phi = -1.5", at_zero, 0.3 / 2 * 1.5**2, 1e-15)
inwards = np.array(list(path(0.4, 100, in_turn=True, gamma=0.3)))
claim("r after 100 steps", np.hypot(*inwards[-1]), between=(0, 0.002))


# %% draw
def three(walks):
    for n in range(0, 101, 5):
        drawn, axes = figure(1, 3, sharey=True)
        for each, walk, colour in zip(axes, walks, (VERMILION, ORANGE, GREEN), strict=True):
            each.plot(*walk[: n + 1].T, color=colour, linewidth=1.5)
            each.plot(*walk[n], "o", color=colour)
            each.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xlabel="$\\theta$")
        axes[0].set(ylabel="$\\varphi$", title=f"$n = {n}$")
        yield drawn


play("three", three([out, ring_road, inwards]), seconds=0.4)

# %% [markdown]
# ![Three walks from one point: a spiral outwards, a closed ring, a spiral inwards.](three.png)
# Both at once (red), in turn (orange), in turn with R1 and $\gamma = 0.3$ (green). With R1 the
# distance is below 0.002 after 100 steps. The circles belong to the game, and R1 changes the game.

# %% wins [markdown]
# ## D wins
#
# Now $G(h) = w h + m$ starts as $N(0, 1)$, and the data are $N(8, 1)$. $D$ is a network, and makes
# five updates for each one of $G$. A recorder writes down the exact JSD.
#
# **Predict.** $D$ is soon sure of every sample. What do the losses do, and what does the JSD do, if
# $G$ plays $\log(1 - D)$? And if it plays $-\log D$?


# %%
def played(data, G, D, descents, objective, rng, steps):  # the records of a game
    order, noise, fixed = rng.spawn(3)
    settings = {"latent": data.shape[0], "objective": objective, "generator": noise}
    game = Game(G, D, data.batches(128, order), *descents, **settings)
    recorder = recorder_of(game, data, game.noise(500, fixed), steps)
    recorder.every, rates = steps // 10, [each.param_groups[0]["lr"] for each in descents]
    for n in range(steps):  # the learning rates fall to 0 over the second half
        for descent, rate in zip(descents, rates, strict=True):
            descent.param_groups[0]["lr"] = rate * min(1, 2 - 2 * n / steps)
        recorder.step()
    return recorder.records


def on_a_line(objective, seed):
    rng = np.random.default_rng(seed)
    G, D = nn.Linear(1, 1, generator=rng), MLPDiscriminator(1, (32, 32), generator=rng)
    G.weight.data, G.bias.data = np.ones((1, 1), np.float32), np.zeros(1, np.float32)
    descents = optim.SGD(G.parameters(), lr=0.1), optim.Adam(D.parameters(), 0.01, (0.5, 0.99))
    return played(gaussian(8), G, D, descents, objective.tuned(critic_steps=5), rng, 200)


lines = [[on_a_line(each, seed) for seed in range(3)] for each in (minimax, non_saturating)]
JSD = np.array([[[record.numbers["jsd"] for record in line] for line in of] for of in lines])
ends = [abs(line[-1].numbers[f"batch_loss_{player}"]) for line in lines[0] for player in "DG"]
claim("JSD in the end with log(1 - D)", JSD[0, :, -1], between=(0.69, log2))
claim("both losses in the end", ends, 0, 0.05)
claim("JSD in the end with -log D", JSD[1, :, -1], between=(0, 0.01))

# %% draw
drawn, axes = figure()
for of, colour in zip(JSD, (BLUE, VERMILION), strict=True):
    axes.plot([record.update for record in lines[0][0]], of.T, color=colour)
axes.set(xlabel="$n$", ylabel="$\\mathrm{JSD}$", ylim=(0, 0.72))
show("wins", drawn)

# %% [markdown]
# ![Three blue lines that stay at the top, and three red lines that fall to 0.](wins.png)
# Blue: $\log(1 - D)$. Both losses are nearly 0, and the JSD stays above 0.69. $D$ has won, and a
# sure $D$ gives $\log(1 - D)$ no slope (T12). Red: $-\log D$. The JSD falls under 0.01.

# %% answer [markdown]
# ## The best answer to a fixed D
#
# In $\min_G \max_D V$, $D$ answers each $G$. But in training each step of $G$ answers a fixed $D$.
#
# **Predict.** On three outcomes $D = (0.2, 0.7, 0.4)$. Which $P_\theta$ makes
# $\mathbb{E} \log(1 - D(x))$ smallest?

# %%
D = np.array([0.2, 0.7, 0.4])
V = np.random.default_rng(0).dirichlet([1, 1, 1], 1000) @ np.log(1 - D)
claim("1000 random G are worse than one point", V.min() > np.log(1 - D[1]), True)

P, gentle, jump, jumps, jsd = np.array([0.5, 0.5]), np.array([0.9, 0.1]), np.array([1, 0]), [], []
for _ in range(40):
    jump = np.eye(2)[np.argmax(optimal_discriminator(P, jump))]  # the best answer to this D
    slope = np.log(1 - optimal_discriminator(P, gentle))
    gentle = gentle + 0.2 * (slope[1] - slope[0]) * np.array([1, -1])  # a small step
    jumps.append(jump[0])
    jsd.append([js(P, gentle), js(P, jump)])
claim("where G jumps", np.ravel(jumps), [0, 1] * 20)
claim("JSD with small steps, with jumps", np.stack(jsd)[-1], [0, js(P, [0, 1])], 1e-4)

# %% [markdown]
# All on the second outcome: a mean of three logarithms is never below the smallest one. *Mode
# collapse* means that $G$ makes only a few of the kinds of samples that the data have. Against a
# fixed $D$ it is the best answer. Then $D$ learns that this point is fake, and $G$ jumps. With two
# outcomes and $P_\text{data} = (1/2, 1/2)$ it jumps forever, and the JSD stays at 0.2158. With
# small steps, each against the best $D$, it goes to 0.

# %% ring [markdown]
# ## Eight modes
#
# `ring` has eight equal hills on a circle, its *modes*. $h$ has two numbers, and $G$ and $D$ have
# two hidden layers of 64. The learning rate of $G$ is three times that of $D$. We play games
# without R1 and with it, $\gamma = 2$, for ten seeds.
#
# **Predict.** How many of the eight modes does $G$ reach without R1, and how many with it?


# %%
def on_the_ring(objective, seed):
    rng, betas, size = np.random.default_rng(seed), (0.5, 0.99), (64, 64)
    G, D = MLPGenerator(2, 2, size, generator=rng), MLPDiscriminator(2, size, generator=rng)
    descents = optim.Adam(G.parameters(), 6e-3, betas), optim.Adam(D.parameters(), 2e-3, betas)
    return played(data, G, D, descents, objective, rng, 500)


data, both = ring(8, radius=1, std=0.1), (non_saturating, r1.tuned(penalty=2.0))
games = [[on_the_ring(objective, seed) for seed in range(10)] for objective in both]
modes = np.array([[[each.numbers["modes"] for each in game] for game in of] for of in games])
claim("modes at the end without R1", modes[0, :, -1], between=(0, 4))
claim("all eight with R1: seeds of ten", (modes[1, :, -1] == 8).sum(), between=(9, 10))


# %% draw
def side_by_side():
    for n in range(11):
        drawn, axes = figure(1, 2, sharey=True)
        for each, of in zip(axes, games, strict=True):
            D, box = sigmoid(of[0][n].arrays["output"]), 1.625 * np.array([-1, 1, -1, 1])
            each.imshow(D, "Blues", vmin=0, vmax=1, alpha=0.7, extent=box, origin="lower")
            each.plot(*of[0][n].arrays["samples"].T, ".", color=VERMILION, markersize=5)
            each.plot(*data.centers.T, "o", color=INK, fillstyle="none", markersize=22)
            each.axis(box)
        axes[0].set_title(f"$n = {of[0][n].update}$")
        yield drawn


play("ring", side_by_side())

# %% [markdown]
# ![Two squares with eight rings on a circle. On the left red points sit on a few of them and
# wander. On the right they spread to all eight.](ring.png)
# 500 samples of $G$ (red), the modes (rings), and $D$ (darker: more surely real). Left, without R1,
# at most 4 of 8 modes are reached at the end. $D$ is steep in one direction, and all samples move
# that way together. Right, with R1, all eight are reached. R1 keeps $D$ nearly flat.

# %% losses [markdown]
# ## Do the losses show it?
#
# **Predict.** You see only the losses of these twenty games. Can you tell the collapsed ones?

# %%
L = [[np.mean([r.numbers["batch_loss_D"] for r in game[-3:]]) for game in of] for of in games]
bounds = [[game[-1].numbers["jsd_bound"] for game in of] for of in games]
claim("the loss of D in the end, all games", L, between=(1.2, 1.5))
claim("JSD, at least, without R1", bounds[0], between=(0.3, log2))
claim("JSD, at least, with R1", bounds[1], between=(0, 0.1))

# %% draw
drawn, axes = figure()
for of, colour in zip(modes, (VERMILION, GREEN), strict=True):
    axes.plot([record.update for record in games[0][0]], of.T, color=colour, linewidth=1.5)
axes.set(xlabel="$n$", ylim=(-0.1, 8.2))
show("seeds", drawn)

# %% [markdown]
# ![Ten red lines that stay low, and ten green lines that rise to 8 and stay.](seeds.png)
# Modes with at least one sample within three standard deviations. All eight are reached by at least
# nine of ten seeds with R1 (green), and by none without (red).
#
# No. In all twenty games the loss of $D$ ends between 1.2 and 1.5. But count the samples in each
# mode. Grouping points never raises a JSD, so the counts prove that the JSD is at least 0.3 without
# R1; with R1 they prove less than 0.1. Record something with a meaning of its own: the JSD on a
# line, modes in the plane, a test with new images (T15). Stop when it no longer improves.

# %% longer [markdown]
# ## Longer games
#
# `python -m benchmarks modes` plays 130 games of 25,000 updates in about two hours. Their results
# are in `modes.json`. All methods start from the same networks and see the same data.

# %%
found = {}
for game in recorded("modes.json"):
    key = game["settings"]["data"], game["settings"]["method"]
    found.setdefault(key, []).append(game["modes"])
claim("games, updates", [sum(map(len, found.values())), game["settings"]["steps"]], [130, 25_000])
claim("8 modes on a ring", found["ring8", "GAN"] + found["ring8", "R1"], 8)
means = [np.mean(found["grid25", method]) for method in ("GAN", "R1", "PacGAN2")]
claim("25 modes on a grid", means, [16.1, 25, 25], 0.05)

# %% [markdown]
# On a grid of 25 modes the GAN alone reaches 16.1, the mean of ten seeds. With R1 every seed
# reaches all 25. So does every seed if $D$ judges two samples at once
# ([PacGAN](https://arxiv.org/abs/1712.04086)): two that are alike give a collapsed $G$ away.
#
# **Often heard.** "This loss collapses." On the ring of these longer games the GAN without R1 keeps
# all eight modes with all ten seeds. The loss is the same. The networks differ, and there the
# learning rate of $D$ is three times that of $G$. So say which settings you tried.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# Start the smallest game at $\theta = 1$, $\varphi = 0$ with $\eta = 0.4$. Make one step at once,
# and one step in turn. What is $r$ after each?
#
# **Hint 1.** At the start $D_\theta = 1/2$, and only $\varphi$ has a slope.
#
# **Hint 2.** At once they come to $(1, -0.2)$.
#
# **Hint 3.** In turn $G$ sees $\varphi = -0.2$ and $D_\theta = \mathrm{sigmoid}(-0.2) = 0.450$.
#
# **Solution.** At once $r = 1.0198$. In turn $\theta = 1 - 0.4 \cdot 0.450 \cdot 0.2 = 0.964$, and
# $r = 0.9845$.

# %%
theta = 1 - 0.4 * sigmoid(-0.2) * 0.2
claim("D and theta", [sigmoid(-0.2), theta], [0.450, 0.964], 5e-4)
claim("r", np.hypot(*np.stack([out[1], ring_road[1]]).T), np.hypot([1, theta], 0.2), 1e-12)

# %% exercise-code [markdown]
# ## Exercise 2: the other loss
#
# Let $G$ play $-\log D$ in the smallest game, both players at once. Do they come to rest?
#
# **Hint 1.** The slope of $-\log D_\theta$ in $\theta$ is $-(1 - D_\theta) \, \varphi$.
#
# **Hint 2.** The arrow times the place is now $\theta \varphi (1 - 2 D_\theta)$. Its sign?
#
# **Hint 3.** If $\theta \varphi > 0$, then $D_\theta > 1/2$. The arrows point a little inwards.
#
# **Solution.** No. The arrows point a little inwards, the steps lead a little outwards, and near
# $r = 0.9$ the two balance. It is a circle again, and $r$ stays between 0.86 and 0.92.

# %%
theta, phi, r = 1.0, 0.0, []
for _ in range(1000):
    D = sigmoid(theta * phi)
    theta, phi = theta + 0.4 * (1 - D) * phi, phi - 0.4 * D * theta
    r.append(np.hypot(theta, phi))
claim("r in the end", np.ravel(r)[500:], between=(0.86, 0.92))

# %% summary [markdown]
# ## What to keep
#
# - Two players are no descent: at once they go outwards, in turn they go round, with R1 inwards.
# - If $D$ wins, $\log(1 - D)$ stops: the losses are near 0, and the JSD is near $\log 2$.
# - Mode collapse is the best answer to a fixed $D$. Count modes: the losses do not show it.
