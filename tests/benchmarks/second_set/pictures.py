"""Made-up pictures: tiny PNG files with labels, numbers or boxes."""

import json
import struct
import zlib
from pathlib import Path
from random import Random

from .common import between, chance, gap, table

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]  # left, top, width, height


def png(path: Path, rng: Random, back: Colour, spots: list[tuple[Box, Colour]], side: int) -> None:
    """Write a square picture: a noisy background with noisy rectangles on it."""
    raw = bytearray()
    for row in range(side):
        raw.append(0)
        for column in range(side):
            colour = back
            for (left, top, width, height), paint in spots:
                if left <= column < left + width and top <= row < top + height:
                    colour = paint
            raw += bytes(min(255, max(0, part + rng.randint(-14, 14))) for part in colour)
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(raw))), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def vines(home: Path) -> None:
    rng = chance(61)
    spots = {"clean": (70, 150, 60), "downy": (190, 195, 150), "black_rot": (70, 45, 30)}
    for kind, paint in spots.items():
        for number in range(16):
            box = (rng.randint(1, 8), rng.randint(1, 8), rng.randint(4, 7), rng.randint(4, 7))
            name = f"IMG_{rng.randint(1000, 1999)}{number:02d}.png"
            png(home / kind / name, rng, (60, 140, 55), [(box, paint)], 16)


def tiles(home: Path) -> None:
    rng = chance(62)
    rows = []
    for number in range(60):
        kind = rng.choice(["pass", "pass", "chip", "hairline", "glaze run"])
        width, height = {"chip": (3, 3), "hairline": (1, 12), "glaze run": (5, 9)}.get(kind, (0, 0))
        box = (rng.randint(1, 10), rng.randint(1, 4), width, height)
        name = f"t{number:04d}.png"
        png(home / "cam2" / name, rng, (215, 205, 190), [(box, (120, 95, 80))], 16)
        shift = gap(rng, rng.choice(["early", "late", "night"]), 0.05)
        rows.append([name, rng.randint(1, 3), shift, rng.randint(1080, 1145), kind])
    table(home / "inspection.csv", ["shot", "kiln", "shift", "peak_c", "verdict"], rows)


def silos(home: Path) -> None:
    rng = chance(63)
    rows = []
    for number in range(64):
        full = between(rng, 2, 99)
        depth = round(full / 100 * 16)
        spot = ((0, 16 - depth, 16, depth), (205, 170, 90))
        name = f"cam_{number:03d}.png"
        png(home / "stills" / name, rng, (95, 95, 100), [spot], 16)
        taken = f"2024-02-{number % 28 + 1:02d} 07:{rng.randint(10, 59)}"
        rows.append([name, taken, rng.choice("ABC"), full, round(full * 0.42, 1)])
    header = ["Still", "Taken At", "Silo", "Percent Full", "Tonnes"]
    table(home / "gauge_log.csv", header, rows)


def _boxes(rng: Random, most: int, low: int, high: int) -> list[Box]:
    return [
        (rng.randint(0, 31 - high), rng.randint(0, 31 - high), *(rng.randint(low, high),) * 2)
        for _ in range(rng.randint(1, most))
    ]


def buoys(home: Path) -> None:
    rng = chance(64)
    kinds: dict[int, tuple[str, Colour]] = {
        1: ("buoy", (220, 60, 40)),
        2: ("kayak", (240, 210, 60)),
    }
    images: list[dict[str, object]] = []
    boxes: list[dict[str, object]] = []
    for number in range(1, 37):
        name = f"bay_{number:03d}.png"
        found = [(box, rng.choice([1, 2])) for box in _boxes(rng, 3, 4, 9)]
        spots = [(box, kinds[kind][1]) for box, kind in found]
        png(home / "frames" / name, rng, (50, 95, 140), spots, 32)
        images.append({"id": number, "file_name": name, "width": 32, "height": 32})
        for box, kind in found:
            entry = {"id": len(boxes) + 1, "image_id": number, "category_id": kind}
            boxes.append({**entry, "bbox": list(box), "area": box[2] * box[3], "iscrowd": 0})
    categories = [{"id": number, "name": name} for number, (name, _) in kinds.items()]
    whole = {"images": images, "annotations": boxes, "categories": categories}
    (home / "bay_boxes.json").write_text(json.dumps(whole), encoding="utf-8")


def yard(home: Path) -> None:
    rng = chance(65)
    names = ["forklift", "pallet", "person"]
    paints = [(230, 150, 30), (150, 110, 70), (60, 70, 190)]
    (home / "labels").mkdir(parents=True, exist_ok=True)
    for number in range(40):
        found = [(rng.randrange(3), box) for box in _boxes(rng, 3, 4, 10)]
        spots = [(box, paints[kind]) for kind, box in found]
        png(home / "images" / f"yard{number:03d}.png", rng, (125, 125, 120), spots, 32)
        lines = [
            f"{kind} {(left + width / 2) / 32:.5f} {(top + height / 2) / 32:.5f} "
            f"{width / 32:.5f} {height / 32:.5f}"
            for kind, (left, top, width, height) in found
        ]
        target = home / "labels" / f"yard{number:03d}.txt"
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (home / "classes.txt").write_text("\n".join(names) + "\n", encoding="utf-8")


DATASETS = {
    "vine_leaves": vines,
    "tile_inspection": tiles,
    "silo_stills": silos,
    "bay_watch": buoys,
    "loading_yard": yard,
}
