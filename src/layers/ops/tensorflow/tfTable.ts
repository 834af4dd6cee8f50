// TensorFlow's functions that no operation of Keras computes, by their names in tf.keras's files with `tf.` before them.
// Source: https://www.tensorflow.org/api_docs/python/tf

import type { OpTable } from '../opRow.js';
import { tfArrays } from './tfArrays.js';
import { tfImages } from './tfImages.js';
import { tfLinalg } from './tfLinalg.js';
import { tfMath } from './tfMath.js';
import { tfNets } from './tfNets.js';
import { tfSignal } from './tfSignal.js';

export const tfTable: OpTable = { ...tfMath, ...tfArrays, ...tfImages, ...tfNets, ...tfLinalg, ...tfSignal };
