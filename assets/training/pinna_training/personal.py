"""The personal model: what people's HRTFs have in common, continuous over the sphere, and how a few measurements of one person narrow it.

completion.py learns the prior on CIPIC's grid. Here it becomes a small file that needs no grid: the mean, the shared basis and the local amplitudes as
coefficients of real spherical harmonics (sphere.py), the shared basis for the leading spectral components only and in 8 bits. The harmonics also smooth: on
people left out, the compressed prior completes better than the one it was made from (RESULTS.md). `PersonalModel.posterior` is the reference for the engine's own
implementation, which reads the same file.

Directions are unit vectors, x front, y left, z up; levels are those of the ears of a head as they are: a right ear is turned into a left one by
mirroring its directions.
"""

import io
import json
import zipfile
from dataclasses import asdict, dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular

from . import body, completion
from .coordinates import cartesian_to_interaural, mirror
from .sphere import degrees, real_spherical_harmonics
from .targets import gap_anchors

FORMAT = 1


@dataclass(frozen=True)
class PersonalSettings:
    """Sizes of the compressed prior, and what of CompletionSettings the compression changes."""

    mean_order: int = 20  # of the harmonics of the mean level
    basis_order: int = 16  # ... of the shared basis
    amplitude_order: int = 8  # ... of the local amplitude
    itd_order: int = 28  # delays have finer structure than levels: at 14, 100 directions give 9.4 us instead of 7.4
    rank: int = 150  # basis functions
    components: int = 48  # spectral components that the shared basis has; the others are local only
    itd_rank: int = 50
    body_order: int = 12  # of the harmonics of the fields of body measurements
    body_components: int = 32  # spectral components that they have
    itd_penalty: float = 1e-9
    penalty: float = 1e-8  # on the squared Laplacian of what is turned into harmonics


