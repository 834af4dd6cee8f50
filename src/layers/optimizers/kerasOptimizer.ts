// What all optimizers of Keras share: the learning rate, clipping, weight decay, accumulation of gradients, averages of the
// variables, and state that files carry. Source: https://keras.io/api/optimizers/

import {
  type NamedTensorMap,
  Optimizer,
  type Scalar,
  type serialization,
  type Tensor,
  tensor,
  tidy,
  type Variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type Json, type JsonObject, kerasObject } from '../../core/json.js';
import { KerasValueError } from '../base/kerasValueError.js';
import { constrainAfter } from '../base/variables.js';
import { numOrNull, type Params, readParams, type Values } from '../serialization/params.js';
import { Averages } from './averages.js';
import { type Common, checkCommon, common, ignored, type LearningRate, readRate, renamed } from './commonArgs.js';
import { applyFormula, clippingOf, decayed, type Formula, type Preparation, prepared, unprepared } from './formula.js';
import { type NamedTensor, type Pair, pairsOf } from './pairs.js';
import { ofScaledLoss } from './scaledLoss.js';
import type { LearningRateSchedule } from './schedules.js';
import { type SlotGroups, Slots, type SlotVariables } from './slots.js';
import { numberEntry, type StateEntry } from './state.js';
import { followsTfKeras } from './tfKerasRules.js';

/** What a step tells each update. */
export interface Step {
  /** The learning rate of this step. */
  readonly rate: number;
  /** Counts the updates from 1. */
  readonly number: number;
}

/** How a class differs from the others. */
export interface OptimizerSpec<P extends Params> {
  readonly params: P;
  readonly learningRate: number;
  readonly weightDecay?: number;
  readonly slots: (values: Values<P>) => SlotGroups;
}

/**
 * An optimizer of Keras as a tf.Optimizer: for `compile`, or with `minimize` and `applyGradients` by itself, on any
 * backend. Its arithmetic is in float32, as in Keras.
 */
export abstract class KerasOptimizer<P extends Params = Params> extends Optimizer {
  /** The class's name in Keras. */
  static readonly className: string;

  /** tf.Optimizer takes every optimizer for an instance of every class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class that is asked, which may be one that extends this
    return Object.prototype.isPrototypeOf.call(this.prototype, value as object);
  }

  readonly name: string;
  protected readonly values: Values<P> & Common;
  readonly #slots: Slots;
  readonly #averages: Averages | null;
  readonly #accumulated: Slots | null;
  #rate: LearningRate;
  #isExcluded = (_: Variable) => false;
  #restore: (() => void) | null = null;
  readonly #prefersUpdate = prefersUpdate(this);

  /** @throws ValueError for arguments that Keras refuses. */
  constructor(spec: OptimizerSpec<P>, args: object = {}) {
    super();
    const { className } = this.constructor as typeof KerasOptimizer;
    const params = { ...common, ...spec.params, weight_decay: numOrNull(spec.weightDecay) };
    const values = readParams(className, params, args, { renamed, ignored, isOfCaller: true }) as Values<P> & Common;
    checkCommon(className, values);
    this.values = values;
    this.iterations_ = 0;
    this.name = values.name ?? className.toLowerCase();
    this.#rate = readRate(className, values.learning_rate ?? spec.learningRate);
    this.#slots = new Slots(spec.slots(values));
    this.#averages = values.use_ema ? new Averages() : null;
    this.#accumulated = values.gradient_accumulation_steps ? new Slots([[{ name: 'gradient_accumulator' }]]) : null;
  }

  /** What a step does to a variable, where that is a formula; else `update` is called. */
  protected formulaOf(_variable: Variable, _step: Step): Formula | null {
    return null;
  }

  /** Changes one variable by its gradient where there is no formula. Runs in a tidy. */
  protected update(_variable: Variable, _gradient: Tensor, _slots: SlotVariables, _step: Step): void {
    throw new Error(`${this.name}: an optimizer must have formulaOf() or update()`);
  }

  /** Called once before the updates of a step. */
  protected beginUpdates(_step: Step): void {}

  /** Further numbers that files hold after the slots. */
  protected get numbers(): StateEntry[] {
    return [];
  }

  /** Sets the state when it is first asked for: a model that is not trained on then needs no memory for it. */
  restoreLater(restore: () => void): void {
    this.#restore = restore;
  }

