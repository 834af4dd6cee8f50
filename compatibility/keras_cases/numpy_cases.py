"""Operations of NumPy's kind: elementwise, reductions, shapes, indices."""

import numpy as np
from keras import ops
from register import Makers, with_arguments

MAKERS = Makers()


SIGNED = (
    *("abs", "absolute", "cbrt", "ceil", "conj", "conjugate", "copy", "cos", "cosh", "deg2rad", "erf", "erfc", "exp", "exp2", "expm1", "fabs", "floor"),
    *("isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal", "negative", "rad2deg", "real", "sign", "signbit", "sin", "sinc", "sinh", "square", "tan", "tanh"),
    *("trunc", "arcsinh", "arctan", "ones_like", "zeros_like", "stop_gradient", "angle", "imag", "i0"),
)
POSITIVE = ("log", "log10", "log1p", "log2", "reciprocal", "rsqrt", "sqrt")
UNIT = ("arccos", "arcsin", "arctanh", "erfinv")


@MAKERS.operation(*SIGNED)
def signed(random, op):
    x = random.signed(2, 3, 4)
    integers = op.__name__ in ("abs", "absolute", "negative", "sign", "square", "exp", "floor", "ones_like", "zeros_like", "signbit")
    return op, random.integers((2, 3, 4)) if integers and random.pick(True, False, False) else x


@MAKERS.operation(*POSITIVE)
def positive(random, op):
    return op, random.positive(2, 3, 4)


@MAKERS.operation(*UNIT)
def unit(random, op):
    return op, random.unit(2, 3, 4)


@MAKERS.operation("arccosh")
def arccosh(random, op):
    return op, 1.1 + random.positive(2, 3, 4)


BINARY = ("add", "arctan2", "divide", "divide_no_nan", "fmax", "fmin", "logaddexp", "logaddexp2", "maximum", "minimum", "multiply", "subtract", "true_divide", "nextafter")
COMPARE = ("equal", "greater", "greater_equal", "less", "less_equal", "not_equal", "isclose")


def second(random, shape=(2, 3, 4), make=None):
    make = make or random.signed
    return random.pick(make(*shape), make(shape[0], 1, shape[2]))


@MAKERS.operation(*BINARY, count=5)
def binary(random, op):
    """Two tensors, a tensor and a constant, or a constant and a tensor."""
    x = random.signed(2, 3, 4)
    how = random.pick("two", "two", "constant after", "constant before", "array")
    if how == "two":
        return op, x, second(random)
    constant = random.pick(0.5, -2, 1.25) if how != "array" else random.signed(4)
    return (lambda a: op(constant, a)) if how == "constant before" else (lambda a: op(a, constant)), x, how


@MAKERS.operation("heaviside", "hypot")
def two_tensors(random, op):
    """Keras refuses constants here."""
    return op, random.signed(2, 3, 4), second(random)


@MAKERS.operation(*COMPARE, count=4)
def compare(random, op):
    x = random.integers((2, 3, 4), 0, 3)
    if random.flag():
        return op, x, second(random, make=lambda *shape: random.integers(shape, 0, 3))
    return lambda a: op(a, 1), random.pick(x, x.astype("float32")), "constant"


@MAKERS.operation("allclose", count=2)
def all_close(random, op):
    x = random.signed(2, 3)
    return op, x, random.pick(x, x + 1)


@MAKERS.operation("power", count=5)
def power(random, op):
    x = random.positive(2, 3, 4)
    exponent = random.pick(2, 3, 0.5, -1)
    return random.pick((op, x, second(random)), (lambda a: op(a, exponent), x), (lambda a: op(2.0, a), x))


@MAKERS.operation("floor_divide", "mod", "fmod", count=4)
def modulo(random, op):
    if random.flag():
        x, y = random.integers((2, 3, 4), -9, 9), random.integers((2, 3, 4), 1, 5)
        return op, x, y
    divisor = random.pick(0.7, 2.0, -1.5)
    return lambda a: op(a, divisor), random.signed(2, 3, 4), f"divisor={divisor}"