class SphereFit:
    """Turns values on CIPIC's grid into coefficients of harmonics: weighted least squares with anchors in the gap below, where nothing was measured."""

    def __init__(self, direction):
        direction = np.asarray(direction, dtype=np.float64)
        azimuth, _ = cartesian_to_interaural(direction)
        anchors, self.edges, self.blend = gap_anchors(direction, np.ones(len(direction), dtype=bool))
        self.rings = [np.abs(azimuth - side) < 0.5 for side in (-80.0, 80.0)]
        self.direction = np.concatenate([direction, anchors, [[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]])
        # Solid angle of every point, by the points of a fine spiral that are nearest to it
        i = np.arange(20000) + 0.5
        polar, turn = np.arccos(1.0 - i / 10000.0), np.pi * (1.0 + np.sqrt(5.0)) * i
        fine = np.stack([np.cos(turn) * np.sin(polar), np.sin(turn) * np.sin(polar), np.cos(polar)], axis=1)
        self.weight = np.bincount((fine @ self.direction.T).argmax(axis=1), minlength=len(self.direction)) / len(fine)

    def __call__(self, values, order, penalty):
        """Coefficients [(order + 1)^2, K] of `values` [M, K] on the grid."""
        v = np.concatenate([values, values[self.edges[:, 0]] * self.blend[:, :1] + values[self.edges[:, 1]] * self.blend[:, 1:],
                            [values[ring].mean(axis=0) for ring in self.rings]])
        basis = real_spherical_harmonics(self.direction, order)
        weighted = basis.T * self.weight
        return np.linalg.solve(weighted @ basis + np.diag(penalty * laplacian(order) ** 2), weighted @ v)


def laplacian(order):
    """1 + l (l + 1) for each harmonic up to `order`."""
    degree = degrees(order)
    return 1.0 + degree * (degree + 1.0)


def quantised(values, axis):
    """`values` as 8-bit integers and their scales, one for each slice along `axis`."""
    scale = np.maximum(np.abs(values).max(axis=axis), 1e-12) / 127.0
    return np.round(values / np.expand_dims(scale, axis)).astype(np.int8), scale


def build(prior, itd_prior, body_fit=None, settings=PersonalSettings()):
    """The arrays of a model from a CompletionPrior and an ItdPrior on CIPIC's grid, and from what body.fit returns."""
    s = settings
    fit = SphereFit(prior.direction)
    rank = min(s.rank, len(prior.basis))
    c = s.components
    basis = np.moveaxis(prior.basis[:rank, :, :c], 1, 0)  # [M, K, C]
    basis = fit(basis.reshape(len(basis), -1), s.basis_order, s.penalty).reshape(-1, rank, c)
    basis, basis_scale = quantised(np.moveaxis(basis, 1, 0), 1)  # [K, H, C], [K, C]
    value, vector = np.linalg.eigh(itd_prior.covariance - itd_prior.local)
    keep = np.argsort(value)[::-1][: s.itd_rank]
    factors = vector[:, keep] * np.sqrt(np.maximum(value[keep], 0.0))  # [M, R], their products are the covariance
    arrays = {
        "mean_db": fit(prior.mean, s.mean_order, s.penalty),
        "forward": prior.components, "back": prior.back,
        "basis": basis, "basis_scale": basis_scale,
        "amplitude": fit(prior.amplitude, s.amplitude_order, s.penalty), "length": prior.length, "noise": prior.noise,
        "itd_mean_us": fit(itd_prior.mean[:, None], s.itd_order, s.itd_penalty)[:, 0],
        "itd_factors_us": fit(factors, s.itd_order, s.itd_penalty).T,
    }
    if body_fit is not None:
        scores = np.moveaxis(body_fit["body_fields"] @ prior.components[:, : s.body_components], 1, 0)  # [M, J, C]
        fields = fit(scores.reshape(len(scores), -1), s.body_order, s.penalty).reshape(-1, *scores.shape[1:])
        arrays.update({k: v for k, v in body_fit.items() if k != "body_fields"})
        arrays["body_fields"], arrays["body_fields_scale"] = quantised(np.moveaxis(fields, 1, 0), 1)  # [J, H, C], [J, C]
    return arrays


class PersonalModel:
    """The arrays of a model and the settings that they are used with."""

    def __init__(self, arrays, settings, itd_settings, meta=None):
        self.arrays = {k: np.asarray(v, dtype=np.int8 if k in ("basis", "body_fields") else np.float32) for k, v in arrays.items()}
        self.settings, self.itd_settings, self.meta = settings, itd_settings, meta or {}
        a = {k: v.astype(np.float64) for k, v in self.arrays.items()}
        self.__dict__.update({k: a[k] for k in ("mean_db", "forward", "back", "amplitude", "length", "noise", "itd_mean_us", "itd_factors_us")})
        self.basis = a["basis"] * a["basis_scale"][:, None]  # [K, H, C]
        if "body_fields" in a:
            self.__dict__.update({k: a[k] for k in ("body_centre", "body_spread", "body_warp", "body_delay")})
            self.body_fields = a["body_fields"] * a["body_fields_scale"][:, None]  # [J, H, C]

    def save(self, path):
        told = {"bodyMeasurements": list(body.NAMES), "warpShare": body.WARP_SHARE} if "body_fields" in self.arrays else {}
        meta = {"format": FORMAT, **told, "settings": asdict(self.settings), "itdSettings": asdict(self.itd_settings), **self.meta}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
            def put(name, data):
                z.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)
            put("model.json", json.dumps(meta, indent=1))
            for name, value in self.arrays.items():
                data = io.BytesIO()
                np.save(data, np.ascontiguousarray(value))
                put(name + ".npy", data.getvalue())

    @staticmethod
    def load(path):
        with zipfile.ZipFile(path) as z:
            meta = json.loads(z.read("model.json"))
            arrays = {n[:-4]: np.load(io.BytesIO(z.read(n))) for n in z.namelist() if n.endswith(".npy")}
        settings = completion.CompletionSettings(**{k: tuple(v) if isinstance(v, list) else v for k, v in meta.pop("settings").items()})
        return PersonalModel(arrays, settings, completion.ItdSettings(**meta.pop("itdSettings")), meta)

    def mean_levels(self, direction):
        """Mean level [N, 129] of a left ear."""
        order = int(np.sqrt(len(self.mean_db))) - 1
        return real_spherical_harmonics(direction, order) @ self.mean_db

    def mean_itd_us(self, direction):
        return real_spherical_harmonics(direction, int(np.sqrt(len(self.itd_mean_us))) - 1) @ self.itd_mean_us

    def _standardised(self, measurements):
        """Linear models do not extrapolate beyond what the people they were made from spread over."""
        return np.clip((body.predictors(measurements) - self.body_centre) / self.body_spread, -3.0, 3.0)

    def body_mean(self, measurements):
        """The mean level of a left ear, as a function of directions, for one ear's complete measurements [12]."""
        a = self._standardised(measurements)
        warp = completion.frequency_warp(len(self.back), np.exp(self.body_warp[0] + a @ self.body_warp[1:]))
        field = np.tensordot(a, self.body_fields, 1)  # [H, C]
        order = int(np.sqrt(len(field))) - 1

        def mean(direction):
            level = self.mean_levels(direction)
            added = real_spherical_harmonics(direction, order) @ field @ self.back[: field.shape[1]]
            return level + body.WARP_SHARE * (level @ warp.T - level) + added
        return mean

    def body_delay_factor(self, measurements):
        """The factor on the mean delay for a head of `measurements` [12]."""
        a = self._standardised(measurements)
        return float(self.body_delay[0] + a[[0, 2]] @ self.body_delay[1:])

    def _basis_at(self, direction):
        order = int(np.sqrt(self.basis.shape[1])) - 1
        y = real_spherical_harmonics(direction, order)
        return np.einsum("nh,khc->knc", y, self.basis, optimize=True)  # [K, N, C]

    def _amplitude_at(self, direction):
        order = int(np.sqrt(len(self.amplitude))) - 1
        return np.maximum(real_spherical_harmonics(direction, order) @ self.amplitude, 0.05)

    def complete(self, measured, levels_db, wanted, mean=None):
        """Levels [P, N, 2, F] of P people in `wanted` [N, 3] from those `levels_db` [P, q, 2, F] in `measured` [q, 3].

        `mean` is the mean level of a left ear as a function of directions, PersonalModel.mean_levels if left out."""
        s = self.settings
        mean = mean or self.mean_levels
        measured, wanted = np.asarray(measured, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
        at = np.concatenate([measured, mirror(measured)])  # left-ear directions of the left, then of the right ear
        ear = np.repeat([0, 1], len(measured))
        scores = np.concatenate([levels_db[:, :, 0], levels_db[:, :, 1]], axis=1) - mean(at)
        scores = np.moveaxis(scores @ self.forward, 0, 2)  # [2q, B, P]
        people, bins, shared, k = scores.shape[2], scores.shape[1], self.basis.shape[2], len(self.basis)
        both = np.concatenate([wanted, mirror(wanted)])
        phi, phi_out = self._basis_at(at), self._basis_at(both)  # [K, 2q, C], [K, 2N, C]
        amplitude, amplitude_out = self._amplitude_at(at), self._amplitude_at(both)
        among, across = completion.chord(at, at), completion.chord(both, at)
        taper_among, taper_across = completion.matern32(among, s.taper_length), completion.matern32(across, s.taper_length)
        same = np.where(ear[:, None] == ear[None], 1.0, s.local_ear_correlation)
        ear_out = np.repeat([0, 1], len(wanted))
        same_out = np.where(ear_out[:, None] == ear[None], 1.0, s.local_ear_correlation)
        tie = np.array([[1.0, s.shared_ear_correlation], [s.shared_ear_correlation, 1.0]])
        precision = np.kron(np.linalg.inv(tie), np.eye(k)) / s.shared_scale
        right = np.zeros((2 * k, people))
        factors, design = [], []
        for b in range(bins):
            a = amplitude[:, b]
            ratio = s.local_shared if b < shared else 0.0  # beyond the shared components the local process is on its own
            local = (1.0 - ratio) * a[:, None] * a * completion.matern32(among, self.length[b] * s.length_scale)
            if b < shared:
                local = local + ratio * (phi[:, :, b].T @ phi[:, :, b]) * taper_among
            local = s.local_scale * same * local
            local[np.diag_indices_from(local)] += s.noise_scale * self.noise[b] + 1e-9
            lower = cholesky(local, lower=True, check_finite=False)
            factors.append(lower)
            if b < shared:
                here = phi[:, :, b].T
                design.append(np.concatenate([here * (ear == 0)[:, None], here * (ear == 1)[:, None]], axis=1))
                white = solve_triangular(lower, np.concatenate([design[b], scores[:, b]], axis=1), lower=True, check_finite=False)
                precision += white[:, :2 * k].T @ white[:, :2 * k]
                right += white[:, :2 * k].T @ white[:, 2 * k:]
        w = cho_solve(cho_factor(precision, lower=True, check_finite=False), right)  # [2K, P]
        out = np.zeros((len(both), bins, people))
        for b in range(bins):
            rest = scores[:, b] - design[b] @ w if b < shared else scores[:, b]
            pull = cho_solve((factors[b], True), rest, check_finite=False)
            ratio = s.local_shared if b < shared else 0.0
            g = (1.0 - ratio) * amplitude_out[:, b, None] * amplitude[:, b] * completion.matern32(across, self.length[b] * s.length_scale)
            if b < shared:
                g += ratio * (phi_out[:, :, b].T @ phi[:, :, b]) * taper_across
                weights = np.where((ear_out == 0)[:, None, None], w[None, :k], w[None, k:])
                out[:, b] = np.einsum("kn,nkp->np", phi_out[:, :, b], weights)
            out[:, b] += (s.local_scale * same_out * g) @ pull
        levels = np.moveaxis(out, 2, 0) @ self.back + mean(both)
        return np.stack([levels[:, : len(wanted)], levels[:, len(wanted):]], axis=2)

    def complete_itd(self, measured, itd_seconds, wanted, scale=1.0):
        """Delays [P, N] in `wanted` from those [P, q] in `measured`; `scale` is a factor on the mean delay."""
        s = self.itd_settings
        order = int(np.sqrt(self.itd_factors_us.shape[1])) - 1
        f = self.itd_factors_us @ real_spherical_harmonics(measured, order).T
        f_out = self.itd_factors_us @ real_spherical_harmonics(wanted, order).T
        cov = f.T @ f + s.local_us ** 2 * completion.matern32(completion.chord(measured, measured), s.local_length) + s.noise_us ** 2 * np.eye(len(measured))
        cross = f_out.T @ f + s.local_us ** 2 * completion.matern32(completion.chord(wanted, measured), s.local_length)
        rest = 1e6 * np.asarray(itd_seconds, dtype=np.float64) - scale * self.mean_itd_us(measured)
        return 1e-6 * (scale * self.mean_itd_us(wanted) + (cross @ cho_solve(cho_factor(cov, lower=True), rest.T)).T)
