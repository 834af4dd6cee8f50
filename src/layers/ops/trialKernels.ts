// The kernels of a trial (inferShapes.ts), where only shapes count: those whose output shape is known give zeros without
// computing, which costs nothing however large the tensor is. The others run for real, and their tensors are taken off
// the limit that a file has while it is loaded.

import { broadcast_util, type DataType, engine, type NamedAttrMap, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { checkTrialTensor, spendTrial } from '../base/loadLimits.js';
import {
  type Attrs,
  concatenated,
  type Inputs,
  indexOfExtreme,
  numbers,
  packed,
  type Rule,
  selected,
  sliced,
  splitShapes,
  stridedSlice,
  unpackedShapes,
} from './trialShapes.js';

const sizeAt = ({ shape }: Tensor, axis: number): number => shape.at(axis) ?? 1;

const same: Rule = (inputs) => {
  const [x] = Object.values(inputs);
  return [x.shape, x.dtype];
};
const sameShape: Rule = (inputs) => [same(inputs, {})[0], 'bool'];
const broadcast: Rule = ({ a, b }) => [broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape), a.dtype];
const compared: Rule = (inputs, attrs) => [broadcast(inputs, attrs)[0], 'bool'];
const reduced =
  (dtype: (x: Tensor) => DataType): Rule =>
  ({ x }, { reductionIndices, axis = reductionIndices, keepDims }) => {
    const axes = axis === undefined || axis === null ? [...x.shape.keys()] : numbers(axis);
    const gone = new Set(axes.map((item) => (item < 0 ? item + x.rank : item)));
    const shape = x.shape.map((size, i) => (gone.has(i) ? 1 : size));
    return [keepDims ? shape : shape.filter((_, i) => !gone.has(i)), dtype(x)];
  };
const kept = reduced(({ dtype }) => dtype);
const summed = reduced(({ dtype }) => (dtype === 'bool' ? 'int32' : dtype));
const padded: Rule = ({ x }, { paddings }) => {
  const pairs = paddings as readonly (readonly [number, number])[];
  return [x.shape.map((size: number, i) => size + pairs[i][0] + pairs[i][1]), x.dtype];
};
const resized: Rule = ({ images }, { size }) => [[sizeAt(images, 0), ...numbers(size), sizeAt(images, 3)], 'float32'];
const product: Rule = ({ a, b }, { transposeA, transposeB }) => [
  [
    ...broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)),
    sizeAt(a, transposeA ? -1 : -2),
    sizeAt(b, transposeB ? -2 : -1),
  ],
  a.dtype,
];

const named = (names: string, rule: Rule) => names.split(' ').map((name): [string, Rule] => [name, rule]);

const rules = new Map<string, Rule>([
  ...named('Abs Ceil Exp Expm1 Floor Log Log1p LogSoftmax Neg Relu Relu6 Round Rsqrt Sigmoid Sign Softmax Sqrt', same),
  ...named('Cumprod Cumsum Softplus Square Tanh Cos Cosh Sin Sinh Elu Selu Erf Identity Reverse ClipByValue', same),
  ...named('IsFinite IsInf IsNan LogicalNot', sameShape),
  ...named('Add Sub Multiply RealDiv FloorDiv Maximum Minimum Mod Pow SquaredDifference', broadcast),
  ...named('Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr', compared),
  ...named('Max Min All Any', kept),
  ...named('Sum Prod', summed),
  ['Mean', reduced(() => 'float32')],
  ['Cast', ({ x }, { dtype }) => [x.shape, dtype as DataType]],
  ['Transpose', ({ x }, { perm }) => [numbers(perm).map((axis) => x.shape[axis]), x.dtype]],
  ['Tile', ({ x }, { reps }) => [x.shape.map((size, i) => size * numbers(reps)[i]), x.dtype]],
  ...named('PadV2 MirrorPad', padded),
  ...named('ResizeBilinear ResizeNearestNeighbor', resized),
  ['OneHot', ({ indices }, { depth, dtype }) => [[...indices.shape, depth as number], (dtype ?? 'int32') as DataType]],
  ['BatchMatMul', product],
  ['Concat', concatenated],
  ['Pack', packed],
  ['Slice', sliced],
  ['StridedSlice', stridedSlice],
  ['Select', selected],
  ...named('ArgMax ArgMin', indexOfExtreme),
]);

