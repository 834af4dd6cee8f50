// All operations by their class in Keras. The modules that hold them (numpy, nn, core, math, image, ...) have no name twice.

import { activationOps } from './activationOps.js';
import { creationOps } from './creation.js';
import { elementwiseOps } from './elementwise.js';
import { imageOps } from './image.js';
import { indexingOps } from './indexing.js';
import { nnOps } from './nn.js';
import { normalizationOps } from './normalization.js';
import { productOps } from './products.js';
import { rearrangeOps } from './rearrange.js';
import { reductionOps } from './reductions.js';
import { repeatingOps } from './repeating.js';
import type { OpRow, OpTable } from './rows.js';
import { shapeOps } from './shapes.js';

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

export function findOp(className: string): OpRow | undefined {
  return Object.hasOwn(opTable, className) ? opTable[className] : undefined;
}
