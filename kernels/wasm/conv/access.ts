// How a convolution walks along one axis of an image: which inputs each output reads, with which taps of the filter.
//
// Forward, output o reads o*stride - pad + k*dilation for each tap k. The input gradient of a strided convolution
// consists of `stride` phases. A phase reads dy with a step of 1 and some of the taps, and writes every stride-th value
// of dx: input i takes from output o = (i + pad - k*dilation) / stride where that is an integer, so a tap with
// k*dilation mod stride = r belongs to the inputs with (i + pad) mod stride = r. Forward pass and phases are the same
// walk with other numbers.

/** Output j, 0 <= j < count, is value outOrigin + j*outStep and reads start + j*step + offsets[t] for each t. */
export interface Axis {
  readonly count: number;
  readonly start: number;
  readonly step: number;
  /** Ascending. */
  readonly offsets: readonly number[];
  /** The filter's row or column for each offset. */
  readonly taps: readonly number[];
  readonly outOrigin: number;
  readonly outStep: number;
  /** Size of the axis that is read. */
  readonly size: number;
}

export interface AxisOf {
  readonly inSize: number;
  readonly outSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
  readonly taps: number;
}

export function forwardAxis({ inSize, outSize, stride, dilation, padBefore, taps }: AxisOf): Axis {
  const numbers = range(taps);
  return {
    count: outSize,
    start: -padBefore,
    step: stride,
    offsets: numbers.map((k) => k * dilation),
    taps: numbers,
    outOrigin: 0,
    outStep: 1,
    size: inSize,
  };
}

/** The phases of the input gradient. Together they write every value of dx once. */
export function gradInputAxes({ inSize, outSize, stride, dilation, padBefore, taps }: AxisOf): Axis[] {
  return range(stride).flatMap((phase) => {
    // The first i >= 0 of this phase, and q with i + pad = q*stride + phase.
    const q = Math.max(0, Math.ceil((padBefore - phase) / stride));
    const first = q * stride + phase - padBefore;
    const count = Math.max(0, Math.ceil((inSize - first) / stride));
    if (count === 0) return [];
    const ownTaps = range(taps)
      .filter((k) => (k * dilation) % stride === phase)
      .reverse();
    const offsets = ownTaps.map((k) => -Math.floor((k * dilation) / stride));
    return [{ count, start: q, step: 1, offsets, taps: ownTaps, outOrigin: first, outStep: stride, size: outSize }];
  });
}

/** How many zeros the image needs before its first and after its last value so that every read stays inside. */
export function paddingOf({ count, start, step, offsets, size }: Axis): { before: number; after: number } {
  if (offsets.length === 0 || count === 0) return { before: 0, after: 0 };
  const lowest = start + offsets[0];
  const highest = start + (count - 1) * step + (offsets.at(-1) as number);
  return { before: Math.max(0, -lowest), after: Math.max(0, highest + 1 - size) };
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
