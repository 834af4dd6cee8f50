"""Values, configs, vocabularies and errors of real Keras for the layers of src/layers/preprocessing/lookup.

Run with Keras 3.15.1 on TensorFlow, which texts need:  KERAS_BACKEND=tensorflow python test/layers/preprocessing/lookup/goldens.py
Writes goldens.json beside this file.
"""

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

NO_SPECIAL = {"S": tf.string, "I": tf.int32, "F": tf.float32}


def tensor(value, dtype):
    return tf.constant(value, NO_SPECIAL[dtype])


def plain(value):
    array = np.asarray(value)
    flat = array.ravel().tolist()
    if array.dtype == object:
        return [v.decode() if isinstance(v, bytes) else v for v in flat]
    if array.dtype.kind == "f":
        return [float(f"{v:.7g}") for v in flat]
    return flat


def packed(value, dtype):
    array = np.asarray(value, dtype=object if dtype == "S" else None)
    return {"dtype": dtype, "shape": list(array.shape), "values": array.ravel().tolist()}


def config_of(layer):
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))["config"]
    config.pop("name")
    if isinstance(config["dtype"], dict):
        config["dtype"] = config["dtype"]["config"]["name"]
    return config


def tuples(args):
    """Keras takes a tuple of n-grams, no list."""
    return args | {"ngrams": tuple(args["ngrams"])} if isinstance(args.get("ngrams"), list) else args


def row(name, args, *inputs, call=None):
    """Inputs are pairs of a value and S(tring), I(nteger) or F(loat)."""
    layer = getattr(keras.layers, name)(**tuples(args))
    entry = {"className": name, "args": args, "config": config_of(layer)}
    if not inputs:
        return entry
    tensors = [tensor(*given) for given in inputs]
    if name == "HashedCrossing":
        y = layer(tuple(tensors))
    elif call:
        y = layer(tensors[0], **{call: tensors[1]})
    else:
        y = layer(tensors[0])
    entry["inputs"] = [packed(*given) for given in inputs]
    entry["output"] = {"shape": list(y.shape), "values": plain(y)}
    return entry


