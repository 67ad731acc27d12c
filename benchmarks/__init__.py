"""Measurements, each beside a rival in the same run: `python -m benchmarks --help` lists them. They are no tests."""
