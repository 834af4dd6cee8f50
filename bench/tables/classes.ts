// What the engines are held to: the classes that layers are averaged in, and what is asked of each. These are aims:
// missing one is no error. Add a floor here.

import { type Layer, type LayerKind, layerKinds, layers, type Pass, passes, passSuffixes } from './layers.js';

/** By peer, the least factor (its time over ours), and the least without a fused multiply-add (Node 20), if any. */
export type Floors = Readonly<Record<string, readonly [factor: number, withoutFma?: number]>>;

export interface LayerClass {
  readonly title: string;
  readonly pass: Pass;
  /** The class that this is a part of. A part that has floors is compared with those peers only. */
  readonly partOf?: string;
  includes(layer: Layer): boolean;
  readonly floors: Floors;
}

/** What is asked of an engine. */
export interface Aims {
  readonly classes: readonly LayerClass[];
  readonly threads?: Floors;
  /** Two threads over one in predictions of Keras's applications. */
  readonly predictionThreads?: Readonly<Record<string, Floors>>;
  readonly ops?: Floors;
  readonly first?: Floors;
  readonly calls?: Floors;
  /** Steps of a network by its name. */
  readonly training?: Readonly<Record<string, Floors>>;
  /** Beside real Keras: predictions of applications, and training steps. */
  readonly keras?: Readonly<Record<'predictions' | 'training steps', Floors>>;
  /** By a model's name: with one thread, and with two. */
  readonly models?: Readonly<Record<string, readonly [one: Floors, two?: Floors]>>;
  /** Geometric means over the networks that other people ship. */
  readonly shipped?: Floors;
  readonly shippedFirst?: Floors;
  /** The most that a model of ours may take of the peer's GPU memory, and the most GPU programs that it may link. */
  readonly gpuMemory?: number;
  readonly programs?: number;
}

type Includes = LayerClass['includes'];

function forward(title: string, includes: Includes, floors: Floors = {}): LayerClass {
  return { title, pass: 'forward', includes, floors };
}

/** The gradients of all layers. */
function gradients(pass: Pass, floors: Floors): LayerClass {
  return { title: pass === 'gradInput' ? 'input gradient' : 'filter gradient', pass, includes: () => true, floors };
}

const isKind =
  (...kinds: LayerKind[]): Includes =>
  ({ kind }) =>
    kinds.includes(kind);

/** Each kind of layer for itself. */
export const nodeAims: Aims = {
  classes: passes.flatMap((pass) =>
    (Object.keys(layerKinds) as LayerKind[]).map((kind) => {
      return { title: layerKinds[kind] + passSuffixes[pass], pass, includes: isKind(kind), floors: {} };
    }),
  ),
};

const isMixed = isKind('strided', 'first', 'large', 'dilated');
const large3x3 = forward('28x28 and larger', ({ kind, size }) => kind === '3x3' && size >= 28, { 'ort-node': [1, 1] });

export const cpuAims: Aims = {
  /** Without its parts, this list partitions the layers of each pass, as does that of WebGL. */
  classes: [
    forward(layerKinds['3x3'], isKind('3x3'), { wasm: [3.5, 2.5] }),
    { ...large3x3, partOf: layerKinds['3x3'] },
    forward(layerKinds.narrow, isKind('narrow')),
    forward('1x1', isKind('1x1'), { wasm: [1.6, 1.2] }),
    forward('strided, first, large, dilated', isMixed, { wasm: [1.6, 1.2] }),
    forward('depthwise', isKind('depthwise'), { wasm: [3, 2.5], 'ort-node': [1, 1] }),
    forward('grouped', isKind('grouped'), { wasm: [5, 4] }),
    gradients('gradInput', { wasm: [8, 6] }),
    gradients('gradFilter', { cpu: [20, 15] }), // wasm has no kernel for it
  ],
  threads: { 'convnet-cpu': [1.7, 1.7] },
  predictionThreads: {
    MobileNetV2: { 'convnet-cpu': [1.6] },
    EfficientNetB0: { 'convnet-cpu': [1.7] },
    ResNet50: { 'convnet-cpu': [1.85] },
  },
  ops: { wasm: [1, 1] },
  first: { wasm: [1, 1] },
  calls: { wasm: [1, 1] },
  shipped: { wasm: [2] },
  shippedFirst: { wasm: [1.4] },
  keras: { predictions: { keras: [0.7] }, 'training steps': { keras: [0.6] } },
  models: {
    'esrgan-slim-x2 128x128': [{ wasm: [3] }, { wasm: [5] }],
    'nsfw-mobilenet-v2 224x224': [{ wasm: [1.6] }, { wasm: [2.8] }],
    'nsfw-inception-v3 299x299': [{ wasm: [2] }, { wasm: [3.5] }],
  },
};

const byKind = ({ kind }: Layer) => layerKinds[kind];
const bySize = ({ k: [kH, kW], stride }: Layer) => `${kH}x${kW}${stride > 1 ? `, stride ${stride}` : ''}`;
const isDepthwise = (isWide: boolean) => (layer: Layer) =>
  layer.kind === 'depthwise' && Math.max(...layer.k) > 5 === isWide;

export const webglAims: Aims = {
  classes: [
    ...withParts(forward('3x3', isKind('3x3', 'narrow'), { webgl: [4] }), byKind),
    forward('1x1', isKind('1x1'), { webgl: [2] }),
    ...withParts(forward('strided, first, large, dilated', isMixed, { webgl: [4] }), byKind),
    ...withParts(forward('depthwise 3x3, 5x5', isDepthwise(false), { webgl: [2.5] }), bySize),
    forward('depthwise 7x7', isDepthwise(true)),
    ...withParts(forward('grouped', isKind('grouped'), { webgl: [10] }), bySize),
    ...withParts(gradients('gradInput', { webgl: [3] }), byKind),
    ...withParts(gradients('gradFilter', { webgl: [8] }), byKind),
  ],
  first: { webgl: [2] },
  models: {
    'esrgan-slim-x2 128x128': [{ webgl: [4] }],
    'nsfw-mobilenet-v2 224x224': [{ webgl: [2] }],
    'nsfw-inception-v3 299x299': [{ webgl: [3] }],
  },
  shipped: { webgl: [3] },
  shippedFirst: { webgl: [3] },
  training: { plain: { webgl: [6] }, residual: { webgl: [6] }, separable: { webgl: [5] } },
  gpuMemory: 0.7,
  programs: 25,
};

/** The class, then a part for each text that its layers have. */
function withParts(whole: LayerClass, textOf: (layer: Layer) => string): readonly LayerClass[] {
  const titles = [...new Set(layers.filter(whole.includes).map(textOf))];
  const parts = titles.map((title): LayerClass => {
    const includes: Includes = (layer) => whole.includes(layer) && textOf(layer) === title;
    return { title, partOf: whole.title, pass: whole.pass, includes, floors: {} };
  });
  return [whole, ...parts];
}
