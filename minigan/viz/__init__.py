"""Pictures of runs, samples, losses and theory. This room draws; nothing is trained here.

matplotlib is imported in `viz` and `explain` only, and pyplot never.
"""

from minigan.viz.autoencoder import draw_latent, draw_layers, draw_pairs, draw_training, draw_walk
from minigan.viz.comparison import draw_comparison
from minigan.viz.inversion import bijection_figure, draw_latent_walk, inversion_figure
from minigan.viz.pictures import contact_sheet, gif, grid, samples
from minigan.viz.plots import curves, histogram, scatter
from minigan.viz.run import draw_run, draw_samples
from minigan.viz.theory import theory_figure

__all__ = [
    "samples",
    "grid",
    "contact_sheet",
    "gif",
    "curves",
    "scatter",
    "histogram",
    "theory_figure",
    "bijection_figure",
    "inversion_figure",
    "draw_latent_walk",
    "draw_pairs",
    "draw_training",
    "draw_latent",
    "draw_walk",
    "draw_layers",
    "draw_comparison",
    "draw_run",
    "draw_samples",
]
