// The gradients of pooling: a pixel of the input sums dy over the windows that it is in, over all of them for the mean,
// over those whose maximum it is for the maximum. A pixel is in up to ceil(k / stride) windows in each direction: the
// last that begins at or before it, and those before that one.

import { floats, ints } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { columnSource, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { floorDivideSource } from '../movement/sourceAxis.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { type Pooling, poolingDeclaration } from './pool.js';

export interface PoolGradSpec {
  readonly kind: 'max' | 'mean';
  readonly dy: TileShape;
  readonly dx: TileShape;
}

const poolGradUniforms = uniforms({
  dy: 'layout',
  dx: 'layout',
  ...poolingDeclaration,
  // Windows that a pixel may be in, in each direction.
  ...ints('windowsH', 'windowsW'),
  ...floats('scale'),
});

/** @param scale The factor of sums: for the mean, 1 / (kH * kW). */
export function poolGradValues(
  dy: TileLayout,
  dx: TileLayout,
  { kH, kW, strideH, strideW, padTop, padLeft }: Pooling,
  scale: number,
): ValuesOf<typeof poolGradUniforms> {
  const [windowsH, windowsW] = [Math.ceil(kH / strideH), Math.ceil(kW / strideW)];
  return { dy, dx, strideH, strideW, kH, kW, padTop, padLeft, windowsH, windowsW, scale };
}

/** Its inputs are dy and, for the maximum, the `argmax` that pool.ts computes. */
export function poolGradProgram(spec: PoolGradSpec): TileProgram<typeof poolGradUniforms> {
  return {
    key: `glsl/tiled/pooling/poolGrad ${JSON.stringify(spec)}`,
    inputs: { dy: 'tiles', ...(spec.kind === 'max' && { argmax: 'tiles' }) },
    uniforms: poolGradUniforms,
    targets: layersOf(spec.dx),
    source: (at) => source(at, spec),
  };
}

// Positions are those in the padded image. A window that does not reach the pixel is -1, where there are zeros.
const windowSource = `
int windowOf(int position, int before, int step, int k) {
  int window = floorDivide(position, step) - before;
  return position - window * step < k ? window : -1;
}
`;

function source(at: Addressing, spec: PoolGradSpec): string {
  const { dx } = spec;
  const layers = layersOf(dx);
  return `${floorDivideSource}${windowSource}
void main() {${placeSource('dx')}
  int top = tileY * ${dx.rows} + padTop;
  int left = tileX * ${dx.columns} + padLeft;
${lines(layers, (i) => `  vec4 acc${i} = vec4(0.0);`)}
  for (int beforeY = 0; beforeY < windowsH; beforeY++) {
${range(dx.rows)
  .map((r) => rowSource(at, 'dy', `row${r}`, `windowOf(top + ${r}, beforeY, strideH, kH)`, spec.dy))
  .join('')}
    for (int beforeX = 0; beforeX < windowsW; beforeX++) {
${range(dx.columns)
  .map((c) => {
    const ix = `windowOf(left + ${c}, beforeX, strideW, kW)`;
    return columnSource(at, 'dy', `column${c}`, { ix, quad: 'q', tile: spec.dy });
  })
  .join('')}
${lines(layers, (i) => `      acc${i} += ${termSource(at, spec, i)};`)}
    }
  }
${lines(layers, (i) => `  acc${i} *= scale;`)}
${maskSource('dx', dx, (i) => `acc${i}`)}
${lines(layers, (i) => `  y${i} = acc${i};`)}
}
`;
}

/** The part of a window's dy that goes to the pixel of layer i. */
function termSource(at: Addressing, { kind, dx }: PoolGradSpec, i: number): string {
  const [r, c] = pixelOf(i, dx);
  const texel = (input: string) => {
    return at.tiles(input, `column${c}X`, `row${r}Y`, `row${r}Row + column${c}Column`);
  };
  if (kind === 'mean') return texel('dy');
  const ky = `top + ${r} - row${r}I * strideH`;
  const kx = `left + ${c} - column${c}I * strideW`;
  return `mix(vec4(0.0), ${texel('dy')}, equal(${texel('argmax')}, vec4((${ky}) * kW + ${kx})))`;
}
