// SplitV and Unpack: a tensor in parts along one dimension.

import {
  backend_util,
  type SplitVAttrs,
  type SplitVInputs,
  type UnpackAttrs,
  type UnpackInputs,
  util,
} from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { isWords } from '../cpuKernel.js';
import { copyPart } from './slice.js';
import { wordKernel } from './wordKernel.js';

const splitV = wordKernel<SplitVInputs, SplitVAttrs>('SplitV', ({ inputs: { x }, attrs, backend }) => {
  if (!isWords(x)) return undefined;
  const [axis] = util.parseAxisParam(attrs.axis, x.shape);
  const sizes = backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, axis);
  let first = 0;
  return sizes.map((n) => {
    const begin = x.shape.map((_, i) => (i === axis ? first : 0));
    first += n;
    return copyPart(backend, x, { begin, size: x.shape.map((all, i) => (i === axis ? n : all)) });
  });
});

const unpack = wordKernel<UnpackInputs, UnpackAttrs>('Unpack', ({ inputs: { value }, attrs, backend }) => {
  if (!isWords(value)) return undefined;
  const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
  const shape = value.shape.filter((_, i) => i !== axis);
  const size = value.shape.map((all, i) => (i === axis ? 1 : all));
  return Array.from({ length: value.shape[axis] }, (_, n) => {
    const begin = value.shape.map((_, i) => (i === axis ? n : 0));
    return copyPart(backend, value, { begin, size, shape });
  });
});

export const splitKernels: readonly NamedKernel[] = [splitV, unpack];
