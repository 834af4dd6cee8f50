// Tells optimized from baseline code by the time of a module's first call, against that of later calls.

import { encodeModule, type Features, Fn, I32, i32, load, loadSplat } from '../../../kernels/wasm/emit/index.js';
import { compile } from '../../../src/engines/cpu/runtime/compile.js';

const plain: Features = { fma: false, shared: false };
const rounds = 400;
/** Floats in a row of x, and rows of w. */
const length = 256;
let made = 0;

/** The inner loop of a 4x8 matrix product. No two modules are equal, since the engine would reuse the code. */
export function product(features: Features = plain): Uint8Array<ArrayBuffer> {
  const fn = new Fn('product', 1, features);
  const sums = fn.vectors('sum', 8);
  fn.times(new I32('local.get', [], [0]), () => {
    const rows = fn.integers('row', 4, (i) => i32(4 * length * i));
    const w = fn.i32('w', 16 * length + 32 * (++made % 1000));
    fn.times(length, () => {
      const [left, right] = [fn.v128('left', load(w)), fn.v128('right', load(w, 16))];
      for (const [i, row] of rows.entries()) {
        const x = fn.v128('x', loadSplat(row));
        fn.set(sums[2 * i], fn.madd(x, left, sums[2 * i]));
        fn.set(sums[2 * i + 1], fn.madd(x, right, sums[2 * i + 1]));
        fn.advance(row, 4);
      }
      fn.advance(w, 32);
    });
  });
  for (const [i, sum] of sums.entries()) fn.store(i32(0), sum, 16 * i);
  return encodeModule([fn], features, 1);
}

type Compile = (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module;

/** Measures first call / optimized call, the least of several modules: about 1, or 4 in baseline code. */
export function measureFirstCall(compileIt: Compile): number {
  const firsts = instances(compileIt).map((call) => timed(() => call(rounds)));
  return Math.min(...firsts) / measureOptimized();
}

/** Measures the shortest of many calls, during which every engine optimizes. */
function measureOptimized(): number {
  const calls = instances(compile);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 40; i++)
    for (const call of calls)
      best = Math.min(
        best,
        timed(() => call(rounds)),
      );
  return best;
}

function instances(compileIt: Compile): ((rounds: number) => void)[] {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return Array.from({ length: 5 }, () => {
    const { exports } = new WebAssembly.Instance(compileIt(product()), { env: { memory } });
    const call = exports.product as (rounds: number) => void;
    call(0); // lazy compilation happens here
    return call;
  });
}

function timed(f: () => void): number {
  const start = performance.now();
  f();
  return performance.now() - start;
}
