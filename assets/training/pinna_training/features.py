"""What the field is trained on: log-magnitude spectra of both ears and the interaural time delay, from HRIRs."""

from dataclasses import dataclass

import numpy as np

from .sphere import fit_spherical_harmonics, real_spherical_harmonics

FFT_SIZE = 256
BINS = FFT_SIZE // 2 + 1

# Spectra are floored here. 99.9 % of all bins in 0.2-16 kHz lie above -42 dB; below -60 dB the value is measurement noise,
# and one such bin would weigh as much in a squared error as a hundred honest ones.
FLOOR_DB = -60.0

# The evaluation band of the log-spectral distortion.
BAND_HZ = (200.0, 16000.0)

# CIPIC's loudspeaker and 200-tap window carry nothing useful below about 250 Hz: the responses roll off there by 3 to 15 dB
# in a way that differs between sessions, not between heads. Bins below this frequency are replaced.
LOWEST_MEASURED_HZ = 300.0


@dataclass(frozen=True)
class Features:
    """Targets of S subjects in M directions."""

    magnitude_db: np.ndarray  # [S, M, 2, BINS] float32, floored and extended to 0 Hz
    itd_seconds: np.ndarray  # [S, M] float32, delay of the right ear minus that of the left: positive = source on the left
    itd_replaced: np.ndarray  # [S, M] bool, where the estimate was an outlier and a smooth fit stands instead


def bin_frequencies_hz(sample_rate_hz):
    return np.arange(BINS) * sample_rate_hz / FFT_SIZE


def band_bins(sample_rate_hz):
    """The bins whose frequency lies in BAND_HZ, as a bool mask [BINS]."""
    f = bin_frequencies_hz(sample_rate_hz)
    return (f >= BAND_HZ[0]) & (f <= BAND_HZ[1])


def bin_weight(sample_rate_hz):
    """What a decibel of each bin counts in the personal model's components [BINS]. What lies outside the band of the metric is mostly the measuring system's noise: it may
    follow, but not lead."""
    return np.where(band_bins(sample_rate_hz), 1.0, 0.2)


def raw_magnitude_db(hrir):
    """20 log10 |FFT256| of HRIRs [..., taps]: [..., BINS], without floor or extension (the reference of every metric)."""
    return 20.0 * np.log10(np.abs(np.fft.rfft(hrir, FFT_SIZE)) + 1e-9)


def lsd(predicted_db, reference_db, sample_rate_hz):
    """Log-spectral distortion [...] of spectra [..., BINS]: RMS over the bins in 0.2-16 kHz of the difference in dB; no level alignment."""
    band = band_bins(sample_rate_hz)
    return np.sqrt(((predicted_db[..., band] - reference_db[..., band]) ** 2).mean(axis=-1))


def extend_to_dc(magnitude_db, sample_rate_hz):
    """Replaces the bins below LOWEST_MEASURED_HZ by the head's physical limit.

    A head that is small against the wavelength does not disturb the field: the pressure at both ears tends to the free-field
    pressure, 0 dB whatever the direction, and the deviation in level starts with the square of frequency (rigid sphere at
    small ka: |p| = |1 + 3/2 j ka cos(theta)| = 1 + O((ka)^2); Duda & Martens 1998). So the level at the first trusted bin
    is carried down to 0 Hz along (f / f0)^2, and the interaural level difference with it.
    """
    f = bin_frequencies_hz(sample_rate_hz)
    first = int(np.argmax(f >= LOWEST_MEASURED_HZ))
    out = np.array(magnitude_db, copy=True)
    out[..., :first] = out[..., first : first + 1] * (f[:first] / f[first]) ** 2
    return out


def magnitude_target_db(hrir, sample_rate_hz):
    """The target spectra [..., BINS] of HRIRs [..., taps]."""
    return extend_to_dc(np.maximum(raw_magnitude_db(hrir), FLOOR_DB), sample_rate_hz).astype(np.float32)


