# %% start [markdown]
# # The same code on another device
#
# - **Aim.** You can write code that runs on a CPU and on a GPU, find the places where it waits, and
#   say which differences of results are no fault.
# - **You need.** Rounding (T00), convolutions and their multiplications (T02), and D (T10).
# - **Time.** 15 s to run, 40 minutes to read.
# - **Next.** This is the last chapter. Assignment A6 trains a game, on whatever device you have.
#
# The *graphics processor*, or GPU, computes thousands of numbers at once. It has a memory of its
# own, and it works on its own time. Both facts change programs.
#
# This page was made without a GPU. So it states no speed of a GPU. It tests what can be tested
# without one: the code, the counts, and the arithmetic of waiting.

# %%
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import perf_counter

import numpy as np

from lesson import BLUE, ORANGE, claim, figure, play, show
from minigan import backend, cuda, optim, randn, tensor
from minigan.conv import costs
from minigan.datasets import digits8
from minigan.geometry import Geometry
from minigan.nn import functional as F

print("GPUs here:", cuda.device_count())

# %% library [markdown]
# ## The same names in another library
#
# NumPy is an *array library*: arrays, and functions that work on them. Its arrays lie in the memory
# of the CPU. CuPy is another one. Its arrays lie in the memory of the GPU, and its functions have
# the same names. So write the name of the library as an argument, `xp`:


# %%
def step(xp, w, x, labels):  # a step of gradient descent for D(x) = sigmoid(x w), as in T10
    logits = xp.matmul(x, w)
    wrong = xp.subtract(xp.divide(1, xp.add(1, xp.exp(xp.negative(logits)))), labels)
    gradient = xp.matmul(xp.transpose(x), wrong)
    return xp.subtract(w, xp.multiply(0.01, gradient))


rng = np.random.default_rng(0)
x = np.concatenate([rng.normal(-1, 1, (50, 2)), rng.normal(1, 1, (50, 2))])
labels, w = np.repeat([0.0, 1.0], 50), np.zeros(2)
w1 = step(np, w, x, labels)
claim("the first step by hand", w1, 0.005 * (x[50:].sum(0) - x[:50].sum(0)), 1e-14)

# %% [markdown]
# With NumPy, `xp` is `np`. With CuPy it would be `cupy`, and no line of `step` would change. In
# minigan no op names its library: `backend.namespace(x)` returns the one that `x` belongs to.

# %% pretend [markdown]
# ## A pretended GPU
#
# We have none, so we build one. `Far` is an array that NumPy cannot reach. `library` has NumPy's
# names, takes `Far` arrays and single numbers only, and counts what it does. Two more functions
# copy: `there` to the other memory, and `back`.
#
# **Predict.** Count in `step`: how many functions does one step call?


# %%
class Far:
    __array_ufunc__ = None  # NumPy's operators and functions refuse it

    def __init__(self, hidden):
        self.hidden = hidden


class FarLibrary:
    calls = copies = 0

    def there(self, array):
        self.copies += 1
        return Far(array.copy())

    def back(self, far):
        self.copies += 1
        return far.hidden.copy()

    def __getattr__(self, name):
        def call(*arguments):
            if any(isinstance(a, np.ndarray) for a in arguments):
                raise TypeError(f"{name}: an array of the CPU")
            self.calls += 1
            return Far(getattr(np, name)(*(getattr(a, "hidden", a) for a in arguments)))

        return call


library = FarLibrary()
far = [library.there(array) for array in (w, x, labels)]
new = step(library, *far)
claim("the same numbers, bit for bit", library.back(new), w1)
claim("functions called in one step", library.calls, 10)
refused = []
for mistake in (lambda: np.exp(new), lambda: library.add(new, w), lambda: x * new):
    try:
        mistake()
    except TypeError:
        refused.append(mistake)
claim("mistakes that are refused", len(refused), 3)

# %% [markdown]
# Ten. The numbers are the same bit for bit. Typical mistakes are refused: a function of NumPy for
# an array of the GPU, and arrays of both memories in one sum.
#
# The tests of minigan run every op on a stand-in for CuPy that is as strict, and compare with NumPy
# bit for bit. On a machine with a GPU, `python -m benchmarks gpu_check` compares with the real one.

