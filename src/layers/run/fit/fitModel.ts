// fit(), evaluate() and trainOnBatch() on tensors and on batches that come: the data in the model's order, checked.

import { cast, clone, dispose, Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { History, LayersModel } from '@tensorflow/tfjs-layers';
import { flattenTree, isDeep, isTensor, type TensorTree } from '../../../core/tensorTree.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import { arrangeTensors, type Slots } from '../arrangeTensors.js';
import {
  type Arrange,
  type Batch,
  type BatchSource,
  cutBatch,
  isGiven,
  isSource,
  restarted,
  streamSource,
  tensorSource,
  type WholeData,
  weightsOfClasses,
} from './batchSource.js';
import { checkCount, checkFitArgs } from './checkFitArgs.js';
import type {
  ClassWeight,
  FitSource,
  KerasEvaluateArgs,
  KerasFitArgs,
  KerasFitDatasetArgs,
  KerasTrainOnBatchArgs,
} from './fitArgs.js';
import { evaluateBatches, evaluateSource, fitLoop, type Trainee, trainOnce } from './fitLoop.js';
import { checkArgs } from './optionKeys.js';

type Tensors = TensorTree<Tensor>;
type Args = KerasFitArgs & KerasFitDatasetArgs;

/** How a model takes data. */
export interface ModelData {
  readonly model: Pick<LayersModel, 'outputNames' | 'name'> & {
    readonly structure: { readonly outputs: Slots };
    readonly owner: LayersModel | null;
    standardizeUserDataXY(
      x: Tensor | Tensor[],
      y: Tensor | Tensor[],
      checkBatchAxis?: boolean,
      batchSize?: number,
    ): [Tensor[], Tensor[]];
  };
  readonly arrange: Pick<Arrange, 'inputs' | 'targets'>;
}

/** Data that are checked, with what was made of them. */
interface Prepared extends WholeData {
  dispose(): void;
}

/** Checks tensors. What is new in them is freed by dispose(). */
function prepare(
  { model, arrange }: ModelData,
  x: Tensors,
  y: Tensors,
  given: { readonly sampleWeight?: Tensors | null; readonly classWeight?: Args['classWeight'] },
  batchSize?: number,
): Prepared {
  if (x == null || y == null || isSource(x)) {
    const found = x == null ? 'x=None' : y == null ? 'y=None' : 'x that yields batches';
    throw new KerasValueError(`fit: x and y must be tensors, a list or a dictionary of them. Received: ${found}`);
  }
  const xs = arrange.inputs(x);
  const samples = xs[0]?.shape[0] ?? 0;
  if (samples === 0) {
    throw new KerasValueError(
      `fit: there must be at least one example. Received: x.shape=${showValue(xs[0]?.shape ?? [])}`,
    );
  }
  const ys = arrange.targets(y, samples);
  const own = new Set<unknown>([...xs, ...flattenTree(y, isGiven)]);
  const made = ys.filter((one) => !own.has(one));
  try {
    const [inputs, targets] = model.standardizeUserDataXY(xs, ys, true, batchSize);
    made.push(...[...inputs, ...targets].filter((one) => !own.has(one) && !made.includes(one)));
    const weights = weightsFor(model, targets, given);
    for (const weight of weights) if (weight) made.push(weight);
    return { inputs, targets, weights, dispose: () => dispose(made) };
  } catch (error) {
    dispose(made);
    throw error;
  }
}

/** A weight for each example of each output; the caller's. @throws ValueError for weights that do not fit. */
function weightsFor(
  { outputNames, structure }: ModelData['model'],
  targets: readonly Tensor[],
  { sampleWeight, classWeight }: { readonly sampleWeight?: Tensors | null; readonly classWeight?: Args['classWeight'] },
): (Tensor | null)[] {
  if (sampleWeight != null && classWeight != null) {
    throw new KerasValueError(
      'You cannot `class_weight` and `sample_weight` at the same time. Received: classWeight and sampleWeight',
    );
  }
  if (sampleWeight != null) {
    const { outputs } = structure;
    const isTree = isDeep(outputs.structure) && !isWeight(sampleWeight);
    const given = isTree
      ? arrangeTensors<Tensor | null>(sampleWeight, outputs, 'fit: sampleWeight', weightsInTrees)
      : byOutputs<Tensor>(sampleWeight as never, outputNames, isWeight, 'sampleWeight');
    return given.map((weight, i) => {
      if (weight == null) return null;
      const found = tidy(() => cast(weight instanceof Tensor ? clone(weight) : tensor(weight), 'float32'));
      if (found.shape[0] === targets[i].shape[0]) return found;
      found.dispose();
      throw new KerasValueError(
        `fit: there must be a sample weight for each of the ${targets[i].shape[0]} examples. Received: sampleWeight.shape=${showValue(found.shape)}`,
      );
    });
  }
  if (classWeight == null) return targets.map(() => null);
  const isOne = (value: unknown) => Object.values(value as object).every((one) => typeof one === 'number');
  const given = byOutputs<ClassWeight>(classWeight as never, outputNames, isOne, 'classWeight');
  return given.map((weights, i) => (weights ? weightsOfClasses(targets[i], weights) : null));
}

const isWeight = (value: unknown) =>
  isTensor(value) || (Array.isArray(value) && typeof [value].flat(4)[0] === 'number');

/** In the structure of the outputs; null for those without weights, or a dictionary without them. */
const weightsInTrees = { isLeaf: (value: unknown) => value === null || isWeight(value), missing: null };

/** One for each output: of one for all, a list, or a dictionary by the outputs' names. */
function byOutputs<T>(
  given: T | readonly (T | null)[] | Readonly<Record<string, T>>,
  outputNames: readonly string[],
  isOne: (value: unknown) => boolean,
  name: string,
): (T | null)[] {
  if (isOne(given)) return outputNames.map(() => given as T);
  if (Array.isArray(given) && given.length === outputNames.length) return [...given];
  if (!Array.isArray(given) && Object.keys(given as object).every((key) => outputNames.includes(key))) {
    return outputNames.map((key) => (given as Readonly<Record<string, T>>)[key] ?? null);
  }
  throw new KerasValueError(
    `fit: ${name} must be one for all outputs, a list, or by the names ${outputNames.join(', ')}. Received: ${name} of another form`,
  );
}

/** What belongs to the batches where they come one by one. */
function checkStream(given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (value == null || value === 0) continue;
    throw new KerasValueError(
      `fit: ${name} is for tensors alone; a batch that comes is [x, y] or [x, y, sampleWeight]. Received: ${name}=${typeof value === 'number' ? value : 'data'}`,
    );
  }
}

