// Puts a model into the storage of the browser as TensorFlow.js does, under `indexeddb://name` or `localstorage://name`:
// what ../storedModel.ts reads.

import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { decodeText } from '../../core/text.js';
import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';
import { makeTfjsFiles } from './tfjs/tfjsFiles.js';

interface ModelJson extends Omit<io.ModelJSON, 'weightsManifest'> {
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: io.WeightsManifestEntry[];
  }[];
}

/**
 * Stores a model under the URL, from where `loadKerasModel` and `tf.loadLayersModel` load it. It is read back first.
 * @throws ValueError where the platform has no such storage.
 */
export async function storeModel(model: LayersModel, url: string): Promise<void> {
  const [handler] = io.getSaveHandlers(url);
  if (!handler?.save)
    throw new KerasValueError(`This platform has no storage for the URL. Received: ${showValue(url)}`);
  const { files } = await makeTfjsFiles(model);
  const bytesOf = (wanted: string) => files.find(({ name }) => name === wanted)?.bytes ?? new Uint8Array();
  const json = JSON.parse(decodeText(bytesOf('model.json'))) as ModelJson;
  const { weightsManifest, ...facts } = json;
  const parts = weightsManifest.flatMap(({ paths }) => paths.map(bytesOf));
  const weightData = await new Blob(parts as BlobPart[]).arrayBuffer();
  await handler.save({ ...facts, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData });
}
