// Builds a tfjs model from a ModelSpec. All layers are made first. Then the list of layers is swept until every call is
// made, since a file may list a layer before the layers that feed it.

import { LayersModel, type layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isJsonObject, type Json } from '../../core/json.js';
import { fillStructure } from '../../core/tensorTree.js';
import { checkFile } from '../../formats/kerasFileError.js';
import { allowAnyName, namedInput } from '../../layers/base/anyName.js';
import { misrecordsShape } from '../../layers/base/assets.js';
import { noteKerasDtype } from '../../layers/base/integerRange.js';
import type { LayerContext } from '../../layers/base/layerArgs.js';
import { checkTensorSize } from '../../layers/base/loadLimits.js';
import { setOwnTrainable } from '../../layers/base/trainable.js';
import { rulesOf } from '../../layers/run/kerasRules.js';
import { makeFunctional, makeSequential } from '../../layers/run/models.js';
import { everyLayerOf } from '../../tfjs/everyLayer.js';
import { type CallSpec, type LayerSpec, type ModelSpec, refsOf, type TensorRef } from '../config/modelSpec.js';
import { isModel } from '../config/objectKind.js';
import { readModelSpec } from '../config/readModelSpec.js';
import { childrenOf } from '../weights/ownState.js';
import { applyCall, tensorsOf } from './applyCall.js';
import type { BuildContext, BuildOptions } from './buildContext.js';
import { makeCustomLayer } from './customObjects.js';
import { disposeLayers, ownLayers } from './disposeLayers.js';
import { layerError } from './layerError.js';
import { rememberOrder } from './layerOrder.js';
import { leaveNothingOnFailure } from './leaveNothing.js';
import { makeSpecLayer } from './makeSpecLayer.js';
import { rememberOrigin } from './origins.js';
import { checkRecordedShape, fitsRecordedShape, learnSizes, withLostArguments } from './recordedShapes.js';
import { SharedLayers } from './sharedLayers.js';

type Layer = layers.Layer;

/**
 * Builds a model with all its weights.
 * @throws KerasFileError for a graph that cannot be built, and any error of a layer. No tensor is left behind.
 */
export function buildModel(spec: ModelSpec, options: BuildOptions = {}): LayersModel {
  const kerasVersion = options.kerasVersion ?? (options.kerasMajor === 2 ? '2.15' : '');
  const counts = { layers: 0, tensors: 0 }; // of models within wrappers
  const shared = new SharedLayers(!options.repeatsWeights);
  const layerContext: LayerContext = {
    kerasMajor: options.kerasMajor,
    kerasVersion,
    customObjects: options.customObjects,
    onUnknownKeys: (className, keys) =>
      options.warn?.(`${className}: arguments of another version of Keras were ignored: ${keys.join(', ')}`),
    makeCustom: (object) => {
      const known = shared.find(object);
      if (known) return known;
      const custom = makeCustomLayer(object, options.customObjects ?? {});
      if (custom) return custom;
      return isModel(object) ? build(readModelSpec(object, 0, counts), context) : null;
    },
    onMade: (object, layer) => shared.remember(object, layer),
  };
  const context: BuildContext = {
    ...options,
    layerContext,
    rules: rulesOf(kerasVersion),
    unused: [],
    shared,
  };
  return leaveNothingOnFailure(() => {
    const model = build(spec, context);
    ownLayers(model);
    unusedLayers.set(model, context.unused);
    return model;
  });
}

const unusedLayers = new WeakMap<LayersModel, readonly Layer[]>();

/** Frees the layers of the file that no output needs, once all weights are loaded: model.dispose() does not know them. */
export function disposeUnused(model: LayersModel): void {
  const used = new Set<Layer>();
  const visit = (layer: Layer): void => {
    if (used.has(layer)) return;
    used.add(layer);
    const inside = layer instanceof LayersModel ? everyLayerOf(layer) : Object.values(childrenOf(layer)).flat();
    for (const child of inside as readonly Layer[]) visit(child);
  };
  visit(model);
  disposeLayers((unusedLayers.get(model) ?? []).filter((layer) => !used.has(layer)));
}