# %% device [markdown]
# ## In minigan
#
# **Often heard.** "Move the model, and the rest follows." The smallest case: `w` on the GPU times
# `x` on the CPU is an error, as above. Random numbers are drawn on the CPU and then moved. So the
# same seed gives the same numbers everywhere.

# %%
device = "cuda" if cuda.is_available() else "cpu"  # all that follows is the same
a = randn(3, generator=0, device=device)
claim("the same seed, any device", a.cpu(), np.random.default_rng(0).standard_normal(3, "float32"))
claim("the library of its array", backend.namespace(np.zeros(1)).__name__, "numpy")

# %% order [markdown]
# ## Almost the same numbers
#
# **Often heard.** "The GPU gives other digits, so there is a fault." Each device adds in the order
# that is fastest for it. With rounding (T00) the order matters. The smallest case:
# $(0.1 + 0.2) + 0.3$ against $0.1 + (0.2 + 0.3)$.
#
# **Predict.** By how much do they differ, in the 64 bits of a Python number?

# %%
numbers = np.array([0.1, 0.2, 0.3])
left, right = np.add.reduce(numbers), np.add.reduce(numbers[::-1])
claim("from the left and from the right", left - right, 2.0**-53)
claim("the way of a CPU", backend.default_formulation(x), "blocked")
layer = {"stride": 2, "padding": 1}
y, kernel = randn(8, 32, 8, 8, generator=0), randn(32, 16, 4, 4, generator=1)
ways = [F.conv_transpose2d(y, kernel, **layer, by=by) for by in ("blocked", "im2col")]
error = (ways[0] - ways[1]).abs().max() / ways[0].abs().max()
claim("two orders, 32 bits", error, between=(0, 1e-5))
y, kernel = y.round(), kernel.round()
ways = [F.conv_transpose2d(y, kernel, **layer, by=by) for by in ("blocked", "im2col")]
claim("two orders, whole numbers", ways[0], ways[1])

# %% [markdown]
# By $2^{-53}$, one bit. In a layer of a generator with 32 bits, the two ways that minigan takes on
# a CPU (`blocked`) and on a GPU (`im2col`) differ by less than $10^{-5}$ of the largest number. On
# whole numbers they agree exactly. So test with whole numbers on both devices: then every
# difference is a fault.

# %% drift [markdown]
# ## Small differences grow
#
# **Predict.** Train the same small auto-encoder twice, in 32 bits. In the second run one weight is
# changed by its last bit. How far apart are the weights after 200 steps?

# %%
images = tensor(digits8().images[:64].astype("float32") / 16)


