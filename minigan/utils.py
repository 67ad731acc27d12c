"""Pictures of images in one line, with the names and the meaning of `torchvision.utils`."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Array, namespace, to_numpy
from minigan.checks import absent, boolean, integer, number
from minigan.files import replacing

Images = Tensor | Sequence[Tensor]

_INSTEAD = {
    "data": "write `batches = datasets.load('mnist5k').batches(64, generator=0)` and then "
    "`images, labels = next(batches)`; datasets.from_arrays makes a data set of your own arrays",
    "tensorboard": "append records such as {'update': i, 'loss': x} to a list, and draw them with "
    "viz.curves(records, 'curves.png')",
    "checkpoint": "leave it out: it saves memory and changes no number",
}


def make_grid(
    tensor: Images,
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:
    """Return images side by side as one image (C, height, width).

    The images are a tensor (N, C, H, W), a list of tensors of equal shape, or a single image
    (C, H, W) or (H, W). C = 1 becomes three equal channels. Each row has `nrow` images; `padding`
    pixels of pad_value lie between the images and around them. A single image of three or four
    dimensions is returned without padding, as in torchvision.

    With `normalize` the numbers low..high become 0..1, and others are clipped to them. They are
    `value_range`, by default the least and the greatest number of all images, with `scale_each` of
    each image. Raises TypeError if the images are not tensors, and ValueError for other shapes and
    settings that are not legal.

    >>> import minigan
    >>> make_grid(minigan.zeros(6, 1, 10, 10), nrow=3).shape
    (3, 26, 38)
    """
    nrow = integer("make_grid", "nrow", nrow, least=1)
    padding = integer("make_grid", "padding", padding, least=0)
    value = number("make_grid", "pad_value", pad_value)
    images = _batch("make_grid", tensor)
    if boolean("make_grid", "normalize", normalize):
        each = boolean("make_grid", "scale_each", scale_each)
        images = _normalized("make_grid", images, value_range, each)
    if len(images) == 1:
        return Tensor._wrap(images[0].copy())
    N, C, H, W = images.shape
    columns = min(nrow, N)
    size = (math.ceil(N / columns) * (H + padding) + padding, columns * (W + padding) + padding)
    grid = namespace(images).full((C, *size), value, images.dtype)
    for n, image in enumerate(images):
        row, column = divmod(n, columns)
        top, left = row * (H + padding) + padding, column * (W + padding) + padding
        grid[:, top : top + H, left : left + W] = image
    return Tensor._wrap(grid)


def save_image(
    tensor: Images,
    fp: str | os.PathLike[str] | IO[bytes],
    format: str | None = None,
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> None:
    """Write images with numbers in [0, 1] as one picture; the other arguments are make_grid's.

    A number x becomes the byte x * 255 + 0.5, cut off and limited to 0..255. `fp` is a path, whose
    suffix says the format (.png, .jpg), or a file opened in binary mode; then `format` says it.
    Raises TypeError unless the images are floats, ValueError for an unknown format and for images
    that hold NaN, OSError if the file cannot be written, and as make_grid does.

    >>> import io, minigan
    >>> save_image(minigan.rand(4, 3, 8, 8, generator=0), io.BytesIO(), format="png")
    """
    grid = make_grid(tensor, nrow, padding, normalize, value_range, scale_each, pad_value)
    if grid.dtype.kind != "f":
        raise TypeError(f"save_image: images of dtype {grid.dtype} (legal: floats in [0, 1])")
    array = to_numpy(grid._data)  # (C, height, width)
    if len(array) > 4:
        raise ValueError(f"save_image: images with {len(array)} channels (legal: 1, 2, 3 or 4)")
    if np.isnan(array).any():
        raise ValueError("save_image: the images hold NaN")
    with np.errstate(over="ignore"):  # beyond float16 and float32 a number is limited to 255
        pixels = (array * 255 + 0.5).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
    _write(pixels, fp, format)


def _write(pixels: Array, fp: Any, format: str | None) -> None:
    """Write pixels (height, width, C) in the format of this name or of the path's suffix."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    if not isinstance(fp, str | os.PathLike):
        if not hasattr(fp, "write"):
            raise TypeError(f"save_image: fp={fp!r} must be a path or a file opened with 'wb'")
        return image.save(fp, format=_format(format or Path(getattr(fp, "name", "") or "").suffix))
    kind = _format(format or Path(fp).suffix)
    with replacing(fp) as path, path.open("wb") as file:
        image.save(file, format=kind)
    return None


def _format(name: str) -> str:
    """Return Pillow's name of a format or of a suffix. Raises ValueError if it writes no such."""
    from PIL import Image

    Image.init()  # register all formats, not only the common ones
    kind = Image.registered_extensions().get(f".{name.lower().removeprefix('.')}", name.upper())
    if kind not in Image.SAVE:
        raise ValueError(
            f"save_image: {name!r} is not a format of pictures (legal: a path that ends in .png or "
            ".jpg, or format='png')"
        )
    return kind


def _batch(function: str, tensor: Any) -> Array:
    """Return images as an array (N, C, H, W); one channel becomes three."""
    several = list(tensor) if isinstance(tensor, list | tuple) else [tensor]
    for x in several:
        if not isinstance(x, Tensor):
            raise TypeError(
                f"{function}: images must be a Tensor or a list of Tensors, not "
                f"{type(x).__name__} (write minigan.tensor(array))"
            )
    shapes = [x.shape for x in several]
    if len(set(shapes)) > 1:
        raise ValueError(f"{function}: images of different shapes: {shapes}")
    if isinstance(tensor, Tensor):
        array = tensor._data
    else:
        array = namespace(several[0]._data).stack([x._data for x in several]) if several else None
    if array is None or not 2 <= array.ndim <= 4 or not array.size:
        found = "an empty list" if array is None else f"images of shape {array.shape}"
        raise ValueError(
            f"{function}: {found} (legal: (N, C, H, W), (C, H, W) or (H, W), not empty)"
        )
    if array.ndim == 2:
        array = array[None]  # (H, W) -> (1, H, W)
    if array.ndim == 3:
        array = array[None]  # (C, H, W) -> (1, C, H, W)
    return array.repeat(3, axis=1) if array.shape[1] == 1 else array


def _normalized(function: str, images: Array, value_range: Any, scale_each: bool) -> Array:
    """Return the images with low..high as 0..1, all by one range or each by its own."""
    if images.dtype.kind != "f":
        raise TypeError(f"{function}: normalize=True needs floats, not {images.dtype}")
    if value_range is not None:
        if not isinstance(value_range, tuple | list) or len(value_range) != 2:
            raise TypeError(f"{function}: value_range={value_range!r} must be (low, high)")
        low, high = (number(function, "value_range", limit) for limit in value_range)
        return _to_unit(images, low, high)
    if not scale_each:
        return _to_unit(images, float(images.min()), float(images.max()))
    parts = [_to_unit(image, float(image.min()), float(image.max())) for image in images]
    return namespace(images).stack(parts)


def _to_unit(x: Array, low: float, high: float) -> Array:
    """Return x clipped to low..high and mapped to 0..1."""
    return (x.clip(low, high) - low) / max(high - low, 1e-5)


def _no_attribute(name: str) -> NoReturn:
    raise absent("minigan.utils", name, _INSTEAD)


__path__: list[str] = []  # so that `from minigan.utils.data import DataLoader` meets the hint
globals()["__getattr__"] = _no_attribute  # type checkers shall still find misspelt names