  #restored(): void {
    const restore = this.#restore;
    this.#restore = null;
    restore?.();
  }

  /** The updates so far, as in Keras: steps over `gradientAccumulationSteps`. */
  override get iterations(): number {
    this.#restored();
    return this.#updates;
  }

  /** The learning rate that the next step has. */
  get learningRate(): number {
    this.#restored();
    return typeof this.#rate === 'number' ? this.#rate : this.#rate.rate(this.iterations_);
  }

  /** Another learning rate from the next step on. Where there is a schedule only another schedule may take its place. */
  set learningRate(rate: LearningRate) {
    this.#restored();
    const { className } = this.constructor as typeof KerasOptimizer;
    if (typeof rate === 'number' && typeof this.#rate !== 'number') {
      throw new TypeError(
        `${className}: the learning rate of an optimizer with a schedule is not settable; received ${rate}`,
      );
    }
    this.#rate = readRate(className, rate);
  }

  /** The schedule of the learning rate, or null where that is a number. */
  get schedule(): LearningRateSchedule | null {
    return typeof this.#rate === 'number' ? null : this.#rate;
  }

  /**
   * Leaves variables out of the weight decay. Call it before the first step.
   * @param variables These, and those whose own name (what follows the last `/`) holds one of `names`.
   */
  excludeFromWeightDecay(variables: readonly Variable[] = [], names: readonly string[] = []): void {
    this.#isExcluded = (variable) => {
      const own = variable.name.slice(variable.name.lastIndexOf('/') + 1);
      return variables.includes(variable) || names.some((name) => own.includes(name));
    };
  }

  /** Makes the state of variables, in this order; without it, the first step does so. Files follow this order. */
  build(variables: readonly Variable[]): void {
    for (const slots of [this.#averages, this.#accumulated, this.#slots]) {
      for (const variable of variables) slots?.of(variable);
    }
  }

  override computeGradients(f: () => Scalar, varList?: Variable[]): { value: Scalar; grads: NamedTensorMap } {
    const factor = this.lossScale;
    return factor === 1
      ? super.computeGradients(f, varList)
      : ofScaledLoss(f, factor, (scaled) => super.computeGradients(scaled, varList));
  }

  /** What losses are multiplied with before their gradients, which `applyGradients` divides by it. */
  protected get lossScale(): number {
    return this.values.loss_scale_factor ?? 1;
  }

  /** Changes variables by their gradients, given by the variables' names. */
  override applyGradients(variableGradients: NamedTensorMap | NamedTensor[]): void {
    this.applyScaled(variableGradients, 1);
  }

  /** The same with the gradients of a loss that was multiplied by `scale`. */
  applyScaled(variableGradients: NamedTensorMap | NamedTensor[], scale: number): void {
    this.#restored();
    const pairs = pairsOf(variableGradients);
    const variables = pairs.map(({ variable }) => variable);
    const step = () => {
      const factor = 1 / (this.lossScale * scale);
      this.build(variables); // before the variables change: a slot may begin with their values
      if (this.#accumulated) this.#gather(pairs, factor, this.#accumulated);
      else this.#updateAll(pairs, factor);
      if (this.#averages) this.#average(variables, this.#averages);
    };
    tidy(() => constrainAfter(variables, step));
    this.iterations_++;
  }

  /** Sums gradients; where no more are to come before the next update, the variables change by their mean. */
  #gather(pairs: readonly Pair[], factor: number, accumulated: Slots): void {
    const steps = this.values.gradient_accumulation_steps as number;
    const sums = pairs.map(({ variable, gradient }) => {
      const slots = accumulated.of(variable);
      applyFormula(variable, gradient, slots, accumulate, { ...unprepared, factor });
      return { variable, gradient: slots.gradient_accumulator };
    });
    if ((this.iterations_ + 1) % steps !== 0) return;
    this.#updateAll(sums, 1 / steps);
    for (const { gradient } of sums) tidy(() => gradient.assign(zerosLike(gradient)));
  }

  #updateAll(pairs: readonly Pair[], factor: number): void {
    const step = { rate: this.learningRate, number: this.#updates + 1 };
    this.beginUpdates(step);
    const clippings = clippingOf(
      pairs.map(({ gradient }) => gradient),
      this.values,
    );
    for (let i = 0; i < pairs.length; i++) {
      const { variable } = pairs[i];
      const decay = this.#isExcluded(variable) ? 0 : (this.decayOf(variable) ?? 0);
      this.#updateOne(pairs[i], { ...clippings[i], factor, keep: 1 - decay * step.rate }, step);
    }
  }

  #updateOne({ variable, gradient }: Pair, preparation: Preparation, step: Step): void {
    const slots = this.#slots.of(variable);
    const formula = this.#prefersUpdate ? null : this.formulaOf(variable, step);
    if (formula) applyFormula(variable, gradient, slots, formula, preparation);
    else tidy(() => this.update(decayed(variable, preparation), prepared(gradient, preparation), slots, step));
  }

  /** The weight decay of a variable; null: none. */
  protected decayOf(_variable: Variable): number | null {
    return this.values.weight_decay;
  }

  /** Updates so far. */
  get #updates(): number {
    return Math.floor(this.iterations_ / (this.values.gradient_accumulation_steps ?? 1));
  }

  #average(variables: readonly Variable[], averages: Averages): void {
    const { ema_momentum: momentum, ema_overwrite_frequency: frequency } = this.values;
    const overwrites = frequency !== null && (this.#updates + 1) % frequency === 0;
    const isFirst = this.#updates === 0 && !followsTfKeras(this);
    averages.follow(variables, isFirst ? 0 : momentum, overwrites);
  }

  /**
   * Puts the averages into the variables, or the trained values back, which the slots hold meanwhile. Put these back before
   * the next step. @throws ValueError where the optimizer keeps no averages.
   */
  showAverages(variables: readonly Variable[], areShown: boolean): void {
    this.#restored();
    if (!this.#averages) throw new KerasValueError(`${this.name}: it must keep averages. Received: use_ema=false`);
    this.#averages.show(variables, areShown);
  }

  /** Puts the averages in the place of the variables where there are some, as `fit` does at its end. */
  finalizeVariableValues(variables: readonly Variable[]): void {
    this.#restored();
    this.#averages?.finalize(variables);
  }

  /**
   * What files hold, in Keras's order.
   * @param variables The trainable variables of the model, in Keras's order. Default: those that had a gradient.
   */
  stateOf(variables?: readonly Variable[]): StateEntry[] {
    this.#restored();
    const all = [this.#averages, this.#accumulated, this.#slots];
    const slots = all.flatMap((slots) => slots?.list(variables) ?? []);
    return [
      numberEntry(
        'iteration',
        () => this.iterations_,
        (value) => {
          this.iterations_ = value;
        },
        Int32Array,
      ),
      ...(typeof this.#rate === 'number'
        ? [
            numberEntry(
              'learning_rate',
              () => this.#rate as number,
              (value) => {
                this.#rate = value;
              },
            ),
          ]
        : []),
      ...slots.map(({ name, slot, noteWrite }) => ({
        name,
        shape: slot.shape,
        read: () => slot.dataSync() as Float32Array,
        write: (values: ArrayLike<number>) => {
          tidy(() => slot.assign(tensor(Float32Array.from(values), slot.shape, 'float32')));
          noteWrite();
        },
      })),
      ...this.numbers,
    ];
  }

  override async getWeights(): Promise<NamedTensor[]> {
    return this.stateOf().map(({ name, shape, read }) => ({ name, tensor: tensor(read(), [...shape]) }));
  }

  override async setWeights(weightValues: NamedTensor[]): Promise<void> {
    const state = this.stateOf();
    if (weightValues.length !== state.length) {
      const { className } = this.constructor as typeof KerasOptimizer;
      throw new KerasValueError(
        `${className}: there are ${state.length} variables; build(variables) makes them. Received: ${weightValues.length} values`,
      );
    }
    for (const [i, entry] of state.entries()) entry.write((await weightValues[i].tensor.data()) as Float32Array);
  }

  override dispose(): void {
    for (const slots of [this.#averages, this.#accumulated, this.#slots]) slots?.dispose();
  }

  /** The arguments in Keras's spelling. */
  override getConfig(): serialization.ConfigDict {
    return this.#config() as serialization.ConfigDict;
  }

  #config(): JsonObject {
    const { schedule } = this;
    const rate = schedule ? schedule.serialize() : this.learningRate;
    return { ...(this.values as JsonObject), name: this.name, learning_rate: rate };
  }

  /** As keras.optimizers.serialize. */
  serialize(): Json {
    return kerasObject('keras.optimizers', (this.constructor as typeof KerasOptimizer).className, this.#config());
  }
}

const accumulate: Formula = { rule: 'accumulate', scalars: {} };

/** Whether a class has an update of its own that a formula of the class that it extends does not know. */
function prefersUpdate(optimizer: object): boolean {
  let prototype = Object.getPrototypeOf(optimizer);
  while (prototype && !Object.hasOwn(prototype, 'formulaOf') && !Object.hasOwn(prototype, 'update')) {
    prototype = Object.getPrototypeOf(prototype);
  }
  return prototype !== null && !Object.hasOwn(prototype, 'formulaOf');
}
