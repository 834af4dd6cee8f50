// What some layers store beside numbered weights: text files (a vocabulary) and values under a name of their own. Keras's
// archives hold the files in `assets/<path of the layer>/`.
// Source: `save_assets` in https://keras.io/guides/customizing_saving_and_serialization/

import type { Json } from '../../core/json.js';

/** A layer that stores text files. */
export interface HasAssets {
  /** The config of a file that has no place for the text files: with what they hold. */
  getPortableConfig(): Record<string, Json>;
  /** The names of all files that the layer may store. */
  readonly assetNames: readonly string[];
  /** The files that the layer stores now, by name. */
  saveAssets(): Readonly<Record<string, string>>;
  /** Takes the files that were found. Throws ValueError for a content that does not fit. */
  loadAssets(files: Readonly<Record<string, string>>): void;
}

/** Whether the object is a layer with assets. */
export function hasAssets<T extends object>(layer: T): layer is T & HasAssets {
  return typeof (layer as Partial<HasAssets>).loadAssets === 'function';
}

/** A layer whose values have names of their own in Keras 3's files, where others are numbered. */
export interface HasStoredNames {
  /** A name for each value of saveState(). */
  readonly storedNames: readonly string[];
}

/** The names of a layer's values in Keras 3's files; null where they are numbered. */
export function storedNamesOf(layer: object): readonly string[] | null {
  return (layer as Partial<HasStoredNames>).storedNames ?? null;
}

/** All names that values have instead of numbers. */
export const storedNames: readonly string[] = ['idf_weights'];

/** A layer whose values in older files are no variables, but a summary of the data that it was adapted to. */
export interface HasSummary {
  readonly storesSummary: boolean;
}

/** Whether the layer stores a summary in files of tf.keras. */
export function storesSummary(layer: object): boolean {
  return (layer as Partial<HasSummary>).storesSummary ?? false;
}

/** Whether Keras 3 may record another shape of the output of a layer, or of a model with such a layer, than it gives. */
export function misrecordsShape(layer: object): boolean {
  const { misrecordsShape: own = false, layers } = layer as {
    readonly misrecordsShape?: boolean;
    readonly layers?: readonly object[];
  };
  return own || (Array.isArray(layers) && layers.some(misrecordsShape));
}
