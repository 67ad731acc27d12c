# %% start [markdown]
# # A tape in 60 lines
#
# - **Aim.** You can explain what `backward()` does, and write it yourself.
# - **You need.** Derivatives, and the gradient check of T00.
# - **Time.** 5 s to run, 40 minutes to read.
# - **Next.** A function with a more interesting gradient (T02), and assignment A1, part 1.4.
#
# T00 measured gradients, with two values of the function for each number. A network has millions of
# numbers. This chapter finds all slopes at once. It needs the chain rule and a list.

# %%
import numpy as np

from lesson import BLUE, GREY, INK, ORANGE, SKY, claim, figure, play, show
from minigan import Tape, grad, tensor
from minigan.check import check_grad

# %% chain [markdown]
# ## By hand
#
# The number whose gradient is wanted is called the *loss* $L$. Here it is computed in three steps
# from $a = 2$ and $b = 3$:
#
# $$u_1 = a \, b \qquad u_2 = u_1 + a \qquad L = u_2 \, u_2$$
#
# Forward: $u_1 = 6$, $u_2 = 8$, $L = 64$. The chain rule says: the slope of $L$ along a path is the
# product of the slopes on it. If several paths lead to $L$, their products add up.
#
# **Predict.** Work backward from $L$. What is $\frac{\partial L}{\partial u_2}$? What are
# $\frac{\partial L}{\partial b}$ and $\frac{\partial L}{\partial a}$?


# %%
def L(x):
    a, b = x
    return (a * b + a) ** 2


x, eps = np.array([2.0, 3.0]), 1e-5
measured = [(L(x + row) - L(x - row)) / (2 * eps) for row in eps * np.eye(2)]
claim("measured as in T00", measured, [16 * 3 + 16, 16 * 2], 1e-6)

# %% [markdown]
# $\frac{\partial L}{\partial u_2} = 2 u_2 = 16$, and $u_1$ gets 16, too, as a sum has the slope 1.
# Then $b$ gets $16 a = 32$. Two paths lead from $a$: it gets $16 b = 48$ through the product and 16
# through the sum, together 64. Central differences agree.

# %% tape [markdown]
# ## Write down what was computed
#
# Every operation appends one line to a list, the *tape*: which number came out, which numbers went
# in, and the slope of each. Backward reads the list from the end, and passes on
#
# $$\text{slope} \cdot \frac{\partial L}{\partial \text{output}}$$
#
# to each number that went in.


