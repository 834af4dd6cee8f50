// The state of TensorFlow.js's own optimizers as Keras keeps it, and back. An optimizer of Keras with the same arguments stands in
// between, so that the order of a file is said in one place.
// Source: https://js.tensorflow.org/api/latest/#Training-Optimizers

import { dispose, type Optimizer, scalar, type Tensor, tensor, type Variable } from '@tensorflow/tfjs-core';
import type { JsonObject } from '../../core/json.js';
import type { KerasOptimizer } from '../../layers/optimizers/kerasOptimizer.js';
import { getOptimizer } from '../../layers/optimizers/optimizers.js';
import type { StateEntry } from '../../layers/optimizers/state.js';
import type { StoredValue } from '../weights/storedValue.js';
import { fillByName, type SlotNames, scaled } from './namedState.js';
import { asKerasOptimizer } from './tfjsOptimizers.js';

/** For each class the slots in the order of getWeights(): TensorFlow.js's name and Keras's. */
const slots: Readonly<Record<string, readonly (readonly [tfjs: string, keras: string])[]>> = {
  SGD: [],
  Momentum: [['momentum', 'momentum']],
  Adam: [
    ['m', 'momentum'],
    ['v', 'velocity'],
  ],
  Adagrad: [['accumulator', 'accumulator']],
  Adadelta: [
    ['accum_grad', 'accumulated_grad'],
    ['accum_var', 'accumulated_delta_var'],
  ],
  RMSProp: [
    ['rms', 'velocity'],
    ['momentum', 'momentum'],
    ['mg', 'average_gradient'],
  ],
};

/** Undefined for a class whose state TensorFlow.js does not tell: Adamax. */
export function slotNames(className: string, learningRate: number): SlotNames | undefined {
  if (!Object.hasOwn(slots, className)) return undefined;
  // TensorFlow.js's momentum is a sum of gradients, and Keras's is the step that they make.
  return { names: Object.fromEntries(slots[className]), scale: className === 'Momentum' ? -learningRate : 1 };
}

/** The name of Keras's optimizer and its state; null for an optimizer without a form of Keras. */
export async function tfjsState(
  optimizer: Optimizer,
  variables: readonly Variable[],
): Promise<{ readonly name: string; readonly entries: StateEntry[] } | null> {
  const standIn = standInOf(optimizer);
  if (!standIn) return null;
  const names = slotNames(optimizer.getClassName(), standIn.learningRate);
  if (!names) {
    console.warn(
      `saveKerasModel: the optimizer's state is left out, since TensorFlow.js does not tell that of its ${optimizer.getClassName()}`,
    );
    return null;
  }
  const weights = await optimizer.getWeights();
  try {
    const values = weights.map(({ name, tensor }) => ({
      path: name,
      shape: tensor.shape,
      numbers: () => tensor.dataSync(),
    }));
    const entries = standIn.stateOf(variables);
    const problem = fillByName(entries, values, { slots: names });
    if (problem) throw new Error(`saveKerasModel: the optimizer's state cannot be told apart: ${problem}`);
    const held = entries.map((entry) => {
      const numbers = entry.read().slice();
      return { ...entry, read: () => numbers };
    });
    return { name: standIn.name, entries: held };
  } finally {
    standIn.dispose();
    dispose(weights[0].tensor); // the number of steps; the others are the optimizer's own
  }
}

/**
 * Sets the state of an optimizer of TensorFlow.js.
 * @param stored In Keras's order.
 * @param variables In Keras's order.
 * @param trained The same in the order in which the model gives their gradients.
 */
export async function restoreTfjsState(
  optimizer: Optimizer,
  stored: readonly StoredValue[],
  { variables, trained }: { readonly variables: readonly Variable[]; readonly trained: readonly Variable[] },
): Promise<void> {
  const standIn = standInOf(optimizer);
  const className = optimizer.getClassName();
  if (!standIn || !Object.hasOwn(slots, className)) return;
  const tensors: Tensor[] = [];
  const before = await optimizer.getWeights();
  try {
    const entries = standIn.stateOf(variables);
    entries.forEach((entry, i) => {
      entry.write(stored[i].numbers());
    });
    setLearningRate(optimizer, standIn.learningRate);
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    const { scale } = slotNames(className, standIn.learningRate) as SlotNames;
    const { centered = false } = optimizer.getConfig();
    const weights = slots[className]
      .filter(([own]) => own !== 'mg' || centered)
      .flatMap(([own, slot]) =>
        trained.map(({ name, shape, size }) => {
          const values = byName.get(`${name}/${slot}`)?.read() ?? new Float32Array(size);
          const value = tensor(Float32Array.from(scaled(values, 1 / scale)), shape);
          tensors.push(value);
          return { name: `${name}/${own}`, tensor: value };
        }),
      );
    const iterations = scalar(standIn.iterations, 'int32');
    tensors.push(iterations);
    await optimizer.setWeights([{ name: 'iter', tensor: iterations }, ...weights]);
  } finally {
    standIn.dispose();
    dispose([...tensors, ...before.map((weight) => weight.tensor)]);
  }
}

function standInOf(optimizer: Optimizer): KerasOptimizer | null {
  const written = asKerasOptimizer(optimizer.getClassName(), optimizer.getConfig() as JsonObject);
  return written && (getOptimizer(written) as KerasOptimizer);
}

/** Only where it differs in float32, in which files hold it. */
function setLearningRate(optimizer: Optimizer, rate: number): void {
  const one = optimizer as unknown as { learningRate: number; setLearningRate?(rate: number): void };
  if (Math.fround(one.learningRate) === Math.fround(rate)) return;
  if (one.setLearningRate) one.setLearningRate(rate);
  else one.learningRate = rate;
}
