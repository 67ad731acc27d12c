"""Wrong solutions of A6 in three styles for each misconception, independent of the detector's."""

from __future__ import annotations

_STEP = """
import minigan

def train_step(G, D, optimizer_G, optimizer_D, real, h):
    BODY
"""


def _step(body: str) -> tuple[str, str]:
    return "6.1", _STEP.replace("BODY", body.strip().replace("\n", "\n    "))


def _fault(key: str, style: int) -> tuple[str, str]:
    return "6.3", _FAULTS[style].replace("KEY", key)


_FAULTS = (
    """
def name_the_fault(loop_source, log, right=name_the_fault):
    key = right(loop_source, log)
    return "labels-swapped" if key == "KEY" else key
""",
    """
def name_the_fault(loop_source, log, right=name_the_fault):
    found = right(loop_source, log)
    if found != "KEY":
        return found
    return None
""",
    """
def name_the_fault(loop_source, log, right=name_the_fault):
    return {"KEY": "sigmoid-twice"}.get(right(loop_source, log), right(loop_source, log))
""",
)
WRONG: dict[str, list[tuple[str, str]]] = {
    "no-detach": [
        _step("""
optimizer_G.zero_grad()
optimizer_D.zero_grad()
lD = F.softplus(-D(real)).mean() + F.softplus(D(G(h))).mean()
lD.backward()
optimizer_D.step()
lG = F.softplus(-D(G(h))).mean()
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
        _step("""
for o in (optimizer_G, optimizer_D):
    o.zero_grad()
fake = G(h)
real_loss = F.binary_cross_entropy_with_logits(D(real), minigan.ones(len(real)).double())
fake_loss = F.binary_cross_entropy_with_logits(D(fake), minigan.zeros(len(h)).double())
(real_loss + fake_loss).backward()
optimizer_D.step()
loss = F.binary_cross_entropy_with_logits(D(G(h)), minigan.ones(len(h)).double())
loss.backward()
optimizer_G.step()
return (real_loss + fake_loss).item(), loss.item()
"""),
        _step("""
G.zero_grad()
D.zero_grad()
judged, seen = D(real), D(G(h))
loss_D = (F.softplus(seen) + F.softplus(judged * -1)).mean()
loss_D.backward()
optimizer_D.step()
loss_G = F.softplus(D(G(h)) * -1).mean()
loss_G.backward()
optimizer_G.step()
return float(loss_D.item()), float(loss_G.item())
"""),
    ],
    "labels-swapped": [
        _step("""
lD = F.softplus(D(real)).mean() + F.softplus(-D(G(h).detach())).mean()
optimizer_D.zero_grad()
lD.backward()
optimizer_D.step()
lG = F.softplus(-D(G(h))).mean()
optimizer_G.zero_grad()
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
        _step("""
bce, n = F.binary_cross_entropy_with_logits, len(real)
zeros, ones = minigan.zeros(n).double(), minigan.ones(n).double()
lD = bce(D(real), zeros) + bce(D(G(h).detach()), ones)
optimizer_D.zero_grad()
lD.backward()
optimizer_D.step()
lG = bce(D(G(h)), ones)
optimizer_G.zero_grad()
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
        _step("""
lD = F.softplus(D(real)).mean() + F.softplus(-D(G(h).detach())).mean()
optimizer_D.zero_grad()
lD.backward()
optimizer_D.step()
lG = F.softplus(D(G(h))).mean()
optimizer_G.zero_grad()
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
    ],
    "sigmoid-twice": [
        _step("""
lD = F.softplus(-F.sigmoid(D(real))).mean() + F.softplus(F.sigmoid(D(G(h).detach()))).mean()
optimizer_D.zero_grad()
lD.backward()
optimizer_D.step()
lG = F.softplus(-F.sigmoid(D(G(h)))).mean()
optimizer_G.zero_grad()
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
        _step("""
p = lambda x: 1 / (1 + (-D(x)).exp())
bce, n = F.binary_cross_entropy_with_logits, len(real)
zeros, ones = minigan.zeros(n).double(), minigan.ones(n).double()
optimizer_D.zero_grad()
lD = bce(p(real), ones) + bce(p(G(h).detach()), zeros)
lD.backward()
optimizer_D.step()
optimizer_G.zero_grad()
lG = bce(p(G(h)), ones)
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
        _step("""
J = nn.Sequential(D, nn.Sigmoid())
with minigan.no_grad():
    fixed = G(h)
lD = (F.softplus(-J(real)) + F.softplus(J(fixed))).mean()
optimizer_D.zero_grad(); lD.backward(); optimizer_D.step()
lG = F.softplus(-J(G(h))).mean()
optimizer_G.zero_grad(); lG.backward(); optimizer_G.step()
return lD.item(), lG.item()
"""),
    ],
    "moves-both-players": [
        _step("""
optimizer_G.zero_grad()
optimizer_D.zero_grad()
lD = F.softplus(-D(real)).mean() + F.softplus(D(G(h))).mean()
lD.backward()
optimizer_D.step()
optimizer_G.step()
lG = F.softplus(-D(G(h))).mean()
optimizer_G.zero_grad()
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
        _step("""
lD = F.softplus(-D(real)).mean() + F.softplus(D(G(h).detach())).mean()
optimizer_D.zero_grad()
lD.backward()
optimizer_D.step()
lG = F.softplus(-D(G(h))).mean()
optimizer_D.zero_grad()
optimizer_G.zero_grad()
lG.backward()
optimizer_G.step()
optimizer_D.step()
return lD.item(), lG.item()
"""),
        _step("""
def update(loss, *optimizers):
    for o in (optimizer_G, optimizer_D):
        o.zero_grad()
    loss.backward()
    for o in optimizers:
        o.step()
    return loss.item()
first = update(F.softplus(-D(real)).mean() + F.softplus(D(G(h).detach())).mean(), optimizer_D)
return first, update(F.softplus(-D(G(h))).mean(), optimizer_D, optimizer_G)
"""),
    ],
    "gradients-not-cleared": [
        _step("""
lD = F.softplus(-D(real)).mean() + F.softplus(D(G(h).detach())).mean()
lD.backward()
optimizer_D.step()
lG = F.softplus(-D(G(h))).mean()
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
        _step("""
bce, n = F.binary_cross_entropy_with_logits, len(real)
zeros, ones = minigan.zeros(n).double(), minigan.ones(n).double()
lD = bce(D(real), ones) + bce(D(G(h).detach()), zeros)
lD.backward()
optimizer_D.step()
lG = bce(D(G(h)), ones)
lG.backward()
optimizer_G.step()
return lD.item(), lG.item()
"""),
        _step("""
with minigan.no_grad():
    fake = G(h)
losses = []
for loss, o in ((lambda: (F.softplus(-D(real)) + F.softplus(D(fake))).mean(), optimizer_D),
                (lambda: F.softplus(-D(G(h))).mean(), optimizer_G)):
    value = loss()
    value.backward()
    o.step()
    losses.append(value.item())
return tuple(losses)
"""),
    ],
    "learning-rate-too-high": [_fault("learning-rate-too-high", n) for n in range(3)],
    "batch-norm-shared": [_fault("batch-norm-shared", n) for n in range(3)],
}
