// kerasFile: an IOHandler with which tf.loadLayersModel loads Keras files.
//
// tfjs builds a model from the topology that a handler gives. This topology names one class, whose `fromConfig` gives
// the model that the handler has loaded.

import { type io, serialization } from '@tensorflow/tfjs-core';
import { type LayersModel, layers } from '@tensorflow/tfjs-layers';
import type { KerasSource } from '../formats/source/openSource.js';
import { type LoadOptions, loadKerasModel } from './loadKerasModel.js';

/** Models that are loaded and not yet taken, by the number that stands for the model in the topology. */
const loaded = new Map<number, LayersModel>();
let tickets = 0;

class LoadedKerasModel extends layers.Layer {
  static readonly className = 'LoadedKerasModel';

  static override fromConfig<T extends serialization.Serializable>(
    _cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const ticket = config.ticket as number;
    const model = loaded.get(ticket);
    loaded.delete(ticket);
    if (!model) throw new Error(`kerasFile: each load() gives one model; received ticket=${ticket} a second time`);
    return model as unknown as T;
  }
}

/**
 * Makes an IOHandler for code that expects one: `tf.loadLayersModel(kerasFile('model.keras'))` does what loadKerasModel
 * does.
 * @param source As for loadKerasModel.
 */
export function kerasFile(source: KerasSource, options: LoadOptions = {}): io.IOHandler {
  return {
    async load() {
      serialization.registerClass(LoadedKerasModel);
      const model = await loadKerasModel(source, options);
      const ticket = tickets++;
      loaded.set(ticket, model);
      const { className } = LoadedKerasModel;
      return { modelTopology: { class_name: className, config: { ticket } } };
    },
  };
}
