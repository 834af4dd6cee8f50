"""Arrays in JSON: {shape, dtype, data}, where data is base64 of little-endian values, or a list of strings."""

import base64

import numpy as np

KINDS = {"f": "float32", "i": "int32", "u": "int32", "b": "bool"}


def encode(array):
    array = np.asarray(array)
    if array.dtype.kind in "OSU":
        strings = [s.decode() if isinstance(s, bytes) else str(s) for s in array.ravel()]
        return {"shape": list(array.shape), "dtype": "string", "strings": strings}
    if array.dtype.kind == "c":
        raise TypeError(f"an output of a case must not be complex; received dtype={array.dtype}")
    dtype = KINDS[array.dtype.kind]
    values = array.astype({"float32": "<f4", "int32": "<i4", "bool": "u1"}[dtype])
    return {"shape": list(array.shape), "dtype": dtype, "data": base64.b64encode(values.tobytes()).decode()}


def decode(entry):
    if entry["dtype"] == "string":
        return np.array(entry["strings"], dtype=object).reshape(entry["shape"])
    dtype = {"float32": "<f4", "int32": "<i4", "bool": "u1"}[entry["dtype"]]
    values = np.frombuffer(base64.b64decode(entry["data"]), dtype).reshape(entry["shape"])
    return values.astype(entry["dtype"])


def is_float(array):
    return np.asarray(array).dtype.kind == "f"


def difference(found, expected):
    """The largest distance over the largest expected value; shapes must agree, and so must what is not finite."""
    if list(found.shape) != list(expected.shape):
        raise ValueError(f"shape {list(found.shape)}, expected {list(expected.shape)}")
    if expected.dtype.kind == "O":
        return 0.0 if all(a == b for a, b in zip(found.ravel(), expected.ravel())) else 1.0
    if expected.size == 0:
        return 0.0
    a, b = np.asarray(found, "float64"), np.asarray(expected, "float64")
    special = ~np.isfinite(b)
    if not np.array_equal(a[special], b[special], equal_nan=True):
        return float("inf")
    a, b = np.where(special, 0, a), np.where(special, 0, b)
    distance = float(np.abs(a - b).max())
    return distance / max(float(np.abs(b).max()), 1e-3)
