"""Statistics of body measurements: how head, shoulders and pinnae vary together, and what a missing one may be guessed from.

A person is a vector of 20 numbers: 4 of head and shoulders, then 8 of the left pinna, then the same 8 of the right one; centimetres, and degrees for
the angle. Two free sets of people are joined: CIPIC, whose definitions and means count, and HUTUBS, which lends its correlations only, because the
means of some of its measurements show that they were taken otherwise (see `other_definition`).
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HEAD = ("x1", "x2", "x3", "x12")
PINNA = ("d1", "d2", "d3", "d4", "d5", "d6", "d7", "theta1")
SYMBOLS = HEAD + PINNA
COLUMNS = HEAD + tuple(f"{side}_{symbol}" for side in "LR" for symbol in PINNA)

CIPIC_FILE = "cipic_anthro.csv"
HUTUBS_FILE = "hutubs_AntrhopometricMeasures.csv"

# Mannequins: KEMAR with two pairs of pinnae in CIPIC, FABIAN twice in HUTUBS. Subject 88 of HUTUBS is subject 22 measured again.
CIPIC_LEFT_OUT = {"21", "165"}
HUTUBS_LEFT_OUT = {"1", "96", "88"}

# Means further apart than this many standard deviations are no matter of population: nobody's shoulders differ by 10 cm between two student bodies.
OTHER_DEFINITION_SD = 1.5

# Plausible is what lies within this many standard deviations of the mean of either set.
PLAUSIBLE_SD = 5.0


@dataclass(frozen=True)
class People:
    ids: list
    values: np.ndarray  # [N, 20], no gaps


def read(path, id_column, angle_unit_degrees, left_out):
    """People with all 20 measurements. `angle_unit_degrees` is what one unit of the file's angles is in degrees."""
    path = Path(path)
    with path.open(newline="", encoding="utf-8-sig") as f:
        rows = list(csv.DictReader(f))
    missing = [c for c in (id_column,) + COLUMNS if not rows or c not in rows[0]]
    if missing:
        raise ValueError(f"{path}: has no column {', '.join(missing)}")
    ids, values = [], []
    for row in rows:
        v = np.array([float(row[c].strip() or "nan") for c in COLUMNS])
        if np.isfinite(v).all() and row[id_column] not in left_out:
            ids.append(row[id_column])
            values.append(v)
    values = np.array(values)
    values[:, [COLUMNS.index("L_theta1"), COLUMNS.index("R_theta1")]] *= angle_unit_degrees
    return People(ids, values)


def read_cipic(path):
    return read(path, "id", 180.0 / np.pi, CIPIC_LEFT_OUT)


def read_hutubs(path):
    return read(path, "SubjectID", 1.0, HUTUBS_LEFT_OUT)


def swap_ears(v):
    """The same people in the mirror; the last axis has the 20 measurements."""
    h, p = len(HEAD), len(PINNA)
    return np.concatenate([v[..., :h], v[..., h + p:], v[..., h:h + p]], axis=-1)


def mirrored_moments(values):
    """Mean [20] and covariance [20, 20] of a population whose ears are exchangeable: the average over the people and their mirror images."""
    both = np.concatenate([values, swap_ears(values)])
    mean = both.mean(axis=0)
    centred = both - mean
    # A mirror image adds no person, so one degree of freedom per person but one.
    return mean, centred.T @ centred / (2 * (len(values) - 1))


def correlation(covariance):
    sd = np.sqrt(np.diag(covariance))
    return covariance / np.outer(sd, sd)


def model(own, other, shrinkage=0.1):
    """Mean and covariance for people measured as `own` were.

    Means and standard deviations are `own`'s. The correlations are the two sets', averaged with their numbers of people as weights (standard deviations apart, because a
    measurement taken otherwise scatters otherwise), then drawn by `shrinkage` towards none, which a few dozen people need.
    """
    mean, covariance = mirrored_moments(own)
    r = correlation(covariance) * len(own)
    count = len(own)
    if other is not None:
        r = r + correlation(mirrored_moments(other)[1]) * len(other)
        count += len(other)
    r = (1.0 - shrinkage) * r / count + shrinkage * np.eye(len(COLUMNS))
    sd = np.sqrt(np.diag(covariance))
    return mean, r * np.outer(sd, sd)


