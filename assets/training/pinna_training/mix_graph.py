"""The binaural mix of a block as one ONNX graph.

What it computes, for each listener and ear, is the overlap-save convolution of the engine's CPU renderer:

    X_p = DFT(last N samples of lane p)
    H_f = blend(table, corners of f) * exp(+-2 pi i k delay_f / 2 / N) * near field * exp( sum over bands of ln gain (S_b + i P_b) )
          * exp( slope (T1 + i Q1) + curve (T2 + i Q2) ) * exp(-2 pi i k lag_f / N)
    bus_j = sum over filters f of bus_gain[j, f] * X_lane(f) * H_f                        j: old, new
    block = sum over j of fade_j * (last B samples of IDFT(bus_j))

So a filter that stays has its gain in both buses and is computed once, one that fades out has it in the old bus only and one that fades in, or is new, in the new bus only. Filters near the head, those of sources all around, and those whose
band gains differ so much that their response has to be shortened, are a list of their own with further inputs; all others are spared that work.

All exponents of a filter are one row, of as many numbers as the engine likes: log gains of the bands, the delay between the ears, what bends the response behind edges, the delay of both ears. Matrices with as many
rows say what each of them does to level and phase of a bin. For the second list there are two sets of them: what may be shortened, and what comes after that.

The sum over filters and the blend over corners are matrix products too. Every size is free: one file serves every block length, transform, number of lanes, filters and listeners. The large matrices and tables
(`CONSTANTS`) are inputs by which the engine gives them as they are, or makes them initializers that stay on a GPU.

There is a second file in which the table is not given but made: for the directions that a block needs, from the coefficients of the listeners' HRTF fields. That is a product with the spherical harmonics of the
directions, one with matrices that turn components of a spectrum into the log magnitude and, by the Hilbert transform, the minimum phase on a fine grid, the exponential, and two more products: to the filter's taps, with the
band limit, the lead and the fade at the end, and from there to the spectrum of N samples. The interaural delay comes from the field too.
"""

import numpy as np
from onnx import TensorProto

from .graph import Graph

NAME = "binaural-mix.onnx"
FIELD_NAME = "binaural-mix-field.onnx"
LICENCE_NOTE = "The binaural mix of a block. Made by assets/training/build_mix_graph.py; holds no data."

INT = TensorProto.INT32

# P lanes of N samples, L listeners with F plain and M special filters of C and S corners each, K = N/2 + 1 bins, B samples a block, V rows of the table, D rows of the near field, T taps of a shortened response,
# X exponents of a filter.
BLOCK_INPUTS = {
    "samples": ["P", "N"],
    "lane": (["L", "F", 1], INT),
    "vertex": (["L", "F", "C"], INT),
    "weight": ["L", "F", 1, "C"],
    "exponent": ["L", "F", "X"],
    "bus_gain": ["L", 2, "F"],
    "special_lane": (["L", "M", 1], INT),
    "special_vertex": (["L", "M", "S"], INT),
    "special_weight": ["L", "M", 1, "S"],
    "special_exponent": ["L", "M", "X"],
    "special_bus_gain": ["L", 2, "M"],
    "near_cell": (["L", "M", 2, 5], INT),
    "near_weight": ["L", "M", 2, 1, 5],
    "steep": ["L", "M", 1],
}
TABLE_INPUTS = {
    "table_re": ["V", "2K"],
    "table_im": ["V", "2K"],
}
# Q directions for each listener, by their numbers among the A of a sphere; the table that is made of them has their L Q rows. Fields have H harmonics and E components of an ear's spectrum, and then the delay
# (2 E + 1 columns); R bins of the fine grid, U taps of a filter.
FIELD_INPUTS = {
    "direction": (["L", "Q"], INT),
    "basis": ["A", "H"],
    "coefficients": ["L", "H", "2E+1"],
    "curve_level": ["E", "R"],
    "curve_phase": ["E", "R"],
    "design_re": ["R", "U"],
    "design_im": ["R", "U"],
    "place_re": ["U", "K"],
    "place_im": ["U", "K"],
    "least_delay": [],
    "most_delay": [],
    "delay_row": ["X"],
}
CONSTANTS = {
    "dft_re": ["N", "K"],
    "dft_im": ["N", "K"],
    "idft_re": ["K", "B"],
    "idft_im": ["K", "B"],
    "fade": [2, 1, "B"],
    "level": ["X", "K"],
    "ear_phase": ["X", "2K"],
    "shape_level": ["X", "K"],
    "shape_phase": ["X", "K"],
    "bend_level": ["X", "K"],
    "bend_phase": ["X", "2K"],
    "near_re": ["D", "K"],
    "near_im": ["D", "K"],
    "shorten_re": ["LT", "K", "T"],
    "shorten_im": ["LT", "K", "T"],
    "lengthen_re": ["T", "K"],
    "lengthen_im": ["T", "K"],
}
OUTPUTS = {"blocks": ["L", 2, "B"]}


