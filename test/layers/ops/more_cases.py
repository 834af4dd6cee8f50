"""More cases of goldens.py: operations beyond arithmetic, shapes and layers."""

import numpy as np
from inputs import B, GAPS, I, N, P, PROB, S, SORTED, SPD, SQUARE, U, values
from keras import ops
from keras.src.quantizers.quantizers import fake_quant_with_min_max_vars

X = (S, (2, 3, 4))
Y = (S, (2, 3, 4))
POS = (P, (2, 3, 4))
UNIT = (U, (2, 3, 4))
INT = (I, (2, 3, 4))
INDEX = (N, (2, 3, 4))
BOOL = (B, (2, 3, 4))
GAP = (GAPS, (2, 3, 5))
ROWS = (S, (3, 5), "fixed batch")
MATRIX = (SQUARE, (2, 3, 3))
COVARIANCE = (SPD, (2, 3, 3))
TALL = (S, (2, 4, 3))
RGB = (P, (2, 3, 4, 3))
IMAGE = (S, (2, 5, 4, 2))
FIRST = (S, (2, 3, 5, 4))
VECTOR = (S, (6,), "fixed batch")
SHORT = (S, (3,), "fixed batch")
COUNTS = (N, (7,), "fixed batch")


def weight(*shape, kind=S, seed=9):
    return values(kind, shape, seed)


NUMBERS = [
    ([GAP], ops.nan_to_num), ([GAP], lambda x: ops.nan_to_num(x, nan=2.5, posinf=1.0)), ([X], lambda x: ops.nan_to_num(x)),
    *[([GAP], lambda x, f=f: f(x, axis=1)) for f in (ops.nansum, ops.nanmean, ops.nanmax, ops.nanmin, ops.nanprod, ops.nanvar, ops.nanstd, ops.nanmedian, ops.nanargmax, ops.nanargmin, ops.nancumsum, ops.nancumprod)],
    *[([GAP], lambda x, f=f: f(x, axis=-1, keepdims=True)) for f in (ops.nansum, ops.nanmean, ops.nanmax, ops.nanmin, ops.nanprod, ops.nanvar, ops.nanstd, ops.nanmedian, ops.nanargmax)], ([GAP], ops.nanmean), ([GAP], ops.nanmedian), ([GAP], ops.nancumsum),
    ([INT], ops.nansum), ([GAP], lambda x: ops.nanquantile(x, 0.3, axis=1)), ([GAP], lambda x: ops.nanpercentile(x, [20.0, 70.0], axis=-1)),
    ([X], ops.median), ([X], lambda x: ops.median(x, axis=1)), ([X], lambda x: ops.median(x, axis=(0, -1), keepdims=True)), ([INT], lambda x: ops.median(x, axis=-1)), ([GAP], lambda x: ops.median(x, axis=1)),
    ([X], lambda x: ops.quantile(x, 0.25, axis=1)), ([X], lambda x: ops.quantile(x, [0.1, 0.6, 1.0], axis=-1, keepdims=True)), ([X], lambda x: ops.quantile(x, 0.4)), ([X], lambda x: ops.percentile(x, 35.0, axis=1)),
    *[([X], lambda x, m=m: ops.quantile(x, [0.3, 0.55], axis=-1, method=m)) for m in ("lower", "higher", "midpoint", "nearest")],
    ([X, Y], ops.fmax), ([GAP, (S, (2, 3, 5))], ops.fmax), ([GAP, (S, (2, 3, 5))], ops.fmin), ([X, POS], ops.fmod), ([INT], lambda x: ops.fmod(x, 2)), ([INT, POS], ops.heaviside), ([X, INT], ops.ldexp), ([X, Y], ops.logaddexp2), ([X], ops.i0), ([X], ops.sinc), ([INT], ops.sinc),
    ([(U, (2, 3, 4))], ops.erfinv), ([X], ops.isneginf), ([X], ops.isposinf), ([X], ops.isreal), ([X], ops.signbit), ([X, Y], ops.nextafter), ([INT, INDEX], ops.gcd), ([INT, INDEX], ops.lcm), ([X], ops.angle), ([X], ops.conj), ([X], ops.conjugate), ([X], ops.real), ([X], ops.imag),
    ([INT, INDEX], ops.bitwise_and), ([INT, INDEX], ops.bitwise_or), ([INT, INT], ops.bitwise_xor), ([INT], ops.bitwise_not), ([INT], ops.bitwise_invert), ([INT, INDEX], ops.bitwise_left_shift), ([INT, INDEX], ops.bitwise_right_shift), ([INT, INDEX], ops.left_shift), ([INT], lambda x: ops.right_shift(x, 1)), ([BOOL, BOOL], ops.bitwise_and), ([BOOL], ops.bitwise_not),
    ([X], lambda x: ops.trapezoid(x, axis=1)), ([X], lambda x: ops.trapezoid(x, dx=0.5)),
    ([X, Y], ops.allclose), ([X], ops.empty_like), ([INT], ops.signbit), ([X], lambda x: ops.ptp(x, axis=(1, 2), keepdims=True)),
    ([X], lambda x: ops.isin(x, [0.2, -0.4])), ([INT, INDEX], lambda x, y: ops.isin(x, y, invert=True)), ([BOOL, X, Y], lambda c, x, y: ops.select([c], [x], default=0.5)), ([BOOL, BOOL, X, Y], lambda a, b, x, y: ops.select([a, b], [x, y], default=-1)),
    ([X, Y], lambda x, y: ops.linspace(x, y, num=3)), ([X], lambda x: ops.linspace(x, 1.0, num=4, endpoint=False, axis=-1)), ([X, Y], lambda x, y: ops.logspace(x, y, num=3)), ([POS, POS], lambda x, y: ops.geomspace(x, y, num=4)),
    ([VECTOR, SHORT], lambda x, y: ops.meshgrid(x, y)), ([VECTOR, SHORT], lambda x, y: ops.meshgrid(x, y, indexing="ij")), ([X], ops.ndim), ([X], lambda x: ops.view(x, dtype="int32")), ([(N, (2, 3))], lambda x: ops.unravel_index(x, (2, 2, 3))),
]  # fmt: skip

