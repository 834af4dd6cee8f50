// Values that no code of this project produced: real Keras 3.16 on JAX CPU, float32. They catch the mistakes
// that a kernel and the reference could share, for instance padding the wrong side or a wrong group order.
//
// Convolutions: x[i] = (i mod 7) - 3, w[i] = (i mod 5) - 2, b[j] = 0.5 j, i counted over the whole flat array in
// the case's own data format; the values are small integers and halves, so every output is exact in float32.

import type { ConvCase } from './convCase.js';
import type { ActivationName } from './reference.js';

export interface ConvGolden {
  readonly conv: ConvCase;
  readonly activation: ActivationName;
  readonly shape: readonly number[];
  readonly y: readonly number[];
}

export interface ActivationGolden {
  readonly name: ActivationName;
  /** One value for each of `activationInputs`, rounded to 6 decimals. */
  readonly values: readonly number[];
}

/** The first `size` input values of a convolution golden. */
export function goldenX(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (i % 7) - 3);
}

/** The first `size` filter values. */
export function goldenW(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (i % 5) - 2);
}

/** The bias of `outC` channels. */
export function goldenB(outC: number): Float32Array {
  return Float32Array.from({ length: outC }, (_, j) => 0.5 * j);
}

interface GoldenConfig extends Partial<ConvCase> {
  readonly activation?: ActivationName;
}

/** x is [height, width, channels] and k [height, width], in whatever order the data format stores them. */
function golden(
  id: string,
  x: readonly [number, number, number],
  k: readonly [number, number],
  config: GoldenConfig,
  shape: readonly number[],
  y: readonly number[],
): ConvGolden {
  const { activation = 'linear', ...rest } = config;
  const conv: ConvCase = {
    name: `keras ${id}`,
    batch: 1,
    inH: x[0],
    inW: x[1],
    inC: x[2],
    kH: k[0],
    kW: k[1],
    outC: 1,
    groups: 1,
    strides: [1, 1],
    dilations: [1, 1],
    pad: 'valid',
    dataFormat: 'NHWC',
    ...rest,
  };
  return { conv, activation, shape, y };
}

export const convGoldens: readonly ConvGolden[] = [
  golden('A', [3, 3, 1], [2, 2], {}, [1, 2, 2, 1], [9, 7, -4, -6]),
  golden('B', [4, 4, 1], [2, 2], { strides: [2, 2], pad: 'same' }, [1, 2, 2, 1], [10, -1, 8, -3]),
  golden('B3', [5, 5, 1], [3, 3], { strides: [2, 2], pad: 'same' }, [1, 3, 3, 1], [1, -9, 4, -5, -2, 1, 14, -3, -5]),
  // One row of padding in all: it belongs below, not above.
  golden('B4', [4, 4, 1], [3, 3], { strides: [2, 2], pad: 'same' }, [1, 2, 2, 1], [9, -1, 19, -8]),
  golden('C', [3, 3, 4], [2, 2], { outC: 2, groups: 2 }, [1, 2, 2, 2], [2, -11.5, -12, -5.5, -12, -0.5, 16, 12.5]),
  golden(
    'Ck',
    [2, 2, 4],
    [1, 1],
    { outC: 4, groups: 4 },
    [1, 2, 2, 4],
    [6, 2.5, 1, 1.5, -2, -1.5, 1, -1.5, 4, 1.5, 1, 2.5, -4, -2.5, 1, -0.5],
  ),
  golden(
    'Cg',
    [2, 2, 4],
    [1, 1],
    { outC: 8, groups: 2, activation: 'relu' },
    [1, 2, 2, 8],
    [
      4, 0, 5, 0.5, 0, 4.5, 4, 3.5, 0, 3.5, 0, 0.5, 8, 0, 0, 9.5, 3, 0.5, 3, 0.5, 2, 3.5, 5, 1.5, 0, 4.5, 0, 0.5, 0,
      6.5, 2, 7.5,
    ],
  ),
  golden(
    'D',
    [4, 4, 1],
    [2, 2],
    { dilations: [2, 2], pad: 'same' },
    [1, 4, 4, 1],
    [2, 3, -3, 0, 1, 7, 5, 2, 1, -8, -3, -6, 1, 4, 1, 0],
  ),
  golden(
    'D23',
    [4, 4, 1],
    [2, 2],
    { dilations: [2, 3], pad: 'same' },
    [1, 4, 4, 1],
    [3, -3, 0, 0, 1, 7, 4, 2, -6, -1, -4, -6, 0, 3, 2, 0],
  ),
  golden('E', [3, 3, 2], [2, 2], { outC: 2, dataFormat: 'NCHW' }, [1, 2, 2, 2], [4, -10, 4, 4, -0.5, 11.5, 7.5, -8.5]),
  golden('F', [4, 4, 1], [4, 3], { strides: [2, 1] }, [1, 1, 2, 1], [10, 35]),
  golden('Fs', [3, 3, 1], [1, 1], { strides: [2, 2], pad: 'same' }, [1, 2, 2, 1], [6, 2, -6, 4]),
];

