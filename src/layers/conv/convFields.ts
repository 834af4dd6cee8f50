// The arguments that convolution layers have in common, and the checks that Keras makes on them together.
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

/** Where the kernel is and how it moves; `rank` is the number of sides of the kernel. */
export function geometryFields(rank: number) {
  return {
    kernelSize: tuple(rank),
    strides: tuple(rank, 1),
    padding: padding(),
    dataFormat: dataFormat(),
    dilationRate: tuple(rank, 1),
  };
}

/** What is done to the sums. */
export const epilogueFields = { activation: activation(), useBias: boolean(true) };

/** How each weight starts and is kept in check, in Keras's order; the config names activity_regularizer even where none is. */
export const kernelAndBiasFields = {
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  kernelRegularizer: regularizer(),
  biasRegularizer: regularizer(),
  activityRegularizer: regularizer(),
  kernelConstraint: constraint(),
  biasConstraint: constraint(),
};

/** A count that `checkChannels` looks at, after all other arguments are read: that is Keras's order of errors. */
function lateCount(missing?: number): Field<number> {
  return {
    parse: (value, context) => (typeof value === 'number' ? value : positiveInteger(missing).parse(value, context)),
    serialize: (value) => value,
  };
}

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

/** Conv1D, Conv2D and Conv3D. */
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
 * `groups` of layers that have none in Keras 3: Keras 2 wrote groups=1 into their configs, which means nothing.
 * It is never in the config.
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

export function checkStridesWithDilations(where: string, { strides, dilationRate }: Geometry): void {
  if (Math.max(...strides) > 1 && Math.max(...dilationRate) > 1) {
    throw new KerasValueError(
      `\`strides > 1\` not supported in conjunction with \`dilation_rate > 1\` (${where}). Received: strides=${showValue(strides)} and dilation_rate=${showValue(dilationRate)}`,
    );
  }
}
