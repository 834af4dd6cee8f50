/**
 * Trains on the pictures. A new head learns on features that the frozen network has computed once for each picture; LoRA
 * then goes on with the network itself.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Adam } from '../../../src/keras.js';
import {
  type Dense,
  dense,
  enableLora,
  Input,
  type KerasModel,
  model,
  rescaling,
  sequential,
} from '../../../src/layers.js';
import { FEATURE_COUNT, forgetNetwork, LAST_BLOCKS, network } from './network.js';
import { SIDE } from './square.js';

export type Way = 'head' | 'lora';

/** The epochs of each way; LoRA begins with a head that has learned a little. */
const EPOCHS = { head: 30, lora: { head: 8, network: 6 } } as const;
/** Pictures that go through the network at a time. */
const BATCH = 8;
/** One of so many pictures of a class is held back, to measure on. */
const HELD_BACK = 5;

export interface Example {
  readonly picture: ImageData;
  readonly label: number;
}

export interface EpochFigures {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  /** Absent where no picture is held back. */
  readonly heldLoss?: number;
  readonly heldAccuracy?: number;
}

export interface Listener {
  /** Awaited, so that the page is drawn between steps. */
  readonly onStep: (done: number, total: number, text: string) => Promise<void>;
  readonly onEpoch: (figures: EpochFigures) => void;
  readonly signal: AbortSignal;
}

/** Whether the network has been changed by LoRA. */
let isAdapted = false;
let features = new WeakMap<ImageData, Float32Array>();
let tuned: { readonly whole: KerasModel; readonly head: Dense } | undefined;

export const epochsOf = (way: Way): number => (way === 'head' ? EPOCHS.head : EPOCHS.lora.head + EPOCHS.lora.network);

/** The network with its new head, once it is trained: pixels 0..255 to probabilities. */
export function tunedModel(): KerasModel | undefined {
  return tuned?.whole;
}

/**
 * Trains anew. When the signal is aborted, what was learned until then is kept.
 *
 * @throws The signal's reason when it is aborted before the first epoch is over; the model that was trained before is
 *   gone then.
 */
export async function train(way: Way, examples: readonly Example[], count: number, listener: Listener): Promise<void> {
  forgetTuned();
  const base = await network();
  const { kept, held } = split(examples, count);
  await computeFeatures(base, examples, listener);
  const head = dense({ units: count, activation: 'softmax', inputShape: [FEATURE_COUNT], name: 'classes' });
  try {
    await trainHead(head, { kept, held }, way === 'head' ? EPOCHS.head : EPOCHS.lora.head, listener, epochsOf(way));
    const x = Input({ shape: [SIDE, SIDE, 3], name: 'picture' });
    const scaled = rescaling({ scale: 1 / 255, name: 'pixels' }).apply(x) as SymbolicTensor;
    const outputs = head.apply(base.apply(scaled) as SymbolicTensor) as SymbolicTensor;
    if (way === 'lora' && !listener.signal.aborted)
      await trainNetwork(base, model({ inputs: x, outputs }), { kept, held }, listener);
    tuned = { whole: model({ inputs: x, outputs, name: 'my_pictures' }), head };
  } catch (error) {
    for (const weight of head.weights) weight.dispose();
    throw error;
  }
}

/** The probabilities of a picture's classes. */
export async function classify(picture: ImageData): Promise<ArrayLike<number>> {
  const { whole } = tuned as { whole: KerasModel };
  const scores = tf.tidy(() => whole.predict(pixelsOf([{ picture, label: 0 }])) as tf.Tensor);
  const values = await scores.data();
  scores.dispose();
  return values;
}

function forgetTuned(): void {
  for (const weight of tuned?.head.weights ?? []) weight.dispose();
  tuned = undefined;
  if (!isAdapted) return;
  forgetNetwork();
  features = new WeakMap();
  isAdapted = false;
}

interface Examples {
  readonly kept: readonly Example[];
  readonly held: readonly Example[];
}

/** Holds back every fifth picture of a class. */
function split(examples: readonly Example[], count: number): Examples {
  const seen = Array<number>(count).fill(0);
  const isHeld = examples.map(({ label }) => ++seen[label] % HELD_BACK === 0);
  return { kept: examples.filter((_, i) => !isHeld[i]), held: examples.filter((_, i) => isHeld[i]) };
}

async function computeFeatures(base: KerasModel, examples: readonly Example[], listener: Listener): Promise<void> {
  const missing = examples.filter(({ picture }) => !features.has(picture));
  for (let at = 0; at < missing.length; at += BATCH) {
    await listener.onStep(at, missing.length, `The network looks at picture ${at + 1} of ${missing.length}`);
    listener.signal.throwIfAborted();
    const batch = missing.slice(at, at + BATCH);
    const rows = tf.tidy(() => base.predict(tf.div(pixelsOf(batch), 255)) as tf.Tensor);
    const values = (await rows.data()) as Float32Array;
    rows.dispose();
    batch.forEach(({ picture }, i) => {
      features.set(picture, values.slice(i * FEATURE_COUNT, (i + 1) * FEATURE_COUNT));
    });
  }
}

