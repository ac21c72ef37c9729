#!/usr/bin/env python3
"""Draws what each body measurement and each photo landmark is: PNG files for the window of 'pinna hrtf measure-photo', for the form of measurements, and for the documentation.

    python3 draw.py                    writes ../src/main/resources/io/pinna/assets/measurements/*.png
    python3 draw.py --sheet FILE.png   also one sheet of all measurements
    python3 ../manifest.py             afterwards

Heads are in centimetres from the ear canal, the ear in units of a tenth of its height; the left ear is shown, with the face on the left.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.patches import Circle, Ellipse, FancyArrowPatch, FancyBboxPatch, Polygon

OUT = Path(__file__).resolve().parent.parent / "src/main/resources/io/pinna/assets/measurements"

SKIN, SHADE, DEEP = "#f6dfce", "#e6c1a7", "#c79a7c"
LINE, HAIR, SHIRT, BACK = "#5d4638", "#7a5a48", "#9fb6c6", "#ffffff"
MARK = "#c2124f"
SIZE = (4.2, 3.6)
DPI = 120


def spline(points, closed=True, steps=24):
    """Points [N, 2] on the centripetal Catmull-Rom curve through `points`, which has no cusps."""
    p = np.asarray(points, dtype=float)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    out = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:]):
        t0 = 0.0
        t1 = t0 + np.sqrt(np.linalg.norm(b - a))
        t2 = t1 + np.sqrt(np.linalg.norm(c - b))
        t3 = t2 + np.sqrt(np.linalg.norm(d - c))
        t = np.linspace(t1, t2, steps, endpoint=False)[:, None]
        ab, bc, cd = ((t1 - t) * a + (t - t0) * b) / (t1 - t0), ((t2 - t) * b + (t - t1) * c) / (t2 - t1), ((t3 - t) * c + (t - t2) * d) / (t3 - t2)
        abc, bcd = ((t2 - t) * ab + (t - t0) * bc) / (t2 - t0), ((t3 - t) * bc + (t - t1) * cd) / (t3 - t1)
        out.append(((t2 - t) * abc + (t - t1) * bcd) / (t2 - t1))
    return np.concatenate(out + ([] if closed else [p[-2:-1]]))


def fill(ax, points, colour, edge=LINE, width=1.4, **more):
    ax.add_patch(Polygon(points, closed=True, facecolor=colour, edgecolor=edge, linewidth=width, joinstyle="round", **more))


def line(ax, points, width=1.3, colour=LINE, **more):
    p = np.asarray(points)
    ax.plot(p[:, 0], p[:, 1], color=colour, linewidth=width, solid_capstyle="round", **more)


# The ear, upright; 10 high.
EAR_TILT_DEGREES = 18.0
OUTER = [(0.75, 6.2), (0.5, 7.3), (0.75, 8.6), (1.5, 9.6), (2.7, 10.0), (3.9, 9.5), (4.55, 8.2), (4.6, 6.6), (4.25, 5.0), (3.7, 3.6), (3.15, 2.3), (2.65, 1.0), (1.95, 0.12),
         (1.15, 0.1), (0.6, 0.9), (0.45, 2.0), (0.4, 3.2), (0.4, 4.6), (0.55, 5.5)]
RIM = [(0.95, 6.6), (0.95, 7.6), (1.3, 8.6), (2.0, 9.25), (2.8, 9.4), (3.6, 8.95), (4.0, 7.9), (4.0, 6.6), (3.75, 5.4), (3.4, 4.3)]
FOSSA = [(1.15, 7.4), (1.4, 8.4), (2.0, 9.0), (2.75, 9.15), (3.3, 8.7), (3.35, 8.0), (2.9, 7.55), (2.2, 7.35), (1.6, 7.3)]
BOWL = [(1.38, 2.75), (1.8, 2.95), (2.25, 3.45), (2.95, 4.15), (3.3, 5.05), (3.25, 6.0), (2.8, 6.6), (2.0, 6.9), (1.3, 6.75), (0.95, 6.2), (0.9, 5.6), (1.1, 5.1), (1.42, 4.5), (1.3, 3.8), (1.08, 3.3), (1.12, 2.9)]
RIDGE = [(0.8, 6.05), (1.3, 5.55), (1.9, 5.35), (2.45, 5.45)]
RIDGE_SHADE = [(0.75, 5.95), (1.3, 5.42), (1.9, 5.18), (2.5, 5.4), (1.95, 5.55), (1.4, 5.75), (0.95, 6.2)]
CANAL = (1.5, 4.35)
EAR_POINTS = {
    "ear_top": (2.7, 10.0), "ear_bottom": (1.55, 0.0), "ear_front": (0.5, 6.9), "ear_back": (4.62, 7.2),
    "notch_bottom": (1.4, 2.75), "bowl_ridge": (1.75, 5.4), "bowl_top": (2.0, 6.9), "rim_inside": (2.35, 9.38),
    "bowl_front": (1.42, 4.5), "bowl_back": (3.12, 4.55), "notch_front": (1.07, 3.25), "notch_back": (1.95, 3.08),
}


def turned(points, scale=1.0, at=(0.0, 0.0), mirror=False):
    """The ear's points leant back about the middle of its lobe, then scaled and moved."""
    a = np.radians(EAR_TILT_DEGREES) - np.arctan2(2.7 - 1.55, 10.0)
    p = np.asarray(points, dtype=float) - EAR_POINTS["ear_bottom"]
    p = p @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    if mirror:
        p = p * [-1, 1]
    return p * scale + at