ORDER = [
    ([(SORTED, (9,), "fixed batch"), VECTOR], ops.searchsorted), ([VECTOR], lambda x: ops.searchsorted(np.array([-1.0, 0.2, 1.0], "float32"), x, side="right")), ([X], lambda x: ops.digitize(x, np.array([-1.0, 0.2, 1.0], "float32"))), ([INT], lambda x: ops.digitize(x, np.array([-1, 1, 2]))),
    ([(N, (2, 3)), (S, (2, 3, 5))], lambda t, p: ops.in_top_k(t, p, 2)), ([COUNTS], ops.bincount), ([COUNTS], lambda x: ops.bincount(x, minlength=6)), ([(N, (2, 5))], lambda x: ops.bincount(x, minlength=4)), ([VECTOR], ops.histogram), ([VECTOR], lambda x: ops.histogram(x, bins=4, range=(-1, 1))),
    ([X], lambda x: ops.top_k(x, 2, sorted=False)), ([INT], lambda x: ops.sort(x, axis=1)), ([X], lambda x: ops.sort(x, axis=0)), ([X], ops.nonzero), ([INT], ops.nonzero), ([COUNTS], ops.unique), ([COUNTS], lambda x: ops.unique(x, return_index=True, return_inverse=True, return_counts=True)), ([COUNTS], lambda x: ops.unique(x, size=5, fill_value=7)),
    ([(S, (2, 6)), ], lambda x: ops.segment_sum(x, np.array([0, 1]), num_segments=3)), ([(S, (6, 2), "fixed batch"), (N, (6,), "fixed batch")], lambda x, i: ops.segment_sum(x, i, num_segments=3)), *[([(S, (6, 2), "fixed batch"), (N, (6,), "fixed batch")], lambda x, i, f=f: f(x, i, num_segments=4)) for f in (ops.segment_max, ops.segment_min, ops.segment_prod)],
    ([(S, (3, 2), "fixed batch")], lambda v: ops.scatter(np.array([[0], [2], [0]]), v, (4, 2))), ([(N, (3, 2), "fixed batch"), (S, (3,), "fixed batch")], lambda i, v: ops.scatter(i, v, (3, 3))), *[([(S, (4, 3), "fixed batch")], lambda x, r=r: ops.scatter_update(x, np.array([[0, 1], [2, 2], [0, 1]]), np.array([2.0, 3.0, -1.5], "float32"), reduction=r)) for r in (None, "add", "max", "min", "mul")],
    ([(S, (4, 3), "fixed batch"), (S, (2, 3), "fixed batch")], lambda x, u: ops.scatter_update(x, np.array([[3], [1]]), u)), ([X, (S, (1, 2, 2), "fixed batch")], lambda x, u: ops.slice_update(x, [1, 0, 2], u)),
    ([X], lambda x: ops.take(x, [1, 0], axis=-2)), ([X], lambda x: ops.vsplit(x, [1])), ([X], lambda x: ops.hsplit(x, 3)), ([X], lambda x: ops.dsplit(x, 2)),
    ([X], lambda x: ops.rot90(x, axes=(1, 2))), ([X], lambda x: ops.rot90(x, k=2, axes=(1, 2))), ([X], lambda x: ops.rot90(x, k=-1, axes=(2, 1))), ([ROWS], ops.rot90),
]  # fmt: skip

