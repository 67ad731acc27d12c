# %% start [markdown]
# # Decoders from different encoder layers
#
# - **Aim.** You can measure what a layer of a network still knows about its input image, and say
#   which kinds of layers lose something.
# - **You need.** Encoder, decoder and the error on the test set (T07), orthonormal kernels (T06).
# - **Time.** 20 s to run, 40 minutes to read.
# - **Next.** Entropy and its relatives (T09), and assignment A4.
#
# In T07 the decoder read the last layer of the encoder, and both were trained together. Now take an
# encoder that was trained for something else, and *freeze* it: its numbers do not change any more.
# The output of one of its layers is a *feature map*. Can an image be decoded from it?
#
# **The note says.** A feature map of any layer can be decoded, too.

# %%
import numpy as np

from lesson import BLUE, GREY, ORANGE, VERMILION, claim, figure, grid, play, show
from minigan import nn, tensor
from minigan.autoencoder import Decoders, Encoder, orthonormal_bank, pca_error
from minigan.datasets import digits8, split
from minigan.models import Classifier, outputs, train_classifier
from minigan.nn import functional as F

SEED = 0
train, test = split(digits8())
X, T, label = train.scaled(0, 1), test.scaled(0, 1), test.labels


def error(found, wanted):  # the mean over all pixels of all images
    return float(((found - wanted) ** 2).mean())


baseline = error(X.mean(0), T)
claim("error of the mean image", baseline, pca_error(X, T, 0), 1e-6)


def batches():
    return train.batches(64, SEED, low=0, high=1)


# %% classifier [markdown]
# ## An encoder that never had to draw
#
# A *classifier* reads an image and says which digit it is. It has two convolutions with stride 2
# and two linear layers. The last one gives 10 scores. A final function, *softmax*, turns the scores
# into positive numbers with the sum 1. They can be read as probabilities of the ten digits.
#
# It is trained on the labels only. On the test set it is right for at least 96 % of the images.

# %%
network = Classifier(8, hidden=(64,), norm=True, generator=SEED)
list(train_classifier(network, batches(), epochs=8, lr=2e-3))
encoder = Encoder("classifier", nn.Sequential(*network, nn.Softmax(1)), (1, 8, 8))
right = np.mean(outputs(network, T).argmax(1) == label)
claim("right answers", right, between=(0.96, 1))
decoders = Decoders(encoder, batches(), steps=300, generator=SEED)
names = decoders.names
for name, shape in zip(names, decoders.shapes, strict=True):
    print(f"{name}: {shape}")
claim("numbers", [np.prod(s) for s in decoders.shapes], [16 * 4 * 4, 32 * 2 * 2, 64, 10, 10])

# %% [markdown]
# | layer | shape | numbers |
# |---|---|---|
# | first convolution | 16 channels of 4x4 | 256 |
# | second convolution | 32 channels of 2x2 | 128 |
# | first linear layer | | 64 |
# | second linear layer | | 10 |
# | softmax | | 10 |
#
# The image has 64 numbers. So the first two feature maps are larger than the image.

# %% train [markdown]
# ## One decoder for each layer
#
# For each layer we train a decoder of its own. It is the mirror image of the layers before: linear
# layers in the other direction, and a transposed convolution with the same $k$, $s$ and $p$ for
# each convolution. All five see the same batches, and only they are trained ([Dosovitskiy & Brox
# 2016](https://arxiv.org/abs/1506.02753)).
#
# **Predict.** Put the five layers in the order of their errors. What will softmax's decoder draw?

# %%
frozen = [p.numpy().copy() for p in network.parameters()]
kept = {0: decoders.reconstructions(T)}
for number, _ in enumerate(decoders.run(), 1):
    if number in (3, 10, 30, 100, 200, 300):
        kept[number] = decoders.reconstructions(T)
        print(number, *(f"{error(each, T):.3f}" for each in kept[number]))
same = all(np.array_equal(p.numpy(), q) for p, q in zip(network.parameters(), frozen, strict=True))
claim("the encoder has not changed", same, True)


def strip(axes, pictures, label=""):  # a row of images
    framed = [np.pad(each[0], 1, constant_values=1) for each in pictures]
    axes.imshow(np.hstack(framed), cmap="gray", vmin=0, vmax=1)
    axes.set_axis_off()
    axes.text(-1, 5, label, ha="right", va="center")


# %% draw
def frames():
    for found in kept.values():
        drawn, axes = figure(6, 1)
        for panel, number, pictures in zip(axes, range(6), [T, *found], strict=True):
            strip(panel, pictures[:12], f"$h_{number}$" if number else "$X$")
        yield drawn