function streamOf(data: ModelData, source: FitSource, classWeight: Args['classWeight'], steps?: number): BatchSource {
  const weights: Arrange['weights'] = (given, targets) =>
    weightsFor(data.model, targets, { sampleWeight: given as Tensors | null, classWeight });
  return streamSource(source, { ...data.arrange, weights }, steps);
}

/** The examples from one on. The caller's. */
function partOf(data: WholeData, begin: number, end: number): Prepared {
  return cutBatch(data, begin, end - begin, null);
}

export async function fitModel(
  model: Trainee,
  data: ModelData,
  x: Tensors | FitSource,
  y: Tensors | null,
  args: Args,
): Promise<History> {
  checkFitArgs(args);
  if (model.isTraining) throw new Error('Cannot start training because another fit() call is ongoing.');
  const { batchSize = 32, shuffle = true, classWeight } = args;
  const steps = args.stepsPerEpoch ?? args.batchesPerEpoch ?? undefined;
  void model.trackers; // throws for a model that is not compiled
  model.isTraining = true;
  const made: Prepared[] = [];
  const keepTrack = (prepared: Prepared): Prepared => {
    made.push(prepared);
    return prepared;
  };
  try {
    const isStream = isSource(x);
    let training: BatchSource;
    let held: WholeData | null = null;
    if (isStream) {
      checkStream({ y, sampleWeight: args.sampleWeight, validationSplit: args.validationSplit });
      training = streamOf(data, x, classWeight, steps);
    } else {
      const all = keepTrack(prepare(data, x, y as Tensors, args, batchSize));
      const samples = all.inputs[0].shape[0];
      const split = args.validationData == null ? splitAt(samples, args.validationSplit) : samples;
      const trained = split < samples ? keepTrack(partOf(all, 0, split)) : all;
      // Weights of classes count in training alone.
      const unweighted = { ...all, weights: all.weights.map(() => null) };
      if (split < samples) held = keepTrack(partOf(classWeight == null ? all : unweighted, split, samples));
      training = tensorSource(trained, batchSize, shuffle, steps);
    }
    const validation = validationOf(data, args, held, batchSize, keepTrack);
    const owner = data.model.owner ?? (model as unknown as LayersModel);
    return await fitLoop(model, { owner, source: training, validation, args, batchSize: isStream ? null : batchSize });
  } finally {
    model.isTraining = false;
    for (const one of made.reverse()) one.dispose();
  }
}

