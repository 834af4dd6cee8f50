// The fields that convolution layers share, and the checks that Keras makes on several of them together.
// Source: https://keras.io/api/layers/convolution_layers/convolution2d/

import {
  activation,
  boolean,
  constraint,
  dataFormat,
  type Field,
  initializer,
  oneOf,
  padding,
  positiveInteger,
  regularizer,
  tuple,
} from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { ConvPadding } from './convShapes.js';
import { loraField } from './loraField.js';

/** Only 1D convolutions have 'causal'. */
function convPadding(rank: number): Field<ConvPadding> {
  if (rank !== 1) return padding();
  return oneOf<ConvPadding>(
    ['valid', 'same', 'causal'],
    'valid',
    "must be a list/tuple or one of {'same', 'valid', 'causal'}; the names only are taken",
  );
}

/** The fields of the kernel's geometry. @param rank number of spatial dimensions. */
export function geometryFields(rank: number) {
  return {
    kernelSize: tuple(rank),
    strides: tuple(rank, 1),
    padding: padding(),
    dataFormat: dataFormat(),
    dilationRate: tuple(rank, 1),
  };
}

/** The fields of the epilogue. */
export const epilogueFields = { activation: activation(), useBias: boolean(true) };

/** The fields of kernel and bias, in Keras's order. The config always has activity_regularizer, even if it is null. */
export const kernelAndBiasFields = {
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  kernelRegularizer: regularizer(),
  biasRegularizer: regularizer(),
  activityRegularizer: regularizer(),
  kernelConstraint: constraint(),
  biasConstraint: constraint(),
};

/** A number that `checkChannels` checks after all other arguments are read, which is Keras's order of errors. */
function lateCount(missing?: number): Field<number> {
  return {
    parse: (value, context) => (typeof value === 'number' ? value : positiveInteger(missing).parse(value, context)),
    serialize: (value) => value,
  };
}

/** @throws ValueError for filters or groups below 1, and filters that are not a multiple of groups. */
export function checkChannels(where: string, { filters, groups }: { filters: number; groups: number }): void {
  positiveInteger().parse(filters, { where, key: 'filters' });
  if (!Number.isInteger(groups) || groups <= 0) {
    throw new KerasValueError(
      `The number of groups must be a positive integer. Received: groups=${groups}, filters=${filters}.`,
    );
  }
  if (filters % groups !== 0) {
    throw new KerasValueError(
      `The number of filters must be evenly divisible by the number of groups. Received: groups=${groups}, filters=${filters}.`,
    );
  }
}

/** The fields of Conv1D, Conv2D and Conv3D. */
export function convFields(rank: number) {
  return {
    filters: lateCount(),
    ...geometryFields(rank),
    padding: convPadding(rank),
    groups: lateCount(1),
    ...epilogueFields,
    ...kernelAndBiasFields,
    loraRank: loraField(),
    loraAlpha: loraField(),
  };
}

/**
 * The argument `groups` of layers without groups. Keras 2 wrote groups=1 into their configs; Keras 3 does not, and
 * neither does this field.
 */
export function noGroups(): Field<1> {
  return {
    parse(value, { where }) {
      if (value === undefined || value === null || value === 0 || value === 1) return 1;
      throw new KerasValueError(
        `${where} has no groups in Keras: the number of groups must be 1. Received: groups=${showValue(value)}`,
      );
    },
    serialize: () => undefined,
  };
}

export interface Geometry {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
}

/** @throws ValueError if both strides and dilations are above 1. */
export function checkStridesWithDilations(where: string, { strides, dilationRate }: Geometry): void {
  if (Math.max(...strides) > 1 && Math.max(...dilationRate) > 1) {
    throw new KerasValueError(
      `\`strides > 1\` not supported in conjunction with \`dilation_rate > 1\` (${where}). Received: strides=${showValue(strides)} and dilation_rate=${showValue(dilationRate)}`,
    );
  }
}
