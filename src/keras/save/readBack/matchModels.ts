// Whether two models are the same: walks both graphs from the outputs at the same time, and pairs each tensor, call and
// layer of the one with that of the other.

import {
  LayersModel,
  type LayerVariable,
  type layers,
  Sequential,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { withoutAlias } from '../../../layers/base/tensorAlias.js';
import type { LayerNode } from '../../../layers/graph/callTemplates.js';
import { makeStep } from '../../../layers/run/graphPlan.js';
import { isInputLayer } from '../../graph/layerOrder.js';
import { childrenOf, ownVariables } from '../../weights/ownState.js';
import { acceptedNamesOf } from '../acceptedNames.js';
import { isTrainable, trainsWithin } from '../isTrainable.js';
import { comparableCall, comparableLayer, isOpLayer } from './comparableLayer.js';
import { compareJson, differ } from './difference.js';

type Layer = layers.Layer;

export interface Pairs {
  /** For each layer that was read: the layer that was written. */
  readonly layers: ReadonlyMap<Layer, Layer>;
  readonly variables: ReadonlyMap<LayerVariable, LayerVariable>;
  /**
   * Frozen layers that come back with layers within that are trained: a file of Keras 3 has no flags for those that a
   * layer makes when it is built, such as the projections of MultiHeadAttention.
   */
  readonly thawed: ReadonlySet<string>;
}

/** The names of layers that may stand in place of their own. */
export type Renamed = ReadonlySet<string>;

/** @throws Error that names the first difference. */
export function matchModels(meant: LayersModel, read: LayersModel, renamed: Renamed = new Set()): Pairs {
  const matcher = new Matcher(renamed);
  matcher.model(meant, read, outside);
  return matcher;
}

/** What surrounds a layer. */
interface Around {
  /** Under which name a layer of a model is written. Cells and wrapped layers have names that no file must keep. */
  readonly nameOf?: (layer: Layer) => string | undefined;
  /** Whether no model around it freezes it, in the one model and in the other. */
  readonly areTrainable: readonly [meant: boolean, read: boolean];
  /** The frozen layer that holds it, if one does. */
  readonly frozenBy?: string;
}

const outside: Around = { areTrainable: [true, true] };

class Matcher implements Pairs {
  readonly layers = new Map<Layer, Layer>();
  readonly variables = new Map<LayerVariable, LayerVariable>();
  readonly thawed = new Set<string>();
  readonly #calls = new Map<LayerNode, LayerNode>();

  constructor(readonly renamed: Renamed) {}

  model(meant: LayersModel, read: LayersModel, { areTrainable }: Around): void {
    const where = `model '${meant.name}'`;
    const kind = (model: LayersModel) => (model instanceof Sequential ? 'Sequential' : 'Functional');
    compareJson(`${where}: kind`, kind(meant), kind(read));
    const around = { nameOf: writtenNames(meant), areTrainable: bothAround(meant, read, areTrainable) };
    const pending: [SymbolicTensor, SymbolicTensor][] = [];
    for (const which of ['outputs', 'inputs'] as const) {
      compareJson(`${where}: number of ${which}`, meant[which].length, read[which].length);
      meant[which].forEach((tensor, i) => {
        pending.push([tensor, read[which][i]]);
      });
    }
    // Nested deeper than the stack of calls allows, a graph is walked with a list of its own.
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      pending.push(...this.#tensor(next[0], next[1], around));
    }
  }

  /** Compares the calls that made two tensors, and gives the pairs of tensors that these calls read. */
  #tensor(given: SymbolicTensor, other: SymbolicTensor, around: Around): [SymbolicTensor, SymbolicTensor][] {
    const [meant, read] = [withoutAlias(given), withoutAlias(other)];
    const where = `layer '${meant.sourceLayer.name}'`;
    compareJson(`${where}: number of the output`, meant.tensorIndex, read.tensorIndex);
    compareJson(`${where}: shape of the output`, ...whereKnown(meant.shape, read.shape));
    const [call, readCall] = [nodeOf(meant), nodeOf(read)];
    const known = this.#calls.get(readCall);
    if (known) {
      if (known !== call) differ(`${where}: call`, call.outboundLayer.name, known.outboundLayer.name);
      return [];
    }
    this.#calls.set(readCall, call);
    this.#layer(meant.sourceLayer, read.sourceLayer, around);
    return compareCalls(where, call, readCall);
  }

  #layer(meant: Layer, read: Layer, around: Around): void {
    const known = this.layers.get(read);
    if (known) {
      if (known !== meant) differ(`layer '${read.name}', which is shared`, meant.name, known.name);
      return;
    }
    this.layers.set(read, meant);
    const where = `layer '${meant.name}'`;
    const name = around.nameOf?.(meant) ?? read.name;
    if (!this.renamed.has(read.name)) compareJson(`${where}: name`, name, read.name);
    if (meant instanceof LayersModel && read instanceof LayersModel) {
      this.model(meant, read, around);
      return;
    }
    compareJson(where, comparableLayer(meant), comparableLayer(read));
    this.#trainable(where, meant, read, around);
    this.#variables(where, ownVariables(meant), ownVariables(read));
    const [children, readChildren] = [childrenOf(meant), childrenOf(read)].map((all) =>
      Object.entries(all).flatMap(([, item]) => item as Layer | readonly Layer[]),
    );
    compareJson(`${where}: number of layers within`, children.length, readChildren.length);
    const frozenBy = isTrainable(meant) || isTrainable(read) ? around.frozenBy : meant.name;
    children.forEach((child, i) => {
      this.#layer(child, readChildren[i], { areTrainable: around.areTrainable, frozenBy });
    });
  }

  #trainable(where: string, meant: Layer, read: Layer, { areTrainable, frozenBy }: Around): void {
    if (ownVariables(meant).length === 0) return;
    const [isMeant, isRead] = bothTrainable(meant, read, areTrainable);
    if (frozenBy !== undefined && isRead && !isMeant) this.thawed.add(frozenBy);
    else compareJson(`${where}: trainable`, isMeant, isRead);
  }

  #variables(where: string, meant: readonly LayerVariable[], read: readonly LayerVariable[]): void {
    const shapes = (list: readonly LayerVariable[]) => list.map(({ shape }) => shape);
    compareJson(`${where}: shapes of the weights`, shapes(meant), shapes(read));
    read.forEach((variable, i) => {
      this.variables.set(variable, meant[i]);
    });
  }
}

