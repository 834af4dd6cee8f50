// FusedUpdate on WebGL2: one draw, or composed of other kernels where that is not possible.

import type { NamedTensorMap } from '@tensorflow/tfjs-core';
import type { WebglBackend } from '../engines/webgl/backend.js';
import { drawUpdate } from '../engines/webgl/ops/elementwise/update.js';
import { composedUpdate } from '../ops/update.js';
import { type NamedKernel, typedKernel } from '../tfjs/registry.js';
import { UPDATE_KERNEL, type UpdateAttrs, type UpdateInputs } from '../tfjs/updateAttrs.js';

export const webglUpdate: NamedKernel = typedKernel<UpdateInputs, UpdateAttrs, WebglBackend>(UPDATE_KERNEL, (args) => {
  return drawUpdate(args) ?? composedUpdate(args.inputs as NamedTensorMap, args.attrs); // ops are given tensors
});
