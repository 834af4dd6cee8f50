// FusedBatchNorm with a value for each channel.

import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import { affineProgram, packAffine, type Statistics } from '../../../../../kernels/glsl/tiled/elementwise/affine.js';
import { normalizeProgram } from '../../../../../kernels/glsl/tiled/elementwise/normalize.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { DeferredConv } from '../../conv/deferred.js';
import { type BoundProgram, bind } from '../../gl/draw.js';
import type { Texture } from '../../gl/textures.js';
import type { TiledTensor } from '../../tensors/tiledTensor.js';
import { drawn } from '../tiledImages.js';
import { findFloats, type TiledArgs, tiledKernel } from '../tiledKernel.js';
import { knownValues } from '../views.js';

interface Inputs {
  readonly x: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly scale?: TensorInfo;
  readonly offset?: TensorInfo;
}

interface Attrs {
  readonly varianceEpsilon?: number;
}

function batchNorm({ inputs, attrs, backend }: TiledArgs<Inputs, Attrs>): TensorInfo | undefined {
  const { x, ...parameters }: Inputs = inputs;
  const source = findFloats(backend, x) ?? findFloats(backend, vectorsOf(x));
  const channels = x.shape.at(-1);
  const vectors = Object.values(parameters).filter((vector) => vector != null);
  const arePerChannel = vectors.every(({ dtype, shape }) => {
    return dtype === 'float32' && shape.length === 1 && shape[0] === channels;
  });
  if (!source || !arePerChannel) return undefined;
  const epsilon = attrs.varianceEpsilon ?? 0.001;
  const isKnown = vectors.every((vector) => knownValues(backend, vector) !== undefined);
  const joined = isKnown
    ? DeferredConv.of(source)?.joinAffine(() => combined(backend, parameters, epsilon))
    : undefined;
  const { layout } = source;
  if (joined) return backend.tensors.defer(x.shape, layout, joined);
  const bound = isKnown
    ? boundToMatrix(source, combined(backend, parameters, epsilon))
    : boundToTensors(backend, source, parameters, epsilon);
  return drawn(backend, layout, bound, x.shape);
}

export const batchNormKernel: NamedKernel = tiledKernel('FusedBatchNorm', batchNorm);

/** tf.batchNorm makes [1, 1, n, c] of the vectors [n, c]. */
function vectorsOf(x: TensorInfo): TensorInfo {
  const isMade = x.shape.length === 4 && x.shape[0] === 1 && x.shape[1] === 1;
  return isMade ? { ...x, shape: x.shape.slice(2) } : x;
}

/** The order in which data were first seen here. */
const orders = new WeakMap<DataId, number>();
let seen = 0;

function orderOf({ dataId }: TensorInfo): number {
  const order = orders.get(dataId) ?? ++seen;
  orders.set(dataId, order);
  return order;
}

/**
 * The vectors in one matrix, which is kept as long as the newest of them. A vector that replaces another one is newer
 * than all of them, so its matrix goes when it goes: no matrix stays behind where one vector changes with each step.
 */
function combined(backend: WebglBackend, parameters: Statistics<TensorInfo>, epsilon: number): Texture {
  const vectors = [parameters.mean, parameters.variance, parameters.scale, parameters.offset];
  const ordered = vectors.map((vector) => (vector == null ? 0 : orderOf(vector)));
  const newest = vectors[ordered.indexOf(Math.max(...ordered))] as TensorInfo;
  return backend.tensors.matrices.packed(newest, `batchNorm ${ordered.join(' ')} ${epsilon}`, () => {
    const values = (vector: TensorInfo) => knownValues(backend, vector) as Float32Array;
    const { mean, variance, scale, offset } = parameters;
    const statistics = {
      mean: values(mean),
      variance: values(variance),
      scale: scale && values(scale),
      offset: offset && values(offset),
    };
    return packAffine(statistics, epsilon);
  });
}

function boundToMatrix(source: TiledTensor, vectors: Texture): BoundProgram {
  const { layout } = source;
  return bind(affineProgram(layout.tile), { x: source.drawnTexture(), vectors }, { y: layout });
}

/** For vectors that are on the device, where they change while a model is trained. */
function boundToTensors(
  { tensors }: WebglBackend,
  source: TiledTensor,
  { mean, variance, scale, offset }: Statistics<TensorInfo>,
  epsilon: number,
): BoundProgram {
  const texture = (vector: TensorInfo) => {
    const layout = tensors.layoutOf({ n: 1, h: 1, w: 1, c: vector.shape[0] });
    return tensors.toTiled(vector, layout as NonNullable<typeof layout>).drawnTexture();
  };
  const inputs = {
    x: source.drawnTexture(),
    mean: texture(mean),
    variance: texture(variance),
    scale: texture(scale ?? mean),
    offset: texture(offset ?? mean),
  };
  const { layout } = source;
  const values = { y: layout, epsilon, hasScale: scale ? 1 : 0, hasOffset: offset ? 1 : 0 };
  return bind(normalizeProgram(layout.tile), inputs, values);
}