play("layers", frames())

# %% [markdown]
# ![Seven frames. First all rows but the top one are gray. In the last frame the rows become less
# sharp from top to bottom, and the lowest row shows standard digits.](layers.png)
# Top: test images $X$. Below, from $h_1$ to $h_5$: what the decoders of the five layers draw, from
# the first convolution to softmax. The deeper the layer, the less of the single image is left. In
# the lowest row equal digits look equal.

# %% depth [markdown]
# ## The error grows with depth
#
# We divide each error by that of the mean image, which is 0.0741. Then 1 means: nothing is known
# about the single image.

# %%
errors = [error(each, T) / baseline for each in kept[300]]
claim("each layer has a larger error than the one before", np.all(np.diff(errors) > 0), True)
claim("the convolutions", errors[:2], between=(0.1, 0.2))
claim("the first linear layer", errors[2], between=(0.25, 0.35))
claim("the second linear layer", errors[3], between=(0.35, 0.45))
claim("softmax", errors[4], between=(0.55, 0.63))

# %% draw
drawn, axes = figure()
axes.bar(range(1, 6), errors, color=BLUE)
axes.axhline(1, color=VERMILION, linestyle="--")
axes.set_xticks(range(1, 6), [f"$h_{number}$" for number in range(1, 6)])
show("depth", drawn)

# %% [markdown]
# ![Five bars that grow from left to right, the last to a little more than one half; a dashed line
# at one.](depth.png)
# The convolutions: at most 0.2. The first linear layer: 0.25 to 0.35, the second 0.35 to 0.45,
# softmax 0.55 to 0.63. There is a jump at the first linear layer. The ranges held for all seeds
# that were tried.
#
# That the error cannot fall with depth has a short proof, if the decoders may be any functions. A
# later layer is a function of an earlier one, $h_2 = f(h_1)$. Take the best decoder of $h_2$ and
# put it behind $f$. The two together are a decoder of $h_1$ with the same error.

# %% class [markdown]
# ## What is left at the end
#
# Suppose that all a layer knows is which digit it is. Then the best picture is the mean of all
# training images of that digit.

# %%
means = np.stack([X[train.labels == digit].mean(0) for digit in range(10)])
by_hand = np.mean([np.mean((T[n] - means[label[n]]) ** 2) for n in range(len(T))])
claim("class means, for the mean image's error 1", error(means[label], T) / baseline, 0.585, 5e-4)
claim("class means, absolute", error(means[label], T), by_hand, 1e-6)
claim("softmax's pictures are near them", error(kept[300][4], means[label]) / baseline < 0.03, True)

# %% draw
drawn, axes = figure(3, 1)
strip(axes[0], T[:12], "$X$")
strip(axes[1], kept[300][4][:12], "$h_5$")
strip(axes[2], means[label[:12]], "$m$")
show("means", drawn)

# %% [markdown]
# ![Three rows: twelve digits; what is drawn from softmax; the mean images of their classes. The
# second and the third row look alike.](means.png)
# From top to bottom: test images $X$, pictures from softmax $h_5$, mean images $m$ of the classes.
# The class means have the error 0.585, and softmax about the same. It knows the digit and almost
# nothing else.

# %% lost [markdown]
# ## What is lost on the way
#
# Two digits of one class differ in the thickness of their strokes and in their position. Take as
# measures the mean brightness of an image, and the column of its centre of mass. Subtract the mean
# of the class. Then compute the correlation between the test images and their reconstructions: 1 if
# the reconstruction keeps the measure, 0 if it knows nothing about it.
#
# **Predict.** Which is lost first, the thickness or the position?


# %%
def thickness(images):
    return images.mean((1, 2, 3))


def position(images):
    return (images.sum((1, 2)) * np.arange(8)).sum(1) / images.sum((1, 2, 3))


def kept_part(measure, found):
    both = np.stack([measure(found), measure(T)]).astype(float)
    for digit in range(10):
        both[:, label == digit] -= both[:, label == digit].mean(1, keepdims=True)
    return np.corrcoef(both)[0, 1]


thick = [kept_part(thickness, each) for each in kept[300]]
place = [kept_part(position, each) for each in kept[300]]
digit = [np.mean(outputs(network, each).argmax(1) == label) for each in kept[300]]
claim("thickness, first convolution", thick[0], between=(0.8, 1))
claim("thickness, first linear layer", thick[2], between=(0.3, 0.7))
claim("position, first linear layer", place[2], between=(0.75, 0.9))
claim("softmax keeps neither", [thick[4], place[4]], between=(-0.1, 0.45))
claim("the digit is kept everywhere", digit, between=(0.95, 1))

