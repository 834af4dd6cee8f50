// The arguments about a weight come in threes: <weight>Initializer, <weight>Regularizer, <weight>Constraint.

import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { Constraint } from '../constraints/constraints.js';
import type { Initializer } from '../initializers/initializers.js';
import type { Regularizer } from '../regularizers/regularizers.js';
import { KerasValueError } from './kerasValueError.js';

/** The part of a config about the weight `<name>`. */
type ConfigOf<Name extends string> = { readonly [K in `${Name}Initializer`]: Initializer | null } & {
  readonly [K in `${Name}Regularizer`]: Regularizer | null;
} & { readonly [K in `${Name}Constraint`]: Constraint | null };

/** The options of the weight `<name>` in the config, for addVariable. */
export function weightOptions<Name extends string>(name: Name, config: ConfigOf<Name>) {
  const all = config as Readonly<Record<string, unknown>>;
  return {
    initializer: all[`${name}Initializer`] as Initializer | null,
    regularizer: all[`${name}Regularizer`] as Regularizer | null,
    constraint: all[`${name}Constraint`] as Constraint | null,
  };
}

/** The weight, which exists once the layer is built. Throws ValueError before. */
export function builtWeight(layer: { readonly name: string }, weight: LayerVariable | null, weightName: string) {
  if (weight) return weight;
  throw new KerasValueError(
    `Layer '${layer.name}' has no ${weightName} yet: it must be built before \`${weightName}\` is read`,
  );
}
