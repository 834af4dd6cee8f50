// BatchMatMul and _FusedMatMul of tiled vectors with a matrix, as in dense layers. The vectors may be images that were
// reshaped to vectors.

import { broadcast_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Epilogue } from '../../../../../kernels/epilogue.js';
import { clampOfActivation, isClamp } from '../../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { vectorPacking } from '../../../../../kernels/glsl/tiled/conv/weights.js';
import {
  type DenseShape,
  densePacking,
  packDense,
  type Slices,
  slicesOf,
} from '../../../../../kernels/glsl/tiled/matmul/dense.js';
import { resolveActivation } from '../../../../core/epilogue.js';
import type { FusedMatMulAttrs, FusedMatMulInputs, MatMulAttrs, MatMulInputs } from '../../../../tfjs/matMulAttrs.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { wholeBatches } from '../../../../tfjs/wholeBatches.js';
import type { WebglBackend } from '../../backend.js';
import { applyActivation } from '../../conv/applyActivation.js';
import { withCleanOperands } from '../cleanOperands.js';
import { activateUntiled } from '../elementwise/untiled.js';
import { sizeOf, type TiledArgs, tiledKernel } from '../tiledKernel.js';
import { knownValues } from '../views.js';
import { multiply } from './dense.js';

const repeating = {
  tile: officialWebgl.get('Tile'),
  dispose: (info: TensorInfo, backend: object) => {
    (backend as WebglBackend).disposeIntermediateTensorInfo(info);
  },
};

const linear: Epilogue = { activation: 'linear', leakyAlpha: 0 };

function batchMatMul({ inputs, attrs, backend }: TiledArgs<MatMulInputs, MatMulAttrs>): TensorInfo | undefined {
  return run(backend, inputs, attrs, linear);
}

function fusedMatMul({
  inputs,
  attrs,
  backend,
}: TiledArgs<FusedMatMulInputs, FusedMatMulAttrs>): TensorInfo | undefined {
  const { bias, preluActivationWeights }: Partial<FusedMatMulInputs> = inputs;
  const activation = resolveActivation('_FusedMatMul', attrs.activation);
  if (preluActivationWeights || activation === 'prelu') return undefined;
  return run(backend, inputs, attrs, { activation, leakyAlpha: attrs.leakyreluAlpha ?? 0.2 }, bias);
}

export const matMulKernels: readonly NamedKernel[] = [
  tiledKernel('BatchMatMul', batchMatMul, wholeBatches(untiledProduct(), repeating)),
  tiledKernel('_FusedMatMul', fusedMatMul, wholeBatches(untiledFused(withCleanOperands('_FusedMatMul')), repeating)),
];

/** The product by TensorFlow.js, which knows none of matrices without values: sums of nothing are 0. */
function untiledProduct(): KernelFunc {
  const official = withCleanOperands('BatchMatMul');
  return (args) => {
    const { a, b } = args.inputs as unknown as MatMulInputs;
    if (sizeOf(a.shape) > 0 && sizeOf(b.shape) > 0) return official(args);
    const { transposeA, transposeB } = args.attrs as unknown as MatMulAttrs;
    const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [rows, columns] = [a.shape.at(transposeA ? -1 : -2), b.shape.at(transposeB ? -2 : -1)] as number[];
    const shape = [...outer, rows, columns];
    const zeros = util.getTypedArrayFromDType(a.dtype as 'float32', sizeOf(shape));
    return (args.backend as WebglBackend).makeTensorInfo(shape, a.dtype, zeros);
  };
}

/** The product by TensorFlow.js, then the activation: those that it fuses lose NaN. */
function untiledFused(official: KernelFunc): KernelFunc {
  return (args) => {
    const { preluActivationWeights, ...inputs } = args.inputs;
    const { activation, leakyreluAlpha } = args.attrs as unknown as FusedMatMulAttrs;
    const epilogue = { activation: resolveActivation('_FusedMatMul', activation), leakyAlpha: leakyreluAlpha ?? 0.2 };
    const product = official({ ...args, inputs, attrs: { ...args.attrs, activation: null as never } }) as TensorInfo;
    return activateUntiled(args.backend as WebglBackend, epilogue, product, preluActivationWeights as TensorInfo);
  };
}

function run(
  backend: WebglBackend,
  { a, b }: MatMulInputs,
  attrs: MatMulAttrs,
  epilogue: Epilogue,
  bias?: TensorInfo,
): TensorInfo | undefined {
  const { tensors } = backend;
  const product = productOf(backend, { a, b }, attrs);
  if (!product || (bias && !isVector(bias, product.m))) return undefined;
  const { n, k, m, slices } = product;
  const packing = densePacking(product, slices);
  const w = () => {
    const values = knownValues(backend, b);
    return values
      ? tensors.matrices.packed(b, packing.name, () => packDense(packing, values))
      : tensors.matrices.of(b, packing);
  };
  const fused = isClamp(epilogue.activation) ? epilogue : linear;
  const result = multiply(backend, {
    ...{ a, n, k, m, slices, w, shape: product.shape },
    bias: bias ? tensors.matrices.of(bias, vectorPacking(m, m)) : tensors.matrices.zeros(),
    clamp: clampOfActivation(fused),
  });
  if (!result || fused === epilogue) return result?.info;
  return applyActivation(backend, result.info, result.tensor, epilogue);
}

function isVector({ dtype, shape }: TensorInfo, size: number): boolean {
  return dtype === 'float32' && shape.at(-1) === size && sizeOf(shape) === size;
}

interface Product extends DenseShape {
  readonly n: number;
  readonly slices: Slices;
  readonly shape: readonly number[];
}

/**
 * Undefined for other types, for batches of matrices, and for shapes that do not fit, about which TensorFlow.js throws
 * an error.
 */
function productOf(
  { tensors }: WebglBackend,
  { a, b }: MatMulInputs,
  { transposeA, transposeB }: MatMulAttrs,
): Product | undefined {
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const isPlain = [a, b].every(({ dtype, shape }) => dtype === 'float32' && shape.length >= 2 && sizeOf(shape) > 0);
  if (!isPlain || transposeA || sizeOf(outerA) * sizeOf(outerB) !== 1) return undefined;
  const [n, k] = a.shape.slice(-2);
  const [inner, m] = transposeB ? b.shape.slice(-2).reverse() : b.shape.slice(-2);
  const slices = slicesOf(k, m, tensors.caps.maxTextureSize);
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  return slices && inner === k ? { n, k, m, isTransposed: transposeB, slices, shape: [...outer, n, m] } : undefined;
}
