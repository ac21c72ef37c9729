"""Inputs of the mix graph for tests and measurements: its constant matrices, random blocks, and what the blocks should be, one filter after the other in complex numbers."""

import numpy as np

BANDS = 3
# A filter's exponents: log gains of the bands, the delay between the ears, two shapes of diffraction, and a delay of both ears.
DELAY, SLOPE, CURVE, LAG, EXPONENTS = BANDS, BANDS + 1, BANDS + 2, BANDS + 3, BANDS + 4
# One that changes nothing, and four about a place on the grid.
CELLS = 5


def constants(n, block, taps, variants=1):
    """The matrices for a transform of n samples and blocks of `block`; responses are shortened to at most `taps` samples. Level and phase of the bands are smooth, and not those of the engine."""
    bins = n // 2 + 1
    k, t = np.arange(bins), np.arange(n)
    angle = 2 * np.pi * (np.outer(k, t) % n) / n  # [K, N]
    share = np.full(bins, 2.0 / n)
    share[[0, -1]] = 1.0 / n
    inner = np.ones(bins)
    inner[[0, -1]] = 0.0
    level, phase, bend_level, bend_phase, turn = np.zeros((5, EXPONENTS, bins))
    x = k / (bins - 1)
    level[0], level[2] = np.cos(0.5 * np.pi * x) ** 2, np.sin(0.5 * np.pi * x) ** 4
    level[1] = 1 - level[0] - level[2]
    phase[:BANDS] = [0.3 * np.sin(np.pi * x), 0.2 * np.sin(2 * np.pi * x), -0.4 * np.sin(np.pi * x)]
    bend_level[[SLOPE, CURVE]] = [0.2 * np.cos(np.pi * x), 0.3 * np.cos(2 * np.pi * x)]
    bend_phase[[SLOPE, CURVE, LAG]] = [0.2 * np.sin(np.pi * x), -0.3 * np.sin(2 * np.pi * x), -2 * np.pi * k / n]
    turn[DELAY] = np.pi * k / n
    both = phase + bend_phase
    risen = (np.arange(block) + 1) / block
    fade = np.stack([np.clip((length - np.arange(taps)) / (0.5 * length), 0, 1) for length in taps - 2 * np.arange(variants)])  # [variants, T]
    end = angle[:, n - block:]
    made = {
        "dft_re": np.cos(angle).T, "dft_im": -np.sin(angle).T * inner,
        "idft_re": share[:, None] * np.cos(end), "idft_im": -(share * inner)[:, None] * np.sin(end),
        "fade": np.stack([1 - risen, risen])[:, None],
        "level": level + bend_level, "ear_phase": np.concatenate([both + turn, both - turn], axis=1),
        "shape_level": level, "shape_phase": phase, "bend_level": bend_level, "bend_phase": np.concatenate([bend_phase + turn, bend_phase - turn], axis=1),
        "shorten_re": share[:, None] * np.cos(angle[:, :taps]) * fade[:, None], "shorten_im": -(share * inner)[:, None] * np.sin(angle[:, :taps]) * fade[:, None],
        "lengthen_re": np.cos(angle[:, :taps]).T, "lengthen_im": -(inner[:, None] * np.sin(angle[:, :taps])).T,
    }
    return {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in made.items()}


