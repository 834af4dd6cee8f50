// GLSL of one form of the convolution y[q] = sum over taps and channels of w * x, stride 1, padding "same".
//
// A fragment computes 4 output channels of all pixels of a block, one render target each, from 4 input channels at a time.
// Addresses are cursors that move along the channels: ints for texelFetch, normalised floats for texture.
// A tap beyond the image reads the zero column, with a cursor that stays there.

import type { ConvForm, Fetch } from './convForm.js';
import { declareTargets } from './gl.js';
import { PRODUCTS } from './products.js';

/** What is done with the sums, which are vec4 variables, before they are written. */
export interface Epilogue {
  /** Declarations before main. */
  readonly functions: string;
  apply(sums: readonly string[]): string;
}

export const NO_EPILOGUE: Epilogue = { functions: '', apply: () => '' };

export function convSource(form: ConvForm, epilogue = NO_EPILOGUE): string {
  const { block } = form;
  const pixels = block.x * block.y;
  const body = { window: windowBody, row: rowBody, tap: tapBody }[form.body](form);
  return `${samplers(form)}
uniform sampler2D w; // X = input channel, Y = q * taps + tap; texel = 4 output channels
uniform int inC4, outC4, blocks;
${declareTargets(pixels)}

${isInt(form) ? INT_CURSORS : FLOAT_CURSORS}
${weightMacro(form)}
${epilogue.functions}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
${form.order === 'inner' ? INNER_ADDRESS : OUTER_ADDRESS}
  ${loopUniforms(form)}
  ${list(pixels, (p) => `vec4 a${p} = vec4(0.);`)}
${body}
  ${epilogue.apply(Array.from({ length: pixels }, (_, p) => `a${p}`))}
  ${list(pixels, (p) => `y${p} = a${p};`)}
}`;
}

const INT_CURSORS = `#define CURSOR int
#define X_COLUMN(i) (i)
#define X_ROW(i) (i)
#define W_COLUMN(i) (i)
#define W_ROW(i) (i)
#define X_STEP(i) (i)
#define W_STEP 4
#define W_NEXT(i) (i)`;

const FLOAT_CURSORS = `#define CURSOR float
uniform vec2 xScale, wScale; // one over the textures' sizes
#define X_COLUMN(i) ((float(i) + .5) * xScale.x)
#define X_ROW(i) ((float(i) + .5) * xScale.y)
#define W_COLUMN(i) ((float(i) + .5) * wScale.x)
#define W_ROW(i) ((float(i) + .5) * wScale.y)
#define X_STEP(i) (float(i) * xScale.x)
#define W_STEP (4. * wUnit)
#define W_NEXT(i) (float(i) * wUnit)`;

/** What the channel loop needs of the uniforms. */
function loopUniforms(form: ConvForm): string {
  const [end, unit] = ['inC4', 'wScale.x'];
  if (form.uniforms === 'loop') return `#define END ${end}\n#define wUnit ${unit}`;
  return isInt(form) ? `int END = ${end};` : `int END = ${end};\n  float wUnit = ${unit};`;
}

const INNER_ADDRESS = `  int xb = (at.x - 1) / outC4;
  int q = at.x - 1 - xb * outC4;
  int here = 1 + xb * inC4;
  int left = xb > 0 ? here - inC4 : 0;
  int right = xb < blocks - 1 ? here + inC4 : 0;
  int step = 1;
  int leftStep = min(left, 1);
  int rightStep = min(right, 1);`;

const OUTER_ADDRESS = `  int step = blocks + 1;
  int q = (at.x - 1) / step;
  int here = at.x - q * step;
  if (here > blocks) discard; // a zero column
  int left = here - 1;
  int right = here + 1;
  int leftStep = step;
  int rightStep = step;`;

function isInt({ fetch }: ConvForm): boolean {
  return fetch === 'texelFetch';
}

