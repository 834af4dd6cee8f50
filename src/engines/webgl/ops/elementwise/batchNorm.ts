// FusedBatchNorm with a value for each channel.

import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import {
  affineInts,
  affineProgram,
  normalizeProgram,
  packAffine,
  type Statistics,
} from '../../../../../kernels/glsl/tiled/elementwise/affine.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { DeferredConv } from '../../conv/deferred.js';
import type { Texture } from '../../gl/textures.js';
import { findFloats, knownValues, type TiledArgs, tiledKernel } from '../tiledKernel.js';

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
  if (joined) return backend.tensors.defer(x.shape, source.layout, joined);
  const { info, tensor } = backend.tensors.make(x.shape, source.layout);
  const { tile } = source.layout;
  const normalization = isKnown
    ? { program: affineProgram(tile), inputs: { vectors: combined(backend, parameters, epsilon) } }
    : { program: normalizeProgram(tile), ...onDevice(backend, parameters, epsilon) };
  backend.tensors.draw(tensor, {
    ...normalization,
    inputs: { x: source.texture, ...normalization.inputs },
    ints: affineInts(source.layout),
  });
  return info;
}

export const batchNormKernel: NamedKernel = tiledKernel('FusedBatchNorm', batchNorm);

/** tf.batchNorm makes [1, 1, n, c] of the vectors [n, c]. */
function vectorsOf(x: TensorInfo): TensorInfo {
  const isMade = x.shape.length === 4 && x.shape[0] === 1 && x.shape[1] === 1;
  return isMade ? { ...x, shape: x.shape.slice(2) } : x;
}

/** When data was first met here, as an order. */
const orders = new WeakMap<DataId, number>();
let met = 0;

function orderOf({ dataId }: TensorInfo): number {
  const order = orders.get(dataId) ?? ++met;
  orders.set(dataId, order);
  return order;
}

/**
 * The vectors in one matrix, kept with the newest of them. Another one in place of any of them is newer than all, and what was
 * kept with it goes when it goes: so nothing is left behind where one tensor stays and another changes with each step.
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

/** While a model is trained its vectors change on the device. */
function onDevice(
  { tensors }: WebglBackend,
  { mean, variance, scale, offset }: Statistics<TensorInfo>,
  epsilon: number,
) {
  const texture = (vector: TensorInfo) => {
    const layout = tensors.layoutOf({ n: 1, h: 1, w: 1, c: vector.shape[0] });
    return tensors.toTiled(vector, layout as NonNullable<typeof layout>).texture;
  };
  const inputs = {
    mean: texture(mean),
    variance: texture(variance),
    scale: texture(scale ?? mean),
    offset: texture(offset ?? mean),
  };
  return { inputs, floats: [epsilon, scale ? 1 : 0, offset ? 1 : 0, 0] };
}