def minimum_phase(hrir, fft_size=1024):
    """The minimum-phase impulse response with the magnitude of `hrir` [..., taps]: [..., fft_size].

    By the real cepstrum (Oppenheim & Schafer, Discrete-Time Signal Processing, section 13.5): fold the anti-causal half of
    the cepstrum of log|H| onto the causal one and exponentiate. The magnitude is floored 100 dB below its maximum, since
    the logarithm of a spectral zero would alias through the whole cepstrum.
    """
    magnitude = np.abs(np.fft.rfft(hrir, fft_size))
    magnitude = np.maximum(magnitude, 1e-5 * magnitude.max(axis=-1, keepdims=True) + 1e-30)
    cepstrum = np.fft.irfft(np.log(magnitude), fft_size)
    fold = np.zeros(fft_size)
    fold[0] = fold[fft_size // 2] = 1.0
    fold[1 : fft_size // 2] = 2.0
    return np.fft.irfft(np.exp(np.fft.rfft(cepstrum * fold)), fft_size)


def ear_delay_samples(hrir, upsampling=8):
    """The delay [...] that best aligns HRIRs [..., taps] with their own minimum-phase versions, in samples.

    The maximum of the cross-correlation of the two (Nam, Abel & Smith 2008, "A method for estimating interaural time
    difference for binaural synthesis"), found on a grid `upsampling` times finer (zeros appended to the cross-spectrum)
    and refined by a parabola. It needs no onset threshold, and it is exactly the delay that a renderer must add to a
    minimum-phase filter, which is how the engine uses it.
    """
    fft_size = 1024  # 200 taps and a minimum-phase response that has decayed by then: no circular overlap
    h = np.fft.rfft(hrir, fft_size)
    m = np.fft.rfft(minimum_phase(hrir, fft_size)[..., : fft_size // 2], fft_size)
    fine = np.fft.irfft(h * np.conj(m), fft_size * upsampling)[..., : fft_size * upsampling // 2]
    peak = np.clip(fine.argmax(axis=-1), 1, fine.shape[-1] - 2)
    a, b, c = (np.take_along_axis(fine, (peak + o)[..., None], -1)[..., 0] for o in (-1, 0, 1))
    curvature = a - 2.0 * b + c
    offset = np.where(np.abs(curvature) > 1e-30, 0.5 * (a - c) / np.where(curvature == 0, 1.0, curvature), 0.0)
    return (peak + np.clip(offset, -0.5, 0.5)) / upsampling


def interaural_delay_seconds(hrir, sample_rate_hz, chunk=512):
    """ITD [...] of HRIR pairs [..., 2, taps]: delay(right) - delay(left), so positive for a source on the left."""
    shape = hrir.shape[:-2]
    pairs = hrir.reshape(-1, 2, hrir.shape[-1])
    delay = np.concatenate([ear_delay_samples(pairs[i : i + chunk]) for i in range(0, len(pairs), chunk)])
    return ((delay[:, 1] - delay[:, 0]) / sample_rate_hz).reshape(shape)


def clean_itd(itd_seconds, direction, threshold_seconds=60e-6, order=6):
    """Replaces outliers of an ITD pattern [M] on directions [M, 3] by a robust smooth fit: (cleaned, replaced [M] bool).

    Behind the head the response is weak and has several arrivals, and the correlation may lock on the wrong one. True
    ITDs vary slowly over the sphere: a spherical-harmonic fit of order 6, refitted three times without the directions that miss it
    by more than the threshold (arbitrary: about four times the spread of the honest residuals), tells them apart.
    """
    keep = np.ones(len(itd_seconds), dtype=bool)
    basis = real_spherical_harmonics(direction, order)
    for _ in range(3):
        coefficients = fit_spherical_harmonics(basis[keep], itd_seconds[keep, None], order, 1e-6)
        fit = (basis @ coefficients)[:, 0]
        keep = np.abs(itd_seconds - fit) <= threshold_seconds
    return np.where(keep, itd_seconds, fit), ~keep


def extract(measured):
    """Features of a MeasuredSet."""
    itd = interaural_delay_seconds(measured.hrir, measured.sample_rate_hz)
    replaced = np.zeros(itd.shape, dtype=bool)
    for s in range(len(itd)):
        itd[s], replaced[s] = clean_itd(itd[s], measured.direction)
    return Features(magnitude_target_db(measured.hrir, measured.sample_rate_hz), itd.astype(np.float32), replaced)


def load_or_extract(measured, cache_path=None):
    """Extraction takes about a minute for all subjects; a cache file beside the run's outputs saves it the next time."""
    ids = measured.subject_ids
    if cache_path is not None and cache_path.is_file():
        with np.load(cache_path) as c:
            if np.array_equal(c["subject_ids"], ids):
                return Features(c["magnitude_db"], c["itd_seconds"], c["itd_replaced"])
    features = extract(measured)
    if cache_path is not None:
        cache_path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cache_path, subject_ids=ids, **features.__dict__)
    return features


def symmetric_mean(features, mirror_of, members):
    """The generic listener: mean of log magnitudes [M, 2, BINS] and of ITD [M] over `members` and over their mirror images.

    Mirroring every head in the median plane before averaging removes the left-right bias of the rooms, rigs and heads, so
    that a source straight ahead has the same spectrum in both ears and an ITD of exactly zero.
    """
    magnitude = features.magnitude_db[members].mean(axis=0)
    itd = features.itd_seconds[members].mean(axis=0)
    magnitude = 0.5 * (magnitude + magnitude[mirror_of][:, ::-1])
    return magnitude, 0.5 * (itd - itd[mirror_of])
