#!/usr/bin/env python3
"""Writes small end-to-end binaural models, which show the signature that the engine takes (BinauralModel.onnx), and a few that break it.

head-look-back.onnx    a spherical head without its shadow: each ear hears the sound earlier or later by radius / c * sin(lateral angle), and louder or softer; looks back 31 frames, takes any block length
head-shadow.onnx       one low-pass of first order a voice, a recurrent network with a state, that an ear hears the more of the farther it is turned away

From the pose at a block's beginning to that at its end both go by a straight cross-fade. Nothing here is measured or trained: the figures are round.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OUT = Path(__file__).resolve().parents[2] / "middleware-api/src/test/resources/io/pinna/hrtf"
OPSET = 17
RATE = 48000
# Look-back model. Delays are 16 frames for both ears in front, and 12 more or less at the side: 0.5 ms between the ears. Levels are 1 + 0.4 y and 1 - 0.4 y: 7.36 dB at the side.
TAPS, CENTRE, TURN, LEVEL = 32, 16.0, 12.0, 0.4
# Low-pass y[n] = (1 - a) x[n] + a y[n - 1] at 1 kHz.
POLE = float(np.exp(-2 * np.pi * 1000 / RATE))


class Net:
    def __init__(self):
        self.nodes, self.constants, self.count = [], [], 0

    def const(self, value, dtype=np.float32):
        self.count += 1
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), f"c{self.count}"))
        return f"c{self.count}"

    def op(self, operator, *inputs, out=None, **attributes):
        self.count += 1
        out = out or f"t{self.count}"
        self.nodes.append(helper.make_node(operator, list(inputs), [out] if isinstance(out, str) else out, **attributes))
        return out

    def ints(self, *values):
        return self.const(values, np.int64)

    def slice(self, x, axis, first, end):
        return self.op("Slice", x, self.ints(first), self.ints(end), self.ints(axis))

    def reshape(self, x, *shape):
        return self.op("Reshape", x, self.ints(*shape))

    def ramp(self, block):
        """(i + 1) / B for each frame of a block [S, B]."""
        ones = self.op("Add", self.op("Mul", block, self.const(0)), self.const(1))
        return self.op("Div", self.op("CumSum", ones, self.const(1, np.int32)), self.op("ReduceSum", ones, self.ints(1), keepdims=1))

    def fade(self, ramp, begin, end):
        return self.op("Add", begin, self.op("Mul", ramp, self.op("Sub", end, begin)))

    def lateral(self, pose, which):
        """y of the direction at the block's beginning (0) or end (1), [S, 1]."""
        return self.reshape(self.slice(self.slice(pose, 1, which, which + 1), 2, 1, 2), -1, 1)

    def write(self, file, inputs, outputs, **metadata):
        def values(tensors):
            return [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in tensors.items()]
        graph = helper.make_graph(self.nodes, file, values(inputs), values(outputs), self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="pinna-training", doc_string="Made by assets/training/build_binaural_examples.py; holds no data.")
        model.ir_version = 8  # of opset 17
        helper.set_model_props(model, {k: str(v) for k, v in metadata.items()})
        onnx.checker.check_model(model, full_check=True)
        (OUT / f"{file}.onnx").write_bytes(model.SerializeToString())
        print(OUT / f"{file}.onnx", len(model.SerializeToString()))


POSE = ["S", 2, 4]


def look_back():
    n = Net()
    # Frame t of window k is frame t + k of the audio: k = TAPS - 1 is the newest.
    audio = n.reshape("audio", 0, 1, -1)
    last = np.iinfo(np.int64).max
    windows = n.op("Concat", *[n.slice(audio, 2, k, k - TAPS + 1 if k < TAPS - 1 else last) for k in range(TAPS)], axis=1)
    delay_of_window = n.const(np.arange(TAPS - 1, -1, -1).reshape(1, 1, TAPS))
    sides = n.const(np.array([1, -1]).reshape(1, 2, 1))
    heard = []
    for which in (0, 1):
        y = n.op("Mul", n.reshape(n.lateral("pose", which), -1, 1, 1), sides)
        delay = n.op("Sub", n.const(CENTRE), n.op("Mul", y, n.const(TURN)))
        # Between two frames both sound, by how near they are.
        taps = n.op("Relu", n.op("Sub", n.const(1), n.op("Abs", n.op("Sub", delay_of_window, delay))))
        level = n.op("Add", n.const(1), n.op("Mul", y, n.const(LEVEL)))
        heard.append(n.op("MatMul", n.op("Mul", taps, level), windows))
    ramp = n.reshape(n.ramp(n.slice("audio", 1, TAPS - 1, last)), 0, 1, -1)
    n.op("Identity", n.fade(ramp, *heard), out="binaural")
    n.write("head-look-back", {"audio": ["S", "T"], "pose": POSE}, {"binaural": ["S", 2, "B"]}, name="delay and level", sampleRateHz=RATE, lookBackFrames=TAPS - 1, latencyFrames=int(CENTRE))


def shadow():
    n = Net()
    # A recurrent network of one unit without a curve: time first, then voices, then the one feature.
    x = n.reshape(n.op("Transpose", "audio", perm=[1, 0]), 0, 0, 1)
    w, r = n.const([[[1 - POLE]]]), n.const([[[POLE]]])
    first = n.reshape("state", 1, -1, 1)
    y, last = n.op("RNN", x, w, r, "", "", first, out=["low", "low_last"], hidden_size=1, activations=["Affine"], activation_alpha=[1.0], activation_beta=[0.0])
    low = n.op("Transpose", n.op("Squeeze", y, n.ints(1, 3)), perm=[1, 0])
    n.op("Squeeze", last, n.ints(0), out="state_out")
    ramp = n.ramp("audio")
    lateral = n.fade(ramp, n.lateral("pose", 0), n.lateral("pose", 1))
    ears = []
    for side in (1, -1):
        away = n.op("Relu", n.op("Mul", lateral, n.const(-side)))
        ears.append(n.op("Unsqueeze", n.fade(away, "audio", low), n.ints(1)))
    n.op("Concat", *ears, out="binaural", axis=1)
    n.write("head-shadow", {"audio": ["S", "B"], "pose": POSE, "state": ["S", 1]}, {"binaural": ["S", 2, "B"], "state_out": ["S", 1]}, name="head shadow", sampleRateHz="any", tailFrames=480)


def passing(file, outputs, audio=("S", "B"), state=None, **metadata):
    """What lets the sound through to both ears, as the same thing wrong in one way."""
    n = Net()
    ear = n.op("Unsqueeze", "audio", n.ints(1))
    n.op("Concat", *[ear] * outputs, out="binaural", axis=1)
    inputs, out = {"audio": list(audio), "pose": [audio[0], 2, 4]}, {"binaural": [audio[0], outputs, audio[1]]}
    if state:
        inputs["state"] = state
        n.op("Identity", "state", out="state_out")
        out["state_out"] = state
    n.write(file, inputs, out, **metadata)


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    look_back()
    shadow()
    passing("wrong-one-ear", 1, sampleRateHz=RATE)
    passing("wrong-no-rate", 2)
    passing("wrong-look-back", 2, sampleRateHz=RATE, lookBackFrames="-3")
    passing("wrong-free-state", 2, state=["S", "N"], sampleRateHz=RATE)
    passing("fixed", 2, audio=(3, 256), state=[3, 2], sampleRateHz=RATE, name="fixed sizes")


if __name__ == "__main__":
    main()
