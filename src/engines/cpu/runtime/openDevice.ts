// Opens the CPU engine's device with the features that the machine has and the user's flags allow.

import type { FlagValue } from '../../../core/flags.js';
import { readFlag } from '../../../tfjs/flags.js';
import { whyNoRevec } from './detectRevec.js';
import { WasmDevice } from './device.js';
import { detectFeatures } from './features.js';
import { defaultThreads } from './threads/count.js';

/** `plain`: no relaxed instructions, so that all machines give the same results. `off`: plain JavaScript. */
export type SimdChoice = FlagValue<'CONVNET_SIMD'>;

export interface CpuOptions {
  readonly simd: SimdChoice;
  /** Number of threads, which setThreadsCount() overrides. Default: the number of cores, 8 at most. */
  readonly threads?: number;
  /** False: memory that threads cannot share, so there is one thread. Default: shared where possible. */
  readonly shared?: boolean;
  /** Vectors of 256 bits, if they are right and faster (detectRevec.ts). Default: `off`. */
  readonly revec?: FlagValue<'CONVNET_REVEC'>;
  /** For tests: every launch, however small, on all threads. */
  readonly eager?: boolean;
  /** Whether common kernels run while the app waits, so that they are compiled when it predicts. Default: no. */
  readonly rehearses?: boolean;
}

/** The options that the flags give. */
export function cpuOptions(): CpuOptions {
  const threads = readFlag('CONVNET_THREADS');
  return {
    simd: readFlag('CONVNET_SIMD'),
    threads: threads === 'auto' ? undefined : threads,
    revec: readFlag('CONVNET_REVEC'),
    rehearses: true,
  };
}

/** The most bytes of packed weights that are kept. */
export function weightCacheBytes(): number {
  return readFlag('CONVNET_WEIGHT_CACHE_MB') * 2 ** 20;
}

/** Undefined, with a warning, without WebAssembly SIMD. The kernels are plain loops then. */
export function openDevice(name: string, options: CpuOptions): WasmDevice | undefined {
  const { simd, threads = defaultThreads(), shared = true, revec = 'off', eager } = options;
  if (simd === 'off') return undefined;
  const found = detectFeatures({ threads: shared });
  if (found) {
    const features = { ...found, fma: found.fma && simd === 'auto' };
    const revecOff = whyNoRevec(features, revec);
    return new WasmDevice({ ...features, revec: !revecOff }, { threads, eager, revecOff });
  }
  console.warn(
    `${name}: WebAssembly SIMD is not available here (an old engine, or a content security policy without ` +
      "'wasm-unsafe-eval'); convolutions run in plain JavaScript, many times slower",
  );
  return undefined;
}
