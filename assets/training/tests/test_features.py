"""Feature extraction on cases with a known answer; needs no measured data."""

import unittest

import numpy as np

from pinna_training import coordinates, features, sphere, targets
from pinna_training.data import GRID_AZIMUTHS_DEG, GRID_ELEVATIONS_DEG, check_grid, check_sides

RATE = 44100


def decaying_noise(seed, taps=64):
    """A response that starts at once and decays, as a pinna's does."""
    rng = np.random.default_rng(seed)
    h = rng.standard_normal(taps) * np.exp(-np.arange(taps) / 6.0)
    h[0] = 3.0
    return h


def delayed(h, samples, taps=200):
    """`h` delayed by a fractional number of samples, band-limited, by the phase of a long transform."""
    n = 4096
    f = np.fft.rfftfreq(n)
    shifted = np.fft.irfft(np.fft.rfft(h, n) * np.exp(-2j * np.pi * f * samples), n)
    return shifted[:taps]


def grid():
    azimuth, elevation = np.meshgrid(GRID_AZIMUTHS_DEG, GRID_ELEVATIONS_DEG, indexing="ij")
    return coordinates.interaural_to_cartesian(azimuth.ravel(), elevation.ravel())


class Coordinates(unittest.TestCase):
    def test_landmarks(self):
        for (azimuth, elevation), expected in {
            (0, 0): (1, 0, 0),  # front
            (-90, 0): (0, 1, 0),  # CIPIC's negative azimuth is the left, SOFA's +y
            (90, 0): (0, -1, 0),
            (0, 90): (0, 0, 1),
            (0, 180): (-1, 0, 0),
            (-30, 0): (np.sqrt(0.75), 0.5, 0),
        }.items():
            np.testing.assert_allclose(coordinates.interaural_to_cartesian(azimuth, elevation), expected, atol=1e-12)

    def test_round_trip_over_the_grid(self):
        azimuth, elevation = np.meshgrid(GRID_AZIMUTHS_DEG, GRID_ELEVATIONS_DEG, indexing="ij")
        back = coordinates.cartesian_to_interaural(coordinates.interaural_to_cartesian(azimuth, elevation))
        np.testing.assert_allclose(back[0], azimuth, atol=1e-9)
        np.testing.assert_allclose(back[1], elevation, atol=1e-9)

    def test_sofa_azimuth_is_counter_clockwise(self):
        np.testing.assert_allclose(coordinates.spherical_to_cartesian(90, 0), (0, 1, 0), atol=1e-12)
        np.testing.assert_allclose(coordinates.spherical_to_cartesian(0, 90), (0, 0, 1), atol=1e-12)

    def test_mirror_index_flips_the_side_only(self):
        d = grid()
        np.testing.assert_allclose(d[coordinates.mirror_index(d)], coordinates.mirror(d), atol=1e-9)

    def test_grid_check_refuses_swapped_axes(self):
        check_grid(grid())
        with self.assertRaises(ValueError):
            check_grid(grid()[:, [1, 0, 2]])

    def test_sides_check_refuses_swapped_ears(self):
        d = grid()
        near, far = np.zeros(200), np.zeros(200)
        near[20], far[40] = 1.0, 0.3
        left = (d[:, 1] > 0)[:, None, None]
        hrir = np.where(left, np.stack([near, far]), np.stack([far, near]))[None]
        check_sides(hrir, d)
        with self.assertRaises(ValueError):
            check_sides(hrir[:, :, ::-1], d)


class MinimumPhase(unittest.TestCase):
    def test_keeps_the_magnitude(self):
        h = delayed(decaying_noise(1), 30)
        m = features.minimum_phase(h)
        np.testing.assert_allclose(np.abs(np.fft.rfft(m)), np.abs(np.fft.rfft(h, 1024)), rtol=1e-6)

    def test_reflects_the_zeros(self):
        # 1 - 2 z^-1 has its zero outside the unit circle; its minimum-phase twin is 2 - z^-1 up to sign.
        m = features.minimum_phase(np.array([1.0, -2.0]))
        np.testing.assert_allclose(m[:2], [2.0, -1.0], atol=1e-9)
        np.testing.assert_allclose(m[2:], 0.0, atol=1e-9)

    def test_leaves_a_minimum_phase_response_alone(self):
        h = np.array([1.0, 0.5, 0.25])
        np.testing.assert_allclose(features.minimum_phase(h)[:3], h, atol=1e-9)


