// The lists of kernels in plain loops. In each list, the first kernel that supports a convolution runs.

import { conv2dNchw } from './conv2dNchw.js';
import { conv2dNhwc } from './conv2dNhwc.js';
import { depthwiseNhwc } from './depthwiseNhwc.js';
import { gradFilterNchw, gradFilterNhwc } from './gradFilter.js';
import { gradInputNchw, gradInputNhwc } from './gradInput.js';
import type { JsKernel } from './kernel.js';

export { type Scalar, scalarActivation } from './activations.js';
export { applyEpilogue, type EpilogueOperands } from './epilogue.js';
export type { JsKernel } from './kernel.js';
export { topK } from './topK.js';
export { update } from './update.js';

/** (x, w) -> y */
export const forwardKernels: readonly JsKernel[] = [depthwiseNhwc, conv2dNhwc, conv2dNchw];
/** (dy, w) -> dx */
export const gradInputKernels: readonly JsKernel[] = [gradInputNhwc, gradInputNchw];
/** (x, dy) -> dw */
export const gradFilterKernels: readonly JsKernel[] = [gradFilterNhwc, gradFilterNchw];