def train(seed, changed):
    start = 0.3 * np.random.default_rng(seed).standard_normal((2, 8, 1, 4, 4), "float32")
    start.flat[0] = np.nextafter(start.flat[0], start.flat[0] + changed)
    w, v = (tensor(each, requires_grad=True) for each in start)
    optimizer, path = optim.Adam([w, v], lr=0.02), [w.detach().numpy().copy()]
    for _ in range(200):
        h = F.relu(F.conv2d(images, w, **layer))
        loss = ((F.conv_transpose2d(h, v, **layer) - images) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        path.append(w.detach().numpy().copy())
    return np.array(path)


gaps = np.array([abs(train(seed, 1) - train(seed, 0)).max((1, 2, 3, 4)) for seed in range(5)])
claim("at the start", gaps[:, 0], between=(1e-9, 1e-7))
claim("largest growth", (gaps[:, -1] / gaps[:, 0]).max(), between=(1e3, 1e6))

# %% draw
drawn, axes = figure()
axes.semilogy(gaps.T)
axes.set(xlabel="$n$", ylabel="$|w - w'|$")
show("drift", drawn)

# %% [markdown]
# ![Five curves over 200 steps on a logarithmic scale. All begin near ten to the power of minus
# eight and grow, some of them a thousand times.](drift.png)
# It begins below $10^{-7}$, and in some runs it grows a thousand times and more. So compare two
# devices after one step, or by means over several seeds, and not by weights after a long training.

# %% queue [markdown]
# ## It works on its own time
#
# A call on the GPU puts a job into the *launch queue*. The GPU takes the jobs out one by one, while
# Python goes on with the next line.
#
# **Often heard.** "Read the clock, compute, read it again: this times the computation."
#
# **Predict.** Below, a thread plays the GPU. The clock stops after the call. What was measured?

# %%
gpu, door = ThreadPoolExecutor(max_workers=1), Event()
launched = gpu.submit(lambda: door.wait() and np.ones(3) * 2)  # it begins when the door opens
claim("done when the clock stops", launched.done(), False)
door.set()
claim("waiting gives the result", launched.result(), [2, 2, 2])
gpu.shutdown()

# %% [markdown]
# Only the time to put a job into the queue: the call does not wait for the result. You must wait:
# `cuda.synchronize()` returns when the queue is empty. Without a GPU it returns at once, so it can
# stay in the code.

# %% timeline [markdown]
# ## The arithmetic of waiting
#
# A model, not a measurement: to launch a job takes $t_0 = 10$ microseconds of Python, and the GPU
# works $t$ on it. Job $n$ begins when it is launched and the one before it is done.
#
# **Predict.** How long do 20 jobs take for $t = 2$? And for $t = 50$?


# %%
def timeline(n, t, every=0, t0=10.0):  # wait after each job number that `every` divides
    python, device, bars = 0.0, 0.0, []
    for job in range(1, n + 1):
        python += t0
        start = max(python, device)
        device = start + t
        bars.append((python - t0, start, device))
        if every and job % every == 0:
            python = device
    return bars


small, large = timeline(20, 2)[-1][2], timeline(20, 50)[-1][2]
claim("20 small jobs, 20 large ones", [small, large], [20 * 10 + 2, 10 + 20 * 50])
claim("20 large jobs, waiting each time", timeline(20, 50, every=1)[-1][2], 20 * (10 + 50))
claim("part of the time that the GPU works on small jobs", 20 * 2 / small, 40 / 202)


# %% draw
def working():
    free, waiting = timeline(6, 15), timeline(6, 15, every=1)
    for n in range(1, 7):
        drawn, panels = figure(2, 1)
        for panel, bars in zip(panels, (free, waiting), strict=True):
            for launch, start, end in bars[:n]:
                panel.barh(1, 10, left=launch, color=BLUE, edgecolor="white")
                panel.barh(0, end - start, left=start, color=ORANGE, edgecolor="white")
            panel.set(xlim=(0, 155), ylim=(-0.5, 1.5), yticks=[], xlabel="$t$")
        yield drawn


play("working", working())

# %% [markdown]
# ![Six frames of two time lines. In the upper one blue and orange bars lie side by side without
# gaps. In the lower one each blue bar waits for the orange one before it.](working.png)
# 202 and 1010 microseconds. With small jobs the GPU waits for Python and works 19.8 % of the time.
# With large jobs Python is ahead. Above, $t = 15$: blue is Python, orange the GPU. Below, Python
# waits after each job. Then 20 jobs of $t = 50$ take 1200.

# %% copies [markdown]
# ## Where the copies hide
#
# Some lines wait without saying so, because they need a number on the CPU: `loss.item()`,
# `float(loss)`, `print(loss)`, `x.numpy()`, `if loss < best`.
#
# **Often heard.** "Printing the loss costs nothing." In the model it turns 1010 microseconds into
# 1200.
#
# **Predict.** 100 steps on the pretended GPU. Count the copies if `w` is read after each step, and
# if it is read after every 50th.


# %%
def copies(every):
    library = FarLibrary()
    w, x_far, labels_far = (library.there(array) for array in (np.zeros(2), x, labels))
    for n in range(1, 101):
        w = step(library, w, x_far, labels_far)
        if n % every == 0:
            library.back(w)
    return library.copies


claim("read after each step, after every 50th", [copies(1), copies(50)], [3 + 100, 3 + 2])

# %% [markdown]
# 103 and 5. Each copy waits for the queue. So keep losses on the GPU, and read them now and then.

# %% bytes [markdown]
# ## How many bytes, how many products
#
# Which work is worth a GPU? It can multiply much faster than it can read memory. So count the
# products for each byte that is read or written: the *arithmetic intensity*.
#
# **Predict.** ReLU reads a number of 4 bytes, compares it once, and writes one. What is its
# intensity? Estimate: how many times higher is that of a layer of a generator?

# %%
geometry = Geometry.conv_transpose((16, 16), 4, stride=2, padding=1)
intensity = {}
for N in (1, 64):  # 64 channels of 16x16 become 32 of 32x32
    products = costs.multiplications("polyphase", "conv_transpose", geometry, N, 32, 64)
    intensity[N] = products / (4 * (N * 64 * 16**2 + N * 32 * 32**2 + 64 * 32 * 4**2))
relu = np.ones(64).size / (2 * np.ones(64, "float32").nbytes)
claim("ReLU", relu, 0.125)
claim("the layer with one image", intensity[1], 128 / 5, 1e-9)
claim("the layer with 64 images", intensity[64], 8192 / 194, 1e-9)
claim("how much more", intensity[64] / relu, 8 * 8192 / 194, 1e-9)

# %% [markdown]
# ReLU: $1/8 = 0.125$. The layer has 25.6 for one image and 42.2 for 64, because they share the
# weights: 338 times as much. For ReLU the memory sets the pace, on any device. A large batch of
# convolutions is what a GPU is made for.

# %% measure [markdown]
# ## Measure on your own machine
#
# Run once before you measure, because the first call prepares memory. Wait before you read the
# clock. Take the median of several runs. The cell does this for growing batches on every device
# that it finds. Its numbers depend on your machine, so the text names none.

# %%
places, sizes = ["cpu"] + ["cuda"] * cuda.is_available(), (1, 2, 4, 8, 16, 32)
times = {}
for place in places:
    for N in sizes:
        y, kernel = randn(N, 64, 16, 16, device=place), randn(64, 32, 4, 4, device=place)
        F.conv_transpose2d(y, kernel, **layer)
        took = []
        for _ in range(5):
            cuda.synchronize()
            start = perf_counter()
            F.conv_transpose2d(y, kernel, **layer)
            cuda.synchronize()
            took.append(1000 * (perf_counter() - start))
        times[place, N] = np.median(took)

# %% draw
drawn, axes = figure()
for place, colour in zip(places, (BLUE, ORANGE), strict=False):
    axes.loglog(sizes, [times[place, N] for N in sizes], color=colour, marker="o")
axes.set(xlabel="$N$", ylabel="$t$ / ms")
show("measured", drawn)

# %% [markdown]
# ![Time in milliseconds over the size of the batch, both on logarithmic scales. The curve
# rises.](measured.png)
# The layer of the step before, for batches of $N$ images. Blue is the CPU that made this page.
# Orange would be a GPU. On it the curve begins flat: there the launch takes longer than the work.

# %% exercise-fault [markdown]
# ## Exercise 1: name the fault
#
# "On my GPU a layer takes 10 microseconds for any batch, and `print(y)` is slow." What happens?
#
# **Hint 1.** When does the call of a layer return?
#
# **Hint 2.** What does `print` need?
#
# **Hint 3.** Where in the time line does Python wait?
#
# **Solution.** The clock measures the launch. `print` copies, and so it waits for all jobs before
# it. A `synchronize()` before each look at the clock gives the time of the layer.

# %% exercise-model [markdown]
# ## Exercise 2: when does waiting hurt most?
#
# In the model, for which $t$ does waiting after each of many jobs cost the most?
#
# **Hint 1.** With waiting, $n$ jobs take $n (t_0 + t)$.
#
# **Hint 2.** Without waiting they take about $n$ times the larger of $t_0$ and $t$.
#
# **Hint 3.** Divide. What is the quotient for small $t$, for $t = t_0$, and for large $t$?
#
# **Solution.** For $t = t_0$ it takes twice as long. Far from there the quotient is near 1.

# %%
quotients = [timeline(999, t, 1)[-1][2] / timeline(999, t)[-1][2] for t in (0.1, 10, 1000)]
claim("exercise 2", quotients, [1, 2, 1], 0.02)

# %% summary [markdown]
# ## What to keep
#
# - Code that takes the array library from its arrays runs on every device.
# - Results differ in the last digits, and training enlarges this. Test with whole numbers.
# - The GPU has a queue. Wait before you read the clock, and read numbers back rarely.
