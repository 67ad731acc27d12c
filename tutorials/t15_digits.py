# %% start [markdown]
# # A convolutional GAN that draws digits
#
# - **Aim.** You can build and train a convolutional GAN, and judge it by more than its losses.
# - **You need.** The two losses and what they hide (T10, T12), strides and coverage (T04, T05).
# - **Time.** 45 s to run, 50 minutes to read.
# - **Next.** The same code on a GPU (T16), and assignment A6.
#
# $G$ grows an image from a random $h$ by transposed convolutions. $D$ shrinks an image to one logit
# by convolutions. This is the DCGAN of [Radford et al. 2016](https://arxiv.org/abs/1511.06434).

# %%
from time import perf_counter

import numpy as np

from lesson import GREY, claim, figure, play, show
from minigan import cat, nn, optim, tensor
from minigan.datasets import Dataset, mnist5k, pad_to, split
from minigan.gan import non_saturating
from minigan.metrics import mmd, nearest
from minigan.models import DCGANDiscriminator, DCGANGenerator, outputs
from minigan.nn import functional as F

SEED = 0

# %% data [markdown]
# ## The data
#
# MNIST has handwritten digits of 28x28 pixels; 5,000 of them come with minigan. To save time we
# take the mean of each 2x2 pixels and add a black margin of one pixel. That gives 16x16. Pixels go
# from $-1$ (black) to 1 (white), because $G$ ends with tanh. 1,000 images are the test set.

# %%
digits = mnist5k()
small = pad_to(digits.images, 32).reshape(-1, 1, 16, 2, 16, 2).mean((3, 5)).astype(np.float32)
train, test = split(Dataset("digits16", small, digits.labels))
X, T = train.scaled(), test.scaled()
claim("images", [len(digits), len(X), len(T)], [5000, 4000, 1000])

# %% networks [markdown]
# ## From one pixel to 16x16
#
# $h$ has 32 numbers: an image of 1x1 with 32 channels. Three transposed convolutions enlarge it.
# $Y$ positions per axis become $X = s(Y - 1) + k - 2p$ (T04):
#
# | layer | $k$ | $s$ | $p$ | gives | weights |
# |---|---|---|---|---|---|
# | 1 | 4 | 1 | 0 | 48 channels of 4x4 | 24,576 |
# | 2 | 4 | 2 | 1 | 24 channels of 8x8 | 18,432 |
# | 3 | 4 | 2 | 1 | 1 channel of 16x16 | 384 |
#
# $D$ is the mirror image. Its three convolutions take 16x16 to 8x8, to 4x4, and to one logit.
#
# **Predict.** The first layer has the most weights. Which one makes the most multiplications?


# %%
def players(normalize=nn.BatchNorm2d):
    rng = np.random.default_rng(SEED)
    G = DCGANGenerator(32, 16, features=24, generator=rng)
    return G, DCGANDiscriminator(16, features=24, normalize=normalize, generator=rng)


weights = [players()[0][layer].weight.numel() for layer in (0, 3, 6)]
claim("weights of G", weights, [32 * 48 * 4 * 4, 48 * 24 * 4 * 4, 24 * 1 * 4 * 4])
claim("products", np.multiply(weights, [1, 16, 64]), np.multiply([1, 12, 1], weights[0]))

# %% [markdown]
# The second, with 294,912. Each weight meets each of the 16 positions of its small side. The first
# layer has one position, the third has 64 but few weights; each makes 24,576.

# %% grid [markdown]
# ## The grid before any training
#
# With $k = 4$ and $s = 2$ the coverage is uniform. TensorFlow's tutorial has $k = 5$ with $s = 2$:
# there a pixel gets 9, 6 or 4 taps (T05). Draw random channels, and 200 times random weights of the
# last layer. Compute the variance of each pixel and the *power spectrum* $|\mathcal{F} x|^2$, which
# says how strong each wave is. A grid is a wave of period 2, along one axis or both.
#
# **Predict.** The variance will have a grid for $k = 5$ only. And the spectrum?