/** How many examples are trained on. */
function splitAt(samples: number, split = 0): number {
  if (split === 0) return samples;
  const at = Math.floor(samples * (1 - split));
  if (split > 0 && split < 1 && at > 0 && at < samples) return at;
  throw new KerasValueError(
    `fit: validationSplit must leave examples for training and for validation. Received: validationSplit=${split}, ${samples} examples`,
  );
}

function validationOf(
  data: ModelData,
  args: Args,
  held: WholeData | null,
  batchSize: number,
  keepTrack: (prepared: Prepared) => Prepared,
): BatchSource | null {
  const { validationData: given, validationBatchSize = batchSize } = args;
  const steps = args.validationSteps ?? args.validationBatches ?? undefined;
  checkCount('validationSteps', steps);
  if (held) return restarted(() => tensorSource(held, validationBatchSize, false, steps));
  if (given == null) return null;
  if (isSource(given)) {
    const isOnce = typeof given !== 'function' && !('iterator' in given);
    const make = () => streamOf(data, given, null, steps);
    return isOnce ? make() : restarted(make);
  }
  const [x, y, sampleWeight = null] = given as readonly [Tensors, Tensors, (Tensors | null)?];
  const prepared = keepTrack(prepare(data, x, y, { sampleWeight }, validationBatchSize));
  return restarted(() => tensorSource(prepared, validationBatchSize, false, steps));
}

/** The loss, then the metrics. */
export function evaluateTensors(
  model: Trainee,
  data: ModelData,
  x: Tensors,
  y: Tensors,
  args: KerasEvaluateArgs = {},
): Tensor[] {
  checkArgs('evaluate', args);
  const { batchSize = 32, sampleWeight, steps } = args;
  checkCount('batchSize', batchSize);
  checkCount('steps', steps);
  void model.trackers;
  const prepared = prepare(data, x, y, { sampleWeight }, batchSize);
  const samples = prepared.inputs[0].shape[0];
  const count = Math.min(steps ?? Number.POSITIVE_INFINITY, Math.ceil(samples / batchSize));
  try {
    return evaluateBatches(model, batchesOf(prepared, samples, batchSize, count));
  } finally {
    prepared.dispose();
  }
}

function* batchesOf(data: WholeData, samples: number, batchSize: number, count: number): Iterable<Batch> {
  for (let i = 0; i < count; i++) {
    yield cutBatch(data, i * batchSize, Math.min(batchSize, samples - i * batchSize), null);
  }
}

/** The loss, then the metrics, over batches that come. */
export function evaluateStream(
  model: Trainee,
  data: ModelData,
  dataset: FitSource,
  args: { readonly batches?: number } = {},
): Promise<Tensor[]> {
  checkArgs('evaluateDataset', args);
  const { batches } = args;
  checkCount('batches', batches);
  void model.trackers;
  return evaluateSource(model, streamOf(data, dataset, null, batches));
}

/** The loss of one step, or with the metrics a list of it and them. */
export async function trainOnTensors(
  model: Trainee,
  data: ModelData,
  x: Tensors,
  y: Tensors,
  given: KerasTrainOnBatchArgs = {},
): Promise<number | number[]> {
  checkArgs('trainOnBatch', given);
  void model.trackers;
  const prepared = prepare(data, x, y, given);
  let results: Tensor[] = [];
  try {
    results = trainOnce(model, { ...prepared, dispose: () => {} });
    const values = await Promise.all(results.map((result) => result.data()));
    const numbers = values.map(([first]) => first as number);
    return numbers.length === 1 ? numbers[0] : numbers;
  } finally {
    dispose(results);
    prepared.dispose();
  }
}
