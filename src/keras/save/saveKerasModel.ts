// saveKerasModel: saves a model as a file that Keras loads.
//
//   model -> order (Keras's) -> config + weights (read tensor by tensor) -> HDF5, zip -> bytes -> read back -> path or download

import { LayersModel } from '@tensorflow/tfjs-layers';
import { check } from '../../core/errors.js';
import { kerasOrder } from '../graph/layerOrder.js';
import { ownState } from '../weights/ownState.js';
import { statePaths } from '../weights/statePaths.js';
import { download as offer, writeFile } from './deliver.js';
import { type FileOptions, makeKerasArchive, makeLegacyFile, makeWeightsFile } from './modelFiles.js';
import { verifySaved } from './readBack/verifySaved.js';
import { type SaveProgressOptions, startSaveProgress } from './saveProgress.js';

export const kerasFormats = ['keras', 'h5', 'weights.h5'] as const;
export type KerasFormat = (typeof kerasFormats)[number];

export interface SaveKerasOptions extends SaveProgressOptions {
  /**
   * 'keras': the archive of Keras 3; 'h5': the older whole-model file; 'weights.h5': the weights alone.
   * Default: the ending of `path` or `download`; 'keras' without one.
   */
  readonly format?: KerasFormat;
  /** Node: the file to write or overwrite. The folder must exist. */
  readonly path?: string;
  /**
   * Browser: whether to offer the file as a download. A text gives its name; default name: the model's. Default false.
   */
  readonly download?: string | boolean;
  /**
   * Whether the file gets the optimizer, loss and metrics of a compiled model, if Keras has names for them, and the state
   * of an optimizer of Keras that has made a step. Default true.
   */
  readonly includeOptimizer?: boolean;
  /**
   * Whether Keras 3.6 to 3.14 can read the file too: newer arguments are then left out where they have their default.
   * With false the config is that of Keras 3.15, key for key, and earlier versions refuse it. Default false.
   */
  readonly olderKeras?: boolean;
  /**
   * Whether to read the file back before it gets its name: it must make the same graph, configs, shapes and weights, bit
   * by bit. Default true.
   */
  readonly verify?: boolean;
}

/**
 * Saves a Sequential or functional model as a file that Keras 3 loads, and gives its bytes. The model does not change.
 *
 * A kernel under LoRA is written merged, except in 'h5', which keeps the factors. Weights are float32 under every dtype
 * policy; Keras casts them.
 * Source of the formats: https://keras.io/guides/serialization_and_saving/
 *
 * @throws Error that names the layer for a layer or activation that Keras 3 has no form for; Error that names the first
 *     difference for a file that does not read back as the model, which is then not delivered; Error for a path outside of
 *     Node or a download outside of a browser; the signal's reason once the signal is aborted.
 */
export async function saveKerasModel(model: LayersModel, options: SaveKerasOptions = {}): Promise<Uint8Array> {
  const { path, download = false, includeOptimizer = true, olderKeras = false, verify = true } = options;
  const where = 'saveKerasModel';
  check(model instanceof LayersModel, where, 'the model must be a tf.LayersModel', { model: typeof model });
  check(model.inputs?.length > 0 && model.outputs?.length > 0, where, 'the model must have layers', {
    model: model.name,
  });
  const format = options.format ?? formatOfName(path ?? (typeof download === 'string' ? download : '')) ?? 'keras';
  check(kerasFormats.includes(format), where, `format must be one of ${kerasFormats.join(', ')}`, { format });
  const progress = startSaveProgress(countNumbers(model), options);
  progress.check();
  const bytes = await makeFile(model, format, {
    includesCompilation: includeOptimizer,
    forOlderVersions: olderKeras,
    progress,
  });
  progress.check();
  if (verify) await verifySaved(model, bytes, { step: (fraction) => progress.verified(fraction) });
  if (path !== undefined) await writeFile(path, bytes, verify);
  if (download !== false) offer(typeof download === 'string' ? download : `${model.name}.${format}`, bytes);
  progress.finish();
  return bytes;
}

/** The format that the ending of a name stands for; undefined for other endings. */
export function formatOfName(name: string): KerasFormat | undefined {
  if (name.endsWith('.weights.h5')) return 'weights.h5';
  if (/\.(h5|hdf5)$/.test(name)) return 'h5';
  return name.endsWith('.keras') ? 'keras' : undefined;
}

function makeFile(model: LayersModel, format: KerasFormat, options: FileOptions): Promise<Uint8Array> {
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
