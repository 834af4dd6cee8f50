// The layers ConvLSTM1D, ConvLSTM2D and ConvLSTM3D: an LSTM over sequences of rows, images or volumes.
// Source: https://keras.io/api/layers/recurrent_layers/conv_lstm2d/

import { type BaseLayerArgs, type LayerContext, versionsOf } from '../base/layerArgs.js';
import { activityField, type GatedCellArgs } from './cellFields.js';
import { ConvLSTMCell, convLstmFields } from './convLstmCell.js';
import { cellArgs } from './denseRecurrent.js';
import { RecurrentLayer, type SequenceArgs, sequenceFields } from './recurrentLayer.js';

function fieldsOf(rank: number) {
  return { ...sequenceFields, ...convLstmFields(rank), ...activityField };
}

/** The arguments of Keras's ConvLSTM layers. */
export interface ConvLSTMArgs extends BaseLayerArgs, SequenceArgs, Omit<GatedCellArgs, 'units'> {
  /** Channels of the output and of both states. */
  filters: number;
  /** Size of the kernel along each spatial dimension, or one number for all. */
  kernelSize: number | readonly number[];
  /** Strides of the convolution of the input. Default 1. */
  strides?: number | readonly number[];
  /** Padding of the convolution of the input: 'valid' (default) or 'same'. */
  padding?: string;
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
  /** Dilation of the convolution of the input. Default 1. */
  dilationRate?: number | readonly number[];
  /** The bias of the forget gate starts at 1. Default true. */
  unitForgetBias?: boolean;
}

/**
 * The base of the ConvLSTM layers.
 * Input: float32 [batch, time, ...spatial, channels] or [batch, time, channels, ...spatial]. States: h and c.
 */
abstract class ConvLSTM extends RecurrentLayer<ReturnType<typeof fieldsOf>> {
  readonly cell: ConvLSTMCell;

  constructor(args: ConvLSTMArgs, rank: number, context?: LayerContext) {
    super(args, fieldsOf(rank), context);
    this.cell = new ConvLSTMCell(cellArgs(this), convLstmFields(rank), versionsOf(context));
    this.inputRules = [{ rank: rank + 3 }];
  }
}

/**
 * LSTM over [batch, time, steps, channels], with convolutions in place of matrix products.
 * Source: https://keras.io/api/layers/recurrent_layers/conv_lstm1d/
 */
export class ConvLSTM1D extends ConvLSTM {
  static readonly className: string = 'ConvLSTM1D';
  constructor(args: ConvLSTMArgs, context?: LayerContext) {
    super(args, 1, context);
  }
}

/** Makes a ConvLSTM1D layer. Arguments, shapes and errors are those of the class. */
export function convLstm1d(args: ConvLSTMArgs): ConvLSTM1D {
  return new ConvLSTM1D(args);
}

/**
 * LSTM over [batch, time, height, width, channels], with convolutions in place of matrix products.
 * Source: https://keras.io/api/layers/recurrent_layers/conv_lstm2d/
 */
export class ConvLSTM2D extends ConvLSTM {
  static readonly className: string = 'ConvLSTM2D';
  constructor(args: ConvLSTMArgs, context?: LayerContext) {
    super(args, 2, context);
  }
}

/** Makes a ConvLSTM2D layer. Arguments, shapes and errors are those of the class. */
export function convLstm2d(args: ConvLSTMArgs): ConvLSTM2D {
  return new ConvLSTM2D(args);
}

/**
 * LSTM over [batch, time, depth, height, width, channels], with convolutions in place of matrix products.
 * Source: https://keras.io/api/layers/recurrent_layers/conv_lstm3d/
 */
export class ConvLSTM3D extends ConvLSTM {
  static readonly className: string = 'ConvLSTM3D';
  constructor(args: ConvLSTMArgs, context?: LayerContext) {
    super(args, 3, context);
  }
}

/** Makes a ConvLSTM3D layer. Arguments, shapes and errors are those of the class. */
export function convLstm3d(args: ConvLSTMArgs): ConvLSTM3D {
  return new ConvLSTM3D(args);
}
