// A graph as a list of steps: which layer is called, with which tensors, and which tensors nobody reads afterwards. Tensors
// have numbers (slots), so that running a plan looks nothing up.
//
// The arguments of a call are those of the file (graph/callTemplates.ts): tensors that layer.apply() takes in its list, masks
// that go to their parameter by name, and `training`.

import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isJsonArray, isJsonObject, type Json, type JsonObject, toCamel } from '../../core/json.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { LogitsWanted } from '../base/logits.js';
import { withoutAlias } from '../base/tensorAlias.js';
import { type CallTemplate, isInputMark, type LayerNode } from '../graph/callTemplates.js';
import { maskArguments } from '../graph/maskArguments.js';
import { writtenCall } from '../graph/modelGraph.js';
import type { KerasRules } from './kerasRules.js';
import { outputMakers } from './outputMakers.js';

type Layer = layers.Layer;

/** A mask argument: a slot, or a list of slots where the layer has several inputs; null: none. */
export type MaskSlots = number | null | readonly (number | null)[];

export interface GraphStep {
  readonly layer: Layer;
  /** Whether it is a layer of TensorFlow.js or a user. */
  readonly isForeign: boolean;
  /** Slots of the layer's inputs, in order. */
  readonly inputs: readonly number[];
  /** Masks that the call was given as tensors, by parameter in camelCase. */
  readonly masks: readonly (readonly [name: string, slots: MaskSlots])[];
  /** Whether a `mask` was given by its name, and not by position. */
  readonly isMaskNamed: boolean;
  /** Whether tensors went to several parameters of the layer, as a recurrent layer's `initial_state`. */
  readonly takesSeveral: boolean;
  /** How many of the inputs stand in the first argument of the call. */
  readonly firstCount: number;
  /** Whether the first argument is a list. */
  readonly isFirstList: boolean;
  /** Arguments of the call that are neither tensors nor masks, in the spelling of files. */
  readonly options: JsonObject;
  /** Whether the call has tensors and nothing else, and the layer is one of this package. */
  readonly isPlain: boolean;
  /** Whether relu alone reads the output of this batch normalization, so that both may be one pass in training. */
  readonly reluFollows: boolean;
  /** `training` of the call; undefined where the file does not say. */
  readonly training: boolean | undefined;
  /** Whether the layer may take the masks off its inputs, see KerasRules. */
  readonly takesMasks: boolean;
  readonly outputs: readonly number[];
  /** Whether the model gives what the layer gives, so that the loss may look for its logits. */
  readonly keepsLogits: LogitsWanted;
  /** Slots that no later step and no caller reads. */
  readonly frees: readonly number[];
}

export interface GraphPlan {
  readonly slotCount: number;
  /** Slots of the fed tensors, in the order in which they were given. */
  readonly inputs: readonly number[];
  /** Slots of the results; one slot may stand there twice. */
  readonly outputs: readonly number[];
  readonly steps: readonly GraphStep[];
  /** Whether an output may be one of the inputs itself. */
  readonly givesInput: boolean;
}

/** Plans how `outputs` follow from `inputs`, which may be inner tensors of the graph. */
export function planGraph(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  rules: KerasRules,
): GraphPlan {
  const slots = new Map<number, number>();
  const slotOf = (given: SymbolicTensor): number => {
    const tensor = withoutAlias(given);
    const slot = slots.get(tensor.id) ?? slots.size;
    slots.set(tensor.id, slot);
    return slot;
  };
  const fed = inputs.map(slotOf);
  const steps = orderCalls(inputs, outputs).map((node) => makeStep(node, slotOf));
  const results = outputs.map(slotOf);
  const { wanted, givesInput } = outputMakers(steps, { inputs: fed, results }, rules);
  const marked = withRelus(steps, results).map((step, i) => ({ ...step, keepsLogits: wanted[i] }));
  return {
    slotCount: slots.size,
    inputs: fed,
    outputs: results,
    steps: withFrees(marked, [...fed, ...results]),
    givesInput,
  };
}

type Unfreed = Omit<GraphStep, 'frees'>;

