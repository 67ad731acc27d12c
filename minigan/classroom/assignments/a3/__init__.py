"""A3: coverage and checkerboards."""
