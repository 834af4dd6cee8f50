// One case here: loads Keras's files, predicts, compares gradients and steps of training, saves, and loads again.

import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { difference, largestOf, tensorOf } from './arrays.js';
import {
  type CaseFile,
  type CaseResult,
  type Encoded,
  type Format,
  type Gradient,
  isGood,
  type NoGradient,
  type Outcome,
  type Training,
} from './caseFiles.js';

export async function readCase(folder: string, facts: CaseFile): Promise<CaseResult> {
  const before = tf.memory().numTensors;
  const result: Mutable = { id: facts.id, predicts: {}, saves: {} };
  for (const [format, file] of Object.entries(facts.files) as [Format, string][]) {
    try {
      await readFormat(folder, facts, format, file, result);
    } catch (error) {
      result.predicts[format] ??= { error: messageOf(error) };
    }
  }
  return { ...result, leaked: tf.memory().numTensors - before };
}

interface Mutable {
  readonly id: string;
  readonly predicts: Partial<Record<Format, Outcome>>;
  readonly saves: Partial<Record<Format, Outcome>>;
  gradient?: Outcome;
  training?: Outcome;
}

async function readFormat(
  folder: string,
  facts: CaseFile,
  format: Format,
  file: string,
  result: Mutable,
): Promise<void> {
  const model = await loadKerasModel(join(folder, file), { onWarning: () => {} });
  try {
    const { gradient, training } = facts;
    result.predicts[format] = closest(facts, (wanted) => outcomeOf(() => predictDifference(model, wanted)));
    result.saves[format] = await saved(model, folder, facts, format);
    if (format !== 'keras') return; // the same model again
    if (gradient && !isNone(gradient)) result.gradient = closest(facts, (wanted) => gradientOutcome(model, wanted));
    if (training) result.training = await outcome(() => trainingDifference(model, facts, training));
  } finally {
    model.dispose();
  }
}

/** The outcome beside Keras, or beside its other backend where that is what comes out here. */
function closest(facts: CaseFile, measure: (facts: CaseFile) => Outcome): Outcome {
  const first = measure(facts);
  if (!facts.elsewhere || isGood(first)) return first;
  const second = measure({ ...facts, ...facts.elsewhere });
  return isGood(second) ? { ...second, elsewhere: facts.elsewhere.backend } : first;
}

function gradientOutcome(model: tf.LayersModel, facts: CaseFile): Outcome {
  const { gradient } = facts;
  if (!gradient || isNone(gradient)) return { error: 'Keras has no gradient' };
  return outcomeOf(() => gradientDifference(model, facts, gradient));
}

function isNone(gradient: Gradient | NoGradient): gradient is NoGradient {
  return 'none' in gradient;
}

async function saved(model: tf.LayersModel, folder: string, facts: CaseFile, format: Format): Promise<Outcome> {
  return outcome(async () => {
    const path = join(folder, `${facts.id}.saved.${format}`);
    await saveKerasModel(model, { path });
    const again = await loadKerasModel(path, { onWarning: () => {} });
    try {
      return closest(facts, (wanted) => outcomeOf(() => predictDifference(again, wanted)));
    } finally {
      again.dispose();
    }
  });
}

function predictDifference(model: tf.LayersModel, { inputs, outputs }: CaseFile): number {
  return tf.tidy(() => {
    const xs = inputs.map(tensorOf);
    const ys = listOf(model.predict(xs.length === 1 ? xs[0] : xs));
    return worst(ys, outputs);
  });
}

/** Outputs under keys come in the order of the sorted keys, in which Keras flattens them. */
function listOf(outputs: unknown): tf.Tensor[] {
  if (outputs instanceof tf.Tensor) return [outputs];
  if (Array.isArray(outputs)) return outputs.flatMap(listOf);
  const named = outputs as Record<string, unknown>;
  return Object.keys(named)
    .sort()
    .flatMap((name) => listOf(named[name]));
}

