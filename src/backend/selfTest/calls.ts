// The calls that selfTest() makes: every kernel that an engine of ours replaces, and those of gradients that TensorFlow.js
// composes, with channels that leave each remainder of whole texels and vectors.

import type { Call, CallAttrs, Operand } from '../../tfjs/kernelCall.js';
import { BATCH_NORM_SUMS_KERNEL, RELU_GRAD_KERNEL, SPREAD_KERNEL } from '../../tfjs/ownKernelNames.js';

type Shapes = Readonly<Record<string, readonly number[]>>;

function call(kernelName: string, shapes: Shapes, attrs: CallAttrs = {}): Call {
  const operands = Object.entries(shapes).map(([name, shape]): [string, Operand] => {
    return [name, { shape, dtype: name === 'condition' ? 'bool' : 'float32' }];
  });
  return { kernelName, operands: Object.fromEntries(operands), attrs };
}

const image = (c: number) => [2, 5, 7, c];

const functions = [
  ...['Abs', 'Elu', 'Erf', 'Exp', 'Neg', 'Reciprocal', 'Relu', 'Relu6', 'Rsqrt', 'Selu', 'Sigmoid', 'Softplus'],
  ...['Sqrt', 'Square', 'Tanh', 'Asinh', 'Atan', 'Cos', 'Cosh', 'Expm1', 'Sin', 'Sinh', 'Tan'],
];
const sums = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'];

function elementwise(c: number): Call[] {
  const x = image(c);
  const vector = { mean: [c], variance: [c], scale: [c], offset: [c] };
  return [
    ...functions.map((name) => call(name, { x })),
    call('LeakyRelu', { x }, { alpha: 0.25 }),
    call('Step', { x }, { alpha: 0.25 }),
    call('ClipByValue', { x }, { clipValueMin: -1, clipValueMax: 1 }),
    ...sums.flatMap((name) => [call(name, { a: x, b: x }), call(name, { a: x, b: [c] }), call(name, { a: [c], b: x })]),
    call('Prelu', { x, alpha: [1, 1, c] }),
    call('EluGrad', { dy: x, y: x }),
    call('Atan2', { a: x, b: x }),
    call('AddN', { 0: x, 1: x, 2: x }),
    call('FusedBatchNorm', { x, ...vector }, { varianceEpsilon: 0.001 }),
    call(BATCH_NORM_SUMS_KERNEL, { dy: x, x, mean: [c], variance: [c] }, { epsilon: 0.001 }),
    call(RELU_GRAD_KERNEL, { dy: x, x }),
    call(SPREAD_KERNEL, { x: [1, 1, 1, c] }, { shape: x }),
    call('Select', { condition: x, t: x, e: x }),
    call('Softmax', { logits: x }, { dim: 3 }),
  ];
}

const pool = { strides: 2, pad: 'same', dimRoundingMode: undefined };

function shaping(c: number): Call[] {
  const x = image(c);
  const resize = { alignCorners: false, halfPixelCenters: true };
  return [
    ...['MaxPool', 'AvgPool'].flatMap((name) => [
      call(name, { x }, { ...pool, filterSize: 2 }),
      call(name, { x }, { ...pool, filterSize: 3, strides: 1 }),
    ]),
    call('MaxPoolGrad', { dy: [2, 3, 4, c], input: x, output: [2, 3, 4, c] }, { ...pool, filterSize: 3 }),
    call('MaxPoolGrad', { dy: [2, 3, 4, c], input: x, output: [2, 3, 4, c] }, { ...pool, filterSize: 2 }),
    call('AvgPoolGrad', { dy: [2, 3, 4, c], input: x }, { ...pool, filterSize: 3 }),
    call('AvgPool3D', { x: [2, 4, 5, 7, c] }, { filterSize: [2, 3, 3], strides: 1, pad: 'same', dataFormat: 'NDHWC' }),
    call('Mean', { x }, { axis: [1, 2], keepDims: false }),
    call('Mean', { x }, { axis: [0, 1, 2], keepDims: false }),
    call('Mean', { x }, { axis: [1, 3], keepDims: true }),
    call('Sum', { x }, { axis: [1, 2], keepDims: true }),
    call('Sum', { x }, { axis: [0, 1, 2], keepDims: false }),
    call('Max', { x }, { reductionIndices: [1, 2], keepDims: false }),
    call('Min', { x }, { axis: [1, 2], keepDims: false }),
    call('LRN', { x }, { depthRadius: 2, bias: 1, alpha: 0.5, beta: 0.75 }),
    call('MaxPool3D', { x: [2, 4, 5, 7, c] }, { filterSize: [2, 3, 3], strides: 1, pad: 'same', dataFormat: 'NDHWC' }),
    call('PadV2', { x }, { paddings: [[0, 0], [1, 2], [2, 1], [0, 0]], constantValue: 0.5 }), // biome-ignore format: one row
    call('MirrorPad', { x }, { paddings: [[0, 0], [1, 2], [2, 1], [0, 0]], mode: 'reflect' }), // biome-ignore format: one row
    call('Slice', { x }, { begin: [0, 1, 2, 1], size: [2, 3, 4, c - 1] }),
    call('Concat', { 0: x, 1: image(c + 3) }, { axis: 3 }),
    call('ResizeBilinear', { images: x }, { ...resize, size: [9, 11] }),
    call('ResizeNearestNeighbor', { images: x }, { ...resize, size: [10, 14] }),
    call('ResizeNearestNeighborGrad', { images: x, dy: [2, 10, 14, c] }, resize),
    call('BatchMatMul', { a: [1, 3, c], b: [1, c, 6] }, { transposeA: false, transposeB: false }),
    call('_FusedMatMul', { a: [9, c], b: [c, 7], bias: [7] }, fusedMatMul),
  ];
}

