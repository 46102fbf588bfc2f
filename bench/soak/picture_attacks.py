"""Attacks with pictures."""

import struct
import zlib

from attack import Attack


def on_pictures() -> list[Attack]:
    from framework.core.cases.images import read_image

    def read(data: bytes) -> object:
        return read_image(data, (32, 32, 3), None, ("PNG", "JPEG"))

    return [
        Attack("a PNG of 50 million pixels", lambda: png(7071, 7071), read),
        Attack("a PNG of 39 million pixels", lambda: png(6244, 6244), read, answered=True),
        Attack(
            "a PNG of 24 million in other colours", lambda: png(4900, 4900, 6), read, answered=True
        ),
        Attack("a PNG that says 2^31 x 2^31", lambda: _lying_png(), read),
        Attack("a PNG cut off", lambda: png(500, 500)[:-40], read),
    ]


def png(width: int, height: int, colours: int = 2) -> bytes:
    """A picture of one colour, and as small as it gets."""
    channels = {0: 1, 2: 3, 6: 4}[colours]
    packing = zlib.compressobj(9)
    line = bytes(1 + width * channels)
    data = b"".join([packing.compress(line) for _ in range(height)] + [packing.flush()])

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _lying_png() -> bytes:
    small = png(4, 4)
    head = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return small[:16] + head + crc + small[33:]
