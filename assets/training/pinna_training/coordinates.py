"""Head axes and the two coordinate systems that the recipe meets.

Head axes are SOFA's: x to the front, y to the left, z up. Every function takes and returns degrees in arrays of any shape.
"""

import numpy as np


def interaural_to_cartesian(azimuth_deg, elevation_deg):
    """CIPIC's interaural-polar angles to unit vectors [..., 3].

    CIPIC's azimuth is the lateral angle from the median plane, in [-90, 90], *negative on the left*; its elevation turns
    around the interaural axis in [-90, 270): 0 front, 90 above, 180 behind (Algazi et al. 2001, section 2). The axis
    points to the right there and to the left here, hence the minus sign in y.
    """
    lateral = np.radians(np.asarray(azimuth_deg, dtype=np.float64))
    turn = np.radians(np.asarray(elevation_deg, dtype=np.float64))
    lateral, turn = np.broadcast_arrays(lateral, turn)
    return np.stack([np.cos(lateral) * np.cos(turn), -np.sin(lateral), np.cos(lateral) * np.sin(turn)], axis=-1)


def cartesian_to_interaural(direction):
    """Unit vectors [..., 3] to CIPIC's (azimuth, elevation): the inverse of interaural_to_cartesian."""
    d = np.asarray(direction, dtype=np.float64)
    azimuth = -np.degrees(np.arcsin(np.clip(d[..., 1], -1.0, 1.0)))
    elevation = np.degrees(np.arctan2(d[..., 2], d[..., 0]))
    # CIPIC counts from -90 (below) over 0, 90, 180 to 270, so that its own grid, -45 to 230.625, has no jump.
    return azimuth, np.where(elevation < -90.0, elevation + 360.0, elevation)


def spherical_to_cartesian(azimuth_deg, elevation_deg):
    """SOFA's spherical angles (azimuth counter-clockwise from the front, elevation up) to unit vectors [..., 3]."""
    az = np.radians(np.asarray(azimuth_deg, dtype=np.float64))
    el = np.radians(np.asarray(elevation_deg, dtype=np.float64))
    az, el = np.broadcast_arrays(az, el)
    return np.stack([np.cos(el) * np.cos(az), np.cos(el) * np.sin(az), np.sin(el)], axis=-1)


def mirror(direction):
    """The direction's image in the median plane: what the left ear hears there, the right ear of a symmetric head hears here."""
    return np.asarray(direction) * np.array([1.0, -1.0, 1.0], dtype=np.asarray(direction).dtype)


def mirror_index(direction):
    """For a grid [M, 3] symmetric in the median plane: the index [M] of each direction's mirror image."""
    d = np.asarray(direction, dtype=np.float64)
    cosine = mirror(d) @ d.T  # [M, M]
    index = cosine.argmax(axis=1)
    if cosine[np.arange(len(d)), index].min() < np.cos(np.radians(0.5)):
        raise ValueError("the grid is not symmetric in the median plane: a mirrored direction is more than 0.5 degrees off the grid")
    return index
