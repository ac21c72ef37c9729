"""The field: every measured ear as a sum of spherical harmonics, and a listener as a weighted sum of those ears.

A right ear is a left ear in the mirror, so all 2 S ears of S subjects are left ears here. The levels of an ear over frequency become scores of a few spectral
components; each score is a function over the sphere, and penalised least squares (sphere.py) finds its harmonics. How strongly a component is smoothed is decided by
leave-one-out cross-validation on the directions that the fit sees. What is kept is the mean over the human ears, and for each ear its difference from it in 8 bits.
A listener weighs these differences: no weight at all is the mean, the generic listener, who is symmetric by construction; a weight of one on a person's own
ears and delays is that person; anything between is a blend.
"""

from dataclasses import dataclass

import numpy as np

from .completion import left_ears
from .coordinates import cartesian_to_interaural, mirror_index
from .features import BINS, bin_weight
from .sphere import degrees, real_spherical_harmonics
from .targets import ANCHOR_WEIGHT, gap_anchors


@dataclass(frozen=True)
class FieldSettings:
    order: int = 32  # of the harmonics of levels and delays
    components: int = 54  # spectral components; with the order, what fits into 5 MB
    # The penalty on degree l is a number times (1 + l (l + 1))^roughness. 1.5 leaves out 0.02 dB less than the squared Laplacian's 2, and the field is as smooth.
    roughness: float = 1.5
    delay_roughness: float = 2.0
    # The numbers that cross-validation chooses from, ascending.
    penalties: tuple = tuple(10.0 ** np.arange(-9.0, -1.9, 0.2))
    # The largest penalty is taken whose squared error left out exceeds the least by no more than this share: the minimum is flat, and a smoother field has smaller
    # steps from one direction to the next.
    slack: float = 0.03


@dataclass(frozen=True)
class Field:
    """S subjects, E = 2 S ears (left and right of each subject in turn), H = (order + 1)^2 harmonics, B components."""

    order: int
    back: np.ndarray  # [B, BINS] float32, scores to dB
    mean: np.ndarray  # [H, B] float32
    ears: np.ndarray  # [E, H, B] int8, differences from the mean in units of `scale`
    scale: np.ndarray  # [order + 1, B] float32, one for each degree
    mean_delay_us: np.ndarray  # [H] float32
    delays_us: np.ndarray  # [S, H] float16, differences from the mean

    @property
    def subjects(self):
        return len(self.delays_us)

    @property
    def latent_size(self):
        """Weights of the ears for the left ear, for the right ear, and of the subjects for the delay."""
        return 5 * self.subjects

    def generic(self):
        return np.zeros(self.latent_size)

    def subject(self, index):
        latent, s = np.zeros(self.latent_size), self.subjects
        latent[[2 * index, 2 * s + 2 * index + 1, 4 * s + index]] = 1.0
        return latent

    def mirror_sign(self):
        """[H]: what a harmonic becomes in the median plane's mirror; its sine terms, m < 0, change their sign."""
        return np.concatenate([np.where(np.arange(-l, l + 1) < 0, -1.0, 1.0) for l in range(self.order + 1)])

    def coefficients(self, latent):
        """A listener's coefficients [H, 2 B + 1]: left ear's scores, right ear's, and the delay in microseconds; all in head axes."""
        latent, e = np.asarray(latent, dtype=np.float64), len(self.ears)
        scale = self.scale[degrees(self.order)].astype(np.float64)
        left, right = (self.mean + scale * np.tensordot(w, self.ears.astype(np.float64), 1) for w in (latent[:e], latent[e:2 * e]))
        delay = self.mean_delay_us + latent[2 * e:] @ self.delays_us.astype(np.float64)
        return np.concatenate([left, right * self.mirror_sign()[:, None], delay[:, None]], axis=1)

    def evaluate(self, basis, coefficients):
        """Magnitudes [N, 2, BINS] in dB and delays [N] in seconds from harmonics [N, H] and a listener's coefficients."""
        values = basis @ coefficients
        return values[:, :-1].reshape(len(basis), 2, -1) @ self.back.astype(np.float64), values[:, -1] * 1e-6

    def __call__(self, direction, latent):
        return self.evaluate(real_spherical_harmonics(direction, self.order), self.coefficients(latent))


