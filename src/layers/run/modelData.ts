// The inputs and targets of a model as Keras takes them. Targets may be None for an output without a loss, and labels of
// pictures or sequences without a last axis of 1, which TensorFlow.js wants.

import { expandDims, type NamedTensorMap, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isTensor, type TensorTree } from '../../core/tensorTree.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { fitsOutput, type TargetRule } from '../losses/targetRule.js';
import { arrangeTensors, type Slots } from './arrangeTensors.js';
import { checkTensors } from './checkTensors.js';
import { targetsFor } from './vectorData.js';

interface Compiled {
  readonly name: string;
  readonly outputs: readonly SymbolicTensor[];
  readonly outputNames: readonly string[];
  readonly lossFunctions: readonly (object | null)[];
  readonly structure: { readonly outputs: Slots };
  /** The metrics that are computed, each with the index of its output. */
  readonly metricsTensors: readonly (readonly [unknown, number])[];
}

interface TakesInputs {
  readonly name: string;
  readonly inputs: readonly SymbolicTensor[];
  readonly structure: { readonly inputs: Slots };
}

/**
 * Inputs for the graph, in their order.
 * @param given In the structure of the inputs.
 * @throws ValueError for another structure, and for what is no tensor of numbers, or of what the input is made for.
 */
export function arrangeInputs<T>({ name, inputs, structure }: TakesInputs, given: TensorTree<T>): T[] {
  const where = `Model '${name}', inputs`;
  const found = arrangeTensors(given, structure.inputs, where);
  checkTensors(where, found, structure.inputs.names, { symbols: inputs });
  return found;
}

/** The values of execute(). @throws Error for an input without one. */
export function inputsByName({ inputs }: Pick<TakesInputs, 'inputs'>, values: NamedTensorMap): Tensor[] {
  return inputs.map(({ name }) => {
    const value = values[name];
    if (!value) throw new Error(`execute: every input needs a value; received none for '${name}'`);
    return value;
  });
}

/** Stands for the targets that nobody reads. */
const placeholders = new WeakSet<Tensor>();

/** Whether the tensor only fills the place of targets that were not given. */
function isPlaceholder(target: Tensor): boolean {
  return placeholders.has(target);
}

/** A target, or none where the output has no loss. */
function isTarget(value: unknown): boolean {
  return value === null || isTensor(value);
}

/**
 * Targets for all outputs, in their order. What is new in them is the caller's.
 * @param given In the structure of the outputs; null for targets that are not given, or a dictionary without them.
 * @param count The number of examples.
 * @throws ValueError for null where the output has a loss or a metric.
 */
export function arrangeTargets(model: Compiled, given: TensorTree<Tensor>, count: number): Tensor[] {
  const where = `Model '${model.name}', targets`;
  const reading = { isLeaf: isTarget, missing: null };
  const targets = arrangeTensors<Tensor | null>(given, model.structure.outputs, where, reading);
  checkTensors(where, targets, model.structure.outputs.names, { isOptional: true });
  return complete(model, targets, count);
}

/** What the targets must look like. */
export function wantedTargets(model: Compiled, targets: readonly Tensor[]): { shape: Shape }[] {
  return targetsFor(model.outputs, model.lossFunctions).map((wanted, i) => {
    if (targets[i] && isPlaceholder(targets[i])) return { shape: [null] };
    return isOtherShape(model, targets[i], i) ? { shape: [null, ...targets[i].shape.slice(1)] } : wanted;
  });
}

/** Whether a target is one that was not given, or has another shape than the output, but one that its loss takes. */
export function hasOwnShape(model: Pick<Compiled, 'outputs' | 'lossFunctions'>, target: Tensor, i: number): boolean {
  return isPlaceholder(target) || isOtherShape(model, target, i);
}

function isOtherShape(
  { outputs, lossFunctions }: Pick<Compiled, 'outputs' | 'lossFunctions'>,
  target: Tensor | undefined,
  i: number,
): boolean {
  const rule = (lossFunctions[i] as { readonly targetRule?: TargetRule } | null)?.targetRule;
  const shape = outputs[i]?.shape;
  if (!rule || !target || !shape) return false;
  const isSame =
    target.rank === shape.length &&
    shape.every((size, axis) => axis === 0 || size === null || size === target.shape[axis]);
  return !isSame && fitsOutput(target.shape, shape, rule);
}

function complete(model: Compiled, given: readonly (Tensor | null)[], count: number): Tensor[] {
  const { outputs, lossFunctions, metricsTensors = [] } = model;
  const lossOf = (i: number) => lossFunctions?.[i] ?? null;
  const lacking = given.findIndex(
    (target, i) => target === null && (lossOf(i) !== null || metricsTensors.some(([, output]) => output === i)),
  );
  if (lacking >= 0) {
    throw new KerasValueError(
      `Model '${model.name}': an output with a loss or metrics needs targets. Received: ${showValue(null)} for output '${model.outputNames[lacking]}'`,
    );
  }
  return given.map((target, i) => {
    if (target !== null) return takesLabels(lossOf(i)) ? withLabelAxis(target, outputs[i]) : target;
    const placeholder = zeros([count]);
    placeholders.add(placeholder);
    return placeholder;
  });
}

function takesLabels(loss: unknown): boolean {
  return typeof loss === 'function' && 'takesLabels' in loss && loss.takesLabels === true;
}

function withLabelAxis(target: Tensor, output: SymbolicTensor | undefined): Tensor {
  return target.rank > 0 && target.rank === (output?.shape.length ?? 0) - 1 ? expandDims(target, -1) : target;
}
