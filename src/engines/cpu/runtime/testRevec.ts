// Tests V8's revectorization, an experiment of the engine: its results must equal those of ordinary code.

import { encodeModule, type Features, Fn, i32, load, loadSplat, splat } from '../../../../kernels/wasm/emit/index.js';
import { compile } from './compile.js';

/** Floats in a row of x, and rows of w. */
const length = 13;
const [rows, columns] = [6, 16];
const addresses = { x: 0, w: 4 * rows * length, y: 4 * (rows + columns) * length };

/** Whether a small matrix product gives the same bits, with signed zeros, infinities and NaN among its values. */
export function testRevec(fma: boolean): boolean {
  try {
    const [expected, actual] = [false, true].map((revectorize) => product(fma, revectorize));
    return expected.every((bits, i) => bits === actual[i]);
  } catch {
    return false;
  }
}

function product(fma: boolean, revectorize: boolean): Int32Array {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const floats = new Float32Array(memory.buffer, 0, addresses.y / 4);
  for (let i = 0; i < floats.length; i++) floats[i] = ((i * 37) % 101) / 7 - 6.5;
  floats.set([-0, Number.POSITIVE_INFINITY, Number.NaN], length - 3);
  const fn = tile({ fma, shared: false, revec: revectorize });
  const module = compile(encodeModule([fn], fn.features, 0), { revectorize });
  (new WebAssembly.Instance(module, { env: { memory } }).exports[fn.name] as () => void)();
  return new Int32Array(memory.buffer, addresses.y, rows * columns);
}

/** The shape of the kernels' inner loops: a tile of sums, clamped, stored from the highest column down. */
function tile(features: Features): Fn {
  const fn = new Fn('product', 0, features);
  const sums = Array.from({ length: rows }, (_, i) => fn.vectors(`sum${i}_`, columns / 4, () => splat(-0)));
  const x = fn.i32('x', addresses.x);
  const w = fn.i32('w', addresses.w);
  fn.times(length, () => {
    const weights = fn.vectors('w', columns / 4, (j) => load(w, 16 * j));
    for (const [i, row] of sums.entries()) {
      const value = fn.v128('value', loadSplat(x, 4 * length * i));
      for (const [j, sum] of row.entries()) fn.set(sum, fn.madd(value, weights[j], sum));
    }
    fn.advance(x, 4);
    fn.advance(w, 4 * columns);
  });
  for (const [i, row] of sums.entries()) {
    for (let j = row.length - 1; j >= 0; j--) {
      fn.store(i32(addresses.y), row[j].pmax(splat(-50)).pmin(splat(50)), 4 * columns * i + 16 * j);
    }
  }
  return fn;
}