# %% draw
drawn, axes = figure()
for line, colour, marker in ((digit, GREY, "s"), (place, BLUE, "o"), (thick, VERMILION, "^")):
    axes.plot(range(1, 6), line, marker=marker, color=colour)
axes.set_xticks(range(1, 6), [f"$h_{number}$" for number in range(1, 6)])
show("lost", drawn)

# %% [markdown]
# ![Three lines from h1 to h5. The squares stay near one, the circles fall slowly and then sharply,
# the triangles fall earlier.](lost.png)
# Squares: how many reconstructions the classifier still reads as the right digit. Circles:
# position. Triangles: thickness. The thickness gets lost first, the position later, the digit
# never. The network forgets what does not help to tell the digits apart.

# %% bank [markdown]
# ## Is it depth that loses something?
#
# T06 had kernels with $M^\top M = I$: $k = s = 2$, and as many orthonormal kernels as a block has
# numbers. Stack three such layers. The last one is a single vector of 64 numbers.
#
# **Predict.** How large is the error of its decoder?

# %%
bank = Encoder("bank", orthonormal_bank((1, 8, 8), SEED), (1, 8, 8), exact=True)
exact = Decoders(bank, batches())
shapes = [tuple(shape) for shape in exact.shapes]
claim("shapes", shapes == [(4, 4, 4), (16, 2, 2), (64, 1, 1)], True)
for number, found in enumerate(exact.reconstructions(T), 1):
    claim(f"largest error of layer {number}", abs(found - T).max(), 0, 1e-14)

# %% [markdown]
# Zero, up to rounding, and without training: the decoder of each layer is its transpose. So it is
# not depth that loses something. It is layers that map different inputs to the same output.

# %% pool [markdown]
# ## Max pooling loses the position
#
# *Max pooling* keeps the largest number of each block. Take blocks of two numbers. $(1, 0)$ and
# $(0, 1)$ both give 1.
#
# If both are equally likely, no decoder can do better than $(1/2, 1/2)$, with the error 1/4 for
# each number. For the digits we take 2x2 blocks and the best *linear* decoder, by least squares.
# The mean of each block, average pooling, gives 16 numbers, too.

# %%
pairs = tensor(np.array([[[1.0, 0.0]], [[0.0, 1.0]]]))
claim("the two have one maximum", F.max_pool1d(pairs, 2), 1)
claim("error of the best answer", error(pairs.numpy().mean(0), pairs.numpy()), 1 / 4)


def linear_decoder(encode):  # fitted on X, applied to T
    h, k = (encode(tensor(each)).numpy().reshape(len(each), -1) for each in (X, T))
    h, k = (np.column_stack([each, np.ones(len(each))]).astype(float) for each in (h, k))
    weights = np.linalg.lstsq(h, X.reshape(-1, 64).astype(float))[0]
    return (k @ weights).reshape(T.shape)


pooled = linear_decoder(lambda x: F.max_pool2d(x, 2))
squared = (pooled - T) ** 2
blocks = F.max_pool2d(tensor(T), 2) + F.max_pool2d(tensor(-T), 2)  # largest minus smallest
by_block = F.avg_pool2d(tensor(squared), 2).numpy()
edges = blocks.numpy() >= 0.75
averaged = linear_decoder(lambda x: F.avg_pool2d(x, 2))
claim("max pooling", error(pooled, T) / baseline, by_block.mean() / baseline, 1e-6)
claim("average pooling", error(averaged, T) / baseline, between=(0.3061, 0.3071))
claim("blocks at an edge", edges.mean(), np.count_nonzero(edges) / edges.size)
claim("their part of the error", by_block[edges].sum() / by_block.sum(), between=(0.5625, 0.5634))

# %% draw
drawn, axes = figure(1, 3)
best = pairs.numpy().mean(0)
for panel, pair, name in zip(axes, [*pairs.numpy(), best], ("$X$", "$X$", "$X'$"), strict=True):
    grid(panel, pair, name, fill={ORANGE: pair == 1})
show("pairs", drawn)

# %% [markdown]
# ![Three pairs of squares: 1 0, then 0 1, then 0.5 0.5.](pairs.png)
# Two images $X$ with the same maximum, and the best common answer $X'$.
#
# With 16 numbers, average pooling has the error 0.307 and max pooling 0.424. A block lies at an
# edge if its largest and its smallest pixel differ by at least 0.75. These are 25.5 % of the
# blocks, and they have 56.3 % of max pooling's error: there the position within the block matters.

