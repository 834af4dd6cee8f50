// A chain of layers that runs by Keras's rules: a tf.Sequential whose inner model is a FunctionalModel.

import { type serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, type layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import type { TensorTree } from '../../core/tensorTree.js';
import { everyLayerOf, showLayers, withEveryLayer } from '../../tfjs/everyLayer.js';
import { allowAnyName } from '../base/anyName.js';
import { showFirstCall } from '../base/calledTensors.js';
import { KerasValueError } from '../base/kerasValueError.js';
import { checkModelCall } from '../base/keywordTensors.js';
import type { Kwargs } from '../base/layerArgs.js';
import { markWeights, othersOf, trainableOf } from '../base/trainable.js';
import { findLayer } from './findLayer.js';
import type { KerasTrainOnBatchArgs } from './fit/fitArgs.js';
import { FunctionalModel } from './kerasModel.js';
import { type KerasRules, newestRules } from './kerasRules.js';
import { withVersion } from './modelConfig.js';
import { arrangeInputs } from './modelData.js';
import { OpenSequential } from './openModel.js';

/** The arguments of a Sequential model. */
export interface SequentialArgs {
  /** The layers in their order. Default none: add() takes them one by one. */
  readonly layers?: readonly layers.Layer[];
  /** Default: a name with a number. */
  readonly name?: string;
}

/** TensorFlow.js passes `customObjects` when it makes a chain of a config. */
const known: OptionKeys<SequentialArgs & { customObjects?: unknown }> = {
  layers: true,
  name: true,
  customObjects: true,
};

/** TensorFlow.js takes the first tensor of a list and leaves the others. */
function checkCount(
  { name, inputs: own }: { readonly name: string; readonly inputs: unknown[] },
  given: unknown,
): void {
  if (!Array.isArray(given) || own.length === 0 || given.length === own.length) return;
  throw new KerasValueError(
    `Layer "${name}" expects ${own.length} input(s), but it received ${given.length} input tensors. Received: a list of ${given.length}`,
  );
}

export class SequentialModel extends OpenSequential {
  readonly rules: KerasRules;

  constructor(args: SequentialArgs = {}, rules = newestRules) {
    checkOptionKeys('sequential', args, known);
    const { layers = [], name } = args;
    super({ name });
    showFirstCall(this as unknown as layers.Layer, rules.showsCallsOfChains);
    allowAnyName(this as unknown as layers.Layer);
    this.rules = rules;
    showLayers(this, (every) => every.filter((layer) => layer.getClassName() !== 'InputLayer'));
    for (const layer of layers) this.add(layer);
  }

  override get trainable(): boolean {
    return this.trainable_;
  }

  /** Sets the flag of all layers within too, as in Keras. */
  override set trainable(value: boolean) {
    this.trainable_ = value;
    for (const layer of everyLayerOf(this) ?? []) layer.trainable = value; // tfjs sets it before there are layers
  }

  override get trainableWeights(): LayerVariable[] {
    return this.trainable ? trainableOf(everyLayerOf(this)) : [];
  }

  override get nonTrainableWeights(): LayerVariable[] {
    return othersOf(everyLayerOf(this), this.trainableWeights);
  }

  /** As in Keras also where the values are these weights themselves, in another order. */
  override setWeights(values: Tensor[]): void {
    tidy(() => super.setWeights(values.map((value) => value.clone())));
  }

  override getConfig(): serialization.ConfigDict {
    return withEveryLayer(this, () => withVersion(super.getConfig(), this.rules));
  }

  /** What a model around this one trains. */
  get trainableWithin(): LayerVariable[] {
    return this.rules.freezesByLayer ? trainableOf(everyLayerOf(this)) : this.trainableWeights;
  }

  override apply(inputs: TensorTree<Tensor> | TensorTree<SymbolicTensor>, kwargs?: Kwargs) {
    checkModelCall(this as unknown as layers.Layer, kwargs);
    checkCount(this, inputs);
    if (this.model) arrangeInputs(this.model as FunctionalModel, inputs);
    return super.apply(inputs, kwargs);
  }

  override async trainOnBatch(
    x: TensorTree<Tensor>,
    y: TensorTree<Tensor>,
    args?: KerasTrainOnBatchArgs,
  ): Promise<number | number[]> {
    if (!this.model) throw new Error('The model needs to be compiled before being used.');
    return this.model.trainOnBatch(x, y, args);
  }

  /**
   * A model that is called counts two owners, itself and its caller: as in a functional model, both end with this one.
   * TensorFlow.js's chains keep its weights.
   */
  override add(layer: layers.Layer): void {
    const isCalled = everyLayerOf(this).length > 0 && layer instanceof LayersModel;
    withEveryLayer(this, () => super.add(layer));
    const { internalContainerRefs } = this as unknown as { internalContainerRefs: LayersModel[] };
    if (isCalled) internalContainerRefs.push(layer as unknown as LayersModel);
  }

  /** Its input layer stays. */
  override pop(): void {
    if (this.layers.length === 0) throw new TypeError('There are no layers in the model.');
    withEveryLayer(this, () => super.pop());
  }

  override dispose() {
    return withEveryLayer(this, () => super.dispose());
  }

  override getLayer(nameOrIndex?: string | number | null, index?: number): layers.Layer {
    return findLayer(this, nameOrIndex, index);
  }

  /** Whether it may give its input itself, see GivesInput. */
  givesInput(): boolean {
    return (this.model as Partial<FunctionalModel> | undefined)?.givesInput?.() ?? false;
  }

  override build(inputShape?: Shape | Shape[]): void {
    super.build(inputShape);
    const { inputs, outputs } = this;
    const model = new FunctionalModel({ inputs, outputs: outputs[0], name: `${this.name}_model` }, this.rules);
    model.owner = this as unknown as LayersModel;
    this.model = model;
    Object.defineProperty(this.model, 'trainable_', { get: () => this.trainable_ }); // one flag for both
    for (const layer of everyLayerOf(this)) markWeights(layer);
  }
}
