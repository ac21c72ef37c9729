"""Anchors where nothing was measured."""

import numpy as np

from .coordinates import cartesian_to_interaural, interaural_to_cartesian
from .data import GRID_AZIMUTHS_DEG

# Elevations inside CIPIC's gap, between 230.625 (= -129.375) behind and -45 in front, on the grid's own step.
GAP_ELEVATIONS_DEG = -129.375 + 5.625 * np.arange(1, 15)

# An anchor is a guess: it should decide where nothing else does, and yield to measurements at the gap's edge.
ANCHOR_WEIGHT = 0.3


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
