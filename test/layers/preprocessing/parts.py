"""What image layers of Keras do with a dictionary of images and what belongs to them, for a given draw.

Run with Keras 3.15.1:  KERAS_BACKEND=numpy python test/layers/preprocessing/parts.py
Writes goldensParts.json. Images, labels, boxes and masks follow from formulas that the test repeats.
"""

import json
import pathlib

import keras
import numpy as np

layers = keras.layers
LAST, FIRST = "channels_last", "channels_first"
SHAPE = (2, 6, 5, 3)
BOXES = USUAL = [[[1, 2, 4, 5], [0, 0, 2, 2]], [[2, 1, 5, 6], [3, 3, 4, 5]]]


def pattern(shape, low, high):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (low + (high - low) * ((i * 37 + 11) % 101) / 100).astype("float32").reshape(shape)


def first(x, data_format):
    return np.ascontiguousarray(np.moveaxis(x, -1, -3)) if data_format == FIRST else x


def inputs_of(keys, data_format, is_single):
    every = {
        "images": first(pattern(SHAPE, 0, 255), data_format),
        "labels": pattern((2, 4), 0, 1),
        "bounding_boxes": {"boxes": np.array(BOXES, "float32"), "labels": np.array([[1, 2], [3, 4]], "float32")},
        "segmentation_masks": first(np.floor(pattern((2, 6, 5, 1), 0, 4)), data_format),
        "weights": pattern((2,), 0, 1),
    }
    given = {key: every[key] for key in ("images", *keys)}
    return keras.tree.map_structure(lambda x: x[0], given) if is_single else given


def floats(array):
    return {"shape": list(np.shape(array)), "values": [float(f"{v:.7g}") for v in np.asarray(array, "float64").ravel()]}


rows = []


def row(name, args, keys, draw=None, keras_draw=None, data_format=LAST, training=True, is_single=False):
    given = {**args, "data_format": data_format}
    if "bounding_boxes" in keys:
        given.setdefault("bounding_box_format", "xyxy")
    layer = getattr(layers, name)(**given)
    inputs = inputs_of(keys, data_format, is_single)
    if keras_draw is not None:
        made = keras_draw(layer, inputs["images"]) if callable(keras_draw) else keras_draw
        layer.get_random_transformation = lambda data, training=True, seed=None: made
    outputs = layer(inputs, training=training)
    flat = keras.tree.map_structure(floats, outputs)
    rows.append({"className": name, "args": given, "keys": list(keys), "draw": draw, "training": training, "isSingle": is_single, **({} if BOXES is USUAL else {"boxes": BOXES}), "outputs": flat})


def f32(values, *shape):
    return np.asarray(values, dtype="float32").reshape(shape or (-1,))


LABELS, BOX, MASK, OTHER = ("labels",), ("bounding_boxes",), ("segmentation_masks",), ("weights",)
MIX = {"order": [1, 0], "weights": [0.3, 0.8]}
KERAS_MIX = {"permutation_order": np.array([1, 0]), "mix_weight": f32([0.3, 0.8])}
RECTANGLES = [{"y": [0.5, 2.25], "x": [1, 3.5]}, {"y": [1.2, 4], "x": [0, 0.9]}]


def cut(layer, images):
    corners = [f32([r[axis][i] for r in RECTANGLES]) for axis, i in (("x", 0), ("x", 1), ("y", 0), ("y", 1))]
    masks, weight = layer._generate_batch_mask(images.shape, corners)
    return {"permutation_order": np.array([1, 0]), "batch_masks": masks, "mix_weight": weight}


row("MixUp", {}, LABELS + OTHER, MIX, KERAS_MIX)
row("MixUp", {}, BOX, MIX, KERAS_MIX)
row("MixUp", {}, LABELS + BOX + MASK, training=False)
for data_format in (LAST, FIRST):
    row("CutMix", {}, LABELS, {"order": [1, 0], "rectangles": RECTANGLES}, cut, data_format)
    row("CutMix", {}, MASK, {"order": [1, 0], "rectangles": RECTANGLES}, cut, data_format)
    for mode in ("horizontal", "vertical", "horizontal_and_vertical"):
        flips = lambda layer, images: {"flips": np.array([True, False]).reshape(2, 1, 1, 1), "input_shape": images.shape}
        row("RandomFlip", {"mode": mode}, LABELS + MASK, [True, False], flips, data_format)
        row("RandomFlip", {"mode": mode}, BOX, [True, False], flips, data_format)
    row("RandomCrop", {"height": 3, "width": 2}, LABELS + BOX + MASK, [2, 1], (2, 1), data_format)
    row("RandomCrop", {"height": 4, "width": 3}, LABELS + BOX + MASK, data_format=data_format, training=False)
    row("RandomCrop", {"height": 8, "width": 4}, LABELS + BOX + MASK, data_format=data_format)
    row("CenterCrop", {"height": 3, "width": 2}, LABELS + MASK, data_format=data_format)
    row("Resizing", {"height": 3, "width": 4}, LABELS + MASK, data_format=data_format)