function withRelus(steps: readonly Unfreed[], results: readonly number[]): Unfreed[] {
  const readersOf = new Map<number, Unfreed[]>();
  for (const step of steps) {
    const read = [...step.inputs, ...step.masks.flatMap(([, tree]) => slotsOf(tree))];
    for (const slot of read) {
      const readers = readersOf.get(slot);
      if (readers) readers.push(step);
      else readersOf.set(slot, [step]);
    }
  }
  return steps.map((step) => {
    const [slot] = step.outputs;
    const [reader, ...others] = readersOf.get(slot) ?? [];
    const isReadOnce = reader !== undefined && others.length === 0 && !results.includes(slot);
    return isReadOnce && mayHaveRelu(step) && isRelu(reader) ? { ...step, reluFollows: true } : step;
  });
}

/** A class of a user that extends one of ours may compute with what that gives. */
function isOwn(layer: Layer, name: 'mayHaveRelu' | 'mayBeRelu'): boolean {
  return Object.hasOwn(layer.constructor, name);
}

function mayHaveRelu({ layer, isPlain }: Unfreed): boolean {
  if (!isPlain || !isOwn(layer, 'mayHaveRelu')) return false;
  return (layer as KerasLayer).getKerasConfig().activity_regularizer === undefined;
}

function isRelu({ layer, isPlain }: Unfreed): boolean {
  return isPlain && isOwn(layer, 'mayBeRelu') && (layer as KerasLayer & { readonly isRelu: boolean }).isRelu;
}

/** The calls between inputs and outputs, each after those that it depends on. */
function orderCalls(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): LayerNode[] {
  const isFed = new Set(inputs.map(({ id }) => id));
  const seen = new Set<LayerNode>();
  const found: LayerNode[] = [];
  const pending: (SymbolicTensor | { readonly finished: LayerNode })[] = [...outputs].reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if ('finished' in next) {
      found.push(next.finished);
      continue;
    }
    const tensor = withoutAlias(next);
    const node = nodeOf(tensor);
    if (isFed.has(tensor.id) || seen.has(node) || node.inboundLayers.length === 0) continue;
    seen.add(node);
    pending.push({ finished: node }, ...[...node.inputTensors].reverse());
  }
  return byDepth(found);
}

/**
 * Keras's order: the deepest calls first, and those of one depth in the order in which a walk back from the outputs meets
 * them. Some layers change what later ones see (KerasRules.attentionTakesMasks).
 */
function byDepth(found: readonly LayerNode[]): LayerNode[] {
  const depths = new Map<LayerNode, number>();
  const ofLayers = new Map<Layer, number>();
  for (const node of [...found].reverse()) {
    const depth = Math.max(depths.get(node) ?? 0, ofLayers.get(node.outboundLayer) ?? 0);
    ofLayers.set(node.outboundLayer, depth);
    depths.set(node, depth);
    for (const parent of node.inputTensors.map((tensor) => nodeOf(withoutAlias(tensor)))) {
      depths.set(parent, Math.max(depth + 1, depths.get(parent) ?? 0));
    }
  }
  const isRun = new Set(found);
  const order = [...depths].filter(([node]) => isRun.has(node));
  return order.sort(([, a], [, b]) => b - a).map(([node]) => node);
}

function nodeOf({ sourceLayer, nodeIndex }: SymbolicTensor): LayerNode {
  return sourceLayer.inboundNodes[nodeIndex];
}

