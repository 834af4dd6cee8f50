// The layers of a model as Keras lists them, and one by its name or its number.
// Source: https://keras.io/api/models/model/#get_layer-method

import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { everyLayerOf, isRawOperation, showLayers } from '../../tfjs/everyLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { modelGraph } from '../graph/modelGraph.js';

interface HasLayers {
  layers: layers.Layer[];
}

/** Makes `layers` of a functional model Keras's own list, in Keras's order. */
export function showGraphLayers(model: HasLayers, listsOperations: boolean): void {
  let shown: readonly layers.Layer[] | undefined;
  showLayers(model, () => {
    shown ??= modelGraph(model as LayersModel).layers.filter((layer) => listsOperations || !isRawOperation(layer));
    return [...shown];
  });
}

/**
 * The layer of this name, raw operations and input layers included, or the one at this place of `model.layers`: from its end
 * where the number is negative, as in Python.
 * @throws ValueError if there is none, or where name and number are given.
 */
export function findLayer(model: HasLayers, nameOrIndex?: string | number | null, index?: number): layers.Layer {
  const at = index ?? (typeof nameOrIndex === 'number' ? nameOrIndex : undefined);
  if (at === undefined) return byName(model, nameOrIndex as string | null | undefined);
  if (typeof nameOrIndex === 'string') {
    throw new KerasValueError(
      `Provide only a layer name or a layer index. Received: index=${at}, name=${showValue(nameOrIndex)}.`,
    );
  }
  const found = model.layers.at(Number.isInteger(at) ? at : model.layers.length);
  if (found) return found;
  throw new KerasValueError(
    `Was asked to retrieve layer at index ${at} but model only has ${model.layers.length} layers.`,
  );
}

function byName(model: HasLayers, name?: string | null): layers.Layer {
  if (name == null) throw new KerasValueError('Provide either a layer name or layer index at `getLayer`.');
  const every = everyLayerOf(model);
  const found = every.find((layer) => layer.name === name);
  if (found) return found;
  const names = every.map((layer) => layer.name);
  throw new KerasValueError(`No such layer: ${name}. Existing layers are: ${showValue(names)}.`);
}
