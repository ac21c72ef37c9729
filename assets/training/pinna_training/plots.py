"""Plots by which a person can judge a run."""

import numpy as np
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from .coordinates import cartesian_to_interaural, interaural_to_cartesian, spherical_to_cartesian  # noqa: E402
from .field import predict  # noqa: E402
from .features import bin_frequencies_hz, raw_magnitude_db  # noqa: E402

DECIBEL_RANGE = dict(vmin=-30, vmax=15, cmap="viridis", shading="nearest", rasterized=True)


def draw_all(folder, measured, features, mean_db, mean_itd, model, held, metrics):
    """`mean_db` [M, 2, BINS] and `mean_itd` [M] are what the generic listener stands for."""
    folder.mkdir(parents=True, exist_ok=True)
    lsd_over_subjects(folder / "lsd-over-subjects.png", measured, metrics)
    spectra_over_elevation(folder / "spectra-over-elevation.png", measured, model, subject=0)
    itd_over_azimuth(folder / "itd-over-azimuth.png", measured, features, mean_itd, model)
    generic_sphere(folder / "generic-sphere.png", measured, model)
    generic_lines(folder / "generic-lines.png", measured, mean_db, model)


def _save(figure, path):
    figure.savefig(path, dpi=80)
    plt.close(figure)


