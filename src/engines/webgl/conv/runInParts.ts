// Convolutions whose input or output is too large for one texture. They are cut in two, along the batch, the rows or
// the columns of the output, until the parts fit. The inputs of the parts overlap where the filter reaches across the
// cut.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { officialWebgl } from '../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../backend.js';
import type { ForwardArgs } from './paths.js';

export type Axis = 'batch' | 'rows' | 'columns';
const axisIndex = { batch: 0, rows: 1, columns: 2 } as const satisfies Record<Axis, number>;

/** The axis to cut next; undefined where there is nothing left to cut. */
export function axisToCut({ batch, inH, inW, outH, outW }: Conv): Axis | undefined {
  if (batch > 1) return 'batch';
  if (Math.max(outH, outW) < 2) return undefined;
  // The longer one, so that rows and columns take turns.
  return inH >= inW && outH > 1 ? 'rows' : outW > 1 ? 'columns' : 'rows';
}

/** The two halves of a convolution, and where in x each begins along the axis. */
export function cut(conv: Conv, axis: Axis): readonly { readonly conv: Conv; readonly begin: number }[] {
  if (axis === 'batch') {
    const first = conv.batch >> 1;
    return [
      { conv: { ...conv, batch: first }, begin: 0 },
      { conv: { ...conv, batch: conv.batch - first }, begin: first },
    ];
  }
  const half = (axis === 'rows' ? conv.outH : conv.outW) >> 1;
  const end = axis === 'rows' ? conv.outH : conv.outW;
  return [part(conv, axis, 0, half), part(conv, axis, half, end)];
}

/** The outputs from `first` up to `end`, from the inputs that they read. */
function part(conv: Conv, axis: Axis, first: number, end: number) {
  const isRows = axis === 'rows';
  const [inSize, k] = isRows ? [conv.inH, conv.kH] : [conv.inW, conv.kW];
  const [stride, dilation] = isRows ? [conv.strideH, conv.dilationH] : [conv.strideW, conv.dilationW];
  const from = first * stride - (isRows ? conv.padTop : conv.padLeft);
  const to = (end - 1) * stride - (isRows ? conv.padTop : conv.padLeft) + (k - 1) * dilation + 1;
  const begin = Math.min(Math.max(from, 0), inSize);
  const size = Math.max(Math.min(to, inSize) - begin, 0);
  const before = begin - from;
  const after = Math.max(to - begin - size, 0);
  const out = end - first;
  const rows = { inH: size, outH: out, padTop: before, padBottom: after };
  const columns = { inW: size, outW: out, padLeft: before, padRight: after };
  return { conv: { ...conv, ...(isRows ? rows : columns) }, begin };
}

/** `forward` runs a part on whatever path suits it. */
export function runInParts(args: ForwardArgs, axis: Axis, forward: (args: ForwardArgs) => TensorInfo): TensorInfo {
  const { backend, conv, x } = args;
  const parts = cut(conv, axis).map(({ conv: half, begin }) => {
    const slice = sliceOf(backend, x, axis, begin, [half.batch, half.inH, half.inW][axisIndex[axis]]);
    const y = forward({ ...args, conv: half, x: slice });
    backend.disposeIntermediateTensorInfo(slice);
    return y;
  });
  const concat = officialWebgl.get('Concat');
  const y = concat({ inputs: parts as never, attrs: { axis: axisIndex[axis] }, backend }) as TensorInfo;
  for (const half of parts) backend.disposeIntermediateTensorInfo(half);
  return y;
}

function sliceOf(backend: WebglBackend, x: TensorInfo, axis: Axis, begin: number, length: number): TensorInfo {
  const starts = x.shape.map((_, i) => (i === axisIndex[axis] ? begin : 0));
  const size = x.shape.map((whole, i) => (i === axisIndex[axis] ? length : whole));
  const slice = officialWebgl.get('Slice');
  return slice({ inputs: { x }, attrs: { begin: starts, size }, backend }) as TensorInfo;
}
