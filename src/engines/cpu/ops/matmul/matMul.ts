// BatchMatMul and _FusedMatMul on float32.

import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { activate, binary, broadcastAxes } from '../../../../../kernels/wasm/elementwise/index.js';
import type { WeightStore } from '../../../../../kernels/wasm/index.js';
import { type MatMul, runMatMul } from '../../../../../kernels/wasm/matmul/index.js';
import { resolveActivation } from '../../../../core/epilogue.js';
import type { FusedMatMulAttrs, FusedMatMulInputs, MatMulAttrs, MatMulInputs } from '../../../../tfjs/matMulAttrs.js';
import { type NamedKernel, wrapKernel } from '../../../../tfjs/registry.js';
import { wholeBatches } from '../../../../tfjs/wholeBatches.js';
import type { CpuBackend } from '../../backend.js';
import { clampOf } from '../../conv/applyEpilogue.js';
import { openConvContext } from '../../conv/openConvContext.js';
import { areFloats, fastKernel, sizeOf } from '../cpuKernel.js';
import { repeating } from '../everyEngine.js';

const batchMatMul = fastKernel<MatMulInputs, MatMulAttrs>('BatchMatMul', ({ inputs, attrs, backend }) => {
  const product = productOf(inputs, attrs);
  return product && multiply(backend, product, inputs, { low: -Infinity, high: Infinity });
});

const fusedMatMul = fastKernel<FusedMatMulInputs, FusedMatMulAttrs>(
  '_FusedMatMul',
  ({ inputs, attrs, backend, device }) => {
    const { bias, preluActivationWeights }: Partial<FusedMatMulInputs> = inputs;
    const product = productOf(inputs, attrs);
    const isVector =
      !bias || (areFloats(bias) && sizeOf(bias.shape) === product?.columns && bias.shape.at(-1) === product.columns);
    const activation = resolveActivation('_FusedMatMul', attrs.activation);
    const slopes = activation === 'prelu' ? preluActivationWeights : undefined;
    if (!product || !isVector || (activation === 'prelu' && !slopes)) return undefined;
    if (slopes && !(areFloats(slopes) && fits(slopes.shape, product.shape))) return undefined;
    const clamp = clampOf(activation) ?? { low: -Infinity, high: Infinity };
    const y = multiply(backend, product, inputs, { low: clamp.low, high: clamp.high, bias });
    const address = backend.toHeap(y);
    if (slopes) {
      const axes = broadcastAxes(y.shape, y.shape, slopes.shape);
      binary(device, 'prelu', { a: address, b: backend.toHeap(slopes), y: address }, axes);
    } else if (activation !== 'prelu' && !clampOf(activation)) {
      const leakyAlpha = attrs.leakyreluAlpha ?? 0.2;
      activate(device, { activation, leakyAlpha }, address, sizeOf(y.shape));
    }
    return y;
  },
);

/** Whether a shape broadcasts to another one that has no empty dimension. */
function fits(shape: readonly number[], to: readonly number[]): boolean {
  const before = to.length - shape.length;
  return sizeOf(to) > 0 && before >= 0 && shape.every((size, i) => size === 1 || size === to[before + i]);
}

/** Integers are left to the official kernels. */
function withWholeIntegers(kernel: NamedKernel): NamedKernel {
  const whole = wholeBatches(kernel.kernelFunc, repeating);
  return wrapKernel(kernel, (args) => {
    const { a, b } = args.inputs as unknown as MatMulInputs;
    const isFloats = isFloat(a) && isFloat(b);
    return (isFloats ? kernel.kernelFunc : whole)(args);
  });
}

export const matmulKernels: readonly NamedKernel[] = [batchMatMul, fusedMatMul].map(withWholeIntegers);

interface Product extends MatMul {
  readonly shape: readonly number[];
  /** The matrices of a and of b for each product. Absent where a and b have the same batches, or one has one matrix. */
  readonly pairs?: readonly (readonly [number, number])[];
}

/** Undefined for other dtypes, and for shapes that do not fit: the official kernel reports these. */
function productOf({ a, b }: MatMulInputs, { transposeA, transposeB }: MatMulAttrs): Product | undefined {
  if (!isFloat(a) || !isFloat(b) || a.shape.length < 2 || b.shape.length < 2) return undefined;
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [batchA, batchB] = [util.sizeFromShape(outerA), util.sizeFromShape(outerB)];
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const [rows, depth] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
  const [inner, columns] = transposeB ? b.shape.slice(-2).reverse() : b.shape.slice(-2);
  if (inner !== depth) return undefined;
  const batch = util.sizeFromShape(outer);
  const shared = { sharesA: batchA === 1, sharesB: batchB === 1 };
  const isPlain = util.arraysEqual(outerA, outerB) || batchA === 1 || batchB === 1;
  const pairs = isPlain ? undefined : pairsOf(outer, outerA, outerB);
  return { shape: [...outer, rows, columns], batch, ...shared, rows, depth, columns, transposeA, transposeB, pairs };
}

/**
 * Pairs for batches that broadcast against each other, such as [2, 1] and [1, 3]. The official kernel gets these wrong.
 */
function pairsOf(outer: readonly number[], outerA: readonly number[], outerB: readonly number[]) {
  const stridesOf = (shape: readonly number[]) =>
    outer.map((_, i) => {
      const at = i - outer.length + shape.length;
      return at < 0 || shape[at] === 1 ? 0 : util.sizeFromShape(shape.slice(at + 1));
    });
  const [stridesA, stridesB] = [stridesOf(outerA), stridesOf(outerB)];
  const dot = (index: readonly number[], strides: readonly number[]) =>
    index.reduce((sum, x, i) => sum + x * strides[i], 0);
  return Array.from({ length: util.sizeFromShape([...outer]) }, (_, i) => {
    const index = util.indexToLoc(i, outer.length, util.computeStrides([...outer]));
    return [dot(index, stridesA), dot(index, stridesB)] as const;
  });
}

interface Finish {
  readonly low: number;
  readonly high: number;
  readonly bias?: TensorInfo;
}

function multiply(
  backend: CpuBackend,
  { shape, pairs, ...product }: Product,
  { a, b }: MatMulInputs,
  { low, high, bias }: Finish,
): TensorInfo {
  const context = openConvContext(backend);
  const result = backend.newTensor(shape);
  const weights = backend.weights.of(b.dataId);
  const operands = {
    a: backend.toHeap(a),
    b: backend.toHeap(b),
    c: backend.toHeap(result),
    ...{ weights, low, high, bias: bias && backend.toHeap(bias) },
  };
  if (!pairs) {
    runMatMul(context, product, operands);
    return result;
  }
  const { rows, depth, columns } = product;
  const single = { ...product, batch: 1, sharesA: true, sharesB: true };
  for (const [i, [ia, ib]] of pairs.entries()) {
    const ofMatrix: WeightStore = {
      with: (kind, bytes, pack, use) => weights.with(`${kind} matrix ${ib}`, bytes, pack, use),
    };
    runMatMul(context, single, {
      ...operands,
      a: operands.a + 4 * ia * rows * depth,
      b: operands.b + 4 * ib * depth * columns,
      c: operands.c + 4 * i * rows * columns,
      weights: ofMatrix,
    });
  }
  return result;
}

function isFloat({ dtype }: TensorInfo): boolean {
  return dtype === 'float32';
}