MATRICES = [
    ([VECTOR], ops.diag), ([VECTOR], lambda x: ops.diag(x, k=-2)), ([ROWS], ops.diag), ([ROWS], lambda x: ops.diag(x, k=1)), ([ROWS], lambda x: ops.diagflat(x, k=1)), ([VECTOR], ops.diagflat), ([X], ops.diagonal), ([X], lambda x: ops.diagonal(x, offset=1, axis1=1, axis2=2)), ([X], lambda x: ops.diagonal(x, offset=-1, axis1=-1, axis2=1)),
    ([X], lambda x: ops.trace(x, axis1=1, axis2=2)), ([INT], lambda x: ops.trace(x, offset=1, axis1=-2, axis2=-1)), ([X, (S, (2, 2, 3))], ops.kron), ([X], lambda x: ops.kron(np.array([1.0, 2.0], "float32"), x)), ([(S, (2, 4, 3)), (S, (2, 4, 3))], ops.cross), ([(S, (2, 3, 4)), (S, (2, 3, 4))], lambda x, y: ops.cross(x, y, axis=1)), ([(S, (2, 4, 2)), (S, (2, 4, 3))], ops.cross), ([(S, (2, 4, 2)), (S, (2, 4, 2))], ops.cross),
    ([VECTOR], ops.vander), ([VECTOR], lambda x: ops.vander(x, N=3, increasing=True)), *[([VECTOR, SHORT], lambda x, y, m=m: ops.correlate(x, y, mode=m)) for m in ("valid", "same", "full")], ([SHORT, VECTOR], ops.correlate), ([ROWS], ops.corrcoef), ([X, (S, (2, 5, 4))], ops.cdist),
    ([COVARIANCE], ops.cholesky), ([COVARIANCE], lambda x: ops.cholesky(x, upper=True)), ([(SPD, (3, 3), "fixed batch")], ops.linalg.cholesky_inverse), ([(SPD, (3, 3), "fixed batch")], lambda x: ops.linalg.cholesky_inverse(x, upper=True)), ([MATRIX], ops.det), ([MATRIX], ops.inv), ([MATRIX, (S, (2, 3, 2))], ops.solve), ([COVARIANCE, (S, (2, 3, 2))], ops.solve_triangular), ([COVARIANCE, (S, (2, 3, 2))], lambda a, b: ops.solve_triangular(a, b, lower=True)),
    ([COVARIANCE], ops.logdet), ([MATRIX], ops.slogdet), ([MATRIX], ops.lu_factor), ([TALL], lambda x: ops.svd(x, compute_uv=False)), ([MATRIX], lambda x: ops.svd(x, compute_uv=False)), ([TALL], ops.qr), ([TALL], lambda x: ops.qr(x, mode="complete")), ([(S, (2, 3, 4))], ops.qr), ([(S, (4, 3), "fixed batch"), (S, (4, 2), "fixed batch")], ops.lstsq), ([(S, (4, 3), "fixed batch"), (S, (4,), "fixed batch")], ops.lstsq),
    ([TALL], ops.linalg.matrix_rank), ([TALL], ops.linalg.pinv), ([X], ops.linalg.pinv), *[([TALL], lambda x, o=o: ops.norm(x, ord=o, axis=(1, 2))) for o in (1, -1, 2, -2, np.inf, -np.inf, "nuc")], ([X], lambda x: ops.norm(x, ord=np.inf, axis=1)), ([X], lambda x: ops.norm(x, ord=0, axis=-1)),
]  # fmt: skip

