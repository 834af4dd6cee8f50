// kerasFile: an IOHandler, so that tf.loadLayersModel takes Keras files too.
//
// tfjs builds the model by itself from the topology that a handler gives. Ours names one class, whose fromConfig hands
// over the model that the handler has loaded.

import { type io, serialization } from '@tensorflow/tfjs-core';
import { type LayersModel, layers } from '@tensorflow/tfjs-layers';
import type { KerasSource } from '../formats/source/openSource.js';
import { type LoadOptions, loadKerasModel } from './loadKerasModel.js';

/** Models that were loaded and not yet asked for: a topology can hold numbers, not models. */
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
 * `tf.loadLayersModel(kerasFile('model.keras'))`: the same as loadKerasModel, where code expects an IOHandler.
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
