// Group 5: what a program costs before its first result is there: compiling and linking, and the first draw, in which
// drivers finish the work. Bodies are those of group 6; epilogues are what may follow them.

import { activateSource } from '../../kernels/glsl/activations.js';
import { median } from '../measure.js';
import { now } from './clock.js';
import { BASE_FORM, BLOCK_4, type ConvForm } from './convForm.js';
import { convSource, type Epilogue, NO_EPILOGUE } from './convShader.js';
import { createProgram, createTarget, createTexture, finish, type Gl, setInts } from './gl.js';
import type { Row, Table } from './table.js';
import { type Draw, timeDraws } from './timing.js';

/** All eighteen activations for every component by a call for each: as many copies where a compiler inlines. */
const SWITCH_INLINE: Epilogue = {
  functions: `uniform int code;
${activateSource}
vec4 activateAll(vec4 x) {
  return vec4(activate(code, x.x, .1), activate(code, x.y, .1), activate(code, x.z, .1), activate(code, x.w, .1));
}`,
  apply: (sums) => sums.map((sum) => `${sum} = activateAll(${sum});`).join(' '),
};

/** One call in a loop over an array. */
const SWITCH_LOOP: Epilogue = {
  functions: `uniform int code;\n${activateSource}`,
  apply: (sums) => `vec4 sums[${sums.length}];
  ${sums.map((sum, i) => `sums[${i}] = ${sum};`).join(' ')}
  for (int i = 0; i < ${sums.length}; i++) {
    for (int j = 0; j < 4; j++) sums[i][j] = activate(code, sums[i][j], .1);
  }
  ${sums.map((sum, i) => `${sum} = sums[${i}];`).join(' ')}`,
};

/** Enough for linear, relu, relu6 and leakyrelu. */
const CLAMP: Epilogue = {
  functions: 'uniform vec4 bounds;',
  apply: (sums) => sums.map((sum) => `${sum} = min(max(${sum}, bounds.x * ${sum}), bounds.y);`).join(' '),
};

/** One other activation, as text. */
const SILU: Epilogue = {
  functions: '',
  apply: (sums) => sums.map((sum) => `${sum} /= 1. + exp(-${sum});`).join(' '),
};

const EPILOGUES = {
  none: NO_EPILOGUE,
  clamp: CLAMP,
  'silu alone': SILU,
  'switch, inline': SWITCH_INLINE,
  'switch, loop': SWITCH_LOOP,
};

interface LinkCase {
  readonly form: ConvForm;
  readonly epilogue: keyof typeof EPILOGUES;
}

const FORM_3: ConvForm = { ...BASE_FORM, kernel: 3 };
const FORMS: readonly ConvForm[] = [
  { ...BASE_FORM, kernel: 1 },
  FORM_3,
  { ...FORM_3, products: 'mad' },
  { ...FORM_3, fetch: 'texelFetch' },
  { ...FORM_3, unroll: 2 },
  { ...FORM_3, block: BLOCK_4 },
  { ...FORM_3, body: 'row' },
  { ...FORM_3, body: 'tap' },
];
const CASES: readonly LinkCase[] = [
  ...FORMS.map((form): LinkCase => ({ form, epilogue: 'none' })),
  ...(['clamp', 'silu alone', 'switch, inline', 'switch, loop'] as const).flatMap((epilogue): LinkCase[] => [
    { form: FORM_3, epilogue },
    { form: { ...FORM_3, body: 'tap' }, epilogue },
  ]),
];

const COPIES = 3; // of each program: a driver may keep what it has compiled, so each text is another
const SIDE = 64;

interface Built {
  readonly linkMs: number;
  readonly firstDrawMs: number;
  readonly draw: Draw;
}

export async function link(gl: Gl): Promise<Table[]> {
  await build(gl, CASES[0], 0); // the compiler itself has to be loaded
  const built: Built[][] = [];
  for (const one of CASES) built.push(await buildCopies(gl, one));
  const draws = built.map(([{ draw }]) => draw);
  const timings = await timeDraws(gl, draws);
  const rows = CASES.map(
    (one, i): Row => ({
      ...describe(one),
      characters: sourceOf(one, 0).length,
      'link ms': median(built[i].map(({ linkMs }) => linkMs)),
      'first draw ms': median(built[i].map(({ firstDrawMs }) => firstDrawMs)),
      'later draws ms': timings[i].ms,
    }),
  );
  return [
    { title: `programs of convolutions: cost until the first result (later draws: ${SIDE}x${SIDE} fragments)`, rows },
  ];
}

function describe({ form, epilogue }: LinkCase): Row {
  const { kernel, body, block, fetch, products, unroll } = form;
  return { kernel, body, targets: block.x * block.y, fetch, products, unroll, epilogue };
}

function sourceOf({ form, epilogue }: LinkCase, copy: number): string {
  return `// ${copy} ${performance.timeOrigin}\n${convSource(form, EPILOGUES[epilogue])}`;
}

async function buildCopies(gl: Gl, one: LinkCase): Promise<Built[]> {
  const copies: Built[] = [];
  while (copies.length < COPIES) copies.push(await build(gl, one, copies.length + 1));
  return copies;
}

/** Inputs are empty: one channel quad, one block. */
async function build(gl: Gl, one: LinkCase, copy: number): Promise<Built> {
  const { block } = one.form;
  const target = createTarget(gl, [createTexture(gl, { width: SIDE, height: SIDE, layers: block.x * block.y })]);
  const [x, w] = [createTexture(gl, { width: 4, height: 4, layers: 8 }), createTexture(gl, { width: 4, height: 9 })];
  const source = sourceOf(one, copy);
  gl.viewport(0, 0, 1, 1);
  gl.clearBufferfv(gl.COLOR, 0, [0, 0, 0, 0]);
  finish(gl);
  const start = await now();
  const program = createProgram(gl, source);
  const linked = await now();
  gl.useProgram(program);
  setInts(gl, program, { x: 0, w: 1, inC4: 1, outC4: 1, blocks: 1, code: 0 });
  const draw = (side: number) => {
    gl.useProgram(program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, side, side);
    for (const [unit, { bindPoint, handle }] of [x, w].entries()) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(bindPoint, handle);
    }
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  draw(1);
  finish(gl);
  return { linkMs: linked - start, firstDrawMs: (await now()) - linked, draw: () => draw(SIDE) };
}