function samplers({ store, block }: ConvForm): string {
  if (store === 'array') return 'uniform sampler2DArray x;';
  return `uniform sampler2D ${list(block.x * block.y, (p) => `x${p}`, ', ')};`;
}

function fetchFrom(fetch: Fetch, sampler: string, column: string, row: string, layer?: string): string {
  const end = { texelFetch: ', 0', texture: '', textureLod: ', 0.' }[fetch];
  const isInt = fetch === 'texelFetch';
  if (layer === undefined) return `${fetch}(${sampler}, ${isInt ? 'ivec2' : 'vec2'}(${column}, ${row})${end})`;
  return `${fetch}(${sampler}, ${isInt ? `ivec3(${column}, ${row}, ${layer})` : `vec3(${column}, ${row}, ${layer})`}${end})`;
}

/** An input texel; with planes the layer must be a literal: there is no array of samplers with an index of its own. */
function fetchX({ fetch, store }: ConvForm, layer: string, column: string, row: string): string {
  if (store === 'planes') return fetchFrom(fetch, `x${layer}`, column, row);
  return fetchFrom(fetch, 'x', column, row, fetch === 'texelFetch' ? layer : `float(${layer})`);
}

function weightMacro({ fetch }: ConvForm): string {
  return `#define FETCH_W(column, row) ${fetchFrom(fetch, 'w', 'column', 'row')}`;
}

/** 4 weights of one tap, then the products with one input texel for each pixel. */
function multiply({ block, products }: ConvForm, weightRow: string, input: (pixel: number) => string): string {
  return `
    w0 = FETCH_W(wc, ${weightRow});
    w1 = FETCH_W(wc + W_NEXT(1), ${weightRow});
    w2 = FETCH_W(wc + W_NEXT(2), ${weightRow});
    w3 = FETCH_W(wc + W_NEXT(3), ${weightRow});
    ${list(block.x * block.y, (p) => `v = ${input(p)}; ${PRODUCTS[products](`a${p}`, 'v', WEIGHTS)}`, '\n    ')}`;
}

const WEIGHTS = ['w0', 'w1', 'w2', 'w3'] as const;
const LOCALS = 'vec4 w0, w1, w2, w3, v;';

function channelLoop({ unroll }: ConvForm, step: string): string {
  const steps = list(unroll, () => `{${step}\n    }`);
  return `  for (int c = 0; c < END; c += ${unroll}) {
    ${LOCALS}
    ${steps}
  }`;
}

/** Cursors of the columns of blocks left of, at and right of the fragment's own. */
const COLUMN_CURSORS = `
  CURSOR c0 = X_COLUMN(left), c1 = X_COLUMN(here), c2 = X_COLUMN(right);
  CURSOR s0 = X_STEP(leftStep), s1 = X_STEP(step), s2 = X_STEP(rightStep);
  CURSOR wc = W_COLUMN(0);`;
const ADVANCE = `
    c0 += s0; c1 += s1; c2 += s2; wc += W_STEP;`;

/** Everything of a channel quad at once: the window stays in registers. */
function windowBody(form: ConvForm): string {
  const { kernel, block } = form;
  const pad = (kernel - 1) / 2;
  const name = (dy: number, dx: number) => `v${dy + pad}_${dx + pad}`;
  const window = grid(-pad, block.y + pad, -pad, block.x + pad);
  const loads = window.map(([dy, dx]) => {
    const layer = modulo(dy, block.y) * block.x + modulo(dx, block.x);
    const [row, column] = [Math.floor(dy / block.y) + 1, Math.floor(dx / block.x) + 1];
    return `vec4 ${name(dy, dx)} = ${fetchX(form, String(layer), `c${column}`, `r${row}`)};`;
  });
  const products = grid(0, kernel, 0, kernel).map(([ky, kx], tap) =>
    multiply(form, `t${tap}`, (p) => name(Math.floor(p / block.x) + ky - pad, (p % block.x) + kx - pad)),
  );
  return `${COLUMN_CURSORS}
  CURSOR r0 = X_ROW(at.y - 1), r1 = X_ROW(at.y), r2 = X_ROW(at.y + 1);
  CURSOR ${list(kernel * kernel, (tap) => `t${tap} = W_ROW(q * ${kernel * kernel} + ${tap})`, ', ')};
${channelLoop(form, `\n    ${loads.join('\n    ')}${products.join('')}${ADVANCE}`)}`;
}

