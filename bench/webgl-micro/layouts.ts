// Group 6: whole convolutions in many forms. The first row of a problem is the form that the others differ from.

import { randomValues } from '../random.js';
import { convolve, setUpConv } from './conv.js';
import { BASE_FORM, BLOCK_4, type ConvForm, type Sizes } from './convForm.js';
import type { Gl } from './gl.js';
import type { Table } from './table.js';
import { timeDraws } from './timing.js';

const FORM_1: ConvForm = { ...BASE_FORM, kernel: 1 };
const FORM_3: ConvForm = { ...BASE_FORM, kernel: 3 };

const CHANGES_1: readonly Partial<ConvForm>[] = [
  {},
  { products: 'mad' },
  { products: 'sum' },
  { uniforms: 'loop' },
  { fetch: 'textureLod' },
  { fetch: 'texelFetch' },
  { unroll: 2 },
  { body: 'tap' },
  { body: 'tap', unroll: 2 },
  { order: 'outer' },
  { store: 'planes' },
  { store: 'planes', order: 'outer' },
  { store: 'planes', unroll: 2 },
  { store: 'planes', fetch: 'texelFetch' },
  { fetch: 'texelFetch', unroll: 2 },
  { block: BLOCK_4 },
  { block: BLOCK_4, fetch: 'texelFetch' },
  { block: BLOCK_4, store: 'planes' },
];

const CHANGES_3: readonly Partial<ConvForm>[] = [
  {},
  { products: 'mad' },
  { products: 'sum' },
  { uniforms: 'loop' },
  { fetch: 'texelFetch' },
  { unroll: 2 },
  { order: 'outer' },
  { store: 'planes' },
  { body: 'row' },
  { body: 'row', fetch: 'texelFetch' },
  { body: 'tap' },
  { body: 'tap', fetch: 'texelFetch' },
  { block: BLOCK_4 },
  { block: BLOCK_4, fetch: 'texelFetch' },
  { block: BLOCK_4, store: 'planes' },
  { block: BLOCK_4, body: 'row' },
  { block: BLOCK_4, body: 'tap' },
];

export async function layouts(gl: Gl): Promise<Table[]> {
  return [
    await compare(gl, FORM_1, CHANGES_1, { size: 56, inC: 64, outC: 256 }),
    await compare(gl, FORM_1, CHANGES_1, { size: 14, inC: 256, outC: 256 }),
    await compare(gl, FORM_3, CHANGES_3, { size: 56, inC: 64, outC: 64 }),
  ];
}

async function compare(gl: Gl, base: ConvForm, changes: readonly Partial<ConvForm>[], sizes: Sizes): Promise<Table> {
  const { size, inC, outC } = sizes;
  const { kernel } = base;
  const random = randomValues(1);
  const x = random([size, size, inC]);
  const w = random([kernel, kernel, inC, outC]);
  const data = { x, w, y: convolve(sizes, kernel, x, w) };
  const draws = changes.map((change) => setUpConv(gl, { ...base, ...change }, sizes, data));
  const timings = await timeDraws(gl, draws);
  const flop = 2 * kernel * kernel * size * size * inC * outC;
  const rows = changes.map((change, i) => ({
    ...describe({ ...base, ...change }),
    ms: timings[i].ms,
    'GFLOP/s': flop / timings[i].ms / 1e6,
    'vs first': timings[i].speed,
  }));
  return { title: `convolution ${kernel}x${kernel}, ${size}x${size}x${inC}->${outC}`, rows };
}

function describe({
  body,
  block,
  order,
  fetch,
  store,
  products,
  uniforms,
  unroll,
}: ConvForm): Record<string, string | number> {
  return { body, block: `${block.x}x${block.y}`, order, fetch, store, products, uniforms, unroll };
}
