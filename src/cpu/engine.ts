// Convolutions on the CPU engine. Tensors are typed arrays in the host's storage.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  applyEpilogue,
  forwardKernels,
  gradFilterKernels,
  gradInputKernels,
  type JsKernel,
} from '../../kernels/js/index.js';
import type { Conv } from '../../kernels/types.js';
import type { ConvEngine } from '../backend/engine.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../conv.js';
import { select } from '../select.js';
import type { CpuBackend } from './backend.js';

export const cpuEngine: ConvEngine<CpuBackend> = {
  forward(backend, conv, x, w, epilogue, { bias, prelu }) {
    const y = runJs(forwardKernels, conv, values(backend, x), values(backend, w));
    applyEpilogue(conv, epilogue, y, {
      bias: bias && values(backend, bias),
      prelu: prelu && values(backend, prelu),
    });
    return backend.makeTensorInfo(yShapeOf(conv), 'float32', y);
  },
  gradInput(backend, conv, dy, w) {
    const dx = runJs(gradInputKernels, conv, values(backend, dy), values(backend, w));
    return backend.makeTensorInfo(xShapeOf(conv), 'float32', dx);
  },
  gradFilter(backend, conv, x, dy) {
    const dw = runJs(gradFilterKernels, conv, values(backend, x), values(backend, dy));
    return backend.makeTensorInfo(filterShapeOf(conv), 'float32', dw);
  },
};

/** Runs the first of the kernels that supports the convolution. */
export function runJs(kernels: readonly JsKernel[], conv: Conv, a: Float32Array, b: Float32Array): Float32Array {
  return select(kernels, conv).run(conv, a, b);
}

function values(backend: CpuBackend, { dataId }: TensorInfo): Float32Array {
  return backend.data.get(dataId).values as Float32Array;
}