def ear(ax, scale=1.0, at=(0.0, 0.0), width=1.5):
    def place(points, closed=True):
        return turned(spline(points, closed), scale, at)

    fill(ax, place(OUTER), SKIN, width=width)
    line(ax, place(RIM, False), width * 0.8)
    fill(ax, place(FOSSA), SHADE, edge=DEEP, width=width * 0.5)
    fill(ax, place(BOWL), SHADE, width=width)
    fill(ax, place(RIDGE_SHADE), SKIN, edge=DEEP, width=width * 0.6)
    line(ax, place(RIDGE, False), width * 0.6, DEEP)
    c = turned([CANAL], scale, at)[0]
    ax.add_patch(Ellipse(c, 0.62 * scale, 0.95 * scale, angle=-EAR_TILT_DEGREES, facecolor=DEEP, edgecolor="none"))
    # The flap before the canal lies over it.
    flap = spline([(0.75, 5.3), (1.1, 5.1), (1.42, 4.5), (1.3, 3.8), (1.08, 3.3), (0.8, 3.3), (0.7, 4.3)])
    fill(ax, turned(flap, scale, at), SKIN, edge="none", width=0)
    line(ax, turned(spline([(1.0, 5.3), (1.2, 5.0), (1.42, 4.5), (1.3, 3.8), (1.08, 3.25)], False), scale, at), width * 0.8)


FACE_SIDE = [(1, 10.6), (-4, 9.9), (-8, 7.3), (-9.7, 3.9), (-9.75, 2.0), (-9.3, 0.6), (-10.2, -1.4), (-12.0, -3.5), (-11.7, -4.1), (-10.4, -4.4), (-10.9, -5.5), (-10.35, -6.1), (-10.75, -6.9),
             (-9.95, -7.9), (-10.3, -9.5), (-9.2, -11.1), (-7.0, -11.2), (-3.6, -9.6), (0.0, -8.3), (4.5, -7.2), (7.4, -5.6), (9.2, -2.4), (9.8, 1.2), (9.4, 5.0), (6.6, 8.8)]
