// The ways to run a convolution on the WebGL2 engine, as candidates for select().

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import type { Epilogue } from '../../../../kernels/epilogue.js';
import type { GlslKernel } from '../../../../kernels/glsl/untiled/index.js';
import * as js from '../../../../kernels/js/index.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../../../core/conv.js';
import { select } from '../../../core/select.js';
import type { EpilogueTensors } from '../../../tfjs/convEngine.js';
import type { WebglBackend } from '../backend.js';
import { runUntiled } from './runUntiled.js';

export interface ForwardArgs {
  readonly backend: WebglBackend;
  readonly conv: Conv;
  readonly x: TensorInfo;
  readonly w: TensorInfo;
  readonly epilogue: Epilogue;
  readonly operands: EpilogueTensors;
}

export interface ForwardPath {
  readonly name: string;
  supports(conv: Conv, backend: WebglBackend, epilogue?: Epilogue): boolean;
  /** Whether it is fast enough; default: it is. */
  pays?(conv: Conv, backend: WebglBackend): boolean;
  /** Whether it is right on this device, which the first call tests; default: it is. */
  isTrusted?(conv: Conv, backend: WebglBackend, epilogue?: Epilogue): boolean;
  run(args: ForwardArgs): TensorInfo;
}

export interface GradArgs {
  readonly backend: WebglBackend;
  readonly conv: Conv;
  /** dy, or x for the filter gradient. */
  readonly a: TensorInfo;
  /** The filter, or dy for the filter gradient. */
  readonly b: TensorInfo;
}

export interface GradPath {
  readonly name: string;
  supports(conv: Conv, backend: WebglBackend): boolean;
  pays?(conv: Conv, backend: WebglBackend): boolean;
  isTrusted?(conv: Conv, backend: WebglBackend): boolean;
  run(args: GradArgs): TensorInfo;
}

export function untiledForward<Spec>(kernel: GlslKernel<Spec>): ForwardPath {
  return {
    name: kernel.name,
    supports: (conv) => !hasEmpty(conv) && kernel.supports(conv),
    run({ backend, conv, x, w, epilogue, operands: { bias, prelu } }) {
      const inputs = [x, w, bias, prelu].filter((tensor) => tensor != null);
      return runUntiled(backend, { kernel, conv, epilogue, inputs, outputShape: yShapeOf(conv) });
    },
  };
}

export function untiledGrad<Spec>(kernel: GlslKernel<Spec>, shapeOf: (conv: Conv) => number[]): GradPath {
  return {
    name: kernel.name,
    supports: (conv) => !hasEmpty(conv) && kernel.supports(conv),
    run: ({ backend, conv, a, b }) => runUntiled(backend, { kernel, conv, inputs: [a, b], outputShape: shapeOf(conv) }),
  };
}

// Empty tensors have no texture. Plain loops do the little that remains to be done: padding and bias.

export const emptyForward: ForwardPath = {
  name: 'js/forward of empty tensors',
  supports: hasEmpty,
  run({ backend, conv, x, w, epilogue, operands: { bias, prelu } }) {
    const y = select(js.forwardKernels, conv).run(conv, read(backend, x), read(backend, w));
    js.applyEpilogue(conv, epilogue, y, { bias: bias && read(backend, bias), prelu: prelu && read(backend, prelu) });
    return backend.makeTensorInfo(yShapeOf(conv), 'float32', y);
  },
};

export function emptyGrad(kernels: readonly js.JsKernel[], shapeOf: (conv: Conv) => number[]): GradPath {
  return {
    name: 'js/gradient of empty tensors',
    supports: hasEmpty,
    run({ backend, conv, a, b }) {
      const result = select(kernels, conv).run(conv, read(backend, a), read(backend, b));
      return backend.makeTensorInfo(shapeOf(conv), 'float32', result);
    },
  };
}

/** Whether x, w or y is empty. */
export function hasEmpty(conv: Conv): boolean {
  return [xShapeOf(conv), filterShapeOf(conv), yShapeOf(conv)].some((shape) => util.sizeFromShape(shape) === 0);
}

function read(backend: WebglBackend, { dataId, shape }: TensorInfo): Float32Array {
  return util.sizeFromShape(shape) === 0 ? new Float32Array(0) : (backend.readSync(dataId) as Float32Array);
}
