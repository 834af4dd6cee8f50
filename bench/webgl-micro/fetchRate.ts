// How many texels a second a fragment shader reads, by format, sampler, call and pattern of addresses. The texture is
// all ones, so that the sum of what was read is the number of fetches.

import { runShaders, type Table } from './experiment.js';
import { bindTextures, createTexture, type Gl, setInts } from './gl.js';
import { each, type Fetch, fetchTexel, zeros } from './glsl.js';

/** The column and the row where a fragment begins; the loop goes along the row. */
const PATTERNS = {
  uniform: ['0', '0'], // all fragments read the same texel at the same time
  linear: ['at.x & 63', 'at.y & 63'], // adjacent fragments read adjacent texels
  tile: ['(at.x & 15) << 4', 'at.y & 63'], // adjacent fragments are 16 texels apart, as tiles of 64 channels are
} as const;

/** The layer of an array: a literal, the same in all fragments, or one for each fragment. */
const LAYER_OF = { literal: '3', uniform: 'layerOfAll', varied: '(at.x + at.y) & 7', '-': '0' } as const;

interface FetchCase {
  readonly format: 'RGBA32F' | 'RGBA16F';
  /** `planes`: as many 2D textures as the array has layers, in turn. */
  readonly sampler: '2D' | 'array' | 'planes';
  readonly fetch: Fetch;
  readonly pattern: keyof typeof PATTERNS;
  readonly layer: keyof typeof LAYER_OF;
}

const BASE: FetchCase = { format: 'RGBA32F', sampler: 'array', fetch: 'texture', pattern: 'linear', layer: 'literal' };
const FLAT: FetchCase = { ...BASE, sampler: '2D', layer: '-' };
const patterns = ['uniform', 'linear', 'tile'] as const;

const CASES: readonly FetchCase[] = [
  ...(['texture', 'textureLod', 'texelFetch'] as const).flatMap((fetch) =>
    [FLAT, BASE].flatMap((base) => patterns.map((pattern) => ({ ...base, fetch, pattern }))),
  ),
  ...(['texture', 'texelFetch'] as const).flatMap((fetch): FetchCase[] => [
    { ...FLAT, fetch, sampler: 'planes' },
    { ...BASE, fetch, layer: 'uniform' },
    { ...BASE, fetch, layer: 'varied' },
    { ...FLAT, fetch, format: 'RGBA16F' },
    { ...BASE, fetch, format: 'RGBA16F' },
  ]),
];

const LAYERS = 8;
const UNROLL = 8;
const SAMPLERS = { '2D': ['x'], array: ['x'], planes: Array.from({ length: LAYERS }, (_, i) => `x${i}`) };
const LOOP = 64; // texels that one pass of the inner loop reads
const FETCHES = 4 * LOOP; // of a fragment, in passes
const SIZE = { width: 16 * 16 + LOOP, height: 64 };

export function fetchRate(gl: Gl): Promise<Table> {
  const texturesOf = (format: FetchCase['format']) =>
    [undefined, LAYERS].map((layers) => createTexture(gl, { ...SIZE, format, layers, data: 1 }));
  const textures = { RGBA32F: texturesOf('RGBA32F'), RGBA16F: texturesOf('RGBA16F') };
  return runShaders(gl, {
    cases: CASES,
    title: (fragments) => `fetches, ${fragments} fragments of ${FETCHES}`,
    source: sourceOf,
    set(program, one) {
      const texture = textures[one.format][one.sampler === 'array' ? 1 : 0];
      bindTextures(gl, program, Object.fromEntries(SAMPLERS[one.sampler].map((name) => [name, texture])));
      setInts(gl, program, { layerOfAll: 3, passes: FETCHES / LOOP, loop: LOOP });
    },
    expected: () => FETCHES,
    row(one, { ms, speed }, fragments) {
      return { ...one, 'Mfetch/s': (fragments * FETCHES) / ms / 1e3, 'vs first': speed };
    },
  });
}

function sourceOf(one: FetchCase): string {
  const { sampler, fetch, layer } = one;
  const [column, row] = PATTERNS[one.pattern];
  const isInt = fetch === 'texelFetch';
  const kind = isInt ? 'int' : 'float';
  const fetchOf = (i: number) => {
    const coordinates = [`c + ${isInt ? i : `${i}. * step`}`, 'r', ...(sampler === 'array' ? ['l'] : [])];
    return `s${i} += ${fetchTexel(fetch, sampler === 'planes' ? `x${i}` : 'x', ...coordinates)};`;
  };
  return `uniform ${sampler === 'array' ? 'sampler2DArray' : 'sampler2D'} ${SAMPLERS[sampler].join(', ')};
uniform int layerOfAll, passes, loop;
out vec4 y0;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ${zeros('s', UNROLL)}
  int column = ${column}, row = ${row};
  ${kind} l = ${kind}(${LAYER_OF[layer]});
  ${kind} step = ${isInt ? '1' : `1. / ${SIZE.width}.`};
  ${kind} r = ${isInt ? 'row' : `(float(row) + .5) / ${SIZE.height}.`};
  for (int pass = 0; pass < passes; pass++) {
    ${kind} c = ${isInt ? 'column' : '(float(column) + .5) * step'};
    for (int i = 0; i < loop; i += ${UNROLL}) {
      ${each(UNROLL, fetchOf, '\n      ')}
      c += ${isInt ? UNROLL : `${UNROLL}. * step`};
    }
  }
  y0 = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
}`;
}