HAIR_SIDE = [(1.4, 11.3), (-4.5, 10.7), (-8.3, 8.2), (-9.0, 6.4), (-7.2, 6.6), (-5.2, 5.2), (-4.0, 2.6), (-2.3, 2.0), (-1.8, 4.6), (0.8, 5.8), (3.4, 3.8), (3.5, 0.2), (3.0, -3.2), (4.6, -6.2),
             (7.2, -6.6), (9.7, -3.2), (10.5, 1.0), (10.0, 5.6), (7.0, 9.6)]
NECK_SIDE = [(-4.8, -9.5), (-4.0, -13.0), (-5.2, -16.0), (-9.5, -18.6), (-11.5, -23), (9.5, -23), (11.5, -18.0), (7.4, -13.6), (6.6, -9.5), (6.0, -5.0), (-3, -5)]
SIDE_POINTS = {"forehead": (-9.85, 2.9), "head_back": (9.82, 1.2)}
EAR_AT, EAR_SCALE = (-0.35, -2.95), 0.64


def side_head(ax):
    fill(ax, spline(NECK_SIDE), SKIN)
    shirt = [(-7.2, -17.2), (-11.5, -19.2), (-13, -26), (12, -26), (12.2, -18.4), (8.6, -15.4), (2, -18.2)]
    fill(ax, spline(shirt), SHIRT)
    fill(ax, spline(FACE_SIDE), SKIN)
    fill(ax, spline(HAIR_SIDE), HAIR, alpha=0.35, edge="none", width=0)
    line(ax, spline([(-8.9, 1.0), (-8.2, 1.25), (-7.3, 0.9)], False))
    line(ax, spline([(-9.2, 2.3), (-8.2, 2.6), (-7.0, 2.2)], False), 2.2, HAIR)
    ax.add_patch(Ellipse((-8.55, 0.55), 0.7, 0.9, facecolor=LINE))
    line(ax, spline([(-10.35, -6.1), (-9.4, -6.2), (-8.6, -6.0)], False))
    line(ax, spline([(-10.9, -4.0), (-10.3, -3.5), (-10.5, -2.8)], False), 1.0)
    ear(ax, EAR_SCALE, EAR_AT, 1.1)


FACE_FRONT = [(0, 10.6), (4.6, 9.6), (7.1, 6.2), (7.55, 2.2), (7.3, -2.4), (6.6, -6.0), (4.6, -9.4), (1.9, -11.2), (0, -11.4)]
HAIR_FRONT = [(0, 11.3), (5.0, 10.3), (7.8, 6.6), (7.9, 3.4), (7.0, 3.6), (6.2, 6.2), (3.0, 7.4), (0, 7.6)]
BODY_FRONT = [(0, -8), (5.0, -8), (5.3, -13), (8.5, -15.2), (16.5, -17.4), (20.8, -20.5), (22.3, -26), (23.0, -36)]
FRONT_POINTS = {"head_side_a": (-7.6, 2.4), "head_side_b": (7.6, 2.4), "chin": (0, -11.4), "head_top": (0, 10.6), "shoulder_a": (-22.4, -26.5), "shoulder_b": (22.4, -26.5)}


def mirrored(half, closed=True):
    half = np.asarray(half, dtype=float)
    return np.concatenate([half, half[::-1] * [-1, 1]]) if closed else half