# %%
class Number:
    def __init__(self, data, tape):
        self.data, self.tape, self.grad = data, tape, 0.0

    def record(self, data, *inputs):
        output = Number(data, self.tape)
        self.tape.append((output, inputs))
        return output

    def __add__(self, other):
        return self.record(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        return self.record(self.data * other.data, (self, other.data), (other, self.data))

    def tanh(self):
        t = np.tanh(self.data)
        return self.record(t, (self, 1 - t * t))


def backward(loss):
    loss.grad = 1.0
    for output, inputs in reversed(loss.tape):
        for number, slope in inputs:
            number.grad += slope * output.grad


tape = []
a, b = Number(2.0, tape), Number(3.0, tape)
u1 = a * b
u2 = u1 + a
loss = u2 * u2
backward(loss)
claim("loss", loss.data, L(x))
claim("gradients of a, b, u1, u2", [n.grad for n in (a, b, u1, u2)], [64, 32, 16, 16])
claim("lines on the tape", len(tape), 3)

# %% [markdown]
# That is all, in about 30 lines. The 60 of the title leave room for division, powers and the rest.
# The `+=` adds up the paths.


# %% film [markdown]
# ## Backward, one line of the tape at a time
#
# Numbers and operations form the *computational graph*. Each box shows a number (top) and the
# gradient that it has so far (bottom).


# %% draw
def walking():
    spots = {a: (0, 1), b: (0, 0), u1: (1, 0), u2: (2, 0.5), loss: (3, 0.5)}
    names = dict(zip(spots, ["a", "b", "u_1", "u_2", "L"], strict=True))
    grads = {number: float(number is loss) for number in spots}
    for done in range(-1, len(tape)):
        output, inputs = tape[-1 - done] if done >= 0 else (loss, ())
        for number, slope in inputs:
            grads[number] += slope * grads[output]
        drawn, axes = figure()
        for end, starts in tape:
            colour, width = (ORANGE, 5) if end is output and inputs else (GREY, 2)
            for number, slope in starts:
                (x0, y0), (x1, y1) = spots[number], spots[end]
                axes.plot([x0, x1], [y0, y1], color=colour, linewidth=width, zorder=1)
                axes.text(0.6 * x0 + 0.4 * x1, 0.6 * y0 + 0.4 * y1 + 0.07, f"${slope:g}$")
        for number, (h, v) in spots.items():
            fill = SKY if number is output else "white"
            text = f"${names[number]} = {number.data:g}$\n${grads[number]:g}$"
            box = {"boxstyle": "round", "facecolor": fill, "edgecolor": INK}
            axes.text(h, v, text, ha="center", va="center", bbox=box, fontsize=26, zorder=2)
        axes.set(xlim=(-0.4, 3.4), ylim=(-0.4, 1.4))
        axes.set_axis_off()
        yield drawn


play("walking", walking())

# %% [markdown]
# ![Four frames: boxes for a, b, u1, u2 and L, joined by lines with slopes. At first only L has a
# gradient, 1. Then u2 gets 16, u1 and a get 16, and in the end b has 32 and a 64.](walking.png)
# Orange lines carry slope times gradient from the blue box to the left. The two lines between $u_2$
# and $L$ lie on each other: each has the slope 8. In the third frame $a$ has only 16. Its second
# part comes in the last frame.

# %% order [markdown]
# ## Why the order matters
#
# **Often heard.** "Send each gradient on as soon as it arrives." Here is the smallest case that
# breaks it: $a = 1$, $b = a + a$, $L = b + b$. So $L = 4a$.
#
# **Predict.** What does each of these give for $\frac{\partial L}{\partial a}$: the tape; a
# recursion that adds to the gradients of its inputs and then calls itself on each; the same with
# `=` in place of `+=`?


# %%
def by_recursion(loss, add, at_once=False):  # at_once: exercise 2
    sources = {id(output): inputs for output, inputs in loss.tape}

    def visit(output):
        for number, slope in sources.get(id(output), ()):
            number.grad = add * number.grad + slope * output.grad
            if at_once:
                visit(number)
        for number, _ in () if at_once else sources.get(id(output), ()):
            visit(number)

    loss.grad = 1.0
    visit(loss)


def four_a(run):
    a = Number(1.0, [])
    b = a + a
    run(b + b)
    return a.grad


claim("the tape", four_a(backward), 4)
claim("recursion that adds", four_a(lambda loss: by_recursion(loss, add=1)), 8)
claim("recursion that overwrites", four_a(lambda loss: by_recursion(loss, add=0)), 1)

# %% [markdown]
# 4, 8 and 1. The recursion visits $b$ twice, because $b$ is used twice. At both visits $b$ has its
# full gradient 2, so $a$ gets everything twice. With `=` parts are lost instead.
#
# A number may pass its gradient on only when all parts have arrived. The tape guarantees it,
# because every use of $b$ was recorded after $b$. Such an order is a *topological order*. Many ask
# why it is needed ([micrograd #21](https://github.com/karpathy/micrograd/issues/21)).

# %% cost [markdown]
# ## The price of a gradient
#
# **Predict.** $L$ is the sum of 1000 products $a_i b_i$. How many values of $L$ do central
# differences need for all slopes? How many lines has the tape?

# %%
tape = []
ones = [Number(1.0, tape) for _ in range(2000)]
loss = Number(0.0, tape)
for left, right in zip(ones[:1000], ones[1000:], strict=True):
    loss = loss + left * right
backward(loss)
claim("lines on the tape", len(tape), 2 * 1000)
claim("slopes found", sum(n.grad == 1.0 for n in ones), 2000)
claim("values that central differences need", 2 * len(ones), 4000)

# %% [markdown]
# Central differences need 4000 values, each of 2000 operations. The tape has 2000 lines, and
# backward reads it once for all 2000 slopes. The price is memory for what the slopes need.

# %% minigan [markdown]
# ## The tape of minigan
#
# It does the same with arrays. Each operation has a *rule*: a function from the gradient of its
# output to those of its inputs. `requires_grad=True` marks numbers whose gradient is wanted.

# %%
a, b = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)
u = a * b + a
loss = u * u
print(Tape(loss))
for step in Tape(loss).backward():
    print(step.node.op, "received", step.g.item())
