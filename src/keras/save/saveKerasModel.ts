// saveKerasModel: saves a model as a file that Keras loads.
//
//   model -> order (Keras's) -> config + weights (read tensor by tensor) -> HDF5, zip -> bytes -> read back -> path or download

import { LayersModel } from '@tensorflow/tfjs-layers';
import type { Bytes } from '../../core/bytes.js';
import { check } from '../../core/errors.js';
import { useAllLayers } from '../../layers/allLayers.js';
import { kerasOrder } from '../graph/layerOrder.js';
import { ownState } from '../weights/ownState.js';
import { statePaths } from '../weights/statePaths.js';
import { download as offer, writeFile } from './deliver.js';
import { formatOfName, type KerasFormat, kerasFormats } from './formatOfName.js';
import { type FileOptions, makeKerasArchive, makeLegacyFile, makeWeightsFile } from './modelFiles.js';
import { verifySaved } from './readBack/verifySaved.js';
import type { SaveKerasOptions } from './saveOptions.js';
import { startSaveProgress } from './saveProgress.js';

export { type KerasFormat, kerasFormats } from './formatOfName.js';
export type { SaveKerasOptions } from './saveOptions.js';

/** See saveOnDemand.ts, where an app's call comes from. */
export async function saveKerasModel(model: LayersModel, options: SaveKerasOptions = {}): Promise<Bytes> {
  const { path, download = false, includeOptimizer = true, olderKeras = false, verify = true } = options;
  const where = 'saveKerasModel';
  check(model instanceof LayersModel, where, 'the model must be a tf.LayersModel', { model: typeof model });
  check(model.inputs?.length > 0 && model.outputs?.length > 0, where, 'the model must have layers', {
    model: model.name,
  });
  const format = options.format ?? formatOfName(path ?? (typeof download === 'string' ? download : '')) ?? 'keras';
  check(kerasFormats.includes(format), where, `format must be one of ${kerasFormats.join(', ')}`, { format });
  useAllLayers(); // the file is read back by the names of classes
  const progress = startSaveProgress(countNumbers(model), options);
  progress.check();
  const bytes = await makeFile(model, format, {
    includesCompilation: includeOptimizer,
    forOlderVersions: olderKeras,
    progress,
  });
  progress.check();
  if (verify)
    await verifySaved(model, bytes, { forOlderVersions: olderKeras, step: (fraction) => progress.verified(fraction) });
  if (path !== undefined) await writeFile(path, bytes, verify);
  if (download !== false) offer(typeof download === 'string' ? download : `${model.name}.${format}`, bytes);
  progress.finish();
  return bytes;
}

function makeFile(model: LayersModel, format: KerasFormat, options: FileOptions): Promise<Bytes> {
  switch (format) {
    case 'keras':
      return makeKerasArchive(model, options);
    case 'h5':
      return makeLegacyFile(model, options);
    case 'weights.h5':
      return makeWeightsFile(model, options.progress);
    default:
      return format satisfies never;
  }
}

function countNumbers(model: LayersModel): number {
  const shapes = statePaths(model, kerasOrder, { repeated: true }).flatMap(({ layer }) => ownState(layer).shapes);
  return shapes.reduce((sum, shape) => sum + shape.reduce<number>((product, size) => product * (size ?? 1), 1), 0);
}
