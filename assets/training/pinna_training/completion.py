"""Completing a listener's sphere from a few measured directions: a Gaussian process on the residual from the mean HRTF.

The level of one ear is y(x, f) = mean(x, f) + r(x, f), x a direction and f a bin. A right ear is a left ear in the mirror, so that both
ears of a person are two draws of one process over left-ear directions (section 2.2 of Rasmussen & Williams 2006, "Gaussian Processes for
Machine Learning"; section 2.7 for the explicit basis). With U the orthonormal spectral components (eigenvectors of the residuals'
covariance over frequency) the score of component b is

    z_b(e, x) = sum_k phi_kb(x) w_ke  +  g_b(e, x)  +  noise,      r(x, .) = sum_b U_b z_b(x)

* phi: the leading eigenvectors over direction and component together of the covariance of the training ears and their pseudo-ears, and
  w ~ N(0, ears (x) diag(lambda)): what ears have in common. `ears` = [[1, c], [c, 1]] ties the two ears of a person.
* g: a local process, what one person alone has; the ears share it with a correlation of their own. Its covariance is a mixture of
  s_b(x) s_b(x') matern(|x - x'| / l_b), with amplitude s, length l and noise from the training ears' own correlation over angle,
  and of the shared covariance of component b alone, tapered with angle (the Schur product of two covariances is one; Houtekamer & Mitchell 2001).

The posterior mean is closed form. With D_b = local + noise among the measurements, Phi_b the basis and z_b the scores there,

    w = (Lambda^-1 + sum_b Phi_b' D_b^-1 Phi_b)^-1  sum_b Phi_b' D_b^-1 z_b
    z_b(x) = Phi_b(x) w + G_b(x) D_b^-1 (z_b - Phi_b w)

(Rasmussen & Williams 2006, equations 2.11 and 2.42), never larger than twice the number of directions or of basis functions.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular

from .coordinates import cartesian_to_interaural, mirror_index, spherical_to_cartesian
from .sphere import fit_spherical_harmonics, real_spherical_harmonics


@dataclass(frozen=True)
class CompletionSettings:
    """Hyperparameters: found on the first of the five folds of evaluate_completion.py, one at a time (RESULTS.md)."""

    warps: tuple = (0.9, 0.95, 1.0, 1.05, 1.1)  # factors on frequency of the pseudo-ears
    elevation_steps: tuple = (-1, 0, 1)  # shifts around the interaural axis in steps of CIPIC's grid, 5.625 degrees
    pseudo_weight: float = 1.0  # of one pseudo-ear in the covariance; an ear has 1
    rank: int = 250  # of the shared prior
    shared_scale: float = 0.28  # on the eigenvalues of the shared prior
    shared_ear_correlation: float = 0.8  # of the weights of the two ears
    local_scale: float = 0.7  # on the variance of the residual, as the local process's variance
    local_ear_correlation: float = 0.5
    length_scale: float = 1.5  # on the local lengths
    local_shared: float = 0.6  # share of the local process that follows the pseudo-ears' own covariance, tapered
    taper_length: float = 2.0  # chord of that taper
    noise_scale: float = 1.5  # on the noise variances


@dataclass(frozen=True)
class ItdSettings:
    """Hyperparameters of the completion of the interaural delay; times in microseconds."""

    scale_deviation: float = 0.05  # standard deviation of the factor on the mean delay
    shared_scale: float = 0.7  # on the covariance of the training heads
    rotation_deviation_deg: float = 2.0  # of the head against the rig, about each axis
    offset_us: float = 5.0  # constant in direction
    local_us: float = 12.0
    local_length: float = 1.0  # chord on the unit sphere
    noise_us: float = 6.0


def matern32(distance, length):
    """Matern covariance of smoothness 3/2 (Rasmussen & Williams 2006, equation 4.17). The chord of two directions is a distance of
    space, so that the function is positive definite on the sphere too."""
    s = np.sqrt(3.0) * distance / length
    return (1.0 + s) * np.exp(-s)


def chord(a, b):
    """Distances [A, B] in space between unit vectors [A, 3] and [B, 3]."""
    return np.sqrt(np.maximum(2.0 - 2.0 * np.asarray(a) @ np.asarray(b).T, 0.0))


def frequency_warp(bins, factor):
    """Matrix [bins, bins]: level at f becomes the level at f * factor, linear between bins, the last one beyond the end. A smaller ear
    has the same features higher (Middlebrooks 1999), factor < 1."""
    position = np.minimum(np.arange(bins) * factor, bins - 1.0)
    low = np.minimum(position.astype(int), bins - 2)
    out = np.zeros((bins, bins))
    out[np.arange(bins), low] = 1.0 - (position - low)
    out[np.arange(bins), low + 1] = position - low
    return out


def elevation_shift(direction, steps):
    """Index [M]: the direction `steps` grid steps further around the interaural axis, on the same circle; the ends of the arc repeat."""
    azimuth, elevation = cartesian_to_interaural(direction)
    out = np.empty(len(direction), dtype=int)
    for circle in np.unique(np.round(azimuth, 1)):
        on = np.flatnonzero(np.abs(azimuth - circle) < 0.2)
        on = on[np.argsort(elevation[on])]
        out[on] = on[np.clip(np.arange(len(on)) + steps, 0, len(on) - 1)]
    return out


def left_ears(magnitude_db, mirror_of):
    """Both ears of S people [S, M, 2, F] as left ears [S, 2, M, F]: the right ear in the mirror."""
    return np.stack([magnitude_db[:, :, 0], magnitude_db[:, mirror_of, 1]], axis=1)


# Where to measure with few loudspeaker positions (azimuth, elevation in degrees): better by 0.1 dB and 2 us than the front and the sides, since no two of them lie on
# one cone of confusion, each ear is seen from its own side, and heights differ. Found by trying some forty sets of each size on all folds (RESULTS.md).
FEW_DIRECTIONS = {3: [(30, 30), (-75, 60), (160, 0)], 5: [(40, -15), (-40, 10), (140, 10), (-140, -10), (-90, 60)]}


def spread_directions(direction, count):
    """Indices [count] of measured directions: FEW_DIRECTIONS for 3 and 5; else the front, and then each time the one that is farthest from all chosen
    ones (Gonzalez 1985)."""
    d = np.asarray(direction)
    start = FEW_DIRECTIONS.get(count, [(0, 0)])
    chosen = [int(np.argmax(d @ spherical_to_cartesian(*v))) for v in start[:count]]
    nearest = (d @ d[chosen].T).max(axis=1)
    while len(chosen) < count:
        chosen.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, d @ d[chosen[-1]])
    return np.array(chosen)


class CompletionPrior:
    """The prior of one set of training ears on a grid of M directions, F bins."""

    def __init__(self, direction, magnitude_db, settings=CompletionSettings(), bin_weight=None):
        """`magnitude_db` [S, M, 2, F]: levels of the training people. `bin_weight` [F] > 0 is what a decibel of each bin counts."""
        self.direction = np.asarray(direction, dtype=np.float64)
        self.mirror_of = mirror_index(direction)
        self.settings = settings
        ears = left_ears(np.asarray(magnitude_db, dtype=np.float32), self.mirror_of)
        ears = ears.reshape(-1, *ears.shape[2:])  # [E, M, F]
        self.mean = ears.mean(axis=0, dtype=np.float64)  # [M, F]
        residual = ears - self.mean.astype(np.float32)
        bins = ears.shape[-1]
        covariance = np.einsum("emf,emg->fg", residual, residual, optimize=True).astype(np.float64) / (len(ears) * len(direction))
        weight = np.ones(bins) if bin_weight is None else np.asarray(bin_weight, dtype=np.float64)
        variance, u = np.linalg.eigh(covariance * weight[:, None] * weight)
        self.components = weight[:, None] * u[:, ::-1]  # [F, B], levels to scores
        self.back = u[:, ::-1].T / weight  # [B, F], scores to levels
        self.component_variance = np.maximum(variance[::-1], 1e-6)
        self._local(residual @ self.components.astype(np.float32))
        self._shared(ears, bins)

    def _local(self, scores):
        """Amplitude [M, B], length [B] and noise variance [B] of the training ears' scores [E, M, B], from their correlation over angle."""
        amplitude = scores.std(axis=0, dtype=np.float64)
        normal = scores / np.maximum(amplitude, 1e-6).astype(np.float32)
        rng = np.random.default_rng(5)
        distance = chord(self.direction, self.direction)
        i, j = rng.integers(0, len(distance), (2, 20000))
        i2 = np.repeat(np.arange(len(distance)), 8)  # the closest pairs, which tell noise from structure
        j2 = np.argsort(distance, axis=1)[:, 1:9].ravel()
        i, j = np.concatenate([i, i2]), np.concatenate([j, j2])
        edges = np.array([0.0, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8])
        bin_of = np.digitize(distance[i, j], edges) - 1
        correlation, centre = [], []
        for b in range(len(edges) - 1):
            pick = (bin_of == b) & (distance[i, j] > 1e-6)
            if pick.sum() >= 20:
                pick = np.flatnonzero(pick)[:1500]
                correlation.append((normal[:, i[pick]] * normal[:, j[pick]]).mean(axis=(0, 1)))
                centre.append(distance[i[pick], j[pick]].mean())
        correlation, centre = np.array(correlation), np.array(centre)
        lengths = np.geomspace(0.05, 2.0, 30)
        models = np.array([matern32(centre, l) for l in lengths])  # [L, C]
        gain = np.clip((models @ correlation) / (models ** 2).sum(axis=1)[:, None], 0.05, 0.98)  # [L, B] share that is structure
        misfit = ((correlation[None] - gain[:, None] * models[:, :, None]) ** 2).sum(axis=1)
        best = misfit.argmin(axis=0)
        share = gain[best, np.arange(gain.shape[1])]
        self.length = lengths[best]
        self.amplitude = np.maximum(amplitude, 0.1 * np.sqrt(self.component_variance)) * np.sqrt(share)
        self.noise = self.component_variance * (1.0 - share)

    def _shared(self, ears, bins):
        s = self.settings
        rows, weights = [], []
        for warp in s.warps:
            warped = ears if warp == 1.0 else ears @ frequency_warp(bins, warp).T.astype(np.float32)
            for step in s.elevation_steps:
                pseudo = warped if step == 0 else warped[:, elevation_shift(self.direction, step)]
                weight = 1.0 if warp == 1.0 and step == 0 else s.pseudo_weight
                if weight > 0.0:
                    rows.append((pseudo - self.mean.astype(np.float32)) @ self.components.astype(np.float32))
                    weights.append(np.full(len(ears), weight))
        weight = np.concatenate(weights)
        weight /= weight.sum()
        x = np.concatenate(rows).reshape(len(weight), -1)
        del rows
        x *= np.sqrt(weight)[:, None].astype(np.float32)
        value, vector = np.linalg.eigh((x @ x.T).astype(np.float64))
        keep = np.argsort(value)[::-1][: min(s.rank, len(value))]
        keep = keep[value[keep] > 1e-6 * value.max()]
        # phi scaled so that its weights have variance one
        self.basis = (vector[:, keep].T.astype(np.float32) @ x).reshape(len(keep), *self.amplitude.shape)  # [K, M, B]

    def complete(self, index, measured_db):
        """Levels [N, M, 2, F] on the whole grid from those measured [N, q, 2, F] at the grid directions `index` [q], for N people
        at once, since nothing that costs time depends on the levels."""
        s = self.settings
        m, k = len(self.direction), len(self.basis)
        index = np.asarray(index)
        at = np.concatenate([index, self.mirror_of[index]])  # left-ear directions of the left, then of the right ear
        ear = np.repeat([0, 1], len(index))
        scores = np.concatenate([measured_db[:, :, 0] - self.mean[index], measured_db[:, :, 1] - self.mean[self.mirror_of[index]]], axis=1)
        scores = np.moveaxis(scores @ self.components, 0, 2)  # [2q, B, N]
        people = scores.shape[2]
        among = chord(self.direction[at], self.direction[at])
        across = chord(self.direction, self.direction[at])  # [M, 2q]
        taper_among, taper_across = matern32(among, s.taper_length), matern32(across, s.taper_length)
        same = np.where(ear[:, None] == ear[None], 1.0, s.local_ear_correlation)
        tie = np.array([[1.0, s.shared_ear_correlation], [s.shared_ear_correlation, 1.0]])
        precision = np.kron(np.linalg.inv(tie), np.eye(k)) / s.shared_scale  # [2K, 2K]
        right = np.zeros((2 * k, people))
        factors, phis = [], []
        for b in range(scores.shape[1]):
            here = self.basis[:, at, b].T.astype(np.float64)  # [2q, K]
            a = self.amplitude[at, b]
            local = s.local_scale * same * ((1.0 - s.local_shared) * a[:, None] * a * matern32(among, self.length[b] * s.length_scale)
                                            + s.local_shared * (here @ here.T) * taper_among)
            local[np.diag_indices_from(local)] += s.noise_scale * self.noise[b] + 1e-9
            lower = cholesky(local, lower=True, check_finite=False)
            phi = np.concatenate([here * (ear == 0)[:, None], here * (ear == 1)[:, None]], axis=1)
            white = solve_triangular(lower, np.concatenate([phi, scores[:, b]], axis=1), lower=True, check_finite=False)
            precision += white[:, :2 * k].T @ white[:, :2 * k]
            right += white[:, :2 * k].T @ white[:, 2 * k:]
            factors.append(lower)
            phis.append(phi)
        w = cho_solve(cho_factor(precision, lower=True, check_finite=False), right)  # [2K, N]
        out = (w.T.reshape(2 * people, k).astype(np.float32) @ self.basis.reshape(k, -1)).astype(np.float64)
        out = out.reshape(people, 2, m, -1)
        for b in range(scores.shape[1]):
            pull = cho_solve((factors[b], True), scores[:, b] - phis[b] @ w, check_finite=False)  # [2q, N]
            g = (1.0 - s.local_shared) * self.amplitude[:, b, None] * self.amplitude[at, b] * matern32(across, self.length[b] * s.length_scale)
            if s.local_shared > 0.0:
                g += s.local_shared * (self.basis[:, :, b].T @ self.basis[:, at, b]) * taper_across
            for e in (0, 1):
                weight = s.local_scale * np.where(ear == e, 1.0, s.local_ear_correlation)
                out[:, e, :, b] += (g @ (weight[:, None] * pull)).T
        levels = out @ self.back + self.mean
        return np.stack([levels[:, 0], levels[:, 1][:, self.mirror_of]], axis=2)