def lsd_over_subjects(path, measured, metrics):
    figure, axes = plt.subplots(figsize=(10, 4), constrained_layout=True)
    x = np.arange(len(measured.subject_ids))
    markers = iter("osv^Dx+*Pp<>")
    for name, group in metrics.items():
        for method, figures in group.items():
            if "lsd_db_per_subject" in figures:
                axes.plot(x, figures["lsd_db_per_subject"], next(markers), ms=5,
                          label=f"{method}, {name}: {figures['lsd_db']:.2f} dB")
    axes.set_xticks(x, [str(i) for i in measured.subject_ids], rotation=90, fontsize=8)
    axes.set(xlabel="CIPIC subject", ylabel="LSD, 0.2-16 kHz (dB)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))
    _save(figure, path)


def spectra_over_elevation(path, measured, model, subject):
    azimuth, elevation = cartesian_to_interaural(measured.direction)
    median = np.flatnonzero(np.abs(azimuth) < 0.5)
    median = median[np.argsort(elevation[median])]
    khz = bin_frequencies_hz(measured.sample_rate_hz) / 1000
    turn = np.arange(-90.0, 270.0, 2.5)
    field, _ = predict(model, interaural_to_cartesian(0.0, turn))
    figure, axes = plt.subplots(2, 2, figsize=(11, 7), sharex=True, sharey=True, constrained_layout=True)
    for ear, side in enumerate(("left ear", "right ear")):
        raw = raw_magnitude_db(measured.hrir[subject, median, ear])
        image = axes[0, ear].pcolormesh(khz, elevation[median], raw, **DECIBEL_RANGE)
        axes[0, ear].set_title(f"{measured.name(subject)}, {side}, measured")
        axes[1, ear].pcolormesh(khz, turn, field[subject, :, ear], **DECIBEL_RANGE)
        axes[1, ear].set_title(f"field, {side} (no data < -45, > 231)")
        axes[1, ear].set_xlabel("frequency (kHz)")
    for a in axes[:, 0]:
        a.set_ylabel("elevation around the ears' axis (deg)")
    figure.colorbar(image, ax=axes, label="dB")
    _save(figure, path)


def itd_over_azimuth(path, measured, features, mean_itd, model):
    azimuth, elevation = cartesian_to_interaural(measured.direction)
    figure, axes = plt.subplots(1, 3, figsize=(13, 4), sharey=True, constrained_layout=True)
    turn = np.arange(-180.0, 180.5, 1.0)
    _, field = predict(model, spherical_to_cartesian(turn, 0.0))
    horizontal = (np.abs(elevation) < 0.5) | (np.abs(elevation - 180.0) < 0.5)
    sofa_azimuth = np.degrees(np.arctan2(measured.direction[:, 1], measured.direction[:, 0]))[horizontal]
    last = len(measured.subject_ids) - 1
    curves = [(measured.name(0), features.itd_seconds[0], field[0]), (measured.name(last // 2), features.itd_seconds[last // 2], field[last // 2]),
              ("generic", mean_itd, field[-1])]
    for a, (name, points, line) in zip(axes, curves):
        a.plot(sofa_azimuth, 1e6 * points[horizontal], "k.", label="measured")
        a.plot(turn, 1e6 * line, "C1", lw=1, label="field")
        a.set(title=f"{name}, horizontal plane", xlabel="azimuth (deg, counter-clockwise)")
        a.grid(alpha=0.3)
        a.legend()
    axes[0].set_ylabel("ITD (us, positive: source on the left)")
    _save(figure, path)


def generic_sphere(path, measured, model):
    """Left ear's level of the generic listener over the whole sphere, at some frequencies."""
    f = bin_frequencies_hz(measured.sample_rate_hz)
    az, el = np.arange(-180.0, 181.0, 3.0), np.arange(-90.0, 91.0, 3.0)
    grid = spherical_to_cartesian(*np.meshgrid(az, el))
    field, itd = predict(model, grid.reshape(-1, 3))
    figure, axes = plt.subplots(2, 3, figsize=(13, 6), sharex=True, sharey=True, constrained_layout=True)
    for a, hz in zip(axes.flat, (500, 2000, 4000, 8000, 12000)):
        bin_index = int(np.argmin(np.abs(f - hz)))
        values = field[-1, :, 0, bin_index].reshape(grid.shape[:2])
        image = a.pcolormesh(az, el, values, shading="nearest", cmap="viridis", rasterized=True)
        a.axhline(-45, color="w", lw=0.5, ls=":")
        a.set_title(f"generic, left ear, {f[bin_index]:.0f} Hz (dB)")
        figure.colorbar(image, ax=a)
    image = axes[1, 2].pcolormesh(az, el, 1e6 * itd[-1].reshape(grid.shape[:2]), shading="nearest", cmap="coolwarm", rasterized=True)
    axes[1, 2].set_title("generic, ITD (us)")
    figure.colorbar(image, ax=axes[1, 2])
    for a in axes[1]:
        a.set_xlabel("azimuth (deg)")
    for a in axes[:, 0]:
        a.set_ylabel("elevation (deg)")
    axes[0, 0].invert_xaxis()
    _save(figure, path)


def generic_lines(path, measured, mean_db, model):
    """Generic spectra in some directions, on the logarithmic axis that shows the low end."""
    f = bin_frequencies_hz(measured.sample_rate_hz)
    names = [("front", 0, 0), ("left", 90, 0), ("right", -90, 0), ("behind", 180, 0), ("above", 0, 90), ("below", 0, -90)]
    direction = spherical_to_cartesian([n[1] for n in names], [n[2] for n in names])
    field, _ = predict(model, direction)
    figure, axes = plt.subplots(2, 3, figsize=(13, 6), sharex=True, sharey=True, constrained_layout=True)
    for i, (a, (name, _, _)) in enumerate(zip(axes.flat, names)):
        for ear, colour in enumerate(("C0", "C3")):
            a.semilogx(np.maximum(f, 86), field[-1, i, ear], colour, lw=1.2, label=("left", "right")[ear] + " ear, field")
        nearest = int(np.argmax(measured.direction @ direction[i]))
        if measured.direction[nearest] @ direction[i] > 0.999:
            a.semilogx(np.maximum(f, 86), mean_db[nearest, 0], "k:", lw=1, label="left ear, mean of measurements")
        a.set(title=f"generic listener, source {name}", ylim=(-50, 20))
        a.grid(alpha=0.3, which="both")
    axes[0, 0].legend(fontsize=8)
    for a in axes[1]:
        a.set_xlabel("frequency (Hz; the first point is 0 Hz)")
    for a in axes[:, 0]:
        a.set_ylabel("dB")
    _save(figure, path)
