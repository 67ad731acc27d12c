"""A6: train a GAN, break it, mend it."""