def condition(mean, covariance, values, given):
    """Conditional mean [20] and standard deviation [20] of a Gaussian where the entries `given` [20] (bool) of `values` are known (there: the value, and 0)."""
    given = np.asarray(given, dtype=bool)
    out, sd = mean.copy(), np.sqrt(np.diag(covariance))
    out[given], sd[given] = values[given], 0.0
    if given.any() and not given.all():
        gain = np.linalg.solve(covariance[np.ix_(given, given)], covariance[np.ix_(given, ~given)]).T
        out[~given] = mean[~given] + gain @ (values[given] - mean[given])
        rest = covariance[np.ix_(~given, ~given)] - gain @ covariance[np.ix_(given, ~given)]
        sd[~given] = np.sqrt(np.maximum(np.diag(rest), 0.0))
    return out, sd


def indices(symbol):
    """Where a measurement stands in the vector: one place for the head's, two for a pinna's."""
    return [i for i, c in enumerate(COLUMNS) if c == symbol or c[2:] == symbol]


def other_definition(cipic, hutubs):
    """HUTUBS' mean less CIPIC's, for the measurements whose means are too far apart for the same definition."""
    out = {}
    for s in SYMBOLS:
        a, b = cipic[:, indices(s)], hutubs[:, indices(s)]
        difference = b.mean() - a.mean()
        if abs(difference) > OTHER_DEFINITION_SD * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2):
            out[s] = difference
    return out


def plausible_range(symbol, *sets):
    """Lowest and highest plausible value: mean -+ 5 standard deviations of either set, a length no less than half of the smallest one; rounded outwards."""
    low, high = np.inf, -np.inf
    for values in sets:
        v = values[:, indices(symbol)]
        mean, sd = v.mean(), v.std(ddof=1)
        bottom = mean - PLAUSIBLE_SD * sd
        if symbol != "theta1":
            bottom = max(bottom, 0.5 * min(s[:, indices(symbol)].min() for s in sets))
        low, high = min(low, bottom), max(high, mean + PLAUSIBLE_SD * sd)
    step = 1.0 if symbol == "theta1" else 0.5 if symbol in HEAD else 0.1
    return round(float(np.floor(low / step) * step), 3), round(float(np.ceil(high / step) * step), 3)


# What a person may have measured: name and the symbols given, of both ears.
SCENARIOS = {
    "all others": None,
    "head and shoulders": HEAD,
    "head, pinna height and width": HEAD + ("d5", "d6"),
    "pinna height": ("d5",),
}


def leave_one_out(own, other, shrinkage=0.1):
    """RMS error [symbol] of the mean and of each scenario, over people left out in turn. What a scenario itself gives has no figure there."""
    errors = {name: {s: [] for s in SYMBOLS} for name in ("mean", *SCENARIOS, "other ear")}
    z = []
    for i, person in enumerate(own):
        mean, covariance = model(np.delete(own, i, axis=0), other, shrinkage)
        for s in SYMBOLS:
            at = indices(s)
            errors["mean"][s].extend(mean[at] - person[at])
            for name, symbols in SCENARIOS.items():
                if symbols is not None and s in symbols:
                    continue
                given = np.zeros(len(COLUMNS), dtype=bool)
                for g in (SYMBOLS if symbols is None else symbols):
                    given[indices(g)] = True
                given[at] = False
                guess, sd = condition(mean, covariance, person, given)
                errors[name][s].extend(guess[at] - person[at])
                if symbols is None:
                    z.extend((guess[at] - person[at]) / sd[at])
            if len(at) == 2:
                for missing in at:
                    given = np.ones(len(COLUMNS), dtype=bool)
                    given[missing] = False
                    errors["other ear"][s].append(condition(mean, covariance, person, given)[0][missing] - person[missing])
    rms = {name: {s: float(np.sqrt(np.mean(np.square(e)))) for s, e in by.items() if e} for name, by in errors.items()}
    return rms, float(np.sqrt(np.mean(np.square(z))))
