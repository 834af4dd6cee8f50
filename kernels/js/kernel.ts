// The interface of a kernel in plain loops, and the two lists of taps that all of them use.

import type { Conv } from '../conv.js';
import { axisTaps, type Taps } from './taps.js';

/** Operands are flat, in the order of `conv.dataFormat`. The result is a new array. Sizes may be 0. */
export interface JsKernel {
  /** Names the file, so that a line of a profile leads there. */
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