def front_head(ax):
    body = np.concatenate([spline(BODY_FRONT, False), spline(BODY_FRONT, False)[::-1] * [-1, 1]])
    fill(ax, body, SKIN)
    half = spline([(4.2, -15.2), (8.0, -15.1), (16.5, -17.4), (20.8, -20.5), (22.3, -26), (23.0, -36)], False)
    fill(ax, np.concatenate([spline([(-4.2, -15.2), (0, -19.5), (4.2, -15.2)], False), half, half[::-1] * [-1, 1]]), SHIRT)
    for s in (-1, 1):
        line(ax, np.array([(16.6, -27), (16.2, -36)]) * [s, 1], 1.1)
        out = spline([(7.3, 1.6), (8.5, 2.5), (9.0, 1.4), (8.6, -1.6), (7.9, -3.8), (7.1, -3.4)])
        fill(ax, out * [s, 1], SKIN)
        line(ax, spline([(7.9, 1.4), (8.3, 0.4), (7.9, -1.6)], False) * [s, 1], 0.9)
    fill(ax, np.concatenate([spline(FACE_FRONT, False), (spline(FACE_FRONT, False) * [-1, 1])[::-1]]), SKIN)
    hair = spline(HAIR_FRONT, False)
    fill(ax, np.concatenate([hair, (hair * [-1, 1])[::-1]]), HAIR, alpha=0.35, edge="none", width=0)
    for s in (-1, 1):
        ax.add_patch(Ellipse((3.1 * s, 0.3), 2.5, 1.25, facecolor="white", edgecolor=LINE, linewidth=1.1))
        ax.add_patch(Circle((3.1 * s, 0.3), 0.55, facecolor=LINE))
        line(ax, spline([(1.6, 2.0), (3.2, 2.6), (4.8, 1.9)], False) * [s, 1], 2.2, HAIR)
    line(ax, spline([(-0.7, 0.4), (-1.0, -2.4), (-1.5, -3.6), (0, -4.2), (1.5, -3.6)], False), 1.1)
    line(ax, spline([(-2.6, -6.8), (0, -7.2), (2.6, -6.8)], False), 1.6)


def canvas(title, subtitle, x, y):
    """A figure whose axes show at least x and y (ranges), undistorted."""
    figure = plt.figure(figsize=SIZE, dpi=DPI, facecolor=BACK)
    ax = figure.add_axes([0.02, 0.02, 0.96, 0.84 if title else 0.96])
    box = (SIZE[0] * 0.96) / (SIZE[1] * (0.84 if title else 0.96))
    width, height = x[1] - x[0], y[1] - y[0]
    grow = max(width, height * box)
    ax.set_xlim((x[0] + x[1] - grow) / 2, (x[0] + x[1] + grow) / 2)
    ax.set_ylim((y[0] + y[1] - grow / box) / 2, (y[0] + y[1] + grow / box) / 2)
    ax.set_axis_off()
    if title:
        figure.text(0.5, 0.935, title, ha="center", va="center", fontsize=14, fontweight="bold", color="#222222")
        figure.text(0.5, 0.885, subtitle, ha="center", va="center", fontsize=9.5, color="#555555")
    return figure, ax


def arrow_only(ax, a, b):
    ax.add_patch(FancyArrowPatch(a, b, arrowstyle="<|-|>", mutation_scale=13, color=MARK, linewidth=2.0, shrinkA=0, shrinkB=0, zorder=20))


def arrow(ax, a, b, label):
    arrow_only(ax, a, b)
    middle = (np.asarray(a) + np.asarray(b)) / 2
    ax.text(*middle, label, fontsize=12, color=MARK, fontweight="bold", ha="center", va="center", zorder=21,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5, "boxstyle": "round,pad=0.15"})


def guide(ax, a, b):
    line(ax, [a, b], 1.0, MARK, linestyle=(0, (4, 3)), zorder=19)


def dimension(ax, a, b, direction, distance, label):
    """An arrow beside the points a and b: moved by `distance` along `direction`, with extension lines from the points."""
    a, b, d = np.asarray(a, float), np.asarray(b, float), np.asarray(direction, float)
    d = d / np.linalg.norm(d)
    # At a right angle to the direction, both ends at the same height along it.
    far = max(a @ d, b @ d) + distance
    a1, b1 = a + d * (far - a @ d), b + d * (far - b @ d)
    for p, q in ((a, a1), (b, b1)):
        guide(ax, p, q)
        ax.add_patch(Circle(p, 0.012 * (ax.get_xlim()[1] - ax.get_xlim()[0]) * 0.6, facecolor=MARK, edgecolor="white", linewidth=0.6, zorder=22))
    arrow(ax, a1, b1, label)


