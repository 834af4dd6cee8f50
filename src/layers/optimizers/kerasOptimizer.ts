// What all optimizers of Keras share: the learning rate, clipping, weight decay, accumulation of gradients, averages of the
// variables, and state that files carry. Source: https://keras.io/api/optimizers/

import {
  add,
  div,
  engine,
  mul,
  type NamedTensorMap,
  Optimizer,
  type Scalar,
  type serialization,
  sub,
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
import { clipGradients } from './clipGradients.js';
import { type Common, checkCommon, common, ignored, type LearningRate, readRate, renamed } from './commonArgs.js';
import type { LearningRateSchedule } from './schedules.js';
import { type SlotGroups, Slots, type SlotVariables } from './slots.js';
import { numberEntry, type StateEntry } from './state.js';

/** What a step tells each update. */
export interface Step {
  /** The learning rate of this step. */
  readonly rate: number;
  /** Counts the updates from 1. */
  readonly number: number;
}

/** TensorFlow.js's type, which it does not export. */
export type NamedTensor = Parameters<Optimizer['setWeights']>[0][number];

/** A variable with its gradient. */
interface Pair {
  readonly variable: Variable;
  readonly gradient: Tensor;
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
  readonly #averages: Slots | null;
  readonly #accumulated: Slots | null;
  #rate: LearningRate;
  #isExcluded = (_: Variable) => false;
  #restore: (() => void) | null = null;

  /** @throws ValueError for arguments that Keras refuses. */
  constructor(spec: OptimizerSpec<P>, args: object = {}) {
    super();
    const { className } = this.constructor as typeof KerasOptimizer;
    const params = { ...common, ...spec.params, weight_decay: numOrNull(spec.weightDecay) };
    const values = readParams(className, params, args, { renamed, ignored }) as Values<P> & Common;
    checkCommon(className, values);
    this.values = values;
    this.iterations_ = 0;
    this.name = values.name ?? className.toLowerCase();
    this.#rate = readRate(className, values.learning_rate ?? spec.learningRate);
    this.#slots = new Slots(spec.slots(values));
    this.#averages = values.use_ema ? new Slots([[{ name: 'average' }]]) : null;
    this.#accumulated = values.gradient_accumulation_steps ? new Slots([[{ name: 'gradient_accumulator' }]]) : null;
  }

  /** Changes one variable by its gradient. Runs in a tidy. */
  protected abstract update(variable: Variable, gradient: Tensor, slots: SlotVariables, step: Step): void;

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

  /** The steps so far. */
  override get iterations(): number {
    this.#restored();
    return this.iterations_;
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
    if (factor === 1) return super.computeGradients(f, varList);
    const { value, grads } = super.computeGradients(() => mul(f(), factor), varList);
    const loss = tidy(() => div(value, factor) as Scalar);
    value.dispose();
    return { value: loss, grads };
  }

  /** What losses are multiplied with before their gradients, which `applyGradients` divides by it. */
  protected get lossScale(): number {
    return this.values.loss_scale_factor ?? 1;
  }

  /** Changes variables by their gradients, given by the variables' names. */
  override applyGradients(variableGradients: NamedTensorMap | NamedTensor[]): void {
    this.#restored();
    const given = pairsOf(variableGradients);
    const variables = given.map(({ variable }) => variable);
    const step = () => {
      const factor = this.lossScale;
      this.build(variables); // before the variables change: a slot may begin with their values
      const pairs = factor === 1 ? given : given.map((pair) => ({ ...pair, gradient: div(pair.gradient, factor) }));
      const gathered = this.#accumulated ? this.#gather(pairs, this.#accumulated) : pairs;
      if (gathered) this.#updateAll(gathered);
      if (this.#averages) this.#average(pairs, this.#averages);
    };
    tidy(() => constrainAfter(variables, step));
    this.iterations_++;
  }

  /** The mean of the gradients since the last update; null where more steps are to come before the next. */
  #gather(pairs: readonly Pair[], accumulated: Slots): Pair[] | null {
    const steps = this.values.gradient_accumulation_steps as number;
    const isLast = (this.iterations_ + 1) % steps === 0;
    const sums = pairs.map(({ variable, gradient }) => {
      const { gradient_accumulator: sum } = accumulated.of(variable);
      const total = add(sum, gradient);
      sum.assign(isLast ? zerosLike(sum) : total);
      return { variable, gradient: total };
    });
    return isLast ? sums.map(({ variable, gradient }) => ({ variable, gradient: div(gradient, steps) })) : null;
  }

  #updateAll(pairs: readonly Pair[]): void {
    const step = { rate: this.learningRate, number: this.#updates + 1 };
    const gradients = clipGradients(
      pairs.map(({ gradient }) => gradient),
      this.values,
    );
    for (const { variable } of pairs) this.#decay(variable, step.rate);
    this.beginUpdates(step);
    pairs.forEach(({ variable }, i) => {
      tidy(() => this.update(variable, gradients[i], this.#slots.of(variable), step));
    });
  }

  #decay(variable: Variable, rate: number): void {
    const decay = this.decayOf(variable);
    if (decay && !this.#isExcluded(variable)) variable.assign(tidy(() => sub(variable, mul(variable, decay * rate))));
  }

  /** The weight decay of a variable; null: none. */
  protected decayOf(_variable: Variable): number | null {
    return this.values.weight_decay;
  }

  /** Updates so far. */
  get #updates(): number {
    return Math.floor(this.iterations_ / (this.values.gradient_accumulation_steps ?? 1));
  }

  #average(pairs: readonly Pair[], averages: Slots): void {
    const { ema_momentum: momentum, ema_overwrite_frequency: frequency } = this.values;
    const kept = this.#updates === 0 ? 0 : momentum;
    for (const { variable } of pairs) {
      const { average } = averages.of(variable);
      average.assign(tidy(() => add(mul(average, kept), mul(variable, 1 - kept))));
      if (frequency && (this.#updates + 1) % frequency === 0) variable.assign(average.clone());
    }
  }

  /** Puts the averages in the place of the variables where there are some, as `fit` does at its end. */
  finalizeVariableValues(variables: readonly Variable[]): void {
    this.#restored();
    for (const variable of variables) {
      const slots = this.#averages?.of(variable);
      if (slots) tidy(() => variable.assign(slots.average.clone()));
    }
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
      ...slots.map(({ name, slot }) => ({
        name,
        shape: slot.shape,
        read: () => slot.dataSync() as Float32Array,
        write: (values: ArrayLike<number>) =>
          tidy(() => slot.assign(tensor(Float32Array.from(values), slot.shape, 'float32'))),
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

/** The variables of TensorFlow.js's map of gradients; those without a gradient are left out. */
function pairsOf(given: NamedTensorMap | NamedTensor[]): Pair[] {
  const entries = Array.isArray(given)
    ? given.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(given);
  return entries.flatMap(([name, gradient]) => {
    const variable = engine().registeredVariables[name];
    if (!variable) throw new Error(`applyGradients: every gradient needs a variable; received name='${name}'`);
    return gradient ? [{ variable, gradient }] : [];
  });
}