def _complex_product(g, a, b, output):
    """(re, im) times (re, im). Real and imaginary parts are tensors of their own, so that nothing has to be taken apart."""
    rr = g.node("Mul", [a[0], b[0]], output + "_rr")
    ii = g.node("Mul", [a[1], b[1]], output + "_ii")
    ri = g.node("Mul", [a[0], b[1]], output + "_ri")
    ir = g.node("Mul", [a[1], b[0]], output + "_ir")
    return g.node("Sub", [rr, ii], output + "_re"), g.node("Add", [ri, ir], output + "_im")


def _spectra(g):
    """Of all lanes: [P, K]."""
    return g.node("MatMul", ["samples", "dft_re"], "spectra_re"), g.node("MatMul", ["samples", "dft_im"], "spectra_im")


def _blend(g, table, prefix):
    """The table's rows at the corners, weighted: [L, F, 2K], left ear before right."""
    def part(rows, name):
        corners = g.node("Gather", [rows, prefix + "vertex"], f"{prefix}corners_{name}", axis=0)  # [L, F, C, 2K]
        blended = g.node("MatMul", [prefix + "weight", corners], f"{prefix}blended_{name}")  # [L, F, 1, 2K]
        return g.reshape(blended, (0, 0, -1), f"{prefix}filter_{name}")
    return part(table[0], "re"), part(table[1], "im")


def _bus(g, heard, filters, prefix):
    """sum over f of bus_gain[j, f] * heard_f * filter_f: [L, 2, 2K]. The sum of a product is four sums, so that the complex product itself is never written."""
    def total(a, b, name):
        return g.node("MatMul", [prefix + "bus_gain", g.node("Mul", [a, b], f"{prefix}{name}")], f"{prefix}sum_{name}")
    re = g.node("Sub", [total(heard[0], filters[0], "rr"), total(heard[1], filters[1], "ii")], prefix + "bus_re")
    im = g.node("Add", [total(heard[0], filters[1], "ri"), total(heard[1], filters[0], "ir")], prefix + "bus_im")
    return re, im


def _turn(g, heard, exponent, level, phase, prefix):
    """`heard` [L, F, 1, K] times one exponential of both ears, exp(level) * (cos + i sin): [L, F, 2, K]."""
    nepers = g.reshape(g.node("MatMul", [exponent, level], prefix + "level_flat"), (0, 0, 1, -1), prefix + "level_here")
    radians = g.reshape(g.node("MatMul", [exponent, phase], prefix + "phase_flat"), (0, 0, 2, -1), prefix + "phase_here")
    gain = g.node("Exp", [nepers], prefix + "level_gain")
    scaled = [g.node("Mul", [h, gain], f"{prefix}scaled_{n}") for h, n in zip(heard, ("re", "im"))]
    return _complex_product(g, scaled, (g.node("Cos", [radians], prefix + "phase_cos"), g.node("Sin", [radians], prefix + "phase_sin")), prefix + "turned")


def _plain(g, spectra, table, exponent):
    """Level and phase of all that a filter is besides its corners are one exponential."""
    source = [g.node("Gather", [s, "lane"], f"source_{n}", axis=0) for s, n in zip(spectra, ("re", "im"))]  # [L, F, 1, K]
    turned = _turn(g, source, exponent, "level", "ear_phase", "")  # [L, F, 2, K]
    heard = [g.reshape(t, (0, 0, -1), f"heard_{n}") for t, n in zip(turned, ("re", "im"))]
    return _bus(g, heard, _blend(g, table, ""), "")


def _special(g, spectra, table, exponent):
    """As _plain, with the shape of the bands apart, since it may have to be shortened, and with the near field."""
    p = "special_"
    source = [g.node("Gather", [s, p + "lane"], f"{p}source_{n}", axis=0) for s, n in zip(spectra, ("re", "im"))]  # [L, M, 1, K]
    gain = g.node("Exp", [g.node("MatMul", [exponent, "shape_level"], p + "shape_nepers")], p + "shape_gain")  # [L, M, K]
    phase = g.node("MatMul", [exponent, "shape_phase"], p + "shape_radians")
    shape = [g.node("Mul", [gain, g.node(f, [phase], f"{p}shape_{f.lower()}")], f"{p}shape_{n}") for f, n in (("Cos", "re"), ("Sin", "im"))]
    response = g.node("Add", [g.node("MatMul", [shape[0], "shorten_re"], p + "response_re"), g.node("MatMul", [shape[1], "shorten_im"], p + "response_im")], p + "response")  # [L, M, T]
    shaped = []
    for s, n in zip(shape, ("re", "im")):
        short = g.node("MatMul", [response, "lengthen_" + n], f"{p}short_{n}")
        change = g.node("Mul", [g.node("Sub", [short, s], f"{p}shortened_less_{n}"), "steep"], f"{p}change_{n}")
        shaped.append(g.reshape(g.node("Add", [s, change], f"{p}shaped_flat_{n}"), (0, 0, 1, -1), f"{p}shaped_{n}"))
    turned = _turn(g, _complex_product(g, source, shaped, p + "heard_shaped"), exponent, "bend_level", "bend_phase", p)  # [L, M, 2, K]
    near = []
    for n in ("re", "im"):
        cells = g.node("Gather", ["near_" + n, "near_cell"], f"near_cells_{n}", axis=0)  # [L, M, 2, 5, K]
        near.append(g.reshape(g.node("MatMul", ["near_weight", cells], f"near_blend_{n}"), (0, 0, 2, -1), f"near_ratio_{n}"))
    nearer = _complex_product(g, turned, near, p + "nearer")
    heard = [g.reshape(t, (0, 0, -1), f"{p}heard_{n}") for t, n in zip(nearer, ("re", "im"))]
    return _bus(g, heard, _blend(g, table, p), p)


