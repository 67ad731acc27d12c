"""The public names of `minigan.viz`, with their types: the module imports them when used."""

from minigan.viz.autoencoder import draw_latent as draw_latent
from minigan.viz.autoencoder import draw_layers as draw_layers
from minigan.viz.autoencoder import draw_pairs as draw_pairs
from minigan.viz.autoencoder import draw_training as draw_training
from minigan.viz.autoencoder import draw_walk as draw_walk
from minigan.viz.comparison import draw_comparison as draw_comparison
from minigan.viz.inversion import bijection_figure as bijection_figure
from minigan.viz.inversion import draw_latent_walk as draw_latent_walk
from minigan.viz.inversion import inversion_figure as inversion_figure
from minigan.viz.pictures import contact_sheet as contact_sheet
from minigan.viz.pictures import gif as gif
from minigan.viz.pictures import grid as grid
from minigan.viz.pictures import samples as samples
from minigan.viz.plots import curves as curves
from minigan.viz.plots import histogram as histogram
from minigan.viz.plots import scatter as scatter
from minigan.viz.run import draw_run as draw_run
from minigan.viz.run import draw_samples as draw_samples
from minigan.viz.theory import theory_figure as theory_figure
