"""Folders of pictures: classes, orientation, cropping, and errors that name the file."""

import numpy as np
import pytest
from PIL import Image

from minigan.datasets import load, read_folder


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(array)).save(path, **options)


def flat(value, height=40, width=50, channels=3):
    return np.full((height, width, channels) if channels > 1 else (height, width), value, np.uint8)


def test_sub_folders_are_classes_in_the_order_of_their_names(tmp_path):
    save(tmp_path / "dog" / "b.png", flat(3))
    save(tmp_path / "dog" / "a.JPG", flat(2), format="BMP")
    save(tmp_path / "cat" / "z.png", flat(0))
    save(tmp_path / "cat" / "deeper" / "a.png", flat(1))
    save(tmp_path / "loose.png", flat(9))
    save(tmp_path / ".hidden" / "x.png", flat(9))
    (tmp_path / "cat" / "notes.txt").write_text("no picture")
    data = read_folder(tmp_path)
    assert (
        data.classes == ("cat", "dog")
        and data.labels.tolist() == [0, 0, 1, 1]
        and data.shape == (3, 32, 32)
    )
    assert data.images[:, 0, 5, 5].tolist() == [0, 1, 2, 3]
    assert (
        "4 RGB images of 32x32 in 2 classes" in data.description and "1 loose" in data.description
    )
    assert (
        "centre-cropped and resized from 40x50" in data.description and data.name == tmp_path.name
    )


def test_a_link_to_a_parent_gives_no_picture_twice(tmp_path):
    for name in "ab":
        save(tmp_path / "cat" / f"{name}.png", flat(ord(name)))
    try:
        (tmp_path / "cat" / "again").symlink_to(tmp_path / "cat", target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links here")
    assert read_folder(tmp_path).images[:, 0, 5, 5].tolist() == [ord("a"), ord("b")]


def test_pictures_are_in_the_order_of_their_names(tmp_path):
    order = np.random.default_rng(0).permutation(40)
    for i in order:
        save(tmp_path / "flat" / f"{i:02}.png", flat(i))
        save(tmp_path / "nested" / "class" / f"{i // 8}" / f"{i:02}.png", flat(i))
    for folder in ("flat", "nested"):
        assert read_folder(tmp_path / folder).images[:, 0, 0, 0].tolist() == list(range(40))


def test_a_folder_without_sub_folders_has_no_labels(tmp_path):
    for name, value in (("b", 20), ("a", 10)):
        save(tmp_path / f"{name}.png", flat(value, channels=1))
    (tmp_path / "empty").mkdir()
    data = load(tmp_path)
    assert (
        data.labels is None
        and data.shape == (1, 32, 32)
        and data.images[:, 0, 0, 0].tolist() == [10, 20]
    )
    assert "gray" in data.description and load(str(tmp_path), channels=3).shape == (3, 32, 32)


def test_size_and_colour_follow_the_pictures(tmp_path):
    save(tmp_path / "a.png", flat(1, 70, 64, 1))
    assert read_folder(tmp_path).shape == (1, 64, 64)
    save(tmp_path / "b.png", flat(1, 64, 100))
    assert read_folder(tmp_path).shape == (3, 64, 64) and read_folder(
        tmp_path, size=48, channels=1
    ).shape == (
        1,
        48,
        48,
    )
    assert "from 64x100 to 70x64" in read_folder(tmp_path).description
    save(tmp_path / "c.png", flat(1, 64, 63))
    assert read_folder(tmp_path).shape == (3, 32, 32)


def test_the_centre_is_kept_and_upright(tmp_path):
    wide = np.zeros((32, 64), np.uint8)
    wide[:, 16:48] = np.arange(32)[:, None] * 8  # the central square; brighter downwards
    save(tmp_path / "a.png", wide)
    turned = Image.fromarray(wide).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation 6: rotate clockwise by 90 degrees
    turned.save(tmp_path / "b.png", exif=exif)
    first, second = read_folder(tmp_path).images
    assert np.array_equal(first[0], wide[:, 16:48]) and np.array_equal(second, first)


def test_resizing_averages(tmp_path):
    board = np.indices((128, 128)).sum(axis=0) % 2 * 255
    save(tmp_path / "a.png", board.astype(np.uint8))
    assert (
        np.abs(read_folder(tmp_path, size=32).images[..., 2:-2, 2:-2].astype(int) - 127.5).max() < 3
    )


def test_deep_transparent_and_palette_pictures(tmp_path):
    save(tmp_path / "a.png", np.full((32, 32), 257 * 200, np.uint16))
    clear = np.zeros((32, 32, 4), np.uint8)
    clear[:16, :, 3] = 255
    save(tmp_path / "b.png", clear)
    Image.fromarray(flat(77)).convert("P").save(tmp_path / "c.png")
    Image.new("1", (40, 40), 1).save(tmp_path / "d.png")
    images = read_folder(tmp_path, channels=1).images[:, 0]
    assert (
        (images[0] == 200).all() and (images[1, :15] == 0).all() and (images[1, 17:] == 255).all()
    )
    assert np.abs(images[2].astype(int) - 77).max() < 26 and (images[3] == 255).all()


@pytest.mark.parametrize("keep", [0, 20, 60, -40])
def test_an_unreadable_picture_is_named(tmp_path, keep):
    rng = np.random.default_rng(0)
    save(tmp_path / "good.png", rng.integers(0, 256, (40, 40, 3), np.uint8))
    (tmp_path / "bad.png").write_bytes((tmp_path / "good.png").read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"bad\.png cannot be read"):
        load(tmp_path)


def test_pictures_without_a_white_are_refused(tmp_path):
    Image.fromarray(np.zeros((32, 32), np.float32)).save(tmp_path / "deep.tiff")
    with pytest.raises(ValueError, match=r"deep\.tiff cannot be read: pixels are 32-bit floats"):
        read_folder(tmp_path)


def test_folders_without_pictures_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no pictures .*\.png"):
        load(tmp_path)
    save(tmp_path / "cat" / "a.png", flat(1))
    (tmp_path / "dog").mkdir()
    with pytest.raises(ValueError, match=r"without a picture: \['dog'\]"):
        load(tmp_path)


@pytest.mark.parametrize(
    "options, match", [({"size": 0}, "size=0"), ({"channels": 2}, "channels=2")]
)
def test_illegal_options_are_refused(tmp_path, options, match):
    save(tmp_path / "a.png", flat(1))
    for read in (read_folder, load):
        with pytest.raises(ValueError, match=match):
            read(tmp_path, **options)
