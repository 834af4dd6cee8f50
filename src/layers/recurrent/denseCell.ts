// The base of SimpleRNNCell, GRUCell and LSTMCell: their weights and dropout.
// Source: https://keras.io/api/layers/recurrent_layers/

import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Fields, Values } from '../base/fields.js';
import { onlyShape } from '../base/inputs.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import { getInitializer, type Initializer } from '../initializers/initializers.js';
import { RandomSource } from '../random/randomSource.js';
import type {
  biasAndInitializerFields,
  constraintAndDropoutFields,
  regularizerFields,
  seedFields,
  unitsField,
} from './cellFields.js';
import { RecurrentCell } from './recurrentCell.js';
import { type CellMasks, drawMasks } from './recurrentDropout.js';

type Common = typeof unitsField &
  typeof biasAndInitializerFields &
  typeof regularizerFields &
  typeof constraintAndDropoutFields &
  typeof seedFields;

/** A cell over [batch, inputs] with matrix products. */
export abstract class DenseCell<F extends Fields & Common> extends RecurrentCell<F> {
  static override readonly ignoredKeys: readonly string[] = ['implementation'];

  readonly #random: RandomSource;
  #kernel: LayerVariable | null = null;
  #recurrentKernel: LayerVariable | null = null;
  #bias: LayerVariable | null = null;

  /** Number of gates, whose matrices lie side by side in each kernel. */
  protected abstract readonly gates: number;

  constructor(args: object, fields: F, context?: LayerContext) {
    super(args, fields, context);
    this.#random = new RandomSource(this.#common.seed);
  }

  get #common(): Values<Common> {
    return this.config as unknown as Values<Common>;
  }

  get units(): number {
    return this.#common.units;
  }

  protected get kernel() {
    return builtWeight(this, this.#kernel, 'kernel').read();
  }

  protected get recurrentKernel() {
    return builtWeight(this, this.#recurrentKernel, 'recurrent_kernel').read();
  }

  protected get bias() {
    return this.#bias?.read() ?? null;
  }

  protected get biasShape(): readonly number[] {
    return [this.gates * this.units];
  }

  protected biasInitializer(): Initializer | null {
    return this.#common.biasInitializer;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { units, useBias } = this.#common;
    const size = shape[shape.length - 1];
    if (size == null) {
      throw new KerasValueError(
        `The last dimension of the inputs to '${this.name}' should be defined. Received: input_shape=${showValue(shape)}`,
      );
    }
    const columns = this.gates * units;
    this.#kernel = this.addVariable('kernel', [size, columns], weightOptions('kernel', this.#common));
    this.#recurrentKernel = this.addVariable(
      'recurrent_kernel',
      [units, columns],
      weightOptions('recurrent', this.#common),
    );
    if (useBias) {
      const initializer = this.biasInitializer();
      this.#bias = this.addVariable('bias', this.biasShape, { ...weightOptions('bias', this.#common), initializer });
    }
    super.build(inputShape);
  }

  override stateShapesOf([batch]: Shape): Shape[] {
    return [[batch, this.units]];
  }

  /** Draws the dropout masks. The gates share the inputs' mask if recurrentDropout is 0. */
  protected drawMasks(training: boolean, stepShape: readonly number[]): CellMasks {
    const { gates, units } = this;
    const isShared = this.#common.recurrentDropout === 0;
    const shapes = { input: stepShape, state: [stepShape[0], units], gates, isShared };
    return drawMasks(this.#common, shapes, this.#random, training);
  }

  /** The initializer, or glorot_uniform for null. */
  protected initializerOr(given: Initializer | null): Initializer {
    return given ?? (getInitializer('glorot_uniform') as Initializer);
  }
}
