# %% start [markdown]
# # The auto-encoder
#
# - **Aim.** You can build and train an auto-encoder, compare it with the best linear one, and say
#   for which vectors its decoder draws an image.
# - **You need.** Gradient descent (T01), the transposed convolution with a stride (T03, T04).
# - **Time.** 30 s to run, 45 minutes to read.
# - **Next.** Decoders from other layers (T08), and assignment A4.
#
# An *auto-encoder* has two halves. The *encoder* maps an image $X$ to a short vector $h$. The
# *decoder* maps $h$ to an image $X'$. Both are trained so that $X'$ resembles $X$:
#
# $$X \;\longrightarrow\; h \;\longrightarrow\; X'$$
#
# The letters are those of the lecture note. In T02 to T05, $X$ was a size and $h$ a position. From
# here on $X$ is an image, and $h$ is the vector in the middle, the *latent vector*.

# %%
import numpy as np

from lesson import BLUE, GREY, VERMILION, claim, figure, play, show
from minigan.autoencoder import Reconstruction, pca_error
from minigan.datasets import digits8, split
from minigan.models import ConvAutoencoder, MLPAutoencoder, outputs
from minigan.optim import Adam, lr_scheduler

SEED = 0

# %% data [markdown]
# ## The data
#
# The images are 1,797 handwritten digits of 8x8 pixels, with 0 for black and 1 for white. We train
# on 1,437 of them and keep 360 as the *test set*: the network never sees these while it trains, so
# their error says what it does with new images.

# %%
digits = digits8()
train, test = split(digits)
X, T = train.scaled(0, 1), test.scaled(0, 1)  # (1437, 1, 8, 8) and (360, 1, 8, 8)
claim("images", [len(digits), len(train), len(test)], [1797, 1437, 360])


def strip(axes, pictures, label=""):  # a row of images
    framed = [np.pad(each[0], 1, constant_values=1) for each in pictures]
    axes.imshow(np.hstack(framed), cmap="gray", vmin=0, vmax=1)
    axes.set_axis_off()
    axes.set_title(label)


def error(found, wanted):  # the mean over all pixels of all images
    return float(((found - wanted) ** 2).mean())


# %% model [markdown]
# ## Down to eight numbers and back
#
# The encoder has one convolution with $k = 4$, $s = 2$, $p = 1$. It turns 1 channel of 8x8 into 16
# channels of 4x4. A *linear layer*, a matrix and a bias, maps these 256 numbers to the 8 numbers of
# $h$. The decoder is the mirror image: a linear layer from 8 to 256 numbers, then a transposed
# convolution with the same $k$, $s$, $p$. A last function squeezes every pixel between 0 and 1. At
# the 16 channels, both halves rescale each channel with two trained numbers (batch normalization,
# T15) and shrink negative numbers. Without that they would be linear.
#
# **Predict.** Which half has more weights and other trained numbers, encoder or decoder?

# %%
model = ConvAutoencoder(latent=8, size=8, generator=SEED)
sizes = [sum(p.numel() for p in half.parameters()) for half in (model.encoder, model.decoder)]
claim("encoder", sizes[0], 16 * 4 * 4 + 2 * 16 + 256 * 8 + 8)
claim("decoder", sizes[1], 8 * 256 + 256 + 2 * 16 + 16 * 4 * 4 + 1)

# %% [markdown]
# The decoder has 2,593 and the encoder 2,344. The weights are equally many, because a layer and its
# transpose have weights of one shape (T03). The difference is the biases: the decoder's linear
# layer adds 256 of them, the encoder's only 8.

# %% loss [markdown]
# ## What is minimized
#
# Let $\theta$ be all trained numbers of both halves. Training looks for
#
# $$\min_\theta \lVert X - X' \rVert^2$$
#
# averaged over the training images. We print the *mean squared error*: $\lVert X - X' \rVert^2$
# divided by the number of pixels. For comparison, the simplest competitor draws the same image for
# every $X$: the mean of the training images.

