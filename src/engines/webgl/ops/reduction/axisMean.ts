// Mean over any axes of what is not tiled, or not reduced over pixels: TensorFlow.js's own program adds all values up and
// so rounds the mean of equal values.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  type AxisDims,
  axisMeanProgram,
  axisMeanValues,
} from '../../../../../kernels/glsl/tiled/reduction/axisMean.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import { tfjsTexture } from '../elementwise/updateForms.js';
import type { TiledArgs } from '../tiledKernel.js';
import { overAxes } from './axes.js';

interface Attrs {
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

type Args = TiledArgs<{ readonly x: TensorInfo }, Attrs>;

/** Values that one fragment takes; of more it takes a part, and a second pass takes the parts. */
const MOST_VALUES = 256;

export function axisMean({ inputs: { x }, attrs, backend }: Args): TensorInfo | undefined {
  const axes = util.parseAxisParam(attrs.axis as number | number[], x.shape);
  if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0 || axes.length === 0) return undefined;
  const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const outShape = attrs.keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
  return overAxes(backend, x, axes, (from, dims) => meanOf(backend, from, dims, outShape));
}

function meanOf(backend: WebglBackend, x: TensorInfo, dims: AxisDims, shape: readonly number[]): TensorInfo {
  const { outer, size, inner } = dims;
  if (size <= MOST_VALUES) return drawMean(backend, x, { ...dims, partSize: size, lastWeight: 1 }, shape);
  const partSize = Math.max(MOST_VALUES / 4, Math.ceil(Math.sqrt(size)));
  const parts = Math.ceil(size / partSize);
  const means = drawMean(backend, x, { ...dims, partSize, lastWeight: 1 }, [outer, parts, inner]);
  try {
    const lastWeight = (size - (parts - 1) * partSize) / partSize;
    return drawMean(backend, means, { outer, size: parts, inner, partSize: parts, lastWeight }, shape);
  } finally {
    backend.disposeIntermediateTensorInfo(means);
  }
}

function drawMean(
  backend: WebglBackend,
  x: TensorInfo,
  mean: Parameters<typeof axisMeanValues>[0],
  shape: readonly number[],
): TensorInfo {
  backend.uploadToGPU(x.dataId);
  const isPacked = backend.texData.get(x.dataId).isPacked === true;
  const source = isPacked ? backend.unpackTensor(x) : x;
  try {
    const texture = tfjsTexture(backend, source);
    const offset = backend.texData.get(source.dataId).slice?.flatOffset ?? 0;
    return backend.tensors.makeTfjs(shape, (columns) => {
      return bind(axisMeanProgram(), { x: texture }, axisMeanValues(mean, { columns: texture.width, offset }, columns));
    });
  } finally {
    if (isPacked) backend.disposeIntermediateTensorInfo(source);
  }
}
