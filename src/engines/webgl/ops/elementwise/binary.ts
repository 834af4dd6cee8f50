// Functions of two tensors of floats. One of them is tiled and has the shape of the result, the other is broadcast to
// it.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  type Arithmetic,
  type BinaryName,
  binaryProgram,
  binaryValues,
} from '../../../../../kernels/glsl/tiled/elementwise/binary.js';
import type { Dims } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { DeferredConv } from '../../conv/deferred.js';
import { bind } from '../../gl/draw.js';
import { dimsOf, isSame } from '../../tensors/tensorStore.js';
import type { TiledTensor } from '../../tensors/tiledTensor.js';
import { drawn } from '../tiledImages.js';
import { sizeOf, type TiledArgs, tiledKernel } from '../tiledKernel.js';
import { knownValues } from '../views.js';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface Operation {
  readonly name: BinaryName;
  /** The operation of the program `arithmetic`; any for other programs. */
  readonly arithmetic: Arithmetic;
}

const add: Operation = { name: 'arithmetic', arithmetic: 'add' };

/** Operations by TensorFlow.js's names. */
const operations: Readonly<Record<string, Operation>> = {
  Add: add,
  Sub: { name: 'arithmetic', arithmetic: 'subtract' },
  Multiply: { name: 'arithmetic', arithmetic: 'multiply' },
  RealDiv: { name: 'divide', arithmetic: 'add' },
  Maximum: { name: 'maximum', arithmetic: 'add' },
  Minimum: { name: 'minimum', arithmetic: 'add' },
  SquaredDifference: { name: 'squaredDifference', arithmetic: 'add' },
};

export const binaryKernels: readonly NamedKernel[] = [
  ...Object.entries(operations).map(([kernelName, operation]) =>
    tiledKernel<Inputs>(kernelName, ({ inputs, backend }) => runBinary(backend, operation, inputs)),
  ),
  tiledKernel<{ x: TensorInfo; alpha: TensorInfo }>(
    'Prelu',
    ({ inputs: { x, alpha }, backend }) =>
      joinSlopes(backend, x, alpha) ?? runBinary(backend, { name: 'prelu', arithmetic: 'add' }, { a: x, b: alpha }),
  ),
  tiledKernel<{ dy: TensorInfo; y: TensorInfo }>('EluGrad', ({ inputs: { dy, y }, backend }) =>
    runBinary(backend, { name: 'eluGrad', arithmetic: 'add' }, { a: dy, b: y }),
  ),
  tiledKernel('AddN', addN),
];

/** Undefined where neither operand is tiled and has the shape of the result. */
export function runBinary(backend: WebglBackend, operation: Operation, { a, b }: Inputs): TensorInfo | undefined {
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

/** The sum of two images as part of the deferred convolution that is one of them. */
function joinSum(
  { tensors }: WebglBackend,
  shape: readonly number[],
  first: TiledTensor,
  second: TiledTensor | undefined,
): TensorInfo | undefined {
  if (!second || first === second) return undefined;
  // A convolution that another operation joined already would be computed once more.
  const [one, other] = second.deferred?.isJoined ? [first, second] : [second, first];
  const joined =
    DeferredConv.of(one)?.joinSum(() => other.drawnTexture()) ??
    DeferredConv.of(other)?.joinSum(() => one.drawnTexture());
  return joined && tensors.defer(shape, first.layout, joined);
}

/** PReLU as part of the deferred convolution that is x, where the slopes are those of the channels, or one for all. */
function joinSlopes({ tensors }: WebglBackend, x: TensorInfo, alpha: TensorInfo): TensorInfo | undefined {
  if (alpha.dtype !== 'float32' || alpha.shape.length > x.shape.length) return undefined;
  const channels = x.shape.at(-1);
  const size = sizeOf(alpha.shape);
  const isByChannel = size === 1 || (size === channels && alpha.shape.at(-1) === channels);
  const whole = isByChannel ? tensors.find(x) : undefined;
  if (!whole || channels !== whole.layout.c) return undefined;
  const joined = DeferredConv.of(whole)?.joinSlopes(() => tensors.matrices.vector(alpha, channels));
  return joined && tensors.defer(x.shape, whole.layout, joined);
}

/** The operand with as many dimensions as the result, aligned as in NumPy. */
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
  const { layout } = whole;
  const number = sizeOf(other.shape) === 1 ? knownValues(backend, other)?.[0] : undefined;
  const second = number === undefined ? broadcastTensor(backend, other, layout) : undefined;
  if (number === undefined && !second) return undefined;
  const byPixel = second !== undefined && second.layout.h * second.layout.w > 1;
  const { name, arithmetic } = isSwapped ? swapped(operation) : operation;
  const program = binaryProgram({ name, isSwapped: isSwapped && !isSymmetric(name), byPixel, tile: layout.tile });
  const inputs = { a: whole.drawnTexture(), b: (second ?? whole).drawnTexture() };
  const values = binaryValues(layout, second?.layout ?? (number as number), arithmetic);
  return drawn(backend, layout, bind(program, inputs, values), shape);
}

/** For arithmetic the order of the operands is in its factors, which saves a program. */
function swapped({ name, arithmetic }: Operation): Operation {
  return { name, arithmetic: arithmetic === 'subtract' ? 'subtractSwapped' : arithmetic };
}

function isSymmetric(name: BinaryName): boolean {
  return name !== 'divide' && name !== 'prelu' && name !== 'eluGrad' && name !== 'reluGrad';
}

/** The operand in the tiled layout; undefined where only rows, or only columns, are repeated. */
export function broadcastTensor({ tensors }: WebglBackend, other: TensorInfo, y: Dims): TiledTensor | undefined {
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
