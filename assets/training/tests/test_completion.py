"""The completion on cases with a known answer; needs no measured data."""

import unittest
from dataclasses import replace

import numpy as np

from pinna_training import completion, coordinates
from pinna_training.data import GRID_AZIMUTHS_DEG, GRID_ELEVATIONS_DEG

BINS = 12


def grid():
    """A sixth of CIPIC's grid: 5 circles of 25 directions."""
    azimuth, elevation = np.meshgrid(GRID_AZIMUTHS_DEG[::6], GRID_ELEVATIONS_DEG[::2], indexing="ij")
    return coordinates.interaural_to_cartesian(azimuth.ravel(), elevation.ravel())


def people(direction, count, seed):
    """Levels [count, M, 2, BINS] of symmetric people who differ in two smooth patterns and a level, and their ITDs."""
    rng = np.random.default_rng(seed)
    f = np.arange(BINS) / BINS

    def ear(d, a):
        return (6.0 * d[:, 1:2] + a[0] * d[:, 2:] * np.sin(3 * f) + a[1] * d[:, :1] * np.cos(5 * f) + a[2] + 0.0 * f)

    weights = rng.standard_normal((count, 3)) * np.array([4.0, 3.0, 1.0])
    levels = np.array([np.stack([ear(direction, a), ear(coordinates.mirror(direction), a)], axis=1) for a in weights])
    size = 1.0 + 0.1 * rng.standard_normal(count)
    return levels, 300e-6 * size[:, None] * direction[None, :, 1]


# These people differ in three numbers and carry no noise, so that the prior needs neither pseudo-ears nor shrinkage.
PLAIN = replace(completion.CompletionSettings(), warps=(1.0,), elevation_steps=(0,), shared_scale=1.0, noise_scale=0.5)


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.direction = grid()
        cls.levels, cls.itd = people(cls.direction, 14, 1)
        cls.prior = completion.CompletionPrior(cls.direction, cls.levels[:10], PLAIN, np.linspace(0.5, 1.0, BINS))
        cls.index = completion.spread_directions(cls.direction, 5)

    def test_people_of_the_priors_own_kind_are_found_from_five_directions(self):
        truth = self.levels[10:]
        out = self.prior.complete(self.index, truth[:, self.index])
        mean = np.stack([self.prior.mean, self.prior.mean[self.prior.mirror_of]], axis=1)
        error, before = np.abs(out - truth).mean(), np.abs(mean - truth).mean()
        self.assertGreater(before, 1.0)
        self.assertLess(error, 0.2 * before)

    def test_the_mean_itself_comes_back(self):
        mean = np.stack([self.prior.mean, self.prior.mean[self.prior.mirror_of]], axis=1)
        np.testing.assert_allclose(self.prior.complete(self.index, mean[None, self.index])[0], mean, atol=1e-6)

    def test_the_posterior_is_linear_in_the_residual(self):
        mean = np.stack([self.prior.mean, self.prior.mean[self.prior.mirror_of]], axis=1)
        truth = self.levels[11]
        one, two = self.prior.complete(self.index, np.stack([truth, 2 * truth - mean])[:, self.index])
        np.testing.assert_allclose(two - mean, 2 * (one - mean), atol=1e-4)
        self.assertGreater(np.abs(one - mean).max(), 1.0)

    def test_mirrored_measurements_give_the_mirrored_listener(self):
        asymmetric = self.levels[12].copy()
        asymmetric[:, 0] += 1.5
        swapped = asymmetric[self.prior.mirror_of][:, ::-1]
        a = self.prior.complete(self.index, asymmetric[None, self.index])[0]
        b = self.prior.complete(self.prior.mirror_of[self.index], swapped[None, self.prior.mirror_of[self.index]])[0]
        np.testing.assert_allclose(b, a[self.prior.mirror_of][:, ::-1], atol=1e-4)

    def test_equals_the_dense_gaussian_process(self):
        """The low-rank algebra against equation 2.23 of Rasmussen & Williams with the full covariance."""
        p, s = self.prior, PLAIN
        index = self.index
        at = np.concatenate([index, p.mirror_of[index]])
        ear = np.repeat([0, 1], len(index))
        m, bands = p.amplitude.shape
        every, every_ear = np.tile(np.arange(m), 2), np.repeat([0, 1], m)

        def covariance(x, ex, y, ey):
            shared = np.einsum("kxb,kyc->xbyc", p.basis[:, x].astype(float), p.basis[:, y].astype(float))
            out = s.shared_scale * shared * np.where(ex[:, None] == ey, 1.0, s.shared_ear_correlation)[:, None, :, None]
            distance = completion.chord(p.direction[x], p.direction[y])
            for b in range(bands):
                own = np.outer(p.amplitude[x, b], p.amplitude[y, b]) * completion.matern32(distance, p.length[b] * s.length_scale)
                tapered = shared[:, b, :, b] * completion.matern32(distance, s.taper_length)
                out[:, b, :, b] += s.local_scale * np.where(ex[:, None] == ey, 1.0, s.local_ear_correlation) \
                    * ((1 - s.local_shared) * own + s.local_shared * tapered)
            return out.reshape(len(x) * bands, len(y) * bands)

        truth = self.levels[13]
        z = np.concatenate([truth[index, 0] - p.mean[index], truth[index, 1] - p.mean[p.mirror_of[index]]]) @ p.components
        k = covariance(at, ear, at, ear) + np.diag(np.tile(s.noise_scale * p.noise + 1e-9, len(at)))
        dense = (covariance(every, every_ear, at, ear) @ np.linalg.solve(k, z.ravel())).reshape(2, m, bands) @ p.back + p.mean
        fast = p.complete(index, truth[None, index])[0]
        np.testing.assert_allclose(fast[:, 0], dense[0], atol=2e-3)
        np.testing.assert_allclose(fast[p.mirror_of, 1], dense[1], atol=2e-3)

    def test_itd_scales_with_the_head(self):
        prior = completion.ItdPrior(self.direction, self.itd[:10])
        index = completion.spread_directions(self.direction, 6)  # these look straight at both ears
        out = prior.complete(index, self.itd[10:][:, index])
        error, before = np.abs(out - self.itd[10:]).mean(), np.abs(1e-6 * prior.mean - self.itd[10:]).mean()
        self.assertGreater(before, 5e-6)
        self.assertLess(error, 0.2 * before)

    def test_a_turned_head_is_recognised(self):
        prior = completion.ItdPrior(self.direction, self.itd[:10])
        turned = 300e-6 * (self.direction @ np.array([np.sin(0.05), np.cos(0.05), 0.0]))
        out = prior.complete(self.index, turned[None, self.index])[0]
        self.assertLess(np.abs(out - turned).mean(), 0.35 * np.abs(1e-6 * prior.mean - turned).mean())


