// The mean of a tensor of TensorFlow.js, taken as [outer, size, inner], over `size`: y[o, part, i], the means of as many
// parts of `size` as there are. A second pass over those makes one of the parts, of which the last may be smaller and so
// weighs less. All of a network's means are one program, whatever their shapes.

import { floats, ints } from '../../uniforms.js';
import { texelSource } from '../../untiled/tfjsTexture.js';
import type { TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { nearSource } from './near.js';

/** A tensor as [outer, size, inner]. */
export interface AxisDims {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

export interface AxisMean extends AxisDims {
  /** Values along `size` that one fragment takes. */
  readonly partSize: number;
  /** The weight of the last value along `size`; that of the others is 1. */
  readonly lastWeight: number;
}

/** An unpacked texture of TensorFlow.js. */
interface ValueTexture {
  /** Texels in a row. */
  readonly columns: number;
  /** Elements that precede the tensor in it: it may be a slice. */
  readonly offset: number;
}

const axisMeanUniforms = uniforms({
  ...ints('size', 'inner', 'partSize', 'parts'),
  ...ints('textureColumns', 'offset', 'outColumns'),
  ...floats('lastWeight'),
});

/** Values that are summed by themselves, which rounds less than one long sum. */
const BLOCK = 16;

/** @param outColumns Texels in a row of the texture that is drawn into. */
export function axisMeanValues(
  { size, inner, partSize, lastWeight }: AxisMean,
  { columns, offset }: ValueTexture,
  outColumns: number,
): ValuesOf<typeof axisMeanUniforms> {
  const parts = Math.ceil(size / partSize);
  return { size, inner, partSize, parts, textureColumns: columns, offset, outColumns, lastWeight };
}

export function axisMeanProgram(): TileProgram<typeof axisMeanUniforms> {
  return {
    key: 'glsl/tiled/reduction/axisMean',
    inputs: { x: 'tfjs' },
    uniforms: axisMeanUniforms,
    targets: 1,
    source: () => `${texelSource}${nearSource}
// What \`count\` values are above a number, times a factor, summed; the last of them counts 1 - less.
float sumAbove(float number, float factor, ivec2 at, ivec2 by, int count, float less) {
  float sum = 0.0;
  for (int k = 0; k < count;) {
    float ofBlock = 0.0;
    for (int end = min(k + ${BLOCK}, count); k < end; k++) {
      float weight = k == count - 1 ? 1.0 - less : 1.0;
      ofBlock += (texelFetch(x, at, 0).r - number) * (factor * weight);
      at = advance(at, by, textureColumns);
    }
    sum += ofBlock;
  }
  return sum;
}

void main() {
  int i = int(gl_FragCoord.y) * outColumns + int(gl_FragCoord.x);
  int row = i / inner;
  int outer = row / parts;
  int from = (row - outer * parts) * partSize;
  int count = min(partSize, size - from);
  ivec2 start = texelOf(offset + (outer * size + from) * inner + i - row * inner, textureColumns);
  ivec2 by = texelOf(inner, textureColumns);
  float less = from + count == size ? 1.0 - lastWeight : 0.0;
  float n = float(count) - less;
  float first = texelFetch(x, start, 0).r;
  float mean = sumAbove(0.0, 1.0, start, by, count, less) / n;
  if (isLost(mean)) mean = sumAbove(0.0, 1.0 / n, start, by, count, less);
  if (isNear(mean, first, n)) {
    float rest = sumAbove(first, 1.0, start, by, count, less) / n;
    mean = isLost(rest) ? mean : first + rest;
  }
  y0 = vec4(mean);
}
`,
  };
}
