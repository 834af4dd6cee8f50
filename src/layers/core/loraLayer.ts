// The base of Dense, EinsumDense and Embedding, whose main weight LoRA can adapt: weight + alpha/rank * (a b). The
// factor b has the weight's last axis, a has all others. Files hold the merged weight. conv/baseConv.ts does the same
// for convolutions. Source: `enable_lora` in https://keras.io/api/layers/core_layers/dense/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import type { Fields } from '../base/fields.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { freezeIntegers, holdsIntegers, type QuantizableWeight } from '../base/quantizable.js';
import { freezeWeight } from '../base/trainable.js';
import type { Constraint } from '../constraints/constraints.js';
import { type LoraFactors, type LoraOptions, mergeLora, restartLora } from '../conv/lora.js';
import { getInitializer, type Initializer } from '../initializers/initializers.js';
import type { Regularizer } from '../regularizers/regularizers.js';

/** The weight that LoRA can adapt, and how it is made. */
export interface MainWeight {
  /** 'kernel' or 'embeddings'. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer | null;
  readonly regularizer: Regularizer | null;
  readonly constraint: Constraint | null;
  /** How the weight is stored where Keras has quantised it. */
  readonly stored: Omit<QuantizableWeight, 'name' | 'shape'>;
}

/** A layer with one main weight and LoRA. */
export abstract class LoraLayer<F extends Fields> extends KerasLayer<F> {
  #main: MainWeight | null = null;
  #weight: LayerVariable | null = null;
  #lora: LoraFactors | null = null;

  protected addMainWeight(main: MainWeight): void {
    this.#main = main;
    this.#weight = this.addVariable(main.name, main.shape, main);
    if (holdsIntegers(this.quantization)) freezeIntegers(this);
  }

  /**
   * Reads the main weight, or computes the merged weight if LoRA is enabled. Throws ValueError before the layer is
   * built.
   */
  protected readMainWeight(): Tensor {
    if (!this.#weight) {
      throw new KerasValueError(`You must build the layer '${this.name}' before accessing its weights.`);
    }
    const weight = this.#weight.read();
    const lora = this.#lora;
    return lora ? tidy(() => mergeLora(weight, lora)) : weight;
  }

  get loraEnabled(): boolean {
    return this.#lora !== null;
  }

  /** The shape of the weight that LoRA can adapt; null before the layer is built, under a constraint, and with LoRA. */
  get adaptableShape(): Shape | null {
    return this.#lora || this.#main?.constraint ? null : (this.#weight?.shape ?? null);
  }

  /** Enables LoRA if the config asks for it. Called by build(). */
  protected buildLora(rank: number | null, alpha: number | null): void {
    if (rank) this.#addLora(rank, { alpha }, '');
  }

  /**
   * Freezes the layer's main weight and trains a low-rank correction instead: weight + alpha/rank * (a b). Compile the
   * model (again) afterwards.
   *
   * @param rank Inner size of the factors a [...all axes but the last, rank] and b [rank, last axis].
   * @throws ValueError if the weight has a constraint, the layer is not built, or LoRA is enabled already.
   */
  enableLora(rank: number, options: LoraOptions = {}): void {
    if (!this.#weight) throw new KerasValueError(`Cannot enable lora on a layer that isn't yet built: '${this.name}'.`);
    if (this.#lora) {
      throw new KerasValueError(`lora is already enabled on layer '${this.name}'. This can only be done once.`);
    }
    this.#addLora(rank, options, `${this.name}/`);
  }

  /** @param scope Prefix of the factors' names. TensorFlow.js adds the layer's name itself only within build(). */
  #addLora(rank: number, options: LoraOptions, scope: string): void {
    const { name, shape, regularizer, constraint } = this.#main as MainWeight;
    const weight = this.#weight as LayerVariable;
    if (!Number.isInteger(rank) || rank < 1) {
      throw new KerasValueError(
        `Argument \`rank\` of lora must be a positive integer. Received: rank=${showValue(rank)}`,
      );
    }
    if (constraint) {
      throw new KerasValueError(
        `Lora is incompatible with ${name} constraints. In order to enable lora on the layer '${this.name}', remove the \`${name}_constraint\` argument.`,
      );
    }
    const aInitializer = getInitializer(options.aInitializer ?? 'he_uniform') as Initializer;
    const bInitializer = getInitializer(options.bInitializer ?? 'zeros');
    const [outer, last] = [shape.slice(0, -1), shape[shape.length - 1]];
    const a = this.addVariable(`${scope}lora_${name}_a`, [...outer, rank], { initializer: aInitializer, regularizer });
    const b = this.addVariable(`${scope}lora_${name}_b`, [rank, last], { initializer: bInitializer, regularizer });
    freezeWeight(this, weight);
    this.#lora = { rank, alpha: options.alpha ?? rank, a, b, aInitializer };
  }

  override getKerasConfig(): Record<string, Json> {
    const config = super.getKerasConfig();
    const { lora_rank, lora_alpha } = config;
    if (this.#lora) return { ...config, lora_rank: this.#lora.rank, lora_alpha: this.#lora.alpha };
    return lora_rank === undefined ? config : { ...config, lora_alpha: lora_alpha ?? lora_rank };
  }

  override get quantizable(): readonly QuantizableWeight[] {
    const main = this.#main;
    return main ? [{ name: main.name, shape: main.shape, ...main.stored }] : [];
  }

  override saveState(): Tensor[] {
    if (!this.#lora) return super.saveState();
    const others = this.fileVariables.slice(1);
    return [this.readMainWeight(), ...others.map((weight) => weight.read().clone())];
  }

  override stateShapes(): readonly Shape[] {
    return this.#lora ? this.fileVariables.map((weight) => weight.shape) : super.stateShapes();
  }

  override loadState(values: readonly Tensor[]): void {
    this.assignAll(this.fileVariables, values);
    if (this.#lora) restartLora(this.#lora);
  }

  /** The variables that files hold: all but a and b, which are merged into the main weight and may stand between others. */
  get fileVariables(): readonly LayerVariable[] {
    const lora = this.#lora;
    return lora ? this.variables.filter((weight) => weight !== lora.a && weight !== lora.b) : this.variables;
  }
}
