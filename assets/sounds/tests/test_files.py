"""Levels, encoding, the measurements of check.py, and the catalogue."""

import os
import shutil
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from pinna_sounds import analysis, encode
from pinna_sounds.catalogue import SOUNDS
from pinna_sounds.synth import SAMPLE_RATE_HZ, noise, times


class Levels(unittest.TestCase):
    def test_steady_loop_is_at_its_rms(self):
        x = encode.finish(7 + noise(np.random.default_rng(1), 96000), True)
        self.assertAlmostEqual(-23.0, analysis.rms_dbfs(x), places=6)
        self.assertAlmostEqual(0.0, np.mean(x), places=9)

    def test_sparse_loop_is_at_its_peak(self):
        x = np.zeros(96000)
        x[1000:1010] = 1, -1, 1, -1, 1, -1, 1, -1, 1, -1
        x = encode.finish(x, True)
        self.assertAlmostEqual(-3.0, analysis.peak_dbfs(x), places=6)
        self.assertLess(analysis.rms_dbfs(x), -23)

    def test_one_shot_begins_and_ends_at_zero(self):
        x = encode.finish(noise(np.random.default_rng(2), 48000), False)
        self.assertAlmostEqual(-3.0, analysis.peak_dbfs(x), places=6)
        self.assertEqual((0.0, 0.0), (x[0], x[-1]))

    def test_not_a_number_is_refused(self):
        with self.assertRaises(ValueError):
            encode.finish(np.array([0.0, np.nan, 1.0]), True)


@unittest.skipUnless(shutil.which("oggenc") and shutil.which("oggdec"), "vorbis-tools are not installed")
class Encoding(unittest.TestCase):
    def test_round_trip_keeps_length_and_level_and_repeats_its_bytes(self):
        x = encode.finish(noise(np.random.default_rng(3), 50001, lambda f: f < 4000), True)
        with tempfile.TemporaryDirectory() as folder:
            contents = []
            for name in ("a.ogg", "b.ogg"):
                path = os.path.join(folder, name)
                encode.encode(x, path, 5, "test")
                with open(path, "rb") as file:
                    contents.append(file.read())
            rate, decoded = encode.decode(path)
        self.assertEqual(contents[0], contents[1])
        self.assertEqual((SAMPLE_RATE_HZ, x.shape), (rate, decoded.shape))
        self.assertAlmostEqual(analysis.rms_dbfs(x), analysis.rms_dbfs(decoded), delta=0.5)
        self.assertGreater(np.corrcoef(x, decoded)[0, 1], 0.95)


class Measurements(unittest.TestCase):
    def test_wrap_of_a_closed_sine_is_no_click_and_of_an_open_one_is(self):
        t = times(48000)
        closed, opened = np.sin(2 * np.pi * 100 * t), np.sin(2 * np.pi * 100.5 * t + 1)
        self.assertLess(analysis.wrap_click(closed), 2)
        self.assertGreater(analysis.wrap_click(opened), 20)
        step, typical = analysis.wrap_step(closed)
        self.assertLessEqual(step, typical * 1.001)
        step, typical = analysis.wrap_step(opened)
        self.assertGreater(step, 10 * typical)

    def test_standing_tone_is_found_in_noise_and_a_passing_one_is_not(self):
        n = 240000
        bed = 0.1 * noise(np.random.default_rng(4), n)
        whine = 0.02 * np.sin(2 * np.pi * 5000 * times(n))
        found = [f for f, _ in analysis.standing_tones(bed + whine)]
        self.assertEqual(1, len(found))
        self.assertAlmostEqual(5000, found[0], delta=6)
        self.assertEqual([], analysis.standing_tones(bed + whine * (times(n) < 1)))

    def test_band_of_a_sine_is_its_rms(self):
        x = np.sin(2 * np.pi * 1000 * times(48000))
        self.assertAlmostEqual(-3.01, analysis.band_dbfs(x, 990, 1010), delta=0.01)
        self.assertLess(analysis.band_dbfs(x, 2000, 4000), -100)


class Catalogue(unittest.TestCase):
    def test_names_are_unique_and_enough(self):
        names = [sound.name for sound in SOUNDS]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreaterEqual(len(names), 22)
        self.assertTrue(all(name == name.lower() and name.isidentifier() for name in names))


if __name__ == "__main__":
    unittest.main()
