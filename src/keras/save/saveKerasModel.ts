// saveKerasModel: a model as a file that Keras loads.
//
//   model -> order (Keras's) -> config + weights (read tensor by tensor) -> HDF5, zip -> bytes -> path or download

import { LayersModel } from '@tensorflow/tfjs-layers';
import { check } from '../../core/errors.js';
import { kerasOrder } from '../graph/layerOrder.js';
import { ownState } from '../weights/ownState.js';
import { statePaths } from '../weights/statePaths.js';
import { download as offer, writeFile } from './deliver.js';
import { kerasArchive, legacyFile, weightsFile } from './modelFiles.js';
import { type ProgressOptions, startProgress } from './saveProgress.js';

export const kerasFormats = ['keras', 'h5', 'weights.h5'] as const;
export type KerasFormat = (typeof kerasFormats)[number];

export interface SaveKerasOptions extends ProgressOptions {
  /**
   * 'keras': the archive of Keras 3; 'h5': the older whole-model file; 'weights.h5': the weights alone.
   * Default: the ending of `path` or `download`, else 'keras'.
   */
  readonly format?: KerasFormat;
  /** Node: the file to write, over one that is there. The folder must exist. */
  readonly path?: string;
  /** Browser: offers the file as a download, under this name or under the model's. Default false. */
  readonly download?: string | boolean;
  /**
   * Whether a .keras file says what the model was compiled with (optimizer, loss, metrics), where Keras has names for it.
   * The optimizer's state is never written. Default true.
   */
  readonly includeOptimizer?: boolean;
  /**
   * Whether Keras 3.6 to 3.14 shall read the file too: arguments that are newer are left out where they have their default,
   * which all versions take for the same. Default false: the config is that of Keras 3.15, key for key, and earlier versions
   * refuse it.
   */
  readonly olderKeras?: boolean;
}

/**
 * Saves a Sequential or functional model as a file that Keras 3 loads, and gives its bytes. Nothing of the model changes.
 *
 * A kernel under LoRA is written merged, except in 'h5', which keeps the factors. Weights are float32 whatever the dtype
 * policies say; Keras casts them.
 * Source of the formats: https://keras.io/guides/serialization_and_saving/
 *
 * @throws Error for a layer or an activation that Keras 3 has no form for, naming the layer; for a path outside of Node or a
 *     download outside of a browser; the signal's reason once it is aborted.
 */
export async function saveKerasModel(model: LayersModel, options: SaveKerasOptions = {}): Promise<Uint8Array> {
  const { path, download = false, includeOptimizer = true, olderKeras = false } = options;
  const where = 'saveKerasModel';
  check(model instanceof LayersModel, where, 'the model must be a tf.LayersModel', { model: typeof model });
  check(model.inputs?.length > 0 && model.outputs?.length > 0, where, 'the model must have layers', {
    model: model.name,
  });
  const format = options.format ?? formatOf(path ?? (typeof download === 'string' ? download : '')) ?? 'keras';
  check(kerasFormats.includes(format), where, `format must be one of ${kerasFormats.join(', ')}`, { format });
  const progress = startProgress(countNumbers(model), options);
  progress.check();
  const bytes = await fileOf(model, format, {
    includesCompilation: includeOptimizer,
    forOlderVersions: olderKeras,
    progress,
  });
  progress.check();
  if (path !== undefined) await writeFile(path, bytes);
  if (download !== false) offer(typeof download === 'string' ? download : `${model.name}.${format}`, bytes);
  progress.finish();
  return bytes;
}

/** The format that a file's name ends in, or undefined. */
export function formatOf(name: string): KerasFormat | undefined {
  if (name.endsWith('.weights.h5')) return 'weights.h5';
  if (/\.(h5|hdf5)$/.test(name)) return 'h5';
  return name.endsWith('.keras') ? 'keras' : undefined;
}

function fileOf(model: LayersModel, format: KerasFormat, options: Parameters<typeof kerasArchive>[1]) {
  switch (format) {
    case 'keras':
      return kerasArchive(model, options);
    case 'h5':
      return legacyFile(model, options);
    case 'weights.h5':
      return weightsFile(model, options.progress);
    default:
      return format satisfies never;
  }
}

function countNumbers(model: LayersModel): number {
  const shapes = statePaths(model, kerasOrder, { repeated: true }).flatMap(({ layer }) => ownState(layer).shapes);
  return shapes.reduce((sum, shape) => sum + shape.reduce<number>((product, size) => product * (size ?? 1), 1), 0);
}