claim("gradients of a and b", [a.grad.item(), b.grad.item()], [64, 32])

# %% [markdown]
# The same three lines, the same gradients. `Tape(loss).backward()` stops after each line. `kept` in
# the print counts the bytes that a rule needs: none for a sum, the factors for a product.

# %% twice [markdown]
# ## Backward twice
#
# **Predict.** $a = 1$, $b = a + a$, $L = b + b$ again. `backward` runs twice. What is in `a.grad`?

# %%
claim("this chapter's tape", four_a(lambda loss: (backward(loss), backward(loss))), 12)

a = tensor(1.0, requires_grad=True)
b = a + a
loss = b + b
loss.backward(retain_graph=True)
loss.backward()
claim("minigan", a.grad, 4 + 4)

# %% [markdown]
# 12, and not $4 + 4 = 8$. In the second run $b$ still holds its 2, gets another 2, and passes 4 on,
# twice. The same happened in [micrograd](https://github.com/karpathy/micrograd/pull/102).
#
# minigan forgets the gradients of numbers in between, and gives 8. It does add to `a.grad`, as
# PyTorch does, so that parts of a loss can be computed one by one. Set `a.grad = None` before a new
# gradient. `retain_graph=True` keeps the tape for a second run; by default it is freed.

# %% arrays [markdown]
# ## Gradients have the shape of their arrays
#
# **Predict.** $a$ has the shape (4, 3) and $b$ the shape (3,). NumPy adds $b$ to each row of $a$.
# $L$ is the sum of all numbers of $a + b$. What is the gradient of $b$?

# %%
rng = np.random.default_rng(0)
a = tensor(rng.standard_normal((4, 3)), requires_grad=True)
b = tensor(rng.standard_normal(3), requires_grad=True)
(a + b).sum().backward()
claim("gradient of b", b.grad, [4, 4, 4])
claim("gradient of a", a.grad, np.ones((4, 3)))

# %% [markdown]
# $(4, 4, 4)$. Each number of $b$ was used four times, so four paths lead from it. What forward
# repeats, backward adds up.

# %% check [markdown]
# ## Trust, but check
#
# A rule with a mistake gives wrong numbers and no error. So the check of T00 looks at each rule.


# %%
def mixed(a, b):
    return (a * b + a).tanh() * b


claim("error of minigan's rules", check_grad(mixed, [a, b]).error, between=(0, 1e-7))

tape, inputs = [], [tensor(np.array(v), requires_grad=True) for v in (0.3, -0.8)]
a, b = Number(0.3, tape), Number(-0.8, tape)
backward(mixed(a, b))
slopes = grad(mixed(*inputs), inputs)
claim("both tapes agree", [a.grad, b.grad], [slope.item() for slope in slopes], 1e-12)

# %% [markdown]
# For $L = b \tanh(a b + a)$ at $a = 0.3$, $b = -0.8$ the slopes are $-0.159$ and $-0.179$.

# %% descent [markdown]
# ## What gradients are good for
#
# The gradient points where $L$ grows. To make $L$ smaller, step the other way, again and again:
#
# $$a \leftarrow a - \eta \, \frac{\partial L}{\partial a}$$
#
# This is *gradient descent*, and $\eta$ is the *learning rate*. Take $L = (a - 3)^2$, beginning at
# $a = 0$.
#
# **Predict.** $\eta = 0.1$. How does the distance to 3 change in each step? And with $\eta = 1.1$?


