// Multiply-adds beside fetches. M vec4 multiply-adds follow each fetch; where their rate stops to grow with M is the
// knee. `none` has no fetch at all: the limit of arithmetic. An input texel v is all ones, weight i is (i + 1) / 16 in
// all components, so that the sum is known and exact.

import { runShaders, type Table } from './experiment.js';
import { bindTextures, createTexture, type Gl, setInts } from './gl.js';
import { each, PRODUCTS, type Weights, zeros } from './glsl.js';

const FORMS = {
  ...PRODUCTS,
  /** A weight holds four input channels of one output channel. */
  dot: (y: string, v: string, weights: Weights) => `${y} += vec4(${weights.map((w) => `dot(${w}, ${v})`).join(', ')});`,
};

type MadCase = typeof MAD;
/** `mads`: vec4 multiply-adds for each fetch. */
const MAD = { form: 'mad' as keyof typeof FORMS, accumulators: 8, fetch: 'texture' as 'texture' | 'none', mads: 64 };
const OTHER_FORMS = ['sum', 'dot', 'mat4'] as const;
const CASES: readonly MadCase[] = [
  ...[0, 1, 2, 4, 8, 16, 32, 64].map((mads) => ({ ...MAD, mads })),
  ...[8, 64].map((mads) => ({ ...MAD, accumulators: 4, mads })),
  ...OTHER_FORMS.flatMap((form) => [4, 16, 64].map((mads) => ({ ...MAD, form, mads }))),
  ...[4, 8].map((accumulators): MadCase => ({ ...MAD, accumulators, fetch: 'none' })),
  ...OTHER_FORMS.map((form): MadCase => ({ ...MAD, form, fetch: 'none' })),
];

const UNROLL = 2; // fetches written out in the loop
const LOOP = 128; // fetches of a fragment
const WEIGHTS = 16; // 64 different products of a weight and a component, so that none can be computed once for two
const SIZE = { width: 64 + LOOP, height: 64 };

export function multiply(gl: Gl): Promise<Table> {
  const x = createTexture(gl, { ...SIZE, data: 1 });
  const weights = new Float32Array(WEIGHTS * 4).map((_, i) => ((i >> 2) + 1) / 16);
  return runShaders(gl, {
    cases: CASES,
    title: (fragments) => `multiply-adds beside fetches of a 2D texture, ${fragments} fragments of ${LOOP} fetches`,
    source: sourceOf,
    set(program) {
      bindTextures(gl, program, { x });
      setInts(gl, program, { loop: LOOP });
      gl.uniform4fv(gl.getUniformLocation(program, 'weights'), weights);
    },
    expected: expectedOf,
    row({ mads, ...one }, { ms }, fragments) {
      const millions = (fragments * LOOP) / ms / 1e3;
      const fetches = one.fetch === 'none' ? 0 : millions;
      return { ...one, 'vec4 MADs per fetch': mads, 'Mfetch/s': fetches, 'GMAC/s': (millions * mads * 4) / 1e3 };
    },
  });
}

/** Statements of one fetch; quads of multiply-adds take turns with the accumulators and the weights. */
function products({ form, accumulators, mads }: MadCase): string {
  if (mads === 0) return 'a0 += v;';
  if (mads < 4) return each(mads, (i) => `a${i} += w${i} * v.${'xyzw'[i]};`, '\n    ');
  const quad = (i: number) => {
    // sixteen products of four weights, then of others: each group of four weights rotates through the accumulators
    const w = (j: number) => `w${(i * 4 + j) % WEIGHTS}`;
    const v = i < WEIGHTS / 4 ? 'v' : `v.${['xyzw', 'yzwx', 'zwxy', 'wxyz'][i >> 2]}`;
    return FORMS[form](`a${i % accumulators}`, v, [w(0), w(1), w(2), w(3)]);
  };
  return each(mads / 4, quad, '\n    ');
}

/** The sum over accumulators of the first component: every weight is the same in all components, every input 1. */
function expectedOf({ form, mads, fetch }: MadCase): number | undefined {
  if (fetch === 'none') return undefined;
  if (mads === 0) return LOOP;
  let sum = 0;
  for (let i = 0; i < mads; i += form === 'dot' ? 4 : 1) sum += ((i % WEIGHTS) + 1) / 16; // dot: one of four
  return sum * LOOP * (form === 'dot' ? 4 : 1);
}

function sourceOf(one: MadCase): string {
  const fetch = (i: number) =>
    one.fetch === 'none' ? `v = v.yzwx + ${i + 1}. * v0;` : `v = texture(x, vec2(c + ${i}. * step, r));`;
  return `uniform sampler2D x;
uniform vec4 weights[${WEIGHTS}];
uniform int loop;
out vec4 y0;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy) & 63;
  float step = 1. / ${SIZE.width}.;
  float c = (float(at.x) + .5) * step, r = (float(at.y) + .5) / ${SIZE.height}.;
  vec4 v0 = vec4(c, r, r, c) * 1e-6, v = v0;
  ${zeros('a', one.accumulators)}
  vec4 ${each(WEIGHTS, (i) => `w${i} = weights[${i}]`, ', ')};
  for (int i = 0; i < loop; i += ${UNROLL}) {
    ${each(UNROLL, (i) => `${fetch(i)}\n    ${products(one)}`, '\n    ')}
    c += ${UNROLL}. * step;
  }
  y0 = ${each(one.accumulators, (i) => `a${i}`, ' + ')};
}`;
}
