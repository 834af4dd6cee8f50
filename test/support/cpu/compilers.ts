// Tells baseline code from optimized code: V8 itself says which compiler made a function.

import { setFlagsFromString } from 'node:v8';
import { encodeModule, type Features, Fn, I32, i32, load, loadSplat } from '../../../kernels/wasm/emit/index.js';

const plain: Features = { fma: false, shared: false };
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

/** The compiler of a new module's function, after its first call. */
export function compilerOf(compileIt: Compile): 'baseline' | 'optimizing' {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(compileIt(product()), { env: { memory } });
  const call = exports.product as (rounds: number) => void;
  call(0); // lazy compilation happens here
  const [baseline, optimized] = [ask('IsLiftoffFunction', call), ask('IsTurboFanFunction', call)];
  if (baseline === optimized) throw new Error(`V8 says baseline: ${baseline}, and optimized: ${optimized}.`);
  return baseline ? 'baseline' : 'optimizing';
}

/** Calls one of V8's own functions for tests. It is compiled anew each time: V8 forgets code that has not run for long. */
function ask(name: string, call: unknown): boolean {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return new Function('call', `return %${name}(call);`)(call) as boolean;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}
