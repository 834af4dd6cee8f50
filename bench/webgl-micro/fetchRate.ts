// Group 1: how many texels a second a fragment shader reads, by format, sampler, call and pattern of addresses.
// The texture is all ones, so that the sum of what was read is the number of fetches.

import type { Fetch } from './convForm.js';
import { bindTextures, createTexture, type Format, type Gl, setInts, type Texture } from './gl.js';
import { type ScaledShader, scaledDraws } from './scaled.js';
import type { Table } from './table.js';
import { timeDraws } from './timing.js';

const PATTERNS = {
  /** All fragments read the same texel at the same time: X = loop. */
  uniform: { column: '0', row: '0' },
  /** Neighbouring fragments read neighbouring texels: X = x + loop. */
  linear: { column: 'at.x & 63', row: 'at.y & 63' },
  /** Neighbouring fragments are 16 texels apart, as blocks of 64 channels are: X = 16 x + loop. */
  block: { column: '(at.x & 15) << 4', row: 'at.y & 63' },
} as const;

interface FetchCase {
  readonly format: Format;
  /** `planes`: as many 2D textures as the array has layers, in turn. */
  readonly sampler: '2D' | 'array' | 'planes';
  readonly fetch: Fetch;
  readonly pattern: keyof typeof PATTERNS;
  /** Of an array: a literal, the same in all fragments, or one for each fragment. */
  readonly layer: 'literal' | 'uniform' | 'varied' | '-';
}

const BASE: FetchCase = { format: 'RGBA32F', sampler: 'array', fetch: 'texture', pattern: 'linear', layer: 'literal' };
const FLAT: FetchCase = { ...BASE, sampler: '2D', layer: '-' };

const CASES: readonly FetchCase[] = [
  ...(['texture', 'textureLod', 'texelFetch'] as const).flatMap((fetch) =>
    [FLAT, BASE].flatMap((base) =>
      (['uniform', 'linear', 'block'] as const).map((pattern) => ({ ...base, fetch, pattern })),
    ),
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
const LOOP = 64; // texels that one pass of the inner loop reads
const PASSES = 4;
const SIZE = { width: 16 * 16 + LOOP, height: 64 };

export async function fetchRate(gl: Gl): Promise<Table[]> {
  const textureOf = createTextures(gl);
  const shaders = CASES.map(
    (one): ScaledShader => ({
      source: source(one),
      targets: 1,
      expected: LOOP * PASSES,
      set: (program) => {
        const texture = textureOf(one);
        bindTextures(gl, program, Object.fromEntries(samplersOf(one).map((name) => [name, texture])));
        setInts(gl, program, { layerOfAll: 3, passes: PASSES, loop: LOOP });
      },
    }),
  );
  const { draws, fragments } = await scaledDraws(gl, shaders);
  const timings = await timeDraws(gl, draws);
  const rows = CASES.map((one, i) => ({
    ...one,
    'Mfetch/s': (fragments * LOOP * PASSES) / timings[i].ms / 1e3,
    'vs first': timings[i].speed,
  }));
  return [{ title: `fetches, ${fragments} fragments of ${LOOP * PASSES}`, rows }];
}

/** Gives the texture of a case; there is one for each format and kind. */
function createTextures(gl: Gl): (one: FetchCase) => Texture {
  const textures = new Map<string, Texture>();
  for (const format of ['RGBA32F', 'RGBA16F'] as const) {
    for (const layers of [undefined, LAYERS]) {
      const data = new Float32Array(SIZE.width * SIZE.height * (layers ?? 1) * 4).fill(1);
      textures.set(`${format} ${layers}`, createTexture(gl, { ...SIZE, layers, format, data }));
    }
  }
  return ({ format, sampler }) => {
    const texture = textures.get(`${format} ${sampler === 'array' ? LAYERS : undefined}`);
    if (!texture) throw new Error(`no texture for ${format} ${sampler}`);
    return texture;
  };
}

function samplersOf({ sampler }: Pick<FetchCase, 'sampler'>): string[] {
  return sampler === 'planes' ? Array.from({ length: LAYERS }, (_, i) => `x${i}`) : ['x'];
}

function source({ sampler, fetch, pattern, layer }: FetchCase): string {
  const { column, row } = PATTERNS[pattern];
  const isInt = fetch === 'texelFetch';
  const kind = isInt ? 'int' : 'float';
  const layerOf = { literal: '3', uniform: 'layerOfAll', varied: '(at.x + at.y) & 7', '-': '0' }[layer];
  const end = { texelFetch: ', 0', texture: '', textureLod: ', 0.' }[fetch];
  const vector = `${isInt ? 'i' : ''}vec${sampler === 'array' ? 3 : 2}`;
  const fetches = Array.from({ length: UNROLL }, (_, i) => {
    const x = i === 0 ? 'c' : `c + ${isInt ? i : `${i}. * step`}`;
    return `s${i} += ${fetch}(${sampler === 'planes' ? `x${i}` : 'x'}, ${vector}(${x}, r${sampler === 'array' ? ', l' : ''})${end});`;
  });
  return `uniform ${sampler === 'array' ? 'sampler2DArray' : 'sampler2D'} ${samplersOf({ sampler }).join(', ')};
uniform int layerOfAll, passes, loop;
out vec4 y0;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec4 ${Array.from({ length: UNROLL }, (_, i) => `s${i} = vec4(0.)`).join(', ')};
  int column = ${column}, row = ${row};
  ${kind} l = ${kind}(${layerOf});
  ${isInt ? 'int step = 1;' : `float step = 1. / ${SIZE.width}.;`}
  ${isInt ? 'int r = row;' : `float r = (float(row) + .5) / ${SIZE.height}.;`}
  for (int pass = 0; pass < passes; pass++) {
    ${isInt ? 'int c = column;' : 'float c = (float(column) + .5) * step;'}
    for (int i = 0; i < loop; i += ${UNROLL}) {
      ${fetches.join('\n      ')}
      c += ${isInt ? UNROLL : `${UNROLL}. * step`};
    }
  }
  y0 = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
}`;
}