export const activationInputs: readonly number[] = [-4, -3, -1.5, -1, -0.5, 0, 0.25, 0.5, 1, 2, 3.5, 6.5];

export const activationGoldens: readonly ActivationGolden[] = [
  {
    name: 'gelu',
    values: [
      -0.000127, -0.00405, -0.100211, -0.158655, -0.154269, 0, 0.149677, 0.345731, 0.841345, 1.9545, 3.499186, 6.5,
    ],
  },
  {
    name: 'gelu_approximate',
    values: [
      -0.00007, -0.003637, -0.100428, -0.158808, -0.154286, 0, 0.149675, 0.345714, 0.841192, 1.954598, 3.499384, 6.5,
    ],
  },
  {
    name: 'hard_sigmoid',
    values: [0, 0, 0.25, 0.333333, 0.416667, 0.5, 0.541667, 0.583333, 0.666667, 0.833333, 1, 1],
  },
  {
    name: 'hard_silu',
    values: [0, 0, -0.375, -0.333333, -0.208333, 0, 0.135417, 0.291667, 0.666667, 1.666667, 3.5, 6.5],
  },
  {
    name: 'selu',
    values: [
      -1.725899, -1.670569, -1.365814, -1.111331, -0.691758, 0, 0.262675, 0.525351, 1.050701, 2.101402, 3.677454,
      6.829556,
    ],
  },
  {
    name: 'elu',
    values: [-0.981684, -0.950213, -0.77687, -0.632121, -0.393469, 0, 0.25, 0.5, 1, 2, 3.5, 6.5],
  },
  {
    name: 'mish',
    values: [
      -0.072592, -0.145647, -0.2981, -0.303401, -0.220744, 0, 0.169572, 0.375245, 0.865098, 1.943959, 3.493991, 6.49997,
    ],
  },
  // Keras's default slope, 0.2.
  { name: 'leakyrelu', values: [-0.8, -0.6, -0.3, -0.2, -0.1, 0, 0.25, 0.5, 1, 2, 3.5, 6.5] },
];

/** x - tanh(x): Keras's tanh_shrink, which pins our tanh. */
export const tanhShrinkGolden: readonly number[] = [
  -3.000671, -2.004945, -0.594852, -0.238406, -0.037883, 0, 0.005081, 0.037883, 0.238406, 1.035972, 2.501822, 5.500005,
];

/** -softplus(-x): Keras's log_sigmoid, which pins our softplus. */
export const logSigmoidGolden: readonly number[] = [
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: Keras's own output, not ln 2
  -4.01815, -3.048587, -1.701413, -1.313262, -0.974077, -0.693147, -0.575939, -0.474077, -0.313262, -0.126928, -0.02975,
  -0.001502,
];

/** First half of the inputs times the sigmoid of the second half: Keras's glu, which pins our sigmoid. */
export const gluGolden: readonly number[] = [-2.248706, -1.867378, -1.096588, -0.880797, -0.485344, 0];
