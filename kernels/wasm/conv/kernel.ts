// The interface of a convolution kernel. All kernels take NHWC; src/engines/cpu/conv/dataFormat.ts transposes NCHW.

import type { Conv } from '../../conv.js';
import type { ConvContext, ForwardOperands, GradFilterOperands, GradInputOperands } from './context.js';

interface WasmKernel<Operands> {
  /** Names the file, so that a line of a profile leads there. */
  readonly name: string;
  /** The whole precondition; `conv.dataFormat` does not matter. */
  supports(conv: Conv, context: ConvContext): boolean;
  /** Whether it is expected to be faster than the kernels after it in its list. Default: yes. */
  pays?(conv: Conv, context: ConvContext): boolean;
  /** Writes every value of the result. */
  run(context: ConvContext, conv: Conv, operands: Operands): void;
}

export interface WasmForward extends WasmKernel<ForwardOperands> {
  /** Whether it applies PReLU while the sums are in registers. Default: no. */
  readonly appliesSlopes?: boolean;
}

export type WasmGradInput = WasmKernel<GradInputOperands>;
export type WasmGradFilter = WasmKernel<GradFilterOperands>;
