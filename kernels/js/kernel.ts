// What a kernel of plain loops looks like, and the two lists of taps that all of them walk.

import type { Conv } from '../conv.js';
import { axisTaps, type Taps } from './taps.js';

/** Operands are flat, in the memory order of `conv.dataFormat`; the result is a new array. Empty sizes are allowed. */
export interface JsKernel {
  /** Its path, so that a line of a profile leads to the file. */
  readonly name: string;
  supports(conv: Conv): boolean;
  /** (x, w) -> y, (dy, w) -> dx or (x, dy) -> dw, by the list the kernel is in. */
  run(conv: Conv, a: Float32Array, b: Float32Array): Float32Array;
}

export function rowTaps(conv: Conv): Taps {
  return axisTaps({
    inSize: conv.inH,
    outSize: conv.outH,
    stride: conv.strideH,
    dilation: conv.dilationH,
    padBefore: conv.padTop,
    taps: conv.kH,
  });
}

export function columnTaps(conv: Conv): Taps {
  return axisTaps({
    inSize: conv.inW,
    outSize: conv.outW,
    stride: conv.strideW,
    dilation: conv.dilationW,
    padBefore: conv.padLeft,
    taps: conv.kW,
  });
}
