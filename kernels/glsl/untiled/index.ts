// The fragment-shader kernels, by what they compute; in each list the first that supports a convolution is taken.

export { activate } from './activate.js';

import { conv2d } from './conv2d.js';
import { gradFilter } from './gradFilter.js';
import { gradInput } from './gradInput.js';

export type { GlslKernel, Uniform } from './kernel.js';

/** (x, w, bias?, alpha?) -> y */
export const forwardKernels = [conv2d] as const;
/** (dy, w) -> dx */
export const gradInputKernels = [gradInput] as const;
/** (x, dy) -> dw */
export const gradFilterKernels = [gradFilter] as const;
