// Which calls of a graph make what the model gives. In Keras on TensorFlow the output of softmax or sigmoid holds its logits
// (base/logits.ts) as long as it is the same tensor: layers that give their input hand it on, and a cast loses it.
// Source: measured with Keras 3.15 and tf.keras 2.15 on TensorFlow

import type { layers } from '@tensorflow/tfjs-layers';
import type { GivesInput, LogitsWanted } from '../base/logits.js';
import type { KerasRules } from './kerasRules.js';

/** A call, with a number for each tensor, as in graphPlan.ts. */
interface Step {
  readonly layer: layers.Layer;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** What layers and models say of themselves. */
interface Giver extends Partial<GivesInput> {
  readonly dtypePolicy?: { readonly name: string };
}

/** What the calls of a graph have to do with its outputs. */
export interface OutputMakers {
  /** For each step which logits its layer should keep. */
  readonly wanted: readonly LogitsWanted[];
  /** Whether the graph may give one of its inputs. */
  readonly givesInput: boolean;
}

/**
 * @param steps In the order in which they run.
 * @param results The slots of the model's outputs.
 */
export function outputMakers(
  steps: readonly Step[],
  { inputs, results }: { readonly inputs: readonly number[]; readonly results: readonly number[] },
  { hasTfKerasLosses: isTfKeras }: Pick<KerasRules, 'hasTfKerasLosses'>,
): OutputMakers {
  // By slot: the dtype that the tensor must have, lest it be cast. Losses of Keras 3 cast to float32; null: any.
  const dtypes = new Map<number, string | null>(results.map((slot) => [slot, isTfKeras ? null : 'float32']));
  const wanted = [...steps].reverse().map((step): LogitsWanted => {
    const layer: Giver & layers.Layer = step.layer;
    const slot = step.outputs.find((output) => dtypes.has(output));
    if (slot === undefined) return false;
    const [asked, own] = [dtypes.get(slot) ?? null, computeDtypeOf(layer)];
    if (asked !== null && own !== null && asked !== own) return false;
    if (layer.givesInput?.(isTfKeras)) for (const input of step.inputs) dtypes.set(input, asked ?? own);
    return isTfKeras && isOperation(layer) ? 'ofItsKind' : 'any';
  });
  return { wanted: wanted.reverse(), givesInput: inputs.some((slot) => dtypes.has(slot)) };
}

/** Null for models and layers of others, which cast nothing, and for operations, which have the dtype of their inputs. */
function computeDtypeOf(layer: Giver & layers.Layer): string | null {
  return !layer.dtypePolicy || isOperation(layer) ? null : layer.dtypePolicy.name.replace(/^mixed_/, '');
}

const isOperation = (layer: layers.Layer) => layer.getClassName() === 'KerasOp';