SIGNALS = [
    ([X, Y], lambda x, y: ops.fft((x, y))), ([(S, (2, 7)), (S, (2, 7))], lambda x, y: ops.fft((x, y))), ([X, Y], lambda x, y: ops.fft2((x, y))), ([X, Y], lambda x, y: ops.ifft2((x, y))), ([(S, (2, 3, 8))], ops.rfft), ([(S, (2, 7))], ops.rfft), ([(S, (2, 7))], lambda x: ops.rfft(x, fft_length=5)), ([(S, (2, 7))], lambda x: ops.rfft(x, fft_length=12)),
    ([(S, (2, 5)), (S, (2, 5))], lambda x, y: ops.irfft((x, y))), ([(S, (2, 5)), (S, (2, 5))], lambda x, y: ops.irfft((x, y), fft_length=7)), ([(S, (2, 20))], lambda x: ops.stft(x, 6, 3, 8)), ([(S, (2, 20))], lambda x: ops.stft(x, 8, 4, 8, window="hamming", center=False)), ([(S, (2, 20))], lambda x: ops.stft(x, 5, 2, 7, window=None)), ([(S, (2, 6, 5)), (S, (2, 6, 5))], lambda x, y: ops.istft((x, y), 6, 3, 8)),
    ([(S, (2, 6, 5)), (S, (2, 6, 5))], lambda x, y: ops.istft((x, y), 8, 4, 8, length=20)), ([(S, (2, 6, 5)), (S, (2, 6, 5))], lambda x, y: ops.istft((x, y), 8, 4, 8, window="hamming", center=False)), ([(S, (2, 3, 20))], lambda x: ops.extract_sequences(x, 6, 4)), ([(S, (2, 20))], lambda x: ops.extract_sequences(x, 5, 5)),
]  # fmt: skip

IMAGES = [
    ([RGB], ops.image.rgb_to_hsv), ([(P, (2, 3, 4, 3))], ops.image.hsv_to_rgb), ([FIRST], lambda x: ops.image.rgb_to_hsv(x, data_format="channels_first")), ([FIRST], lambda x: ops.image.hsv_to_rgb(x, data_format="channels_first")), ([(P, (3, 4, 3), "fixed batch")], ops.image.rgb_to_hsv),
    ([IMAGE], lambda x: ops.image.gaussian_blur(x, data_format="channels_last")), ([FIRST], lambda x: ops.image.gaussian_blur(x, kernel_size=(5, 3), sigma=(0.7, 2.0), data_format="channels_first")), ([IMAGE], lambda x: ops.image.gaussian_blur(x, kernel_size=(4, 5), sigma=(0.7, 2.0), data_format="channels_last")), ([IMAGE], ops.image.sobel_edges), ([FIRST], lambda x: ops.image.sobel_edges(x, data_format="channels_first")),
    ([(P, (2, 12, 13, 2)), (P, (2, 12, 13, 2))], ops.image.ssim), ([(P, (2, 6, 7, 1)), (P, (2, 6, 7, 1))], lambda x, y: ops.image.ssim(x, y, max_val=2.0, filter_size=4)), ([POS, POS], lambda x, y: ops.psnr(x, y, 2.5)),
    ([IMAGE], lambda x: ops.image.extract_patches(x, 2)), ([IMAGE], lambda x: ops.image.extract_patches(x, (3, 2), strides=(1, 2), padding="same")), ([IMAGE], lambda x: ops.image.extract_patches(x, (2, 2), strides=1, dilation_rate=2)), ([FIRST], lambda x: ops.image.extract_patches(x, 2, data_format="channels_first")), ([(S, (2, 4, 4, 4, 2))], lambda x: ops.image.extract_patches(x, (2, 2, 2))),
    *[([IMAGE], lambda x, m=m, i=i: ops.image.affine_transform(x, np.array([[0.8, 0.3, -0.7, -0.2, 1.2, 1.3, 0, 0], [1, 0, 1.5, 0, 1, -0.6, 0, 0]], "float32"), interpolation=i, fill_mode=m, fill_value=0.5)) for m in ("constant", "nearest", "wrap", "mirror", "reflect") for i in ("bilinear", "nearest")],
    ([(S, (3, 5, 4), "fixed batch")], lambda x: ops.image.affine_transform(x, np.array([1, 0, 0.5, 0, 1, -0.5, 0, 0], "float32"), data_format="channels_first")),
    ([(S, (5, 4, 2), "fixed batch")], lambda x: ops.image.perspective_transform(x, np.array([[0, 0], [3, 0], [0, 4], [3, 4]], "float32"), np.array([[0.5, 0.2], [3, 0.4], [0, 4], [2.7, 3.5]], "float32"))), ([IMAGE], lambda x: ops.image.perspective_transform(x, np.array([[[0, 0], [3, 0], [0, 4], [3, 4]]] * 2, "float32"), np.array([[[0.5, 0.2], [3, 0.4], [0, 4], [2.7, 3.5]]] * 2, "float32"), interpolation="nearest", fill_value=2.0)),
    *[([(S, (5, 4), "fixed batch")], lambda x, m=m, o=o: ops.image.map_coordinates(x, weight(2, 3, 2) * 3 + 1, order=o, fill_mode=m, fill_value=0.25)) for m in ("constant", "nearest", "wrap", "mirror", "reflect") for o in (0, 1)],
    ([(S, (2, 5, 4), "fixed batch"), (P, (3, 7), "fixed batch")], lambda x, c: ops.image.map_coordinates(x, c, order=1)), ([(I, (5, 4), "fixed batch"), (P, (2, 7), "fixed batch")], lambda x, c: ops.image.map_coordinates(x, c, order=1)),
    *[([(S, (2, 5, 4, 2), "fixed batch")], lambda x, m=m: ops.image.scale_and_translate(x, (2, 7, 3, 2), np.array([1.4, 0.6], "float32"), np.array([0.3, -0.2], "float32"), (1, 2), m)) for m in ("linear", "cubic", "lanczos3", "lanczos5")], ([(S, (2, 5, 4, 2), "fixed batch")], lambda x: ops.image.scale_and_translate(x, (2, 3, 3, 2), np.array([0.5, 0.6], "float32"), np.array([0.3, -0.2], "float32"), (1, 2), "linear", antialias=False)),
    ([(N, (2, 3, 4, 3))], ops.image.rgb_to_grayscale), ([IMAGE], lambda x: ops.adaptive_average_pool(x, (3, 2))), ([FIRST], lambda x: ops.adaptive_max_pool(x, (2, 3), data_format="channels_first")), ([FIRST], lambda x: ops.nn.unfold(x, 2)), ([FIRST], lambda x: ops.nn.unfold(x, (3, 2), dilation=(1, 2), padding=(1, 0), stride=(2, 1))),
    ([(S, (2, 12, 12))], lambda x: ops.nn.fold(x, (5, 4), 2)), ([(S, (2, 12, 9))], lambda x: ops.nn.fold(x, (5, 4), 2, padding=1, stride=2)),
]  # fmt: skip

