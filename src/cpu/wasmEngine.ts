// Convolutions on the CPU engine: operands in the WebAssembly heap, kernels of kernels/wasm.

import { forwardKernels, gradFilterKernels, gradInputKernels } from '../../kernels/wasm/index.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../conv.js';
import type { ConvEngine } from '../host/engine.js';
import { select } from '../select.js';
import type { CpuBackend } from './backend.js';
import { contextOf } from './context.js';
import { finishEpilogue, inRegisters } from './epilogue.js';
import { inNhwc } from './layout.js';

export const wasmEngine: ConvEngine<CpuBackend> = {
  forward(backend, conv, x, w, epilogue, tensors) {
    const context = contextOf(backend);
    const y = backend.newTensor(yShapeOf(conv));
    const fused = inRegisters(epilogue);
    const operands = {
      w: backend.addressOf(w),
      weights: backend.weights.of(w.dataId),
      bias: fused.bias && tensors.bias ? backend.addressOf(tensors.bias) : undefined,
      low: fused.low,
      high: fused.high,
    };
    const kernel = select(forwardKernels, conv, context);
    inNhwc(backend, conv, { x, y, writes: 'y' }, (images) => kernel.run(context, conv, { ...images, ...operands }));
    finishEpilogue(backend, conv, { epilogue, fused, tensors, y });
    return y;
  },
  gradInput(backend, conv, dy, w) {
    const context = contextOf(backend);
    const dx = backend.newTensor(xShapeOf(conv));
    const operands = { w: backend.addressOf(w), weights: backend.weights.of(w.dataId) };
    const kernel = select(gradInputKernels, conv, context);
    inNhwc(backend, conv, { x: dx, y: dy, writes: 'x' }, ({ x, y }) =>
      kernel.run(context, conv, { dy: y, dx: x, ...operands }),
    );
    return dx;
  },
  gradFilter(backend, conv, x, dy) {
    const context = contextOf(backend);
    const dw = backend.newTensor(filterShapeOf(conv));
    const kernel = select(gradFilterKernels, conv, context);
    const to = backend.addressOf(dw);
    inNhwc(backend, conv, { x, y: dy, writes: 'none' }, (images) =>
      kernel.run(context, conv, { x: images.x, dy: images.y, dw: to }),
    );
    return dw;
  },
};
