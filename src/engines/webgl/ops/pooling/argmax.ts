// MaxPoolWithArgmax on TensorFlow.js's own program, whose indices are floats there: they are whole numbers everywhere else.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';

export const argmaxKernel: NamedKernel = {
  kernelName: 'MaxPoolWithArgmax',
  kernelFunc(args) {
    const backend = args.backend as WebglBackend;
    const [result, indices] = officialWebgl.get('MaxPoolWithArgmax')(args) as TensorInfo[];
    const whole = officialWebgl.get('Cast')({
      inputs: { x: indices },
      attrs: { dtype: 'int32' },
      backend,
    }) as TensorInfo;
    backend.disposeIntermediateTensorInfo(indices);
    return [result, whole];
  },
};
