// Runs a plan on tensors, by Keras's rules: each call gets the masks of its own inputs (they travel on the tensors), the
// masks that it was given by name, and `training` by the rule of the version that wrote the file.

import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { flattenTree, type TensorTree } from '../../core/tensorTree.js';
import { wantLogits, wantsLogits } from '../base/logits.js';
import { handOnNext, maskOf, setMask, withoutGradient } from '../base/masks.js';
import type { GraphPlan, GraphStep, MaskSlots } from './graphPlan.js';
import type { KerasRules } from './kerasRules.js';

export interface RunMode {
  /** Whether the model trains; undefined where its caller does not say. */
  readonly training: boolean | undefined;
  readonly rules: KerasRules;
}

/** The tensors of the plan's outputs. Call it in a tidy; the inputs stay the caller's. */
export function runPlan(plan: GraphPlan, inputs: readonly Tensor[], mode: RunMode): Tensor[] {
  const values = new Array<Tensor>(plan.slotCount);
  let latest = 0; // the highest number of a tensor among them
  plan.inputs.forEach((slot, i) => {
    values[slot] = inputs[i];
    latest = Math.max(latest, inputs[i].id);
  });
  const newest = latest;
  const plain = plainCall(mode);
  const mayFree = mode.training !== true && engine().state.gradientDepth === 0;
  const isForLoss = wantsLogits();
  let mayRepeat = false; // whether a tensor may stand in several slots: tensors count up, so that new ones stand in none
  for (const step of plan.steps) {
    if (isForLoss) wantLogits(step.keepsLogits);
    const made = step.isPlain ? callPlain(step, values, plain) : callLayer(step, values, mode);
    const outputs = (made as Tensor).dataId === undefined ? flattenTree(made) : (made as Tensor);
    for (let i = 0; i < step.outputs.length; i++) {
      const output = Array.isArray(outputs) ? outputs[i] : outputs;
      values[step.outputs[i]] = output;
      if (output?.id > latest) latest = output.id;
      else mayRepeat = true;
    }
    if (mayFree && step.frees.length > 0) free(step, values, { newest, mayRepeat });
  }
  if (isForLoss) wantLogits('any');
  return plan.outputs.map((slot) => values[slot]);
}

/** What all calls of a run have in common that have tensors and nothing else. */
interface PlainCall {
  readonly kwargs: { readonly training: boolean } | undefined;
  /** Where relu follows. */
  readonly beforeRelu: { readonly training: boolean; readonly reluFollows: true } | undefined;
  readonly listsHandMasksOn: boolean;
}

function plainCall({ training, rules }: RunMode): PlainCall {
  const kwargs = training === undefined ? undefined : { training };
  const beforeRelu = kwargs && ({ ...kwargs, reluFollows: true } as const);
  return { kwargs, beforeRelu, listsHandMasksOn: rules.listsHandMasksOn };
}

/** As callLayer does it; to make and to read the arguments of each call took a quarter of the time of a small layer. */
function callPlain(
  { layer, inputs: slots, isFirstList, reluFollows }: GraphStep,
  values: readonly Tensor[],
  plain: PlainCall,
): TensorTree<Tensor> {
  const { listsHandMasksOn } = plain;
  const kwargs = reluFollows ? plain.beforeRelu : plain.kwargs;
  const inputs = slots.length === 1 ? values[slots[0]] : slots.map((slot) => values[slot]);
  handOnNext(layer, isFirstList && !listsHandMasksOn ? slots.map(() => null) : undefined);
  return layer.apply(inputs, kwargs) as TensorTree<Tensor>;
}

function callLayer(step: GraphStep, values: readonly Tensor[], mode: RunMode): TensorTree<Tensor> {
  const { layer } = step;
  const inputs = step.inputs.map((slot) => values[slot]);
  const kwargs = argumentsOf(step, values, mode);
  const given = inputs.length === 1 ? inputs[0] : inputs;
  const { isForeign } = step;
  if (!isForeign) handOnNext(layer, handedOn(step, inputs, mode.rules));
  if (isForeign && kwargs.mask === undefined) addFirstMask(kwargs, inputs);
  const made = layer.apply(given, kwargs) as TensorTree<Tensor>;
  if (isForeign && layer.supportsMasking) passMasks(layer, inputs, flattenTree(made));
  if (mode.rules.attentionTakesMasks && step.takesMasks) takeMasks(inputs);
  return made;
}

