"""Writes files.json: pictures in every form of PNG and JPEG, and their pixels as Pillow reads them.

    python3 test/vision/files.py

Each picture is {"file": base64, "height": .., "width": .., "pixels": base64 of red, green and blue}: upright by its Exif
orientation, transparent pixels on white. Made with Pillow 13.0.0.
"""

import base64
import io
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

HEIGHT, WIDTH = 13, 21
pictures = {}


def waves(channels):
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [128 + 100 * np.sin((x * (k + 1) + y * (k + 2)) / 9.0) for k in range(channels)]
    return Image.fromarray(np.stack(planes, -1).astype(np.uint8))


def encoded(image, form, **options):
    into = io.BytesIO()
    image.save(into, form, **options)
    return into.getvalue()


def add(name, data, image=None):
    image = ImageOps.exif_transpose(image or Image.open(io.BytesIO(data)))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    pixels = np.asarray(image.convert("RGB"))
    pictures[name] = {
        "file": base64.b64encode(data).decode(),
        "height": pixels.shape[0],
        "width": pixels.shape[1],
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
    }


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, palette=None, transparent=None):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [chunk(b"IHDR", header)]
    if palette is not None:
        parts.append(chunk(b"PLTE", palette))
    if transparent is not None:
        parts.append(chunk(b"tRNS", transparent))
    parts.append(chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


colours = waves(3)
for quality in (10, 50, 95):
    add(f"quality {quality}.jpg", encoded(colours, "JPEG", quality=quality))
for subsampling, name in enumerate(("4:4:4", "4:2:2", "4:2:0")):
    add(f"colours {name}.jpg", encoded(colours, "JPEG", quality=90, subsampling=subsampling))
add("progressive.jpg", encoded(colours, "JPEG", progressive=True))
add("restarts.jpg", encoded(colours, "JPEG", restart_marker_blocks=1))
add("optimized.jpg", encoded(colours, "JPEG", optimize=True))
add("grey.jpg", encoded(colours.convert("L"), "JPEG"))
add("four inks.jpg", encoded(colours.convert("CMYK"), "JPEG"))
add("red, green and blue.jpg", encoded(colours, "JPEG", keep_rgb=True))
add("one pixel.jpg", encoded(colours.crop((0, 0, 1, 1)), "JPEG"))
add("one column.jpg", encoded(colours.crop((0, 0, 1, HEIGHT)), "JPEG"))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x112] = orientation
    add(f"orientation {orientation}.jpg", encoded(colours, "JPEG", exif=exif))
    add(f"orientation {orientation}.png", encoded(colours, "PNG", exif=exif))

for mode in ("1", "L", "P", "RGB"):
    add(f"mode {mode}.png", encoded(colours.convert(mode), "PNG"))
add("mode LA.png", encoded(waves(4).convert("LA"), "PNG"))
add("mode RGBA.png", encoded(waves(4), "PNG"))
deep = np.asarray(colours.convert("L")).astype(np.uint16) * 257
add("16 bits.png", encoded(Image.fromarray(deep), "PNG"), Image.fromarray((deep >> 8).astype(np.uint8)))
add("transparent index.png", encoded(colours.convert("P"), "PNG", transparency=3))
key = bytes([1, 2, 3, 9, 9, 9, 1, 2, 3, 200, 100, 50])
add("transparent colour.png", png(4, 2, 8, 2, [key] * 2, transparent=struct.pack(">HHH", 1, 2, 3)))
add("transparent grey.png", png(4, 2, 8, 0, [bytes([1, 2, 3, 1])] * 2, transparent=struct.pack(">H", 1)))
rng = np.random.default_rng(1)
for depth in (1, 2, 4):
    rows = [rng.bytes((9 * depth + 7) // 8) for _ in range(3)]
    add(f"grey of {depth} bits.png", png(9, 3, depth, 0, rows))
    add(f"palette of {depth} bits.png", png(9, 3, depth, 3, rows, rng.bytes(3 * 2**depth), bytes([0, 128])))

with open(os.path.join(os.path.dirname(__file__), "files.json"), "w") as file:
    json.dump(pictures, file, indent=0)
    file.write("\n")
print(len(pictures))
