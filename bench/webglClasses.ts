// What the WebGL2 engine is held to against tfjs-backend-webgl: the classes that layers are averaged in, and the least (or
// most) that is asked of each. The factors are their time over ours.

import type { Pass } from './problem.js';
import type { Layer, LayerKind } from './shapes.js';

/** Ours, then its peer. */
export const WEBGL_CONTESTANTS = ['convnet-webgl', 'webgl'] as const;

export type Aim = { readonly atLeast: number } | { readonly atMost: number };

export interface WebglClass {
  readonly title: string;
  readonly pass: Pass;
  includes(layer: Layer): boolean;
  /** Layers with the same text are also shown together. */
  partOf(layer: Layer): string;
  readonly aim?: Aim;
}

const KINDS: Readonly<Record<LayerKind, string>> = {
  '3x3': '3x3, 32+ channels',
  narrow: '3x3, fewer channels',
  '1x1': '1x1',
  first: 'first layer',
  strided: 'strided',
  large: '5x5, 1x7, 7x1',
  dilated: 'dilated',
  depthwise: 'depthwise',
  grouped: 'grouped',
};

const isKind =
  (...kinds: LayerKind[]) =>
  ({ kind }: Layer) =>
    kinds.includes(kind);
const kindOf = ({ kind }: Layer) => KINDS[kind];
const sizeOf = ({ k: [kH, kW], strides: [stride] }: Layer) => `${kH}x${kW}${stride > 1 ? `, stride ${stride}` : ''}`;

const depthwiseUpTo = (isSmall: boolean) => (layer: Layer) =>
  layer.kind === 'depthwise' && Math.max(...layer.k) <= 5 === isSmall;

const forward: readonly Omit<WebglClass, 'pass'>[] = [
  { title: '3x3', includes: isKind('3x3', 'narrow'), partOf: kindOf, aim: { atLeast: 4 } },
  { title: '1x1', includes: isKind('1x1'), partOf: kindOf, aim: { atLeast: 2 } },
  {
    title: 'strided, first, large, dilated',
    includes: isKind('strided', 'first', 'large', 'dilated'),
    partOf: kindOf,
    aim: { atLeast: 4 },
  },
  { title: 'depthwise 3x3, 5x5', includes: depthwiseUpTo(true), partOf: sizeOf, aim: { atLeast: 2.5 } },
  { title: 'depthwise 7x7', includes: depthwiseUpTo(false), partOf: sizeOf },
  { title: 'grouped', includes: isKind('grouped'), partOf: sizeOf, aim: { atLeast: 10 } },
];

/** These partition the layers of each pass. */
export const webglClasses: readonly WebglClass[] = [
  ...forward.map((one) => ({ ...one, pass: 'forward' as const })),
  { title: 'input gradient', pass: 'gradInput', includes: () => true, partOf: kindOf, aim: { atLeast: 3 } },
  { title: 'filter gradient', pass: 'gradFilter', includes: () => true, partOf: kindOf, aim: { atLeast: 8 } },
];

export function webglClassOf(layer: Layer, pass: Pass): WebglClass {
  const found = webglClasses.find((one) => one.pass === pass && one.includes(layer));
  if (!found) throw new Error(`webglClassOf: every layer must have a class; received layer=${layer.name} pass=${pass}`);
  return found;
}

export const webglModelAims: Readonly<Record<string, Aim>> = {
  'esrgan-slim-x2 128x128': { atLeast: 4 },
  'nsfw-mobilenet-v2 224x224': { atLeast: 2 },
  'nsfw-inception-v3 299x299': { atLeast: 3 },
};

export const firstPredictionAim: Aim = { atLeast: 2 };
/** Ours of theirs. */
export const gpuMemoryAim: Aim = { atMost: 0.7 };
/** Linked for one model. */
export const programsAim: Aim = { atMost: 25 };