@MAKERS.operation("logical_and", "logical_or", "logical_xor")
def logical(random, op):
    return op, random.booleans(2, 3, 4), random.booleans(2, 3, 4)


@MAKERS.operation("logical_not", count=2)
def logical_not(random, op):
    return op, random.booleans(2, 3, 4)


@MAKERS.operation("bitwise_and", "bitwise_or", "bitwise_xor", "gcd", "lcm")
def bitwise(random, op):
    return op, random.integers((2, 3, 4), 1, 60), random.integers((2, 3, 4), 1, 60)


@MAKERS.operation("bitwise_invert", "bitwise_not", count=2)
def bitwise_not(random, op):
    return op, random.integers((2, 3, 4), -30, 30)


@MAKERS.operation("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")
def shift(random, op):
    return op, random.integers((2, 3, 4), -30, 30), random.integers((2, 3, 4), 0, 5)


@MAKERS.operation("ldexp")
def ldexp(random, op):
    return op, random.signed(2, 3, 4), random.integers((2, 3, 4), -3, 4)


@MAKERS.operation("clip")
def clip(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], x_min=random.number(-1, 0), x_max=random.number(0, 1))


@MAKERS.operation("round")
def round_(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], decimals=random.pick(0, 1, 2))


@MAKERS.operation("nan_to_num")
def nan_to_num(random, op):
    x = random.signed(2, 3, 4)
    x[0, 0, :3] = np.nan, np.inf, -np.inf
    return with_arguments(op, [x], **random.some(nan=(1.5,), posinf=(9.0,), neginf=(-7.0,)))


@MAKERS.operation("where", count=4)
def where(random, op):
    condition = random.booleans(2, 3, 4)
    return random.pick((op, condition, random.signed(2, 3, 4), second(random)), (lambda c, a: op(c, a, 0.0), condition, random.signed(2, 3, 4)))


@MAKERS.operation("select", count=2)
def select(random, op):
    return lambda a, b: op([a > 0.5, b > 0], [a, b * 2], default=-1.0), random.signed(2, 3, 4), random.signed(2, 3, 4)


@MAKERS.operation("cast", "saturate_cast", count=5)
def cast(random, op):
    x = random.pick(3 * random.signed(2, 3, 4), random.integers((2, 3, 4), 0, 9), random.booleans(2, 3, 4))
    dtypes = ("float32", "int32", "bool") if op.__name__ == "cast" else ("float32", "int32", "uint8")
    return with_arguments(op, [x], dtype=random.pick(*dtypes))


@MAKERS.operation("view", count=2)
def view(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], dtype="int32")


# Reductions.
AXES = (None, -1, 0, 1, (1, 2))


@MAKERS.operation("sum", "mean", "max", "min", "amax", "amin", "std", "var", "prod", "logsumexp", count=5)
def reduction(random, op):
    x = random.distinct(2, 3, 4)
    return with_arguments(op, [x / 2], axis=random.pick(*AXES), keepdims=random.flag())


@MAKERS.operation("ptp")
def ptp(random, op):
    return with_arguments(op, [random.distinct(2, 3, 4)], axis=random.pick(-1, 1, None), keepdims=random.flag())


@MAKERS.operation("all", "any")
def all_any(random, op):
    return with_arguments(op, [random.booleans(2, 2, 2)], axis=random.pick(*AXES), keepdims=random.flag())


@MAKERS.operation("argmax", "argmin")
def argmax(random, op):
    return with_arguments(op, [random.distinct(2, 3, 4)], axis=random.pick(None, -1, 1), keepdims=random.flag())


@MAKERS.operation("count_nonzero")
def count_nonzero(random, op):
    return with_arguments(op, [random.integers((2, 3, 4), 0, 2)], axis=random.pick(None, -1, (1, 2)))


