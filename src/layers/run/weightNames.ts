// The names of weights in a tfjs model.json: `<layer>/<weight>`, or `<wrapper>/<layer>/<weight>` for what a wrapper holds.
// TensorFlow.js looks for the names that weights had when they were made, which lack the wrapper where it holds a whole model.

import type { NamedTensorMap } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, type layers } from '@tensorflow/tfjs-layers';
import { scopeName } from '../base/anyName.js';
import { assignAllUnconstrained, checkShapes } from '../base/variables.js';

export interface NamedWeight {
  readonly name: string;
  readonly weight: LayerVariable;
}

/** The weights of a layer that is no model, in its order. Of equal names the second has a number. */
export function namedWeights(layer: layers.Layer, name = layer.name): NamedWeight[] {
  const seen = new Set<string>();
  const scope = scopeName(layer.name);
  return layer.weights.map((weight) => {
    const own = weight.originalName.startsWith(`${scope}/`)
      ? weight.originalName.slice(scope.length + 1)
      : weight.originalName;
    const full = freeName(`${name}/${own}`, seen);
    seen.add(full);
    return { name: full, weight };
  });
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let i = 0; ; i++) {
    const candidate = i === 0 ? name : `${name}_${i}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function weightsWithin(model: LayersModel): NamedWeight[] {
  return model.layers.flatMap((layer) => (layer instanceof LayersModel ? weightsWithin(layer) : namedWeights(layer)));
}

/** Sets all weights of the model. Gives false, and sets none, where the names are not these. */
export function loadNamedWeights(model: LayersModel, values: NamedTensorMap): boolean {
  const weights = weightsWithin(model);
  const names = new Set(weights.map(({ name }) => name));
  const fits = names.size === weights.length && Object.keys(values).length === names.size;
  if (!fits || !weights.every(({ name }) => name in values)) return false;
  const [variables, tensors] = [weights.map(({ weight }) => weight), weights.map(({ name }) => values[name])];
  checkShapes(model.name, variables, tensors);
  assignAllUnconstrained(variables, tensors);
  return true;
}
