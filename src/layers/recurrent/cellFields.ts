// The arguments that recurrent cells have in common, in the order of Keras's get_config().

import {
  activation,
  boolean,
  constraint,
  type Field,
  initializer,
  positiveInteger,
  regularizer,
} from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { seedField } from '../random/randomSource.js';

/** A share from 0 to 1; Keras moves other numbers to the nearer end. */
function dropoutRate(): Field<number> {
  return {
    parse(value, { where, key }) {
      if (value == null) return 0;
      if (typeof value === 'number' && !Number.isNaN(value)) return Math.min(1, Math.max(0, value));
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be a number. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

export const unitsField = { units: positiveInteger() };

export const simpleActivation = { activation: activation('tanh') };

export const gatedActivations = { activation: activation('tanh'), recurrentActivation: activation('sigmoid') };

export const biasAndInitializerFields = {
  useBias: boolean(true),
  kernelInitializer: initializer('glorot_uniform'),
  recurrentInitializer: initializer('orthogonal'),
  biasInitializer: initializer('zeros'),
};

export const regularizerFields = {
  kernelRegularizer: regularizer(),
  recurrentRegularizer: regularizer(),
  biasRegularizer: regularizer(),
};

export const constraintAndDropoutFields = {
  kernelConstraint: constraint(),
  recurrentConstraint: constraint(),
  biasConstraint: constraint(),
  dropout: dropoutRate(),
  recurrentDropout: dropoutRate(),
};

/** Of the layer, not of the cell. In Keras's config it is there when it is null, too. */
export const activityField = { activityRegularizer: regularizer() };

export const seedFields = { seed: seedField() };

/** GRU before Keras 2.1 had no such argument and computed what `false` means. */
export const resetAfterField: { resetAfter: Field<boolean> } = {
  resetAfter: {
    parse: (value, context) => boolean(context.kerasMajor !== 2).parse(value, context),
    serialize: (value) => value,
  },
};

/** The weights' arguments, documented once. */
export interface CellArgs {
  /** Size of the output and of each state. */
  units: number;
  /** Default 'tanh'. */
  activation?: unknown;
  /** Default true. */
  useBias?: boolean;
  /** Of the product with the input. Default 'glorot_uniform'. */
  kernelInitializer?: unknown;
  /** Of the product with the state. Default 'orthogonal'. */
  recurrentInitializer?: unknown;
  /** Default 'zeros'. */
  biasInitializer?: unknown;
  kernelRegularizer?: unknown;
  recurrentRegularizer?: unknown;
  biasRegularizer?: unknown;
  kernelConstraint?: unknown;
  recurrentConstraint?: unknown;
  biasConstraint?: unknown;
  /** Share of the inputs that become zero in training, the same ones in all steps. Default 0. */
  dropout?: number;
  /** Share of the states that become zero in training. Default 0. */
  recurrentDropout?: number;
  /** Of the random numbers of dropout. Default: a random one. */
  seed?: number | null;
}

export interface GatedCellArgs extends CellArgs {
  /** Of the gates. Default 'sigmoid'. */
  recurrentActivation?: unknown;
}
