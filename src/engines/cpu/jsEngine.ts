// Convolutions without WebAssembly SIMD: the plain loops of kernels/js, on arrays.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { applyEpilogue, forwardKernels, gradFilterKernels, gradInputKernels } from '../../../kernels/js/index.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../../core/conv.js';
import { select } from '../../core/select.js';
import type { ConvEngine } from '../../tfjs/convEngine.js';
import type { CpuBackend } from './backend.js';

export const jsEngine: ConvEngine<CpuBackend> = {
  forward(backend, conv, x, w, epilogue, { bias, prelu }) {
    const y = select(forwardKernels, conv).run(conv, values(backend, x), values(backend, w));
    applyEpilogue(conv, epilogue, y, {
      bias: bias && values(backend, bias),
      prelu: prelu && values(backend, prelu),
    });
    return backend.makeTensorInfo(yShapeOf(conv), 'float32', y);
  },
  gradInput(backend, conv, dy, w) {
    const dx = select(gradInputKernels, conv).run(conv, values(backend, dy), values(backend, w));
    return backend.makeTensorInfo(xShapeOf(conv), 'float32', dx);
  },
  gradFilter(backend, conv, x, dy) {
    const dw = select(gradFilterKernels, conv).run(conv, values(backend, x), values(backend, dy));
    return backend.makeTensorInfo(filterShapeOf(conv), 'float32', dw);
  },
};

function values(backend: CpuBackend, { dataId }: TensorInfo): Float32Array {
  return backend.data.get(dataId).values as Float32Array;
}
