// Layers that a file holds more than once: a layer of two models, or one that is called in a graph and stands in a wrapper
// too. Keras writes such a layer at each place. The copies have one `shared_object_id`, but for the first one within a
// wrapper or a nested model: Keras copied it before it gave the number.
// Source: files written by Keras 3.15 and tf.keras 2.15; https://keras.io/api/models/model_saving_apis/serialization_utils/

import type { layers } from '@tensorflow/tfjs-layers';
import { configOf, type KerasObject } from '../../core/json.js';

/** The layers that were made so far, by what the file says of them. */
export class SharedLayers {
  /** By class and number. */
  readonly #byId = new Map<string, layers.Layer>();
  /** Layers without a number, by class and name. */
  readonly #byName = new Map<string, layers.Layer>();
  readonly #takesNames: boolean;

  /**
   * @param takesNames Whether a copy with a number may stand for an earlier one of its class and name that has none. In a
   * `.keras` file that copy has no weights, and Keras refuses the file. An `.h5` has all weights twice, and Keras makes two
   * layers of it.
   */
  constructor(takesNames: boolean) {
    this.#takesNames = takesNames;
  }

  /** The layer for which this object is another copy, or undefined. */
  find(object: KerasObject): layers.Layer | undefined {
    const { shared_object_id: id } = object;
    if (id === undefined) return undefined;
    return (
      this.#byId.get(`${object.class_name} ${id}`) ?? (this.#takesNames ? this.#byName.get(nameOf(object)) : undefined)
    );
  }

  /** Notes which layer an object has become. */
  remember(object: KerasObject, layer: layers.Layer): void {
    const { shared_object_id: id } = object;
    if (id === undefined) this.#byName.set(nameOf(object), layer);
    else this.#byId.set(`${object.class_name} ${id}`, layer);
  }
}

function nameOf(object: KerasObject): string {
  return `${object.class_name} ${configOf(object).name ?? ''}`;
}
