// What a program costs before its first result is there: compiling and linking, and the first draw, in which drivers
// finish the work. Epilogues are what may follow the sums of a convolution.

import { activateSource } from '../../kernels/glsl/activations.js';
import { nanSource } from '../../kernels/glsl/nan.js';
import { median } from '../measure/turns.js';
import { type ConvForm, convForms, tileOf } from './convForms.js';
import { convSource, type Epilogue } from './convSource.js';
import { now, type Table, timeDraws } from './experiment.js';
import { bindTextures, createProgram, createTarget, createTexture, finish, type Gl, setInts } from './gl.js';
import { each } from './glsl.js';

/** `call` writes its result over a sum. */
const onEach = (call: (sum: string) => string) => (sums: readonly string[]) => sums.map(call).join(' ');

const EPILOGUES = {
  none: {},
  // enough for linear, relu, relu6 and leakyrelu
  clamp: {
    functions: 'uniform vec4 bounds;',
    apply: onEach((sum) => `${sum} = min(max(${sum}, bounds.x * ${sum}), bounds.y);`),
  },
  'silu alone': { apply: onEach((sum) => `${sum} /= 1. + exp(-${sum});`) }, // one other activation, as text
  // all eighteen activations for every component by a call for each: as many copies where a compiler inlines
  'switch, inline': {
    functions: `uniform int code;
${nanSource}${activateSource}
vec4 activateAll(vec4 x) { return vec4(${each(4, (i) => `activate(code, x.${'xyzw'[i]}, .1)`, ', ')}); }`,
    apply: onEach((sum) => `${sum} = activateAll(${sum});`),
  },
  // one call in a loop over an array
  'switch, loop': {
    functions: `uniform int code;\n${nanSource}${activateSource}`,
    apply: (sums: readonly string[]) => `vec4 sums[${sums.length}];
  ${sums.map((sum, i) => `sums[${i}] = ${sum};`).join(' ')}
  for (int i = 0; i < ${sums.length}; i++) {
    for (int j = 0; j < 4; j++) sums[i][j] = activate(code, sums[i][j], .1);
  }
  ${sums.map((sum, i) => `${sum} = sums[${i}];`).join(' ')}`,
  },
} satisfies Record<string, Epilogue>;

type LinkCase = ConvForm & { readonly epilogue: keyof typeof EPILOGUES };

const casesOf = (forms: readonly ConvForm[], epilogue: LinkCase['epilogue']) =>
  forms.map((form) => ({ ...form, epilogue }));
const CASES: readonly LinkCase[] = [
  ...casesOf(convForms(1, 'window'), 'none'),
  ...casesOf(convForms(3, 'window, mad, texelFetch, 2, 2x2, row, tap'), 'none'),
  ...(['clamp', 'silu alone', 'switch, inline', 'switch, loop'] as const).flatMap((epilogue) =>
    casesOf(convForms(3, 'window, tap'), epilogue),
  ),
];

const COPIES = 3; // of each program: a driver may keep what it has compiled, so each text is another
const SIDE = 64;

export async function link(gl: Gl): Promise<Table> {
  await build(gl, CASES[0], 0); // the compiler itself has to be loaded
  const built: Awaited<ReturnType<typeof build>>[][] = CASES.map(() => []);
  for (const [i, one] of CASES.entries()) {
    for (let copy = 1; copy <= COPIES; copy++) built[i].push(await build(gl, one, copy));
  }
  const firstCopies = built.map(([first]) => first);
  const timings = await timeDraws(gl, firstCopies);
  const rows = CASES.map((one, i) => {
    const { kernel, body, fetch, products, unroll, epilogue } = one;
    const form = { kernel, body, targets: tileOf(one).pixels, fetch, products, unroll, epilogue };
    return {
      ...form,
      characters: sourceOf(one, 0).length,
      'link ms': median(built[i].map(({ linkMs }) => linkMs)),
      'first draw ms': median(built[i].map(({ firstDrawMs }) => firstDrawMs)),
      'later draws ms': timings[i].ms,
    };
  });
  const title = `programs of convolutions: cost until the first result (later draws: ${SIDE}x${SIDE} fragments)`;
  return { title, rows };
}

function sourceOf(one: LinkCase, copy: number): string {
  return `// ${copy} ${performance.timeOrigin}\n${convSource(one, EPILOGUES[one.epilogue])}`;
}

/** Inputs are empty: one channel quad, one tile. */
async function build(gl: Gl, one: LinkCase, copy: number) {
  const { pixels: layers } = tileOf(one);
  const target = createTarget(gl, [createTexture(gl, { width: SIDE, height: SIDE, layers })]);
  const x = createTexture(gl, { width: 4, height: 4, layers: 8 });
  const w = createTexture(gl, { width: 4, height: 9 });
  const source = sourceOf(one, copy);
  gl.viewport(0, 0, 1, 1);
  gl.clearBufferfv(gl.COLOR, 0, [0, 0, 0, 0]);
  finish(gl);
  const start = await now();
  const program = createProgram(gl, source);
  const linked = await now();
  const draw = (side: number) => {
    gl.useProgram(program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, side, side);
    bindTextures(gl, program, { x, w });
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  gl.useProgram(program);
  setInts(gl, program, { inC4: 1, outC4: 1, tiles: 1, code: 0 });
  draw(1);
  finish(gl);
  return { linkMs: linked - start, firstDrawMs: (await now()) - linked, draw: () => draw(SIDE) };
}
