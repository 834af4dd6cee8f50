// The cell of ConvLSTM, an LSTM with convolutions in place of matrix products.
// Sources: https://keras.io/api/layers/recurrent_layers/conv_lstm2d/ and https://arxiv.org/abs/1506.04214

import { add, concat, mul, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import { boolean, dataFormat, padding, positiveInteger, tuple, type Values } from '../base/fields.js';
import { onlyShape } from '../base/inputs.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { split } from '../base/parts.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import { checkStridesWithDilations } from '../conv/convFields.js';
import { channelAxis, convOutputShape, knownChannels, splitShape, type Window } from '../conv/convShapes.js';
import { runConv } from '../conv/runConv.js';
import { getInitializer, type Initializer } from '../initializers/initializers.js';
import { RandomSource } from '../random/randomSource.js';
import {
  biasAndInitializerFields,
  constraintAndDropoutFields,
  gatedActivations,
  regularizerFields,
  seedFields,
} from './cellFields.js';
import { type CellRun, RecurrentCell } from './recurrentCell.js';
import { drawMasks, gateColumns } from './recurrentDropout.js';
import { forgetBias } from './recurrentProjection.js';

/** The fields of a ConvLSTM cell with `rank` spatial dimensions. */
export function convLstmFields(rank: number) {
  return {
    filters: positiveInteger(),
    kernelSize: tuple(rank),
    strides: tuple(rank, 1),
    padding: padding(),
    dataFormat: dataFormat(),
    dilationRate: tuple(rank, 1),
    ...gatedActivations,
    ...biasAndInitializerFields,
    unitForgetBias: boolean(true),
    ...regularizerFields,
    ...constraintAndDropoutFields,
    ...seedFields,
  };
}

type Fields = ReturnType<typeof convLstmFields>;

const gates = 4;

/** A cell that Keras does not export. Files never hold it alone. */
export class ConvLSTMCell extends RecurrentCell<Fields> {
  static readonly className: string = 'ConvLSTMCell';

  readonly #random: RandomSource;
  #kernel: LayerVariable | null = null;
  #recurrentKernel: LayerVariable | null = null;
  #bias: LayerVariable | null = null;

  constructor(args: object, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    checkStridesWithDilations('ConvLSTM', this.config);
    this.#random = new RandomSource(this.config.seed);
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { spatial } = splitShape(shape, config.dataFormat);
    if (spatial.includes(null)) {
      throw new KerasValueError(
        `ConvLSTM layers only support static input shapes for the spatial dimension. Received invalid input shape: input_shape=${showValue(shape)}`,
      );
    }
    const channels = knownChannels(`'${this.name}'`, shape, config.dataFormat);
    const columns = gates * config.filters;
    this.#kernel = this.addVariable(
      'kernel',
      [...config.kernelSize, channels, columns],
      weightOptions('kernel', config),
    );
    this.#recurrentKernel = this.addVariable(
      'recurrent_kernel',
      [...config.kernelSize, config.filters, columns],
      weightOptions('recurrent', config),
    );
    if (config.useBias) {
      const initializer = this.#biasInitializer();
      this.#bias = this.addVariable('bias', [columns], { ...weightOptions('bias', config), initializer });
    }
    super.build(inputShape);
  }

  #biasInitializer(): Initializer | null {
    const { biasInitializer, unitForgetBias, filters } = this.config;
    const given = biasInitializer ?? (getInitializer('glorot_uniform') as Initializer);
    return unitForgetBias ? forgetBias(given, filters) : biasInitializer;
  }

  override stateShapesOf(stepShape: Shape): Shape[] {
    const { config } = this;
    const state = convOutputShape(config, stepShape, config.filters, [...config.kernelSize, null, config.filters]);
    return [state, state];
  }

  override begin(training: boolean, stepShape: readonly number[]): CellRun {
    const [state] = this.stateShapesOf([...stepShape]) as number[][];
    const shapes = { input: stepShape, state, gates, isShared: false };
    const masks = drawMasks(this.config, shapes, this.#random, training);
    return {
      project: (sequence) => this.#project(sequence, masks.inputs),
      step: (x, [h, c]) => this.#step(x, h, c, masks.states),
    };
  }

  /** Convolves all steps as one batch and adds the bias. */
  #project(sequence: Tensor, masks: readonly Tensor[]): Tensor {
    const { config } = this;
    const [batch, time, ...step] = sequence.shape;
    const kernel = builtWeight(this, this.#kernel, 'kernel').read();
    const bias = this.#bias?.read();
    const flat = (x: Tensor) => reshape(x, [batch * time, ...step]);
    if (masks.length === 0)
      return this.#splitSteps(runConv({ x: flat(sequence), filter: kernel, window: config, bias }), batch);
    const biases = bias ? split(bias, gates) : [];
    const parts = gateColumns(kernel, gates).map((filter, i) => {
      const x = flat(mul(sequence, reshape(masks[i], [batch, 1, ...step])));
      return runConv({ x, filter, window: config, bias: biases[i] });
    });
    return this.#splitSteps(concat(parts, channelAxis(config.dataFormat)), batch);
  }

  /** [batch * time, ...] -> [batch, time, ...] */
  #splitSteps(y: Tensor, batch: number): Tensor {
    const [count, ...rest] = y.shape;
    return reshape(y, [batch, count / batch, ...rest]);
  }

  #step(x: Tensor, h: Tensor, c: Tensor, masks: readonly Tensor[]) {
    const { activation, recurrentActivation, dataFormat } = this.config;
    const axis = channelAxis(dataFormat);
    const z = split(add(x, this.#recurrence(h, masks)), gates, axis === -1 ? x.rank - 1 : axis);
    const [i, f, o] = [z[0], z[1], z[3]].map((gate) => recurrentActivation.apply(gate));
    const carry = add(mul(f, c), mul(i, activation.apply(z[2])));
    const output = mul(o, activation.apply(carry));
    return { output, states: [output, carry] };
  }

  #recurrence(h: Tensor, masks: readonly Tensor[]): Tensor {
    const kernel = builtWeight(this, this.#recurrentKernel, 'recurrent_kernel').read();
    const window = stateWindow(this.config);
    if (masks.length === 0) return runConv({ x: h, filter: kernel, window });
    const parts = gateColumns(kernel, gates).map((filter, i) => runConv({ x: mul(h, masks[i]), filter, window }));
    return concat(parts, channelAxis(this.config.dataFormat) === -1 ? h.rank - 1 : 1);
  }
}

/** The geometry of the state's convolution, which keeps the state's size. */
function stateWindow({ kernelSize, dataFormat }: Values<Fields>): Window {
  const ones = kernelSize.map(() => 1);
  return { kernelSize, strides: ones, dilationRate: ones, padding: 'same', dataFormat };
}