/** A tfjs file of a Sequential model does not hold the name of the input. */
function writtenNames(model: LayersModel): Around['nameOf'] {
  const nameOf = acceptedNamesOf(model);
  return (layer) => (model instanceof Sequential && isInputLayer(layer) ? undefined : nameOf(layer));
}

function bothTrainable(meant: Layer, read: Layer, around: Around['areTrainable']): Around['areTrainable'] {
  return [around[0] && isTrainable(meant), around[1] && isTrainable(read)];
}

/** What a model says of the layers within it. */
function bothAround(meant: LayersModel, read: LayersModel, around: Around['areTrainable']): Around['areTrainable'] {
  return [around[0] && trainsWithin(meant), around[1] && trainsWithin(read)];
}

/** Both shapes, with null in both for a size that only one of them knows: layers of tfjs say less. */
function whereKnown(a: Shape, b: Shape): [Shape, Shape] {
  const known = (shape: Shape, other: Shape) => shape.map((size, axis) => (other[axis] === null ? null : size));
  return [known(a, b), known(b, a)];
}

function nodeOf({ sourceLayer, nodeIndex }: SymbolicTensor): LayerNode {
  return sourceLayer.inboundNodes[nodeIndex];
}

/** Compares the arguments of two calls, and gives the tensors among them, pair by pair. */
function compareCalls(where: string, meant: LayerNode, read: LayerNode): [SymbolicTensor, SymbolicTensor][] {
  const [{ tensors, says }, other] = [describeCall(meant), describeCall(read)];
  compareJson(`${where}: call`, says, other.says);
  return tensors.map((tensor, i) => [tensor, other.tensors[i]]);
}

/** The tensors of a call, and all the rest that it says, with the tensors' numbers. */
function describeCall(node: LayerNode): { tensors: readonly SymbolicTensor[]; says: object } {
  const layer = node.outboundLayer;
  if (node.inboundLayers.length === 0) return { tensors: [], says: {} };
  if (isOpLayer(layer)) {
    const ranks = node.inputTensors.map(({ shape }) => shape.length);
    return { tensors: node.inputTensors, says: { ...comparableCall(layer, ranks), count: node.inputTensors.length } };
  }
  let count = 0;
  const { inputs, masks, takesSeveral, options, training } = makeStep(node, () => count++);
  const set = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== false && value !== null));
  return {
    tensors: node.inputTensors,
    says: { inputs, masks: [...masks].sort(), takesSeveral, options: set, training: training ?? null },
  };
}
