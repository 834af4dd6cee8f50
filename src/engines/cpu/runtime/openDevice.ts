// Opens the CPU engine's device by what the machine can do and what the user's flags allow.

import { env } from '@tensorflow/tfjs-core';
import { show } from '../../../core/errors.js';
import { chosenFlag } from '../../../tfjs/flags.js';
import { WasmDevice } from './device.js';
import { detectFeatures } from './features.js';
import { joinsVectors } from './revec.js';
import { defaultThreads, isThreadsCount } from './threads/count.js';
import { maxThreads } from './threads/layout.js';

/** `plain`: no relaxed instructions, so that results are the same on every machine; `off`: plain JavaScript. */
export const simdChoices = ['auto', 'plain', 'off'] as const;
export type SimdChoice = (typeof simdChoices)[number];

export interface CpuOptions {
  readonly simd: SimdChoice;
  /** Unless setThreadsCount() says otherwise; default: the number of cores, 8 at most. */
  readonly threads?: number;
  /** False: memory that threads cannot share, so there is one. Default: shared where that is possible. */
  readonly shared?: boolean;
  /** Vectors of 256 bits, if they pass their test (revec.ts). Default false. */
  readonly revec?: boolean;
  /** Every kernel on all threads, however small; for tests. */
  readonly eager?: boolean;
}

env().registerFlag('CONVNET_SIMD', () => 'auto');
env().registerFlag('CONVNET_REVEC', () => 'off');
env().registerFlag('CONVNET_THREADS', () => 'auto');
env().registerFlag('CONVNET_WEIGHT_CACHE_MB', () => 256);

/** What the flags say; a value that is not allowed is the default, with a warning. */
export function cpuOptions(): CpuOptions {
  const revec = chosenFlag('CONVNET_REVEC', ['off', 'on']) === 'on';
  return { simd: chosenFlag('CONVNET_SIMD', simdChoices), threads: threadsFlag(), revec };
}

/** From a page's address, the flag may be a number or text. */
function threadsFlag(): number | undefined {
  const value: unknown = env().get('CONVNET_THREADS');
  if (value === 'auto') return undefined;
  const count = typeof value === 'string' ? Number(value) : value;
  if (isThreadsCount(count)) return count;
  const rule = `must be auto or an integer from 1 to ${maxThreads}`;
  console.warn(`convnet: CONVNET_THREADS ${rule}; received CONVNET_THREADS=${show(value)}; auto is used`);
  return undefined;
}

/** How many bytes of packed weights may be kept: the flag CONVNET_WEIGHT_CACHE_MB, default 256. */
export function weightCacheBytes(): number {
  return Math.max(0, env().getNumber('CONVNET_WEIGHT_CACHE_MB')) * 2 ** 20;
}

/** Undefined, with a warning, where WebAssembly SIMD is missing: the kernels are plain loops there. */
export function openDevice(name: string, options: CpuOptions): WasmDevice | undefined {
  const { simd, threads = defaultThreads(), shared = true, eager } = options;
  if (simd === 'off') return undefined;
  const found = detectFeatures({ threads: shared });
  if (found) {
    const features = { ...found, fma: found.fma && simd === 'auto' };
    const revec = options.revec === true && joinsVectors(features);
    return new WasmDevice({ ...features, ...(revec ? { revec } : {}) }, { threads, eager });
  }
  console.warn(
    `${name}: WebAssembly SIMD is not available here (an old engine, or a content security policy without ` +
      "'wasm-unsafe-eval'); convolutions run in plain JavaScript, many times slower",
  );
  return undefined;
}
