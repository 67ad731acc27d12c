"""Time of one training update of the 32x32 DCGAN, in minigan and in PyTorch, from the same text.

Each side runs in its own process and they take turns, so that a noisy machine is noisy for both; the first turn is a
warm-up. The text of the update is executed as it stands for either library: only the names it starts from differ.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from typing import Any

UPDATE = """
fake = G(noise)
loss_D = F.binary_cross_entropy_with_logits(D(real), ones) + F.binary_cross_entropy_with_logits(D(fake.detach()), zeros)
optimizer_D.zero_grad()
loss_D.backward()
optimizer_D.step()
loss_G = F.binary_cross_entropy_with_logits(D(fake), ones)
optimizer_G.zero_grad()
loss_G.backward()
optimizer_G.step()
"""

MODELS = """
G = nn.Sequential(
    nn.ConvTranspose2d(Z, 4 * W, 4, 1, 0, bias=False), nn.BatchNorm2d(4 * W), nn.ReLU(),
    nn.ConvTranspose2d(4 * W, 2 * W, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * W), nn.ReLU(),
    nn.ConvTranspose2d(2 * W, W, 4, 2, 1, bias=False), nn.BatchNorm2d(W), nn.ReLU(),
    nn.ConvTranspose2d(W, C, 4, 2, 1, bias=False), nn.Tanh(),
)
D = nn.Sequential(
    nn.Conv2d(C, W, 4, 2, 1, bias=False), nn.LeakyReLU(0.2),
    nn.Conv2d(W, 2 * W, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * W), nn.LeakyReLU(0.2),
    nn.Conv2d(2 * W, 4 * W, 4, 2, 1, bias=False), nn.BatchNorm2d(4 * W), nn.LeakyReLU(0.2),
    nn.Conv2d(4 * W, 1, 4, 1, 0, bias=False), nn.Flatten(0),
)
optimizer_G = optim.Adam(G.parameters(), 2e-4, betas=(0.5, 0.999))
optimizer_D = optim.Adam(D.parameters(), 2e-4, betas=(0.5, 0.999))
real = tensor(rng.standard_normal((B, C, 32, 32)).astype("float32"))
noise = tensor(rng.standard_normal((B, Z, 1, 1)).astype("float32"))
ones, zeros = tensor(np.ones(B, "float32")), tensor(np.zeros(B, "float32"))
"""

SIDE = """
import json, sys, time
import numpy as np
if sys.argv[1] == "minigan":
    from minigan import nn, optim, tensor
    from minigan.nn import functional as F
else:
    import torch
    from torch import nn, optim, tensor
    from torch.nn import functional as F
    torch.set_num_threads({threads})
    tensor = torch.from_numpy
Z, W, C, B = {sizes}
rng = np.random.default_rng(0)
exec({models!r})
update = compile({update!r}, "update", "exec")
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        exec(update)
        times.append(time.perf_counter() - start)
    print(json.dumps(times), flush=True)
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--updates", type=int, default=10, help="in a turn")
    parser.add_argument("--threads", type=int, default=2, help="of PyTorch; minigan uses the machine's cores")
    parser.add_argument("--sizes", type=int, nargs=4, default=(100, 32, 1, 64), metavar=("Z", "W", "C", "B"))


def main(arguments: argparse.Namespace) -> None:
    text = SIDE.format(threads=arguments.threads, sizes=tuple(arguments.sizes), models=MODELS, update=UPDATE)
    sides = {name: _start(text, name) for name in ("minigan", "torch")}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(arguments.turns + 1):
        for name, side in sides.items():
            assert side.stdin and side.stdout
            print(arguments.updates, file=side.stdin, flush=True)
            line = side.stdout.readline()
            if not line:
                sys.exit(f"{name} failed (is it installed?)")
            if turn:
                times[name].append(statistics.median(json.loads(line)))
    for side in sides.values():
        side.communicate()
    ratios = [a / b for a, b in zip(times["minigan"], times["torch"], strict=True)]
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, sizes {arguments.sizes}")
    for name, found in times.items():
        ms = [1e3 * t for t in found]
        print(f"{name:8} median {statistics.median(ms):7.1f} ms   {min(ms):7.1f}..{max(ms):.1f}")
    print(f"ratio    median {statistics.median(ratios):7.2f}      {min(ratios):7.2f}..{max(ratios):.2f}")


def _start(text: str, name: str) -> subprocess.Popen[Any]:
    return subprocess.Popen(
        [sys.executable, "-c", text, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
