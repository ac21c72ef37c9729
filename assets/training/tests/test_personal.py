"""The personal model on cases with a known answer; needs no measured data."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np

from pinna_training import body, completion, coordinates, personal
from pinna_training.data import GRID_AZIMUTHS_DEG, GRID_ELEVATIONS_DEG
from pinna_training.sphere import real_spherical_harmonics
from tests.test_completion import PLAIN, people

SMALL = personal.PersonalSettings(mean_order=6, basis_order=6, amplitude_order=4, itd_order=6, rank=20, components=12, itd_rank=20, body_order=4, body_components=12)


def whole_grid():
    """CIPIC's circles, every other elevation: what the anchors of SphereFit need."""
    azimuth, elevation = np.meshgrid(GRID_AZIMUTHS_DEG, GRID_ELEVATIONS_DEG[::2], indexing="ij")
    return coordinates.interaural_to_cartesian(azimuth.ravel(), elevation.ravel())


class Model(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.direction = whole_grid()
        cls.levels, cls.itd = people(cls.direction, 14, 1)
        cls.prior = completion.CompletionPrior(cls.direction, cls.levels[:10], PLAIN, np.linspace(0.5, 1.0, cls.levels.shape[-1]))
        cls.itd_prior = completion.ItdPrior(cls.direction, cls.itd[:10])
        cls.model = personal.PersonalModel(personal.build(cls.prior, cls.itd_prior, None, SMALL), PLAIN, completion.ItdSettings())
        cls.index = completion.spread_directions(cls.direction, 6)

    def test_smooth_functions_are_kept(self):
        fit = personal.SphereFit(self.direction)
        y = real_spherical_harmonics(self.direction, 2)[:, 1:4]
        got = real_spherical_harmonics(self.direction, 6) @ fit(y, 6, 1e-8)
        np.testing.assert_allclose(got, y, atol=0.02)
        self.assertAlmostEqual(float(fit.weight.sum()), 1.0)

    def test_completes_as_the_prior_on_the_grid_does(self):
        at = self.direction[self.index]
        truth = self.levels[10:]
        fast = self.model.complete(at, truth[:, self.index], self.direction)
        exact = self.prior.complete(self.index, truth[:, self.index])
        mean = np.stack([self.prior.mean, self.prior.mean[self.prior.mirror_of]], axis=1)
        self.assertGreater(np.abs(exact - mean).mean(), 1.0)
        self.assertLess(np.abs(fast - exact).mean(), 0.1)
        delay = self.model.complete_itd(at, self.itd[10:][:, self.index], self.direction)
        self.assertLess(np.abs(delay - self.itd_prior.complete(self.index, self.itd[10:][:, self.index])).mean(), 1e-6)

    def test_people_between_the_directions_of_the_grid(self):
        rng = np.random.default_rng(3)
        wanted = rng.standard_normal((50, 3))
        wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
        wanted = wanted[wanted[:, 2] > -0.5]
        truth, _ = people(np.concatenate([self.direction[self.index], wanted]), 14, 1)  # the same people elsewhere
        q = len(self.index)
        out = self.model.complete(self.direction[self.index], truth[10:, :q], wanted)
        before = np.abs(np.stack([self.model.mean_levels(wanted), self.model.mean_levels(coordinates.mirror(wanted))], axis=1) - truth[10:, q:]).mean()
        self.assertGreater(before, 1.0)
        self.assertLess(np.abs(out - truth[10:, q:]).mean(), 0.25 * before)

    def test_a_file_gives_the_same_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.npz"
            self.model.save(path)
            again = personal.PersonalModel.load(path)
        at = self.direction[self.index]
        np.testing.assert_allclose(again.complete(at, self.levels[10:, self.index], at), self.model.complete(at, self.levels[10:, self.index], at), atol=1e-9)
        self.assertEqual(again.settings, self.model.settings)

    def test_quantisation_is_half_a_step_at_most(self):
        values = np.random.default_rng(4).standard_normal((3, 40, 5))
        numbers, scale = personal.quantised(values, 1)
        self.assertEqual(numbers.dtype, np.int8)
        self.assertLessEqual(np.abs(numbers * scale[:, None] - values).max() / scale.max(), 0.5 + 1e-9)


class Body(unittest.TestCase):
    def test_smaller_ears_and_heads_are_told(self):
        """People whose spectra and delays are those of one ear and one head of different sizes."""
        d = whole_grid()
        rng = np.random.default_rng(5)
        size = np.exp(0.08 * rng.standard_normal(40))
        measurements = np.exp(0.03 * rng.standard_normal((40, 2, 12))) * np.array([15, 21, 19, 46, 1.9, 0.7, 1.6, 1.5, 6.4, 2.9, 0.5, 24])
        measurements *= size[:, None, None]
        bins = 129
        one = 8.0 * np.sin(np.arange(bins) / 9.0)[None] * (1.0 + 0.3 * d[:, :1])
        ears = np.stack([np.stack([one @ completion.frequency_warp(bins, s).T] * 2) for s in size])
        itd = 300.0 * size[:, None] * d[:, 1]
        mean, itd_mean = ears[:30].mean(axis=(0, 1)), itd[:30].mean(axis=0)
        arrays = body.fit(ears[:30], measurements[:30], mean, itd[:30], itd_mean, 44100)
        prior = completion.CompletionPrior(d, np.moveaxis(ears[:30], 1, 2), PLAIN)
        model = personal.PersonalModel(personal.build(prior, completion.ItdPrior(d, 1e-6 * itd[:30]), arrays,
                                                      replace(SMALL, mean_order=10, components=40, body_components=40)), PLAIN, completion.ItdSettings())
        error, before, delay, delay_before = [], [], [], []
        for i in range(30, 40):
            error.append(np.abs(model.body_mean(measurements[i, 0])(d) - ears[i, 0]).mean())
            before.append(np.abs(mean - ears[i, 0]).mean())
            delay.append(np.abs(model.body_delay_factor(measurements[i].mean(axis=0)) * itd_mean - itd[i]).mean())
            delay_before.append(np.abs(itd_mean - itd[i]).mean())
        self.assertLess(np.mean(error), 0.6 * np.mean(before))
        self.assertLess(np.mean(delay), 0.5 * np.mean(delay_before))

    def test_reads_both_ears_and_leaves_gaps(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / body.FILE_NAME
            columns = ["id"] + list(body.HEAD) + [f"{s}_{n}" for s in "LR" for n in body.EAR]
            row = ["7"] + ["15"] * 4 + ["1"] * 7 + ["0.5"] + ["2"] * 6 + [""] + ["0.25"]
            path.write_text(",".join(columns) + "\n" + ",".join(row) + "\n", encoding="utf-8")
            got = body.read(path, [3, 7])
        self.assertTrue(np.isnan(got[0]).all())
        self.assertAlmostEqual(got[1, 0, 11], np.degrees(0.5))
        self.assertTrue(np.isnan(got[1, 1, 10]))
        self.assertEqual(got[1, 1, 4], 2.0)


if __name__ == "__main__":
    unittest.main()