# %%
rng, variance, power = np.random.default_rng(SEED), {}, {}
y = F.relu(tensor(rng.standard_normal((32, 24, 8, 8))))  # what the layers before might give
for k, ratio in ((4, [1, 1, 1, 1]), (5, [1, 6 / 9, 6 / 9, 4 / 9])):
    size = {"stride": 2, "padding": (k - 1) // 2, "output_padding": k % 2}
    w = tensor(rng.standard_normal((200, 24, 1, k, k)))
    x = np.stack([F.conv_transpose2d(y, each, **size).numpy()[:, 0] for each in w])
    variance[k] = x.var(1).mean(0)
    inside = variance[k][4:12, 4:12].reshape(4, 2, 4, 2).mean((0, 2)).ravel()
    claim(f"variances by remainder, k = {k}", inside / inside[0], ratio, 0.05)
    waves = (np.abs(np.fft.fft2(x - x.mean((2, 3), keepdims=True))) ** 2).mean((0, 1))
    power[k] = np.fft.fftshift(waves / waves.mean())  # [0, 0] has period 2 along both axes
    period2 = [power[k][at] for at in ((0, 0), (0, 8), (8, 0))]
    claim(f"waves of period 2, k = {k}", period2, between=(16, 25))

# %% draw
drawn, axes = figure(2, 2)
for k, (left, right) in zip((4, 5), axes, strict=True):
    left.imshow(variance[k], cmap="gray", vmin=0)
    right.imshow(np.log(power[k] + 0.01), cmap="gray")
    left.set_title(f"$k = {k}$")
    left.set_axis_off()
    right.set_axis_off()
show("grid", drawn)

# %% [markdown]
# ![Two rows of two squares. For k = 4 the variance is uniform inside, for k = 5 it is a grid. The
# two spectra look alike: bright points in the corner and in the middle of two edges.](grid.png)
# Top $k = 4$, bottom $k = 5$. Left: the variance follows the taps, 9 to 6 to 4 for $k = 5$. Right:
# the spectra are alike. The waves of period 2, in the corner and at two edges, have 16 to 25 times
# the mean power. The reason: *one* layer has other weights at each remainder, even if the counts
# are equal (T05). So training must remove the grid for any $k$.

# %% norm [markdown]
# ## Batch normalization
#
# Behind the inner layers of both networks stands a new layer. *Batch normalization* takes the mean
# $m$ and the variance $\sigma^2$ of each channel, over all images of the batch and all positions:
#
# $$x \leftarrow \frac{x - m}{\sqrt{\sigma^2 + \varepsilon}}$$
#
# Then it multiplies by a weight and adds a bias, both trained. So the numbers keep their size,
# however the layers before change ([Ioffe & Szegedy 2015](https://arxiv.org/abs/1502.03167)). When
# the trained network is used, averages of all $m$ and $\sigma^2$ take their place.
#
# **Predict.** Real samples are 1 and 3, fakes are 11 and 13. $D$ begins with batch normalization.
# What does the rest of $D$ see if both batches come one after the other? And if they come as one?

# %%
real, fake = (tensor(np.array(pair).reshape(2, 1)) for pair in ([1.0, 3], [11.0, 13]))
layer = nn.BatchNorm1d(1).double()
claim("each alone", cat([layer(real), layer(fake)]), [[-1.0], [1], [-1], [1]], 1e-5)
claim("in one batch", layer(cat([real, fake])).reshape(4), np.array([-6, -4, 4, 6]) / 26**0.5, 1e-5)

# %% [markdown]
# Alone, both give $-1$ and 1: $D$ cannot tell them apart. In one batch they give $-1.18$ and
# $-0.78$ against 0.78 and 1.18. So what $D$ says of a sample depends on the rest of the batch.
# Which is better? We try it in [One batch for both](#together).

# %% update [markdown]
# ## One update, written out
#
# It is that of T10, with images and $L_G = -\mathbb{E} \log D(G(h))$. Programs print five numbers:
#
# | printed as | what it is | if $P_\theta = P_\text{data}$ and $D = D^*$ |
# |---|---|---|
# | `Loss_D` | $L_D$ | $2 \log 2 = 1.386$ |
# | `Loss_G` | $L_G$ | $\log 2 = 0.693$ |
# | `D(x)` | mean of $D$ over the real images | 1/2 |
# | `D(G(z))` | mean of $D$ over the fakes, before $D$ changes | 1/2 |
# | `D(G(z))` | the same fakes, after $D$ has changed | 1/2 |
#
# **Often heard.** "`D(G(z)): 0.46 / 0.42` is a division."
# ([examples #395](https://github.com/pytorch/examples/issues/395)) These are the last two rows.


# %%
def training(G, D, updates, one_batch=False):
    rng = np.random.default_rng(SEED)
    batches = train.batches(64, rng)
    adam_G, adam_D = (optim.Adam(each.parameters(), 1e-3, (0.5, 0.999)) for each in (G, D))
    for _ in range(updates):
        x, h = tensor(next(batches)[0]), tensor(rng.standard_normal((64, 32), np.float32))
        fake = G(h)
        first = D(cat([x, fake.detach()])).split(64) if one_batch else (D(x), D(fake.detach()))
        L_D = non_saturating.discriminator(*first)
        adam_D.zero_grad()
        L_D.backward()
        adam_D.step()
        again = D(fake)  # D has changed
        L_G = non_saturating.generator(again)
        adam_G.zero_grad()
        L_G.backward()
        adam_G.step()
        means = (F.sigmoid(each).numpy().mean() for each in (*first, again))
        yield L_D.item(), L_G.item(), *means


changed = np.diff(next(training(*players(), 1))[3:])
claim("what the update of D changes in the last two", changed, between=(-0.1, -0.01))
claim("L_D and L_G at D = 1/2", np.array([2, 1]) * np.log(2), [1.386, 0.693], 5e-4)

# %% film [markdown]
# ## Training
#
# **Predict.** What does $G$ draw after 20 updates? And does $L_G$ fall while the images get better?

# %%
h = np.random.default_rng(1).standard_normal((1000, 32), np.float32)  # the same in all steps
G, D = players()
log, distance, kept, started = [], {}, {}, perf_counter()
for numbers in training(G, D, 1200):
    log.append(numbers)
    if len(log) in (1, 20, 50, 100, 200, 300, 450, 600, 900, 1200):
        kept[len(log)] = outputs(G, h)
        distance[len(log)] = mmd(T, kept[len(log)], 1, generator=SEED).mmd2
        print(f"update {len(log)}: L_G {log[-1][1]:.2f}, MMD^2 {distance[len(log)]:.4f}")
print(f"{(perf_counter() - started) / 1200:.3f} s an update")
late = np.mean(log[-100:], 0)


# %% draw
def row(axes, pictures):
    axes.imshow(np.hstack([np.pad(each[0], 1, constant_values=1) for each in pictures]), "gray")
    axes.set_axis_off()


def frames():
    for number, pictures in kept.items():
        drawn, axes = figure(4, 1, height_ratios=[1, 1, 1, 2])
        for line in range(3):
            row(axes[line], pictures[12 * line : 12 * line + 12])
        axes[3].plot([each[:2] for each in log[:number]], linewidth=1)
        axes[3].set(xlim=(0, 1200), ylim=(0, 3), ylabel="$L_D$, $L_G$")
        yield drawn


play("training", frames())

# %% [markdown]
# ![Ten frames: three rows of twelve pictures, and two noisy curves below. First plain gray, then a
# grid, then blots, at last strokes that look like digits.](training.png)
# Top: the images of 36 fixed vectors $h$. Bottom: $L_D$ (blue) and $L_G$ (red). After 20 updates
# there is the grid of the random weights. After 100 there are blots, after 600 some can be read.
#
# **Often heard.** "$L_G$ rises, so $G$ gets worse." It rises here, because $D$ learns, too.

# %% distance [markdown]
# ## A measure that does not depend on D
#
# Call two images similar if their pixels differ little: 1 if they are equal, towards 0 with growing
# distance. Take the mean similarity among real images, plus that among fakes, minus twice that
# between them. This is the *maximum mean discrepancy*, squared: MMD$^2$. It is 0 on average if
# $P_\theta = P_\text{data}$ ([Gretton et al. 2012](https://jmlr.org/papers/v13/gretton12a.html)).
#
# Is a small MMD$^2$ only chance? A *two-sample test* shuffles both sets together 500 times and
# splits them again. The *p-value* is the part of these 501 splits, the true one included, whose
# MMD$^2$ is at least that of the true one.
#
# **Predict.** Which p-values have the four quarters of the training set, and which have the fakes?

# %%
quarters = [mmd(T, part, 500, generator=SEED).p_value for part in np.split(X, 4)]
found = mmd(T, kept[1200], 500, generator=SEED)
claim("smallest and largest of the quarters", [min(quarters), max(quarters)], [0.05, 0.97], 0.01)
claim("fakes", found.p_value, 1 / 501, 1e-9)
claim("MMD^2 falls", distance[20] / found.mmd2, between=(50, 1000))
claim("L_G rises", late[1] - np.mean(log[:20], 0)[1], between=(0.1, 0.6))

# %% [markdown]
# The quarters have p-values from 0.05 to 0.97. They are spread evenly from 0 to 1 if both sets come
# from one distribution. The fakes have $1/501 = 0.002$, the least possible: no shuffle comes near.
# The test still tells apart what looks good to us. But from update 20 on MMD$^2$ has fallen by more
# than 50 times, while $L_G$ rose.
#
# **Often heard.** "When do I stop? The losses do not converge."
# ([CycleGAN #335](https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix/issues/335)) They need
# not. Stop when MMD$^2$ to the test set no longer falls.

# %% together [markdown]
# ## One batch for both
#
# **Often heard.** "Put real and fake images into one batch; it saves a call of $D$."
# ([ganhacks #52](https://github.com/soumith/ganhacks/issues/52))
#
# **Predict.** Only the update of $D$ gets the joint batch. What do the losses do?

# %%
spoilt, D = players()
joint = np.mean(list(training(spoilt, D, 100, one_batch=True))[-20:], 0)
claim("L_D and L_G", joint[:2], between=(0, 0.15))
claim("D of real images, and of fakes alone", joint[[2, 4]], between=(0.85, 1))
claim("MMD^2", mmd(T, outputs(spoilt, h), 1, generator=SEED).mmd2, between=(0.4, 0.7))

# %% [markdown]
# Both fall below 0.15, which looks like a triumph. Yet $G$ draws noise: MMD$^2$ is above 0.4. In
# the joint batch $D$ asks on which side of the common mean a sample lies. In the turn of $G$ the
# fakes are alone, *their* mean is taken off, and $D$ says "real", above 0.85. So $G$ has nothing to
# learn. With batch normalization, use one batch for real and one for fake.

# %% judge [markdown]
# ## A new D as a measuring instrument
#
# **Often heard.** "My loss stays at 1.39. Is that good or bad?"
# ([StyleNAT #11](https://github.com/SHI-Labs/StyleNAT/issues/11)) It holds the JSD and the regret
# (T12), and does not say which. But let $G$ stand still, train a *new* $D$, and take its loss on
# the test set and on new fakes. Then $\mathrm{JSD} \ge \log 2 - L_D/2$.
#
# **Predict.** We train a second pair, whose $D$ has no batch normalization. After 600 updates $L_D$
# lies between 1.1 and 1.4. Is the JSD near 0, or near $\log 2 = 0.693$?


# %%
def judge(G):  # a bound of the JSD, and the logits of the test set and of new images
    rng = np.random.default_rng(SEED + 100)
    D = DCGANDiscriminator(16, features=24, normalize=None, generator=rng)
    adam, batches = optim.Adam(D.parameters(), 1e-3, (0.5, 0.999)), train.batches(64, rng)
    for _ in range(300):
        fake = outputs(G, rng.standard_normal((64, 32), np.float32))
        L_D = non_saturating.discriminator(D(tensor(next(batches)[0])), D(tensor(fake)))
        adam.zero_grad()
        L_D.backward()
        adam.step()
    real, fake = outputs(D, T), outputs(D, outputs(G, h))
    L_D = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    return np.log(2) - L_D / 2, np.concatenate([real, fake])


weak, D = players(normalize=None)
calm = [numbers[0] for numbers in training(weak, D, 600)][-100:]
bound, logits = judge(G)
claim("L_D, first pair and second", [late[0] - 1, np.mean(calm) - 1.25], between=(-0.15, 0.15))
claim("JSD of the second pair, at least", judge(weak)[0], between=(0.65, np.log(2)))
claim("JSD of the first pair, at least", bound, between=(0.1, 0.5))

# %% draw
D_of, real = 1 / (1 + np.exp(-logits)), np.repeat([1, 0], 1000)
bins = [(D_of >= low) & (D_of < low + 0.2) for low in (0, 0.2, 0.4, 0.6, 0.8)]
drawn, axes = figure()
axes.plot([0, 1], [0, 1], "--", color=GREY)
axes.plot([D_of[part].mean() for part in bins], [real[part].mean() for part in bins], "o-")
axes.set(xlabel="$D$", ylabel="$D^*$")
show("calibration", drawn)

# %% [markdown]
# ![Five points rise from left to right, close to the dashed diagonal.](calibration.png)
# Near $\log 2$: the new $D$ finds at least 0.65, so it knows nearly every fake. So the loss of the
# old $D$ was nearly all regret. The first pair has the *smaller* $L_D$, about 1, and the better
# $G$: here the new $D$ finds less than 0.5.
#
# May we trust the new $D$? The best one is *calibrated*: of all samples to which it gives 0.7, 70 %
# are real (T11). The picture sorts the samples of the first pair into five bins by their $D$, and
# shows the part of real ones in each. The points are not far from the diagonal.

# %% walk [markdown]
# ## A walk among the digits
#
# Go from one $h$ to another along an arc (T14): $\cos a \, h_0 + \sin a \, h_1$. As
# $\cos^2 a + \sin^2 a = 1$, each number keeps the variance 1 that $G$ was trained with.

# %%
a = np.linspace(0, np.pi / 2, 12, dtype=np.float32)[:, None]
walks = [np.cos(a) * h[n] + np.sin(a) * h[m] for n, m in ((11, 5), (14, 12), (24, 10))]
claim("variance half way", (0.5**0.5 * (h[1:] + h[:-1])).var(), 1, 0.02)

# %% draw
drawn, axes = figure(3, 1)
for panel, each in zip(axes, walks, strict=True):
    row(panel, outputs(G, each))
show("walk", drawn)

# %% [markdown]
# ![Three rows of twelve images; in each a digit turns into another one by small changes.](walk.png)
# Neighbours differ little, because $G$ is continuous. So some images must be no digit (T14).

# %% exercise-split [markdown]
# ## Exercise 1: a p-value by hand
#
# Real samples are 0 and 1, fakes 8 and 9. What is the p-value, over all splits?
#
# **Hint 1.** In how many ways can two of four numbers be called real?
#
# **Hint 2.** In six. Which of them have the largest MMD$^2$?
#
# **Hint 3.** The true one, and the same with the names exchanged.
#
# **Solution.** $2/6 = 0.33$. With so few samples no test finds anything, however bad $G$ is.

# %%
found = mmd(np.array([0.0, 1]), np.array([8.0, 9]), 5000, generator=SEED)
claim("exercise 1", found.p_value, 2 / 6, 0.02)

# %% exercise-copies [markdown]
# ## Exercise 2: learned by heart?
#
# Does $G$ only copy training images? How can you find out?
#
# **Hint 1.** How far is a copy from the nearest training image?
#
# **Hint 2.** Compute this distance for 1,000 images of $G$.
#
# **Hint 3.** Compare it with that of the test images. They are no copies.
#
# **Solution.** The median is above 4.2 for $G$ and 3.75 for the test set, so $G$ does not copy.

# %%
new, real = (nearest(x.reshape(1000, -1), X.reshape(4000, -1)) ** 0.5 for x in (kept[1200], T))
claim("distance of new images", np.median(new), between=(4.2, 5.6))
claim("distance of test images", np.median(real), 3.75, 5e-3)

# %% summary [markdown]
# ## What to keep
#
# - $k = 4$, $s = 2$, $p = 1$ doubles the size. Random weights still make a grid.
# - Batch normalization mixes the samples of a batch: use one batch for real, one for fake.
# - Losses do not say how good $G$ is. MMD$^2$, its p-value, and a new, calibrated $D$ do.
#
# In assignment A6 you train a GAN on digits, and find the faults of broken training loops.