/** What a call of the graph does, with a number for each tensor. */
export function makeStep(node: LayerNode, slotOf: (tensor: SymbolicTensor) => number): Unfreed {
  const slots = node.inputTensors.map(slotOf);
  const template = writtenCall(node);
  const named = isJsonObject(template.kwargs) ? template.kwargs : {};
  const masks = masksOf(template, node.outboundLayer);
  const taken = new Set(masks.flatMap(({ inputs }) => inputs));
  const layer = node.outboundLayer;
  const isForeign = !(layer instanceof KerasLayer);
  const options = template.options ?? {};
  const training = typeof named.training === 'boolean' ? named.training : undefined;
  const takesSeveral = countArguments(template.args) + countArguments(Object.values(named)) - countMasks(masks) > 1;
  const takesMasks = (layer.constructor as { readonly takesMasks?: boolean }).takesMasks === true;
  const saysMore = Object.keys(options).length > 0 || masks.length > 0 || training !== undefined;
  return {
    layer,
    isForeign,
    isPlain: !isForeign && !saysMore && !takesSeveral && !takesMasks,
    inputs: slots.filter((_, i) => !taken.has(i)),
    masks: masks.map(({ name, value }) => [toCamel(name), maskSlots(value, slots)]),
    isMaskNamed: template.byPosition === undefined && masks.some(({ name }) => name === 'mask'),
    takesSeveral,
    firstCount: firstCount(template, named),
    isFirstList: !isInputMark(firstOf(template, named)),
    options,
    reluFollows: false,
    keepsLogits: false,
    training,
    takesMasks,
    outputs: node.outputTensors.map(slotOf),
  };
}

function firstOf({ args }: CallTemplate, named: JsonObject): Json {
  return (isJsonArray(args) && args.length > 0 ? args[0] : Object.values(named)[0]) ?? null;
}

function firstCount(template: CallTemplate, named: JsonObject): number {
  return marksOf(firstOf(template, named)).length;
}

interface MaskArgument {
  /** In the spelling of files. */
  readonly name: string;
  readonly value: Json;
  /** Which inputs of the call are masks of this argument. */
  readonly inputs: readonly number[];
}

/** The masks that a call was given as tensors. To an operation they are inputs like others. */
export function masksOf({ kwargs }: CallTemplate, layer: Layer): MaskArgument[] {
  if ((layer.constructor as { readonly masksAreInputs?: boolean }).masksAreInputs) return [];
  const named = isJsonObject(kwargs) ? Object.entries(kwargs) : [];
  // A list of nulls is given too: Keras looks for masks on the tensors only where there is no list.
  const isGiven = (name: string, value: Json) => holdsMark(value) || (name === 'mask' && isTree(value));
  const masks = named.filter(([name, value]) => maskArguments.has(name) && isGiven(name, value));
  return masks.map(([name, value]) => ({ name, value, inputs: marksOf(value) }));
}

const isTree = (value: Json) => isJsonArray(value) || isJsonObject(value);

function countMasks(masks: readonly MaskArgument[]): number {
  return masks.filter(({ inputs }) => inputs.length > 0).length;
}

/** How many of the values are tensors or hold some. */
function countArguments(values: Json): number {
  return isJsonArray(values) ? values.filter(holdsMark).length : 0;
}

function holdsMark(value: Json): boolean {
  return marksOf(value).length > 0;
}

function marksOf(value: Json): number[] {
  if (isInputMark(value)) return [value.__input__];
  if (isJsonArray(value)) return value.flatMap(marksOf);
  return isJsonObject(value) ? Object.values(value).flatMap(marksOf) : [];
}

function maskSlots(value: Json, slots: readonly number[]): MaskSlots {
  const found = flatMasks(value).map((mask) => (isInputMark(mask) ? slots[mask.__input__] : null));
  return isInputMark(value) || value === null ? found[0] : found;
}

/** The masks of a call in Keras's flat order, in which a dictionary has sorted keys. */
export function flatMasks(value: Json): Json[] {
  if (isInputMark(value)) return [value];
  if (isJsonArray(value)) return value.flatMap(flatMasks);
  if (!isJsonObject(value)) return [null];
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([, item]) => flatMasks(item));
}

/** Masks go on to outputs, so that nobody knows who reads one last: they live until the end of the run. */
function withFrees(steps: readonly Unfreed[], kept: readonly number[]): GraphStep[] {
  const seen = new Set([...kept, ...steps.flatMap(({ masks }) => masks.flatMap(([, tree]) => slotsOf(tree)))]);
  const freed = [...steps].reverse().map((step) => {
    const used = [...step.inputs, ...step.outputs];
    const frees = [...new Set(used)].filter((slot) => !seen.has(slot));
    for (const slot of used) seen.add(slot);
    return { ...step, frees };
  });
  return freed.reverse();
}

function slotsOf(masks: MaskSlots): number[] {
  return [masks].flat().filter((slot) => slot !== null);
}