# %%
baseline = error(mean := X.mean(0), T)
by_hand = np.mean([np.sum((x - mean) ** 2) / 64 for x in T])
claim("error of the mean image", baseline, by_hand, 1e-6)

# %% [markdown]
# It is 0.0741. A network that stays above it has learned nothing about individual images.

# %% film [markdown]
# ## Training, update by update
#
# An *update* is a gradient step on one batch. `Adam` gives each number a step size of its own.
#
# **Predict.** All the digits differ. What do you think the network draws after 20 updates?


# %%
def training(model, size=64, steps=600, lr=3e-3, **settings):  # Adam, with a rate that falls to 0
    optimizer = Adam(model.parameters(), lr)
    rate = lr_scheduler.CosineAnnealingLR(optimizer, steps)
    batches = train.batches(size, SEED, low=0, high=1)
    return Reconstruction(model, batches, optimizer, rate, generator=SEED, **settings).run(steps)


kept, curve = {0: outputs(model, T)}, []
for update in training(model):
    curve.append(update.loss)
    if update.number in (1, 5, 10, 20, 50, 100, 200, 400, 600):
        kept[update.number] = outputs(model, T)
        print(f"update {update.number}: error {error(kept[update.number], T):.3f}")
reached = error(kept[600], T)
claim("close to the mean", error(kept[20], mean) / error(kept[20], T), between=(0.2, 0.5))
claim("the error on the test set", reached, between=(0.016, 0.023))


# %% draw
def frames():
    for number, found in kept.items():
        drawn, axes = figure(3, 1, height_ratios=[1, 1, 2])
        strip(axes[0], T[:12], "$X$")
        strip(axes[1], found[:12], "$X'$")
        axes[2].plot(range(1, 601), curve, color=GREY, linewidth=1)
        axes[2].plot(range(1, number + 1), curve[:number], color=BLUE)
        axes[2].axhline(baseline, color=VERMILION, linestyle="--")
        axes[2].set(ylabel="$L$", xlim=(0, 600))
        yield drawn


play("training", frames())

# %% [markdown]
# ![Ten frames: twelve test digits, below them what the network draws, and the falling loss. First
# gray noise, then twelve times the same blot, at last twelve digits.](training.png)
# Top: test images. Middle: what the network makes of them. Bottom: the loss of each batch, with the
# error of the mean image as a dashed line. After 20 updates all pictures resemble *one* blurred
# blot, near the mean image. After 600 the error is between 0.016 and 0.023, whatever the seed.

# %% pca [markdown]
# ## The best linear competitor
#
# Suppose that encoder and decoder were matrices. Then the best pair is known: it keeps the
# directions along which the training images vary most. This is *principal component analysis*,
# PCA for short. Its error is the part of the images in the directions that are left out
# ([Baldi & Hornik 1989](https://doi.org/10.1016/0893-6080(89)90014-2)).

# %%
numbers = (1, 2, 4, 8, 16)
pca = {k: pca_error(X, T, k) for k in numbers}
flat = X.reshape(-1, 64).astype(float)
directions = np.linalg.svd(flat - flat.mean(0))[2]  # by falling variance
rest = (T.reshape(-1, 64) - flat.mean(0)) @ directions.T
for k in numbers:
    claim(f"PCA with {k} numbers", pca[k], np.sum(rest[:, k:] ** 2) / rest.size, 1e-8)
claim("PCA with all 64 numbers", pca_error(X, T, 64), 0, 1e-12)

# %% [markdown]
# | numbers of $h$ | 0 | 1 | 2 | 4 | 8 | 16 | 64 |
# |---|---|---|---|---|---|---|---|
# | error of PCA | 0.0741 | 0.0632 | 0.0534 | 0.0384 | 0.0247 | 0.0116 | 0 |
#
# With 8 numbers our network is below PCA. With 64 numbers nothing is lost, and nothing learned.

