"""The explorer of the layers of an encoder: what each layer remembers of an image.

The page shows a recording, which `layers_recording` makes.
"""

from __future__ import annotations

from typing import Any

from minigan import models
from minigan.autoencoder import Decoders, orthonormal_bank, pca_error
from minigan.autoencoder.layers import decoder_of, prefixes
from minigan.explain.explorers import layers_recording
from minigan.studies.decoders import LayerStudy

CODE = (
    models.Classifier,
    models.train_classifier,
    orthonormal_bank,
    prefixes,
    decoder_of,
    Decoders.run,
    LayerStudy.run,
    pca_error,
)


def data(source: object = None) -> dict[str, Any]:
    """Return the recorded study as JSON. `source` is not used."""
    study = layers_recording.load()
    return {
        "images": study.images.reshape(len(study.images), -1).tolist(),  # (K, 8, 8) -> (K, 64)
        "labels": study.labels.tolist(),
        "means": study.means.reshape(len(study.means), -1).tolist(),  # (10, 8, 8) -> (10, 64)
        "meanError": study.mean_error,
        "heldOut": study.held_out,
        "each": layers_recording.EACH,
        "size": study.images.shape[-1],
        "encoders": {
            name: [
                {
                    "name": layer.name,
                    "shape": list(layer.shape),
                    "ratio": layer.ratio,
                    "outputs": layer.outputs.as_json(),
                    "images": layer.images.as_json(),
                }
                for layer in layers
            ]
            for name, layers in study.encoders.items()
        },
    }
