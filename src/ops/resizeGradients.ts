// The gradients of resizing as matrix products: a resize is a product with one matrix for the rows and one for the columns,
// so its gradient is the product with the transposed matrices. It runs on every engine.
//
// TensorFlow.js's own kernels ignore half-pixel centres: they take corners for centres. Its WebGL programs do not compile
// where an aligned image has one row or column, so they are not used.

import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  matMul,
  type ResizeBilinearAttrs,
  reshape,
  type Tensor,
  tensor3d,
} from '@tensorflow/tfjs-core';
import { bilinearSamples, nearestIndices } from '../../kernels/resizeSamples.js';
import { findOfficialKernel } from '../tfjs/officialKernels.js';
import { isConvnet, replaceGradient, type TypedGradient, unwrapKernel } from '../tfjs/registry.js';

type Attrs = Pick<ResizeBilinearAttrs, 'alignCorners' | 'halfPixelCenters'>;
type Kind = 'ResizeBilinear' | 'ResizeNearestNeighbor';

const kinds: readonly Kind[] = ['ResizeBilinear', 'ResizeNearestNeighbor'];

/** [1, in, out]: the weight of each input index in each output index. */
function weights(kind: Kind, inSize: number, outSize: number, attrs: Attrs): Tensor {
  const values = new Float32Array(inSize * outSize);
  if (kind === 'ResizeNearestNeighbor') {
    for (const [o, i] of nearestIndices(inSize, outSize, attrs).entries()) values[i * outSize + o] = 1;
  } else {
    for (const [o, { low, high, fraction }] of bilinearSamples(inSize, outSize, attrs).entries()) {
      values[low * outSize + o] += 1 - fraction;
      values[high * outSize + o] += fraction;
    }
  }
  return tensor3d(values, [1, inSize, outSize]);
}

function gradient(kind: Kind, dy: Tensor, images: Tensor, attrs: Attrs): Tensor {
  const [batch, inH, inW, channels] = images.shape;
  const [, outH, outW] = dy.shape;
  const rows = matMul(weights(kind, inH, outH, attrs), reshape(dy, [batch, outH, outW * channels]));
  const columns = matMul(weights(kind, inW, outW, attrs), reshape(rows, [batch * inH, outW, channels]));
  return reshape(columns, images.shape);
}

const ours = new WeakSet<object>();

/** Puts them in the place of TensorFlow.js's, which stay in charge of other resizes and other backends. */
export function installResizeGradients(): void {
  for (const kernelName of kinds) {
    const official = getGradient(kernelName);
    if (official && ours.has(official)) continue;
    const gradName = `${kernelName}Grad`;
    const own: TypedGradient<Attrs> = {
      kernelName,
      inputsToSave: ['images'],
      gradFunc: (dy, [images], attrs) => {
        const isOurs = isConvnet(getBackend());
        const kernel = getKernel(gradName, getBackend());
        const isOfWebgl = kernel && unwrapKernel(kernel.kernelFunc) === findOfficialKernel('webgl', gradName);
        // TensorFlow.js's WebGL programs do not compile for these.
        const isThin = attrs.alignCorners && [...images.shape.slice(1, 3), ...dy.shape.slice(1, 3)].includes(1);
        if (isOurs && (attrs.halfPixelCenters || isOfWebgl || isThin)) {
          return { images: () => gradient(kernelName, dy, images, attrs) };
        }
        if (official) return official.gradFunc(dy, [images], attrs as never) as Record<string, () => Tensor>;
        return { images: () => engine().runKernel(gradName, { images, dy }, attrs as never) as Tensor };
      },
    };
    replaceGradient(own, official != null);
    const installed = getGradient(kernelName);
    if (installed) ours.add(installed);
  }
}
