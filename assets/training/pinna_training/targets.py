"""Training targets: the measured directions, the generic listener, and anchors where nothing was measured."""

from dataclasses import dataclass

import numpy as np

from .coordinates import interaural_to_cartesian, cartesian_to_interaural, mirror_index
from .data import GRID_AZIMUTHS_DEG
from .features import symmetric_mean

# Elevations inside CIPIC's gap, between 230.625 (= -129.375) behind and -45 in front, on the grid's own step.
GAP_ELEVATIONS_DEG = -129.375 + 5.625 * np.arange(1, 15)

# An anchor is a guess: it should decide where nothing else does, and yield to measurements at the gap's edge.
ANCHOR_WEIGHT = 0.3


@dataclass(frozen=True)
class Targets:
    """Targets of L listeners (the subjects, then the generic one) in K directions."""

    direction: np.ndarray  # [K, 3] float32
    magnitude_db: np.ndarray  # [L, K, 2, BINS] float32
    itd_seconds: np.ndarray  # [L, K] float32
    weight: np.ndarray  # [K] float32


def listeners(measured, features):
    """Magnitudes [S + 1, M, 2, BINS] and ITDs [S + 1, M] of the subjects and of the generic listener, who comes last.

    The generic listener is the mean over the humans among the subjects: mannequins have ears of their own.
    """
    members = measured.human if measured.human.any() else np.ones(len(measured.human), dtype=bool)
    magnitude, itd = symmetric_mean(features, mirror_index(measured.direction), members)
    return (np.concatenate([features.magnitude_db, magnitude[None].astype(np.float32)]),
            np.concatenate([features.itd_seconds, itd[None].astype(np.float32)]))


def gap_anchors(direction, usable):
    """Anchors below the listener: (directions [A, 3], edge indices [A, 2], edge weights [A, 2]).

    CIPIC measured no elevation below -45 degrees. On each of its circles around the interaural axis, the open arc below is
    bridged by blending the last measured response in front with the last one behind, linearly in angle. Lateral angle, and so nearly all of
    ITD and ILD, is constant on such a circle, so the blend is in the cues that are unknown there, the pinna's, and
    it is smooth. At both interaural poles the mean of the closest circle stands in. Circles whose edge is not `usable` ([M] bool)
    get no anchor, so that a left-out direction is never seen.
    """
    azimuth, elevation = cartesian_to_interaural(direction)
    directions, edges, weights = [], [], []
    for circle in GRID_AZIMUTHS_DEG:
        on_circle = np.flatnonzero(np.abs(azimuth - circle) < 0.5)
        front = on_circle[np.argmin(elevation[on_circle])]
        behind = on_circle[np.argmax(elevation[on_circle])]
        if not (usable[front] and usable[behind]):
            continue
        for e in GAP_ELEVATIONS_DEG:
            towards_front = (e + 129.375) / 84.375
            directions.append(interaural_to_cartesian(circle, e))
            edges.append((front, behind))
            weights.append((towards_front, 1.0 - towards_front))
    return np.array(directions).reshape(-1, 3), np.array(edges, dtype=int).reshape(-1, 2), np.array(weights).reshape(-1, 2)


def build(measured, magnitude_db, itd_seconds, usable):
    """Targets over the `usable` directions ([M] bool) and the anchors, for magnitudes and ITDs as from listeners()."""
    direction, edges, blend = gap_anchors(measured.direction, usable)
    blend = blend.astype(np.float32)

    def bridge(values):  # [L, M, ...] -> [L, A, ...]
        shape = (1, -1) + (1,) * (values.ndim - 2)
        return values[:, edges[:, 0]] * blend[:, 0].reshape(shape) + values[:, edges[:, 1]] * blend[:, 1].reshape(shape)

    pole_direction, pole_magnitude, pole_itd = [], [], []
    azimuth, _ = cartesian_to_interaural(measured.direction)
    for side in (-80.0, 80.0):
        ring = usable & (np.abs(azimuth - side) < 0.5)
        pole_direction.append([0.0, -np.sign(side), 0.0])
        pole_magnitude.append(magnitude_db[:, ring].mean(axis=1, keepdims=True))
        pole_itd.append(itd_seconds[:, ring].mean(axis=1, keepdims=True))
    anchors = len(direction) + 2
    return Targets(
        np.concatenate([measured.direction[usable], direction, pole_direction]).astype(np.float32),
        np.concatenate([magnitude_db[:, usable], bridge(magnitude_db)] + pole_magnitude, axis=1).astype(np.float32),
        np.concatenate([itd_seconds[:, usable], bridge(itd_seconds)] + pole_itd, axis=1).astype(np.float32),
        np.concatenate([np.ones(usable.sum()), np.full(anchors, ANCHOR_WEIGHT)]).astype(np.float32),
    )
