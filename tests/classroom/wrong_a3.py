"""Wrong solutions of A3 in three styles for each misconception, independent of the detector's."""

from __future__ import annotations

WRONG: dict[str, list[tuple[str, str]]] = {
    "even-kernel-rule": [
        (
            "3.3",
            """
def uniform_padding(kernel, stride):
    if kernel % 2:
        return None
    return kernel - stride
""",
        ),
        (
            "3.4",
            """
def decoder_settings(small, large, stride):
    out = []
    for k in (2, 4, 6, 8):
        for p in range(200):
            for e in range(stride):
                if (small - 1) * stride + k - 2 * p + e == large:
                    out.append((k, p, e))
    return sorted(out)
""",
        ),
        (
            "3.3",
            """
def uniform_padding(kernel, stride):
    even = kernel // 2 * 2 == kernel
    return max(kernel - stride, 0) if even else None
""",
        ),
    ],
    "floor-for-ceiling": [
        (
            "3.2",
            """
def coverage_law(position, kernel, stride, padding=0):
    r = (position + padding) % stride
    return max(0, (kernel - r) // stride)
""",
        ),
        (
            "3.2",
            """
import math

def coverage_law(position, kernel, stride, padding=0):
    r = (position + padding) % stride
    return int(math.floor((kernel - r) / stride)) if kernel > r else 0
""",
        ),
        (
            "3.5",
            """
def phase_variances(kernel, stride, channels, weight_std, input_std):
    taps = np.maximum((kernel - np.arange(stride)) // stride, 0)
    return channels * taps * (weight_std * input_std) ** 2
""",
        ),
    ],
    "padding-not-in-phase": [
        (
            "3.2",
            """
def coverage_law(position, kernel, stride, padding=0):
    r = position % stride
    return max(0, -(-(kernel - r) // stride))
""",
        ),
        (
            "3.2",
            """
def coverage_law(position, kernel, stride, padding=0):
    return len(range((position - padding) % stride, kernel, stride))
""",
        ),
        (
            "3.1",
            """
def coverage(size, kernel, stride, padding=0):
    out = [0] * ((size - 1) * stride + kernel)
    for o in range(size):
        for i in range(kernel):
            out[o * stride + i] += 1
    return np.array(out[: len(out) - 2 * padding])
""",
        ),
    ],
    "counts-products-outside": [
        (
            "3.1",
            """
def coverage(size, kernel, stride, padding=0):
    n = (size - 1) * stride + kernel - 2 * padding
    return np.array([coverage_law(o, kernel, stride, padding) for o in range(n)])
""",
        ),
        (
            "3.1",
            """
def coverage(size, kernel, stride, padding=0):
    n = (size - 1) * stride + kernel
    counts = np.zeros(n, int)
    for o in range(-kernel, size + kernel):
        for i in range(kernel):
            if 0 <= o * stride + i < n:
                counts[o * stride + i] += 1
    return counts[padding:n - padding]
""",
        ),
        (
            "3.1",
            """
def coverage(size, kernel, stride, padding=0):
    whole = (size - 1) * stride + kernel
    return np.array([sum((h - i) % stride == 0 for i in range(kernel)) for h in range(padding, whole - padding)])
""",
        ),
    ],
    "border-taken-for-interior": [
        (
            "3.3",
            """
def uniform_padding(kernel, stride):
    return 0 if kernel % stride == 0 else None
""",
        ),
        (
            "3.3",
            """
def uniform_padding(kernel, stride):
    for p in range(20):
        counts = coverage(60, kernel, stride, p)[kernel + stride:-kernel - stride]
        if counts.min() == counts.max():
            return p
    return None
""",
        ),
        (
            "3.4",
            """
def decoder_settings(small, large, stride):
    found = []
    for k in range(1, 9):
        for e in range(stride):
            p, odd = divmod((small - 1) * stride + k + e - large, 2)
            if not odd and p >= 0 and k % stride == 0 and p >= k - stride:
                found.append((k, p, e))
    return found
""",
        ),
    ],
}
