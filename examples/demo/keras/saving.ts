/** Offers the open model as a download: a Keras file, or the files of TensorFlow.js in a zip archive. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { zipSync } from 'fflate';
import { saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { offerFile } from '../offerFile.js';

export type SavedFormat = 'keras' | 'h5' | 'tfjs';

interface SavingOptions {
  readonly onProgress: (fraction: number) => void;
}

export async function save(
  model: LayersModel,
  name: string,
  format: SavedFormat,
  options: SavingOptions,
): Promise<string> {
  const stem = name === 'model.json' ? model.name : name.replace(/(\.weights)?\.\w+$/, '');
  const fileName = format === 'tfjs' ? `${stem}.zip` : `${stem}.${format}`;
  const bytes = format === 'tfjs' ? await makeZip(model, options) : await saveKerasModel(model, { format, ...options });
  offerFile(fileName, bytes);
  return fileName;
}

async function makeZip(model: LayersModel, options: SavingOptions): Promise<Uint8Array> {
  const { files } = await makeTfjsFiles(model, options);
  // Weights hardly compress.
  return zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), { level: 0 });
}
