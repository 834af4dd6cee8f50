// The outputs along one axis for which a filter tap stays inside the input, so that no inner loop tests for padding.

export interface Axis {
  readonly inSize: number;
  readonly outSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
  readonly taps: number;
}

/**
 * For tap k, the outputs o with from[k] <= o < to[k] read the input at o*stride + shift[k], which lies inside the
 * image. For the other outputs the tap falls on padding.
 */
export interface Taps {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly shift: Int32Array;
}

export function axisTaps({ inSize, outSize, stride, dilation, padBefore, taps }: Axis): Taps {
  const from = new Int32Array(taps);
  const to = new Int32Array(taps);
  const shift = new Int32Array(taps);
  for (let k = 0; k < taps; k++) {
    shift[k] = k * dilation - padBefore;
    from[k] = Math.min(outSize, Math.max(0, Math.ceil(-shift[k] / stride)));
    to[k] = Math.max(from[k], Math.min(outSize, Math.floor((inSize - 1 - shift[k]) / stride) + 1));
  }
  return { from, to, shift };
}