# %%
def descend(eta, steps=12):
    a, path = tensor(0.0, requires_grad=True).double(), []
    for _ in range(steps):
        path.append(a.item())
        a = a.detach().requires_grad_()  # a new number; the last tape is forgotten
        ((a - 3) ** 2).backward()
        a = a - eta * a.grad
    return np.array(path)


slow, fast = descend(0.1), descend(1.1)
claim("eta = 0.1", slow, 3 - 3 * 0.8 ** np.arange(12), 1e-12)
claim("eta = 1.1", fast, 3 - 3 * (-1.2) ** np.arange(12), 1e-9)

# %% draw
drawn, axes = figure()
axes.plot(slow, "o-", color=BLUE, label="$\\eta = 0.1$")
axes.plot(fast, "o-", color=ORANGE, label="$\\eta = 1.1$")
axes.axhline(3, color=GREY, linewidth=1.5)
axes.set(ylabel="$a$", ylim=(-8, 14))
axes.legend()
show("descent", drawn)

# %% [markdown]
# ![Two curves over 12 steps. The blue one rises from 0 and comes near 3. The orange one jumps to
# both sides of 3, farther each time.](descent.png)
# With 0.1 the distance shrinks by the factor $1 - 2 \eta = 0.8$: $a$ is 0, 0.6, 1.08, 1.464. With
# 1.1 the factor is $-1.2$. Each step goes too far, and $a$ runs away: 0, 6.6, $-1.32$, 8.184. The
# gradient was right both times.

# %% exercise-hand [markdown]
# ## Exercise 1: by hand
#
# $u = a b$ and $L = u a$, at $a = 2$ and $b = -1$. Find both slopes with the tape, on paper.
#
# **Hint 1.** Forward: $u = -2$, $L = -4$. The last line has the slope $a$ for $u$, and $u$ for $a$.
#
# **Hint 2.** $u$ gets 2, and $a$ gets $-2$ from this line.
#
# **Hint 3.** The first line gives $2 b$ to $a$ and $2 a$ to $b$.
#
# **Solution.** $\frac{\partial L}{\partial a} = -2 - 2 = -4$ and
# $\frac{\partial L}{\partial b} = 4$, as $L = a^2 b$ says.

# %%
a, b = tensor(2.0, requires_grad=True), tensor(-1.0, requires_grad=True)
(a * b * a).backward()
claim("exercise 1", [a.grad.item(), b.grad.item()], [-4, 4])

# %% exercise-six [markdown]
# ## Exercise 2: how 6 comes about
#
# A recursion handles one input at a time: it adds to the gradient of this input and calls itself on
# it at once, before it looks at the next input. For $b = a + a$, $L = b + b$ it gives 6. Why?
#
# **Hint 1.** Which gradient has $b$ at its first visit, and which at its second?
#
# **Hint 2.** 1, and then 2.
#
# **Hint 3.** At each visit $a$ gets the gradient of $b$ twice.
#
# **Solution.** $1 + 1 + 2 + 2 = 6$.

# %%
claim("exercise 2", four_a(lambda loss: by_recursion(loss, add=1, at_once=True)), 6)

# %% exercise-second [markdown]
# ## Exercise 3: the gradient of a gradient
#
# `grad(loss, x, create_graph=True)` of minigan records the backward pass, too. Find the first and
# the second derivative of $x^3$ at $x = 3$ with it.
#
# **Hint 1.** `grad` returns a tuple with one tensor for each input.
#
# **Hint 2.** The result is a tensor with a tape of its own.
#
# **Hint 3.** Call `grad` on the result.
#
# **Solution.** $3 x^2 = 27$ and $6 x = 18$.

# %%
x = tensor(3.0, requires_grad=True)
(first,) = grad(x * x * x, x, create_graph=True)
(second,) = grad(first, x)
claim("exercise 3", [first.item(), second.item()], [3 * 3**2, 6 * 3])

# %% summary [markdown]
# ## What to keep
#
# - Forward writes a list; backward reads it from the end and passes slope times gradient.
# - A number that is used several times adds up its parts, and passes them on only when all are in.
#
# T02 brings the first operation whose rule is worth a picture: the convolution.
