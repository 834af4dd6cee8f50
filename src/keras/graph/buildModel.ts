// Builds a tfjs model from a ModelSpec. All layers are made first. Then the list of layers is swept until every call is
// made, since a file may list a layer before the layers that feed it.

import { input, type LayersModel, type layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isJsonObject, type Json } from '../../core/json.js';
import { fillStructure } from '../../core/tensorTree.js';
import { checkFile, fileError } from '../../formats/kerasFileError.js';
import { misrecordsShape } from '../../layers/base/assets.js';
import type { LayerContext } from '../../layers/base/layerArgs.js';
import { rulesOf } from '../../layers/run/kerasRules.js';
import { makeFunctional, makeSequential } from '../../layers/run/models.js';
import type { CallSpec, LayerSpec, ModelSpec, TensorRef } from '../config/modelSpec.js';
import { isModel } from '../config/objectKind.js';
import { readModelSpec } from '../config/readModelSpec.js';
import { applyCall, tensorsOf } from './applyCall.js';
import type { BuildContext, BuildOptions } from './buildContext.js';
import { makeCustomLayer } from './customObjects.js';
import { disposeLayers, ownLayers } from './disposeLayers.js';
import { rememberOrder } from './layerOrder.js';
import { makeSpecLayer } from './makeSpecLayer.js';
import { rememberOrigin } from './origins.js';
import { checkRecordedShape, fitsRecordedShape, withLostArguments } from './recordedShapes.js';

type Layer = layers.Layer;

/**
 * Builds a model with all its weights.
 * @throws KerasFileError for a graph that cannot be built, and any error of a layer. The layers made so far are
 *     disposed of.
 */
export function buildModel(spec: ModelSpec, options: BuildOptions = {}): LayersModel {
  const made: Layer[] = [];
  const kerasVersion = options.kerasVersion ?? (options.kerasMajor === 2 ? '2.15' : '');
  const layerContext: LayerContext = {
    kerasMajor: options.kerasMajor,
    kerasVersion,
    customObjects: options.customObjects,
    onUnknownKeys: (className, keys) =>
      options.warn?.(`${className}: arguments of another version of Keras were ignored: ${keys.join(', ')}`),
    makeCustom: (object) => {
      const custom = makeCustomLayer(object, options.customObjects ?? {});
      if (custom) return custom;
      return isModel(object) ? build(readModelSpec(object), context) : null;
    },
  };
  const context: BuildContext = { ...options, layerContext, rules: rulesOf(kerasVersion), made, shareable: new Map() };
  try {
    const model = build(spec, context);
    ownLayers(model);
    return model;
  } catch (error) {
    disposeLayers(made);
    throw error;
  }
}

function build(spec: ModelSpec, context: BuildContext): LayersModel {
  const model = spec.kind === 'Sequential' ? buildSequential(spec, context) : buildFunctional(spec, context);
  if (!spec.trainable) model.trainable = false;
  rememberOrigin(model, spec.object);
  return model;
}

function makeLayerOf(layer: LayerSpec, context: BuildContext): Layer {
  return layer.model ? build(layer.model, context) : makeSpecLayer(layer, context);
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
    model.add(makeInput({ batch_shape: inputShape }, `${spec.name}_input`));
  }
  for (const layerSpec of spec.layers) {
    const layer =
      layerSpec.kind === 'input' ? makeInput(layerSpec.object.config, layerSpec.name) : makeLayerOf(layerSpec, context);
    if (layerSpec.kind !== 'input') order.push(layer);
    try {
      model.add(layer);
    } catch (error) {
      throw fileError(where, `layer '${layerSpec.name}' cannot be added: ${(error as Error).message}`, {}, error);
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
  rememberOrder(model, graph.layers);
  return model;
}

/** Makes an input layer. tfjs makes it together with its tensor. */
function makeInput(config: Json, name: string): Layer {
  return makeInputTensor(config, name).sourceLayer;
}

function makeInputTensor(config: Json, name: string): SymbolicTensor {
  const { batch_shape, batch_input_shape, batchInputShape, dtype } = isJsonObject(config) ? config : {};
  const batchShape = (batch_shape ?? batch_input_shape ?? batchInputShape) as (number | null)[] | undefined;
  checkFile(Array.isArray(batchShape), `input layer '${name}'`, 'there must be a batch_shape', {
    batch_shape: batchShape ?? null,
  });
  return input({ batchShape, name, dtype: tensorType(dtype) });
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
      const tensor = makeInputTensor(layer.object.config, layer.name);
      this.#outputs.set(layer.name, [[tensor]]);
      return tensor.sourceLayer;
    });
  }

  /** Makes every call of the file, each as soon as its inputs exist. */
  run(): void {
    const { spec } = this;
    const done = spec.layers.map(() => 0);
    const isOpen = (i: number) => done[i] < spec.layers[i].calls.length;
    for (let hasProgress = true; hasProgress; ) {
      hasProgress = false;
      spec.layers.forEach((layer, i) => {
        while (isOpen(i) && this.#isReady(layer.calls[done[i]])) {
          this.#call(layer, this.layers[i], layer.calls[done[i]]);
          done[i]++;
          hasProgress = true;
        }
      });
    }
    const open = spec.layers.filter((_, i) => isOpen(i)).map(({ name }) => name);
    checkFile(open.length === 0, `model '${spec.name}'`, 'these layers wait for tensors that no layer makes', {
      layers: open,
    });
  }

  tensor({ layer, call, output }: TensorRef): SymbolicTensor {
    const tensor = this.#outputs.get(layer)?.[call]?.[output];
    checkFile(tensor !== undefined, `model '${this.spec.name}'`, 'there is no such tensor', { layer, call, output });
    return tensor;
  }

  #isReady(call: CallSpec): boolean {
    return tensorsOf(call).every(({ layer, call: index }) => this.#outputs.get(layer)?.[index] !== undefined);
  }

  /** Whether the file is wrong about the tensor, and so about all that is computed from it. */
  #isMisrecorded({ shape, sourceLayer }: SymbolicTensor, ref: TensorRef): boolean {
    return this.#misrecorded.has(ref.layer) || (misrecordsShape(sourceLayer) && !fitsRecordedShape(shape, ref));
  }

  #call(spec: LayerSpec, layer: Layer, call: CallSpec): void {
    const resolve = (ref: TensorRef) => {
      const tensor = this.tensor(ref);
      if (this.#isMisrecorded(tensor, ref)) this.#misrecorded.add(ref.layer).add(spec.name);
      else checkRecordedShape(tensor.shape, ref, spec.name);
      return tensor;
    };
    const outputs = applyCall({ spec, layer, call, resolve });
    const before = this.#outputs.get(spec.name) ?? [];
    this.#outputs.set(spec.name, [...before, outputs]);
  }
}
