// Where weights may come from. Every case multiplies 64 vec4 weights with a value that changes from pass to pass, so
// that only the reading differs: an index that is a literal, a loop's counter, or one for each fragment.

import { runShaders, type Table } from './experiment.js';
import { bindTextures, createTexture, type Gl, setInts } from './gl.js';
import { each, zeros } from './glsl.js';

const COUNT = 64;
const UNROLL = 8;
const PASSES = 8;
/** Sum over passes of (pass + 1) * sum of the weights; fragment indices are shifted, which leaves the sum. */
const EXPECTED = ((COUNT + 1) / 2) * ((PASSES * (PASSES + 1)) / 2);

/** The declaration, and how weight i is read. */
const SOURCES = {
  nothing: ['', () => 'v.wzyx'],
  uniforms: [`uniform vec4 ${each(COUNT, (i) => `w${i}`, ', ')};`, (i: string) => `w${i}`],
  'uniform array': [`uniform vec4 w[${COUNT}];`, (i: string) => `w[${i}]`],
  'uniform block': [`layout(std140) uniform Weights { vec4 w[${COUNT}]; };`, (i: string) => `w[${i}]`],
  texture: ['uniform sampler2D w;', (i: string) => `texture(w, vec2((float(${i}) + .5) * ${1 / COUNT}, .5))`],
  texelFetch: ['uniform sampler2D w;', (i: string) => `texelFetch(w, ivec2(${i}, 0), 0)`],
} as const;

const INDICES = {
  literal: (i: number) => `${i}`,
  loop: (i: number) => `i + ${i}`,
  fragment: (i: number) => `(i + ${i} + at) & ${COUNT - 1}`,
} as const;

type WeightCase = { readonly from: keyof typeof SOURCES; readonly index: keyof typeof INDICES };

const CASES: readonly WeightCase[] = [
  { from: 'nothing', index: 'literal' },
  { from: 'uniforms', index: 'literal' },
  ...(['uniform array', 'uniform block', 'texture', 'texelFetch'] as const).flatMap((from) =>
    (['literal', 'loop', 'fragment'] as const).map((index) => ({ from, index })),
  ),
];

export function weights(gl: Gl): Promise<Table> {
  const values = new Float32Array(COUNT * 4).map((_, i) => ((i >> 2) + 1) / COUNT);
  const w = createTexture(gl, { width: COUNT, height: 1, data: values });
  gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, gl.createBuffer());
  gl.bufferData(gl.UNIFORM_BUFFER, values, gl.STATIC_DRAW);
  return runShaders(gl, {
    cases: CASES,
    title: (fragments) => `vec4 weights, each with a multiply-add; ${fragments} fragments of ${COUNT * PASSES}`,
    source: sourceOf,
    set(program, { from }) {
      const locationOf = (name: string) => gl.getUniformLocation(program, name);
      setInts(gl, program, { passes: PASSES, loop: COUNT });
      if (from === 'uniform array') gl.uniform4fv(locationOf('w'), values);
      if (from === 'texture' || from === 'texelFetch') bindTextures(gl, program, { w });
      for (let i = 0; i < COUNT && from === 'uniforms'; i++) gl.uniform4fv(locationOf(`w${i}`), values, i * 4, 4);
    },
    expected: ({ from }) => (from === 'nothing' ? undefined : EXPECTED),
    row(one, { ms }, fragments, nothing) {
      const ns = (time: number) => (time * 1e6) / (fragments * COUNT * PASSES);
      const alone = { 'without the multiply-add': ns(ms - nothing.ms) };
      return { ...one, 'Mread/s': 1e3 / ns(ms), 'ns per read': ns(ms), ...alone };
    },
  });
}

function sourceOf({ from, index }: WeightCase): string {
  const [declaration, read] = SOURCES[from];
  const count = index === 'literal' ? COUNT : UNROLL;
  const product = (i: number) => `a${i % UNROLL} += ${read(INDICES[index](i))} * v.${'xyzw'[i & 3]};`;
  return `${declaration}
uniform int passes, loop;
out vec4 y0;
void main() {
  int at = (int(gl_FragCoord.x) + int(gl_FragCoord.y)) & ${COUNT - 1};
  vec4 v = vec4(1.);
  ${zeros('a', UNROLL)}
  for (int pass = 0; pass < passes; pass++) {
    for (int i = 0; i < loop; i += ${count}) {
      ${each(count, product, '\n      ')}
    }
    v += 1.;
  }
  y0 = ${each(UNROLL, (i) => `a${i}`, ' + ')};
}`;
}
