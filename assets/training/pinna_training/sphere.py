"""Real spherical harmonics and their regularised fit."""

import numpy as np
from scipy.special import lpmv, gammaln


def real_spherical_harmonics(direction, order):
    """Orthonormal real spherical harmonics of directions [M, 3] up to `order`: [M, (order + 1)^2], index l^2 + l + m."""
    d = np.asarray(direction, dtype=np.float64)
    azimuth = np.arctan2(d[:, 1], d[:, 0])
    z = np.clip(d[:, 2], -1.0, 1.0)
    basis = np.empty((len(d), (order + 1) ** 2))
    for l in range(order + 1):
        for m in range(l + 1):
            norm = np.sqrt((2 * l + 1) / (4 * np.pi) * np.exp(gammaln(l - m + 1) - gammaln(l + m + 1)))
            legendre = norm * lpmv(m, l, z)
            if m == 0:
                basis[:, l * l + l] = legendre
            else:
                basis[:, l * l + l + m] = np.sqrt(2.0) * legendre * np.cos(m * azimuth)
                basis[:, l * l + l - m] = np.sqrt(2.0) * legendre * np.sin(m * azimuth)
    return basis


def degrees(order):
    """The degree l [(order + 1)^2] of each harmonic."""
    return np.concatenate([np.full(2 * l + 1, l) for l in range(order + 1)])


def fit_spherical_harmonics(basis, values, order, regularisation):
    """Coefficients [(order + 1)^2, K] of `values` [M, K] with the penalty regularisation * (1 + l (l + 1))^2 on degree l.

    The penalty is that on the curvature over the sphere (the squared Laplacian), which keeps the high degrees quiet where
    CIPIC has no directions (Zotkin, Duraiswami & Gumerov 2009).
    """
    degree = degrees(order)
    gram = basis.T @ basis / len(basis)
    penalty = regularisation * (1.0 + degree * (degree + 1.0)) ** 2
    return np.linalg.solve(gram + np.diag(penalty), basis.T @ values / len(basis))
