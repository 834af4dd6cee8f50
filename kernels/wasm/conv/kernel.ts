// What a convolution kernel looks like. All are written for channels last; src/cpu turns NCHW into that and back.

import type { Conv } from '../../conv.js';
import type { ConvContext, ForwardOperands, GradFilterOperands, GradInputOperands } from './context.js';

interface WasmKernel<Operands> {
  /** Its path, so that a line of a profile leads to the file. */
  readonly name: string;
  /** The whole precondition; `conv.dataFormat` does not matter. */
  supports(conv: Conv, context: ConvContext): boolean;
  /** Whether it is expected to be faster than the kernels behind it in its list; yes if absent. */
  pays?(conv: Conv, context: ConvContext): boolean;
  /** Writes every value of the result. */
  run(context: ConvContext, conv: Conv, operands: Operands): void;
}

export type WasmForward = WasmKernel<ForwardOperands>;
export type WasmGradInput = WasmKernel<GradInputOperands>;
export type WasmGradFilter = WasmKernel<GradFilterOperands>;
