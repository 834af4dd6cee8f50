// `layers` of a model as Keras lists them. In TensorFlow.js raw operations, and the input layer of a chain, are layers like
// others; Keras does not count them, and code that is moved here says `model.layers[2]` or `getLayer(null, 2)`.
// Source: https://keras.io/api/models/model/ (Model.layers), https://keras.io/api/models/sequential/

import type { layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;
type HasLayers<T = Layer> = { layers: T[] };

interface Lists {
  every: Layer[];
  /** How many callers want all of them now. */
  wanted: number;
}

const lists = new WeakMap<object, Lists>();

/** Makes `layers` of the model what `shown` makes of all of them; TensorFlow.js still adds to the whole list. */
export function showLayers(model: HasLayers, shown: (every: Layer[]) => Layer[]): void {
  const own: Lists = { every: model.layers, wanted: 0 };
  lists.set(model, own);
  Object.defineProperty(model, 'layers', {
    configurable: true,
    enumerable: true,
    get: () => (own.wanted > 0 ? own.every : shown(own.every)),
    set: (every: Layer[]) => {
      own.every = every;
    },
  });
}

/** All that a model holds: layers, nested models, raw operations and input layers. */
export function everyLayerOf<T extends object = Layer>(model: HasLayers<T>): T[] {
  return (lists.get(model)?.every as T[] | undefined) ?? model.layers;
}

/** Runs what needs all of them in `layers`: TensorFlow.js's own methods. */
export function withEveryLayer<T>(model: object, run: () => T): T {
  const own = lists.get(model);
  if (!own) return run();
  own.wanted += 1;
  try {
    return run();
  } finally {
    own.wanted -= 1;
  }
}

/** Whether it is a node that Keras 3 does not count among a model's layers. */
export function isRawOperation(layer: Layer): boolean {
  return layer.getClassName() === 'KerasOp';
}
