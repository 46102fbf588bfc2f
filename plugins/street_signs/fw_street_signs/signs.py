"""The 28 US signs: one small drawing each, after the Manual on Uniform Traffic Control Devices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fw_street_signs.canvas import (
    BLACK,
    GREEN,
    ORANGE,
    RED,
    SCHOOL_GREEN,
    WHITE,
    YELLOW,
    Canvas,
    Colour,
    Point,
    mirrored,
    regular_polygon,
)

SPEEDS = (15, 20, 25, 30, 35, 40, 45, 50, 55, 65)
CENTRE = (50, 50)
LEFT_TURN: list[Point] = [(62, 82), (62, 40), (22, 40)]
LEFT_CURVE: list[Point] = [(60, 78), (60, 60), (56, 50), (44, 42), (40, 34), (40, 20)]
U_TURN: list[Point] = [(66, 80), (66, 42), (61, 32), (50, 28), (39, 32), (34, 42), (34, 76)]


def stop(canvas: Canvas) -> None:
    canvas.polygon(regular_polygon(8, CENTRE, 54, 22.5), WHITE)
    canvas.polygon(regular_polygon(8, CENTRE, 50, 22.5), RED)
    canvas.text("STOP", 12, 35, 88, 65, WHITE)


def give_way(canvas: Canvas) -> None:
    canvas.polygon([(-2, 7), (102, 7), (50, 97)], WHITE)
    canvas.polygon([(0, 8.5), (100, 8.5), (50, 95)], RED)
    canvas.polygon([(21, 21), (79, 21), (50, 71)], WHITE)
    canvas.text("YIELD", 33, 24, 67, 35, RED)


def do_not_enter(canvas: Canvas) -> None:
    canvas.box(2, 2, 98, 98, WHITE, radius=5)
    canvas.disc(CENTRE, 45, RED)
    canvas.box(14, 43, 86, 57, WHITE)
    canvas.text("DO NOT", 29, 21, 71, 33, WHITE)
    canvas.text("ENTER", 30, 66, 70, 78, WHITE)


def wrong_way(canvas: Canvas) -> None:
    _bordered(canvas, (0, 17, 100, 83), RED, WHITE)
    canvas.text("WRONG", 11, 26, 89, 47, WHITE)
    canvas.text("WAY", 24, 53, 76, 74, WHITE)


def one_way(canvas: Canvas, *, left: bool) -> None:
    canvas.box(0, 24, 100, 76, BLACK, radius=3)
    outline: list[Point] = [(96, 50), (68, 28), (68, 39), (4, 39), (4, 61), (68, 61), (68, 72)]
    canvas.polygon(mirrored(outline) if left else outline, WHITE)
    start = 24 if left else 8
    canvas.text("ONE WAY", start, 44, start + 68, 56, BLACK)


def no_turn(canvas: Canvas, *, points: list[Point]) -> None:
    canvas.box(2, 2, 98, 98, WHITE, radius=5)
    canvas.arrow(points, 9, 19, BLACK)
    _prohibition(canvas)


def keep_right(canvas: Canvas) -> None:
    _bordered(canvas, (12, 0, 88, 100), WHITE, BLACK)
    canvas.box(24, 16, 35, 88, BLACK, radius=5)
    canvas.arrow([(48, 88), (48, 66), (68, 44), (68, 12)], 10, 20, BLACK)


def speed_limit(canvas: Canvas, *, number: int) -> None:
    _bordered(canvas, (11, 0, 89, 100), WHITE, BLACK)
    canvas.text("SPEED", 24, 9, 76, 21, BLACK)
    canvas.text("LIMIT", 29, 25, 71, 37, BLACK)
    canvas.text(str(number), 19, 44, 81, 91, BLACK)


def school(canvas: Canvas) -> None:
    canvas.polygon([(50, -2), (100, 42), (100, 100), (0, 100), (0, 42)], BLACK)
    canvas.polygon([(50, 2), (96, 43.5), (96, 96), (4, 96), (4, 43.5)], SCHOOL_GREEN)
    _walker(canvas, 37, 58, 0.62)
    _walker(canvas, 66, 64, 0.5)


def pedestrian_crossing(canvas: Canvas) -> None:
    _diamond(canvas, YELLOW)
    _walker(canvas, 50, 50, 0.72)


def signal_ahead(canvas: Canvas) -> None:
    _diamond(canvas, YELLOW)
    canvas.box(36, 18, 64, 82, BLACK, radius=7)
    for y, colour in ((30, (230, 30, 30)), (50, YELLOW), (70, GREEN)):
        canvas.disc((50, y), 8, colour)


def stop_ahead(canvas: Canvas) -> None:
    _diamond(canvas, YELLOW)
    canvas.polygon(regular_polygon(8, (50, 62), 20, 22.5), RED)
    canvas.arrow([(50, 40), (50, 12)], 8, 18, BLACK)


def curve(canvas: Canvas, *, points: list[Point]) -> None:
    _diamond(canvas, YELLOW)
    canvas.arrow(points, 10, 20, BLACK)


def railroad_crossing(canvas: Canvas) -> None:
    canvas.disc(CENTRE, 50, BLACK)
    canvas.disc(CENTRE, 46, YELLOW)
    canvas.line([(21, 21), (79, 79)], 9, BLACK)
    canvas.line([(79, 21), (21, 79)], 9, BLACK)
    canvas.text("R", 13, 40, 28, 60, BLACK)
    canvas.text("R", 72, 40, 87, 60, BLACK)


def road_work(canvas: Canvas) -> None:
    _diamond(canvas, ORANGE)
    canvas.disc((46, 26), 7, BLACK)
    canvas.line([(44, 37), (38, 56)], 11, BLACK)
    canvas.line([(38, 56), (46, 66), (42, 80)], 7, BLACK)
    canvas.line([(36, 56), (30, 68), (24, 74)], 7, BLACK)
    canvas.line([(45, 38), (58, 50)], 6, BLACK)
    canvas.line([(40, 48), (70, 62)], 4, BLACK)
    canvas.polygon([(58, 76), (82, 66), (76, 74), (66, 82)], BLACK)


def _bordered(
    canvas: Canvas, box: tuple[float, float, float, float], fill: Colour, edge: Colour
) -> None:
    """A plate with a thin line just inside its rim."""
    left, top, right, bottom = box
    canvas.box(left, top, right, bottom, fill, radius=6)
    canvas.box(left + 2, top + 2, right - 2, bottom - 2, edge, radius=5)
    canvas.box(left + 5, top + 5, right - 5, bottom - 5, fill, radius=3)


def _diamond(canvas: Canvas, fill: Colour) -> None:
    canvas.polygon(regular_polygon(4, CENTRE, 56), fill)
    canvas.polygon(regular_polygon(4, CENTRE, 54), BLACK)
    canvas.polygon(regular_polygon(4, CENTRE, 50.5), fill)


def _prohibition(canvas: Canvas) -> None:
    """A red ring and slash over what has been drawn so far."""
    ring = regular_polygon(120, CENTRE, 41)
    canvas.line([*ring, ring[0]], 8, RED)
    canvas.line([(22, 22), (78, 78)], 8, RED)


def _walker(canvas: Canvas, x: float, y: float, scale: float) -> None:
    """A walking person about 100 * scale high, centred on (x, y)."""

    def at(*points: Point) -> list[Point]:
        return [(x + scale * dx, y + scale * dy) for dx, dy in points]

    canvas.disc(at((2, -42))[0], 9 * scale, BLACK)
    canvas.line(at((0, -24), (-2, 4)), 17 * scale, BLACK)
    canvas.line(at((-2, 4), (14, 24), (18, 46)), 9 * scale, BLACK)
    canvas.line(at((-4, 4), (-10, 26), (-24, 46)), 9 * scale, BLACK)
    canvas.line(at((2, -26), (16, -10), (28, -8)), 7 * scale, BLACK)
    canvas.line(at((-2, -26), (-16, -8), (-18, 6)), 7 * scale, BLACK)


# label -> how to draw it, and how often it is met relative to the rarest.
SIGNS: dict[str, tuple[Callable[[Canvas], None], int]] = {
    "stop": (stop, 4),
    "yield": (give_way, 3),
    "do_not_enter": (do_not_enter, 2),
    "wrong_way": (wrong_way, 1),
    "one_way_left": (partial(one_way, left=True), 2),
    "one_way_right": (partial(one_way, left=False), 2),
    "no_left_turn": (partial(no_turn, points=LEFT_TURN), 2),
    "no_right_turn": (partial(no_turn, points=mirrored(LEFT_TURN)), 2),
    "no_u_turn": (partial(no_turn, points=U_TURN), 1),
    "keep_right": (keep_right, 2),
    **{
        f"speed_{number}": (
            partial(speed_limit, number=number),
            1 if number in (15, 20) else 3 if number in (25, 35, 45) else 2,
        )
        for number in SPEEDS
    },
    "school": (school, 2),
    "pedestrian_crossing": (pedestrian_crossing, 2),
    "signal_ahead": (signal_ahead, 2),
    "stop_ahead": (stop_ahead, 1),
    "curve_left": (partial(curve, points=LEFT_CURVE), 2),
    "curve_right": (partial(curve, points=mirrored(LEFT_CURVE)), 2),
    "railroad_crossing": (railroad_crossing, 1),
    "road_work": (road_work, 2),
}

LABELS = tuple(SIGNS)
