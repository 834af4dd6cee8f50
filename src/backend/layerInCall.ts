// Which layer of a tf.LayersModel is being called: what a message can name, besides the kernel.

import { everyLayerOf } from '../tfjs/everyLayer.js';

interface Callable {
  readonly name: string;
  call(...args: unknown[]): unknown;
  /** A model has them. */
  readonly layers?: Callable[];
}

/** Calls `work` and, if it throws, tells `onThrow` the innermost layer of the model that was being called, if any. */
export function noteLayer<T>(model: object, work: () => T, onThrow: (layer: string | undefined) => void): T {
  const layers = layersOf(model as Partial<Callable>);
  let name: string | undefined;
  for (const layer of layers) {
    const { call } = layer;
    layer.call = (...args) => {
      const before = name;
      name = layer.name;
      const result = call.apply(layer, args);
      name = before; // not where it throws
      return result;
    };
  }
  try {
    return work();
  } catch (error) {
    onThrow(name);
    throw error;
  } finally {
    for (const layer of layers) delete (layer as Partial<Callable>).call; // its class's own shows again
  }
}

/** The layers of a model whose call is their class's, with those of the models in it. */
function layersOf(model: Partial<Callable>): Callable[] {
  const layers: Callable[] = everyLayerOf(model as { layers: Callable[] }) ?? [];
  const all = new Set(layers.flatMap((layer) => [...(layer.layers ? layersOf(layer) : []), layer]));
  return [...all].filter((layer) => !Object.hasOwn(layer, 'call'));
}