@MAKERS.operation("average")
def average(random, op):
    x, weights = random.signed(2, 3, 4), random.positive(2, 3, 4)
    axis = random.pick(None, -1, 1)
    return random.pick(with_arguments(op, [x], axis=axis), (lambda a, w: op(a, axis=axis, weights=w), x, weights))


@MAKERS.operation("moments")
def moments(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axes=random.pick([0], [1, 2], [-1]), keepdims=random.flag())


@MAKERS.operation("median")
def median(random, op):
    return with_arguments(op, [random.distinct(2, 3, 4)], axis=random.pick(None, -1, 1), keepdims=random.flag())


@MAKERS.operation("quantile", "percentile", count=6)
def quantile(random, op):
    scale = 100 if op.__name__ == "percentile" else 1
    q = random.pick(0.3, 0.5, [0.25, 0.75])
    q = [scale * value for value in q] if isinstance(q, list) else scale * q
    method = random.pick("linear", "lower", "higher", "midpoint", "nearest")
    return with_arguments(op, [random.distinct(2, 3, 5)], q=q, axis=random.pick(None, -1, 1), method=method, keepdims=random.flag())


NAN_REDUCTIONS = ("nanmax", "nanmin", "nanmean", "nanprod", "nanstd", "nansum", "nanvar", "nanmedian")


def with_nan(random, *shape):
    x = random.distinct(*shape)
    x[:, 1, 1] = np.nan
    return x


@MAKERS.operation(*NAN_REDUCTIONS)
def nan_reduction(random, op):
    return with_arguments(op, [with_nan(random, 2, 3, 4)], axis=random.pick(None, -1, 1), keepdims=random.flag())


@MAKERS.operation("nanargmax", "nanargmin")
def nan_argmax(random, op):
    return with_arguments(op, [with_nan(random, 2, 3, 4)], axis=random.pick(-1, 1), keepdims=random.flag())


@MAKERS.operation("nanquantile", "nanpercentile")
def nan_quantile(random, op):
    return with_arguments(op, [with_nan(random, 2, 3, 4)], q=30.0 if op.__name__ == "nanpercentile" else 0.3, axis=random.pick(None, -1, 1))


@MAKERS.operation("cumsum", "cumprod", "nancumsum", "nancumprod")
def cumulative(random, op):
    x = with_nan(random, 2, 3, 4) if "nan" in op.__name__ else random.signed(2, 3, 4)
    return with_arguments(op, [x], axis=random.pick(1, -1, 0))


@MAKERS.operation("diff")
def diff(random, op):
    return with_arguments(op, [random.signed(2, 5, 4)], n=random.integer(1, 2), axis=random.pick(1, -1))


@MAKERS.operation("trapezoid")
def trapezoid(random, op):
    return with_arguments(op, [random.signed(2, 5, 4)], dx=random.pick(1.0, 0.5), axis=random.pick(1, -1))


# Shapes.


@MAKERS.operation("reshape")
def reshape(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], newshape=random.pick((-1, 12), (2, 4, 3), (2, 2, -1), (-1, 3, 2, 2)))


@MAKERS.operation("transpose", count=2)
def transpose(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axes=random.pick((0, 2, 1), (0, 1, 2)))


@MAKERS.operation("swapaxes")
def swapaxes(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axis1=1, axis2=random.pick(2, -1))


@MAKERS.operation("moveaxis")
def moveaxis(random, op):
    source, destination = random.pick((1, -1), ([1, 3], [2, 1]))
    return with_arguments(op, [random.signed(2, 3, 4, 5)], source=source, destination=destination)


@MAKERS.operation("expand_dims")
def expand_dims(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axis=random.pick(1, -1, 2, (1, 3)))


@MAKERS.operation("squeeze", count=2)
def squeeze(random, op):
    return with_arguments(op, [random.signed(2, 1, 4)], axis=random.pick(1, -2))


@MAKERS.operation("broadcast_to", count=2)
def broadcast_to(random, op):
    return with_arguments(op, [random.signed(2, 1, 4)], shape=(2, 3, 4))


