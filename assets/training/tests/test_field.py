"""The field on cases with a known answer, and the exported files; needs no measured data."""

import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np

from pinna_training import coordinates, data, export, features, field
from pinna_training.data import GRID_AZIMUTHS_DEG, GRID_ELEVATIONS_DEG
from pinna_training.sphere import real_spherical_harmonics

SMALL = replace(field.FieldSettings(), order=8, components=6, penalties=tuple(10.0 ** np.arange(-8.0, 0.0)))


def grid():
    azimuth, elevation = np.meshgrid(GRID_AZIMUTHS_DEG, GRID_ELEVATIONS_DEG, indexing="ij")
    return coordinates.interaural_to_cartesian(azimuth.ravel(), elevation.ravel())


def ear(direction, weights):
    """Levels [M, BINS] of a left ear that are harmonics of degree 2 at most."""
    f = np.arange(features.BINS) / features.BINS
    return (8.0 * direction[:, 1:2] * (0.5 + f) + weights[0] * direction[:, 2:] * np.sin(9 * f) + weights[1] * (direction[:, :1] ** 2) * np.cos(7 * f)
            + weights[2] * direction[:, :1] * direction[:, 2:])


def people(count, direction, noise_db=0.0):
    """A MeasuredSet without responses and its Features: every ear its own weights, the last person a mannequin."""
    rng = np.random.default_rng(2)
    weights = rng.standard_normal((count, 2, 3)) * 3.0
    levels = np.array([np.stack([ear(direction, w[0]), ear(coordinates.mirror(direction), w[1])], axis=1) for w in weights])
    levels += noise_db * rng.standard_normal(levels.shape)
    itd = 300e-6 * (1.0 + 0.1 * rng.standard_normal((count, 1))) * direction[:, 1] + 5e-6 * rng.standard_normal((count, 1))
    measured = data.MeasuredSet(np.arange(count), np.arange(count) < count - 1, direction, np.zeros((count, len(direction), 2, 4), dtype=np.float32), 44100)
    return measured, features.Features(levels.astype(np.float32), itd.astype(np.float32), np.zeros(itd.shape, dtype=bool))


class Fit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.direction = grid()
        cls.measured, cls.features = people(5, cls.direction)
        cls.usable = np.ones(len(cls.direction), dtype=bool)
        cls.usable[np.random.default_rng(3).permutation(len(cls.usable))[:250]] = False
        cls.field = field.build(cls.measured, cls.features, cls.usable, SMALL, log=lambda s: None)

    def test_left_out_directions_are_found(self):
        magnitude, itd = field.predict(self.field, self.direction[~self.usable])
        # Up to 8 bits, the penalty, and the anchors below, which no harmonic of degree 2 goes through.
        self.assertLess(np.abs(magnitude[:-1] - self.features.magnitude_db[:, ~self.usable]).mean(), 0.15)
        self.assertLess(np.abs(itd[:-1] - self.features.itd_seconds[:, ~self.usable]).mean(), 2e-6)

    def test_left_out_directions_are_not_looked_at(self):
        levels, itd = self.features.magnitude_db.copy(), self.features.itd_seconds.copy()
        levels[:, ~self.usable] = np.nan
        itd[:, ~self.usable] = np.nan
        again = field.build(self.measured, features.Features(levels, itd, self.features.itd_replaced), self.usable, SMALL, log=lambda s: None)
        np.testing.assert_array_equal(again.ears, self.field.ears)
        np.testing.assert_array_equal(again.delays_us, self.field.delays_us)

    def test_the_generic_listener_is_the_symmetric_mean_of_the_humans(self):
        everything = np.ones(len(self.direction), dtype=bool)
        whole = field.build(self.measured, self.features, everything, SMALL, log=lambda s: None)
        magnitude, itd = whole(self.direction, whole.generic())
        mean, mean_itd = features.symmetric_mean(self.features, coordinates.mirror_index(self.direction), self.measured.human)
        self.assertLess(np.abs(magnitude - mean).mean(), 0.15)
        self.assertLess(np.abs(itd - mean_itd).mean(), 2e-6)
        mirrored, mirrored_itd = whole(coordinates.mirror(self.direction), whole.generic())
        np.testing.assert_allclose(mirrored[:, ::-1], magnitude, atol=1e-9)
        np.testing.assert_allclose(mirrored_itd, -itd, atol=1e-15)
        self.assertEqual(float(whole(np.array([[1.0, 0.0, 0.0]]), whole.generic())[1][0]), 0.0)

    def test_listeners_blend(self):
        d, a, b = self.direction[:40], self.field.subject(0), self.field.subject(3)
        blend = self.field(d, 0.25 * a + 0.75 * b)
        for got, one, other in zip(blend, self.field(d, a), self.field(d, b)):
            np.testing.assert_allclose(got, 0.25 * one + 0.75 * other, atol=1e-9)

    def test_noise_is_smoothed_more(self):
        chosen = []
        for noise in (0.0, 3.0):
            lines = []
            field.build(*people(3, self.direction, noise), self.usable, replace(SMALL, components=1), log=lines.append)
            chosen.append(float(lines[0].split(": ")[1].split(" to ")[0]))
        self.assertGreater(chosen[1], 3.0 * chosen[0])


