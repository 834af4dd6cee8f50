// Reverse on TensorFlow.js's textures. Its own program turns a vector round though it is asked to reverse no axis, and has
// no form for tensors of more than four axes or of no values.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { reshape } from '../views.js';
import { forHighRank } from './highRank.js';

const reversed = forHighRank('Reverse', officialWebgl.get('Reverse'));

export const reverseKernel: NamedKernel = {
  kernelName: 'Reverse',
  kernelFunc(args) {
    const x = args.inputs.x as TensorInfo;
    const dims = args.attrs?.dims as number | number[];
    const isSame = [dims].flat().length === 0 || util.sizeFromShape(x.shape) === 0;
    return isSame ? reshape(args.backend as WebglBackend, x, x.shape) : reversed(args);
  },
};
