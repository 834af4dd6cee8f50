// Makes the files of a tfjs layers model, model.json and shards of weights, in memory, so that a page can use it too.
// Source of the format: https://www.tensorflow.org/js/guide/save_load

import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { encodeText } from '../../../core/text.js';

import { rulesVersionOf } from '../../../layers/run/models.js';
import { trainingConfig } from '../compileConfig.js';
import { verifySaved } from '../readBack/verifySaved.js';
import { completeTopology } from './completeTopology.js';
import { type LayerEntry, nameWeights, type Topology } from './nameWeights.js';
import { errorOf, type Quantized, type QuantizedType, quantize } from './quantize.js';

export interface TfjsOptions {
  readonly quantize?: QuantizedType;
  /** The largest size of a shard in bytes. Default 4 MiB, as in the official converter. */
  readonly shardBytes?: number;
  /** The value of `convertedBy` in the file. Default 'tfjs-backend-convnet'. */
  readonly convertedBy?: string;
  /**
   * Whether to read the files back: they must make the same graph, configs, shapes and weights. Those that are quantized
   * must be the nearest values that their type has. Default true.
   */
  readonly verify?: boolean;
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

export interface TfjsFiles {
  /** model.json comes last, so that a reader that finds it finds the others too. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly weightCount: number;
  /** The weights that are not quantized, and why. */
  readonly kept: readonly { readonly name: string; readonly problem: string }[];
  /** The layers that have another name in the files, since names must differ there. */
  readonly renamed: readonly (readonly [from: string, to: string])[];
}

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: Quantized['quantization'];
}

/**
 * Makes the files of a model.
 * @throws Error that names the first difference for files that do not read back as the model; the signal's reason once
 *     the signal is aborted.
 */
export async function makeTfjsFiles(model: LayersModel, options: TfjsOptions = {}): Promise<TfjsFiles> {
  const topology = model.toJSON(null, false) as unknown as LayerEntry & { config: Topology };
  completeTopology(model, topology);
  const training = trainingConfig(model);
  const { weights, renamed } = nameWeights(model, topology.config);
  const specs: Spec[] = [];
  const parts: Uint8Array[] = [];
  const kept: { name: string; problem: string }[] = [];
  for (const [i, { name, weight }] of weights.entries()) {
    options.signal?.throwIfAborted();
    const { bytes, problem, ...spec } = await readWeight(name, weight, options.quantize);
    specs.push(spec);
    parts.push(bytes);
    if (problem !== undefined) kept.push({ name, problem });
    options.onProgress?.((READING * (i + 1)) / weights.length);
  }
  const shards = cut(parts, options.shardBytes ?? 2 ** 22);
  const paths = shards.map((_, i) => `group1-shard${i + 1}of${shards.length}.bin`);
  const rulesVersion = rulesVersionOf(model);
  const json = {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers',
    convertedBy: options.convertedBy ?? 'tfjs-backend-convnet',
    // Readers of TensorFlow.js look for it elsewhere: they would fail on optimizers and losses that it does not have.
    modelTopology: training ? { ...topology, training_config: training } : topology,
    ...(rulesVersion ? { userDefinedMetadata: { keras_version: rulesVersion } } : {}),
    weightsManifest: [{ paths, weights: specs }],
  };
  const text = encodeText(jsonText(json));
  const files = [...shards.map((bytes, i) => ({ name: paths[i], bytes })), { name: 'model.json', bytes: text }];
  if (options.verify ?? true) await verifyFiles(model, files, { specs, renamed }, options);
  options.onProgress?.(1);
  return { files, weightCount: specs.length, kept, renamed };
}

const READING = 0.7; // of the time; the rest goes into reading the files back

async function verifyFiles(
  model: LayersModel,
  files: TfjsFiles['files'],
  { specs, renamed }: { readonly specs: readonly Spec[]; readonly renamed: TfjsFiles['renamed'] },
  { signal, onProgress }: TfjsOptions,
): Promise<void> {
  const quantized = new Map(specs.map(({ name, quantization }) => [name, quantization]));
  await verifySaved(model, files, {
    renamed: new Set(renamed.map(([, to]) => to)),
    tolerance: (name, value) => errorOf(quantized.get(name), value),
    step: (fraction) => {
      signal?.throwIfAborted();
      onProgress?.(READING + (1 - READING) * fraction);
    },
  });
}

async function readWeight(
  name: string,
  weight: LayerVariable,
  type: QuantizedType | undefined,
): Promise<Spec & { readonly bytes: Uint8Array; readonly problem?: string }> {
  const tensor = weight.read();
  const values = await tensor.data();
  const plain = { name, shape: tensor.shape, dtype: tensor.dtype };
  const whole = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (type === undefined || !(values instanceof Float32Array)) return { ...plain, bytes: whole };
  const result = quantize(values, type);
  return 'problem' in result ? { ...plain, bytes: whole, problem: result.problem } : { ...plain, ...result };
}

/**
 * The value as JSON. JSON has no infinity, so it is written as a number too large for a double, which readers take for
 * it.
 */
function jsonText(value: object): string {
  const infinite = { Infinity: '1e999', '-Infinity': '-1e999' } as const;
  const mark = '\u0000number:';
  const text = JSON.stringify(value, (key, item) => {
    if (typeof item !== 'number' || Number.isFinite(item)) return item;
    if (Number.isNaN(item)) throw new Error(`convert: a tfjs model.json cannot hold NaN; received ${key}=NaN`);
    return `${mark}${item}`;
  });
  return text.replace(/"\\u0000number:(-?Infinity)"/g, (_, sign: keyof typeof infinite) => infinite[sign]);
}

/** Cuts the concatenated bytes into pieces of this size. */
function cut(parts: readonly Uint8Array[], size: number): Uint8Array[] {
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  const step = Math.max(1, Math.floor(size));
  const shards = Array.from(
    { length: Math.ceil(total / step) },
    (_, i) => new Uint8Array(Math.min(step, total - i * step)),
  );
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; ) {
      const shard = shards[Math.floor(at / step)];
      const piece = part.subarray(from, from + shard.length - (at % step));
      shard.set(piece, at % step);
      from += piece.length;
      at += piece.length;
    }
  }
  return shards;
}
