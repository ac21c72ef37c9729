"""Statistics of body measurements on populations with a known answer; needs no measured data."""

import csv
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

import fit_measurements
from pinna_training import measurements as m

MEAN = np.array([14.4, 21.4, 19.7, 45.0] + 2 * [1.9, 0.7, 1.5, 1.5, 6.4, 2.9, 0.5, 23.0])
SD = np.array([0.9, 1.2, 1.2, 3.7] + 2 * [0.2, 0.1, 0.25, 0.2, 0.5, 0.27, 0.08, 5.0])


def population(count, seed, shared=0.8):
    """People whose measurements all follow one size, and the rest of each is its own."""
    rng = np.random.default_rng(seed)
    size = rng.standard_normal((count, 1))
    own = rng.standard_normal((count, len(m.COLUMNS)))
    return MEAN + SD * (np.sqrt(shared) * size + np.sqrt(1 - shared) * own)


def write(path, id_column, values, degrees_per_unit, first_id):
    with path.open("w", newline="") as f:
        w = csv.writer(f)
        w.writerow((id_column,) + m.COLUMNS)
        for i, v in enumerate(values):
            v = v.copy()
            v[[m.COLUMNS.index("L_theta1"), m.COLUMNS.index("R_theta1")]] /= degrees_per_unit
            w.writerow([first_id + i, *v])


class Moments(unittest.TestCase):
    def test_ears_are_exchangeable(self):
        mean, covariance = m.mirrored_moments(population(50, 1))
        np.testing.assert_allclose(m.swap_ears(mean), mean, rtol=1e-12)
        np.testing.assert_allclose(m.swap_ears(m.swap_ears(covariance).T).T, covariance, rtol=1e-9)

    def test_a_known_covariance_is_found(self):
        values = population(40000, 2)
        mean, covariance = m.model(values, None, 0.0)
        np.testing.assert_allclose(mean, MEAN, atol=0.02 * SD.max())
        r = m.correlation(covariance)
        np.testing.assert_allclose(r[~np.eye(len(r), dtype=bool)], 0.8, atol=0.02)
        np.testing.assert_allclose(np.sqrt(np.diag(covariance)), SD, rtol=0.02)

    def test_the_other_set_lends_its_correlations_only(self):
        own, other = population(40, 3, shared=0.0), population(4000, 4, shared=0.8) * 3.0 + 5.0
        mean, covariance = m.model(own, other, 0.0)
        np.testing.assert_allclose(mean, m.mirrored_moments(own)[0])
        np.testing.assert_allclose(np.diag(covariance), np.diag(m.mirrored_moments(own)[1]))
        self.assertAlmostEqual(m.correlation(covariance)[0, 1], 0.79, delta=0.03)

    def test_shrinkage_pulls_correlations_towards_none(self):
        values = population(500, 5)
        full, half = (m.correlation(m.model(values, None, s)[1]) for s in (0.0, 0.5))
        off = ~np.eye(len(full), dtype=bool)
        np.testing.assert_allclose(half[off], 0.5 * full[off])


class Conditional(unittest.TestCase):
    def test_two_variables_by_hand(self):
        # sd 2 and 3, correlation 0.5: one standard deviation up in the first is half of one, 1.5, up in the second; sd 3 sqrt(0.75).
        covariance = np.array([[4.0, 3.0], [3.0, 9.0]])
        out, sd = m.condition(np.array([10.0, 20.0]), covariance, np.array([12.0, np.nan]), [True, False])
        np.testing.assert_allclose(out, [12.0, 21.5])
        np.testing.assert_allclose(sd, [0.0, 3.0 * np.sqrt(0.75)])

    def test_nothing_given_is_the_mean(self):
        mean, covariance = m.model(population(50, 6), None)
        out, sd = m.condition(mean, covariance, np.full(20, np.nan), np.zeros(20))
        np.testing.assert_allclose(out, mean)
        np.testing.assert_allclose(sd, np.sqrt(np.diag(covariance)))

    def test_left_out_people_are_guessed_better_than_by_the_mean_and_no_better_than_possible(self):
        rms, spread = m.leave_one_out(population(60, 7), None, 0.0)
        # With 18 or 19 witnesses of the size, what is left is nearly the measurement's own part, sqrt(0.2) of its standard deviation; 60 people do not show it exactly.
        for s in ("x1", "d5"):
            self.assertLess(rms["all others"][s], 0.75 * rms["mean"][s])
            self.assertGreater(rms["all others"][s], 0.3 * rms["mean"][s])
        self.assertGreater(spread, 0.9)
        self.assertLess(spread, 1.5)


class Comparison(unittest.TestCase):
    def test_other_definitions_are_told_from_other_people(self):
        a, b = population(60, 8), population(60, 9)
        b[:, 0] += 0.8  # another population
        b[:, m.indices("d2")] += 0.4  # another definition
        found = m.other_definition(a, b)
        self.assertEqual(list(found), ["d2"])
        self.assertAlmostEqual(found["d2"], 0.4, delta=0.1)

    def test_plausible_ranges_hold_everybody_and_refuse_other_units(self):
        values = population(60, 10)
        for s in m.SYMBOLS:
            low, high = m.plausible_range(s, values)
            v = values[:, m.indices(s)]
            self.assertTrue(low < v.min() and v.max() < high, s)
            if s != "theta1":
                self.assertGreater(low, 0.0)
                self.assertGreater(10 * v.min(), high, s)
        self.assertEqual(m.indices("x12"), [3])
        self.assertEqual(m.indices("d1"), [4, 12])


class Recipe(unittest.TestCase):
    def test_from_files_to_statistics(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            own, other = population(30, 11), population(60, 12)
            write(folder / m.CIPIC_FILE, "id", own, 180 / np.pi, 1000)
            write(folder / m.HUTUBS_FILE, "SubjectID", other, 1.0, 1000)
            fit_measurements.main(["--cipic", str(folder), "--hutubs", str(folder), "--out", str(folder)])
            made = json.loads((folder / "body-measurements.json").read_text())
            self.assertEqual(made["people"], {"cipic": 30, "hutubs": 60})
            mean, covariance = m.model(own, other)
            np.testing.assert_allclose(made["mean"], mean, atol=1e-5)
            np.testing.assert_allclose(made["covariance"], covariance, atol=1e-6)
            self.assertGreater(np.linalg.eigvalsh(np.array(made["covariance"])).min(), 0.0)

    def test_gaps_and_mannequins_are_left_out_and_angles_are_degrees(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.csv"
            values = population(4, 13)
            values[2, 5] = np.nan
            write(path, "id", values, 180 / np.pi, 20)  # 20, 21, 22, 23: 21 is KEMAR, 22 has a gap
            people = m.read_cipic(path)
            self.assertEqual(people.ids, ["20", "23"])
            np.testing.assert_allclose(people.values, values[[0, 3]])
            path.write_text("id,x1\n1,2\n")
            with self.assertRaisesRegex(ValueError, "x2"):
                m.read_cipic(path)


if __name__ == "__main__":
    unittest.main()
