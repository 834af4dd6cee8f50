// The sums that the gradients of batch normalization are made of, in three draws where the operations that they are
// composed of take six, three of them over whole images.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { normSumsProgram, normSumsSize, normSumsValues } from '../../../../../kernels/glsl/tiled/reduction/normSums.js';
import { sumDepthwiseValues } from '../../../../../kernels/glsl/tiled/reduction/sumSlices.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { BATCH_NORM_SUMS_KERNEL } from '../../../../tfjs/ownKernelNames.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import { dimsOf } from '../../tensors/tensorStore.js';
import { type TiledArgs, tiledKernel } from '../tiledKernel.js';
import { hasSlices, sumsOfSlices } from './sumSlices.js';

interface Inputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
}

interface Attrs {
  readonly epsilon: number;
}

export const batchNormSumsKernel: NamedKernel = tiledKernel<Inputs, Attrs>(BATCH_NORM_SUMS_KERNEL, normSums, composed);

function normSums({ inputs, attrs: { epsilon }, backend }: TiledArgs<Inputs, Attrs>): TensorInfo[] | undefined {
  const { tensors } = backend;
  const { dy, x, mean, variance } = inputs;
  const layout = tensors.layoutOf(dimsOf(x.shape));
  const ofVector = tensors.layoutOf(dimsOf(mean.shape));
  if (!layout || !ofVector || !hasSlices(normSumsSize(layout), backend)) return undefined;
  const textures = {
    x: tensors.toTiled(x, layout).drawnTexture(),
    dy: tensors.toTiled(dy, layout).drawnTexture(),
    mean: tensors.toTiled(mean, ofVector).drawnTexture(),
    variance: tensors.toTiled(variance, ofVector).drawnTexture(),
  };
  return sumsOfSlices(backend, {
    shape: [layout.c],
    over: layout,
    size: normSumsSize(layout),
    fetches: 2,
    first: (slices) => bind(normSumsProgram(layout.tile), textures, normSumsValues(layout, slices, epsilon)),
    second: (slices, columns) => sumDepthwiseValues({ kW: 2, outC: layout.c }, slices, columns),
  });
}

/** For images that fit into no tiles. */
function composed({ inputs, attrs, backend }: Parameters<KernelFunc>[0]): TensorInfo[] {
  const { dy, x, mean, variance } = inputs as unknown as Inputs;
  const webgl = backend as WebglBackend;
  const run = (name: string, of: Record<string, TensorInfo>, options: object) => {
    return officialWebgl.get(name)({ inputs: of, attrs: options as never, backend }) as TensorInfo;
  };
  const overPixels = { axis: [0, 1, 2], keepDims: false };
  const epsilon = { varianceEpsilon: (attrs as unknown as Attrs).epsilon };
  const normal = run('FusedBatchNorm', { x, mean, variance }, epsilon);
  const product = run('Multiply', { a: dy, b: normal }, {});
  webgl.disposeIntermediateTensorInfo(normal);
  const sums = [run('Sum', { x: dy }, overPixels), run('Sum', { x: product }, overPixels)];
  webgl.disposeIntermediateTensorInfo(product);
  return sums;
}