function build(spec: ModelSpec, context: BuildContext): LayersModel {
  const model = spec.kind === 'Sequential' ? buildSequential(spec, context) : buildFunctional(spec, context);
  if (!spec.trainable) setOwnTrainable(model, false); // each layer has a flag of its own in the file
  rememberOrigin(model, spec.object);
  return model;
}

function makeLayerOf(spec: LayerSpec, context: BuildContext): Layer {
  const layer = spec.model ? buildNested(spec.object, spec.model, context) : makeSpecLayer(spec, context);
  allowAnyName(layer);
  return layer;
}

function buildNested(object: LayerSpec['object'], spec: ModelSpec, context: BuildContext): Layer {
  const known = context.shared.find(object);
  if (known) return known;
  const model = build(spec, context);
  context.shared.remember(object, model);
  return model;
}

function buildSequential(spec: ModelSpec, context: BuildContext): LayersModel {
  const where = `model '${spec.name}'`;
  const model = makeSequential({ name: spec.name }, context.rules);
  const order: Layer[] = [];
  const startsWithInput = spec.layers[0]?.kind === 'input' || spec.layers[0]?.model !== undefined;
  if (!startsWithInput) {
    const { inputShape } = spec;
    checkFile(inputShape !== undefined, where, 'a Sequential model must say its input shape; build it before saving', {
      build_input_shape: null,
    });
    model.add(makeInputTensor({ batch_shape: inputShape }, `${spec.name}_input`).sourceLayer);
  }
  for (const layerSpec of spec.layers) {
    const layer = layerSpec.kind === 'input' ? inputOfFile(layerSpec).sourceLayer : makeLayerOf(layerSpec, context);
    if (layerSpec.kind !== 'input') order.push(layer);
    try {
      model.add(layer);
      for (const { shape } of model.outputs) checkTensorSize(shape);
    } catch (error) {
      throw layerError(`${where}: layer '${layerSpec.name}' cannot be added`, error);
    }
  }
  rememberOrder(model, order);
  return model;
}

function buildFunctional(spec: ModelSpec, context: BuildContext): LayersModel {
  const graph = new Graph(spec, context);
  graph.run();
  const inputs = fillStructure(
    spec.inputStructure,
    spec.inputs.map((ref) => graph.tensor(ref)),
  );
  const outputs = fillStructure(
    spec.outputStructure,
    spec.outputs.map((ref) => graph.tensor(ref)),
  );
  const model = makeFunctional({ inputs, outputs, name: spec.name }, context.rules);
  const used = new Set(everyLayerOf(model));
  context.unused.push(...graph.layers.filter((layer) => !used.has(layer)));
  rememberOrder(model, graph.layers);
  return model;
}

/** Makes an input layer, which remembers its dtype in the file. tfjs makes it together with its tensor. */
function inputOfFile({ object, name }: LayerSpec): SymbolicTensor {
  const tensor = makeInputTensor(object.config, name);
  rememberOrigin(tensor.sourceLayer, object);
  return tensor;
}

function makeInputTensor(config: Json, name: string): SymbolicTensor {
  const { batch_shape, batch_input_shape, batchInputShape, dtype } = isJsonObject(config) ? config : {};
  const batchShape = (batch_shape ?? batch_input_shape ?? batchInputShape) as (number | null)[] | undefined;
  checkFile(Array.isArray(batchShape), `input layer '${name}'`, 'there must be a batch_shape', {
    batch_shape: batchShape ?? null,
  });
  const tensor = namedInput({ batchShape, name, dtype: tensorType(dtype) });
  noteKerasDtype(tensor, dtype);
  return tensor;
}

/**
 * TensorFlow.js's dtype for one of Keras's. It has one float and one integer type, which hold the narrower ones too.
 */