def adapted(name, args, data, dtype, x, batches=1):
    """Adapts to the rows of `data` in this many batches, then calls the layer on x."""
    layer = getattr(keras.layers, name)(**args)
    rows = tensor(data, dtype)
    if batches == 1:
        layer.adapt(rows)
    else:
        layer.adapt(tf.data.Dataset.from_tensor_slices(rows).batch(-(-rows.shape[0] // batches)))
    entry = {"className": name, "args": args, "adapt": packed(data, dtype), "batches": batches, "config": config_of(layer)}
    if name == "Discretization":
        entry["boundaries"] = layer.bin_boundaries
    else:
        entry["vocabulary"] = [v.item() if hasattr(v, "item") else v for v in layer.get_vocabulary()]
    y = layer(tensor(x, dtype))
    return entry | {"inputs": [packed(x, dtype)], "output": {"shape": list(y.shape), "values": plain(y)}}


def error(name, args, words, *inputs):
    try:
        row(name, args, *inputs)
    except Exception as e:
        if words not in str(e):
            raise AssertionError(f"{name} {args}: {e}") from e
        return {"className": name, "args": args, "inputs": [packed(*given) for given in inputs], "words": words}
    raise AssertionError(f"{name} {args} is no error")


V = ["a", "b", "c"]
WORDS = (["a", "b", "[M]", "zz", "[UNK]", "", "c", "a"], "S")
TABLE = ([["a", "q"], ["b", "a"], ["[M]", "c"]], "S")
COLUMN = ([["a"], ["x"], ["c"]], "S")
KNOWN = (["a", "c"], "S")
NUMBERS = ([[10, 7, 0], [30, -3, 10]], "I")


def lookups():
    rows = []
    for mode in ("int", "one_hot", "multi_hot", "count"):
        for mask in (None, "[M]"):
            for oov in (0, 1, 3):
                args = {"vocabulary": V, "output_mode": mode, "mask_token": mask, "num_oov_indices": oov}
                rows += [row("StringLookup", args, x) for x in ((KNOWN,) if oov == 0 else (WORDS, TABLE, COLUMN))]
    tf_idf = {"vocabulary": V, "output_mode": "tf_idf", "idf_weights": [0.5, 1.25, 4.0]}
    for more in ({}, {"mask_token": "[M]"}, {"num_oov_indices": 2}, {"max_tokens": 9, "pad_to_max_tokens": True}):
        rows += [row("StringLookup", tf_idf | more, TABLE), row("StringLookup", tf_idf | more, WORDS)]
    three = ([[["a", "b"]], [["q", "c"]]], "S")
    rows += [row("StringLookup", {"vocabulary": V, "output_mode": m}, x) for m in ("int", "one_hot", "multi_hot") for x in (three, ("b", "S"), (["b"], "S"))]
    for more in ({}, {"oov_method": "farmhash"}, {"salt": 5}, {"salt": [5, 6]}, {"oov_method": "farmhash", "salt": [-1, 2**40]}):
        rows.append(row("StringLookup", {"vocabulary": V, "num_oov_indices": 7} | more, (["x", "y", "zz", "é😀", ""], "S")))
        if "salt" in more:
            more = more | {"oov_method": "farmhash"}
        rows.append(row("IntegerLookup", {"vocabulary": [10, 20, 30], "num_oov_indices": 7} | more, ([10, 20, 7, -3, 101, 2147483647, -2147483648], "I")))
    for more in ({}, {"mask_token": ""}, {"num_oov_indices": 2}, {"oov_token": "?"}, {"num_oov_indices": 0}):
        rows.append(row("StringLookup", {"vocabulary": V, "invert": True} | more, ([[0, 1, 2], [3, 4, 5], [99, -1, 2]], "I")))
    for more in ({}, {"mask_token": 0}, {"oov_token": -7}):
        rows.append(row("IntegerLookup", {"vocabulary": [10, 20, 30], "invert": True} | more, ([[0, 1, 2], [3, 4, 5]], "I")))
    for more in ({}, {"mask_token": 0}, {"num_oov_indices": 3}, {"output_mode": "multi_hot", "mask_token": 0}, {"output_mode": "count"}, {"output_mode": "one_hot"}, {"output_mode": "tf_idf", "idf_weights": [1.0, 2.0, 3.0]}):
        rows.append(row("IntegerLookup", {"vocabulary": [10, 20, 30]} | more, NUMBERS))
    rows += [
        row("IntegerLookup", {"vocabulary": [10, 20]}, ([10.0, 20.7, -3.5], "F")),
        row("StringLookup", {"vocabulary": ["[UNK]", "a", "b"]}, KNOWN),
        row("StringLookup", {"vocabulary": ["[M]", "[UNK]", "a", "c"], "mask_token": "[M]"}, KNOWN),
        row("StringLookup", {"vocabulary": ["a", "[UNK]"]}, (["[UNK]", "q"], "S")),
        row("StringLookup", {"vocabulary": V, "max_tokens": 6, "pad_to_max_tokens": True, "output_mode": "count"}, TABLE),
        row("StringLookup", {}),
        row("IntegerLookup", {}),
    ]
    return rows


def lookups_adapted():
    ties = ["b", "a", "c", "B", "é", "a", "", "[UNK]", "zz", "😀", "\uffee"]
    table = [["b", "a", "m"], ["m", "b", "q"], ["q", "q", "b"]]
    ints = [[1, 1, 2, 3, 10], [9, -5, -1, 100, 1]]
    rows = [adapted("StringLookup", a, ties, "S", ["a", "😀", "q"]) for a in ({}, {"max_tokens": 4}, {"output_mode": "tf_idf"}, {"num_oov_indices": 2, "mask_token": ""})]
    for args in ({}, {"mask_token": "m"}, {"output_mode": "count"}, {"output_mode": "tf_idf"}, {"output_mode": "tf_idf", "mask_token": "m", "max_tokens": 3}, {"output_mode": "tf_idf", "max_tokens": 8, "pad_to_max_tokens": True}):
        rows += [adapted("StringLookup", args, table, "S", [["a", "zz"], ["b", "m"]], n) for n in (1, 2)]
    rows += [adapted("IntegerLookup", a, ints, "I", [[1, 7]]) for a in ({}, {"mask_token": 1}, {"max_tokens": 4}, {"output_mode": "tf_idf"})]
    return rows


def text():
    voc = ["a", "b", "c", "a b", "b c", "a b c"]
    lines = (["A, b!  c", "x", "", "b\tc\u00a0a a"], "S")
    column = ([["A, b!  c"], ["x"], ["a a"]], "S")
    table = ([["a b", "c", "A"], ["x", "b", "b c"]], "S")
    one = "TextVectorization"
    rows = [row(one, {"vocabulary": voc} | more, x) for more in ({}, {"output_sequence_length": 2}, {"output_sequence_length": 7}, {"ngrams": 2}, {"ngrams": [1, 3]}, {"ngrams": [3, 1]}, {"output_mode": "multi_hot"}, {"output_mode": "count"}, {"output_mode": "count", "ngrams": 2}, {"standardize": "lower"}, {"standardize": "strip_punctuation"}, {"standardize": None}, {"split": "character"}, {"output_mode": "count", "max_tokens": 9, "pad_to_max_tokens": True}) for x in (lines, column)]
    rows += [row(one, {"vocabulary": voc, "split": None} | more, x) for more in ({}, {"output_sequence_length": 2}, {"output_sequence_length": 4}, {"ngrams": 2}, {"output_mode": "multi_hot"}, {"output_mode": "count"}) for x in (table, column)]
    rows += [row(one, {"vocabulary": voc, "split": None}, (["a b", "c"], "S")), row(one, {"vocabulary": voc}, ("a b q", "S")), row(one, {"vocabulary": voc, "output_mode": "count"}, ("a b a", "S"))]
    rows += [row(one, {"vocabulary": voc}, ([[["a b"], ["c"]]], "S")), row(one, {"vocabulary": voc, "output_sequence_length": 4}, ("a b", "S"))]
    idf = {"vocabulary": ["a", "b"], "output_mode": "tf_idf", "idf_weights": [1.0, 3.0]}
    rows += [row(one, idf | more, column) for more in ({}, {"max_tokens": 6, "pad_to_max_tokens": True})]
    rows += [row(one, {}), row(one, {"max_tokens": 50, "output_mode": "tf_idf"}), row(one, {"vocabulary": ["é", "😀"], "split": "character"}, (["é😀e\u0301"], "S"))]
    hard = ["Éa A-b c_d e's x/y `q` \\z «w» «W» it—s ÀÖ ß İ ~ ^{}|", "a\tb\nc\u00a0d\u3000e\x0bf\x0cg\rh", "😀 É 😀 \uffee"]
    for more in ({}, {"standardize": "lower"}, {"standardize": "strip_punctuation"}, {"standardize": None}, {"split": "character"}, {"ngrams": 2}, {"max_tokens": 5}, {"output_mode": "tf_idf"}, {"output_mode": "tf_idf", "max_tokens": 6}, {"output_mode": "count"}):
        rows += [adapted(one, more, hard, "S", ["a b 😀", "Q e's"], n) for n in (1, 3)]
    rows.append(adapted(one, {"split": None, "standardize": None}, [["a", "B"], ["B", ""]], "S", [["B", "x"]]))
    return rows


def others():
    rows = []
    for mode in ("multi_hot", "count", "one_hot"):
        for x in ([[0, 3], [1, 1]], [0, 3, 3], 2, [[[0, 3], [1, 1]]], [[0], [3]], [[0, 9]]):
            rows.append(row("CategoryEncoding", {"num_tokens": 4, "output_mode": mode}, (x, "I")))
    rows += [
        row("CategoryEncoding", {"num_tokens": 4}, ([[0.0, 2.7]], "F")),
        row("CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot"}, ([0, -1], "I")),
        row("CategoryEncoding", {"num_tokens": 4, "output_mode": "count"}, ([[0, 3], [1, 1]], "I"), ([[0.1, 0.2], [0.3, 0.4]], "F"), call="count_weights"),
    ]
    texts = ([["A", "B", ""], ["cc", "é😀", "A much longer text, of more than 64 bytes, for the last of the branches of the hash"]], "S")
    ints = ([[0, 1, -1], [5, 2147483647, -2147483648]], "I")
    for more in ({}, {"salt": 133}, {"salt": [133, 137]}, {"salt": [-5, 2**40]}):
        rows += [row("Hashing", {"num_bins": 1000003} | more, x) for x in (texts, ints, ([0.5, -3.0, 1e6], "F"))]
    for mode in ("one_hot", "multi_hot", "count"):
        rows += [row("Hashing", {"num_bins": 4, "output_mode": mode}, x) for x in (texts, (["a", "b"], "S"), ([["a"], ["b"]], "S"))]
    rows += [
        row("Hashing", {"num_bins": 3, "mask_value": ""}, texts),
        row("Hashing", {"num_bins": 3, "mask_value": 5, "salt": 7}, ints),
        row("Hashing", {"num_bins": 1, "mask_value": ""}, texts),
        row("Hashing", {"num_bins": 7, "output_mode": "one_hot"}, ([0.5, -3.0, -0.5, 7.9], "F")),
        row("Hashing", {"num_bins": 3, "mask_value": "", "output_mode": "one_hot"}, texts),
        row("Hashing", {"num_bins": 2, "output_mode": "count", "dtype": "float32"}),
    ]
    s, i = ["A", "B", "A", "é"], [101, -1, 2147483647, -2147483648]
    for bins in (5, 1000003):
        rows += [row("HashedCrossing", {"num_bins": bins}, (s, "S"), (i, "I")), row("HashedCrossing", {"num_bins": bins}, (i, "I"), (s, "S"), (s, "S"))]
    rows += [
        row("HashedCrossing", {"num_bins": 5, "output_mode": "one_hot"}, (s, "S"), (i, "I")),
        row("HashedCrossing", {"num_bins": 5, "output_mode": "one_hot"}, ([[v] for v in s], "S"), ([[v] for v in i], "I")),
        row("HashedCrossing", {"num_bins": 5}, ([[v] for v in s], "S"), ([[v] for v in i], "I")),
        row("HashedCrossing", {"num_bins": 5}, ("A", "S"), (3, "I")),
        row("HashedCrossing", {"num_bins": 5, "output_mode": "one_hot"}, ("A", "S"), (3, "I")),
    ]
    x = ([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]], "F")
    edges = {"bin_boundaries": [0.0, 1.0, 2.0]}
    for mode in ("int", "one_hot", "multi_hot", "count"):
        rows += [row("Discretization", edges | {"output_mode": mode}, g) for g in (x, ([[0.5], [7.0]], "F"), ([0.5, 7.0], "F"), ([[[0.5, -1.0], [0.1, 0.2]]], "F"))]
    rows += [
        row("Discretization", edges, ([-1, 0, 1, 2, 3], "I")),
        row("Discretization", {"bin_boundaries": [0.1, 0.7]}, ([0.1, 0.7, 0.69999999], "F")),
        row("Discretization", {"bin_boundaries": []}, x),
        row("Discretization", {"num_bins": 4, "epsilon": 0.05}),
    ]
    big = ((np.arange(1000) * 37 % 1009) / 10).tolist()
    for args, data, n in (({"num_bins": 4}, x[0], 1), ({"num_bins": 5}, big, 1), ({"num_bins": 5}, big, 7), ({"num_bins": 5, "epsilon": 0.1}, big, 1), ({"num_bins": 5, "epsilon": 0.1}, big, 3), ({"num_bins": 150}, big[:300], 1), ({"num_bins": 5}, [1.0] * 20, 1), ({"num_bins": 5}, [1.0, 2.0], 1), ({"num_bins": 5}, [3.0], 1), ({"num_bins": 2}, [1.0, 2.0, 4.0], 1), ({"num_bins": 3}, [float(v) for v in range(10)], 2), ({"num_bins": 49, "epsilon": 0.03}, big, 2)):
        rows.append(adapted("Discretization", args, data, "F", [0.0, 5.0, 50.0], n))
    return rows


def errors():
    s, v = "StringLookup", {"vocabulary": V}
    return [
        error(s, {"max_tokens": 1}, "`max_tokens` must be greater than 1. Received: max_tokens=1"),
        error("IntegerLookup", {"max_tokens": 1}, "If `max_tokens` is set for `IntegerLookup`, it must be greater than 1. Received: max_tokens=1"),
        error(s, v | {"max_tokens": 2}, "Attempted to set a vocabulary larger than the maximum vocab size. Received vocabulary size is 4; `max_tokens` is 2."),
        error(s, {"output_mode": "x"}, "Unknown value for `output_mode` argument of StringLookup. Allowed values are: ('int', 'one_hot', 'multi_hot', 'count', 'tf_idf')"),
        error(s, {"vocabulary": ["a", "a"]}, "The passed vocabulary has at least one repeated term"),
        error(s, {"vocabulary": []}, "Cannot set an empty vocabulary. Received: vocabulary=[]"),
        error(s, {"vocabulary": ["a", "m"], "mask_token": "m"}, "Found reserved mask token at unexpected location in `vocabulary`"),
        error(s, {"vocabulary": ["a", "[UNK]"], "invert": True}, "Found reserved OOV token at unexpected location in `vocabulary`"),
        error(s, v | {"output_mode": "count", "invert": True}, "`output_mode` must be `'int'` when `invert` is true. Received: output_mode=count"),
        error(s, v | {"output_mode": "tf_idf"}, "the `idf_weights` argument must also be provided"),
        error(s, v | {"output_mode": "tf_idf", "idf_weights": [1.0]}, "`idf_weights` must be the same length as vocabulary. len(idf_weights) is 1; len(vocabulary) is 3"),
        error(s, v | {"output_mode": "count", "idf_weights": [1.0, 2.0, 3.0]}, "`idf_weights` should only be set if `output_mode` is `'tf_idf'`"),
        error(s, {"num_oov_indices": -1}, "`num_oov_indices` must be greater than or equal to 0. Received: num_oov_indices=-1"),
        error(s, v | {"pad_to_max_tokens": True}, "must set `max_tokens`"),
        error(s, {"salt": "q", "oov_method": "farmhash"}, "can only be a tuple of 2 integers, or a single integer. Received: salt="),
        error(s, v | {"num_oov_indices": 0}, "When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values", (["q"], "S")),
        error(s, {}, "Table not initialized", (["q"], "S")),
        error(s, {"output_mode": "count"}, "you must set the layer's vocabulary before calling it. Either pass a `vocabulary` argument to the layer, or call `adapt` with some sample data.", (["q"], "S")),
        error(s, v, "to string is not supported", ([1.0], "F")),
        error("IntegerLookup", {"vocabulary": ["a"]}, "invalid literal for int() with base 10"),
        error("IntegerLookup", {"salt": 3}, "`salt` can only be used when `oov_method='farmhash'`. Received: oov_method=floormod"),
        error("IntegerLookup", {"vocabulary_dtype": "int32"}, "Only `vocabulary_dtype='int64'` is supported at this time."),
        error("TextVectorization", {"standardize": "x"}, "Unknown value for `standardize` argument of TextVectorization"),
        error("TextVectorization", {"split": "x"}, "Unknown value for `split` argument of TextVectorization"),
        error("TextVectorization", {"ngrams": "x"}, "`ngrams` must be None, an integer, or a tuple of integers."),
        error("TextVectorization", {"output_mode": "count", "output_sequence_length": 3}, "`output_sequence_length` must not be set if `output_mode` is not 'int'."),
        error("TextVectorization", {"output_sequence_length": "q"}, "`output_sequence_length` must be either None or an integer when `output_mode` is 'int'"),
        error("TextVectorization", {"max_tokens": 0}, "`max_tokens` must be greater than 1. Received: max_tokens=0"),
        error("TextVectorization", v, "the input rank must be 1 or the last shape dimension must be 1", ([["a", "b"]], "S")),
        error("CategoryEncoding", {"num_tokens": None}, "num_tokens must be set to use this layer."),
        error("CategoryEncoding", {"num_tokens": 0}, "`num_tokens` must be >= 1. Received: num_tokens=0."),
        error("CategoryEncoding", {"num_tokens": 3, "output_mode": "int"}, "Unknown arg for output_mode"),
        error("CategoryEncoding", {"num_tokens": 3}, "must be non-negative", ([[-1, 0]], "I")),
        error("Hashing", {"num_bins": 0}, "The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: num_bins=0."),
        error("Hashing", {"num_bins": 2, "output_mode": "tf_idf"}, "Invalid value for argument `output_mode`. Expected one of ('int', 'one_hot', 'multi_hot', 'count')."),
        error("Hashing", {"num_bins": 2, "salt": [1]}, "The `salt` argument for `Hashing` can only be a tuple of size 2 integers, or a single integer."),
        error("Hashing", {"num_bins": 2, "dtype": "float32"}, "When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or 'in64'. Received: dtype=float32"),
        error("HashedCrossing", {"num_bins": 2, "output_mode": "count"}, "Unknown value for `output_mode` argument of HashedCrossing. Allowed values are: ('int', 'one_hot')."),
        error("HashedCrossing", {"num_bins": 2}, "`HashedCrossing` should be called on at least two inputs", (["a"], "S")),
        error("HashedCrossing", {"num_bins": 2}, "All `HashedCrossing` inputs should have equal shape", (["a"], "S"), (["a", "b"], "S")),
        error("HashedCrossing", {"num_bins": 2}, "All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or `(batch_size, 1)`", ([["a", "b"]], "S"), ([["a", "b"]], "S")),
        error("HashedCrossing", {"num_bins": 2}, "All `HashedCrossing` inputs should have an integer or string dtype", (["a"], "S"), ([0.5], "F")),
        error("Discretization", {}, "You need to set either `num_bins` or `bin_boundaries`."),
        error("Discretization", {"num_bins": 2, "bin_boundaries": [1.0]}, "Both `num_bins` and `bin_boundaries` should not be set."),
        error("Discretization", {"num_bins": -1}, "`num_bins` must be greater than or equal to 0."),
        error("Discretization", {"num_bins": 2, "output_mode": "tf_idf"}, "Unknown value for `output_mode` argument of Discretization. Allowed values are: ('int', 'one_hot', 'multi_hot', 'count')."),
        error("Discretization", {"num_bins": 2}, "You need to either pass the `bin_boundaries` argument at construction time or call `adapt(dataset)` before", ([0.5], "F")),
        error("Discretization", {"bin_boundaries": [2.0, 1.0]}, "Expected sorted boundaries", ([0.5], "F")),
    ]


def lines(rows):
    return "[\n" + ",\n".join(json.dumps(r, separators=(",", ":"), ensure_ascii=False) for r in rows) + "\n]"


def once(rows):
    """Leaves out the config of a row that repeats the layer of another."""
    seen = set()
    for r in rows:
        key = json.dumps([r["className"], r["args"], r.get("adapt")])
        if key in seen:
            r.pop("config", None)
        seen.add(key)
    return rows


parts = {"values": lookups() + text() + others(), "adapted": lookups_adapted(), "errors": errors()}
for name in ("values",):
    parts["adapted"] += [r for r in parts[name] if "adapt" in r]
    parts[name] = [r for r in parts[name] if "adapt" not in r]
text_of = ",\n".join(f'"{name}": {lines(once(rows))}' for name, rows in parts.items())
(pathlib.Path(__file__).parent / "goldens.json").write_text("{\n" + text_of + "\n}\n")
print({name: len(rows) for name, rows in parts.items()})
