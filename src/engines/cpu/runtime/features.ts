// What WebAssembly can do here, asked of the engine with modules of a few bytes.

import { encodeModule, type Features, Fn, i32, load, splat } from '../../../../kernels/wasm/emit/index.js';
import { validate } from './compile.js';

/** Undefined where there is no WebAssembly, no SIMD, or a content security policy that forbids to compile. */
export function detectFeatures({ threads }: { readonly threads: boolean }): Features | undefined {
  if (!probe({ fma: false, shared: false })) return undefined;
  return { fma: probe({ fma: true, shared: false }), shared: threads && detectSharedMemory() };
}

/** Shared memory needs SharedArrayBuffer, which a page has only when it is cross-origin isolated. */
export function detectSharedMemory(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  return (
    typeof SharedArrayBuffer !== 'undefined' &&
    typeof Atomics !== 'undefined' &&
    crossOriginIsolated !== false &&
    probe({ fma: false, shared: true })
  );
}

function probe(features: Features): boolean {
  const fn = new Fn('probe', 1, features);
  fn.store(i32(0), fn.madd(splat(1), load(i32(0)), splat(2)));
  const bytes = encodeModule([fn], features, 1);
  if (!validate(bytes)) return false;
  try {
    return new WebAssembly.Module(encodeModule([], { fma: false, shared: false }, 1)) != null;
  } catch {
    return false; // the policy
  }
}