EAR_X, EAR_Y = (-3.4, 7.4), (-0.9, 10.6)


def ear_canvas(title, subtitle):
    figure, ax = canvas(title, subtitle, EAR_X, EAR_Y)
    x0, x1 = ax.get_xlim()
    y0, y1 = ax.get_ylim()
    # The side of the head, on which the ear sits.
    fill(ax, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)], "#fbf0e7", edge="none", width=0)
    ear(ax)
    ax.text(x0 + 0.25, y0 + 0.3, "← face", fontsize=9, color="#777777", ha="left", va="bottom")
    ax.text(x1 - 0.25, y0 + 0.3, "back of the head →", fontsize=9, color="#777777", ha="right", va="bottom")
    return figure, ax


def e(name):
    return turned([EAR_POINTS[name]])[0]


def tag(ax, point, text, at, colour="#4a4a4a", size=10.5, bold=False):
    """A word beside the ear with a thin line to what it names."""
    ax.plot([at[0], point[0]], [at[1], point[1]], color=colour, linewidth=0.9, zorder=18)
    ax.text(*at, text, fontsize=size, color=colour, fontweight="bold" if bold else "normal", ha="right" if at[0] < point[0] else "left", va="center", zorder=21)


def between(ax, a, b, label, first, second):
    """An arrow straight from point to point, its label to the right of the ear, and words to the left for what lies at its ends."""
    p, q = e(a), e(b)
    arrow_only(ax, p, q)
    tag(ax, (p + q) / 2, label, (6.1, (p + q)[1] / 2), MARK, 14, True)
    for point, word, name in ((p, first, a), (q, second, b)):
        # Words for the rear go below, those for the front to the left.
        tag(ax, point, word, (-0.55, point[1] + (-0.5 if point is p else 0.5)) if name != "bowl_back" else (6.1, point[1] - 1.6))


AXIS = turned([EAR_POINTS["ear_top"]])[0] - turned([EAR_POINTS["ear_bottom"]])[0]
AXIS = AXIS / np.linalg.norm(AXIS)
ACROSS = np.array([AXIS[1], -AXIS[0]])


def head_width():
    f, ax = canvas("Head width", "just above the ears, without ears and hair", (-13, 13), (-14, 15))
    front_head(ax)
    dimension(ax, FRONT_POINTS["head_side_a"], FRONT_POINTS["head_side_b"], (0, 1), 10.8, "x1")
    return f


def head_height():
    f, ax = canvas("Head height", "underside of the chin to top of the skull", (-13, 14), (-14, 13))
    front_head(ax)
    dimension(ax, FRONT_POINTS["head_top"], FRONT_POINTS["chin"], (1, 0), 11.5, "x2")
    return f


def head_depth():
    f, ax = canvas("Head depth", "forehead above the eyebrows to back of the head", (-14, 13), (-13, 15))
    side_head(ax)
    dimension(ax, SIDE_POINTS["forehead"], SIDE_POINTS["head_back"], (0, 1), 10.6, "x3")
    return f


def shoulder_width():
    f, ax = canvas("Shoulder width", "outside of the upper arms at armpit height", (-26, 26), (-36, 12))
    front_head(ax)
    dimension(ax, FRONT_POINTS["shoulder_a"], FRONT_POINTS["shoulder_b"], (0, -1), 4.5, "x12")
    return f


def cavum_concha_height():
    f, ax = ear_canvas("Lower bowl height", "(cavum concha height) notch to ridge")
    between(ax, "notch_bottom", "bowl_ridge", "d1", "notch", "ridge")
    return f


def cymba_concha_height():
    f, ax = ear_canvas("Upper bowl height", "(cymba concha height) ridge to upper edge of the bowl")
    between(ax, "bowl_ridge", "bowl_top", "d2", "ridge", "upper edge")
    return f


def cavum_concha_width():
    f, ax = ear_canvas("Bowl width", "(cavum concha width) flap before the ear canal to rear edge")
    between(ax, "bowl_front", "bowl_back", "d3", "flap", "rear edge")
    return f


