"""What export_sofa.py makes of magnitudes and delays, and the file that it writes."""

import tempfile
import unittest
from pathlib import Path

import numpy as np

try:
    import h5py

    import export_sofa
except ImportError as e:
    raise unittest.SkipTest(f"h5py is missing: {e}")

from pinna_training import features

RATE = 44100


class ResponsesTest(unittest.TestCase):
    def setUp(self):
        f = features.bin_frequencies_hz(RATE)
        peak = 10.0 * np.exp(-((f - 4000.0) / 1500.0) ** 2)
        # As in CIPIC: without it, a delay by fractions of a sample would ring for longer than the response.
        fall = -30.0 * np.clip((f - 16000.0) / 6000.0, 0.0, 1.0)
        self.db = np.stack([np.stack([peak, -peak]), np.stack([0.5 * peak - 3.0, peak])]) + fall  # [2, 2, BINS]
        self.itd = np.array([0.0, 431e-6])

    def test_levels_are_kept(self):
        hrir = export_sofa.responses(self.db, self.itd, RATE)
        self.assertEqual(hrir.shape, (2, 2, export_sofa.TAPS))
        band = features.band_bins(RATE)
        error = (features.raw_magnitude_db(hrir) - self.db)[..., band]
        self.assertLess(np.abs(error).max(), 0.05)

    def test_delays_are_kept(self):
        itd = features.interaural_delay_seconds(export_sofa.responses(self.db, self.itd, RATE), RATE)
        np.testing.assert_allclose(itd, self.itd, atol=1e-6)

    def test_energy_starts_after_the_lead(self):
        hrir = export_sofa.responses(self.db, self.itd, RATE)
        early = (hrir[0, :, : export_sofa.LEAD_SAMPLES - 2] ** 2).sum()
        self.assertLess(early, 1e-6 * (hrir[0] ** 2).sum())


class FileTest(unittest.TestCase):
    def test_file_has_what_sofa_asks_for(self):
        direction = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.6, 0.8]])
        hrir = np.random.default_rng(1).normal(size=(3, 2, 8))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.sofa"
            export_sofa.write(path, hrir, direction, RATE, "nobody", "A test")
            self.assertEqual([p.name for p in Path(folder).iterdir()], ["a.sofa"])
            with h5py.File(path) as f:
                self.assertEqual(f.attrs["SOFAConventions"], b"SimpleFreeFieldHRIR")
                np.testing.assert_array_equal(f["Data.IR"][()], hrir)
                np.testing.assert_allclose(f["SourcePosition"][()], [[0, 0, 1], [270, 0, 1], [90, 53.1301, 1]], atol=1e-3)
                self.assertEqual(f["Data.SamplingRate"][0], RATE)
                self.assertEqual(f["SourcePosition"].attrs["Type"], b"spherical")


if __name__ == "__main__":
    unittest.main()