const fusedMatMul = { transposeA: false, transposeB: false, activation: 'relu' };
const valid = { pad: 'same', dataFormat: 'NHWC', dimRoundingMode: undefined };

/** [size of the window, stride, dilation]: each window has a program of its own on WebGL2. */
const windows = [
  [1, 1, 1],
  [3, 1, 1],
  [3, 2, 1],
  [3, 1, 2],
  [5, 1, 1],
  [7, 2, 1],
  [2, 2, 1],
] as const;

function convolutions(c: number): Call[] {
  const x = [2, 9, 11, c];
  return windows.flatMap(([k, stride, dilation]) => {
    const attrs = { ...valid, strides: [stride, stride], dilations: [dilation, dilation] };
    const [w, depthwise] = [
      [k, k, c, c + 1],
      [k, k, c, 1],
    ];
    const [h, width] = [Math.ceil(9 / stride), Math.ceil(11 / stride)];
    const dy = [2, h, width, c + 1];
    const rest = { preluActivationWeights: [c + 1] };
    const fused = { ...attrs, leakyreluAlpha: 0.25 };
    const all = [
      call('Conv2D', { x, filter: w }, attrs),
      call('FusedConv2D', { x, filter: w, bias: [c + 1] }, { ...fused, activation: 'relu' }),
      call('FusedConv2D', { x, filter: w, bias: [c + 1], ...rest }, { ...fused, activation: 'prelu' }),
      call('FusedConv2D', { x, filter: w, bias: [c + 1] }, { ...fused, activation: 'sigmoid' }),
      call('DepthwiseConv2dNative', { x, filter: depthwise }, attrs),
    ];
    if (dilation > 1) return all; // TensorFlow.js has no gradient of it
    const gradient = { ...valid, strides: [stride, stride], dilations: [1, 1] };
    const dyOfDepthwise = [2, h, width, c];
    return [
      ...all,
      call('Conv2DBackpropInput', { dy, filter: w }, { ...gradient, inputShape: x }),
      call('Conv2DBackpropFilter', { x, dy }, { ...gradient, filterShape: w }),
      call(
        'DepthwiseConv2dNativeBackpropInput',
        { dy: dyOfDepthwise, filter: depthwise },
        { ...gradient, inputShape: x },
      ),
      call('DepthwiseConv2dNativeBackpropFilter', { x, dy: dyOfDepthwise }, { ...gradient, filterShape: depthwise }),
    ];
  });
}

/** Large enough for Winograd's programs on a GPU. */
function winograd(): Call[] {
  const attrs = { ...valid, strides: [1, 1], dilations: [1, 1] };
  return [call('Conv2D', { x: [1, 24, 24, 64], filter: [3, 3, 64, 64] }, attrs)];
}

export const selfTestCalls: readonly Call[] = [
  ...[5, 6, 7, 8].flatMap((c) => [...elementwise(c), ...shaping(c)]),
  call('DepthToSpace', { x: image(12) }, { blockSize: 2, dataFormat: 'NHWC' }),
  ...[1, 2, 3, 5, 8].flatMap(convolutions),
  ...winograd(),
];
