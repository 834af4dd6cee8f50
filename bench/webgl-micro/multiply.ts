// Group 2: multiply-adds beside fetches. M vec4 multiply-adds follow each fetch; where their rate stops to grow with M is the
// knee. `none` has no fetch at all: the limit of arithmetic.
//
// An input texel v is all ones, weight i is (i + 1) / 16 in all components, so that the sum is known and exact.

import { bindTextures, createTexture, type Gl, setInts } from './gl.js';
import { PRODUCTS, type Weights } from './products.js';
import { type ScaledShader, scaledDraws } from './scaled.js';
import type { Row, Table } from './table.js';
import { timeDraws } from './timing.js';

const FORMS = {
  ...PRODUCTS,
  /** A weight holds four input channels of one output channel. */
  dot: (y: string, v: string, weights: Weights) => {
    return `${y} += vec4(${weights.map((w) => `dot(${w}, ${v})`).join(', ')});`;
  },
};

interface MadCase {
  readonly form: keyof typeof FORMS;
  readonly accumulators: number;
  readonly fetch: 'texture' | 'none';
  /** vec4 multiply-adds for each fetch. */
  readonly mads: number;
}

const MADS = [0, 1, 2, 4, 8, 16, 32, 64];
const CASES: readonly MadCase[] = [
  ...MADS.map((mads): MadCase => ({ form: 'mad', accumulators: 8, fetch: 'texture', mads })),
  { form: 'mad', accumulators: 4, fetch: 'texture', mads: 8 },
  { form: 'mad', accumulators: 4, fetch: 'texture', mads: 64 },
  ...(['sum', 'dot', 'mat4'] as const).flatMap((form) =>
    [4, 16, 64].map((mads): MadCase => ({ form, accumulators: 8, fetch: 'texture', mads })),
  ),
  ...([4, 8] as const).map((accumulators): MadCase => ({ form: 'mad', accumulators, fetch: 'none', mads: 64 })),
  ...(['sum', 'dot', 'mat4'] as const).map((form): MadCase => ({ form, accumulators: 8, fetch: 'none', mads: 64 })),
];

const UNROLL = 2; // fetches written out in the loop
const LOOP = 128; // fetches of a fragment
const WEIGHTS = 16; // 64 different products of a weight and a component, so that none can be computed once for two
const SIZE = { width: 64 + LOOP, height: 64 };

export async function multiply(gl: Gl): Promise<Table[]> {
  const x = createTexture(gl, { ...SIZE, data: new Float32Array(SIZE.width * SIZE.height * 4).fill(1) });
  const weights = new Float32Array(WEIGHTS * 4).map((_, i) => ((i >> 2) + 1) / 16);
  const shaders = CASES.map(
    (one): ScaledShader => ({
      source: source(one),
      targets: 1,
      expected: expected(one),
      set: (program) => {
        bindTextures(gl, program, { x });
        setInts(gl, program, { loop: LOOP });
        gl.uniform4fv(gl.getUniformLocation(program, 'weights'), weights);
      },
    }),
  );
  const { draws, fragments } = await scaledDraws(gl, shaders);
  const timings = await timeDraws(gl, draws);
  const rows = CASES.map((one, i) => rowOf(one, (fragments * LOOP) / timings[i].ms / 1e3));
  return [{ title: `multiply-adds beside fetches of a 2D texture, ${fragments} fragments of ${LOOP} fetches`, rows }];
}

function rowOf({ form, accumulators, fetch, mads }: MadCase, millions: number): Row {
  return {
    form,
    accumulators,
    fetch,
    'vec4 MADs per fetch': mads,
    'Mfetch/s': fetch === 'none' ? 0 : millions,
    'GMAC/s': (millions * mads * 4) / 1e3,
  };
}

/** Statements of one fetch; quads of multiply-adds take turns with the accumulators and the weights. */
function products({ form, accumulators, mads }: MadCase): string[] {
  if (mads === 0) return ['a0 += v;'];
  if (mads < 4) return Array.from({ length: mads }, (_, i) => `a${i} += w${i} * v.${'xyzw'[i]};`);
  return Array.from({ length: mads / 4 }, (_, i) => {
    // sixteen products of four weights, then of others: each group of four weights rotates through the accumulators
    const w = (j: number) => `w${(i * 4 + j) % WEIGHTS}`;
    const v = i < WEIGHTS / 4 ? 'v' : `v.${ROTATIONS[i >> 2]}`;
    return FORMS[form](`a${i % accumulators}`, v, [w(0), w(1), w(2), w(3)]);
  });
}
const ROTATIONS = ['xyzw', 'yzwx', 'zwxy', 'wxyz'];

/** The sum over accumulators of the first component: every weight is the same in all components, every input 1. */
function expected({ form, mads, fetch }: MadCase): number | undefined {
  if (fetch === 'none') return undefined;
  if (mads === 0) return LOOP;
  let sum = 0;
  for (let i = 0; i < mads; i++) {
    if (form === 'dot' && i % 4 > 0) continue; // goes to another component
    sum += (((i % WEIGHTS) + 1) / 16) * (form === 'dot' ? 4 : 1);
  }
  return sum * LOOP;
}

function source(one: MadCase): string {
  const { accumulators, fetch } = one;
  const steps = Array.from({ length: UNROLL }, (_, i) => {
    const next = fetch === 'none' ? `v = v.yzwx + ${i + 1}. * v0;` : `v = texture(x, vec2(c + ${i}. * step, r));`;
    return [next, ...products(one)].join('\n    ');
  });
  const names = Array.from({ length: accumulators }, (_, i) => `a${i}`);
  return `uniform sampler2D x;
uniform vec4 weights[${WEIGHTS}];
uniform int loop;
out vec4 y0;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy) & 63;
  float step = 1. / ${SIZE.width}.;
  float c = (float(at.x) + .5) * step, r = (float(at.y) + .5) / ${SIZE.height}.;
  vec4 v0 = vec4(c, r, r, c) * 1e-6, v = v0;
  vec4 ${names.map((name) => `${name} = vec4(0.)`).join(', ')};
  vec4 ${Array.from({ length: WEIGHTS }, (_, i) => `w${i} = weights[${i}]`).join(', ')};
  for (int i = 0; i < loop; i += ${UNROLL}) {
    ${steps.join('\n    ')}
    c += ${UNROLL}. * step;
  }
  y0 = ${names.join(' + ')};
}`;
}