function argumentsOf(step: GraphStep, values: readonly Tensor[], mode: RunMode): Record<string, unknown> {
  const { layer, masks, options, takesSeveral, takesMasks, training } = step;
  const kwargs: Record<string, unknown> = { ...options };
  const effective = mode.rules.modelTrainingWins ? (mode.training ?? training) : (training ?? mode.training);
  if (effective !== undefined) kwargs.training = effective;
  if (takesSeveral && mode.rules.namesMasksByArgument) kwargs.mask = false;
  const keepsMasks = mode.rules.modelsKeepMasks && layer instanceof LayersModel;
  for (const [name, slots] of masks) kwargs[name] = fill(slots, values, name === 'mask' && !keepsMasks ? false : null);
  if (mode.rules.attentionTakesMasks && takesMasks) delete kwargs.queryMask;
  return kwargs;
}

/**
 * The masks from which the layer computes those of its outputs, where they are not the masks of its call: Keras takes those of
 * the first argument, in some versions even if the call was given another.
 */
function handedOn(step: GraphStep, inputs: readonly Tensor[], rules: KerasRules) {
  const { takesSeveral, isFirstList, firstCount, isMaskNamed } = step;
  if (isFirstList && !rules.listsHandMasksOn) return inputs.map(() => null);
  const isByPosition = !isMaskNamed && step.masks.some(([name]) => name === 'mask');
  if (isMaskNamed ? rules.handsGivenMasksOn : !isByPosition && (!takesSeveral || !rules.namesMasksByArgument))
    return undefined;
  const found = inputs.slice(0, firstCount).map(maskOf);
  return found.length === 1 ? found[0] : found;
}

/** @param none What stands for a mask that was not given. */
function fill(slots: MaskSlots, values: readonly Tensor[], none: null | false): unknown {
  const maskAt = (slot: number | null) => (slot === null ? none : asMask(values[slot]));
  return typeof slots === 'object' && slots !== null ? slots.map(maskAt) : maskAt(slots);
}

/** While a gradient is recorded it must not flow into what computes a mask: comparisons have none in TensorFlow.js. */
function asMask(value: Tensor): Tensor {
  return engine().state.gradientDepth > 0 ? withoutGradient(() => value.clone()) : value;
}

/** Layers of TensorFlow.js and of users know one mask, that of their first input. */
function addFirstMask(kwargs: Record<string, unknown>, [first]: readonly Tensor[]): void {
  const mask = first && maskOf(first);
  if (mask) kwargs.mask = mask;
}

function passMasks(layer: layers.Layer, inputs: Tensor[], outputs: readonly Tensor[]): void {
  const masks = inputs.map(maskOf) as Tensor[];
  const made = layer.computeMask(inputs, masks);
  const ofOutputs = Array.isArray(made) ? made : outputs.map(() => made);
  outputs.forEach((output, i) => {
    setMask(output, ofOutputs[i] ?? null);
  });
}

function takeMasks(inputs: readonly Tensor[]): void {
  for (const input of inputs) setMask(input, null);
}

interface Known {
  /** The number of the newest tensor from before the run: up to it they belong to others, as a layer's constants. */
  readonly newest: number;
  readonly mayRepeat: boolean;
}

/** A stateful layer may keep its output for the next call. */
function free({ layer, frees }: GraphStep, values: readonly Tensor[], { newest, mayRepeat }: Known): void {
  for (const slot of frees) {
    const value = values[slot];
    const isTwice = mayRepeat && (values.indexOf(value) !== slot || values.lastIndexOf(value) !== slot);
    const isKept = layer.stateful || value.id <= newest || isTwice;
    if (!isKept && !value.isDisposed) value.dispose();
  }
}