@MAKERS.operation("ravel", count=1)
def ravel(random, op):
    return op, random.signed(2, 3, 4)


@MAKERS.operation("flip")
def flip(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axis=random.pick(None, 1, -1, (1, 2)))


@MAKERS.operation("fliplr", "flipud", count=2)
def flips(random, op):
    return op, random.signed(2, 3, 4)


@MAKERS.operation("rot90", count=4)
def rot90(random, op):
    return with_arguments(op, [random.signed(2, 3, 4, 2)], k=random.integer(1, 3), axes=random.pick((1, 2), (2, 1), (2, 3)))


@MAKERS.operation("roll")
def roll(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], shift=random.pick(1, -2), axis=random.pick(None, 1, -1))


@MAKERS.operation("repeat")
def repeat(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], repeats=random.integer(2, 3), axis=random.pick(1, -1, None))


@MAKERS.operation("tile", count=2)
def tile(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], repeats=random.pick((1, 2, 3), (1, 1, 2)))


@MAKERS.operation("pad", count=5)
def pad(random, op):
    mode = random.pick("constant", "reflect", "symmetric")
    constant = {"constant_values": 1.5} if mode == "constant" and random.flag() else {}
    return with_arguments(op, [random.signed(2, 4, 5)], pad_width=((0, 0), (1, 2), (2, 0)), mode=mode, **constant)


@MAKERS.operation("concatenate", "stack")
def concatenate(random, op):
    axis = random.pick(1, -1)
    return lambda a, b: op([a, b], axis=axis), random.signed(2, 3, 4), random.signed(2, 3, 4), f"axis={axis}"


@MAKERS.operation("hstack", "vstack", "dstack", count=2)
def stacks(random, op):
    return lambda a, b: op([a, b]), random.signed(2, 3, 4), random.signed(2, 3, 4)


@MAKERS.operation("append", count=2)
def append(random, op):
    return with_arguments(op, [random.signed(2, 3, 4), random.signed(2, 3, 4)], axis=random.pick(1, -1))


@MAKERS.operation("split", "array_split")
def split(random, op):
    sections = random.pick(2, [1, 3]) if op.__name__ == "split" else random.pick(2, 3)
    return with_arguments(op, [random.signed(2, 3, 4)], indices_or_sections=sections, axis=-1)


@MAKERS.operation("hsplit", "dsplit", count=2)
def hsplit(random, op):
    return with_arguments(op, [random.signed(2, 4, 6)], indices_or_sections=2)


@MAKERS.operation("vsplit", count=1)
def vsplit(random, op):
    return lambda a: op(a, 2), random.signed(2, 4, 6), "fixed batch"


@MAKERS.operation("unstack", count=2)
def unstack(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axis=random.pick(1, 2))


@MAKERS.operation("meshgrid", count=2)
def meshgrid(random, op):
    indexing = random.pick("xy", "ij")

    def call(a, b):
        return op(ops.reshape(a, (-1,)), ops.reshape(b, (-1,)), indexing=indexing)

    return call, random.signed(2, 3), random.signed(2, 2), f"indexing={indexing}"


# Indices.


@MAKERS.operation("get_item", count=5)
def get_item(random, op):
    x = random.signed(2, 4, 5)
    key = random.pick((slice(None), 1), (slice(None), slice(1, 3)), (slice(None), slice(None, None, 2), -1), (Ellipsis, 0), (slice(None), None, slice(None, None, -1)))
    return lambda a: a[key], x, str(key)


@MAKERS.operation("take", count=4)
def take(random, op):
    indices = random.pick([0, 2], 1, [[0, 1], [2, 0]])
    if random.flag():
        return lambda a, i: op(a, i, axis=1), random.signed(2, 3, 4), random.integers((2, 2), 0, 3)
    return with_arguments(op, [random.signed(2, 3, 4)], indices=np.array(indices), axis=random.pick(1, -1))