class CrossValidation(unittest.TestCase):
    def test_leave_one_out_is_what_leaving_one_out_gives(self):
        d = grid()
        usable = np.zeros(len(d), dtype=bool)
        usable[np.random.default_rng(4).permutation(len(d))[:60]] = True
        values = np.random.default_rng(5).standard_normal((len(d), 2))
        r = field.SphereRegression(d, usable, 4, 2.0)
        r.rings, r.edges, r.blend = [], r.edges[:0], r.blend[:0]  # measured directions only
        r.root_weight = np.ones(60)
        y = real_spherical_harmonics(d[usable], 4)
        r.u, r.s, r.vt = np.linalg.svd(y / r.root_penalty, full_matrices=False)
        got = r.leave_one_out(r.samples(values), 1e-3)
        v, penalty = values[usable], 60 * 1e-3 * np.diag(r.root_penalty ** 2)
        errors = []
        for i in range(60):
            k = np.arange(60) != i
            c = np.linalg.solve(y[k].T @ y[k] + penalty, y[k].T @ v[k])
            errors.append((v[i] - y[i] @ c) ** 2)
        np.testing.assert_allclose(got, np.mean(errors, axis=0), rtol=1e-9)

    def test_the_smoothest_within_the_slack_is_chosen(self):
        errors = np.array([[1.2, 1.0], [1.0, 1.02], [1.02, 1.2], [1.5, 1.01]])
        np.testing.assert_array_equal(field.smoothest(errors, (1, 2, 3, 4), 0.03), [3, 4])
        np.testing.assert_array_equal(field.smoothest(errors, (1, 2, 3, 4), 0.0), [2, 1])


class Export(unittest.TestCase):
    def test_files_and_description(self):
        model = field.build(*people(3, grid()), np.ones(1250, dtype=bool), SMALL, log=lambda s: None)
        with tempfile.TemporaryDirectory() as folder:
            export.export(model, ["a", "b", "c"], 44100, {}, folder)
            description = json.loads((Path(folder) / export.DESCRIPTION_NAME).read_text())
            self.assertEqual(description["latentSize"], 15)
            self.assertEqual([s["id"] for s in description["subjects"]], ["a", "b", "c"])
            self.assertEqual(description["generic"]["latent"], [0] * 15)
            self.assertEqual(description["subjects"][1]["latent"], [0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0])
            export.verify(model, folder, log=lambda s: None)  # skips by itself without ONNX Runtime
            for name in (export.FIELD_NAME, export.SPECTRA_NAME):
                path = Path(folder) / name
                whole = path.read_bytes()
                path.write_bytes(b"broken")
                with self.assertRaises(ValueError):
                    export.verify(model, folder)
                path.write_bytes(whole)


if __name__ == "__main__":
    unittest.main()
