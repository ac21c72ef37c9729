"""The building blocks against figures that can be worked out by hand."""

import os
import sys
import unittest

import numpy as np
from scipy.signal import butter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from pinna_sounds import synth
from pinna_sounds.synth import SAMPLE_RATE_HZ, frames, rms, times


def strongest_hz(x):
    return np.argmax(np.abs(np.fft.rfft(x * np.hanning(len(x)), 1 << 18))) * SAMPLE_RATE_HZ / (1 << 18)


class Randomness(unittest.TestCase):
    def test_depends_on_name_and_seed_only(self):
        first = synth.generator_for("a", 1).standard_normal(4)
        np.testing.assert_array_equal(first, synth.generator_for("a", 1).standard_normal(4))
        self.assertFalse(np.allclose(first, synth.generator_for("b", 1).standard_normal(4)))
        self.assertFalse(np.allclose(first, synth.generator_for("a", 2).standard_normal(4)))


class Curves(unittest.TestCase):
    def test_curve_passes_its_points(self):
        x = synth.curve(frames(1), [(0.25, 1.0), (0.5, 3.0), (0.75, 2.0)])
        self.assertAlmostEqual(1.0, x[0])
        self.assertAlmostEqual(3.0, x[frames(0.5)])
        self.assertAlmostEqual(2.0, x[-1])
        self.assertLessEqual(np.max(x), 3.0)

    def test_wander_has_unit_deviation_and_no_fast_content(self):
        x = synth.wander(np.random.default_rng(1), 48000, 5)
        self.assertAlmostEqual(1.0, rms(x))
        self.assertLess(np.max(np.abs(np.fft.rfft(x)[6:])), 1e-6)

    def test_fade_reaches_zero_at_both_ends_and_leaves_the_middle(self):
        x = synth.fade(np.ones(4800), 0.01, 0.02)
        self.assertEqual((0.0, 0.0), (x[0], x[-1]))
        self.assertEqual(1.0, x[2400])

    def test_closed_phase_ends_on_whole_cycles(self):
        frequency = 100.37 + 5 * np.sin(2 * np.pi * times(48000))
        phase = synth.closed_phase(frequency)
        next_step = frequency[-1] * phase[1] / frequency[0]
        self.assertAlmostEqual(100.0, (phase[-1] + next_step) / (2 * np.pi), places=9)


class Placing(unittest.TestCase):
    def test_mix_goes_on_at_the_start(self):
        target = np.zeros(10)
        synth.mix(target, np.arange(1.0, 5.0), 8 / SAMPLE_RATE_HZ)
        np.testing.assert_array_equal([3, 4, 0, 0, 0, 0, 0, 0, 1, 2], target)

    def test_mix_without_wrap_is_cut(self):
        target = np.zeros(10)
        synth.mix(target, np.arange(1.0, 5.0), 8 / SAMPLE_RATE_HZ, wrap=False)
        synth.mix(target, np.arange(1.0, 5.0), -2 / SAMPLE_RATE_HZ, wrap=False)
        np.testing.assert_array_equal([3, 4, 0, 0, 0, 0, 0, 0, 1, 2], target)

    def test_fractional_impulse_is_shared_by_two_frames(self):
        train = synth.impulses(10, [3.25 / SAMPLE_RATE_HZ], [2.0])
        np.testing.assert_allclose([0, 0, 0, 1.5, 0.5, 0, 0, 0, 0, 0], train)