LOSSES = [
    ([(PROB, (2, 3, 4)), (PROB, (2, 3, 4))], ops.categorical_crossentropy), ([(PROB, (2, 3, 4)), X], lambda t, o: ops.categorical_crossentropy(t, o, from_logits=True)), ([(PROB, (2, 3, 4)), POS], lambda t, o: ops.categorical_crossentropy(t, o, axis=1)), ([(N, (2, 3)), (PROB, (2, 3, 4))], ops.sparse_categorical_crossentropy), ([(N, (2, 3, 1)), X], lambda t, o: ops.sparse_categorical_crossentropy(t, o, from_logits=True)),
    ([(PROB, (2, 3, 4)), (PROB, (2, 3, 4))], ops.binary_crossentropy), ([BOOL, UNIT], lambda t, o: ops.binary_crossentropy(t, o, from_logits=True)), ([(PROB, (2, 3, 4)), X], lambda t, o: ops.binary_crossentropy(t, o, from_logits=True)),
    ([(S, (2, 6, 4), "fixed batch")], lambda o: ops.ctc_loss(np.array([[1, 2, 2], [3, 1, 0]]), o, np.array([3, 2]), np.array([6, 5]))), ([(N, (2, 2), "fixed batch"), (S, (2, 6, 4), "fixed batch")], lambda t, o: ops.ctc_loss(t, o, np.array([2, 1]), np.array([6, 4]), mask_index=3)), ([(S, (2, 6, 4))], lambda o: ops.ctc_decode(o, np.array([6, 4]))), ([(S, (2, 6, 4))], lambda o: ops.ctc_decode(o, np.array([6, 4]), merge_repeated=False, mask_index=3)),
    ([(S, (2, 6, 4))], lambda o: ops.ctc_decode(o, np.array([6, 4]), strategy="beam_search", beam_width=5, top_paths=2)),
    ([INT], lambda x: ops.multi_hot(x, 4)), ([INDEX], lambda x: ops.multi_hot(x, 3, axis=1)), ([(N, (2, 3, 4))], lambda x: ops.multi_hot(x, 3)), ([INDEX], lambda x: ops.one_hot(x, 3, dtype="int32")),
]  # fmt: skip

QUANTIZED = [
    ([X], lambda x: fake_quant_with_min_max_vars(x, -1.1, 1.4)),
    ([X], lambda x: fake_quant_with_min_max_vars(x, np.array([-1.0, -0.5, -2.0, 0.0], "float32"), np.array([1.0, 0.7, 1.5, 1.0], "float32"), axis=-1)),
]  # fmt: skip

MORE_CASES = NUMBERS + ORDER + MATRICES + SIGNALS + IMAGES + LOSSES + QUANTIZED