# %% linear [markdown]
# ## Can a linear auto-encoder beat PCA?
#
# **Predict.** Take out all that is not linear, so that both halves are matrices. Can training bring
# the error *on the training images* below that of PCA?

# %%
linear = MLPAutoencoder(4, (1, 8, 8), hidden=(), tied=True, generator=SEED)
list(training(linear, len(train), 1000, 2e-2))  # all training images at once, 1000 times
gap = error(outputs(linear, X), X) / pca_error(X, X, 4) - 1
claim("never below PCA, and at most 1 % above", gap, between=(-1e-6, 0.01))

# %% [markdown]
# No. PCA is the minimum over all linear pairs. Gradient descent comes to within 1 % of it, without
# ever computing a direction. That is a good test of the code, because the answer is known.

# %% table [markdown]
# ## How many numbers does an image need?
#
# Now the nonlinear network with 1, 2, 4, 8 and 16 numbers. Each half gets a *hidden layer* of 64
# numbers in addition, because a map from very few numbers to an image must be strongly bent.

# %%
networks = {}
for k in numbers:
    networks[k] = ConvAutoencoder(k, 8, hidden=(64,), generator=SEED)
    list(training(networks[k]))
found = {k: error(outputs(networks[k], T), T) for k in numbers}
claim("the error falls with each step", np.all(np.diff(list(found.values())) < 0), True)
claim("below PCA each time", [found[k] / pca[k] for k in numbers], between=(0.4, 0.9))
claim("with 8 numbers", found[8] / pca[8], between=(0.4, 0.6))

# %% draw
drawn, axes = figure()
axes.loglog(numbers, list(pca.values()), "s--", color=VERMILION)
axes.loglog(numbers, list(found.values()), "o-", color=BLUE)
axes.set(xlabel="$\\dim h$", ylabel="$L$", xticks=numbers, xticklabels=numbers)
axes.minorticks_off()
axes.set_yticks([0.01, 0.02, 0.05], ["0.01", "0.02", "0.05"])
show("sizes", drawn)

# %% [markdown]
# ![Two falling lines over 1, 2, 4, 8 and 16. The solid one is always below.](sizes.png)
# The error on the test set against $\dim h$, the number of values in $h$: PCA (dashed), the network
# (solid). The network wins each time; with 8 numbers it has about half the error. A bent surface of
# few dimensions comes closer to the digits than a flat one.
#
# **Often heard.** "The larger $h$, the better the auto-encoder." Its error is indeed smaller. But
# with 64 numbers even PCA has the error 0, because it may copy. Read both numbers together.

# %% plane [markdown]
# ## Two numbers make a map
#
# With two numbers, each image is a point in the plane. The network has never seen a label.

# %%
h = outputs(networks[2].encoder, T)
away = np.linalg.norm(h[:, None] - h[None], axis=2) + 1e9 * np.eye(len(h))
same = np.mean(test.labels[away.argmin(1)] == test.labels)
claim("the nearest point has the same label", same, between=(0.5, 0.85))

# %% draw
drawn, axes = figure()
axes.plot(h[:, 0], h[:, 1], " ")
for (left, up), label in zip(h, test.labels, strict=True):
    axes.text(left, up, str(label), color=(BLUE, VERMILION)[label % 2], ha="center")
axes.set(xlabel="$h_0$", ylabel="$h_1$")
show("plane", drawn)

# %% [markdown]
# ![Digits scattered over a plane. Equal digits stand together in patches.](plane.png)
# Each digit stands at the $h$ of its image. Equal digits lie together, because similar images get
# similar vectors. For more than half of the images the nearest point has the same label.

# %% walk [markdown]
# ## A walk along a line
#
# Take the vectors $h$ and $h'$ of two test images and walk from one to the other in equal steps,
# $(1 - a) h + a h'$. For comparison, mix the two images themselves.