flips = lambda layer, images: {"flips": np.array([True, True]).reshape(2, 1, 1, 1), "input_shape": images.shape}
for name in ("yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"):
    row("RandomFlip", {"bounding_box_format": name}, BOX, [True, True], flips)
    row("RandomCrop", {"height": 3, "width": 2, "bounding_box_format": name}, BOX, [2, 1], (2, 1))
for count in (1, 2, 4):
    row("MaxNumBoundingBoxes", {"max_number": count}, LABELS + BOX + MASK)
    row("MaxNumBoundingBoxes", {"max_number": count, "fill_value": 7}, BOX, training=False)
single = lambda layer, images: {"flips": np.array([True]).reshape(1, 1, 1), "input_shape": images.shape}
row("RandomCrop", {"height": 3, "width": 2}, LABELS + BOX + MASK, [2, 1], (2, 1), is_single=True)
row("RandomBrightness", {"factor": 0.3}, LABELS + BOX + MASK, training=False, is_single=True)


def sides(layer, shape):
    return shape[1:3] if layer.data_format == LAST else shape[2:]


def rotation(angles):
    def of(layer, images):
        height, width = sides(layer, images.shape)
        n, angle = len(angles), f32(angles)
        zeros, ones = np.zeros(n, "float32"), np.ones(n, "float32")
        matrix = layer._compute_affine_matrix(0.5, 0.5, angle, zeros, zeros, ones, zeros, zeros, height, width)
        return {"angle": angle, "rotation_matrix": matrix, "image_height": height, "image_width": width, "batch_size": n}

    return of


def zoom(heights, widths):
    return lambda layer, images: {"height_zoom": f32(heights, -1, 1), "width_zoom": f32(widths, -1, 1), "input_shape": images.shape}


def translation(pixels):
    return lambda layer, images: {"translations": f32(pixels, -1, 2), "input_shape": images.shape}


def shear(factors):
    return lambda layer, images: {"shear_factor": f32(factors, -1, 2), "input_shape": images.shape}


def perspective(shifts, chosen):
    def of(layer, images):
        height, width = sides(layer, images.shape)
        n = len(chosen)
        start = f32([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]] * n, n, 4, 2)
        end = start + start * f32(shifts, n, 4, 2)
        return {"apply_perspective": np.array(chosen), "start_points": start, "end_points": end, "input_shape": images.shape}

    return of


def affines(name, keras_draw, data_format):
    """The draw as the package has it: six numbers for each image."""
    layer = getattr(layers, name)(**({"factor": 0} if name == "RandomRotation" else {"height_factor": 0, "width_factor": 0} if name != "RandomShear" else {}), data_format=data_format)
    made = keras_draw(layer, np.zeros((2, 6, 5, 3) if data_format == LAST else (2, 3, 6, 5)))
    if name == "RandomRotation":
        matrix = made["rotation_matrix"]
    elif name == "RandomZoom":
        matrix = layer._get_zoom_matrix(np.concatenate([made["width_zoom"], made["height_zoom"]], 1), 6, 5)
    elif name == "RandomTranslation":
        matrix = layer._get_translation_matrix(made["translations"])
    else:
        matrix = layer._get_shear_matrix(made["shear_factor"])
    return [[float(v) for v in line[:6]] for line in np.asarray(matrix)]


SHIFTS = [0.1, -0.2, 0.3, 0.25, -0.15, 0.05, -0.1, -0.3, 0, 0.1, 0.2, 0.3, -0.4, 0.15, 0.1, -0.25]
MOVES = [
    ("RandomRotation", {"factor": 0.5}, rotation([20, -75])),
    ("RandomZoom", {"height_factor": 0.5}, zoom([0.7, 1.4], [1.2, 0.6])),
    ("RandomTranslation", {"height_factor": 0.5, "width_factor": 0.5}, translation([[1, -2], [-1.6, 2.3]])),
    ("RandomShear", {"x_factor": 0.5, "y_factor": 0.5}, shear([[0.31, -0.23], [-0.37, 0.11]])),
]
FORMATS = ("yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")
for name, args, draw in MOVES:
    more = {"interpolation": "nearest"}
    for data_format in (LAST, FIRST):
        row(name, {**args, **more}, LABELS + BOX + MASK, affines(name, draw, data_format), draw, data_format)
    for box_format in FORMATS:
        row(name, {**args, **more, "bounding_box_format": box_format}, BOX, affines(name, draw, LAST), draw)
for chosen in ([True, True], [False, True]):
    for data_format in (LAST, FIRST):
        row("RandomPerspective", {}, LABELS + BOX, {"isChosen": chosen, "shifts": SHIFTS}, perspective(SHIFTS, chosen), data_format)