class InterauralDelay(unittest.TestCase):
    def test_delay_of_a_shifted_minimum_phase_response(self):
        h = features.minimum_phase(decaying_noise(2))[:64]
        for samples in (20.0, 31.25, 42.6):
            self.assertAlmostEqual(float(features.ear_delay_samples(delayed(h, samples))), samples, delta=0.02)

    def test_sign_and_size_on_a_pair(self):
        # The sound comes from the left: the right ear hears it 12.5 samples later, duller and weaker.
        left = features.minimum_phase(decaying_noise(3))[:64]
        right = 0.3 * features.minimum_phase(np.convolve(decaying_noise(4), [0.25, 0.5, 0.25]))[:64]
        pair = np.stack([delayed(left, 25.0), delayed(right, 37.5)])
        itd = float(features.interaural_delay_seconds(pair, RATE))
        self.assertAlmostEqual(itd * RATE, 12.5, delta=0.05)
        self.assertAlmostEqual(float(features.interaural_delay_seconds(pair[::-1], RATE)) * RATE, -12.5, delta=0.05)

    def test_gain_does_not_matter(self):
        pair = np.stack([delayed(decaying_noise(5), 25.0), delayed(decaying_noise(6), 30.0)])
        self.assertAlmostEqual(float(features.interaural_delay_seconds(pair, RATE)),
                               float(features.interaural_delay_seconds(pair * 1e-3, RATE)), places=9)

    def test_outliers_are_replaced_and_only_they(self):
        d = grid()
        truth = 600e-6 * d[:, 1]
        broken = truth.copy()
        broken[[10, 500, 900]] += 300e-6
        cleaned, replaced = features.clean_itd(broken, d)
        self.assertEqual(list(np.flatnonzero(replaced)), [10, 500, 900])
        np.testing.assert_allclose(cleaned, truth, atol=20e-6)


class Magnitudes(unittest.TestCase):
    def test_unit_impulse_is_zero_decibels(self):
        h = np.zeros(200)
        h[17] = 1.0
        np.testing.assert_allclose(features.magnitude_target_db(h, RATE), 0.0, atol=1e-5)

    def test_floor(self):
        self.assertAlmostEqual(float(features.magnitude_target_db(np.full(200, 0.0), RATE).min()), features.FLOOR_DB, places=4)

    def test_low_end_tends_to_zero_decibels_without_roll_off(self):
        spectrum = np.full((2, features.BINS), -3.0)
        spectrum[1] = 2.0
        spectrum[:, :2] = -20.0  # what a small loudspeaker makes of it
        out = features.extend_to_dc(spectrum, RATE)
        np.testing.assert_allclose(out[:, 0], 0.0)
        np.testing.assert_allclose(out[:, 1], [-0.75, 0.5])
        np.testing.assert_allclose(out[:, 2:], spectrum[:, 2:])

    def test_band(self):
        band = features.band_bins(RATE)
        self.assertEqual((int(np.flatnonzero(band)[0]), int(np.flatnonzero(band)[-1])), (2, 92))  # 344.5 Hz to 15.85 kHz


class SymmetricMean(unittest.TestCase):
    def test_generic_listener_is_symmetric(self):
        d = grid()
        rng = np.random.default_rng(7)
        f = features.Features(rng.standard_normal((3, len(d), 2, features.BINS)).astype(np.float32),
                              rng.standard_normal((3, len(d))).astype(np.float32), np.zeros((3, len(d)), dtype=bool))
        mirror_of = coordinates.mirror_index(d)
        magnitude, itd = features.symmetric_mean(f, mirror_of, np.ones(3, dtype=bool))
        np.testing.assert_allclose(magnitude[mirror_of][:, ::-1], magnitude, atol=1e-6)
        np.testing.assert_allclose(itd[mirror_of], -itd, atol=1e-6)
        np.testing.assert_allclose(itd[np.abs(d[:, 1]) < 1e-6], 0.0, atol=1e-6)


class Sphere(unittest.TestCase):
    def test_harmonics_are_orthonormal(self):
        # Gauss-Legendre in z times a uniform ring integrates products of degree 8 exactly.
        z, w = np.polynomial.legendre.leggauss(12)
        azimuth = np.arange(24) * 2 * np.pi / 24
        r = np.sqrt(1 - z**2)
        d = np.stack([np.outer(r, np.cos(azimuth)), np.outer(r, np.sin(azimuth)), np.outer(z, np.ones(24))], -1).reshape(-1, 3)
        weight = np.repeat(w, 24) * 2 * np.pi / 24
        y = sphere.real_spherical_harmonics(d, 4)
        np.testing.assert_allclose(y.T @ (y * weight[:, None]), np.eye(25), atol=1e-10)

    def test_fit_recovers_an_expansion(self):
        d = grid()
        y = sphere.real_spherical_harmonics(d, 3)
        truth = np.random.default_rng(8).standard_normal((16, 2))
        np.testing.assert_allclose(sphere.fit_spherical_harmonics(y, y @ truth, 3, 1e-12), truth, atol=1e-5)


class Anchors(unittest.TestCase):
    def test_anchors_fill_the_gap_and_blend_its_edges(self):
        d = grid()
        directions, edges, weights = targets.gap_anchors(d, np.ones(len(d), dtype=bool))
        self.assertEqual(len(directions), 25 * 14)
        np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0)
        np.testing.assert_allclose(weights.sum(axis=1), 1.0)
        np.testing.assert_allclose(d[edges[:, 0], 1], directions[:, 1], atol=1e-9)  # same circle: same lateral angle
        self.assertLess(float((directions @ d.T).max()), np.cos(np.radians(0.9)))  # never on a measured direction

    def test_left_out_edges_are_never_used(self):
        d = grid()
        usable = np.ones(len(d), dtype=bool)
        usable[0] = False
        _, edges, _ = targets.gap_anchors(d, usable)
        self.assertEqual(len(edges), 24 * 14)
        self.assertNotIn(0, edges)


if __name__ == "__main__":
    unittest.main()
