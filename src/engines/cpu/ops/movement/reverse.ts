// Reverse, along any dimensions.

import { type ReverseAttrs, type ReverseInputs, util } from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { isWords } from '../cpuKernel.js';
import { copyPart } from './slice.js';
import { wordKernel } from './wordKernel.js';

export const reverseKernel: NamedKernel = wordKernel<ReverseInputs, ReverseAttrs>(
  'Reverse',
  ({ inputs: { x }, attrs, backend }) => {
    if (!isWords(x) || x.shape.length === 0) return undefined;
    const axes = util.parseAxisParam(attrs.dims, x.shape);
    const isReversed = (i: number) => axes.includes(i);
    const begin = x.shape.map((n, i) => (isReversed(i) ? n - 1 : 0));
    return copyPart(backend, x, { begin, size: x.shape, strides: x.shape.map((_, i) => (isReversed(i) ? -1 : 1)) });
  },
);
