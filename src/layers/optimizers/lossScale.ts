// A loss scale that finds its own size: it is doubled while gradients stay finite and halved when they do not.
// Source: https://keras.io/api/optimizers/loss_scale_optimizer/

import {
  all,
  isFinite as isFiniteTensor,
  logicalAnd,
  type NamedTensorMap,
  Optimizer,
  type Scalar,
  scalar,
  type serialization,
  type Tensor,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import { type Json, type JsonObject, kerasObject } from '../../core/json.js';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasOptimizer } from './kerasOptimizer.js';
import type { NamedTensor } from './pairs.js';
import { ofScaledLoss } from './scaledLoss.js';
import { numberEntry, type StateEntry } from './state.js';

/** The arguments of LossScaleOptimizer. */
export interface LossScaleArgs {
  /** Default 32768. */
  readonly initialScale?: number;
  /** Steps with finite gradients after which the scale is doubled. Default 2000. */
  readonly dynamicGrowthSteps?: number;
  /** Default 'loss_scale_optimizer'. */
  readonly name?: string;
}

const argKeys: OptionKeys<LossScaleArgs> = { initialScale: true, dynamicGrowthSteps: true, name: true };

/**
 * Runs another optimizer with a loss that is multiplied while its gradients are computed. A step with a gradient that is
 * not finite changes nothing but the scale. Reads one value back in each step.
 * Source: https://keras.io/api/optimizers/loss_scale_optimizer/
 */
export class LossScaleOptimizer extends Optimizer {
  static readonly className = 'LossScaleOptimizer';

  /** tf.Optimizer takes every optimizer for an instance of every class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class that is asked, which may be one that extends this
    return Object.prototype.isPrototypeOf.call(this.prototype, value as object);
  }

  readonly innerOptimizer: KerasOptimizer;
  readonly name: string;
  readonly #initialScale: number;
  readonly #growthSteps: number;
  #scale: number;
  #finiteSteps = 0;

  /** @throws Error for arguments that it does not have, and where the inner optimizer is none of Keras's. */
  constructor(innerOptimizer: KerasOptimizer, args: LossScaleArgs = {}) {
    super();
    checkOptionKeys('LossScaleOptimizer', args, argKeys);
    const { initialScale = 2 ** 15, dynamicGrowthSteps = 2000, name } = args;
    if (!(innerOptimizer instanceof KerasOptimizer)) {
      throw new TypeError(`LossScaleOptimizer: the inner optimizer must be one of Keras's; received ${innerOptimizer}`);
    }
    this.innerOptimizer = innerOptimizer;
    this.name = name ?? 'loss_scale_optimizer';
    this.#initialScale = initialScale;
    this.#growthSteps = dynamicGrowthSteps;
    this.#scale = initialScale;
  }

  /** What losses are multiplied with in the next step. */
  get dynamicScale(): number {
    return this.#scale;
  }

  override get iterations(): number {
    return this.innerOptimizer.iterations;
  }

  get learningRate(): number {
    return this.innerOptimizer.learningRate;
  }

  build(variables: readonly Variable[]): void {
    this.innerOptimizer.build(variables);
  }

  override computeGradients(f: () => Scalar, varList?: Variable[]): { value: Scalar; grads: NamedTensorMap } {
    return ofScaledLoss(f, this.#scale, (scaled) => super.computeGradients(scaled, varList));
  }

  override applyGradients(variableGradients: NamedTensorMap | NamedTensor[]): void {
    const given: NamedTensor[] = Array.isArray(variableGradients)
      ? variableGradients
      : Object.entries(variableGradients).map(([name, tensor]) => ({ name, tensor }));
    const scale = this.#scale;
    if (areFinite(given.map(({ tensor }) => tensor))) {
      this.innerOptimizer.applyScaled(given, scale);
      const isTime = this.#finiteSteps === this.#growthSteps - 1;
      this.#finiteSteps = isTime ? 0 : this.#finiteSteps + 1;
      if (isTime) this.#scale *= 2;
    } else {
      this.#finiteSteps = 0;
      this.#scale /= 2;
    }
  }

  finalizeVariableValues(variables: readonly Variable[]): void {
    this.innerOptimizer.finalizeVariableValues(variables);
  }

  /** As the inner optimizer's. */
  showAverages(variables: readonly Variable[], areShown: boolean): void {
    this.innerOptimizer.showAverages(variables, areShown);
  }

  override dispose(): void {
    this.innerOptimizer.dispose();
  }

  /** As the inner optimizer's, with the scale before it. */
  stateOf(variables?: readonly Variable[]): StateEntry[] {
    const setFiniteSteps = (value: number) => {
      this.#finiteSteps = value;
    };
    const setScale = (value: number) => {
      this.#scale = value;
    };
    return [
      // Keras keeps these two for every optimizer; here the inner one counts.
      numberEntry(
        'iteration',
        () => 0,
        () => {},
        Int32Array,
      ),
      numberEntry(
        'learning_rate',
        () => 0,
        () => {},
      ),
      numberEntry('step_counter', () => this.#finiteSteps, setFiniteSteps, Int32Array),
      numberEntry('dynamic_scale', () => this.#scale, setScale),
      ...this.innerOptimizer.stateOf(variables),
    ];
  }

  override getConfig(): serialization.ConfigDict {
    return this.#config() as serialization.ConfigDict;
  }

  #config(): JsonObject {
    return {
      name: this.name,
      inner_optimizer: this.innerOptimizer.serialize(),
      initial_scale: this.#initialScale,
      dynamic_growth_steps: this.#growthSteps,
    };
  }

  serialize(): Json {
    return kerasObject('keras.optimizers', LossScaleOptimizer.className, this.#config());
  }
}

/** A variable that the loss does not reach has no gradient, and none to look at. */
function areFinite(gradients: readonly (Tensor | null)[]): boolean {
  const [value] = tidy(() => {
    const flags = gradients.flatMap((gradient) => (gradient ? [all(isFiniteTensor(gradient))] : []));
    return flags.reduce((a, b) => logicalAnd(a, b), scalar(true, 'bool')).dataSync();
  });
  return value === 1;
}