for box_format in FORMATS:
    row("RandomPerspective", {"bounding_box_format": box_format}, BOX, {"isChosen": [True, True], "shifts": SHIFTS}, perspective(SHIFTS, [True, True]))

# With a range of one number nothing is left to chance.
row("RandomRotation", {"factor": [0.25, 0.25]}, LABELS + BOX)
row("RandomRotation", {"factor": [-0.1, -0.1], "fill_mode": "constant"}, BOX, is_single=True)
row("RandomZoom", {"height_factor": [-0.25, -0.25]}, LABELS + BOX + MASK, is_single=True)
row("RandomZoom", {"height_factor": [0.25, 0.25], "width_factor": [0.1, 0.1], "fill_mode": "nearest"}, BOX)
row("RandomTranslation", {"height_factor": [0.3, 0.3], "width_factor": [-0.4, -0.4], "fill_mode": "constant"}, BOX, is_single=True)
row("RandomPerspective", {"factor": [1, 1], "scale": 0}, BOX, is_single=True)

for height, width in ((3, 4), (9, 4), (4, 9), (12, 10), (7, 7)):
    for fit in ({}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}):
        row("Resizing", {"height": height, "width": width, **fit}, BOX + MASK, data_format=FIRST if height == 7 else LAST)
    row("CenterCrop", {"height": height, "width": width}, BOX + MASK, data_format=FIRST if height == 7 else LAST)
for name in ("Resizing", "CenterCrop"):
    for box_format in FORMATS:
        row(name, {"height": 4, "width": 3, "bounding_box_format": box_format}, BOX, training=False)
    row(name, {"height": 4, "width": 3}, LABELS + BOX + MASK, is_single=True)
BOXES = [[[0, 0, 0, 0], [-1, -1, -1, -1]], [[0, 0, 0, 6], [-3, -2, 9, 9]]]
row("Resizing", {"height": 12, "width": 4, "pad_to_aspect_ratio": True}, BOX, training=False)
row("Resizing", {"height": 12, "width": 4, "bounding_box_format": "xywh"}, BOX, training=False)
row("CenterCrop", {"height": 4, "width": 4}, BOX, training=False)
BOXES = USUAL

POLICY = ["random_shear", "random_translation", "random_rotation"]


def policy(choices):
    """Layers of RandAugment that move, in the order in which a batch goes through them, and what they draw."""

    def of(layer, images):
        transforms = {}
        for key, (_, _, draw) in zip(POLICY, (MOVES[3], MOVES[2], MOVES[0])):
            transforms[key] = draw(getattr(layer, key), images)
        return {"transforms": transforms, "layer_idxes": np.array(choices)}

    return of


for choices in ([0, 1], [1, 0], [2, 1], [2, 2], [1, 2, 0]):
    for data_format in (LAST, FIRST):
        draws = [affines(name, draw, data_format) for name, _, draw in (MOVES[3], MOVES[2], MOVES[0])]
        args = {"num_ops": len(choices), "interpolation": "nearest"}
        row("RandAugment", args, LABELS + BOX + MASK, {"choices": choices, "draws": draws}, policy(choices), data_format)

AUG = ["random_shear", "random_translation", "random_rotation", None, None, "auto_contrast", "equalization"]


def chains_of(places):
    """Chains of AugMix by the places of the layers; those that move draw as RandAugment's, the others nothing."""

    def of(layer, images):
        def step(place):
            moves = {0: MOVES[3], 1: MOVES[2], 2: MOVES[0]}.get(place)
            return {"layer_name": AUG[place], "transformation": moves and moves[2](getattr(layer, AUG[place]), images)}

        chains = [[step(place) for place in chain] for chain in places]
        return {"chain_mixing_weights": f32([0.25, 0.75]), "weight_sample": f32([0.4])[0], "chain_transforms": chains}

    return of


def drawn_chains(places, data_format):
    moved = {i: affines(name, draw, data_format) for i, (name, _, draw) in enumerate((MOVES[3], MOVES[2], MOVES[0]))}
    chains = [[{"layer": place, **({"draw": moved[place]} if place in moved else {})} for place in chain] for chain in places]
    return {"weights": [0.25, 0.75], "own": 0.4, "chains": chains}


for places in ([[0, 5], [1, 2]], [[2, 2], []], [[6], [1, 0, 5]]):
    for data_format in (LAST, FIRST):
        args = {"num_chains": 2, "interpolation": "nearest", "all_ops": len(places[0]) == 2}
        row("AugMix", args, LABELS + BOX + MASK, drawn_chains(places, data_format), chains_of(places), data_format)

lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
(pathlib.Path(__file__).parent / "goldensParts.json").write_text(f"[\n{lines}\n]\n")
print(len(rows))
