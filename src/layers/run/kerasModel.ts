// Models that run their graph by Keras's rules, whichever way they are called: predict, evaluate, fit, apply, nested. To
// everything else they are tf.LayersModel and tf.Sequential.

import { engine, type NamedTensorMap, type Scalar, type serialization, Tensor, tidy } from '@tensorflow/tfjs-core';
import type { History, LayersModel, LayerVariable, layers, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { fillStructure, flattenTree, isDeep, type TensorTree } from '../../core/tensorTree.js';
import { everyLayerOf, withEveryLayer } from '../../tfjs/everyLayer.js';
import { allowAnyName } from '../base/anyName.js';
import { showFirstCall } from '../base/calledTensors.js';
import { checkModelCall } from '../base/keywordTensors.js';
import type { Kwargs } from '../base/layerArgs.js';
import { maskOf, masksOfCall, setMask } from '../base/masks.js';
import { othersOf, trainableOf } from '../base/trainable.js';
import type { LayerNode } from '../graph/callTemplates.js';
import { byOutput, type Slots, single, slotsOf } from './arrangeTensors.js';
import { type KerasCompileArgs, lossesOf, weightsOf, withTfjsNames } from './compileLosses.js';
import { areReported, makeTrackers, metricsByOutput, shownNames } from './compileMetrics.js';
import { countAsOne } from './countCalls.js';
import { findLayer, showGraphLayers } from './findLayer.js';
import type { Batch } from './fit/batchSource.js';
import type * as fit from './fit/fitArgs.js';
import { evaluateStream, evaluateTensors, fitModel, type ModelData, trainOnTensors } from './fit/fitModel.js';
import { checkArgs } from './fit/optionKeys.js';
import type { Trackers } from './fit/trackers.js';
import { type GraphPlan, planGraph } from './graphPlan.js';
import { inferShapes, type PlanShapes } from './inferShapes.js';
import { withKerasLosses } from './kerasNames.js';
import { type KerasRules, newestRules } from './kerasRules.js';
import { completeConfig } from './modelConfig.js';
import { arrangeInputs, arrangeTargets, hasOwnShape, inputsByName, wantedTargets } from './modelData.js';
import { OpenLayersModel, type PredictArgs } from './openModel.js';
import { checkRows, predictBatches } from './predictBatches.js';
import { readCompileArgs } from './readCompileArgs.js';
import { runPlan } from './runPlan.js';
import { testBatch, trainBatch } from './trainSteps.js';
import { checkData, haveOwnTargets, holdVectors, varySize, withFreeSizes } from './vectorData.js';
import { weightsToTrain } from './weightsToTrain.js';

/** The arguments of a functional model. */
export interface FunctionalArgs {
  /** Tensors of tf.input(): one, a list or a dictionary of them, nested at any depth. */
  readonly inputs: TensorTree<SymbolicTensor>;
  /** What the model computes: one tensor, a list or a dictionary of them, nested at any depth. */
  readonly outputs: TensorTree<SymbolicTensor>;
  /** Default: a name with a number. */
  readonly name?: string;
}

/** The structure of a model's inputs and outputs. */
export interface ModelStructure {
  readonly inputs: Slots;
  readonly outputs: Slots;
}

const MOST_SHAPES = 64; // that a model remembers

export class FunctionalModel extends OpenLayersModel {
  readonly rules: KerasRules;
  readonly structure: ModelStructure;
  /** What each output's loss counts in the total. */
  lossWeights: readonly number[] = [];
  /** The model around this one, if it is the inside of a chain: callbacks see that. */
  owner: LayersModel | null = null;
  /** Whether it may give an input itself, see GivesInput. */
  readonly givesInput = () => this.#plan().givesInput;
  #trackers: Trackers | null = null;
  readonly #plans = new Map<string, GraphPlan>();
  readonly #shapes = new Map<string, Shape[]>();

  constructor(args: FunctionalArgs, rules = newestRules) {
    checkOptionKeys('model', args, { inputs: true, outputs: true, name: true } satisfies OptionKeys<FunctionalArgs>);
    const { inputs, outputs, name } = args;
    super({ inputs: flattenTree(inputs), outputs: flattenTree(outputs), name });
    showFirstCall(this as unknown as layers.Layer);
    allowAnyName(this as unknown as layers.Layer);
    this.rules = rules;
    this.structure = { inputs: slotsOf(inputs, this.inputNames), outputs: slotsOf(outputs, this.outputNames) };
    // TensorFlow.js looks up losses, metrics, targets and the tensors of datasets by these names.
    this.inputNames = [...this.structure.inputs.names];
    this.outputNames = [...this.structure.outputs.names];
    for (const layer of this.layers) countAsOne(layer, this.#callsOf(layer));
    showGraphLayers(this, rules.listsOperations);
  }

  /** The calls of a layer that belong to this model. */
  #callsOf({ name, inboundNodes }: layers.Layer): LayerNode[] {
    const isOwn = (node: LayerNode, index: number) =>
      node.inboundLayers.length > 0 && this.containerNodes.has(`${name}_ib-${index}`);
    return inboundNodes.filter(isOwn);
  }

  override getLayer(nameOrIndex?: string | number | null, index?: number): layers.Layer {
    return findLayer(this, nameOrIndex, index);
  }

  override dispose() {
    return withEveryLayer(this, () => super.dispose());
  }

  override summary(...args: Parameters<LayersModel['summary']>): void {
    withEveryLayer(this, () => super.summary(...args));
  }

  override get trainable(): boolean {
    return this.trainable_;
  }

  /** Sets the flag of all layers within too, as in Keras. */
  override set trainable(value: boolean) {
    this.trainable_ = value;
    for (const layer of everyLayerOf(this)) layer.trainable = value;
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

  /** What a model around this one trains. */
  get trainableWithin(): LayerVariable[] {
    return this.rules.freezesByLayer ? trainableOf(everyLayerOf(this)) : this.trainableWeights;
  }

  /** TensorFlow.js warns here of a flag that changed after compile(). The next step follows instead. */
  override checkTrainableWeightsConsistency(): void {}

  /** The outputs for one batch, with the masks that they have. Call it in a tidy. */
  run(inputs: readonly Tensor[], training?: boolean): Tensor[] {
    return runPlan(this.#plan(), inputs, { training, rules: this.rules });
  }

  #plan(outputs: readonly SymbolicTensor[] = this.outputs): GraphPlan {
    const key = outputs.map(({ id }) => id).join();
    const plan = this.#plans.get(key) ?? planGraph(this.inputs, outputs, this.rules);
    this.#plans.set(key, plan);
    return plan;
  }

  override call(inputs: Tensor | Tensor[], kwargs?: Kwargs): Tensor | Tensor[] {
    // Where a scope surrounds the call the masks outlive it with the outputs; elsewhere nobody would dispose of them.
    const isNested = engine().state.activeScope != null;
    const count = this.outputs.length;
    const outputs = tidy(() => {
      const list = [inputs].flat();
      masksOfCall(list, kwargs?.mask).forEach((mask, i) => {
        setMask(list[i], mask);
      });
      const found = this.run(list, kwargs?.training as boolean | undefined);
      return isNested ? [...found, ...found.map(maskOf).filter((mask) => mask !== null)] : found;
    });
    return count === 1 ? outputs[0] : outputs.slice(0, count);
  }

  /** Masks are on the outputs already. */
  override computeMask(): Tensor | Tensor[] {
    return null as unknown as Tensor;
  }

  /** Masks among a call's tensors have no place in the shapes that a layer is asked about. */
  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as PlanShapes;
    // A model that is called twice in each of 30 models around each other would be asked a billion times.
    const key = JSON.stringify(shapes);
    const found = this.#shapes.get(key) ?? inferShapes(this.#plan(), shapes);
    if (this.#shapes.size >= MOST_SHAPES) this.#shapes.clear();
    this.#shapes.set(key, found);
    return found.length === 1 ? found[0] : [...found];
  }

  override execute(inputs: Tensor | Tensor[] | NamedTensorMap, outputs: string | string[]): Tensor | Tensor[] {
    const names = [outputs].flat();
    if (names.length === 0) throw new Error('execute: there must be an output; received outputs=[]');
    const given = inputs instanceof Tensor ? [inputs] : Array.isArray(inputs) ? inputs : inputsByName(this, inputs);
    const plan = this.#plan(this.retrieveSymbolicTensors(names));
    const found = runPlan(plan, given, { training: false, rules: this.rules });
    return Array.isArray(outputs) ? found : found[0];
  }

  override getConfig(): serialization.ConfigDict {
    return withEveryLayer(this, () => completeConfig(super.getConfig(), this, (layer) => this.#callsOf(layer)));
  }

  override predictLoop(inputs: Tensor | Tensor[], batchSize = 32): Tensor | Tensor[] {
    return single(predictBatches(this, [inputs].flat(), this.checkNumSamples(inputs), batchSize));
  }

  #inputsOf<T>(given: TensorTree<T>): T | T[] {
    return single(arrangeInputs(this, given));
  }

  /** Flat outputs in the structure that the model was made with. */
  #structured<T>(outputs: T | T[]): TensorTree<T> {
    return fillStructure(this.structure.outputs.structure, Array.isArray(outputs) ? outputs : [outputs]);
  }

  override apply(inputs: TensorTree<Tensor> | TensorTree<SymbolicTensor>, kwargs?: Kwargs) {
    checkModelCall(this as unknown as layers.Layer, kwargs);
    return this.#structured(super.apply(this.#inputsOf(inputs as TensorTree<Tensor>), kwargs) as Tensor | Tensor[]);
  }

  override predict(x: TensorTree<Tensor>, args?: PredictArgs): TensorTree<Tensor> {
    checkArgs('predict', args);
    const inputs = this.#inputsOf(x);
    checkRows('predict', inputs, this.inputs);
    const isVector = holdVectors(this.inputs);
    if (isVector) checkData(`Model '${this.name}'`, 'input', [inputs].flat(), this.inputs);
    const predict = () => (isVector ? this.predictLoop(inputs, args?.batchSize) : super.predict(inputs, args));
    // In a tidy: where TensorFlow.js refuses a vector it leaves what it made of it.
    return this.#structured(tidy(predict as () => Tensor | Tensor[]));
  }

  override predictOnBatch(x: TensorTree<Tensor>): TensorTree<Tensor> {
    return this.#structured(super.predictOnBatch(this.#inputsOf(x)) as Tensor | Tensor[]);
  }

  override compile(compileArgs: KerasCompileArgs): void {
    const args = readCompileArgs(compileArgs);
    const { outputs } = this.structure;
    const { loss, metrics, weightedMetrics } = args;
    const isFlat = !isDeep(outputs.structure);
    const [given, plain, weighted] = isFlat
      ? [loss, metrics, weightedMetrics]
      : [byOutput(loss, outputs), byOutput(metrics, outputs), byOutput(weightedMetrics, outputs)];
    const losses = withKerasLosses(given);
    const byName = metricsByOutput(plain, weighted, this.outputNames);
    this.#trackers = null; // the model is not compiled where this throws
    const lossWeights = weightsOf(args.lossWeights, this.outputNames);
    super.compile({ ...args, loss: withTfjsNames(losses, this.outputNames), metrics: byName.forTfjs });
    const shown = shownNames(outputs, this.rules.labelsByLayer);
    const isReported = areReported(this, shown.reportsOneLoss);
    this.metricsTensors = this.metricsTensors.filter((_, i) => isReported[i]);
    this.metricsNames = this.metricsNames.filter((_, i) => i === 0 || isReported[i - 1]);
    this.lossFunctions = lossesOf(losses, this.outputNames, this.lossFunctions);
    this.lossWeights = lossWeights;
    this.#trackers = makeTrackers(this, byName, shown);
    this.metricsNames = this.trackers.labels;
    Object.assign(this, { loss: compileArgs.loss, metrics, weightedMetrics }); // as the user gave them, for who saves the model
  }

  /** `trainable` may have been set since compile(). */
  #chooseWeights(): void {
    const { optimizer_, collectedTrainableWeights, trainableWeights } = this;
    if (!optimizer_ || !this.#trackers) return; // not compiled, which the loop says
    this.collectedTrainableWeights = weightsToTrain(optimizer_, collectedTrainableWeights, trainableWeights);
  }

  /** Losses and metrics over the batches of an epoch. @throws Error for a model that is not compiled. */
  get trackers(): Trackers {
    if (this.#trackers) return this.#trackers;
    throw new Error('You must compile a model before training/testing. Use LayersModel.compile(modelCompileArgs).');
  }

  trainBatch(batch: Batch): void {
    trainBatch(this, batch);
  }

  testBatch(batch: Batch): void {
    testBatch(this, batch);
  }

  /** Each layer once, also one that is called several times. */
  override calculateLosses(): Scalar[] {
    return tidy(() => everyLayerOf(this).flatMap((layer) => layer.calculateLosses()));
  }

  /** The data of a training or an evaluation. */
  get #data(): ModelData {
    return {
      model: this,
      arrange: {
        inputs: (given) => [this.#inputsOf(given as TensorTree<Tensor>)].flat(),
        targets: (given, count) => arrangeTargets(this, given as TensorTree<Tensor>, count),
      },
    };
  }

  override evaluate(x: TensorTree<Tensor>, y: TensorTree<Tensor>, args?: fit.KerasEvaluateArgs): Scalar | Scalar[] {
    return single(evaluateTensors(this, this.#data, x, y, args)) as Scalar | Scalar[];
  }

  override async evaluateDataset(
    dataset: fit.FitSource,
    args?: { readonly batches?: number },
  ): Promise<Scalar | Scalar[]> {
    return single(await evaluateStream(this, this.#data, dataset, args)) as Scalar | Scalar[];
  }

  override async fit(
    x: TensorTree<Tensor> | fit.FitSource,
    y?: TensorTree<Tensor> | null,
    args: fit.KerasFitArgs = {},
  ): Promise<History> {
    this.#chooseWeights();
    return fitModel(this, this.#data, x, y ?? null, args);
  }

  override fitDataset(dataset: fit.FitSource, args: fit.KerasFitDatasetArgs = {}): Promise<History> {
    return this.fit(dataset, null, args as fit.KerasFitArgs);
  }

  /** An optimizer of Keras may hold averages of the variables, which take their place at the end. */
  finalizeWeights(): void {
    const optimizer: object = this.optimizer_;
    if (!('finalizeVariableValues' in optimizer)) return;
    const variables = this.collectedTrainableWeights.map((weight) => weight.read());
    (optimizer.finalizeVariableValues as (variables: readonly Tensor[]) => void)(variables);
  }

  override async trainOnBatch(x: TensorTree<Tensor>, y: TensorTree<Tensor>, args?: fit.KerasTrainOnBatchArgs) {
    this.#chooseWeights();
    return trainOnTensors(this, this.#data, x, y, args);
  }

  override standardizeUserDataXY(
    x: Tensor | Tensor[],
    y: Tensor | Tensor[],
    checkBatchAxis?: boolean,
    batchSize?: number,
  ): [Tensor[], Tensor[]] {
    const isCompiled = (this.optimizer_ ?? null) !== null;
    const isFree = varySize(everyLayerOf(this));
    const targets = [y].flat();
    const isOwn =
      isFree ||
      targets.some((target, i) => hasOwnShape(this, target, i)) ||
      holdVectors([...this.inputs, ...this.outputs]) ||
      haveOwnTargets(this.lossFunctions);
    if (!isCompiled || !isOwn) return tidy(() => super.standardizeUserDataXY(x, y, checkBatchAxis, batchSize));
    const inputs = [x].flat();
    checkData(`Model '${this.name}'`, 'input', inputs, this.inputs);
    const wanted = wantedTargets(this, targets);
    checkData(`Model '${this.name}'`, 'target', targets, isFree ? withFreeSizes(wanted) : wanted);
    return [inputs, targets];
  }
}
