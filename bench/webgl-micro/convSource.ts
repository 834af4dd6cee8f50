// GLSL of one form of the convolution y[q] = sum over taps and channels of w * x, stride 1, padding "same".
//
// A fragment computes 4 output channels of all pixels of a tile, one render target each, from 4 input channels at a
// time. Addresses are cursors that move along the channels: ints for texelFetch, normalised floats for texture. A tap
// beyond the image reads the zero column, with a cursor that stays there.

import { type ConvForm, tileOf } from './convForms.js';
import { declareTargets, each, type Fetch, fetchTexel, PRODUCTS, zeros } from './glsl.js';

/** What is done with the sums, which are vec4 variables, before they are written. */
export interface Epilogue {
  /** Declarations before main. */
  readonly functions?: string;
  apply?(sums: readonly string[]): string;
}

export function convSource(form: ConvForm, { functions = '', apply = () => '' }: Epilogue = {}): string {
  const { pixels } = tileOf(form);
  const samplers = form.store === 'array' ? 'sampler2DArray x' : `sampler2D ${each(pixels, (p) => `x${p}`, ', ')}`;
  return `uniform ${samplers};
uniform sampler2D w; // X = input channel, Y = q * taps + tap; texel = 4 output channels
uniform int inC4, outC4, tiles;
${declareTargets(pixels)}

${cursorMacros(form.fetch)}
#define FETCH_W(column, row) ${fetchTexel(form.fetch, 'w', 'column', 'row')}
${functions}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
${form.order === 'inner' ? INNER_ADDRESS : OUTER_ADDRESS}
  ${loopUniforms(form)}
  ${zeros('a', pixels)}
${form.body === 'tap' ? tapBody(form) : windowBody(form)}
  ${apply(Array.from({ length: pixels }, (_, p) => `a${p}`))}
  ${each(pixels, (p) => `y${p} = a${p};`)}
}`;
}

/** Macros that make a cursor of a column or row, and steps of it. */
function cursorMacros(fetch: Fetch): string {
  const isInt = fetch === 'texelFetch';
  const macro = (name: string, scale: string) => `#define ${name}(i) ${isInt ? '(i)' : `((float(i) + .5) * ${scale})`}`;
  return `#define CURSOR ${isInt ? 'int' : 'float'}
uniform vec2 xScale, wScale; // one over the textures' sizes
${macro('X_COLUMN', 'xScale.x')}
${macro('X_ROW', 'xScale.y')}
${macro('W_COLUMN', 'wScale.x')}
${macro('W_ROW', 'wScale.y')}
#define X_STEP(i) ${isInt ? '(i)' : '(float(i) * xScale.x)'}
#define W_STEP ${isInt ? '4' : '(4. * wUnit)'}
#define W_NEXT(i) ${isInt ? '(i)' : '(float(i) * wUnit)'}`;
}

const INNER_ADDRESS = `  int xt = (at.x - 1) / outC4;
  int q = at.x - 1 - xt * outC4;
  int here = 1 + xt * inC4;
  int left = xt > 0 ? here - inC4 : 0;
  int right = xt < tiles - 1 ? here + inC4 : 0;
  int step = 1;
  int leftStep = min(left, 1);
  int rightStep = min(right, 1);`;

const OUTER_ADDRESS = `  int step = tiles + 1;
  int q = (at.x - 1) / step;
  int here = at.x - q * step;
  if (here > tiles) discard; // a zero column
  int left = here - 1;
  int right = here + 1;
  int leftStep = step;
  int rightStep = step;`;

/** What the channel loop needs of the uniforms. */
function loopUniforms({ uniforms, fetch }: ConvForm): string {
  if (uniforms === 'loop') return '#define END inC4\n#define wUnit wScale.x';
  return fetch === 'texelFetch' ? 'int END = inC4;' : 'int END = inC4;\n  float wUnit = wScale.x;';
}

/** An input texel; with planes the layer must be a literal: there is no array of samplers with an index of its own. */
function fetchX({ fetch, store }: ConvForm, layer: string, column: string, row: string): string {
  if (store === 'planes') return fetchTexel(fetch, `x${layer}`, column, row);
  return fetchTexel(fetch, 'x', column, row, fetch === 'texelFetch' ? layer : `float(${layer})`);
}

/** 4 weights of one tap, then the products with one input texel for each pixel. */
function multiply(form: ConvForm, weightRow: string, input: (pixel: number) => string): string {
  const tile = tileOf(form);
  const weights = each(4, (i) => `w${i} = FETCH_W(wc${i ? ` + W_NEXT(${i})` : ''}, ${weightRow});`, '\n    ');
  const product = (p: number) => `v = ${input(p)}; ${PRODUCTS[form.products](`a${p}`, 'v', ['w0', 'w1', 'w2', 'w3'])}`;
  return `\n    ${weights}\n    ${each(tile.pixels, product, '\n    ')}`;
}