@MAKERS.operation("take_along_axis")
def take_along_axis(random, op):
    return with_arguments(op, [random.signed(2, 3, 4), random.integers((2, 3, 2), 0, 4)], axis=-1)


@MAKERS.operation("slice", count=2)
def slice_(random, op):
    return lambda a: op(a, (0, 1, 2), (2, 2, 2)), random.signed(2, 3, 4)


@MAKERS.operation("slice_update", count=2)
def slice_update(random, op):
    return lambda a, b: op(a, (0, 1, 2), b), random.signed(2, 3, 4), random.signed(2, 2, 2)


@MAKERS.operation("scatter_update", count=4)
def scatter_update(random, op):
    indices = np.array([[0, 1], [1, 0], [1, 2]])
    reduction = random.pick({}, {"reduction": "add"}, {"reduction": "max"}, {"reduction": "mul"})
    updates = random.signed(3, 4)
    return lambda a: op(a, indices, updates, **reduction), random.signed(2, 3, 4), f"{reduction}, fixed batch"


@MAKERS.operation("scatter", count=2)
def scatter(random, op):
    return lambda i, v: op(i, v, (6, 4)), random.integers((3, 1), 0, 6), random.signed(3, 4), "fixed batch"


@MAKERS.operation("sort")
def sort(random, op):
    return with_arguments(op, [random.distinct(2, 3, 4)], axis=random.pick(-1, 1))


@MAKERS.operation("argsort")
def argsort(random, op):
    return with_arguments(op, [random.distinct(2, 3, 4)], axis=random.pick(-1, 1))


@MAKERS.operation("argpartition", count=2)
def argpartition(random, op):
    return with_arguments(op, [random.distinct(2, 3, 5)], kth=2, axis=-1)


@MAKERS.operation("top_k")
def top_k(random, op):
    return with_arguments(op, [random.distinct(2, 3, 5)], k=random.integer(1, 4))


@MAKERS.operation("in_top_k", count=2)
def in_top_k(random, op):
    return with_arguments(op, [random.integers((4,), 0, 5), random.distinct(4, 5)], k=2)


@MAKERS.operation("searchsorted", count=2)
def searchsorted(random, op):
    return with_arguments(op, [np.sort(random.distinct(6)), random.signed(6)], side=random.pick("left", "right"))


@MAKERS.operation("digitize", count=2)
def digitize(random, op):
    return with_arguments(op, [random.signed(2, 5)], bins=np.array([-1.0, 0.0, 0.7]))


@MAKERS.operation("bincount")
def bincount(random, op):
    return with_arguments(op, [random.integers((2, 6), 0, 5)], minlength=random.pick(5, 8))


@MAKERS.operation("isin", count=2)
def isin(random, op):
    return with_arguments(op, [random.integers((2, 3, 4), 0, 6)], x2=np.array([1, 3]), invert=random.flag())


@MAKERS.operation("unique", count=2)
def unique(random, op):
    return with_arguments(op, [random.integers((2, 6), 0, 5)], size=6, fill_value=0)


@MAKERS.operation("unravel_index", count=2)
def unravel_index(random, op):
    return with_arguments(op, [random.integers((2, 5), 0, 12)], shape=(3, 4))


@MAKERS.operation("segment_sum", "segment_max", "segment_min", "segment_prod")
def segment(random, op):
    ids = np.sort(random.integers((6,), 0, 4)).astype("int32")
    return with_arguments(op, [random.signed(6, 3), ids], num_segments=4, sorted=random.flag())


@MAKERS.operation("one_hot")
def one_hot(random, op):
    return with_arguments(op, [random.integers((2, 3), 0, 5)], num_classes=5, axis=random.pick(-1, 1))


@MAKERS.operation("multi_hot", count=2)
def multi_hot(random, op):
    return with_arguments(op, [random.integers((2, 3), 0, 5)], num_classes=5)


@MAKERS.operation("tril", "triu", count=2)
def triangle(random, op):
    return with_arguments(op, [random.signed(2, 4, 4)], k=random.pick(0, 1, -1))