class Circles(unittest.TestCase):
    def test_filter_of_a_periodic_sine_is_the_same_sine_everywhere(self):
        x = np.sin(2 * np.pi * 100 * times(4800))
        y = synth.circular_sos(butter(2, 1000, fs=SAMPLE_RATE_HZ, output="sos"), x)
        np.testing.assert_allclose(y[:480], y[-480:], atol=1e-6)

    def test_convolution_wraps_and_folds(self):
        impulse, response = np.zeros(10), np.zeros(14)
        impulse[8] = 1
        response[[0, 3, 12]] = 1, 10, 100  # frames 8, 8 + 3 and 8 + 12 of a circle of 10
        np.testing.assert_allclose([100, 10, 0, 0, 0, 0, 0, 0, 1, 0], synth.circular_convolve(impulse, response), atol=1e-9)

    def test_noise_has_unit_rms_and_its_band_only(self):
        x = synth.noise(np.random.default_rng(2), 48000, synth.band_pass(1000, 2000, 8))
        spectrum = np.abs(np.fft.rfft(x)) ** 2
        self.assertAlmostEqual(1.0, rms(x))
        self.assertGreater(np.sum(spectrum[800:2500]) / np.sum(spectrum), 0.99)

    def test_evolving_noise_with_envelope_one_is_its_source(self):
        n = 30011
        x = synth.evolving_noise(np.random.default_rng(3), n, lambda t, f: np.ones((len(t), f.shape[1])))
        np.testing.assert_allclose(np.random.default_rng(3).standard_normal(n), x, atol=1e-9)

    def test_evolving_noise_follows_its_envelope_in_time(self):
        n = 96000
        x = synth.evolving_noise(np.random.default_rng(4), n, lambda t, f: (t > 1.0) * np.ones_like(f))
        self.assertLess(rms(x[frames(0.1):frames(0.9)]), 1e-9)
        self.assertAlmostEqual(1.0, rms(x[frames(1.1):frames(1.9)]), delta=0.03)

    def test_rotation_keeps_the_circle_and_begins_in_the_gap(self):
        x = np.random.default_rng(5).standard_normal(9600)
        x[4000:6000] *= 1e-4
        turned = synth.rotate_to_quiet(x)
        self.assertLess(np.max(np.abs(np.concatenate((turned[:200], turned[-200:])))), 1e-3)
        np.testing.assert_array_equal(np.sort(x), np.sort(turned))


class Bodies(unittest.TestCase):
    def test_mode_has_its_frequency_and_t60(self):
        x = synth.modes([1000.0], 0.5, [1.0])
        self.assertAlmostEqual(1000, strongest_hz(x), delta=1)
        early, late = rms(x[frames(0.10):frames(0.11)]), rms(x[frames(0.35):frames(0.36)])
        self.assertAlmostEqual(30.0, 20 * np.log10(early / late), delta=0.2)

    def test_modes_near_nyquist_are_left_out(self):
        self.assertEqual(0.0, np.max(np.abs(synth.modes([100.0, 23000.0], 0.1, [0.0, 1.0]))))

    def test_contact_has_unit_area(self):
        self.assertAlmostEqual(1.0, np.sum(synth.contact(0.001)))
        self.assertEqual(48, len(synth.contact(0.001)))

    def test_bubble_of_two_millimetres_rings_at_1500_hz_and_rises(self):
        x = synth.bubble(0.002)
        self.assertAlmostEqual(1500, strongest_hz(x[:frames(0.008)]), delta=150)
        self.assertGreater(strongest_hz(x[frames(0.02):frames(0.03)]), 1700)

    def test_bounces_get_faster_and_weaker(self):
        at, speed = synth.bouncing(0.2, 0.5)
        np.testing.assert_allclose([0.2, 0.1, 0.05, 0.025], np.diff(np.append(at, at[-1] + 0.0125))[:4], atol=1e-9)
        np.testing.assert_allclose([1, 0.5, 0.25, 0.125, 0.0625], speed)


class Friction(unittest.TestCase):
    def test_rate_is_speed_over_slip_length(self):
        at, _ = synth.stick_slip(np.random.default_rng(6), np.ones(48000), 0.01, jitter=0.0, ageing=0.0)
        self.assertAlmostEqual(100, len(at), delta=1)
        np.testing.assert_allclose(0.01, np.diff(at), atol=2e-6)

    def test_slow_motion_slips_harder(self):
        slow = synth.stick_slip(np.random.default_rng(7), 0.05 * np.ones(480000), 0.01, jitter=0.0)[1]
        fast = synth.stick_slip(np.random.default_rng(7), 5.0 * np.ones(48000), 0.01, jitter=0.0)[1]
        self.assertGreater(np.median(slow), 1.5 * np.median(fast))

    def test_no_motion_no_slip(self):
        self.assertEqual(0, len(synth.stick_slip(np.random.default_rng(8), np.zeros(4800), 0.01)[0]))


if __name__ == "__main__":
    unittest.main()
