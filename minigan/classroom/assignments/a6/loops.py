"""Broken training loops for part 6.3: the same faults under other names and in other orders."""

from __future__ import annotations

from typing import Any

from minigan.classroom.drawing import Generator, between

FAULTS = (
    "labels-swapped", "sigmoid-twice", "gradients-not-cleared", "learning-rate-too-high",
    "batch-norm-shared",
)  # fmt: skip
_NAMES = (
    ("G", "D", "optimizer_G", "optimizer_D", "real", "fake", "h", "loss_D", "loss_G", "batches"),
    ("gen", "disc", "opt_gen", "opt_disc", "x", "y", "z", "d_loss", "g_loss", "loader"),
    ("netG", "netD", "adam_g", "adam_d", "data", "samples", "noise", "errD", "errG", "stream"),
    ("painter", "critic", "steps_p", "steps_c", "true", "made", "code", "lc", "lp", "supply"),
)
_KEYS = ("G", "D", "oG", "oD", "real", "fake", "h", "lD", "lG", "batches")
_COMMENTS = ("# one update of each player", "# first the judge, then the forger", "", "# step")


def loop(fault: str, generator: Generator) -> tuple[str, list[dict[str, Any]]]:
    """Return (source, log) of a training loop with a fault."""
    names = dict(zip(_KEYS, _NAMES[between(generator, 0, 3)], strict=True))
    width, latent = 16 * between(generator, 1, 8), between(generator, 2, 32)
    rate = round(float(generator.uniform(2e-4, 2e-3)), 5)
    rates = [rate, rate]
    if fault == "learning-rate-too-high":
        rates[between(generator, 0, 1)] = round(float(generator.uniform(0.1, 0.9)), 2)
    together = fault == "batch-norm-shared"
    norm = f"nn.BatchNorm1d({width}), " if together or between(generator, 0, 1) else ""
    last = ", nn.Sigmoid()" if fault == "sigmoid-twice" else ""
    values = {**names, "w": width, "latent": latent, "norm": norm, "last": last,
              "batch": 16 * between(generator, 2, 16), "steps": 100 * between(generator, 5, 50),
              "rG": rates[0], "rD": rates[1]}  # fmt: skip
    text = _head(generator) + _body(fault, generator, together)
    return text.format(**values), log(fault, generator)


def _head(generator: Generator) -> str:
    """Return the lines before the loop; some orders are equally good."""
    models = [
        "{G} = nn.Sequential(nn.Linear({latent}, {w}), nn.ReLU(), nn.Linear({w}, 2))\n",
        "{D} = nn.Sequential("
        "nn.Linear(2, {w}), {norm}nn.LeakyReLU(0.2), nn.Linear({w}, 1){last})\n",
    ]
    optimizers = [
        "{oG} = optim.Adam({G}.parameters(), lr={rG}, betas=(0.5, 0.999))\n",
        "{oD} = optim.Adam({D}.parameters(), lr={rD}, betas=(0.5, 0.999))\n",
    ]
    order = slice(None, None, -1 if between(generator, 0, 1) else 1)
    return "".join([*models[order], *optimizers[order]])


def _body(fault: str, generator: Generator, together: bool) -> str:
    swapped, by_bce = fault == "labels-swapped", bool(between(generator, 0, 1))
    clear = fault != "gradients-not-cleared"
    lines = ["for number in range({steps}):"]
    if comment := _COMMENTS[between(generator, 0, 3)]:
        lines.append(f"    {comment}")
    lines += ["    {real} = minigan.tensor(next({batches}))",
              "    {h} = minigan.randn({batch}, {latent})", "    {fake} = {G}({h})"]  # fmt: skip
    if together:
        lines.append("    both = {D}(minigan.cat([{real}, {fake}.detach()]))")
        on_real, on_fake = "both[:{batch}]", "both[{batch}:]"
    else:
        on_real, on_fake = "{D}({real})", "{D}({fake}.detach())"
    lines.append(f"    {{lD}} = {_loss(on_real, not swapped, by_bce)} + "
                 f"{_loss(on_fake, swapped, by_bce)}")  # fmt: skip
    lines += ["    {oD}.zero_grad()"] * clear + ["    {lD}.backward()", "    {oD}.step()"]
    lines.append(f"    {{lG}} = {_loss('{D}({fake})', True, by_bce)}")
    lines += ["    {oG}.zero_grad()"] * clear + ["    {lG}.backward()", "    {oG}.step()"]
    return "\n".join(lines) + "\n"


def _loss(logits: str, real: bool, by_bce: bool) -> str:
    """Return the loss of logits that should say real, or fake."""
    if not by_bce:
        return f"F.softplus({'-' if real else ''}{logits}).mean()"
    target = "minigan.ones" if real else "minigan.zeros"
    return f"F.binary_cross_entropy_with_logits({logits}, {target}({{batch}}, 1))"


def log(fault: str, generator: Generator) -> list[dict[str, Any]]:
    """Return a log as such a loop writes it: a record of the losses every 100 updates."""
    found = []
    for number in range(12):
        d, g = 1.25 + 0.1 * generator.normal(), 0.85 + 0.1 * generator.normal()
        if fault == "labels-swapped":
            d, g = 0.6 * 0.6**number + 0.02, 0.5 * 0.7**number + 0.02
        elif fault == "sigmoid-twice":
            d, g = 1.05 + 0.05 * generator.normal(), 0.6 + 0.05 * generator.normal()
        elif fault == "gradients-not-cleared":
            d, g = (abs(v + (0.4 * number) * generator.normal()) for v in (d, g))
        elif fault == "learning-rate-too-high":
            d, g = (float(abs(40 * generator.normal()) ** 1.5) for _ in range(2))
        elif fault == "batch-norm-shared":
            d, g = 0.3 * 0.5**number, 3.0 + 0.5 * number + 0.2 * generator.normal()
        found.append({"step": 100 * (number + 1), "loss_D": round(float(d), 4),
                      "loss_G": round(float(g), 4)})  # fmt: skip
    return found
