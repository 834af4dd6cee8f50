// What one core can do at most in WebAssembly: multiply-adds on four lanes, from registers alone. A loop runs fourteen
// independent chains acc = acc * acc + b, which is more than a core needs to hide the latency of one.

import { encodeModule, type Features, Fn, I32, i32, splat, type V128 } from '../../kernels/wasm/emit/index.js';

/** A multiply-add is two operations; `fma` says whether the engine has relaxed SIMD, and so a fused one. */
export type Peak = { readonly gflops: number; readonly fma: boolean };

const CHAINS = 14; // with b all vector registers of x86-64 but the one that V8 keeps for itself
const UNROLLED = 4; // loop control costs nothing against 56 multiply-adds
const FLOP = CHAINS * UNROLLED * 4 * 2; // a turn of the loop: 4 lanes, 2 operations

const TURNS = 20_000; // 0.2 to 0.4 ms a call, so that the engine replaces its baseline code after a few calls
const CALLS = 1000;

/** The fastest of many calls: whatever else the machine does only slows them down. */
export function measurePeak(): Peak {
  const fma = WebAssembly.validate(peakModule({ fma: true, shared: false }));
  const module = new WebAssembly.Module(peakModule({ fma, shared: false }));
  const { exports } = new WebAssembly.Instance(module, { env: { memory: new WebAssembly.Memory({ initial: 1 }) } });
  const run = exports.peak as (turns: number) => void;
  let best = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < CALLS / 4; sample++) {
    const start = performance.now();
    for (let i = 0; i < 4; i++) run(TURNS);
    best = Math.min(best, performance.now() - start);
  }
  return { gflops: (4 * TURNS * FLOP) / best / 1e6, fma };
}

/** The function `peak(turns)`; it stores the sum of the chains, which keeps them alive. */
function peakModule(features: Features): Uint8Array<ArrayBuffer> {
  const fn = new Fn('peak', 1, features);
  const left = fn.i32('left', new I32('local.get', [], [0]));
  // unequal starts, or the compiler might see that all chains are one
  const chains = fn.vectors('chain', CHAINS, (i) => splat((i + 1) / 100));
  const b = fn.v128('b', splat(0.1)); // the chains tend to 0.113: neither overflow nor subnormals
  fn.loop(() => {
    for (let i = 0; i < UNROLLED; i++) {
      for (const chain of chains) fn.set(chain, fn.madd(chain, chain, b));
    }
    fn.set(left, left.sub(1));
    return left;
  });
  const [first, ...others] = chains;
  const sum = others.reduce<V128>((before, chain) => before.add(chain), first);
  fn.store(i32(0), sum);
  return encodeModule([fn], features, 1);
}