async function trainHead(
  head: Dense,
  { kept, held }: Examples,
  epochs: number,
  { onStep, onEpoch, signal }: Listener,
  total: number,
): Promise<void> {
  const chain = sequential({ layers: [head] });
  const units = head.config.units;
  compile(chain, 0.002);
  const data = [kept, held].map((part) => [featuresOf(part), labelsOf(part, units)] as const);
  const [[x, y], [heldX, heldY]] = data;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      await onStep(epoch - 1, total, `Epoch ${epoch} of ${total}`);
      if (epoch > 1 && signal.aborted) return;
      signal.throwIfAborted();
      const { history } = await chain.fit(x, y, { epochs: 1, batchSize: 16, verbose: 0 });
      const figures = { epoch, loss: Number(history.loss[0]), accuracy: Number(history.accuracy[0]) };
      onEpoch({ ...figures, ...(held.length > 0 && (await measure(chain, heldX, heldY))) });
    }
  } finally {
    tf.dispose(data.flat());
    chain.optimizer.dispose();
  }
}

async function trainNetwork(
  base: KerasModel,
  whole: KerasModel,
  { kept, held }: Examples,
  listener: Listener,
): Promise<void> {
  isAdapted = true;
  enableLora(base, 4, { where: LAST_BLOCKS });
  compile(whole, 0.0005);
  const units = whole.outputs[0].shape[1] as number;
  const [before, total] = [EPOCHS.lora.head, epochsOf('lora')];
  try {
    for (let epoch = before + 1; epoch <= total; epoch++) {
      const shuffled = [...kept];
      tf.util.shuffle(shuffled);
      let [loss, accuracy] = [0, 0];
      for (let at = 0; at < shuffled.length; at += BATCH) {
        await listener.onStep(epoch - 1 + at / shuffled.length, total, `Epoch ${epoch} of ${total}, picture ${at + 1}`);
        if (listener.signal.aborted) return;
        const batch = shuffled.slice(at, at + BATCH);
        const [x, y] = [pixelsOf(batch), labelsOf(batch, units)];
        const [batchLoss, batchAccuracy] = (await whole.trainOnBatch(x, y)) as number[];
        tf.dispose([x, y]);
        loss += (batchLoss * batch.length) / kept.length;
        accuracy += (batchAccuracy * batch.length) / kept.length;
      }
      listener.onEpoch({ epoch, loss, accuracy, ...(held.length > 0 && (await measurePictures(whole, held, units))) });
    }
  } finally {
    whole.optimizer.dispose();
  }
}

function compile(net: KerasModel, learningRate: number): void {
  net.compile({ optimizer: new Adam({ learningRate }), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
}

async function measurePictures(
  net: KerasModel,
  held: readonly Example[],
  units: number,
): Promise<Partial<EpochFigures>> {
  const [x, y] = [pixelsOf(held), labelsOf(held, units)];
  const figures = await measure(net, x, y);
  tf.dispose([x, y]);
  return figures;
}

async function measure(net: KerasModel, x: tf.Tensor, y: tf.Tensor): Promise<Partial<EpochFigures>> {
  const scalars = net.evaluate(x, y, { batchSize: BATCH }) as tf.Scalar[];
  const [loss, accuracy] = await Promise.all(scalars.map(async (scalar) => (await scalar.data())[0]));
  tf.dispose(scalars);
  return { heldLoss: loss, heldAccuracy: accuracy };
}

/** Pixels 0..255 without the alpha channel: [pictures, 224, 224, 3]. */
function pixelsOf(examples: readonly Example[]): tf.Tensor4D {
  const size = SIDE * SIDE * 3;
  const values = new Float32Array(examples.length * size);
  examples.forEach(({ picture: { data } }, i) => {
    for (let from = 0, to = i * size; from < data.length; from += 4) {
      values[to++] = data[from];
      values[to++] = data[from + 1];
      values[to++] = data[from + 2];
    }
  });
  return tf.tensor4d(values, [examples.length, SIDE, SIDE, 3]);
}

function featuresOf(examples: readonly Example[]): tf.Tensor2D {
  const values = new Float32Array(examples.length * FEATURE_COUNT);
  examples.forEach(({ picture }, i) => {
    values.set(features.get(picture) as Float32Array, i * FEATURE_COUNT);
  });
  return tf.tensor2d(values, [examples.length, FEATURE_COUNT]);
}

function labelsOf(examples: readonly Example[], units: number): tf.Tensor2D {
  const values = new Float32Array(examples.length * units);
  examples.forEach(({ label }, i) => {
    values[i * units + label] = 1;
  });
  return tf.tensor2d(values, [examples.length, units]);
}
