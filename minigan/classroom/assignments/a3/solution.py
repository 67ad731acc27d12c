# assignment: A3
"""The reference solution of A3: what a student could hand in."""

import numpy as np

# 3.1


def coverage(size, kernel, stride, padding=0):
    """Return how many inputs paint each output position, by counting."""
    counts = np.zeros((size - 1) * stride + kernel, dtype=int)
    for o in range(size):
        counts[o * stride : o * stride + kernel] += 1
    return counts[padding : len(counts) - padding]


# 3.2


def coverage_law(position, kernel, stride, padding=0):
    """Return the coverage of a position in the interior: ceil((k - r)/s), r its phase."""
    phase = (position + padding) % stride
    return max(0, -((phase - kernel) // stride))


# 3.3


def uniform_padding(kernel, stride):
    """Return the least padding with which the whole output is uniform, None if there is none."""
    return kernel - stride if kernel % stride == 0 else None


# 3.4


def decoder_settings(small, large, stride):
    """Return all (kernel, padding, output_padding) from small to large with uniform coverage."""
    found = []
    for kernel in range(1, 9):
        if kernel % stride:
            continue
        for extra in range(stride):
            crop = (small - 1) * stride + kernel + extra - large
            if crop >= 0 and crop % 2 == 0:
                found.append((kernel, crop // 2, extra))
    return sorted(found)


# 3.5


def phase_variances(kernel, stride, channels, weight_std, input_std):
    """Return the variance of the output at each phase: coverage times that of one product."""
    counts = [coverage_law(phase, kernel, stride) for phase in range(stride)]
    return channels * np.array(counts) * weight_std**2 * input_std**2
