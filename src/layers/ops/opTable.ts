// All operations by their class name in Keras. No two of Keras's modules (numpy, nn, core, math, image, ...) share a
// name.
// Source: https://keras.io/api/ops/

import { activationOps } from './activationOps.js';
import { colorOps } from './colorOps.js';
import { creationOps } from './creationOps.js';
import { elementwiseOps } from './elementwiseOps.js';
import { fourierOps } from './fourierOps.js';
import { imageOps } from './imageOps.js';
import { indexingOps } from './indexingOps.js';
import { broadcastShapes, inferShapes } from './inferShapes.js';
import { integerOps } from './integerOps.js';
import { inferKnownShapes } from './knownSizes.js';
import { linalgOps } from './linalgOps.js';
import { lossOps } from './lossOps.js';
import { matrixOps } from './matrixOps.js';
import { nanOps } from './nanOps.js';
import { nnOps } from './nnOps.js';
import { normalizationOps } from './normalizationOps.js';
import type { OpLibrary } from './opLibrary.js';
import type { OpRow, OpTable } from './opRow.js';
import { orderOps } from './orderOps.js';
import { patchOps } from './patchOps.js';
import { productOps } from './productOps.js';
import { quantileOps } from './quantileOps.js';
import { quantizeOps } from './quantizeOps.js';
import { rearrangeOps } from './rearrangeOps.js';
import { reductionOps } from './reductionOps.js';
import { repeatingOps } from './repeatingOps.js';
import { segmentOps } from './segmentOps.js';
import { sequenceOps } from './sequenceOps.js';
import { shapeOps } from './shapeOps.js';
import { specialOps } from './specialOps.js';
import { tfTable } from './tensorflow/tfTable.js';
import { warpOps } from './warpOps.js';

export const opTable: OpTable = {
  ...elementwiseOps,
  ...reductionOps,
  ...shapeOps,
  ...repeatingOps,
  ...indexingOps,
  ...productOps,
  ...creationOps,
  ...activationOps,
  ...nnOps,
  ...normalizationOps,
  ...imageOps,
  ...rearrangeOps,
  ...colorOps,
  ...fourierOps,
  ...integerOps,
  ...linalgOps,
  ...lossOps,
  ...matrixOps,
  ...nanOps,
  ...orderOps,
  ...patchOps,
  ...quantileOps,
  ...quantizeOps,
  ...segmentOps,
  ...sequenceOps,
  ...specialOps,
  ...warpOps,
};

/** Operations that call Python functions. Files may hold them, but the functions cannot be run. */
export const opsWithCode: ReadonlySet<string> = new Set([
  'AssociativeScan',
  'Cond',
  'ForiLoop',
  'JVP',
  'Map',
  'Scan',
  'Switch',
  'VectorizedMap',
  'WhileLoop',
]);

/** The row of this class of Keras, or of this function of TensorFlow (`tf.image.rot90`); undefined for others. */
export function findOp(className: string): OpRow | undefined {
  const table = className.startsWith('tf.') ? tfTable : opTable;
  return Object.hasOwn(table, className) ? table[className] : undefined;
}

/** All of it, as useOps() takes it. */
export const operations: OpLibrary = { findOp, opsWithCode, inferShapes, inferKnownShapes, broadcastShapes };
