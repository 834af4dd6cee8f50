// All families of cases.

import type { Family } from '../family.js';
import { chainFamily } from './chain.js';
import { convFamily } from './conv.js';
import { elementwiseFamily } from './elementwise.js';
import { imagesFamily } from './images.js';
import { indexingFamily } from './indexing.js';
import { manyAxesFamily } from './manyAxes.js';
import { matMulFamily } from './matMul.js';
import { movementFamily } from './movement.js';
import { poolFamily } from './pool.js';
import { rangesFamily } from './ranges.js';
import { reductionFamily } from './reduction.js';
import { resizeFamily } from './resize.js';
import { specialFamily } from './special.js';
import { updateFamily } from './update.js';
import { volumesFamily } from './volumes.js';

export const families: readonly Family[] = [
  convFamily,
  chainFamily,
  poolFamily,
  resizeFamily,
  imagesFamily,
  reductionFamily,
  elementwiseFamily,
  matMulFamily,
  movementFamily,
  rangesFamily,
  indexingFamily,
  updateFamily,
  specialFamily,
  manyAxesFamily,
  volumesFamily,
];
