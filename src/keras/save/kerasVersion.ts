// The version and backend that saved files name. Keras reads neither when it loads a .keras file.

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import { rulesVersionOf } from '../../layers/run/models.js';

/** The version of Keras whose files the saved files match. */
export const KERAS_VERSION = '3.15.1';
/**
 * The version by whose rules a model runs, where Keras 3.15 would run it otherwise: of a file of an older version, which
 * the saved file names beside its own. Undefined for others.
 */
export function olderRulesOf(model: LayersModel): string | undefined {
  const version = rulesVersionOf(model);
  return isBefore(version, 3, 15) ? version : undefined;
}

export const KERAS_BACKEND = 'tensorflow.js';
