// What the expansions of all modes are given.

import type { QuantizableWeight } from '../../../layers/base/quantizable.js';
import type { StoredValue } from '../storedValue.js';

/** Values of one layer by Keras's names for them: kernel, kernel_scale, bias, ... */
export type NamedValues = ReadonlyMap<string, StoredValue>;

/** A weight to expand, and all values of its layer. */
export interface Expansion {
  readonly weight: QuantizableWeight;
  readonly values: NamedValues;
  /** The mode that the layer's config names, which decides where shapes alone do not. */
  readonly quantization: string | null;
}