function worst(found: readonly tf.Tensor[], expected: readonly Encoded[]): number {
  if (found.length !== expected.length)
    throw new Error(`the number of outputs must be ${expected.length}; received ${found.length}`);
  return found.reduce((most, y, i) => Math.max(most, difference(y, expected[i])), 0);
}

/** The largest difference over all gradients; one that is zero in exact arithmetic counts beside the largest. */
function gradientDifference(model: tf.LayersModel, facts: CaseFile, gradient: Gradient): number {
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  if (weights.length !== gradient.weights.length)
    throw new Error(`there must be ${gradient.weights.length} trainable weights; received ${weights.length}`);
  const inputs = facts.inputs.map((input) => tf.tidy(() => tf.variable(tensorOf(input))));
  const floats = inputs.filter((_, i) => gradient.inputs[i] !== null);
  const before = model.getWeights().map((weight) => weight.clone()); // training mode moves statistics
  try {
    return tf.tidy(() => {
      const expected = [...gradient.inputs.filter((g) => g !== null), ...gradient.weights.map(([, g]) => g)];
      const least = Math.max(1e-3, 0.1 * largestOf(expected));
      const loss = () => {
        const call = inputs.length === 1 ? inputs[0] : inputs;
        const outputs = listOf(model.apply(call as tf.Tensor, { training: gradient.training }));
        const terms = outputs.flatMap((y, i) => {
          const factor = gradient.factors[i];
          return factor === null ? [] : [tf.sum(tf.mul(tf.cast(y, 'float32'), tensorOf(factor)))];
        });
        return tf.addN(terms) as tf.Scalar;
      };
      const { grads } = gradientsOf(loss, [...floats, ...weights], largestOf(expected) === 0);
      const found = [...floats, ...weights].map(({ name, shape }) => grads[name] ?? tf.zeros(shape));
      return found.reduce((most, g, i) => Math.max(most, difference(g, expected[i], least)), 0);
    });
  } finally {
    model.setWeights(before);
    tf.dispose([inputs, before]);
  }
}

function gradientsOf(loss: () => tf.Scalar, variables: tf.Variable[], isZero: boolean): { grads: tf.NamedTensorMap } {
  if (variables.length === 0) return { grads: {} };
  try {
    return tf.variableGrads(loss, variables);
  } catch (error) {
    // TensorFlow.js refuses a loss that depends on no variable; Keras says zero.
    if (isZero && /Cannot find a connection/.test(messageOf(error))) return { grads: {} };
    throw error;
  }
}

/** The largest difference of a loss, relative to it, and of the predictions after the last step. */
async function trainingDifference(model: tf.LayersModel, facts: CaseFile, training: Training): Promise<number> {
  model.compile({
    optimizer: tf.train.sgd(training.learningRate),
    loss: facts.outputs.map(() => 'meanSquaredError'),
  });
  const xs = facts.inputs.map(tensorOf);
  const ys = training.targets.map(tensorOf);
  try {
    let most = 0;
    for (const expected of training.losses) {
      const answer = await model.trainOnBatch(xs.length === 1 ? xs[0] : xs, ys.length === 1 ? ys[0] : ys);
      const loss = [answer].flat()[0] as number;
      most = Math.max(most, Math.abs(loss - expected) / Math.max(Math.abs(expected), 1e-3));
    }
    return Math.max(most, predictDifference(model, { ...facts, outputs: training.after }));
  } finally {
    tf.dispose([xs, ys]);
    model.optimizer.dispose();
  }
}

async function outcome(measure: () => Promise<number | Outcome>): Promise<Outcome> {
  try {
    const found = await measure();
    return typeof found === 'number' ? finite(found) : found;
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function outcomeOf(measure: () => number): Outcome {
  try {
    return finite(measure());
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function finite(value: number): Outcome {
  return Number.isFinite(value) ? { difference: value } : { error: 'values that are not finite differ' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `${error}`;
}
