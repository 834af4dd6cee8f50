"""What random image layers of Keras do with a given draw: images and the draw in, images out.

Run with Keras 3.15.1:  KERAS_BACKEND=numpy python test/layers/preprocessing/draws.py
Writes goldensDraws.json. The images follow from a formula that the test repeats.
"""

import json
import pathlib

import keras
import numpy as np

layers = keras.layers
LAST, FIRST = "channels_last", "channels_first"


def images(shape, low, high, data_format):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    values = low + (high - low) * ((i * 37 + 11) % 101) / 100
    x = values.astype("float32").reshape(shape)
    return np.ascontiguousarray(np.transpose(x, (0, 3, 1, 2))) if data_format == FIRST else x


def floats(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, dtype="float64").ravel()]


def row(name, args, draw, keras_draw, shape=(2, 4, 5, 3)):
    """@draw as the package has it, @keras_draw as Keras has it."""
    rows = []
    for data_format in (LAST, FIRST):
        layer = getattr(layers, name)(**args, data_format=data_format)
        low, high = args.get("value_range", (0, 255))
        x = images(shape, low, high, data_format)
        given = keras_draw(layer, x, data_format) if callable(keras_draw) else keras_draw
        y = np.asarray(layer.transform_images(x, given, training=True))
        rows.append({"className": name, "args": {**args, "data_format": data_format}, "draw": draw, "range": [low, high],
                     "shape": list(shape), "outputs": floats(y)})
    return rows


def f32(values, *shape):
    return np.asarray(values, dtype="float32").reshape(shape or (-1,))


def boxes(names):
    """Masks of rectangles, as the layer makes them of corners."""

    def of(layer, x, data_format):
        corners = [f32([r[axis][i] for r in RECTANGLES]) for axis, i in (("x", 0), ("x", 1), ("y", 0), ("y", 1))]
        masks = layer._generate_batch_mask(x.shape, corners)
        masks = masks[0] if isinstance(masks, tuple) else masks
        fill = {"fill_value": layer._get_fill_value(x, x.shape, None)} if "apply_erasing" in names else {}
        return {**names, "batch_masks": np.asarray(masks), **fill}

    return of


RECTANGLES = [{"y": [0.5, 2.25], "x": [1, 3.5]}, {"y": [1.2, 4], "x": [0, 0.9]}]
UNIT = {"value_range": [0, 1]}
CHOSEN = [True, False]
SHIFTS = [0.1, -0.2, 0.3, 0.25, -0.15, 0.05, -0.1, -0.3, 0, 0.1, 0.2, 0.3, -0.4, 0.15, 0.1, -0.25]


def perspective(layer, x, data_format):
    height, width = x.shape[1:3] if data_format == LAST else x.shape[2:]
    start = f32([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]] * 2, 2, 4, 2)
    return {"apply_perspective": np.array([True, True]), "start_points": start, "end_points": start + start * f32(SHIFTS, 2, 4, 2), "input_shape": x.shape}


rows = []
for more in ({}, UNIT):
    rows += row("RandomHue", {"factor": 0.5, **more}, {"factor": [0.2, -0.35]}, {"factor": f32([0.2, -0.35])})
    rows += row("RandomSaturation", {"factor": 0.5, **more}, {"factor": [0.4, 1.7]}, {"factor": f32([0.4, 1.7])})
    rows += row("RandomColorDegeneration", {"factor": 0.5, **more}, {"factor": [0.3, -0.4]}, {"factor": f32([0.3, -0.4], 2, 1, 1, 1)})
    rows += row("RandomSharpness", {"factor": 0.5, **more}, {"factor": [0.1, 0.9]}, {"factor": f32([0.1, 0.9])})
    rows += row("RandomPosterization", {"factor": 4, **more}, {"bits": [2, 5]}, {"shift_factor": np.array([6, 3], dtype="uint8")})
    rows += row("Solarization", {**more}, {"additions": [20, 0], "thresholds": [100, 60]}, {"additions": f32([20, 0], 2, 1, 1, 1), "thresholds": f32([100, 60], 2, 1, 1, 1)})
    rows += row("RandomInvert", {**more}, {"isChosen": CHOSEN}, {"apply_inversion": np.array(CHOSEN)})
    for kernel in ([3, 3], [5, 3]):
        rows += row("RandomGaussianBlur", {"kernel_size": kernel, **more}, {"isChosen": CHOSEN, "sigma": [0.8, 0.4]}, {"should_apply_blur": np.array(CHOSEN), "blur_factor": f32([0.8, 0.4])})
rows += row("RandomGrayscale", {}, {"isChosen": CHOSEN}, np.array(CHOSEN).reshape(2, 1, 1, 1))
rows += row("RandomErasing", {"fill_value": 9}, {"isChosen": CHOSEN, "rectangles": RECTANGLES}, boxes({"apply_erasing": np.array(CHOSEN)}))
rows += row("RandomErasing", {"fill_value": 300}, {"isChosen": [True, True], "rectangles": RECTANGLES}, boxes({"apply_erasing": np.array([True, True])}))
rows += row("CutMix", {}, {"order": [1, 0], "rectangles": RECTANGLES}, boxes({"permutation_order": np.array([1, 0])}))
rows += row("MixUp", {}, {"order": [1, 0], "weights": [0.25, 0.9]}, {"permutation_order": np.array([1, 0]), "mix_weight": f32([0.25, 0.9])})
for interpolation in ("bilinear", "nearest"):
    args = {"interpolation": interpolation, "fill_value": 7.0}
    rows += row("RandomPerspective", args, {"isChosen": [True, True], "shifts": SHIFTS}, perspective)

# Both signs of a shear: which one an image gets is drawn. The backends of Keras differ in fill_mode 'wrap'.
for sign in (1, -1):
    for args in ({}, {"interpolation": "nearest", "fill_mode": "constant", "fill_value": 5.0}, {"fill_mode": "nearest"}):
        args = {"x_factor": [0.4, 0.4], "y_factor": [0.2, 0.2], **args}
        rows += row("RandomShear", args, {"sign": sign}, {"shear_factor": sign * f32([0.4, 0.2], 1, 2), "input_shape": (1, 4, 5, 3)}, shape=(1, 4, 5, 3))

# The layers that draw nothing.
for more in ({}, UNIT):
    for bins in (256, 7):
        rows += row("Equalization", {"bins": bins, **more}, None, None)
    rows += row("AutoContrast", {**more}, None, None)
rows += row("AutoContrast", {}, None, None, shape=(2, 1, 1, 3))
for more in ({"tile_grid_size": [2, 2]}, {"tile_grid_size": [2, 3], "clip_limit": 1.0}, {"clip_limit": 0.0, "tile_grid_size": [1, 2]}, {"tile_grid_size": [2, 2], **UNIT}, {}):
    rows += row("ContrastLimitedAdaptiveHistogramEqualization", more, None, None, shape=(2, 9, 7, 2))

lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
pathlib.Path(__file__).with_name("goldensDraws.json").write_text(f"[\n{lines}\n]\n")
print(len(rows))