@MAKERS.operation("diag", "diagflat", count=2)
def diag(random, op):
    return with_arguments(op, [random.signed(4, 4) if op.__name__ == "diag" and random.flag() else random.signed(4)], k=random.pick(0, 1))


@MAKERS.operation("diagonal", "trace", count=2)
def diagonal(random, op):
    return with_arguments(op, [random.signed(2, 4, 5)], offset=random.pick(0, 1, -1), axis1=1, axis2=2)


@MAKERS.operation("vander", count=2)
def vander(random, op):
    return with_arguments(op, [random.signed(5)], N=4, increasing=random.flag())


@MAKERS.operation("full_like", count=2)
def full_like(random, op):
    return with_arguments(op, [random.signed(2, 3)], fill_value=random.pick(2.5, 7))


@MAKERS.operation("array", "convert_to_tensor", count=2)
def array(random, op):
    return op, random.signed(2, 3)


@MAKERS.operation("linspace", "logspace", "geomspace", count=2)
def linspace(random, op):
    start, stop = 0.5 + random.fraction(2, 3), 2 + random.fraction(2, 3)
    return with_arguments(op, [start, stop], num=5, axis=random.pick(0, -1), endpoint=random.flag())


@MAKERS.operation("size", count=1)
def size(random, op):
    return lambda a: op(a) + ops.cast(ops.sum(a) * 0, "int32"), random.signed(2, 3, 4), "fixed batch"


@MAKERS.operation("rearrange", count=4)
def rearrange(random, op):
    pattern, sizes = random.pick(("b h w c -> b (h w) c", {}), ("b h w c -> b c h w", {}), ("b (h p) w c -> b h (p c) w", {"p": 2}), ("b h w c -> b (h w c)", {}))
    return lambda a: op(a, pattern, **sizes), random.signed(2, 4, 3, 2), f"{pattern}, fixed batch"


# Products.


@MAKERS.operation("matmul", "dot", count=4)
def matmul(random, op):
    w = random.signed(4, 5)
    if random.flag():
        return lambda a: op(a, w), random.signed(2, 3, 4)
    return (op, random.signed(2, 3, 4), random.signed(2, 4, 5)) if op.__name__ == "matmul" else (lambda a: op(a, w), random.signed(2, 4))


@MAKERS.operation("inner", "vdot", "outer", "kron", count=2)
def inner(random, op):
    w = random.signed(4) if op.__name__ != "kron" else random.signed(2, 2)
    x = random.signed(4) if op.__name__ == "vdot" else random.signed(3, 4)
    return lambda a: op(a, w), x, "fixed batch"


@MAKERS.operation("tensordot")
def tensordot(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], x2=random.signed(4, 5), axes=random.pick(1, [[2], [0]], [[-1], [0]]))


@MAKERS.operation("einsum", count=5)
def einsum(random, op):
    equation, shapes = random.pick(("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]), ("bij->bji", [(2, 3, 4)]), ("bi,bj->bij", [(2, 3), (2, 4)]), ("bhid,bhjd->bhij", [(2, 2, 3, 4), (2, 2, 5, 4)]), ("...i,...i->...", [(2, 3, 4), (2, 3, 4)]))
    return lambda *symbols: op(equation, *symbols), *(random.signed(*shape) for shape in shapes), equation


@MAKERS.operation("cross", count=2)
def cross(random, op):
    return op, random.signed(2, 4, 3), random.signed(2, 4, 3)


@MAKERS.operation("corrcoef", count=1)
def corrcoef(random, op):
    return op, random.signed(3, 6)


@MAKERS.operation("correlate")
def correlate(random, op):
    return with_arguments(op, [random.signed(7), random.signed(3)], fixed=True, mode=random.pick("valid", "same", "full"))


@MAKERS.operation("cdist", count=2)
def cdist(random, op):
    return op, random.signed(4, 3), random.signed(4, 3)
