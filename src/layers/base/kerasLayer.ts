// The base class of all layers here: a tfjs Layer that follows Keras in its arguments, config, variables and losses.
//
//   arguments (camelCase or snake_case) -> fields table -> this.config -> getKerasConfig(), Keras's get_config()
//
// Source of the contract: https://keras.io/api/layers/base_layer/

import { engine, type Scalar, type serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { camelKeys, type Json, toCamel, toSnake } from '../../core/json.js';
import type { ActivationFunction } from '../activations/activations.js';
import { recordCall } from '../graph/recordCall.js';
import { getInitializer } from '../initializers/initializers.js';
import type { Regularizer } from '../regularizers/regularizers.js';
import { ActivityLosses } from './activityLosses.js';
import { allowAnyName } from './anyName.js';
import { areTensors, callBuilt } from './callBuilt.js';
import { isSymbolic, outputsFor, refuseDictionary, type SymbolicTensors, tensorsOfFirstCall } from './calledTensors.js';
import { type DtypePolicy, getDtypePolicy } from './dtypePolicy.js';
import { type FieldContext, type Fields, regularizer, type Values } from './fields.js';
import { checkInput, type InputRule, inputSpecOf, sameShape } from './inputs.js';
import { castsFloats, withFloatsCast } from './integerInputs.js';
import { KerasValueError, showValue } from './kerasValueError.js';
import { withKeywordTensors } from './keywordTensors.js';
import { contextOfConfig, followsKeras2, type Kwargs, type LayerContext, type VariableOptions } from './layerArgs.js';
import { spendWeight } from './loadLimits.js';
import { isInLossRound, lossRound } from './lossRound.js';
import { handMasksOn, maskArgument, takeHandedOn } from './masks.js';
import type { QuantizableWeight } from './quantizable.js';
import { checkKeys, tfjsArgs } from './tfjsArgs.js';
import { othersOf, trainableOf } from './trainable.js';
import { assignAllUnconstrained, checkShapes, constrainUpdates, disposeOnce, variableOf } from './variables.js';

type Inputs = Tensor | Tensor[];
type AnyInputs = Inputs | SymbolicTensors;

/** The static members of a layer's class, which is registered under className. */
export interface KerasLayerClass {
  new (args: object, context?: LayerContext): KerasLayer;
  readonly className: string;
  readonly kerasModule: string;
  readonly registeredName: string | null;
}

/**
 * A layer with Keras's arguments, config and variables.
 * Source: https://keras.io/api/layers/base_layer/
 *
 * @throws ValueError for unknown keyword arguments and for arguments that Keras refuses.
 */
export abstract class KerasLayer<F extends Fields = Fields> extends layers.Layer {
  /** The module in Keras's serialized form. */
  static readonly kerasModule: string = 'keras.layers';
  /** The registered name in Keras's serialized form; null for classes that Keras exports. */
  static readonly registeredName: string | null = null;
  /** Keys of other versions of Keras that have no effect here. */
  static readonly ignoredKeys: readonly string[] = [];

  /** The arguments, checked and completed with their defaults. */
  readonly config: Values<F>;
  /** The dtype policy, without quantisation: a layer computes with floats, whatever its file holds. */
  readonly dtypePolicy: DtypePolicy;
  /** How Keras quantised the layer whose config this is: 'int8', 'int4/128', ...; null if it did not. */
  readonly quantization: string | null;
  /** Conditions on each input, checked before every call. */
  protected inputRules: readonly InputRule[] = [];
  /** The input shape (or shapes) that the layer was built for, with the batch dimension; null before it is built. */
  builtShape: Shape | Shape[] | null = null;
  /** The dtype in which the layer computes, whatever its policy says. */
  readonly computeDtype = 'float32';
  /** The dtype of its float weights, whatever its policy says. */
  readonly variableDtype = 'float32';

  readonly #fields: F;
  readonly #outputRegularizer: Regularizer | null;
  readonly #variables: LayerVariable[] = [];
  readonly #regularized: { readonly weight: LayerVariable; readonly regularizer: Regularizer }[] = [];
  readonly #isKeras2: boolean;
  #isTfjsForm = false;
  readonly #activity: ActivityLosses | null;
  readonly #castsFloats: boolean;
  #isQuiet = false;
  #hasRun = false;
  #lastRound: unknown = null;

  constructor(args: object, fields: F, context: LayerContext = {}) {
    const given = Object.fromEntries(Object.entries(args).map(([key, value]) => [toCamel(key), value]));
    super(tfjsArgs(given, (new.target as unknown as KerasLayerClass).className, context.kerasMajor === 2));
    allowAnyName(this);
    const { className } = this.constructor as unknown as KerasLayerClass;
    Object.assign(this, { setMaskMetadata: () => {} }); // of tfjs, without the masks of the inputs; apply() sets them
    Object.defineProperty(this, 'inputSpec', { get: () => this.inputRules.map(inputSpecOf) });
    this.dtype ??= 'float32';
    this.#fields = fields;
    this.#isKeras2 = followsKeras2(context);
    const policy = getDtypePolicy(given.dtype, className);
    this.dtypePolicy = policy.unquantized();
    this.quantization = policy.quantization;
    this.#castsFloats = !this.#isKeras2 && castsFloats(className, this.dtypePolicy.name);
    const at = (key: string): FieldContext => ({ ...context, where: className, key: toSnake(key) });
    this.#outputRegularizer = regularizer().parse(given.activityRegularizer, at('activityRegularizer'));
    this.#activity = this.#outputRegularizer && new ActivityLosses(this.#outputRegularizer, context);
    checkKeys(given, { className, fields: Object.keys(fields), ignored: new.target.ignoredKeys }, context);
    const entries = Object.entries(fields).map(([key, field]) => [key, field.parse(given[key], at(key))]);
    this.config = Object.freeze(Object.fromEntries(entries));
  }

  /** Makes the layer from a config of Keras 3, Keras 2 or TensorFlow.js. */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return new (cls as unknown as new (args: object, context?: LayerContext) => T)(config, contextOfConfig());
  }

  /** The same keys and values as Keras's get_config(). */
  getKerasConfig(): Record<string, Json> {
    const { name, trainable_: trainable } = this;
    const config: Record<string, Json> = { name, trainable, dtype: this.dtypePolicy.serialize() };
    if (this.#outputRegularizer) config.activity_regularizer = this.#outputRegularizer.serialize();
    for (const [key, field] of Object.entries(this.#fields)) {
      const own = (this.config as Record<string, unknown>)[key];
      const value = this.#isTfjsForm && field.serializeTfjs ? field.serializeTfjs(own) : field.serialize(own);
      if (value !== undefined) config[toSnake(key)] = value;
    }
    return config;
  }

  /** getKerasConfig() with camelCase keys, the form in which TensorFlow.js saves and loads layers. */
  override getConfig(): serialization.ConfigDict {
    const config = camelKeys(this.#inTfjsForm(() => this.getKerasConfig())) as serialization.ConfigDict;
    if (this.batchInputShape) config.batchInputShape = this.batchInputShape;
    return config;
  }

  /** Serializes in tfjs's form, which some values have and Keras 3 lacks: the hard_sigmoid of Keras 2. */
  #inTfjsForm<T>(f: () => T): T {
    this.#isTfjsForm = true;
    try {
      return f();
    } finally {
      this.#isTfjsForm = false;
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    this.builtShape = inputShape;
    super.build(inputShape);
  }

  /** Makes a weight with its regularizer and constraint. Throws ValueError if the initializer gives another shape. */
  protected addVariable(name: string, shape: readonly number[], options: VariableOptions): LayerVariable {
    const { initializer, regularizer, constraint, trainable = true, dtype = 'float32' } = options;
    spendWeight(name, shape);
    const maker = typeof initializer === 'string' ? getInitializer(initializer) : initializer;
    const initialize = (maker ?? getInitializer('glorot_uniform')) as unknown as Parameters<KerasLayer['addWeight']>[3];
    const weight = this.addWeight(name, [...shape], dtype, initialize, undefined, trainable);
    weight.trainable = trainable && this.trainable;
    if (regularizer) this.#regularized.push({ weight, regularizer });
    if (constraint) constrainUpdates(weight, constraint);
    this.#variables.push(disposeOnce(weight));
    if (!sameShape(weight.shape, shape)) {
      throw new KerasValueError(
        `The initializer of \`${name}\` of layer '${this.name}' gave a value of another shape than ${showValue(shape)}. Received: ${showValue(weight.shape)}`,
      );
    }
    return weight;
  }

  /** The layer's own weights in the order of Keras's files, which is the order in which they were made. */
  get variables(): readonly LayerVariable[] {
    return this.#variables;
  }

  /** The layers inside this one, by the attribute under which Keras's files store them. */
  get children(): Readonly<Record<string, layers.Layer | readonly layers.Layer[]>> {
    return {};
  }

  /** The values that Keras stores for this layer, in order, as new tensors. */
  saveState(): Tensor[] {
    return this.#variables.map((weight) => weight.read().clone());
  }

  /** The shapes of the values that `loadState` accepts. */
  stateShapes(): readonly Shape[] {
    return this.#variables.map((weight) => weight.shape);
  }

  /** The weights that files may hold quantised. */
  get quantizable(): readonly QuantizableWeight[] {
    return [];
  }

  /** Sets the weights to values of these shapes, without applying constraints. The caller keeps the tensors. */
  loadState(values: readonly Tensor[]): void {
    this.assignAll(this.#variables, values);
  }

  protected assignAll(weights: readonly LayerVariable[], values: readonly Tensor[]): void {
    assignAllUnconstrained(weights, values);
  }

  /** Builds an activation that is a layer, since it may have weights. */
  protected buildActivation({ layer }: ActivationFunction, shape: Shape): void {
    if (!layer || layer.built) return;
    layer.build(shape);
    layer.built = true;
  }

  override get trainable(): boolean {
    return this.trainable_;
  }

  /** Sets the flag of the layers within too, as in Keras. */
  override set trainable(value: boolean) {
    super.trainable = value;
    for (const layer of this.#childLayers()) layer.trainable = value;
  }

  override get trainableWeights(): LayerVariable[] {
    return this.trainable ? this.trainableWithin : [];
  }

  override set trainableWeights(weights: LayerVariable[]) {
    super.trainableWeights = weights;
  }

  /** What a model around the layer trains: in Keras 3 also the weights of a layer within whose own flag is true. */
  get trainableWithin(): LayerVariable[] {
    const isFrozen = this.#isKeras2 && !this.trainable;
    return isFrozen ? [] : [...super.trainableWeights, ...trainableOf(this.#childLayers())];
  }

  override get nonTrainableWeights(): LayerVariable[] {
    return [...super.nonTrainableWeights, ...othersOf(this.#childLayers(), this.trainableWeights)];
  }

  override set nonTrainableWeights(weights: LayerVariable[]) {
    super.nonTrainableWeights = weights;
  }

  #childLayers(): layers.Layer[] {
    return Object.values(this.children).flat();
  }

  /** As in tf.layers.Layer, but without applying the constraints, as in Keras. */
  override setWeights(values: Tensor[]): void {
    const { weights } = this;
    checkShapes(this.name, weights, values);
    this.assignAll(weights, values);
  }

  protected override assertInputCompatibility(inputs: AnyInputs): void {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    this.inputRules.forEach((rule, i) => {
      if (list[i]) checkInput(this.name, rule, list[i], i);
    });
  }

  /**
   * Calls the layer as Keras does: `kwargs.mask` is what the caller gives, else the masks on the inputs (a list of them
   * where there are several inputs), and the outputs get the masks that computeMask() says. Outside of tf.tidy new masks
   * would leak, so none is made there. Tensors may be given by name, as keywords.
   */
  override apply(given: AnyInputs, keywords?: Kwargs): AnyInputs {
    const [inputs, kwargs] = withKeywordTensors(this, given, keywords);
    if (isSymbolic(inputs)) {
      refuseDictionary(this, inputs);
      return recordCall(this, kwargs, () => this.#applyOrDiscard(inputs, kwargs));
    }
    const mask = maskArgument(inputs as Inputs, kwargs?.mask);
    const previous = takeHandedOn(this, mask);
    const outputs = this.#applyOrDiscard(inputs, kwargs ? { ...kwargs, mask } : { mask }) as Inputs;
    if (this.supportsMasking && engine().state.activeScope != null)
      handMasksOn([inputs].flat()[0] as Tensor, outputs, this.computeMask(inputs as Inputs, previous as Inputs));
    if (!this.#isQuiet && (kwargs?.training || isInLossRound())) this.#activity?.note([outputs].flat());
    return outputs;
  }

  /** As apply(), without the loss of the outputs: some layers of Keras run only `call` of the layer within them. */
  applyQuietly(inputs: AnyInputs, kwargs?: Kwargs): AnyInputs {
    this.#isQuiet = true;
    try {
      return this.apply(inputs, kwargs);
    } finally {
      this.#isQuiet = false;
    }
  }

  /** Disposes the weights made so far if the layer cannot be built, for example because of an initializer's shape. */
  #applyOrDiscard(inputs: AnyInputs, kwargs: Kwargs = {}): AnyInputs {
    try {
      if (this.#hasRun && this.built && areTensors(inputs)) return callBuilt(this, inputs, kwargs);
      if (isSymbolic(inputs)) return super.apply(inputs, kwargs) as AnyInputs;
      const outputs = this.#castsFloats
        ? tidy(() => super.apply(withFloatsCast(inputs, this.dtypePolicy.name), kwargs) as Inputs)
        : (super.apply(inputs, kwargs) as Inputs);
      this.#hasRun = !this.#castsFloats; // what a layer makes in its first call has names within its own
      return outputs;
    } catch (error) {
      if (!this.built) for (const weight of this.#variables.splice(0)) weight.dispose();
      throw error;
    }
  }

  /**
   * Gives the activity losses of the calls since the last time, then a loss for each regularized trainable weight: the
   * latter once in a step, however often a shared layer is asked.
   */
  override calculateLosses(): Scalar[] {
    if (!this.#activity && this.#regularized.length === 0 && this.losses.length === 0) return [];
    return tidy(() => {
      const activity = this.#activity?.take() ?? [];
      const round = lossRound();
      const isRepeated = round !== null && round === this.#lastRound;
      this.#lastRound = round;
      return isRepeated ? activity : [...activity, ...this.#weightLosses()];
    });
  }

  #weightLosses(): Scalar[] {
    const added = super.calculateLosses(); // by addLoss()
    // tf.keras counts the penalties of frozen layers too.
    const counted = this.#regularized.filter(({ weight }) => this.#isKeras2 || (this.trainable && weight.trainable));
    return [...added, ...counted.map(({ weight, regularizer }) => regularizer.apply(variableOf(weight)))];
  }

  /** The input of the first symbolic call, or a list of them. @throws AttributeError where there was no such call. */
  override get input(): SymbolicTensors {
    return tensorsOfFirstCall(this, 'input');
  }

  /** The output of the first symbolic call, or a list of them. @throws AttributeError as `input`. */
  override get output(): SymbolicTensors {
    return tensorsOfFirstCall(this, 'output');
  }

  /**
   * Gives symbolic tensors of the shape and dtype of the layer's outputs. As in Keras this is no call: it builds
   * nothing, and no model can be made of what it gives. @throws ValueError for shapes that the layer refuses.
   */
  symbolicCall(inputs: SymbolicTensors): SymbolicTensors {
    return outputsFor(this, inputs);
  }

  /** The activity regularizer, or null. tfjs refuses layers with a property `activityRegularizer`. */
  get outputRegularizer(): Regularizer | null {
    return this.#outputRegularizer;
  }
}
