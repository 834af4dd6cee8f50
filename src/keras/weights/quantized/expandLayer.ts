// Finds the quantised values of a layer in a file and puts expanded ones in their place. Anything else stays as it is,
// so that values that do not fit are refused as always.

import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { KerasLayer } from '../../../layers/base/kerasLayer.js';
import { freezeIntegers } from '../../../layers/base/quantizable.js';
import { ownState, shortName } from '../ownState.js';
import type { StoredValue } from '../storedValue.js';
import { expandWeights, nameValues } from './expandWeights.js';
import type { NamedValues } from './expansion.js';

/**
 * The values for a layer's own state, out of those that Keras 3's layout has for it.
 * @param freezes Whether weights that were integers are frozen. The layers within attention have no policy in the file.
 */
export function expandState(
  layer: layers.Layer,
  values: readonly StoredValue[],
  freezes = false,
): readonly StoredValue[] {
  if (!(layer instanceof KerasLayer) || layer.quantizable.length === 0) return values;
  const { names } = ownState(layer);
  const named = nameValues(names, layer.quantizable, values);
  const found = named && expandWeights(names, layer.quantizable, named, layer.quantization);
  if (found && freezes) freezeStoredIntegers(layer, named);
  return found ?? values;
}

function freezeStoredIntegers(layer: KerasLayer, named: NamedValues): void {
  if (layer.quantizable.some(({ name }) => /^u?int8$/.test(named.get(name)?.dtype ?? ''))) freezeIntegers(layer);
}

/** A variable, and the layer that has made it. */
export interface OwnedVariable {
  readonly layer: layers.Layer;
  readonly weight: LayerVariable;
}

/**
 * The values for the variables, in their order, out of those that a legacy `.h5` has for a layer of the model and all
 * layers within it. Quantised weights are not trainable, so such a file has them in another order: they are found by
 * the names of layer and variable. All other values keep their order.
 * @param freezes As for expandState.
 */
export function expandLegacy(
  variables: readonly OwnedVariable[],
  values: readonly StoredValue[],
  freezes = false,
): readonly StoredValue[] {
  const rest = new Set(values);
  const expanded = new Map<LayerVariable, StoredValue>();
  for (const layer of new Set(variables.map((variable) => variable.layer))) {
    if (!(layer instanceof KerasLayer) || layer.quantizable.length === 0) continue;
    const named = new Map(
      values.filter(({ path }) => scopeOf(path) === layer.name).map((value) => [nameOf(value), value]),
    );
    const own = variables.filter((variable) => variable.layer === layer).map(({ weight }) => weight);
    const found = expandWeights(own.map(shortName), layer.quantizable, named, layer.quantization);
    if (!found) continue;
    if (freezes) freezeStoredIntegers(layer, named);
    own.forEach((weight, i) => {
      expanded.set(weight, found[i]);
    });
    for (const value of named.values()) rest.delete(value);
  }
  if (expanded.size === 0) return values;
  const others = rest.values();
  const inOrder = variables.map(({ weight }) => expanded.get(weight) ?? others.next().value);
  return [...inOrder, ...others].filter((value) => value !== undefined);
}

/** The name of the layer that has made the weight at this path. */
function scopeOf(path: string): string | undefined {
  return path.split('/').at(-2);
}

/** The weight's name. Some layers call a zero point by another name than others. */
function nameOf({ path }: StoredValue): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/:0$/, '');
  return name === 'zero_point' ? 'kernel_zero' : name;
}