# %%
first, last = T[test.labels == 0][:1], T[test.labels == 7][:1]
start, goal = outputs(model.encoder, first), outputs(model.encoder, last)
a = np.linspace(0, 1, 9, dtype=np.float32)[:, None]
walk = outputs(model.decoder, (1 - a) * start + a * goal)
mixed = (1 - a[..., None, None]) * outputs(model, first) + a[..., None, None] * outputs(model, last)
claim("the walk starts at the first image", error(walk[:1], mixed[:1]), 0, 1e-10)
claim("between them it is no mixture", error(walk[4], mixed[4]) > 0.002, True)

# %% draw
drawn, axes = figure(2, 1)
strip(axes[0], walk, "$(1 - a)\\,h + a\\,h'$")
strip(axes[1], mixed, "$(1 - a)\\,X'_{a=0} + a\\,X'_{a=1}$")
show("walk", drawn)

# %% [markdown]
# ![Two rows of nine images, from a 0 to a 7. In the upper row the strokes change, in the lower
# row one digit fades while the other appears.](walk.png)
# Top: the walk, a new image at each step. Bottom: the mixture, with both digits in the middle.

# %% normal [markdown]
# ## Which vectors give an image?
#
# **The note says.** Minimizing $\lVert X - X' \rVert^2$ gives a decoder that turns vectors into
# images.
#
# That holds for vectors that come from the encoder. We want *new* images, so we draw a vector at
# random: 8 independent numbers with mean 0 and variance 1, written $h \sim N(0, I)$.
#
# **Predict.** What does our decoder draw for them?

# %%
random = np.random.default_rng(1).standard_normal((200, 8)).astype(np.float32)


def distance(pictures):  # mean distance to the nearest training image
    gaps = pictures.reshape(len(pictures), 1, 64) - X.reshape(1, len(X), 64)
    return float(np.sqrt((gaps**2).sum(2)).min(1).mean())


new, h = outputs(model.decoder, random), outputs(model.encoder, X)
claim("brightness of the digits", X.mean(), flat.mean(), 1e-6)
claim("brightness of the new pictures", new.mean(), between=(0.1, 0.25))
claim("a test image to the nearest training image", distance(T[:200]), between=(1.03, 1.04))
claim("a new picture", distance(new), between=(2.0, 2.7))
claim("length of the mean of h", np.linalg.norm(h.mean(0)), between=(1.5, 5))

# %% draw
drawn, axes = figure(2, 1)
strip(axes[0], outputs(model, T[:12]), "$X'$")
strip(axes[1], new[:12], "$h \\sim N(0, I)$")
show("normal", drawn)

# %% [markdown]
# ![Upper row: twelve digits. Lower row: twelve dark pictures with a few gray pixels.](normal.png)
# Top: vectors from the encoder. Bottom: vectors from $N(0, I)$. These pictures are dark: their
# brightness is at most 0.25 where digits have 0.305. From a test image to the nearest training
# image the distance is 1.03, from a new picture it is above 2. The decoder was never trained there:
# the encoder puts its vectors around a mean that is far from 0.
#
# **Often heard.** "The decoder of an auto-encoder generates images." It needs a rule for drawing
# $h$, and the loss gives none. The smallest case: let the encoder give $10 h$, and let the decoder
# first divide by 10. No $X'$ and no loss changes. But a random vector gives another picture.

# %%
wide = ConvAutoencoder(8, 8, generator=SEED)
wide.load_state_dict(model.state_dict())
for numbers_of_h in wide.encoder[-1].parameters():  # the weight and the bias
    numbers_of_h.data *= 10
wide.decoder[0].weight.data /= 10
claim("the same X'", error(outputs(wide, T), outputs(model, T)), 0, 1e-10)
claim("other pictures", error(outputs(wide.decoder, random), new) > 0.001, True)

