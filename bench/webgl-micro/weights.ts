// Group 4: where weights may come from. Every case multiplies 64 vec4 weights with a value that changes from pass to pass, so
// that only the reading differs: an index that is a literal, a loop's counter, or one for each fragment.

import { bindTextures, createTexture, type Gl, setInts } from './gl.js';
import { type ScaledShader, scaledDraws } from './scaled.js';
import type { Table } from './table.js';
import { timeDraws } from './timing.js';

interface WeightCase {
  readonly from: 'uniform array' | 'uniforms' | 'uniform block' | 'texture' | 'texelFetch' | 'nothing';
  readonly index: 'literal' | 'loop' | 'fragment';
}

const CASES: readonly WeightCase[] = [
  { from: 'nothing', index: 'literal' },
  { from: 'uniforms', index: 'literal' },
  ...(['uniform array', 'uniform block', 'texture', 'texelFetch'] as const).flatMap((from) =>
    (['literal', 'loop', 'fragment'] as const).map((index): WeightCase => ({ from, index })),
  ),
];

const COUNT = 64;
const UNROLL = 8;
const PASSES = 8;

export async function weights(gl: Gl): Promise<Table[]> {
  const values = new Float32Array(COUNT * 4).map((_, i) => ((i >> 2) + 1) / COUNT);
  const w = createTexture(gl, { width: COUNT, height: 1, data: values });
  const buffer = gl.createBuffer();
  gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, buffer);
  gl.bufferData(gl.UNIFORM_BUFFER, values, gl.STATIC_DRAW);
  const shaders = CASES.map(
    (one): ScaledShader => ({
      source: source(one),
      targets: 1,
      expected: expected(one),
      set: (program) => {
        setInts(gl, program, { passes: PASSES, loop: COUNT });
        if (one.from === 'uniforms') setEach(gl, program, values);
        if (one.from === 'uniform array') gl.uniform4fv(gl.getUniformLocation(program, 'w'), values);
        if (one.from === 'texture' || one.from === 'texelFetch') bindTextures(gl, program, { w });
      },
    }),
  );
  const { draws, fragments } = await scaledDraws(gl, shaders);
  const timings = await timeDraws(gl, draws);
  const reads = fragments * COUNT * PASSES;
  const rows = CASES.map((one, i) => ({
    ...one,
    'Mread/s': reads / timings[i].ms / 1e3,
    'ns per read': (timings[i].ms * 1e6) / reads,
    'without the multiply-add': ((timings[i].ms - timings[0].ms) * 1e6) / reads,
  }));
  return [{ title: `vec4 weights, each with a multiply-add; ${fragments} fragments of ${COUNT * PASSES}`, rows }];
}

/** One uniform for each weight. */
function setEach(gl: Gl, program: WebGLProgram, values: Float32Array): void {
  for (let i = 0; i < COUNT; i++) gl.uniform4fv(gl.getUniformLocation(program, `w${i}`), values, i * 4, 4);
}

/** Sum over passes of (pass + 1) * sum of the weights; fragment indices are shifted, which leaves the sum. */
function expected({ from }: WeightCase): number | undefined {
  if (from === 'nothing') return undefined;
  return ((COUNT + 1) / 2) * ((PASSES * (PASSES + 1)) / 2);
}

function source({ from, index }: WeightCase): string {
  const declaration = {
    'uniform array': `uniform vec4 w[${COUNT}];`,
    uniforms: `uniform vec4 ${Array.from({ length: COUNT }, (_, i) => `w${i}`).join(', ')};`,
    'uniform block': `layout(std140) uniform Weights { vec4 w[${COUNT}]; };`,
    texture: 'uniform sampler2D w;',
    texelFetch: 'uniform sampler2D w;',
    nothing: '',
  }[from];
  const read = (i: string) =>
    ({
      'uniform array': `w[${i}]`,
      uniforms: `w${i}`,
      'uniform block': `w[${i}]`,
      texture: `texture(w, vec2((float(${i}) + .5) * ${1 / COUNT}, .5))`,
      texelFetch: `texelFetch(w, ivec2(${i}, 0), 0)`,
      nothing: 'v.wzyx',
    })[from];
  const indexAt = (i: number) =>
    ({ literal: `${i}`, loop: `i + ${i}`, fragment: `(i + ${i} + at) & ${COUNT - 1}` })[index];
  const count = index === 'literal' ? COUNT : UNROLL;
  const products = Array.from(
    { length: count },
    (_, i) => `a${i % UNROLL} += ${read(indexAt(i))} * v.${'xyzw'[i & 3]};`,
  );
  const names = Array.from({ length: UNROLL }, (_, i) => `a${i}`);
  return `${declaration}
uniform int passes, loop;
out vec4 y0;
void main() {
  int at = (int(gl_FragCoord.x) + int(gl_FragCoord.y)) & ${COUNT - 1};
  vec4 v = vec4(1.);
  vec4 ${names.map((name) => `${name} = vec4(0.)`).join(', ')};
  for (int pass = 0; pass < passes; pass++) {
    for (int i = 0; i < loop; i += ${count}) {
      ${products.join('\n      ')}
    }
    v += 1.;
  }
  y0 = ${names.join(' + ')};
}`;
}
