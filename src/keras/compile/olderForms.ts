// Optimizers and metrics of tf.keras in the form of Keras 3. tf.keras 2.11 to 2.15 has two families: new ones, which Keras 3 took
// over, and those of before, which `keras.optimizers.legacy` still has.
// Source: files written by tf.keras 2.15; https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/optimizers

import { isKerasObject, type Json, type JsonObject, type KerasObject, kerasObject } from '../../core/json.js';
import { majorOf } from '../../core/kerasVersion.js';
import type { StateEntry } from '../../layers/optimizers/state.js';
import { decaysIn } from '../../layers/optimizers/tfKerasRules.js';

/** Whose order the state of an optimizer has in a file, and whose arguments its config. */
export type Family = 'keras3' | 'tfkeras' | 'legacy';

/** The family of a serialized optimizer in a file of this version. */
export function familyOf(written: Json, kerasVersion: string): Family {
  if (majorOf(kerasVersion) !== 2) return 'keras3';
  if (!isKerasObject(written)) return 'tfkeras'; // compiled with a name: a .keras has that alone
  const { inner_optimizer: inner = null, is_legacy_optimizer: isLegacy } = written.config as JsonObject;
  if (inner !== null) return familyOf(inner, kerasVersion);
  return isLegacy === false ? 'tfkeras' : 'legacy';
}

/**
 * The optimizer as Keras 3 would write it.
 * @throws Error for one that Keras 3 has no form for.
 */
export function asKeras3(written: Json, family: Family): Json {
  if (family === 'keras3' || !isKerasObject(written)) return written;
  if (/^LossScaleOptimizer(V[123])?$/.test(written.class_name)) return scaledAsKeras3(written, family);
  if (family === 'tfkeras') return written;
  const { decay = 0, lr = null, ...given } = written.config as JsonObject;
  const className = written.class_name.replace(/^Custom>/, '');
  if (className === 'Nadam') {
    throw new Error(
      `the legacy Nadam has momenta that Keras 3 cannot express; received decay=${JSON.stringify(decay)}`,
    );
  }
  const config: Record<string, Json> = { ...given };
  if (lr !== null) config.learning_rate ??= lr; // the name of Keras 2.2
  // A root of squares that epsilon is added to, and not to the squares themselves.
  const addsToRoot = className === 'Adagrad' || (className === 'RMSprop' && !config.momentum);
  if (addsToRoot && typeof config.epsilon === 'number') config.epsilon **= 2;
  const rate = config.learning_rate;
  if (typeof decay === 'number' && decay > 0 && typeof rate === 'number') {
    const schedule = { initial_learning_rate: rate, decay_steps: 1, decay_rate: decay, staircase: false };
    config.learning_rate = kerasObject('keras.optimizers.schedules', 'InverseTimeDecay', schedule);
  }
  return { ...written, class_name: className, config };
}

/** A loss scale of tf.keras may be a number that stays, which Keras 3 has as an argument of every optimizer. */
function scaledAsKeras3(written: KerasObject, family: Family): Json {
  const { inner_optimizer, dynamic = true, initial_scale, dynamic_growth_steps } = written.config as JsonObject;
  const inner = asKeras3(inner_optimizer ?? null, family);
  if (dynamic === false && isKerasObject(inner)) {
    return { ...inner, config: { ...(inner.config as JsonObject), loss_scale_factor: initial_scale ?? null } };
  }
  const config = { inner_optimizer: inner, initial_scale: initial_scale ?? null, dynamic_growth_steps };
  return kerasObject('keras.optimizers', 'LossScaleOptimizer', config as JsonObject);
}

/** A metric without the wrapper that tf.keras puts around a function by its name. */
export function unwrapped(metric: Json): Json {
  if (!isKerasObject(metric) || metric.class_name !== 'MeanMetricWrapper') return metric;
  const { fn, name = null } = metric.config as JsonObject;
  return typeof fn === 'string' ? { class_name: fn, config: { name } } : metric;
}

/** A metric that an .h5 of tf.keras names `output_accuracy`, as it was given: the logs put the name of its output before it. */
export function withoutOutput(metric: Json, output: string | undefined): Json {
  if (output === undefined || !isKerasObject(metric)) return metric;
  const { name = null } = metric.config as JsonObject;
  if (typeof name !== 'string' || !name.startsWith(`${output}_`)) return metric;
  return { ...metric, config: { ...(metric.config as JsonObject), name: name.slice(output.length + 1) } };
}

/** The product of Nadam's decays in all steps so far, which tf.keras does not write. */
export function productOfDecays(beta: number, steps: number, variables: number): number {
  let product = 1;
  for (let step = 1; step <= steps; step++) product *= (beta * (1 - 0.5 * 0.96 ** step)) ** decaysIn(step, variables);
  return product;
}

/**
 * The orders that the state may have in a file. Keras 3 wrote the product of Nadam's decays in front of the slots in early
 * versions, 3.6 among them, and writes it behind them in 3.15.
 */
export function ordersOf(family: Family, entries: readonly StateEntry[], className: string): StateEntry[][] {
  const order = inOrderOf(family, entries, className);
  const product = order.find(({ name }) => name === 'u_product');
  if (!product) return [order];
  const others = order.filter((entry) => entry !== product);
  const first = others.findIndex(({ name }) => name.includes('/'));
  return [order, [...others.slice(0, first), product, ...others.slice(first)]];
}

const absent = new Set(['learning_rate', 'u_product']);
const rowsAndColumns = new Set(['r', 'c']); // of Adafactor; Keras 3 writes a 0 for vectors

/**
 * The entries of an optimizer's state in the order of a file. tf.keras writes no learning rate, and no product of Nadam's
 * decays, which follows from the steps. Legacy optimizers other than Ftrl have one slot of all variables after the other.
 */
function inOrderOf(family: Family, entries: readonly StateEntry[], className: string): StateEntry[] {
  if (family === 'keras3') return [...entries];
  const slotOf = ({ name }: StateEntry) => name.slice(name.lastIndexOf('/') + 1);
  const isAbsent = (entry: StateEntry) =>
    absent.has(entry.name) || (entry.shape.length === 0 && rowsAndColumns.has(slotOf(entry)));
  const held = entries.filter((entry) => !isAbsent(entry));
  if (family === 'tfkeras' || className === 'Ftrl') return held;
  const slots = [...new Set(held.map(slotOf))];
  return slots.flatMap((slot) => held.filter((entry) => slotOf(entry) === slot));
}
