"""A4: auto-encoders."""