interface ListRule {
  readonly count: (inputs: Inputs, attrs: Attrs) => number;
  readonly shapes: (inputs: Inputs, attrs: Attrs) => readonly (readonly number[])[];
}

/** Kernels that give a list of tensors. Each of them has a price, however small it is. */
const lists: Readonly<Record<string, ListRule>> = {
  Unpack: { count: ({ value }, { axis }) => sizeAt(value, Number(axis ?? 0)), shapes: unpackedShapes },
  SplitV: {
    count: (_, { numOrSizeSplits: given }) => (Array.isArray(given) ? given.length : Number(given)),
    shapes: splitShapes,
  },
};
const LIST_PRICE = 1000;

/** Kernels that run, and may give more values than they get. */
const growing: Readonly<Record<string, (inputs: Inputs, attrs: Attrs) => readonly number[]>> = {
  Fill: (_, { shape }) => numbers(shape),
  Range: (_, { start, stop, step }) => [Math.abs(Number(stop) - Number(start)) / (Math.abs(Number(step)) || 1)],
  LinSpace: (_, { num }) => numbers(num),
  CropAndResize: ({ boxes, image }, { cropSize }) => [sizeAt(boxes, 0), ...numbers(cropSize), sizeAt(image, 3)],
  Conv2DBackpropInput: (_, { inputShape }) => numbers(inputShape),
  Conv3DBackpropInputV2: (_, { inputShape }) => numbers(inputShape),
  DepthwiseConv2dNativeBackpropInput: (_, { inputShape }) => numbers(inputShape),
  ScatterNd: (_, { shape }) => numbers(shape),
  SparseToDense: (_, { outputShape }) => numbers(outputShape),
  GatherV2: ({ x, indices }, { axis }) => [indices.size, x.size / (sizeAt(x, axis as number) || 1)],
};

function partsOf({ count, shapes }: ListRule, inputs: Inputs, attrs: Attrs): Tensor[] {
  const [x] = Object.values(inputs);
  spendTrial([count(inputs, attrs), LIST_PRICE]);
  return shapes(inputs, attrs).map((shape) => {
    checkTrialTensor(shape);
    return zeros([...shape] as [number], x.dtype as 'float32');
  });
}

type RunKernel = (name: string, inputs: Record<string, Tensor>, attrs?: NamedAttrMap) => Tensor | Tensor[];

/** Runs a trial of an operation. */
export function withTrialKernels<T>(run: () => T): T {
  const runner = engine() as unknown as { runKernel: RunKernel };
  const original = runner.runKernel.bind(runner);
  const isOwn = Object.hasOwn(runner, 'runKernel');
  const before = runner.runKernel;
  runner.runKernel = (name, inputs, attrs = {}) => {
    const rule = rules.get(name);
    if (rule && Object.values(inputs).every((input) => input?.shape)) {
      const [shape, dtype] = rule(inputs, attrs);
      checkTrialTensor(shape);
      return zeros([...shape] as [number], dtype as 'float32');
    }
    if (Object.hasOwn(lists, name)) return partsOf(lists[name], inputs, attrs);
    for (const input of Object.values(inputs)) if (input?.shape) spendTrial(input.shape);
    if (Object.hasOwn(growing, name)) spendTrial(growing[name](inputs, attrs));
    return original(name, inputs, attrs);
  };
  try {
    return run();
  } finally {
    if (isOwn) runner.runKernel = before;
    else delete (runner as Partial<typeof runner>).runKernel;
  }
}
