"""Picture files written byte by byte from their specifications: an oracle that no library made.

`png`, `pnm`, `bmp` and `tiff` take the samples as the file stores them, (H, W) or (H, W, channels).
`jpeg` takes one value for each component, the same in all pixels.
"""

import struct
import zlib
from itertools import product

import numpy as np


def packed(samples, bits, row_bytes=1):
    """Return rows of samples as bytes, the first sample in the highest bits, big-endian."""
    rows = []
    for row in np.asarray(samples).reshape(len(samples), -1):
        text = "".join(f"{int(value):0{bits}b}" for value in row)
        text += "0" * (-len(text) % (8 * row_bytes))
        rows.append(int(text, 2).to_bytes(len(text) // 8, "big"))
    return rows


def png(samples, bits, colour, palette=None, transparent=None):
    """Return a PNG (ISO/IEC 15948) of colour 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA."""

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    height, width = np.shape(samples)[:2]
    pixels = b"".join(b"\0" + row for row in packed(samples, bits))  # filter 0 in each row
    parts = [chunk(b"IHDR", struct.pack(">2I5B", width, height, bits, colour, 0, 0, 0))]
    if palette is not None:
        parts.append(chunk(b"PLTE", bytes(np.ravel(palette).tolist())))
    if transparent is not None:
        parts.append(chunk(b"tRNS", transparent))
    parts += [chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pnm(samples, kind, largest=None, comment=b""):
    """Return a PBM, PGM or PPM file (netpbm's pages pbm, pgm, ppm); kinds P1..P3 are plain."""
    height, width = np.shape(samples)[:2]
    head = kind.encode() + b"\n" + comment + b"%d %d\n" % (width, height)
    if largest is not None:
        head += b"%d\n" % largest
    if kind in ("P1", "P2", "P3"):
        lines = (" ".join(map(str, row)) for row in np.reshape(samples, (height, -1)).tolist())
        return head + "\n".join(lines).encode() + b"\n"
    bits = 1 if kind == "P4" else 8 if largest < 256 else 16
    return head + b"".join(packed(samples, bits))


def bmp(samples, bits, palette=None, top_down=False):
    """Return a BMP with BITMAPINFOHEADER; 24 and 32 bits store blue, green, red (and 0)."""
    height, width = np.shape(samples)[:2]
    rows = packed(samples, min(bits, 8), row_bytes=4)
    rows = rows if top_down else rows[::-1]
    table = b"".join(bytes([b, g, r, 0]) for r, g, b in palette or ())
    start, size = 54 + len(table), sum(map(len, rows))
    colours = len(palette or ())
    info = struct.pack(
        "<IiiHHIIiiII",
        40,
        width,
        -height if top_down else height,
        1,
        bits,
        0,
        size,
        0,
        0,
        colours,
        0,
    )
    return b"BM" + struct.pack("<IHHI", start + size, 0, 0, start) + info + table + b"".join(rows)


def tiff(samples, bits, photometric, order="<", extra=None, tags=(), tile=None, planes=False):
    """Return a TIFF 6.0 file without compression, in one strip, or in square tiles.

    `photometric` is 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK. `tags` are further
    SHORT tags.
    """
    samples = np.asarray(samples)
    height, width = samples.shape[:2]
    count = samples.shape[2] if samples.ndim == 3 else 1
    if tile:
        padded = np.zeros((-(-height // tile) * tile, -(-width // tile) * tile, *samples.shape[2:]))
        padded[:height, :width] = samples
        corners = product(range(0, height, tile), range(0, width, tile))
        blocks = [padded[top : top + tile, left : left + tile] for top, left in corners]
    elif planes:
        blocks = list(np.moveaxis(samples, 2, 0))
    else:
        blocks = [samples]
    parts = [_tiff_bytes(block, bits, order) for block in blocks]
    starts = (8 + np.cumsum([0] + [len(part) for part in parts])).tolist()
    end = starts.pop()
    places, sizes = (324, 325) if tile else (273, 279)
    entries = {
        256: [width], 257: [height], 258: [bits] * count, 259: [1], 262: [photometric],
        places: starts, 277: [count], sizes: [len(part) for part in parts],
        284: [2 if planes else 1],
    }  # fmt: skip
    entries |= {322: [tile], 323: [tile]} if tile else {278: [height]}
    entries |= {338: [extra]} if extra is not None else {}
    entries |= {tag: np.ravel(values).tolist() for tag, values in tags}
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, end + end % 2)
    body = b"".join(parts) + b"\0" * (end % 2)
    return head + body + _tiff_directory(entries, end + end % 2, order, {places, sizes})


def _tiff_bytes(samples, bits, order):
    """Return samples as bytes; 32 bits are floats."""
    if bits in (16, 32):
        return np.asarray(samples).astype(f"{order}{'u2' if bits == 16 else 'f4'}").tobytes()
    return b"".join(packed(samples, bits))


def _tiff_directory(entries, place, order, long):
    """Return the directory at `place`: SHORT values, and LONG ones for the tags in `long`."""
    rest_at = place + 2 + 12 * len(entries) + 4
    directory, rest = struct.pack(order + "H", len(entries)), b""
    for tag in sorted(entries):
        values = entries[tag]
        kind, letter, width = (4, "I", 4) if tag in long else (3, "H", 2)
        data = struct.pack(f"{order}{len(values)}{letter}", *values)
        if len(values) * width > 4:
            rest += b"\0" * (len(rest) % 2)
            data, rest = struct.pack(order + "I", rest_at + len(rest)), rest + data
        directory += struct.pack(order + "HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    return directory + struct.pack(order + "I", 0) + rest


def jpeg(values, side=32, adobe=None):
    """Return a baseline JPEG (ITU-T T.81) in which each component has one value everywhere.

    Only the first block of a component has a DC difference, 8 (value - 128) with quantizers of 1;
    all AC coefficients are 0. `adobe` is the transform of Adobe's APP14 marker: 0 none, 1 YCbCr,
    2 YCCK. Adobe stores CMYK inverted.
    """

    def segment(marker, data):
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    numbers = range(1, len(values) + 1)
    parts = [b"\xff\xd8"]
    if adobe is not None:
        parts.append(segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, adobe)))
    parts.append(segment(0xDB, bytes([0]) + bytes([1] * 64)))
    frame = b"".join(bytes([number, 0x11, 0]) for number in numbers)
    parts.append(segment(0xC0, struct.pack(">BHHB", 8, side, side, len(values)) + frame))
    # 12 codes of 4 bits for the lengths 0..11 of a DC difference, one of 1 bit for "no more AC"
    parts.append(segment(0xC4, bytes([0x00, 0, 0, 0, 12, *[0] * 12, *range(12)])))
    parts.append(segment(0xC4, bytes([0x10, 1, *[0] * 15, 0])))
    scan = b"".join(bytes([number, 0]) for number in numbers)
    parts.append(segment(0xDA, bytes([len(values)]) + scan + bytes([0, 63, 0])))
    bits = ""
    for block in range((side // 8) ** 2):
        for value in values:
            difference = 0 if block else 8 * (value - 128)
            size = abs(difference).bit_length()
            stored = difference if difference >= 0 else difference + 2**size - 1
            bits += f"{size:04b}" + (f"{stored:0{size}b}" if size else "") + "0"
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return b"".join(parts) + data + b"\xff\xd9"