function tensorType(dtype: Json | undefined): 'float32' | 'int32' | 'bool' | 'string' {
  const text = typeof dtype === 'string' ? dtype : 'float32';
  if (/^u?int/.test(text)) return 'int32';
  return text === 'bool' || text === 'string' ? text : 'float32';
}

/** A functional model while it is built: its layers, and the tensors that the calls made so far gave. */
class Graph {
  readonly layers: Layer[];
  readonly #outputs = new Map<string, SymbolicTensor[][]>();
  /** Layers whose output has another shape than the file says, in Keras too. */
  readonly #misrecorded = new Set<string>();

  constructor(
    readonly spec: ModelSpec,
    context: BuildContext,
  ) {
    this.layers = withLostArguments(spec.layers).map((layer) => {
      if (layer.kind !== 'input') return makeLayerOf(layer, context);
      const tensor = inputOfFile(layer);
      this.#outputs.set(layer.name, [[tensor]]);
      return tensor.sourceLayer;
    });
  }

  /** Makes every call of the file, each as soon as its inputs exist. */
  run(): void {
    const { layers } = this.spec;
    const done = layers.map(() => 0);
    const waits = layers.map(() => 0); // for how many tensors the next call of a layer waits
    const waiting = new Map<string, number[]>(); // which layers wait for a call
    const pending = [...layers.keys()].reverse();
    for (let i = pending.pop(); i !== undefined; i = pending.pop()) {
      const { name, calls } = layers[i];
      for (; done[i] < calls.length; done[i]++) {
        const missing = this.#missing(calls[done[i]]);
        waits[i] = missing.size;
        for (const key of missing) addTo(waiting, key, i);
        if (missing.size > 0) break;
        this.#call(layers[i], this.layers[i], calls[done[i]]);
        const awake = (waiting.get(`${done[i]} ${name}`) ?? []).filter((waiter) => --waits[waiter] === 0);
        for (const waiter of awake.reverse()) pending.push(waiter);
      }
    }
    const open = layers.filter(({ calls }, i) => done[i] < calls.length).map(({ name }) => name);
    checkFile(open.length === 0, `model '${this.spec.name}'`, 'these layers wait for tensors that no layer makes', {
      layers: open,
    });
  }

  tensor({ layer, call, output }: TensorRef): SymbolicTensor {
    const tensor = this.#outputs.get(layer)?.[call]?.[output];
    checkFile(tensor !== undefined, `model '${this.spec.name}'`, 'there is no such tensor', { layer, call, output });
    return tensor;
  }

  /** The calls that must be made before this one, as `<index> <layer>`. */
  #missing(call: CallSpec): Set<string> {
    const refs = tensorsOf(call).filter(({ layer, call: index }) => this.#outputs.get(layer)?.[index] === undefined);
    return new Set(refs.map(({ layer, call: index }) => `${index} ${layer}`));
  }

  /** Whether the file is wrong about the tensor, and so about all that is computed from it. */
  #isMisrecorded({ shape, sourceLayer }: SymbolicTensor, ref: TensorRef): boolean {
    return this.#misrecorded.has(ref.layer) || (misrecordsShape(sourceLayer) && !fitsRecordedShape(shape, ref));
  }

  #call(spec: LayerSpec, layer: Layer, call: CallSpec): void {
    const isOnlyReader = spec.calls.length === 1 && refsOf(call.args).length === 1;
    const resolve = (ref: TensorRef) => {
      const tensor = this.tensor(ref);
      if (this.#isMisrecorded(tensor, ref)) this.#misrecorded.add(ref.layer).add(spec.name);
      else checkRecordedShape(tensor.shape, ref, spec.name);
      if (isOnlyReader) learnSizes(tensor, spec);
      return tensor;
    };
    const outputs = applyCall({ spec, layer, call, resolve });
    const before = this.#outputs.get(spec.name);
    if (before) before.push(outputs);
    else this.#outputs.set(spec.name, [outputs]);
  }
}

function addTo(map: Map<string, number[]>, key: string, item: number): void {
  const known = map.get(key);
  if (known) known.push(item);
  else map.set(key, [item]);
}
