// The gradients of pooling in the tiled layout: a pixel of the input adds up dy of the windows that it is in, all of them for
// the mean, those whose greatest value it is for the greatest. Per pixel there are ceil(k / stride) windows in each direction:
// the last that begins at or before it, and those before that one.

import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { columnSource, dimsOf, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { floorDivideSource } from '../movement/sourceAxis.js';
import { lines, range, type TileProgram } from '../program.js';
import type { Pooling } from './pool.js';

export interface PoolGradSpec {
  readonly kind: 'max' | 'mean';
  readonly dy: TileShape;
  readonly dx: TileShape;
}

/** @param scale of the sums: for the mean, 1 / (kH * kW). */
export function poolGradUniforms(dy: TileLayout, dx: TileLayout, pooling: Pooling, scale: number) {
  const { kH, kW, strideH, strideW, padTop, padLeft } = pooling;
  return {
    ints: [
      ...dimsOf(dy),
      ...dimsOf(dx),
      ...[strideH, strideW, kH, kW],
      ...[padTop, padLeft, 0, dx.c],
      ...[Math.ceil(kH / strideH), Math.ceil(kW / strideW), 0, 0],
    ],
    floats: [scale, 0, 0, 0],
  };
}

/** Inputs: dy and, for the greatest, the `argmax` that pool.ts computes. */
export function poolGradProgram(spec: PoolGradSpec): TileProgram {
  return {
    key: `glsl/tiled/poolGrad ${JSON.stringify(spec)}`,
    inputs: { dy: 'tiles', ...(spec.kind === 'max' && { argmax: 'tiles' }) },
    ints: ['dyDims', 'dxDims', 'steps', 'frame', 'windows'],
    floats: ['scale'],
    targets: spec.dx.rows * spec.dx.columns,
    source: (at) => source(at, spec),
  };
}

// Positions are counted from the first pixel of the frame. A window that does not reach the pixel is -1: there are zeros.
const windowSource = `
int windowOf(int position, int before, int step, int k) {
  int window = floorDivide(position, step) - before;
  return position - window * step < k ? window : -1;
}
`;

function source(at: Addressing, spec: PoolGradSpec): string {
  const { dx } = spec;
  const layers = dx.rows * dx.columns;
  return `${floorDivideSource}${windowSource}
void main() {${placeSource('dxDims')}
  ivec2 corner = ivec2(yb * ${dx.rows}, xb * ${dx.columns}) + frame.xy;
${lines(layers, (i) => `  vec4 acc${i} = vec4(0.0);`)}
  for (int beforeY = 0; beforeY < windows.x; beforeY++) {
${range(dx.rows)
  .map((r) => rowSource(at, 'dy', `row${r}`, `windowOf(corner.x + ${r}, beforeY, steps.x, steps.z)`, spec.dy))
  .join('')}
    for (int beforeX = 0; beforeX < windows.y; beforeX++) {
${range(dx.columns)
  .map((c) => {
    const ix = `windowOf(corner.y + ${c}, beforeX, steps.y, steps.w)`;
    return columnSource(at, 'dy', `column${c}`, { ix, quad: 'q', tile: spec.dy });
  })
  .join('')}
${lines(layers, (i) => `      acc${i} += ${termSource(at, spec, i)};`)}
    }
  }
${lines(layers, (i) => `  acc${i} *= scale.x;`)}
${maskSource('dxDims', 'frame.w', dx, (i) => `acc${i}`)}
${lines(layers, (i) => `  y${i} = acc${i};`)}
}
`;
}

/** What the pixel gets of a window's dy. */
function termSource(at: Addressing, { kind, dx }: PoolGradSpec, i: number): string {
  const [r, c] = pixelOf(i, dx);
  const texel = (input: string) => {
    return at.tiles(input, `column${c}X`, `row${r}Y`, `row${r}Row + column${c}Column`);
  };
  if (kind === 'mean') return texel('dy');
  const ky = `corner.x + ${r} - row${r}I * steps.x`;
  const kx = `corner.y + ${c} - column${c}I * steps.y`;
  return `mix(vec4(0.0), ${texel('dy')}, equal(${texel('argmax')}, vec4((${ky}) * steps.w + ${kx})))`;
}
