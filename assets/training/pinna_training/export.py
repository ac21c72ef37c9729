"""Writing the field: two ONNX graphs, their description in JSON, and the check that all say what field.py says."""

import hashlib
import json
from pathlib import Path

import numpy as np
from onnx import TensorProto

from . import data
from .features import BINS, FFT_SIZE
from .graph import Graph
from .sphere import degrees, real_spherical_harmonics

FIELD_NAME = "hrtf-field.onnx"
SPECTRA_NAME = "hrtf-spectra.onnx"
DESCRIPTION_NAME = "hrtf-field.json"
REFERENCE_NAME = "hrtf-field-reference.json"

# Far below the smallest audible difference in level, far above single-precision noise.
TOLERANCE_DB = 1e-3
TOLERANCE_SECONDS = 1e-8


def _write_field(field, path):
    """latent [1, 5 S] -> coefficients [H, 2 B + 1]. It costs a pass over all ears, so an engine runs it once for a listener."""
    g = Graph()
    e, h, b = field.ears.shape
    # The two ears' weights as the rows of one matrix, so that the stored ears are read once.
    weights = g.reshape(g.slice("latent", 1, 0, 2 * e, "ear_weights_flat"), (2, e), "ear_weights")
    ears = g.node("Cast", [g.constant("ears_int8", field.ears.reshape(e, h * b))], "ears", to=TensorProto.FLOAT)
    units = g.reshape(g.node("MatMul", [weights, ears], "units_flat"), (2, h, b), "units")
    scale = g.node("Gather", [g.constant("scale_of_degree", field.scale), g.constant("degree", degrees(field.order).astype(np.int64))], "scale", axis=0)
    levels = g.node("Add", [g.node("Mul", [units, scale], "difference"), g.constant("mean", field.mean)], "left_ears")
    sign = np.stack([np.ones(h), field.mirror_sign()])[..., None].astype(np.float32)
    levels = g.node("Mul", [levels, g.constant("mirror_sign", sign)], "ears_of_head")
    levels = g.reshape(g.node("Transpose", [levels], "harmonics_first", perm=[1, 0, 2]), (h, 2 * b), "levels")
    delays = g.node("Cast", [g.constant("delays_float16", field.delays_us)], "delays", to=TensorProto.FLOAT)
    delay = g.node("MatMul", [g.slice("latent", 1, 2 * e, field.latent_size, "delay_weights"), delays], "delay_difference")
    delay = g.reshape(g.node("Add", [delay, g.constant("mean_delay", field.mean_delay_us)], "delay_row"), (h, 1), "delay")
    g.node("Concat", [levels, delay], "coefficients", axis=1)
    return g.write(path, "pinna_hrtf_field", {"latent": [1, field.latent_size]}, {"coefficients": [h, 2 * b + 1]}, data.ATTRIBUTION)


def _write_spectra(back, harmonics, path):
    """basis [G, N, H], coefficients [L, H, 2 B + 1] -> magnitude_db [L, N, 2, BINS], itd_seconds [L, N]. L listeners in one call: G is L where each has directions of its own, 1 where all
    share the same ones."""
    g = Graph()
    b = len(back)
    columns = 2 * b + 1
    values = g.node("MatMul", ["basis", "coefficients"], "values")
    # 0: the dimension stays what it is.
    scores = g.reshape(g.slice(values, 2, 0, 2 * b, "scores_flat"), (0, 0, 2, b), "scores")
    g.node("MatMul", [scores, g.constant("back", back)], "magnitude_db")
    delay = g.reshape(g.slice(values, 2, 2 * b, columns, "delay_column"), (0, 0), "delay_us")
    g.node("Mul", [delay, g.constant("microsecond", np.float32(1e-6))], "itd_seconds")
    return g.write(path, "pinna_hrtf_spectra", {"basis": ["G", "N", harmonics], "coefficients": ["L", harmonics, columns]},
                   {"magnitude_db": ["L", "N", 2, BINS], "itd_seconds": ["L", "N"]}, data.ATTRIBUTION)


def export(field, names, sample_rate_hz, training, out_dir):
    """Writes the graphs, DESCRIPTION_NAME and REFERENCE_NAME into `out_dir`; returns the description."""
    out_dir = Path(out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)

    def row(latent):
        return [round(float(v), 6) for v in latent]

    description = {
        "format": "pinna-hrtf-field",
        "version": 3,
        "sampleRateHz": sample_rate_hz,
        "fftSize": FFT_SIZE,
        "bins": BINS,
        "order": field.order,
        "components": len(field.back),
        "latentSize": field.latent_size,
        "model": FIELD_NAME,
        "modelSha256": _write_field(field, out_dir / FIELD_NAME),
        "spectra": SPECTRA_NAME,
        "spectraSha256": _write_spectra(field.back, len(field.mean), out_dir / SPECTRA_NAME),
        "generic": {"latent": row(field.generic())},
        "subjects": [{"id": name, "latent": row(field.subject(i))} for i, name in enumerate(names)],
        "license": data.LICENCE,
        "attribution": data.ATTRIBUTION,
        "training": training,
    }
    (out_dir / DESCRIPTION_NAME).write_text(_to_json(description), encoding="utf-8")
    _write_reference(field, names, out_dir / REFERENCE_NAME)
    return description


