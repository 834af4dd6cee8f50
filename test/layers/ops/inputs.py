"""The inputs of the golden cases: formulas that test/support/layers/opGoldens.ts repeats."""

import numpy as np

S, P, U, I, N, B = "signed", "positive", "unit", "int", "index", "bool"
GAPS, SPD, SQUARE, PROB, SORTED = "gaps", "spd", "square", "probability", "sorted"
DTYPES = {I: "int32", N: "int32", B: "bool"}


def values(kind, shape, seed):
    i = np.arange(int(np.prod(shape)), dtype=np.int64) * 37 + seed * 13
    signed = ((i % 101 - 50) / 25).astype("float32")
    if kind == SPD:
        b = values(S, shape, seed).astype("float64")
        return (b @ b.swapaxes(-1, -2) + shape[-1] * np.eye(shape[-1])).astype("float32")
    if kind == SQUARE:
        return signed.reshape(shape) + 3 * np.eye(shape[-1], dtype="float32")
    if kind == PROB:
        p = values(P, shape, seed)
        return (p / p.sum(-1, keepdims=True)).astype("float32")
    if kind == SORTED:
        return (np.arange(int(np.prod(shape))) / 4 - 1).astype("float32").reshape(shape)
    made = {
        S: signed,
        P: np.abs(signed) + np.float32(0.25),
        U: signed / np.float32(2.5),
        I: (i % 7 - 3).astype("int32"),
        N: (i % 3).astype("int32"),
        B: i % 3 > 0,
        GAPS: np.where(i % 5 == 0, np.float32("nan"), signed),
    }[kind]
    return made.reshape(shape)
