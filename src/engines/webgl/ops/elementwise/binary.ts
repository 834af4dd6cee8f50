// Functions of two tensors of floats, of which one has the result's shape and is in tiles; the other is broadcast to it.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  type BinaryName,
  binaryFloats,
  binaryInts,
  binaryProgram,
  type Terms,
} from '../../../../../kernels/glsl/tiled/elementwise/binary.js';
import type { Dims } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { DeferredConv } from '../../conv/deferred.js';
import { dimsOf, type TiledTensor } from '../../tensors/tensorStore.js';
import { knownValues, sizeOf, type TiledArgs, tiledKernel } from '../tiledKernel.js';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface Operation {
  readonly name: BinaryName;
  /** Of `arithmetic`. */
  readonly terms: Terms;
}

const add: Operation = { name: 'arithmetic', terms: 'add' };

/** By TensorFlow.js's names. */
const operations: Readonly<Record<string, Operation>> = {
  Add: add,
  Sub: { name: 'arithmetic', terms: 'subtract' },
  Multiply: { name: 'arithmetic', terms: 'multiply' },
  RealDiv: { name: 'divide', terms: 'add' },
  Maximum: { name: 'maximum', terms: 'add' },
  Minimum: { name: 'minimum', terms: 'add' },
  SquaredDifference: { name: 'squaredDifference', terms: 'add' },
};

export const binaryKernels: readonly NamedKernel[] = [
  ...Object.entries(operations).map(([kernelName, operation]) =>
    tiledKernel<Inputs>(kernelName, ({ inputs, backend }) => run(backend, operation, inputs)),
  ),
  tiledKernel<{ x: TensorInfo; alpha: TensorInfo }>('Prelu', ({ inputs: { x, alpha }, backend }) =>
    run(backend, { name: 'prelu', terms: 'add' }, { a: x, b: alpha }),
  ),
  tiledKernel<{ dy: TensorInfo; y: TensorInfo }>('EluGrad', ({ inputs: { dy, y }, backend }) =>
    run(backend, { name: 'eluGrad', terms: 'add' }, { a: dy, b: y }),
  ),
  tiledKernel('AddN', addN),
];

function run(backend: WebglBackend, operation: Operation, { a, b }: Inputs): TensorInfo | undefined {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const dims = dimsOf(shape);
  const [first, second] = [a, b].map((operand) => align(operand, shape.length));
  const whole = (operand: TensorInfo) => {
    return isSame(dimsOf(operand.shape), dims) ? backend.tensors.find(operand) : undefined;
  };
  const ofFirst = whole(first);
  const ofSecond = ofFirst ? undefined : whole(second);
  if (operation === add && ofFirst) {
    const joined = joinSum(backend, shape, ofFirst, whole(second));
    if (joined) return joined;
  }
  const target = { backend, operation, shape };
  if (ofFirst) return combine({ ...target, whole: ofFirst, other: second, isSwapped: false });
  return ofSecond && combine({ ...target, whole: ofSecond, other: first, isSwapped: true });
}

/** The sum of two images as part of the convolution that one of them is. */
function joinSum(
  { tensors }: WebglBackend,
  shape: readonly number[],
  first: TiledTensor,
  second: TiledTensor | undefined,
): TensorInfo | undefined {
  if (!second || first === second) return undefined;
  const joined =
    DeferredConv.of(second)?.joinSum(() => first.texture) ?? DeferredConv.of(first)?.joinSum(() => second.texture);
  return joined && tensors.defer(shape, first.layout, joined);
}

/** With as many dimensions as the result, as NumPy aligns them. */
function align(operand: TensorInfo, rank: number): TensorInfo {
  const missing = Array<number>(Math.max(0, rank - operand.shape.length)).fill(1);
  return missing.length === 0 ? operand : { ...operand, shape: [...missing, ...operand.shape] };
}

interface Combination {
  readonly backend: WebglBackend;
  readonly operation: Operation;
  readonly shape: readonly number[];
  readonly whole: TiledTensor;
  /** Aligned with the shape. */
  readonly other: TensorInfo;
  /** Whether `other` comes first. */
  readonly isSwapped: boolean;
}

function combine({ backend, operation, shape, whole, other, isSwapped }: Combination): TensorInfo | undefined {
  const { tensors: store } = backend;
  const { layout } = whole;
  const number = sizeOf(other.shape) === 1 ? knownValues(backend, other)?.[0] : undefined;
  const second = number === undefined ? broadcastTensor(backend, other, layout) : undefined;
  if (number === undefined && !second) return undefined;
  const byPixel = second !== undefined && second.layout.h * second.layout.w > 1;
  const { name, terms } = isSwapped ? swapped(operation) : operation;
  const { info, tensor } = store.make(shape, layout);
  const isTurned = isSwapped && !isSymmetric(name);
  store.draw(tensor, {
    program: binaryProgram({ name, isSwapped: isTurned, byPixel, tile: layout.tile }),
    inputs: { a: whole.texture, b: (second ?? whole).texture },
    ints: binaryInts(layout, second?.layout),
    floats: binaryFloats(terms, number),
  });
  return info;
}

/** Arithmetic is turned round by its terms, which spares a program. */
function swapped({ name, terms }: Operation): Operation {
  return { name, terms: terms === 'subtract' ? 'subtractSwapped' : terms };
}

function isSymmetric(name: BinaryName): boolean {
  return name !== 'divide' && name !== 'prelu' && name !== 'eluGrad';
}

/** Undefined where only rows, or only columns, are repeated. */
function broadcastTensor({ tensors }: WebglBackend, other: TensorInfo, y: Dims): TiledTensor | undefined {
  const dims = dimsOf(other.shape);
  const isImage = dims.h === y.h && dims.w === y.w;
  const isVector = dims.h === 1 && dims.w === 1;
  const fits = (size: number, of: number) => size === of || size === 1;
  if (!(isImage || isVector) || !fits(dims.n, y.n) || !fits(dims.c, y.c)) return undefined;
  const layout = tensors.layoutOf(dims);
  return layout && tensors.toTiled(other, layout);
}

/** Sums from the first to the last, as TensorFlow.js does. */
function addN({ inputs, backend }: TiledArgs<readonly TensorInfo[]>): TensorInfo | undefined {
  const [first, ...others] = inputs;
  const isUniform = inputs.every(({ dtype, shape }) => dtype === 'float32' && util.arraysEqual(shape, first.shape));
  const layout = inputs.map((input) => backend.tensors.find(input)?.layout).find((found) => found !== undefined);
  if (!isUniform || !layout || others.length === 0) return undefined;
  const { shape } = first;
  let sum = first;
  for (const other of others) {
    const whole = backend.tensors.toTiled(sum, layout);
    const next = combine({ backend, operation: add, shape, whole, other, isSwapped: false }) as TensorInfo;
    if (sum !== first) backend.disposeIntermediateTensorInfo(sum);
    sum = next;
  }
  return sum;
}

function isSame(a: Dims, b: Dims): boolean {
  return a.n === b.n && a.h === b.h && a.w === b.w && a.c === b.c;
}
