// The lists of convolution kernels in WebAssembly. In each, the first that supports a convolution, and pays, runs.

export {
  type ConvContext,
  makeContext,
  type WeightStore,
} from './conv/context.js';
export type { WasmForward, WasmGradFilter, WasmGradInput } from './conv/kernel.js';

import { conv2d } from './conv/conv2d.js';
import { fewPixels } from './conv/fewPixels.js';
import { gradFilter } from './conv/gradFilter.js';
import { gradInput } from './conv/gradInput.js';
import type { WasmForward, WasmGradFilter, WasmGradInput } from './conv/kernel.js';
import { depthwise, depthwiseGradFilter, depthwiseGradInput } from './depthwise/depthwise.js';
import { gradInputWinograd, winograd } from './winograd/winograd.js';

export const forwardKernels: readonly WasmForward[] = [depthwise, fewPixels, winograd, conv2d];
export const gradInputKernels: readonly WasmGradInput[] = [depthwiseGradInput, gradInputWinograd, gradInput];
export const gradFilterKernels: readonly WasmGradFilter[] = [depthwiseGradFilter, gradFilter];