class ItdPrior:
    """The prior of the interaural delay: a factor on the mean, the deviations of the training heads, and a local process."""

    def __init__(self, direction, itd_seconds, settings=ItdSettings()):
        """`itd_seconds` [S, M], right minus left. A head in the mirror is a head too."""
        self.direction = np.asarray(direction, dtype=np.float64)
        mirror_of = mirror_index(direction)
        us = 1e6 * np.concatenate([itd_seconds, -itd_seconds[:, mirror_of]]).astype(np.float64)
        self.mean = us.mean(axis=0)
        residual = us - self.mean
        # What is left of a head once its own factor is taken out
        factor = residual @ self.mean / (self.mean @ self.mean)
        rest = residual - factor[:, None] * self.mean
        s = settings
        turned = self._per_degree_of_rotation()
        self.noise = s.noise_us ** 2
        self.local = s.local_us ** 2 * matern32(chord(self.direction, self.direction), s.local_length)
        self.covariance = s.scale_deviation ** 2 * np.outer(self.mean, self.mean) + s.shared_scale * rest.T @ rest / len(us) \
            + s.rotation_deviation_deg ** 2 * (turned.T @ turned) + s.offset_us ** 2 \
            + self.local

    def _per_degree_of_rotation(self):
        """Change [3, M] of the mean delay in microseconds as the head turns by a degree about x, y, z: a smooth fit, evaluated in directions turned by
        plus and minus two degrees."""
        order = 8
        coefficients = fit_spherical_harmonics(real_spherical_harmonics(self.direction, order), self.mean[:, None], order, 1e-7)
        out = []
        for axis in np.eye(3):
            ends = []
            for angle in np.radians([2.0, -2.0]):
                turned = self.direction * np.cos(angle) + np.cross(axis, self.direction) * np.sin(angle) \
                    + np.outer(self.direction @ axis, axis) * (1.0 - np.cos(angle))  # Rodrigues
                ends.append(real_spherical_harmonics(turned, order) @ coefficients[:, 0])
            out.append((ends[0] - ends[1]) / 4.0)
        return np.array(out)

    def complete(self, index, measured_seconds):
        """Delays [N, M] in seconds from those measured [N, q] at the grid directions `index` (Rasmussen & Williams 2006, equation 2.23)."""
        k = self.covariance[np.ix_(index, index)] + self.noise * np.eye(len(index))
        pull = cho_solve(cho_factor(k, lower=True), 1e6 * np.asarray(measured_seconds, dtype=np.float64).T - self.mean[index, None])
        return 1e-6 * (self.mean[:, None] + self.covariance[:, index] @ pull).T