def _to_json(description):
    """Indented, but with each latent on one line: a page to read, not ten thousand lines."""
    latents = []

    def mark(value):
        if isinstance(value, dict):
            return {k: mark(v) for k, v in value.items()}
        if isinstance(value, list) and value and all(isinstance(v, float) for v in value):
            latents.append(json.dumps([int(v) if v == int(v) else v for v in value]))
            return f"@latent{len(latents) - 1}@"
        return [mark(v) for v in value] if isinstance(value, list) else value

    text = json.dumps(mark(description), indent=2, ensure_ascii=True)
    for i, row in enumerate(latents):
        text = text.replace(f'"@latent{i}@"', row)
    return text + "\n"


def _write_reference(field, names, path):
    """What field.py says in some directions, for tests of whoever runs the graphs: the generic listener, a subject, and a blend of two whose ears are swapped."""
    blend = 0.5 * (field.subject(0) + field.subject(field.subjects - 1))
    ears = 2 * field.subjects
    blend[:ears], blend[ears:2 * ears] = blend[ears:2 * ears].copy(), blend[:ears].copy()
    direction = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-0.48, -0.64, 0.6], [0.0, 0.0, -1.0], [0.6, -0.48, -0.64]])
    listeners = []
    for name, latent in (("generic", field.generic()), (names[0], field.subject(0)), ("blend", blend)):
        magnitude_db, itd_seconds = field(direction, latent)
        listeners.append({"name": name, "latent": [float(v) for v in latent], "itdSeconds": [round(float(v), 10) for v in itd_seconds],
                          "magnitudeDb": [round(float(v), 4) for v in magnitude_db.ravel()]})
    path.write_text(json.dumps({"directions": direction.tolist(), "listeners": listeners}) + "\n", encoding="utf-8")


def sessions(out_dir):
    """(description, coefficients, run) of written files, by ONNX Runtime on one thread: coefficients(latent) once for a listener, then run(direction, coefficients) ->
    magnitudes, delays. Raises ImportError without it."""
    import onnxruntime

    out_dir = Path(out_dir)
    description = json.loads((out_dir / DESCRIPTION_NAME).read_text(encoding="utf-8"))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    loaded = []
    for name in ("model", "spectra"):
        loaded.append(onnxruntime.InferenceSession(str(out_dir / description[name]), options, providers=["CPUExecutionProvider"]))

    def coefficients(latent):
        return loaded[0].run(["coefficients"], {"latent": np.asarray(latent, dtype=np.float32)[None]})[0]

    def run(direction, listener):
        basis = real_spherical_harmonics(direction, description["order"]).astype(np.float32)
        magnitude_db, itd_seconds = loaded[1].run(["magnitude_db", "itd_seconds"], {"basis": basis[None], "coefficients": listener[None]})
        return magnitude_db[0], itd_seconds[0]
    return description, coefficients, run


def verify(field, out_dir, log=print, seed=0):
    """Compares the written files with `field` on random directions for every listener of the description.

    Returns the largest differences (dB, seconds), or None, with a message, where ONNX Runtime is not installed.
    """
    out_dir = Path(out_dir)
    description = json.loads((out_dir / DESCRIPTION_NAME).read_text(encoding="utf-8"))
    for name in ("model", "spectra"):
        if hashlib.sha256((out_dir / description[name]).read_bytes()).hexdigest() != description[name + "Sha256"]:
            raise ValueError(f"{out_dir / description[name]} does not have the checksum that {DESCRIPTION_NAME} states")
    try:
        description, coefficients, run = sessions(out_dir)
    except ImportError:
        log("not verified against ONNX Runtime: the Python package onnxruntime is not installed")
        return None
    rng = np.random.default_rng(seed)
    worst_db = worst_seconds = 0.0
    for latent in [description["generic"]["latent"]] + [s["latent"] for s in description["subjects"]] + [rng.standard_normal(field.latent_size) / 10]:
        listener = coefficients(latent)
        for rows in (1, 37):  # N is dynamic, and 1 is the batch size that most often breaks
            direction = rng.standard_normal((rows, 3))
            direction /= np.linalg.norm(direction, axis=1, keepdims=True)
            magnitude_db, itd_seconds = run(direction, listener)
            if magnitude_db.shape != (rows, 2, BINS) or itd_seconds.shape != (rows,):
                raise ValueError(f"wrong output shapes {magnitude_db.shape} and {itd_seconds.shape} for N = {rows}")
            expected_db, expected_seconds = field(direction, latent)
            worst_db = max(worst_db, float(np.abs(magnitude_db - expected_db).max()))
            worst_seconds = max(worst_seconds, float(np.abs(itd_seconds - expected_seconds).max()))
    log(f"ONNX Runtime agrees with field.py within {worst_db:.1e} dB and {worst_seconds:.1e} s")
    if worst_db > TOLERANCE_DB or worst_seconds > TOLERANCE_SECONDS:
        raise ValueError("the exported graphs differ from the field")
    return worst_db, worst_seconds
