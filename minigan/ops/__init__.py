"""The differentiable functions that a Tensor does not have as methods: each beside its
derivative.
"""
