// The weights of a convolution layer: names, shapes and what keeps each in check, in Keras's order.

import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { KerasValueError } from '../base/errors.js';
import type { BaseLayerArgs } from '../base/kerasLayer.js';
import type { Constraint } from '../objects/constraints.js';
import type { Initializer } from '../objects/initializers.js';
import type { Regularizer } from '../objects/regularizers.js';

/** The part of a config that is about the weight `<name>`. */
type ConfigOf<Name extends string> = { readonly [K in `${Name}Initializer`]: Initializer | null } & {
  readonly [K in `${Name}Regularizer`]: Regularizer | null;
} & { readonly [K in `${Name}Constraint`]: Constraint | null };

/** What the config says about the weight `<name>`, for addVariable. */
export function weightOptions<Name extends string>(name: Name, config: ConfigOf<Name>) {
  const all = config as Readonly<Record<string, unknown>>;
  return {
    initializer: all[`${name}Initializer`] as Initializer | null,
    regularizer: all[`${name}Regularizer`] as Regularizer | null,
    constraint: all[`${name}Constraint`] as Constraint | null,
  };
}

/** A weight that exists once the layer is built. */
export function builtWeight(layer: { readonly name: string }, weight: LayerVariable | null, what: string) {
  if (weight) return weight;
  throw new KerasValueError(`Layer '${layer.name}' has no ${what} yet: it must be built before \`${what}\` is read`);
}

/** Where the kernel is and how it moves. */
export interface GeometryArgs extends BaseLayerArgs {
  /** Size of the kernel along each side, or one number for all sides. */
  kernelSize: number | readonly number[];
  /** Steps along the sides. Default 1. */
  strides?: number | readonly number[];
  /** 'valid' (default) or 'same', in any letter case; 'same' puts the odd row of zeros at the end. */
  padding?: string;
  /** 'channels_last' (default) or 'channels_first', or null for the default. */
  dataFormat?: string | null;
  /** Spacing of the kernel's taps. Default 1. */
  dilationRate?: number | readonly number[];
  /** Name, function, Keras object or layer. Default: none. */
  activation?: unknown;
  /** Default true. */
  useBias?: boolean;
  /** Default 'zeros'; null means 'glorot_uniform', as in Keras. */
  biasInitializer?: unknown;
  biasRegularizer?: unknown;
  biasConstraint?: unknown;
}

/** The arguments about a weight named `kernel`. */
export interface KernelArgs {
  /** Name, Keras object, instance, function or array. Default 'glorot_uniform', which null means too, as in Keras. */
  kernelInitializer?: unknown;
  kernelRegularizer?: unknown;
  kernelConstraint?: unknown;
}
