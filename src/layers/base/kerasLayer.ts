// The base of all layers here: a tfjs Layer that follows Keras in arguments, config, variables and losses.
//
//   arguments (camelCase or snake_case) -> fields table -> this.config -> getKerasConfig(), Keras's get_config()
//
// Source of the contract: https://keras.io/api/layers/base_layer/

import { div, engine, mul, type Scalar, type serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { camelKeys, type Json, type KerasObject, toCamel, toSnake } from '../../core/json.js';
import type { ActivationFunction } from '../activations/activations.js';
import type { Constraint } from '../constraints/constraints.js';
import { getInitializer, type Initializer } from '../initializers/initializers.js';
import type { Regularizer } from '../regularizers/regularizers.js';
import { type DtypePolicy, getDtypePolicy } from './dtypePolicy.js';
import { type FieldContext, type Fields, regularizer, type Values } from './fields.js';
import { checkInput, type InputRule } from './inputs.js';
import { KerasValueError, showValue } from './kerasValueError.js';
import { maskOf } from './masks.js';
import { baseKeys, tfjsArgs } from './tfjsArgs.js';
import { assignUnconstrained, constrainUpdates, variableOf } from './variables.js';

export type Kwargs = Record<string, unknown>;
type Inputs = Tensor | Tensor[];
type AnyInputs = Inputs | SymbolicTensor | SymbolicTensor[];

/** Arguments that every layer takes: https://keras.io/api/layers/base_layer/ and those of tf.layers.Layer. */
export interface BaseLayerArgs {
  /** Default: the class in snake_case, numbered. */
  name?: string;
  /** Whether training changes the layer's weights. Default true. */
  trainable?: boolean;
  /** Name or object of a dtype policy, kept in the config; the computation is in float32. */
  dtype?: unknown;
  /** A regularizer of the layer's output, divided by the batch size and added to the loss in training. */
  activityRegularizer?: unknown;
  /** Shape of one example; makes an input layer when the layer is the first of a Sequential model. */
  inputShape?: Shape;
  /** As inputShape, with the batch dimension in front. */
  batchInputShape?: Shape;
  batchSize?: number;
}

/** Where arguments come from. A constructor's are checked strictly, a file's may come from another version of Keras. */
export interface LayerContext extends Pick<FieldContext, 'kerasMajor' | 'customObjects'> {
  /** Makes layers that come before those of this package: models and classes of the user's; null for all others. */
  readonly makeCustom?: (object: KerasObject) => layers.Layer | null;
  /** Called with keys that the layer does not know; default: they are an error, as in Keras. */
  readonly onUnknownKeys?: (className: string, keys: readonly string[]) => void;
}

export interface VariableOptions {
  /** Null is glorot_uniform, as in Keras. */
  readonly initializer: Initializer | string | null;
  readonly regularizer?: Regularizer | null;
  readonly constraint?: Constraint | null;
  /** Default true. */
  readonly trainable?: boolean;
  /** Default 'float32'. */
  readonly dtype?: 'float32' | 'int32';
}

/** The members that a layer's class has; each class is registered under className. */
export interface KerasLayerClass {
  new (args: object, context?: LayerContext): KerasLayer;
  readonly className: string;
  readonly kerasModule: string;
  readonly registeredName: string | null;
}

export abstract class KerasLayer<F extends Fields = Fields> extends layers.Layer {
  /** The module in Keras's serialized form. */
  static readonly kerasModule: string = 'keras.layers';
  /** The registered name in Keras's serialized form; null for what Keras exports. */
  static readonly registeredName: string | null = null;
  /** Keys of other versions of Keras that mean nothing here, or only their default. */
  static readonly ignoredKeys: readonly string[] = [];

  /** The arguments, read and completed. */
  readonly config: Values<F>;
  readonly dtypePolicy: DtypePolicy;
  /** What each input must be, checked before every call. */
  protected inputRules: readonly InputRule[] = [];
  /** The shape (or shapes) that the layer was built for, with the batch dimension; null before. */
  builtShape: Shape | Shape[] | null = null;

  readonly #fields: F;
  readonly #outputRegularizer: Regularizer | null;
  readonly #variables: LayerVariable[] = [];
  readonly #regularized: { readonly weight: LayerVariable; readonly regularizer: Regularizer }[] = [];
  #isTfjsForm = false;
  #outputs: Tensor[] = [];
  #lastTape: unknown = null;

  constructor(args: object, fields: F, context: LayerContext = {}) {
    const given = Object.fromEntries(Object.entries(args).map(([key, value]) => [toCamel(key), value]));
    super(tfjsArgs(given, (new.target as unknown as KerasLayerClass).className, context.kerasMajor === 2));
    const { className } = this.constructor as unknown as KerasLayerClass;
    this.#fields = fields;
    this.dtypePolicy = getDtypePolicy(given.dtype, className);
    const at = (key: string): FieldContext => ({ ...context, where: className, key: toSnake(key) });
    this.#outputRegularizer = regularizer().parse(given.activityRegularizer, at('activityRegularizer'));
    this.#checkKeys(given, context);
    const entries = Object.entries(fields).map(([key, field]) => [key, field.parse(given[key], at(key))]);
    this.config = Object.freeze(Object.fromEntries(entries));
  }

  #checkKeys(given: Record<string, unknown>, context: LayerContext): void {
    const { className, ignoredKeys } = this.constructor as unknown as typeof KerasLayer & KerasLayerClass;
    const isKnown = (key: string) => key in this.#fields || baseKeys.has(key) || ignoredKeys.includes(key);
    const unknown = Object.keys(given).filter((key) => !isKnown(key) && given[key] !== undefined);
    if (unknown.length === 0) return;
    if (context.onUnknownKeys) {
      context.onUnknownKeys(className, unknown.map(toSnake));
      return;
    }
    const received = Object.fromEntries(unknown.map((key) => [toSnake(key), given[key]]));
    throw new KerasValueError(
      `Unrecognized keyword arguments passed to ${className}: ${showValue(received)}. Known are ${Object.keys(this.#fields).map(toSnake).join(', ')}`,
    );
  }

  /** The Keras layer under a config of Keras 3, Keras 2 or TensorFlow.js. */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return new (cls as unknown as new (args: object) => T)(config);
  }

  /** What Keras's get_config() gives for this layer, key for key. */
  getKerasConfig(): Record<string, Json> {
    const config: Record<string, Json> = {
      name: this.name,
      trainable: this.trainable_,
      dtype: this.dtypePolicy.serialize(),
    };
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

  /** Some values have a form in tfjs and none in Keras 3: the hard_sigmoid of Keras 2. */
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

  /** Makes a weight, initialised unless a file's values are about to replace it. */
  protected addVariable(name: string, shape: readonly number[], options: VariableOptions): LayerVariable {
    const { initializer, regularizer, constraint, trainable = true, dtype = 'float32' } = options;
    const maker = typeof initializer === 'string' ? getInitializer(initializer) : initializer;
    const initialize = (maker ?? getInitializer('glorot_uniform')) as unknown as Parameters<KerasLayer['addWeight']>[3];
    const weight = this.addWeight(name, [...shape], dtype, initialize, undefined, trainable);
    if (regularizer) this.#regularized.push({ weight, regularizer });
    if (constraint) constrainUpdates(weight, constraint);
    this.#variables.push(weight);
    if (!same(weight.shape, shape)) {
      throw new KerasValueError(
        `The initializer of \`${name}\` of layer '${this.name}' gave a value of another shape than ${showValue(shape)}. Received: ${showValue(weight.shape)}`,
      );
    }
    return weight;
  }

  /** The layer's own weights in the order of Keras's files: as they were made, trainable ones first. */
  get variables(): readonly LayerVariable[] {
    return this.#variables;
  }

  /** Layers that this one holds, by the attribute under which Keras files them. */
  get children(): Readonly<Record<string, layers.Layer | readonly layers.Layer[]>> {
    return {};
  }

  /** The values that Keras stores for this layer, in order: new tensors. */
  saveState(): Tensor[] {
    return this.#variables.map((weight) => weight.read().clone());
  }

  /** Shapes of what `loadState` takes. */
  stateShapes(): readonly Shape[] {
    return this.#variables.map((weight) => weight.shape);
  }

  /** Takes over values of these shapes, exactly as they are; the caller keeps the tensors. */
  loadState(values: readonly Tensor[]): void {
    this.assignAll(this.#variables, values);
  }

  protected assignAll(weights: readonly LayerVariable[], values: readonly Tensor[]): void {
    weights.forEach((weight, i) => {
      assignUnconstrained(weight, values[i]);
    });
  }

  /** Builds an activation that is a layer of its own, which may have weights. */
  protected buildActivation({ layer }: ActivationFunction, shape: Shape): void {
    if (!layer || layer.built) return;
    layer.build(shape);
    layer.built = true;
  }

  override get trainableWeights(): LayerVariable[] {
    const own = super.trainableWeights;
    return this.trainable ? [...own, ...this.#childLayers().flatMap((layer) => layer.trainableWeights)] : own;
  }

  override set trainableWeights(weights: LayerVariable[]) {
    super.trainableWeights = weights;
  }

  override get nonTrainableWeights(): LayerVariable[] {
    const ofChildren = this.#childLayers().flatMap((layer) =>
      this.trainable ? layer.nonTrainableWeights : layer.weights,
    );
    return [...super.nonTrainableWeights, ...ofChildren];
  }

  override set nonTrainableWeights(weights: LayerVariable[]) {
    super.nonTrainableWeights = weights;
  }

  #childLayers(): layers.Layer[] {
    return Object.values(this.children).flat();
  }

  /** As tf.layers.Layer; values are taken as they are, without the constraints, as in Keras. */
  override setWeights(values: Tensor[]): void {
    const { weights } = this;
    const fits = values.length === weights.length && values.every((value, i) => same(value.shape, weights[i].shape));
    if (!fits) {
      throw new KerasValueError(
        `Layer '${this.name}' expected weights of the shapes ${showValue(weights.map((w) => w.shape))}. Received: ${showValue(values.map((v) => v.shape))}`,
      );
    }
    this.assignAll(weights, values);
  }

  protected override assertInputCompatibility(inputs: AnyInputs): void {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    this.inputRules.forEach((rule, i) => {
      if (list[i]) checkInput(this.name, rule, list[i], i);
    });
  }

  // The copy that tfjs's apply() makes of an untouched input is left to it. While training, an activity regularizer needs
  // the output again when the losses are summed.
  override apply(inputs: AnyInputs, kwargs?: Kwargs): AnyInputs {
    const outputs = this.#applyOrDiscard(inputs, kwargs);
    if (this.#outputRegularizer && kwargs?.training && !isSymbolic(outputs)) {
      this.#outputs = this.#outputs.filter((output) => !output.isDisposed);
      this.#outputs.push(...(Array.isArray(outputs) ? outputs : [outputs]));
    }
    return outputs;
  }

  /** A layer that cannot be built, say for an initializer of the wrong shape, keeps none of the weights made so far. */
  #applyOrDiscard(inputs: AnyInputs, kwargs?: Kwargs): AnyInputs {
    try {
      return super.apply(inputs, kwargs) as AnyInputs;
    } catch (error) {
      if (!this.built) for (const weight of this.#variables.splice(0)) weight.dispose();
      throw error;
    }
  }

  /**
   * The mask of the input goes on to the output of layers that support masks. tfjs asks without a mask after each call; it
   * is on the input then.
   */
  override computeMask(inputs: Inputs, mask?: Inputs): Inputs {
    const [input] = [inputs].flat();
    const isAsked = mask === undefined && this.supportsMasking && input !== undefined;
    return isAsked ? (maskOf(input) as Tensor) : super.computeMask(inputs, mask);
  }

  /**
   * Activity losses of the calls since the last time, then a loss per regularized trainable weight. TensorFlow.js asks
   * once per call of a shared layer within one gradient: the losses of the weights are given the first time only.
   */
  override calculateLosses(): Scalar[] {
    return tidy(() => {
      const regularizer = this.#outputRegularizer;
      const outputs = this.#outputs.filter((output) => !output.isDisposed);
      this.#outputs = [];
      const activity = regularizer ? outputs.map((output) => perExample(regularizer.apply(output), output)) : [];
      const tape = engine().state.activeTape ?? null;
      const isRepeated = tape !== null && tape === this.#lastTape;
      this.#lastTape = tape;
      return isRepeated ? activity : [...activity, ...this.#weightLosses()];
    });
  }

  #weightLosses(): Scalar[] {
    if (!this.trainable) return [];
    const trainable = this.#regularized.filter(({ weight }) => weight.trainable);
    return trainable.map(({ weight, regularizer }) => regularizer.apply(variableOf(weight)));
  }

  /** The regularizer of the output, or null. (tfjs refuses layers with a property `activityRegularizer`.) */
  get outputRegularizer(): Regularizer | null {
    return this.#outputRegularizer;
  }
}

/** In Keras 3.14 and newer, as in Keras 2, an activity loss is divided by the number of examples. */
function perExample(loss: Scalar, output: Tensor): Scalar {
  return output.rank > 0 ? (output.shape[0] > 0 ? div(loss, output.shape[0]) : mul(loss, 0)) : loss;
}

function isSymbolic(value: AnyInputs): value is SymbolicTensor | SymbolicTensor[] {
  const first = Array.isArray(value) ? value[0] : value;
  return first !== undefined && !('dataId' in first);
}

function same(a: Shape, b: readonly (number | null)[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
