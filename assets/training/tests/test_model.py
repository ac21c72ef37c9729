"""Properties that the network has by construction, and the exported file."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from pinna_training import export, features, targets, train
from pinna_training.model import EarLatents, HrtfField, ModelSettings

SMALL = ModelSettings(ear_latent_size=4, fourier_features=8, width=16, trunk_layers=1, ear_layers=2)


def small_model():
    return HrtfField(SMALL, np.linspace(0, -20, features.BINS), np.full(features.BINS, 6.0), seed=3).eval()


def directions(count, seed=0):
    d = torch.randn(count, 3, generator=torch.Generator().manual_seed(seed))
    return d / d.norm(dim=1, keepdim=True)


class Symmetry(unittest.TestCase):
    def test_equal_ears_make_a_symmetric_listener(self):
        model, d = small_model(), directions(20)
        latent = torch.randn(1, 4, generator=torch.Generator().manual_seed(1)).repeat(20, 2)
        with torch.no_grad():
            magnitude, itd = model(d, latent)
            mirrored, mirrored_itd = model(d * torch.tensor([1.0, -1.0, 1.0]), latent)
            _, ahead = model(torch.tensor([[1.0, 0.0, 0.0]]), latent[:1])
        np.testing.assert_allclose(mirrored.flip(1).numpy(), magnitude.numpy(), atol=1e-4)
        np.testing.assert_allclose(mirrored_itd.numpy(), -itd.numpy(), atol=1e-9)
        self.assertEqual(float(ahead), 0.0)

    def test_grid_and_row_evaluation_agree(self):
        model, d, latents = small_model(), directions(5), EarLatents(3, SMALL)
        with torch.no_grad():
            grid_magnitude, grid_itd = model.forward_grid(d, latents.listeners())
            for listener, latent in enumerate(latents.flat()):
                magnitude, itd = model(d, latent.expand(5, -1))
                np.testing.assert_allclose(magnitude.numpy(), grid_magnitude[listener].numpy(), atol=1e-4)
                np.testing.assert_allclose(itd.numpy(), grid_itd[listener].numpy(), atol=1e-9)


class Training(unittest.TestCase):
    def test_same_seed_same_model_and_the_loss_falls(self):
        rng = np.random.default_rng(0)
        d = directions(64).numpy()
        shape = 3.0 * rng.standard_normal((3, 1, 2, 1)) + 6.0 * d[None, :, 1, None, None] * np.array([1.0, -1.0])[:, None]
        aims = targets.Targets(d, np.broadcast_to(shape, (3, 64, 2, features.BINS)).astype(np.float32),
                               np.tile(600e-6 * d[:, 1], (3, 1)).astype(np.float32), np.ones(64, dtype=np.float32))
        settings = train.TrainSettings(epochs=20, batch_directions=16, seed=5)
        lines = []
        first, latents = train.train(aims, 44100, SMALL, settings, log=lines.append)
        second, _ = train.train(aims, 44100, SMALL, settings, log=lambda s: None)
        for a, b in zip(first.parameters(), second.parameters()):
            self.assertTrue(torch.equal(a, b))
        losses = [float(line.split("loss ")[1].split(",")[0]) for line in lines if "loss" in line]
        self.assertLess(losses[-1], 0.5 * losses[0])


class Export(unittest.TestCase):
    def test_file_and_description(self):
        model, latents = small_model(), EarLatents(2, SMALL)
        with tempfile.TemporaryDirectory() as folder:
            export.export(model, latents, ["a", "b"], 44100, {"seed": 1}, folder)
            description = json.loads((Path(folder) / export.DESCRIPTION_NAME).read_text())
            self.assertEqual(description["latentSize"], 8)
            self.assertEqual([s["id"] for s in description["subjects"]], ["a", "b"])
            self.assertEqual(description["generic"]["latent"][:4], description["generic"]["latent"][4:])
            export.verify(model, folder, log=lambda s: None)  # skips by itself without ONNX Runtime
            (Path(folder) / export.MODEL_NAME).write_bytes(b"broken")
            with self.assertRaises(ValueError):
                export.verify(model, folder)


if __name__ == "__main__":
    unittest.main()
