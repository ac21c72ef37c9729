"""Optimisation of the field and of its listeners' latents together (an auto-decoder: Park et al. 2019, DeepSDF)."""

import time
from dataclasses import dataclass

import numpy as np
import torch

from .features import BINS, BAND_HZ, bin_frequencies_hz
from .model import EarLatents, HrtfField, ModelSettings, parameter_count


@dataclass(frozen=True)
class TrainSettings:
    epochs: int = 50
    # Directions in a step; every listener is trained in each of them.
    batch_directions: int = 16
    learning_rate: float = 2e-3
    # A latent sees far fewer gradients than a weight does: only those of its own ear.
    latent_learning_rate: float = 6e-3
    weight_decay: float = 1e-4
    # Mean-square latent size is held near this prior, so that latents stay where a later fit of new listeners can look for them.
    latent_prior: float = 1e-3
    # dB of loss per microsecond of ITD error. At convergence spectra err by 2 dB and ITDs by 8 us: the ITD is a tenth of the loss.
    itd_weight_db_per_us: float = 0.02
    # The generic listener is what everyone hears by default, and its spectra are easy: it counts this many times.
    generic_weight: float = 2.0
    seed: int = 1


def bin_weights(sample_rate_hz):
    """Loss weights of the bins [BINS], sum 1. Above 16 kHz they are low: hardly audible, and far noisier than the rest."""
    weight = np.where(bin_frequencies_hz(sample_rate_hz) <= BAND_HZ[1], 1.0, 0.1)
    return weight / weight.sum()


def train(targets, sample_rate_hz, model_settings=ModelSettings(), settings=TrainSettings(), log=print, check=None):
    """Trains on Targets; returns (HrtfField, EarLatents). `check(model, latents)` may add text to the log lines."""
    torch.manual_seed(settings.seed)
    measured = targets.weight >= 1.0
    flat = targets.magnitude_db[:, measured].reshape(-1, BINS)
    mean_db, scale_db = flat.mean(axis=0), np.full(BINS, 6.0)
    model = HrtfField(model_settings, mean_db, scale_db, settings.seed)
    latents = EarLatents(len(targets.magnitude_db) - 1, model_settings, settings.seed)
    log(f"{parameter_count(model)} parameters, {latents.subjects} subjects, {len(targets.direction)} directions")

    direction = torch.from_numpy(targets.direction)
    magnitude = torch.from_numpy(targets.magnitude_db)
    itd_us = torch.from_numpy(targets.itd_seconds * 1e6)
    direction_weight = torch.from_numpy(targets.weight)
    listener_weight = torch.ones(latents.subjects + 1)
    listener_weight[-1] = settings.generic_weight
    weight = torch.from_numpy(bin_weights(sample_rate_hz)).float()

    optimiser = torch.optim.AdamW([
        {"params": model.parameters(), "lr": settings.learning_rate, "weight_decay": settings.weight_decay},
        {"params": latents.parameters(), "lr": settings.latent_learning_rate, "weight_decay": 0.0},
    ])
    steps = -(-len(direction) // settings.batch_directions)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [settings.learning_rate, settings.latent_learning_rate], total_steps=settings.epochs * steps, pct_start=0.1)

    start = time.monotonic()
    for epoch in range(1, settings.epochs + 1):
        total = 0.0
        for batch in torch.randperm(len(direction)).split(settings.batch_directions):
            magnitude_db, itd_seconds = model.forward_grid(direction[batch], latents.listeners())
            # The metric itself is the loss: RMS over frequency of each ear's spectrum error, averaged. Squared
            # errors would spend the capacity on the few darkest contralateral responses.
            square = ((magnitude_db - magnitude[:, batch]) ** 2 * weight).sum(dim=-1)  # [L, B, 2]
            spectral = torch.sqrt(square + 1e-2).mean(dim=-1)
            temporal = torch.nn.functional.smooth_l1_loss(itd_seconds * 1e6, itd_us[:, batch], reduction="none", beta=5.0)
            w = listener_weight[:, None] * direction_weight[batch]
            loss = ((spectral + settings.itd_weight_db_per_us * temporal) * w).sum() / w.sum()
            loss = loss + settings.latent_prior * (latents.table ** 2).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss)
        if epoch % max(1, settings.epochs // 20) == 0 or epoch == settings.epochs:
            extra = f", {check(model, latents)}" if check else ""
            log(f"epoch {epoch:4d}: loss {total / steps:.3f}{extra}, {time.monotonic() - start:.0f} s")
    return model.eval(), latents