def minimum_phase(level):
    """The phase (radians) of log magnitudes (nepers) at bins 0 to N/2, by the real cepstrum."""
    size = 2 * (level.shape[-1] - 1)
    cepstrum = np.fft.irfft(level, size)
    fold = np.zeros(size)
    fold[[0, size // 2]], fold[1:size // 2] = 1, 2
    return np.fft.rfft(cepstrum * fold).imag


class FilterDesign:
    """From log magnitudes on a fine grid to a filter: the band limit, the lead, the taps that are kept, and where they stand among n samples."""

    def __init__(self, n, fine=256, taps=20, lead=4, at=7):
        self.n, self.fine, self.taps, self.lead, self.at = n, fine, taps, lead, at
        self.taper = np.cos(0.5 * np.pi * np.linspace(0, 1, fine // 2 + 1)) ** 0.5
        self.window = np.minimum(1, (taps - np.arange(taps)) / 5)

    def __call__(self, level):
        """[..., R] to the spectrum [..., K], by the definition."""
        response = np.fft.irfft(np.exp(level + 1j * minimum_phase(level)) * self.taper, self.fine)
        kept = np.roll(response, self.lead, axis=-1)[..., :self.taps] * self.window
        placed = np.zeros((*kept.shape[:-1], self.n))
        placed[..., self.at:self.at + self.taps] = kept
        return np.fft.rfft(placed)

    def constants(self, components):
        """The matrices of the graph for components [E, R] of the log magnitude."""
        share = np.full(self.fine // 2 + 1, 2.0 / self.fine)
        share[[0, -1]] = 1.0 / self.fine
        angle = 2 * np.pi * np.outer(np.arange(self.fine // 2 + 1), np.arange(self.taps) - self.lead) / self.fine
        weight = (share * self.taper)[:, None] * self.window
        place = 2 * np.pi * np.outer(np.arange(self.taps) + self.at, np.arange(self.n // 2 + 1)) / self.n
        made = {"curve_level": components, "curve_phase": minimum_phase(components), "design_re": weight * np.cos(angle), "design_im": -weight * np.sin(angle),
                "place_re": np.cos(place), "place_im": -np.sin(place)}
        return {name: value.astype(np.float32) for name, value in made.items()}


def fields(rng, design, listeners, directions, sphere=40, harmonics=9, components=5):
    """Listeners' fields over a sphere of random harmonics, and the directions of a block."""
    x = np.linspace(0, np.pi, design.fine // 2 + 1)
    curves = np.stack([0.5 / (1 + c) * np.cos(c * x) for c in range(components)])
    return {
        **design.constants(curves),
        "direction": rng.integers(0, sphere, (listeners, directions)).astype(np.int32),
        "basis": rng.standard_normal((sphere, harmonics)).astype(np.float32),
        "coefficients": (1.2 / np.sqrt(harmonics) * rng.standard_normal((listeners, harmonics, 2 * components + 1))).astype(np.float32),
        "least_delay": np.array(-1.5, dtype=np.float32), "most_delay": np.array(1.5, dtype=np.float32),
        "delay_row": np.where(np.arange(EXPONENTS) == DELAY, 3, 0).astype(np.float32),
    }


def with_table(inputs, design):
    """Of a block's inputs for the graph of fields those for the graph of tables."""
    values = inputs["basis"].astype(np.float64)[inputs["direction"]] @ inputs["coefficients"].astype(np.float64)  # [L, Q, 2E+1]
    ears = values[..., :-1].reshape(*values.shape[:2], 2, -1)
    table = design(ears @ inputs["curve_level"].astype(np.float64)).reshape(values.shape[0] * values.shape[1], -1)
    delays = np.clip(values[..., -1], inputs["least_delay"], inputs["most_delay"]).ravel()
    made = {**inputs, "table_re": table.real, "table_im": table.imag}
    for prefix in ("", "special_"):
        blended = np.einsum("lfoc,lfc->lf", inputs[prefix + "weight"], delays[inputs[prefix + "vertex"]])
        made[prefix + "exponent"] = inputs[prefix + "exponent"] + blended[..., None] * inputs["delay_row"]
    return made


def near_cells(rng, n, cells):
    bins = n // 2 + 1
    re, im = 1 + 0.3 * rng.standard_normal((cells, bins)), 0.3 * rng.standard_normal((cells, bins))
    re[0], im[:, [0, -1]] = 1, 0
    im[0] = 0
    return {"near_re": re.astype(np.float32), "near_im": im.astype(np.float32)}


def table(rng, n, rows, taps):
    """Spectra of random decaying responses: [V, left and right]."""
    response = rng.standard_normal((2, rows, taps)) * np.exp(-8 * np.arange(taps) / taps)
    spectra = np.concatenate(np.fft.rfft(response, n), axis=1)
    return {"table_re": spectra.real.astype(np.float32), "table_im": spectra.imag.astype(np.float32)}


def filters(rng, prefix, listeners, count, lanes, rows, corners, still=0.0):
    """`count` filters of each listener, of which a part `still` is in both buses and the others are in one of them."""
    gain = np.exp(-3 * rng.random((listeners, count)))
    bus = rng.integers(0, 2, (listeners, count))
    both = rng.random((listeners, count)) < still
    weight = rng.random((listeners, count, 1, corners))
    def between(least, most, columns=1):
        return least + (most - least) * rng.random((listeners, count, columns))
    exponent = np.concatenate([between(-5, 0, BANDS), between(-20, 20), between(-3, 0.5), between(-1, 1), between(0, 8)], axis=2)
    return {
        prefix + "lane": rng.integers(0, lanes, (listeners, count, 1)).astype(np.int32),
        prefix + "vertex": rng.integers(0, rows, (listeners, count, corners)).astype(np.int32),
        prefix + "weight": (weight / weight.sum(axis=3, keepdims=True)).astype(np.float32),
        prefix + "exponent": exponent.astype(np.float32),
        prefix + "bus_gain": np.stack([gain * ((bus == 0) | both), gain * ((bus == 1) | both)], axis=1).astype(np.float32),
    }


def block(rng, n, listeners, lanes, count, special, rows, cells, corners=3, still=0.0):
    weight = rng.random((listeners, special, 2, 1, CELLS))
    cell = rng.integers(0, cells, (listeners, special, 2, CELLS))
    cell[..., 0] = 0
    return {
        "samples": (0.2 * rng.standard_normal((lanes, n))).astype(np.float32),
        **filters(rng, "", listeners, count, lanes, rows, corners, still),
        **filters(rng, "special_", listeners, special, lanes, rows, corners, still),
        "near_cell": cell.astype(np.int32),
        "near_weight": (weight / weight.sum(axis=4, keepdims=True)).astype(np.float32),
        "steep": rng.integers(0, 2, (listeners, special, 1)).astype(np.float32),
    }


def expected(inputs):
    """blocks [L, 2, B] in double precision, by the definition in mix_graph.py."""
    n = inputs["samples"].shape[1]
    size = inputs["idft_re"].shape[1]
    bins = n // 2 + 1
    spectra = np.fft.rfft(inputs["samples"].astype(np.float64))
    rows = inputs["table_re"].astype(np.float64) + 1j * inputs["table_im"]
    near = inputs["near_re"].astype(np.float64) + 1j * inputs["near_im"]
    listeners = len(inputs["lane"])
    blocks = np.zeros((listeners, 2, size))
    for prefix in ("", "special_"):
        for listener in range(listeners):
            for f in range(inputs[prefix + "lane"].shape[1]):
                exponent = inputs[prefix + "exponent"][listener, f].astype(np.float64)
                shape = np.exp(exponent @ (inputs["shape_level"] + 1j * inputs["shape_phase"]))
                # The two shapes, without the delays.
                bend = np.exp(exponent[[SLOPE, CURVE]] @ (inputs["bend_level"] + 1j * inputs["bend_phase"][:, :bins])[[SLOPE, CURVE]])
                if prefix and inputs["steep"][listener, f, 0]:
                    variant = min(listener, len(inputs["shorten_re"]) - 1)
                    response = shape.real @ inputs["shorten_re"][variant] + shape.imag @ inputs["shorten_im"][variant]
                    shape = np.fft.rfft(response, n)
                corners = np.einsum("c,ck->k", inputs[prefix + "weight"][listener, f, 0], rows[inputs[prefix + "vertex"][listener, f]]).reshape(2, bins)
                for ear, sign in enumerate((1, -1)):
                    turn = np.pi * np.arange(bins) * (sign * exponent[DELAY] - 2 * exponent[LAG]) / n
                    filtered = corners[ear] * shape * bend * np.exp(1j * turn)
                    if prefix:
                        filtered = filtered * (inputs["near_weight"][listener, f, ear, 0] @ near[inputs["near_cell"][listener, f, ear]])
                    time = np.fft.irfft(filtered * spectra[inputs[prefix + "lane"][listener, f, 0]], n)[n - size:]
                    blocks[listener, ear] += (inputs[prefix + "bus_gain"][listener, :, f] @ inputs["fade"][:, 0]) * time
    return blocks
