// What an engine does for the convolution kernels. Everything that all engines share (names, attributes, validation) is in
// src/backend/convKernels.ts.

import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../kernels/conv.js';
import type { Epilogue } from '../../kernels/epilogue.js';

export interface EpilogueTensors {
  readonly bias?: TensorInfo;
  readonly prelu?: TensorInfo;
}

/** Results have the shapes yShapeOf(conv), xShapeOf(conv) and filterShapeOf(conv), and dtype float32. */
export interface ConvEngine<B extends KernelBackend> {
  forward(
    backend: B,
    conv: Conv,
    x: TensorInfo,
    w: TensorInfo,
    epilogue: Epilogue,
    operands: EpilogueTensors,
  ): TensorInfo;
  gradInput(backend: B, conv: Conv, dy: TensorInfo, w: TensorInfo): TensorInfo;
  gradFilter(backend: B, conv: Conv, x: TensorInfo, dy: TensorInfo): TensorInfo;
}
