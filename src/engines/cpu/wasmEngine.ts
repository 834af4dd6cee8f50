// Convolutions with WebAssembly SIMD: the kernels of kernels/wasm, on operands in the heap. What a call has made when it
// fails is given back by what is around every kernel (`cleanly` in src/engines/cpu/backend.ts).

import { forwardKernels, gradFilterKernels, gradInputKernels } from '../../../kernels/wasm/index.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../../core/conv.js';
import { select } from '../../core/select.js';
import type { ConvEngine } from '../../tfjs/convEngine.js';
import type { CpuBackend } from './backend.js';
import { finishEpilogue, inRegisters } from './conv/applyEpilogue.js';
import { runInNhwc } from './conv/dataFormat.js';
import { openConvContext } from './conv/openConvContext.js';

export const wasmEngine: ConvEngine<CpuBackend> = {
  forward(backend, conv, x, w, epilogue, tensors) {
    const context = openConvContext(backend);
    const kernel = select(forwardKernels, conv, context);
    const fused = inRegisters(epilogue, kernel.appliesSlopes);
    const { low, high } = fused;
    const y = backend.newTensor(yShapeOf(conv));
    const bias = fused.bias && tensors.bias ? backend.toHeap(tensors.bias) : undefined;
    const slopes = fused.slopes && tensors.prelu ? backend.toHeap(tensors.prelu) : undefined;
    const [filter, weights] = [backend.toHeap(w), backend.weights.of(w.dataId)];
    runInNhwc(backend, conv, { x, y, writes: 'y' }, (images) => {
      kernel.run(context, conv, { x: images.x, w: filter, y: images.y, weights, bias, slopes, low, high });
    });
    finishEpilogue(backend, conv, { epilogue, fused, tensors, y });
    return y;
  },
  gradInput(backend, conv, dy, w) {
    const context = openConvContext(backend);
    const kernel = select(gradInputKernels, conv, context);
    const dx = backend.newTensor(xShapeOf(conv));
    const [filter, weights] = [backend.toHeap(w), backend.weights.of(w.dataId)];
    runInNhwc(backend, conv, { x: dx, y: dy, writes: 'x' }, (images) => {
      kernel.run(context, conv, { dy: images.y, w: filter, dx: images.x, weights });
    });
    return dx;
  },
  gradFilter(backend, conv, x, dy) {
    const context = openConvContext(backend);
    const kernel = select(gradFilterKernels, conv, context);
    const dw = backend.newTensor(filterShapeOf(conv));
    const to = backend.toHeap(dw);
    runInNhwc(backend, conv, { x, y: dy, writes: 'none' }, (images) => {
      kernel.run(context, conv, { x: images.x, dy: images.y, dw: to });
    });
    return dw;
  },
};
