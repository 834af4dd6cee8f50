"""Layers that take apart text, categories and sound. Strings need Keras on TensorFlow."""

import keras
import numpy as np
from case import around, short
from register import Makers

MAKERS = Makers()
WORDS = ["the", "quick", "brown", "fox", "jumps", "over", "lazy", "dog"]


def words(random, *shape):
    return np.array([random.pick(*WORDS, "unknown", "other") for _ in range(int(np.prod(shape)))], dtype=object).reshape(shape)


@MAKERS.case("StringLookup", count=8, backend="tensorflow")
def string_lookup(random):
    arguments = {
        "vocabulary": WORDS[: random.integer(4, 8)],
        **random.pick(
            {}, {"num_oov_indices": 2}, {"mask_token": "the"}, {"output_mode": "multi_hot"}, {"output_mode": "count"}, {"output_mode": "one_hot"}, {"num_oov_indices": 0}
        ),
    }
    mode = arguments.get("output_mode")
    if arguments.get("mask_token"):
        arguments["vocabulary"] = WORDS[1:]
    x = words(random, *((3, 1) if mode == "one_hot" else (3, 4)))
    if arguments.get("num_oov_indices") == 0:
        x = np.array([[random.pick(*arguments["vocabulary"]) for _ in range(4)] for _ in range(3)], dtype=object)
    return around(lambda a: keras.layers.StringLookup(**arguments)(a), x, note=short(arguments))


@MAKERS.case("IntegerLookup", count=6, backend="tensorflow")
def integer_lookup(random):
    arguments = {
        "vocabulary": [3, 7, 11, 20, 42],
        **random.pick({}, {"num_oov_indices": 2}, {"mask_token": 0}, {"output_mode": "multi_hot"}, {"output_mode": "count"}, {"invert": True}),
    }
    x = random.integers((3, 4), 1, 5) if arguments.get("invert") else np.array([[random.pick(3, 7, 11, 20, 42, 5, 100) for _ in range(4)] for _ in range(3)], "int32")
    return around(lambda a: keras.layers.IntegerLookup(**arguments)(a), x, note=short(arguments))


@MAKERS.case("TextVectorization", count=10, backend="tensorflow")
def text_vectorization(random):
    mode = random.pick("int", "int", "multi_hot", "count", "tf_idf")
    arguments = {
        "vocabulary": WORDS,
        "output_mode": mode,
        **random.some(standardize=(None, "lower", "strip_punctuation"), split=("character", "whitespace")),
        **({"output_sequence_length": random.integer(3, 7)} if mode == "int" and random.flag() else {}),
        **({"idf_weights": [round(0.2 + 0.1 * i, 1) for i in range(len(WORDS))]} if mode == "tf_idf" else {}),
        **({"pad_to_max_tokens": True, "max_tokens": 15} if mode in ("multi_hot", "count") and random.flag() else {}),
    }
    sentences = [" ".join(random.pick(*WORDS, "Fox,", "DOG!", "unknown") for _ in range(random.integer(2, 6))) for _ in range(4)]
    return around(lambda a: keras.layers.TextVectorization(**arguments)(a), np.array(sentences, dtype=object)[:, None], note=short(arguments))


@MAKERS.case("Hashing", count=8, backend="tensorflow")
def hashing(random):
    arguments = {"num_bins": random.integer(3, 20), **random.some(salt=(7, [3, 5]), mask_value=("fox",), output_mode=("multi_hot",))}
    x = words(random, 3, 4)
    if random.flag() and "mask_value" not in arguments:
        x = random.integers((3, 4), 0, 100)
    return around(lambda a: keras.layers.Hashing(**arguments)(a), x, note=short(arguments))


@MAKERS.case("HashedCrossing", count=5, backend="tensorflow")
def hashed_crossing(random):
    arguments = {"num_bins": random.integer(3, 20), **random.some(output_mode=("one_hot",))}
    inputs = words(random, 4, 1), random.pick(words(random, 4, 1), random.integers((4, 1), 0, 50))
    return around(lambda a, b: keras.layers.HashedCrossing(**arguments)((a, b)), *inputs, note=short(arguments))


@MAKERS.layer("CategoryEncoding", count=6)
def category_encoding(random):
    mode = random.pick("multi_hot", "count", "one_hot")
    x = random.integers((3, 1) if mode == "one_hot" else (3, 4), 0, 6)
    if mode == "count" and random.flag():
        weights = random.positive(3, 4)
        return lambda name: around(lambda a, w: keras.layers.CategoryEncoding(6, "count")(a, count_weights=w), x, weights, note="count, count_weights")
    return {"num_tokens": 6, "output_mode": mode}, x


@MAKERS.layer("Discretization", count=6)
def discretization(random):
    arguments = {"bin_boundaries": [-1.0, 0.0, 0.5, 1.5], "output_mode": random.pick("int", "int", "multi_hot", "count", "one_hot")}
    shape = (3, 1) if arguments["output_mode"] == "one_hot" else (3, 4)
    return arguments, random.pick(random.signed(*shape), random.integers(shape))


@MAKERS.layer("MelSpectrogram", count=5)
def mel_spectrogram(random):
    arguments = {
        "fft_length": 64,
        "sequence_stride": random.pick(16, 32),
        "sequence_length": random.pick(64, 48),
        "sampling_rate": 2000,
        "num_mel_bins": random.pick(8, 12),
        **random.some(window=("hamming",), max_freq=(800,), power_to_db=(False,), mag_exp=(1.0,), min_power=(1e-6,)),
    }
    return arguments, random.signed(2, 160)


@MAKERS.layer("STFTSpectrogram", count=6)
def stft_spectrogram(random):
    arguments = {
        "mode": random.pick("log", "magnitude", "psd", "real", "imag", "angle", "stft"),
        "frame_length": random.pick(32, 20),
        "frame_step": random.pick(8, 16),
        "fft_length": 32,
        **random.some(window=("hamming",), expand_dims=(True,), padding=("same",), periodic=(True,), scaling=("spectrum",)),
    }
    return arguments, random.signed(2, 100, random.integer(1, 2))