function channelLoop({ unroll }: ConvForm, step: string): string {
  return `  for (int c = 0; c < END; c += ${unroll}) {
    vec4 w0, w1, w2, w3, v;
    ${each(unroll, () => `{${step}\n    }`)}
  }`;
}

// `window`: everything of a channel quad at once. `row`: a loop over ky, each step of which holds the input rows that
// one row of taps needs. Either way the texels stay in registers.
function windowBody(form: ConvForm): string {
  const { kernel } = form;
  const tile = tileOf(form);
  const isRow = form.body === 'row';
  const pad = (kernel - 1) / 2;
  const [padY, taps] = isRow ? [0, kernel] : [pad, kernel * kernel];
  const columns = tile.x + 2 * pad;
  const load = (i: number) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const [dy, dx] = [row - padY, column - pad];
    const x = modulo(dx, tile.x);
    const [layer, rowCursor] = isRow
      ? [`l${row} + ${x}`, `r${row}`]
      : [`${modulo(dy, tile.y) * tile.x + x}`, `r${Math.floor(dy / tile.y) + 1}`];
    return `vec4 v${row}_${column} = ${fetchX(form, layer, `c${Math.floor(dx / tile.x) + 1}`, rowCursor)};`;
  };
  const tap = (t: number) => {
    const [ky, kx] = [Math.floor(t / kernel), t % kernel];
    return multiply(form, `t${t}`, (p) => `v${Math.floor(p / tile.x) + ky}_${(p % tile.x) + kx}`);
  };
  const rowCursors = (py: number) => `int y${py}_ = ${py} + ky - ${pad};
  int l${py} = (y${py}_ & ${tile.y - 1}) * ${tile.x};
  CURSOR r${py} = X_ROW(at.y + (y${py}_ >> ${Math.log2(tile.y)}));`;
  const windowCursors = 'CURSOR r0 = X_ROW(at.y - 1), r1 = X_ROW(at.y), r2 = X_ROW(at.y + 1);';
  const firstTap = `q * ${kernel * kernel} + ${isRow ? `ky * ${kernel} + ` : ''}`;
  const loads = each((tile.y + 2 * padY) * columns, load, '\n    ');
  return `  ${isRow ? `for (int ky = 0; ky < ${kernel}; ky++)` : ''} {
  ${isRow ? each(tile.y, rowCursors, '\n  ') : windowCursors}
  CURSOR ${each(taps, (t) => `t${t} = W_ROW(${firstTap}${t})`, ', ')};
  CURSOR c0 = X_COLUMN(left), c1 = X_COLUMN(here), c2 = X_COLUMN(right);
  CURSOR s0 = X_STEP(leftStep), s1 = X_STEP(step), s2 = X_STEP(rightStep);
  CURSOR wc = W_COLUMN(0);
${channelLoop(form, `\n    ${loads}${each(taps, tap, '')}\n    c0 += s0; c1 += s1; c2 += s2; wc += W_STEP;`)}
  }`;
}

/** A loop over taps: any kernel size, but no input texel serves two taps. */
function tapBody(form: ConvForm): string {
  const { kernel } = form;
  const tile = tileOf(form);
  const pad = (kernel - 1) / 2;
  const cursors = (p: number) => `int x${p}_ = ${p % tile.x} + kx, y${p}_ = ${Math.floor(p / tile.x)} + ky;
  int o${p} = x${p}_ >> ${Math.log2(tile.x)};
  int l${p} = (y${p}_ & ${tile.y - 1}) * ${tile.x} + (x${p}_ & ${tile.x - 1});
  CURSOR c${p} = X_COLUMN(o${p} < 0 ? left : o${p} > 0 ? right : here);
  CURSOR s${p} = X_STEP(o${p} < 0 ? leftStep : o${p} > 0 ? rightStep : step);
  CURSOR r${p} = X_ROW(at.y + (y${p}_ >> ${Math.log2(tile.y)}));`;
  const step = `${multiply(form, 'wr', (p) => fetchX(form, `l${p}`, `c${p}`, `r${p}`))}
    ${each(tile.pixels, (p) => `c${p} += s${p};`)} wc += W_STEP;`;
  return `  int ky = ${-pad}, kx = ${-pad};
  for (int tap = 0; tap < ${kernel * kernel}; tap++) {
  ${each(tile.pixels, cursors, '\n  ')}
  CURSOR wc = W_COLUMN(0), wr = W_ROW(q * ${kernel * kernel} + tap);
${channelLoop(form, step)}
  if (++kx > ${pad}) { kx = ${-pad}; ky++; }
  }`;
}

const modulo = (a: number, b: number): number => ((a % b) + b) % b;
