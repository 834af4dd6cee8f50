// Convolutions on the WebGL2 engine.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { forwardKernels, gradFilterKernels, gradInputKernels } from '../../kernels/glsl/index.js';
import * as js from '../../kernels/js/index.js';
import type { ConvEngine } from '../backend/engine.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../conv.js';
import { runKernel } from '../cpu/engine.js';
import { select } from '../select.js';
import type { WebglBackend } from './backend.js';
import { runGlsl } from './runGlsl.js';

export const webglEngine: ConvEngine<WebglBackend> = {
  forward(backend, conv, x, w, epilogue, { bias, prelu }) {
    const outputShape = yShapeOf(conv);
    if (hasEmpty(outputShape, x, w)) {
      const y = runKernel(js.forwardKernels, conv, read(backend, x), read(backend, w));
      js.applyEpilogue(conv, epilogue, y, { bias: bias && read(backend, bias), prelu: prelu && read(backend, prelu) });
      return backend.makeTensorInfo(outputShape, 'float32', y);
    }
    const kernel = select(forwardKernels, conv, backend.caps);
    const operands = [bias, prelu].filter((tensor) => tensor != null);
    return runGlsl(backend, { kernel, conv, epilogue, inputs: [x, w, ...operands], outputShape });
  },
  gradInput(backend, conv, dy, w) {
    const outputShape = xShapeOf(conv);
    if (hasEmpty(outputShape, dy, w)) {
      const dx = runKernel(js.gradInputKernels, conv, read(backend, dy), read(backend, w));
      return backend.makeTensorInfo(outputShape, 'float32', dx);
    }
    const kernel = select(gradInputKernels, conv, backend.caps);
    return runGlsl(backend, { kernel, conv, inputs: [dy, w], outputShape });
  },
  gradFilter(backend, conv, x, dy) {
    const outputShape = filterShapeOf(conv);
    if (hasEmpty(outputShape, x, dy)) {
      const dw = runKernel(js.gradFilterKernels, conv, read(backend, x), read(backend, dy));
      return backend.makeTensorInfo(outputShape, 'float32', dw);
    }
    const kernel = select(gradFilterKernels, conv, backend.caps);
    return runGlsl(backend, { kernel, conv, inputs: [x, dy], outputShape });
  },
};

// Empty tensors have no texture; what little is left to do (padding and bias) is done by the plain loops.
function hasEmpty(outputShape: readonly number[], ...inputs: readonly TensorInfo[]): boolean {
  return [outputShape, ...inputs.map(({ shape }) => shape)].some((shape) => util.sizeFromShape([...shape]) === 0);
}

function read(backend: WebglBackend, { dataId, shape }: TensorInfo): Float32Array {
  return util.sizeFromShape(shape) === 0 ? new Float32Array(0) : (backend.readSync(dataId) as Float32Array);
}