def fossa_height():
    f, ax = ear_canvas("Upper hollow height", "(fossa height) upper edge of the bowl to inside of the rim")
    between(ax, "bowl_top", "rim_inside", "d4", "upper edge\nof the bowl", "inside\nof the rim")
    return f


def pinna_height():
    f, ax = ear_canvas("Ear height", "(pinna height) lobe to highest point")
    dimension(ax, e("ear_top"), e("ear_bottom"), ACROSS, 2.6, "d5")
    return f


def pinna_width():
    f, ax = ear_canvas("Ear width", "(pinna width) front to rear edge, square to the ear's height")
    guide(ax, e("ear_bottom") - 0.4 * AXIS, e("ear_top") + 0.4 * AXIS)
    front, back = e("ear_front"), e("ear_back")
    dimension(ax, front, back, -AXIS, 5.1, "d6")
    return f


def intertragal_incisure_width():
    f, ax = ear_canvas("Notch width", "(intertragal incisure) flap to bump, below the ear canal")
    p, q = e("notch_front"), e("notch_back")
    # Too narrow for an arrow within: two that point at the edges from outside.
    along = (q - p) / np.linalg.norm(q - p)
    for tip, tail in ((p, p - 1.3 * along), (q, q + 1.3 * along)):
        ax.add_patch(FancyArrowPatch(tail, tip, arrowstyle="-|>", mutation_scale=12, color=MARK, linewidth=2.0, shrinkA=0, shrinkB=0, zorder=20))
    line(ax, [p, q], 2.6, MARK, zorder=20)
    tag(ax, (p + q) / 2, "d7", (6.1, (p + q)[1] / 2 - 0.6), MARK, 14, True)
    tag(ax, e("bowl_front"), "flap", (-0.55, e("bowl_front")[1] + 0.4))
    tag(ax, e("notch_back") + [0.25, 0.05], "bump", (6.1, 4.3))
    return f


def pinna_rotation():
    f, ax = ear_canvas("Ear tilt", "(pinna rotation angle) lean back from the vertical")
    a, b = e("ear_bottom"), e("ear_top")
    guide(ax, a, a + [0, 10.2])
    line(ax, [a, b + 0.3 * AXIS], 2.0, MARK, zorder=20)
    turn = np.radians(np.linspace(90, 90 - EAR_TILT_DEGREES, 30))
    radius = 9.0
    line(ax, np.stack([a[0] + radius * np.cos(turn), a[1] + radius * np.sin(turn)], axis=1), 2.0, MARK, zorder=20)
    ax.text(a[0] + 0.95, a[1] + 9.5, "θ1", fontsize=14, color=MARK, fontweight="bold", ha="center", va="center", zorder=21)
    ax.text(a[0] - 0.25, a[1] + 5.6, "vertical", fontsize=8.5, color=MARK, rotation=90, ha="right", va="center", zorder=21)
    return f


MEASUREMENTS = [head_width, head_height, head_depth, shoulder_width, cavum_concha_height, cymba_concha_height, cavum_concha_width, fossa_height, pinna_height, pinna_width, intertragal_incisure_width,
                pinna_rotation]


def cross(ax, p):
    """The point to click: a ring and a cross that let it be seen."""
    unit = (ax.get_xlim()[1] - ax.get_xlim()[0]) / 100
    ax.add_patch(Circle(p, 3.2 * unit, facecolor="none", edgecolor="white", linewidth=4.5, zorder=29))
    ax.add_patch(Circle(p, 3.2 * unit, facecolor="none", edgecolor=MARK, linewidth=2.2, zorder=30))
    for d in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        q = np.asarray(p) + np.asarray(d) * 6.0 * unit
        line(ax, [np.asarray(p) + np.asarray(d) * 1.2 * unit, q], 2.0, MARK, zorder=30)
    ax.add_patch(Circle(p, 0.7 * unit, facecolor=MARK, edgecolor="none", zorder=31))