def _mix(g, table, exponents=("exponent", "special_exponent")):
    """From the blocks' inputs and a table of filters to the blocks."""
    spectra = _spectra(g)
    plain, special = _plain(g, spectra, table, exponents[0]), _special(g, spectra, table, exponents[1])
    time = []
    for a, b, n in zip(plain, special, ("re", "im")):
        ears = g.reshape(g.node("Add", [a, b], f"buses_{n}"), (0, 2, 2, -1), f"bus_ears_{n}")  # [L, bus, ear, K]
        time.append(g.node("MatMul", [ears, "idft_" + n], f"time_{n}"))
    faded = g.node("Mul", [g.node("Add", time, "time"), "fade"], "faded")
    g.node("ReduceSum", [faded, g.constant("bus_axis", np.array([1], dtype=np.int64))], "blocks", keepdims=0)


def _field_table(g):
    """The filters [L Q, 2K] of the directions and their interaural delays [L Q, 1]."""
    harmonics = g.node("Gather", ["basis", "direction"], "harmonics", axis=0)  # [L, Q, H]
    values = g.node("MatMul", [harmonics, "coefficients"], "values")  # [L, Q, 2E+1]
    components = g.reshape(g.slice(values, 2, 0, -1, "components_flat"), (0, 0, 2, -1), "components")  # [L, Q, ear, E]
    gain = g.node("Exp", [g.node("MatMul", [components, "curve_level"], "curves_level")], "fine_gain")  # [L, Q, ear, R]
    phase = g.node("MatMul", [components, "curve_phase"], "curves_phase")
    taps = []
    for f, n in (("Cos", "re"), ("Sin", "im")):
        fine = g.node("Mul", [gain, g.node(f, [phase], f"fine_{f.lower()}")], f"fine_{n}")
        taps.append(g.node("MatMul", [fine, "design_" + n], f"taps_{n}"))
    taps = g.node("Add", taps, "taps")  # [L, Q, ear, U]
    table = []
    for n in ("re", "im"):
        ears = g.reshape(g.node("MatMul", [taps, "place_" + n], f"placed_{n}"), (0, 0, -1), f"ears_{n}")  # [L, Q, 2K]
        table.append(g.node("Flatten", [ears], f"made_{n}", axis=2))
    delay = g.node("Clip", [g.slice(values, 2, -1, np.iinfo(np.int64).max, "delay_column"), "least_delay", "most_delay"], "delay_bounded")
    return table, g.node("Flatten", [delay], "delays", axis=2)


def _add_delays(g, delays, prefix):
    """To the exponents of filters the delays of their corners; returns what they are then called."""
    corners = g.node("Gather", [delays, prefix + "vertex"], prefix + "delay_corners", axis=0)  # [L, F, C, 1]
    blended = g.reshape(g.node("MatMul", [prefix + "weight", corners], prefix + "delay_blended"), (0, 0, -1), prefix + "delay")  # [L, F, 1]
    return g.node("Add", [prefix + "exponent", g.node("Mul", [blended, "delay_row"], prefix + "delay_exponent")], prefix + "exponent_with_delay")


def write(path):
    """The graph that reads filters from a table. Returns the SHA-256 of the file."""
    g = Graph()
    _mix(g, ("table_re", "table_im"))
    return g.write(path, "pinna_binaural_mix", {**BLOCK_INPUTS, **TABLE_INPUTS, **CONSTANTS}, OUTPUTS, LICENCE_NOTE)


def write_field(path):
    """The graph that makes filters of the listeners' fields. Returns the SHA-256 of the file."""
    g = Graph()
    table, delays = _field_table(g)
    _mix(g, table, (_add_delays(g, delays, ""), _add_delays(g, delays, "special_")))
    return g.write(path, "pinna_binaural_mix_field", {**BLOCK_INPUTS, **FIELD_INPUTS, **CONSTANTS}, OUTPUTS, LICENCE_NOTE)
