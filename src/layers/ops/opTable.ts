// All operations by their class name in Keras. No two of Keras's modules (numpy, nn, core, math, image, ...) share a
// name.
// Source: https://keras.io/api/ops/

import { activationOps } from './activationOps.js';
import { creationOps } from './creationOps.js';
import { elementwiseOps } from './elementwiseOps.js';
import { imageOps } from './imageOps.js';
import { indexingOps } from './indexingOps.js';
import { nnOps } from './nnOps.js';
import { normalizationOps } from './normalizationOps.js';
import type { OpRow, OpTable } from './opRow.js';
import { productOps } from './productOps.js';
import { rearrangeOps } from './rearrangeOps.js';
import { reductionOps } from './reductionOps.js';
import { repeatingOps } from './repeatingOps.js';
import { shapeOps } from './shapeOps.js';

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
};

/** The row of this class, or undefined. */
export function findOp(className: string): OpRow | undefined {
  return Object.hasOwn(opTable, className) ? opTable[className] : undefined;
}