def card(ax, centre, width):
    height = width * 5.398 / 8.56
    x, y = centre[0] - width / 2, centre[1] - height / 2
    ax.add_patch(FancyBboxPatch((x + 0.4, y + 0.4), width - 0.8, height - 0.8, boxstyle="round,pad=0.4,rounding_size=0.4", facecolor="#3f7cac", edgecolor="#1f4e73", linewidth=1.2, zorder=10))
    ax.add_patch(Polygon([(x, y + height * 0.68), (x + width, y + height * 0.68), (x + width, y + height * 0.86), (x, y + height * 0.86)], facecolor="#1f3445", zorder=11))
    return (x, y), (x + width, y)


def landmark_side(name):
    f, ax = canvas(None, None, (-14, 13), (-12, 12))
    side_head(ax)
    return f, ax


def landmarks():
    for name, p in FRONT_POINTS.items():
        f, ax = canvas(None, None, (-26, 26) if "shoulder" in name else (-13, 13), (-36, 12) if "shoulder" in name else (-14, 13))
        front_head(ax)
        cross(ax, p)
        yield name, f
    for name, p in SIDE_POINTS.items():
        f, ax = canvas(None, None, (-15, 14), (-13, 12))
        side_head(ax)
        cross(ax, p)
        yield name, f
    for name in EAR_POINTS:
        f, ax = canvas(None, None, (-1.2, 7.0), (-0.6, 10.6))
        ear(ax, width=1.8)
        cross(ax, e(name))
        yield name, f
    for i, name in enumerate(("reference_a", "reference_b")):
        f, ax = canvas(None, None, (-13, 13), (-14, 13))
        front_head(ax)
        cross(ax, card(ax, (0, 5.6), 8.56)[i])
        yield name + "_front", f
        f, ax = canvas(None, None, (-15, 14), (-13, 12))
        side_head(ax)
        cross(ax, card(ax, (3.0, -7.2), 8.56)[i])
        yield name + "_side", f
    for i, name in enumerate(("vertical_top", "vertical_bottom")):
        f, ax = canvas(None, None, (-15, 20), (-17, 14))
        for x in (14.5, 17.5):
            line(ax, [(x, -30), (x, 30)], 1.6, "#8a8a8a")
        ax.add_patch(Polygon([(14.5, -30), (17.5, -30), (17.5, 30), (14.5, 30)], facecolor="#e4e0d8", edgecolor="none", zorder=0))
        side_head(ax)
        cross(ax, (14.5, (11.5, -14.5)[i]))
        yield name, f


def save(figure, path):
    # Without the version of the library in the file, so that the same drawing is the same file.
    figure.savefig(path, facecolor=BACK, metadata={"Software": None}, pil_kwargs={"optimize": True})
    plt.close(figure)
    # A palette is a third of the size; line art has few colours.
    from PIL import Image
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(96, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", type=Path, default=OUT)
    p.add_argument("--sheet", type=Path, help="also one sheet of all measurements")
    a = p.parse_args()
    plt.rcParams["font.family"] = "DejaVu Sans"
    a.out.mkdir(parents=True, exist_ok=True)
    for draw in MEASUREMENTS:
        save(draw(), a.out / f"{draw.__name__}.png")
    for name, figure in landmarks():
        save(figure, a.out / f"landmark_{name}.png")
    if a.sheet:
        figure, axes = plt.subplots(3, 4, figsize=(4 * SIZE[0], 3 * SIZE[1]), dpi=80)
        for ax, draw in zip(axes.ravel(), MEASUREMENTS):
            ax.imshow(plt.imread(a.out / f"{draw.__name__}.png"))
            ax.set_axis_off()
        figure.subplots_adjust(0, 0, 1, 1, 0.01, 0.01)
        figure.savefig(a.sheet)


if __name__ == "__main__":
    main()