/** A loop over ky; each step holds the input rows that one row of taps needs. */
function rowBody(form: ConvForm): string {
  const { kernel, block } = form;
  const pad = (kernel - 1) / 2;
  const name = (py: number, dx: number) => `v${py}_${dx + pad}`;
  const loads = grid(0, block.y, -pad, block.x + pad).map(([py, dx]) => {
    const layer = `l${py} + ${modulo(dx, block.x)}`;
    return `vec4 ${name(py, dx)} = ${fetchX(form, layer, `c${Math.floor(dx / block.x) + 1}`, `r${py}`)};`;
  });
  const products = grid(0, 1, 0, kernel).map(([, kx]) =>
    multiply(form, `t${kx}`, (p) => name(Math.floor(p / block.x), (p % block.x) + kx - pad)),
  );
  const rows = list(
    block.y,
    (py) => `int y${py}_ = ${py} + ky - ${pad};
  int l${py} = (y${py}_ & ${block.y - 1}) * ${block.x};
  CURSOR r${py} = X_ROW(at.y + (y${py}_ >> ${Math.log2(block.y)}));`,
    '\n  ',
  );
  return `  for (int ky = 0; ky < ${kernel}; ky++) {
  ${rows}
  CURSOR ${list(kernel, (kx) => `t${kx} = W_ROW(q * ${kernel * kernel} + ky * ${kernel} + ${kx})`, ', ')};
${COLUMN_CURSORS}
${channelLoop(form, `\n    ${loads.join('\n    ')}${products.join('')}${ADVANCE}`)}
  }`;
}

/** A loop over taps: any kernel size, but no input texel serves two taps. */
function tapBody(form: ConvForm): string {
  const { kernel, block } = form;
  const pad = (kernel - 1) / 2;
  const pixels = block.x * block.y;
  const places = list(
    pixels,
    (p) => `int x${p}_ = ${p % block.x} + kx, y${p}_ = ${Math.floor(p / block.x)} + ky;
  int o${p} = x${p}_ >> ${Math.log2(block.x)};
  int l${p} = (y${p}_ & ${block.y - 1}) * ${block.x} + (x${p}_ & ${block.x - 1});
  CURSOR c${p} = X_COLUMN(o${p} < 0 ? left : o${p} > 0 ? right : here);
  CURSOR s${p} = X_STEP(o${p} < 0 ? leftStep : o${p} > 0 ? rightStep : step);
  CURSOR r${p} = X_ROW(at.y + (y${p}_ >> ${Math.log2(block.y)}));`,
    '\n  ',
  );
  const step = `${multiply(form, 'wr', (p) => fetchX(form, `l${p}`, `c${p}`, `r${p}`))}
    ${list(pixels, (p) => `c${p} += s${p};`)} wc += W_STEP;`;
  return `  int ky = ${-pad}, kx = ${-pad};
  for (int tap = 0; tap < ${kernel * kernel}; tap++) {
  ${places}
  CURSOR wc = W_COLUMN(0), wr = W_ROW(q * ${kernel * kernel} + tap);
${channelLoop(form, step)}
  if (++kx > ${pad}) { kx = ${-pad}; ky++; }
  }`;
}

function grid(fromY: number, toY: number, fromX: number, toX: number): (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  for (let y = fromY; y < toY; y++) {
    for (let x = fromX; x < toX; x++) pairs.push([y, x]);
  }
  return pairs;
}

function list(count: number, item: (i: number) => string, separator = ' '): string {
  return Array.from({ length: count }, (_, i) => item(i)).join(separator);
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}
