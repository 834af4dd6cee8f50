// Detects the WebAssembly features of this engine with modules of a few bytes.

import { encodeModule, type Features, Fn, i32, load, splat } from '../../../../kernels/wasm/emit/index.js';
import { validate } from './compile.js';

/** Undefined without WebAssembly, without SIMD, or where a content security policy forbids to compile. */
export function detectFeatures({ threads }: { readonly threads: boolean }): Features | undefined {
  if (!probe({ fma: false, shared: false })) return undefined;
  return { fma: probe({ fma: true, shared: false }), shared: threads && detectSharedMemory() };
}

/** Shared memory needs SharedArrayBuffer, which a page has only if it is cross-origin isolated. */
export function detectSharedMemory(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  return (
    typeof SharedArrayBuffer !== 'undefined' &&
    typeof Atomics !== 'undefined' &&
    crossOriginIsolated !== false &&
    probe({ fma: false, shared: true })
  );
}

/** Compiles a module that uses the features. */
function probe(features: Features): boolean {
  const fn = new Fn('probe', 1, features);
  fn.store(i32(0), fn.madd(splat(1), load(i32(0)), splat(2)));
  const bytes = encodeModule([fn], features, 1);
  if (!validate(bytes)) return false;
  try {
    return new WebAssembly.Module(encodeModule([], { fma: false, shared: false }, 1)) != null;
  } catch {
    return false; // the content security policy
  }
}