class SphereRegression:
    """Penalised least squares of harmonics on the `usable` directions of CIPIC's grid, with anchors of low weight where nothing was measured."""

    def __init__(self, direction, usable, order, roughness):
        anchors, self.edges, self.blend = gap_anchors(direction, usable)
        azimuth, _ = cartesian_to_interaural(direction)
        self.rings = [usable & (np.abs(azimuth - side) < 0.5) for side in (-80.0, 80.0)]
        self.usable, self.measured = usable, int(usable.sum())
        at = np.concatenate([direction[usable], anchors, [[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]])
        self.root_weight = np.sqrt(np.concatenate([np.ones(self.measured), np.full(len(at) - self.measured, ANCHOR_WEIGHT)]))
        l = degrees(order)
        self.root_penalty = (1.0 + l * (l + 1.0)) ** (0.5 * roughness)
        basis = real_spherical_harmonics(at, order) * self.root_weight[:, None] / self.root_penalty
        self.u, self.s, self.vt = np.linalg.svd(basis, full_matrices=False)

    def samples(self, values):
        """Values [M, K] on the grid -> [measured and anchors, K], weighted."""
        v = np.concatenate([values[self.usable], values[self.edges[:, 0]] * self.blend[:, :1] + values[self.edges[:, 1]] * self.blend[:, 1:]]
                           + [values[ring].mean(axis=0, keepdims=True) for ring in self.rings])
        return v * self.root_weight[:, None]

    def leave_one_out(self, samples, penalty):
        """Mean square [K] of what the fit without a direction misses it by, over the measured directions: r / (1 - leverage) (Wahba 1990, Spline Models for Observational
        Data, section 4.2)."""
        gain = self.s ** 2 / (self.s ** 2 + self.measured * penalty)
        leverage = (self.u ** 2) @ gain
        rest = samples - self.u @ (gain[:, None] * (self.u.T @ samples))
        return ((rest / (1.0 - leverage)[:, None])[: self.measured] ** 2).mean(axis=0)

    def fit(self, samples, penalty):
        """Coefficients [H, K] for penalties [K]."""
        gain = self.s[:, None] / (self.s[:, None] ** 2 + self.measured * np.asarray(penalty))
        return (self.vt.T @ (gain * (self.u.T @ samples))) / self.root_penalty[:, None]


def smoothest(errors, penalties, slack):
    """The largest of P ascending `penalties` whose error [P, K] is within the share `slack` of the least: [K]."""
    within = errors <= (1.0 + slack) * errors.min(axis=0)
    return np.asarray(penalties)[len(penalties) - 1 - within[::-1].argmax(axis=0)]


def spectral_components(ears, sample_rate_hz):
    """Matrices (levels to scores [BINS, BINS], scores to levels [BINS, BINS]), largest component first: eigenvectors of the second moment over frequency of the spectra
    `ears` [..., BINS], in which a decibel counts as much as bin_weight says."""
    weight = bin_weight(sample_rate_hz)
    x = (ears.reshape(-1, BINS) * weight.astype(np.float32))
    _, u = np.linalg.eigh((x.T @ x).astype(np.float64) / len(x))
    u = u[:, ::-1]
    return weight[:, None] * u, u.T / weight


def build(measured, features, usable, settings=FieldSettings(), log=print):
    """The field of the `usable` directions ([M] bool). Nothing of the others is looked at."""
    s = settings
    direction, subjects = measured.direction, len(measured.subject_ids)
    members = measured.human if measured.human.any() else np.ones(subjects, dtype=bool)
    mirror_of = mirror_index(direction)
    ears = left_ears(features.magnitude_db, mirror_of)  # [S, 2, M, BINS]
    # In a left ear's axes a right ear was measured in the mirror images.
    sides = [usable, usable[mirror_of]]
    seen = np.concatenate([ears[members, e][:, side].reshape(-1, BINS) for e, side in enumerate(sides)])
    forward, back = spectral_components(seen, measured.sample_rate_hz)
    forward, back = forward[:, : s.components].astype(np.float32), back[: s.components]

    regressions, samples = [], []
    for e, side in enumerate(sides):
        same = regressions and np.array_equal(side, regressions[0].usable)
        regressions.append(regressions[0] if same else SphereRegression(direction, side, s.order, s.roughness))
        scores = np.moveaxis(ears[:, e] @ forward, 0, 1)  # [M, S, B]
        samples.append(regressions[e].samples(scores.reshape(len(direction), -1).astype(np.float64)))
    errors = [sum(r.leave_one_out(v, p).reshape(subjects, -1).mean(axis=0) for r, v in zip(regressions, samples)) for p in s.penalties]
    penalty = smoothest(np.array(errors), s.penalties, s.slack)
    log(f"penalties of the components by leave-one-out: {penalty.min():.1g} to {penalty.max():.1g}")
    fitted = np.stack([r.fit(v, np.tile(penalty, subjects)).reshape(-1, subjects, s.components) for r, v in zip(regressions, samples)], axis=2)  # [H, S, 2, B]
    mean = fitted[:, members].mean(axis=(1, 2)).astype(np.float32)
    difference = np.moveaxis(fitted.reshape(len(mean), 2 * subjects, -1), 1, 0) - mean  # [E, H, B]
    l = degrees(s.order)
    scale = np.array([np.abs(difference[:, l == n]).max(axis=(0, 1)) for n in range(s.order + 1)]) / 127.0
    scale = np.maximum(scale, 1e-9).astype(np.float32)

    delay = SphereRegression(direction, usable, s.order, s.delay_roughness)
    us = delay.samples(1e6 * features.itd_seconds.T.astype(np.float64))
    delay_penalty = smoothest(np.array([[delay.leave_one_out(us, p).mean()] for p in s.penalties]), s.penalties, s.slack)[0]
    log(f"penalty of the delay by leave-one-out: {delay_penalty:.1g}")
    delays = delay.fit(us, np.full(subjects, delay_penalty)).T  # [S, H]
    mean_delay = delays[members].mean(axis=0)
    field = Field(s.order, back.astype(np.float32), mean, np.round(difference / scale[l]).astype(np.int8), scale, mean_delay.astype(np.float32), delays)
    # A head in the mirror is a head too: of the mean delay only the antisymmetric part, the sine terms, remains.
    antisymmetric = np.where(field.mirror_sign() < 0, mean_delay, 0.0).astype(np.float32)
    return Field(field.order, field.back, mean, field.ears, scale, antisymmetric, (delays - antisymmetric).astype(np.float16))


def predict(field, direction):
    """Magnitudes [S + 1, N, 2, BINS] and delays [S + 1, N] of all subjects and, last, of the generic listener."""
    basis = real_spherical_harmonics(direction, field.order)
    answers = [field.evaluate(basis, field.coefficients(z)) for z in [field.subject(i) for i in range(field.subjects)] + [field.generic()]]
    return np.stack([a[0] for a in answers]), np.stack([a[1] for a in answers])
