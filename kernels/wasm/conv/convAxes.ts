// The two axes of a convolution.

import type { Conv } from '../../conv.js';
import type { AxisOf } from './access.js';

export function rowAxis({ inH, outH, strideH, dilationH, padTop, kH }: Conv): AxisOf {
  return { inSize: inH, outSize: outH, stride: strideH, dilation: dilationH, padBefore: padTop, taps: kH };
}

export function columnAxis({ inW, outW, strideW, dilationW, padLeft, kW }: Conv): AxisOf {
  return { inSize: inW, outSize: outW, stride: strideW, dilation: dilationW, padBefore: padLeft, taps: kW };
}
