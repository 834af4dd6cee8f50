// Convolutions with up to three output pixels, each of which reads a whole image or one pixel: the dense layers among
// convolutions (squeeze-and-excitation, a classifier as a 7x7 convolution). Reading the weights bounds their speed, so
// the weights are read once, without packing.

import type { Conv } from '../../conv.js';
import { gemvRows, runGemv } from '../matmul/gemv.js';
import type { WasmForward } from './kernel.js';

export const fewPixels: WasmForward = {
  name: 'wasm/fewPixels',
  supports: (conv) => conv.groups === 1 && pixelsOf(conv) <= gemvRows && readsRuns(conv),
  run({ device }, conv, { x, w, y, bias, low, high }) {
    const { kH, kW, inC, outC } = conv;
    const rows = pixelsOf(conv);
    if (rows * outC > 0) runGemv(device, { x, w, y, bias, low, high, rows, depth: kH * kW * inC, columns: outC });
  },
};

function pixelsOf({ batch, outH, outW }: Conv): number {
  return batch * outH * outW;
}

/** Whether output i reads the kH*kW*inC floats from x[i*kH*kW*inC] on, in the filter's order. */
function readsRuns(conv: Conv): boolean {
  const { inH, inW, outH, outW, kH, kW, strideH, strideW, padTop, padLeft } = conv;
  // An output as large as the input does not exclude strides: padding below, or rounding up, makes room for more pixels.
  const areAdjacent = (strideH === 1 || outH === 1) && (strideW === 1 || outW === 1);
  const isPixel = kH === 1 && kW === 1 && outH === inH && outW === inW && areAdjacent;
  const isImage = kH === inH && kW === inW && outH === 1 && outW === 1;
  const isDense = conv.dilationH === 1 && conv.dilationW === 1;
  return padTop === 0 && padLeft === 0 && (isPixel || (isImage && isDense));
}