# %% variational [markdown]
# ## What can be done
#
# A *variational auto-encoder* ([Kingma & Welling 2014](https://arxiv.org/abs/1312.6114)) adds a
# second term to the loss. It draws the vectors of all images together towards $N(0, I)$, and adds
# noise to $h$ so that the space between them is used. How strong the term is must be chosen.

# %%
variational = ConvAutoencoder(8, 8, variational=True, generator=SEED)
list(training(variational, beta=0.1))
better, new_h = outputs(variational.decoder, random), outputs(variational.encoder, X)
shorter = np.linalg.norm(new_h.mean(0)) / np.linalg.norm(h.mean(0))
claim("the mean of h is nearer to 0", shorter, between=(0.1, 0.6))
claim("a new picture", distance(better), between=(1.4, 1.9))
claim("brightness", better.mean(), between=(0.26, 0.31))

# %% draw
drawn, axes = figure(2, 1)
list(map(strip, axes, (better[:12], better[12:24]), ("$h \\sim N(0, I)$", "")))
show("variational", drawn)

# %% [markdown]
# ![Two rows of pictures; some look like digits, others like mixtures of two.](variational.png)
# The same random vectors as before. The distance to the nearest training image falls below 1.9, and
# the brightness is right. Some pictures look like digits, others like mixtures. The GAN of T13 has
# no encoder and no $\lVert X - X' \rVert^2$: it trains the decoder on random $h$ from the start.

# %% exercise-fit [markdown]
# ## Exercise 1: a better rule
#
# Draw $h$ so that its mean and its variance are those of the encoder's vectors. Do the pictures of
# the plain auto-encoder come nearer to the digits?
#
# **Hint 1.** You need the mean and the standard deviation of each of the 8 numbers.
#
# **Hint 2.** If a random number has variance 1, three times that number has variance 9.
#
# **Hint 3.** Multiply `random` by the standard deviations, then add the means.
#
# **Solution.** The distance falls below 2, but stays above that of a test image. The 8 numbers
# belong together, and this rule draws each by itself.

# %%
fitted = outputs(model.decoder, (h.mean(0) + h.std(0) * random).astype(np.float32))
claim("exercise 1", distance(fitted), between=(1.3, 2.0))

# %% exercise-tied [markdown]
# ## Exercise 2: tied weights
#
# The decoder may use the *same* weights as the encoder: a matrix $M$ on the way to $h$, $M^\top$ on
# the way back. They are then *tied*. How many trained numbers are left, and does the error grow?
#
# **Hint 1.** Which layers have a transpose? Biases and the layers that rescale channels stay apart.
#
# **Hint 2.** The convolution has $16 \cdot 4 \cdot 4$ weights, the linear layer $256 \cdot 8$.
#
# **Hint 3.** Both are counted twice in 2,344 + 2,593.
#
# **Solution.** 2,633 numbers instead of 4,937, and the error is about the same. Half the weights
# were enough. The linear network above has tied weights, too: PCA's directions allow it (T06).

# %%
tied = ConvAutoencoder(8, 8, tied=True, generator=SEED)
claim("both halves", sum(sizes), sum(p.numel() for p in model.parameters()))
claim("tied", sum(p.numel() for p in tied.parameters()), sum(sizes) - 16 * 4 * 4 - 256 * 8)
list(training(tied))
both = error(outputs(tied, T), T) / reached
claim("its error, compared with that of untied weights", both, between=(0.8, 1.1))

# %% summary [markdown]
# ## What to keep
#
# - $X \to h \to X'$ with $\min_\theta \lVert X - X' \rVert^2$. Compare the error with the mean
#   image, and with PCA at the same number of values in $h$.
# - A linear auto-encoder reaches PCA. A nonlinear one can go below.
# - The decoder draws images for the vectors of the encoder. A random $h$ lies elsewhere.
#
# T08 asks what the layers between $X$ and $h$ still know. Assignment A4 lets you build both halves.