class Pieces(unittest.TestCase):
    def test_warp_moves_a_ramp(self):
        ramp = np.arange(20.0)
        np.testing.assert_allclose(completion.frequency_warp(20, 0.9) @ ramp, 0.9 * ramp, atol=1e-12)
        np.testing.assert_allclose((completion.frequency_warp(20, 1.1) @ ramp)[:17], 1.1 * ramp[:17], atol=1e-12)
        np.testing.assert_allclose(completion.frequency_warp(20, 1.0), np.eye(20), atol=1e-12)

    def test_elevation_shift_stays_on_its_circle(self):
        d = grid()
        shifted = d[completion.elevation_shift(d, 1)]
        np.testing.assert_allclose(shifted[:, 1], d[:, 1], atol=1e-12)
        _, before = coordinates.cartesian_to_interaural(d)
        _, after = coordinates.cartesian_to_interaural(shifted)
        step = after - before
        self.assertEqual(int((np.abs(step - 11.25) < 1e-6).sum()), len(d) - 5)
        self.assertEqual(int((np.abs(step) < 1e-6).sum()), 5)

    def test_directions_are_distinct_and_spread(self):
        d = grid()
        for count in (1, 3, 5, 19):
            index = completion.spread_directions(d, count)
            self.assertEqual(len(set(index.tolist())), count)
        np.testing.assert_allclose(d[completion.spread_directions(d, 6)[0]], [1, 0, 0], atol=1e-9)
        np.testing.assert_array_equal(np.sign(np.round(d[completion.spread_directions(d, 5)][:, 1], 1)), [1, -1, 1, -1, -1])
        close = d[completion.spread_directions(d, 19)]
        self.assertLess(np.sort(close @ close.T, axis=1)[:, -2].max(), np.cos(np.radians(20.0)))

    def test_matern(self):
        self.assertAlmostEqual(float(completion.matern32(0.0, 0.3)), 1.0)
        self.assertAlmostEqual(float(completion.matern32(1.0, np.sqrt(3.0))), 2.0 / np.e)
        d = grid()
        self.assertGreater(np.linalg.eigvalsh(completion.matern32(completion.chord(d, d), 0.5)).min(), 0.0)


if __name__ == "__main__":
    unittest.main()
