// Opens the CPU engine's device by what the machine can do and what the user's flags allow.

import { env } from '@tensorflow/tfjs-core';
import { type WinogradChoice, winogradChoices } from '../../kernels/wasm/index.js';
import { show } from '../errors.js';
import { WasmDevice } from './device.js';
import { detectFeatures } from './features.js';

/** `plain`: no relaxed instructions, so that results are the same on every machine; `off`: plain JavaScript. */
export const simdChoices = ['auto', 'plain', 'off'] as const;
export type SimdChoice = (typeof simdChoices)[number];

export interface CpuOptions {
  readonly simd: SimdChoice;
}

env().registerFlag('CONVNET_SIMD', () => 'auto');
env().registerFlag('CONVNET_WEIGHT_CACHE_MB', () => 256);
env().registerFlag('CONVNET_WINOGRAD', () => 'auto');

/** What the flags say; a value that is not allowed is the default, with a warning. */
export function cpuOptions(): CpuOptions {
  return { simd: chosen('CONVNET_SIMD', simdChoices) };
}

function chosen<T extends string>(flag: string, choices: readonly T[]): T {
  const value = env().get(flag) as T;
  if (choices.includes(value)) return value;
  console.warn(
    `convnet: ${flag} must be one of ${choices.join(' ')}; received ${flag}=${show(value)}; ${choices[0]} is used`,
  );
  return choices[0];
}

/** The flag CONVNET_WINOGRAD; read at each convolution. */
export function winogradChoice(): WinogradChoice {
  return chosen('CONVNET_WINOGRAD', winogradChoices);
}

/** How many bytes of packed weights may be kept: the flag CONVNET_WEIGHT_CACHE_MB, default 256. */
export function weightCacheBytes(): number {
  return Math.max(0, env().getNumber('CONVNET_WEIGHT_CACHE_MB')) * 2 ** 20;
}

/** Undefined, with a warning, where WebAssembly SIMD is missing: the kernels are plain loops there. */
export function openDevice(name: string, { simd }: CpuOptions): WasmDevice | undefined {
  if (simd === 'off') return undefined;
  const features = detectFeatures({ threads: false });
  if (features) return new WasmDevice({ ...features, fma: features.fma && simd === 'auto' });
  console.warn(
    `${name}: WebAssembly SIMD is not available here (an old engine, or a content security policy without ` +
      "'wasm-unsafe-eval'); convolutions run in plain JavaScript, many times slower",
  );
  return undefined;
}