# %% untrained [markdown]
# ## The same network before its training
#
# **Predict.** Take the same classifier *before* its training, with random weights. Are the errors
# of its layers larger or smaller than those of the trained one?

# %%
fresh = Classifier(8, hidden=(64,), norm=True, generator=SEED)
untrained = Encoder("untrained", nn.Sequential(*fresh, nn.Softmax(1)), (1, 8, 8))
others = Decoders(untrained, batches(), steps=300, generator=SEED)
list(others.run())
random = [error(each, T) / baseline for each in others.reconstructions(T)]
claim("first linear layer, untrained", random[2], between=(0.15, 0.24))
claim("softmax, untrained", random[4], between=(0.4, 0.54))

# %% [markdown]
# The first linear layer has an error below 0.24, where the trained one has at least 0.25. Softmax
# has at most 0.54, less than the trained one. A random network gives most images different outputs,
# so little is lost. Training removes what the labels do not need.
#
# **Often heard.** "A good reconstruction shows that the layer has learned something." The random
# network has learned nothing, and its reconstructions are better at the first linear layer and at
# softmax.

# %% weak [markdown]
# ## The error also depends on the decoder
#
# **Often heard.** "The error is what the layer has lost." The first convolution has 256 numbers,
# and its error is not 0. Is something lost? Not necessarily. Let $x$ be $-1$, $0$ or $1$, and
# $h = 2^{x + 1}$. Nothing is lost. But the best *linear* decoder is wrong.

# %%
x = np.array([-1.0, 0, 1])
h = 2 ** (x + 1)
line = np.polynomial.Polynomial.fit(h, x, 1)
claim("error of the best line", error(line(h), x), 2 / 3 - 1**2 / (14 / 9), 1e-12)

# %% [markdown]
# The error is 0.0238: the variance 2/3 of $x$, less $1^2 / (14/9)$, where 1 is the covariance of
# $x$ and $h$, and 14/9 the variance of $h$. So the measured error is a bound from above. A layer
# has lost at most that much: a better decoder may find more.

# %% exercise-pool [markdown]
# ## Exercise 1: four pairs
#
# The pairs $(0, 0)$, $(1, 0)$, $(0, 1)$ and $(1, 1)$ are equally likely. Max pooling gives 0 or 1.
# What is the best decoder, and its mean squared error for each number?
#
# **Hint 1.** For each value of the maximum, the best answer is the mean of the pairs that have it.
#
# **Hint 2.** Three pairs have the maximum 1.
#
# **Hint 3.** Their mean is $(2/3, 2/3)$. The numbers are 1, 0 and 1 in each place.
#
# **Solution.** $(0, 0)$ for 0 and $(2/3, 2/3)$ for 1. The error is
# $\frac{3}{4} \cdot \frac{2}{9} = \frac{1}{6}$.

# %%
four = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])
largest = F.max_pool1d(tensor(four[:, None]), 2).numpy().ravel()
best = np.stack([four[largest == each].mean(0) for each in largest])
claim("exercise 1", error(best, four), 3 / 4 * 2 / 9, 1e-15)

# %% exercise-chain [markdown]
# ## Exercise 2: a chain
#
# An encoder keeps 16 principal components of an image, its second layer 8 of these, its third
# layer 4. Which errors do the best linear decoders have?
#
# **Hint 1.** What has T07 computed for 16, 8 and 4 numbers?
#
# **Hint 2.** The 8 leading components are among the 16.
#
# **Hint 3.** So each layer has the error of PCA with its own number of components.
#
# **Solution.** 0.0116, 0.0247 and 0.0384. The error grows with depth, as it must.

# %%
chain = [pca_error(X, T, k) for k in (16, 8, 4)]
flat, rest = X.reshape(-1, 64).astype(float), T.reshape(-1, 64) - X.mean(0).reshape(64)
parts = (rest @ np.linalg.svd(flat - flat.mean(0))[2].T) ** 2
claim("exercise 2", chain, [parts[:, k:].sum() / parts.size for k in (16, 8, 4)], 1e-7)

# %% summary [markdown]
# ## What to keep
#
# - Each layer of a frozen encoder can be decoded. The best error cannot fall with depth.
# - What gets lost is what the task does not need: thickness, then position. The digit stays.
# - Orthonormal layers lose nothing, max pooling loses the position.
# - The error of a trained decoder is a bound: it depends on the decoder, too.
#
# The second half of the book needs a measure for the distance of two distributions: T09.
