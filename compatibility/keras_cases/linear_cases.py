"""Linear algebra, Fourier transforms and complex numbers, which Keras gives as pairs of real arrays."""

import numpy as np
from keras import ops
from register import Makers, with_arguments

MAKERS = Makers()


def square(random, size=4):
    """Far from singular."""
    return (random.signed(2, size, size) + 4 * np.eye(size, dtype="float32")).astype("float32")


def positive_definite(random, size=4):
    x = random.signed(2, size, size)
    return (x @ x.transpose(0, 2, 1) + 2 * np.eye(size, dtype="float32")).astype("float32")


@MAKERS.operation("cholesky", count=2)
def cholesky(random, op):
    return with_arguments(op, [positive_definite(random)], upper=random.flag())


@MAKERS.operation("cholesky_inverse", count=2)
def cholesky_inverse(random, op):
    upper = random.flag()
    factor = np.linalg.cholesky(positive_definite(random)).astype("float32")
    return with_arguments(op, [factor.transpose(0, 2, 1).copy() if upper else factor], upper=upper)


@MAKERS.operation("det", "inv", "slogdet", "logdet", count=2)
def determinant(random, op):
    return op, positive_definite(random)


@MAKERS.operation("lu_factor", count=2)
def lu_factor(random, op):
    return op, square(random)


@MAKERS.operation("eigh", count=2)
def eigh(random, op):
    """The values; vectors are known up to their sign, so that each is multiplied by itself."""

    def call(x):
        values, vectors = op(x)
        return values, vectors * vectors

    return call, positive_definite(random)


@MAKERS.operation("eig", count=2)
def eig(random, op):
    return lambda x: ops.real(ops.sum(op(x)[0], axis=-1)), positive_definite(random), "sum of the values"


@MAKERS.operation("qr", count=2)
def qr(random, op):
    mode = random.pick("reduced", "complete")
    return lambda x: [ops.abs(y) for y in op(x, mode=mode)], random.signed(2, 5, 3), f"absolute values, mode={mode}"


@MAKERS.operation("svd", count=3)
def svd(random, op):
    if random.flag():
        return with_arguments(op, [random.signed(2, 4, 3)], compute_uv=False)
    return lambda x: [ops.abs(y) for y in op(x, full_matrices=False)], random.signed(2, 4, 3), "absolute values"


@MAKERS.operation("solve", count=2)
def solve(random, op):
    return op, square(random), random.signed(2, 4, 3)


@MAKERS.operation("solve_triangular", count=2)
def solve_triangular(random, op):
    return with_arguments(op, [np.tril(square(random)), random.signed(2, 4, 3)], lower=True)


@MAKERS.operation("lstsq", count=2)
def lstsq(random, op):
    return op, random.signed(5, 3), random.signed(5, 2)


@MAKERS.operation("pinv", count=2)
def pinv(random, op):
    return op, random.signed(2, 4, 3)


@MAKERS.operation("matrix_rank", count=2)
def matrix_rank(random, op):
    x = random.signed(2, 4, 3)
    x[0, :, 2] = x[0, :, 0]
    return op, x


@MAKERS.operation("norm", count=6)
def norm(random, op):
    order, axis = random.pick((None, None), (2, -1), (1, -1), (np.inf, -1), ("fro", (1, 2)), (3, 1))
    return with_arguments(op, [random.signed(2, 3, 4)], ord=order, axis=axis, keepdims=random.flag())


@MAKERS.operation("fft", "fft2", "ifft2", count=2)
def fft(random, op):
    return lambda a, b: op((a, b)), random.signed(2, 4, 8), random.signed(2, 4, 8)


@MAKERS.operation("rfft", count=2)
def rfft(random, op):
    return with_arguments(op, [random.signed(2, 3, 8)], fft_length=random.pick(None, 8, 16))


@MAKERS.operation("irfft", count=2)
def irfft(random, op):
    return lambda a, b: op((a, b)), random.signed(2, 3, 5), random.signed(2, 3, 5)


@MAKERS.operation("stft", count=3)
def stft(random, op):
    return with_arguments(op, [random.signed(2, 64)], sequence_length=16, sequence_stride=random.pick(4, 8), fft_length=16, window=random.pick("hann", "hamming"), center=random.flag())


@MAKERS.operation("istft", count=2)
def istft(random, op):
    return lambda a, b: op((a, b), 16, 4, 16, length=60), random.signed(2, 17, 9), random.signed(2, 17, 9)


@MAKERS.operation("extract_sequences", count=2)
def extract_sequences(random, op):
    return with_arguments(op, [random.signed(2, 20)], sequence_length=6, sequence_stride=random.pick(2, 4))


@MAKERS.operation("polar", count=2)
def polar(random, op):
    return lambda a, b: ops.real(op(a, b)), random.positive(2, 3), random.signed(2, 3), "its real part"


@MAKERS.operation("view_as_complex", count=1)
def view_as_complex(random, op):
    return lambda a: ops.view_as_real(op(a)), random.signed(2, 3, 2), "with view_as_real"


@MAKERS.operation("view_as_real", count=1)
def view_as_real(random, op):
    return lambda a: op(ops.view_as_complex(a)), random.signed(2, 3, 2), "with view_as_complex"
