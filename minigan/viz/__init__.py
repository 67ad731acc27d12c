"""Pictures of runs, samples, losses and theory. This room draws; nothing is trained here.

matplotlib is imported in `viz` and `explain` only, and pyplot never. A function's module is
imported when the function is first used, so `import minigan.viz` imports no matplotlib. The types
of the functions stand in `__init__.pyi`.
"""

from minigan.lazy import attributes

_MODULES = {
    "pictures": ("samples", "grid", "contact_sheet", "gif"),
    "plots": ("curves", "scatter", "histogram"),
    "theory": ("theory_figure",),
    "inversion": ("bijection_figure", "inversion_figure", "draw_latent_walk"),
    "autoencoder": ("draw_pairs", "draw_training", "draw_latent", "draw_walk", "draw_layers"),
    "comparison": ("draw_comparison",),
    "run": ("draw_run", "draw_samples"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = list(_MODULE_OF)
__getattr__ = attributes(__name__, _MODULE_OF)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
