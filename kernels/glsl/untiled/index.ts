// The untiled kernels by operation. In each list the first that supports a convolution is taken.

import { conv2d } from './conv2d.js';
import { gradFilter } from './gradFilter.js';
import { gradInput } from './gradInput.js';

export type { GlslKernel, UntiledDeclaration } from './kernel.js';

/** (x, w, bias?, alpha?) -> y */
export const forwardKernels = [conv2d] as const;
/** (dy, w) -> dx */
export const gradInputKernels = [gradInput] as const;
/** (x, dy) -> dw */
export const gradFilterKernels = [gradFilter] as const;
