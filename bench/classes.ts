// What the engine is held to: the classes that layers are averaged in, the peer each is measured against, and the least factor
// by which ours must be faster. With a fused multiply-add (relaxed SIMD: Node 22 and newer, Chromium) it is higher.

import type { Pass } from './problem.js';
import type { LayerKind } from './shapes.js';

export interface Floor {
  /** A name without threads or `cpu` where it is TensorFlow.js's plain JavaScript. */
  readonly peer: string;
  readonly fma: number;
  /** None where only the fused kind is promised. */
  readonly simd?: number;
}

export interface LayerClass {
  readonly title: string;
  readonly pass: Pass;
  /** Which layers, by kind and size. */
  includes(kind: LayerKind, size: number): boolean;
  readonly floor?: Floor;
}

const isKind =
  (...kinds: LayerKind[]) =>
  (kind: LayerKind) =>
    kinds.includes(kind);

const forward: readonly Omit<LayerClass, 'pass'>[] = [
  { title: '3x3, 32+ channels', includes: isKind('3x3'), floor: { peer: 'wasm', fma: 3.5, simd: 2.5 } },
  { title: '3x3, fewer channels', includes: isKind('narrow') },
  { title: '1x1', includes: isKind('1x1'), floor: { peer: 'wasm', fma: 1.6, simd: 1.2 } },
  {
    title: 'strided, first, large, dilated',
    includes: isKind('strided', 'first', 'large', 'dilated'),
    floor: { peer: 'wasm', fma: 1.6, simd: 1.2 },
  },
  { title: 'depthwise', includes: isKind('depthwise'), floor: { peer: 'wasm', fma: 3, simd: 2.5 } },
  { title: 'grouped', includes: isKind('grouped'), floor: { peer: 'wasm', fma: 5, simd: 4 } },
];

/** These partition the layers of each pass. */
export const layerClasses: readonly LayerClass[] = [
  ...forward.map((one) => ({ ...one, pass: 'forward' as const })),
  { title: 'input gradient', pass: 'gradInput', includes: () => true, floor: { peer: 'wasm', fma: 8, simd: 6 } },
  { title: 'filter gradient', pass: 'gradFilter', includes: () => true, floor: { peer: 'cpu', fma: 20, simd: 15 } },
];

/** Held against native code besides; these overlap with the ones above. */
export const nativeClasses: readonly LayerClass[] = [
  {
    title: '3x3, 32+ channels, 28x28 and larger',
    pass: 'forward',
    includes: (kind, size) => kind === '3x3' && size >= 28,
    floor: { peer: 'ort-node', fma: 1, simd: 1 },
  },
  {
    title: 'depthwise',
    pass: 'forward',
    includes: isKind('depthwise'),
    floor: { peer: 'ort-node', fma: 1, simd: 1 },
  },
];

/** By a model's name and our threads. */
export const modelFloors: Readonly<Record<string, Readonly<Record<number, Floor>>>> = {
  'esrgan-slim-x2 128x128': { 1: { peer: 'wasm', fma: 3 }, 2: { peer: 'wasm', fma: 5 } },
  'nsfw-mobilenet-v2 224x224': { 1: { peer: 'wasm', fma: 1.6 }, 2: { peer: 'wasm', fma: 2.8 } },
  'nsfw-inception-v3 299x299': { 1: { peer: 'wasm', fma: 2 }, 2: { peer: 'wasm', fma: 3.5 } },
};

export const firstPredictionFloor: Floor = { peer: 'wasm', fma: 1, simd: 1 };
export const neighbourFloor: Floor = { peer: 'wasm', fma: 1, simd: 1 };
export const threadsFloor: Floor = { peer: 'one thread', fma: 1.7, simd: 1.7 };

/** Threads are asked for only where a layer is worth sharing. */
export const THREADS_MFLOP = 20;
