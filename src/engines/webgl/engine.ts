// Convolutions on the WebGL2 engine: for each operation the candidates in order of preference.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { forwardKernels, gradFilterKernels, gradInputKernels } from '../../../kernels/glsl/untiled/index.js';
import * as js from '../../../kernels/js/index.js';
import { filterShapeOf, xShapeOf } from '../../core/conv.js';
import { select } from '../../core/select.js';
import type { ConvEngine } from '../../tfjs/convEngine.js';
import type { WebglBackend } from './backend.js';
import { tiledConv, tiledConvInParts, tiledDepthwise, tiledWinograd } from './conv/conv.js';
import { tiledDepthwiseGradFilter, tiledGradFilter } from './conv/gradFilter.js';
import { tiledDepthwiseGradInput, tiledGradInput, tiledWinogradGradInput } from './conv/gradInput.js';
import {
  emptyForward,
  emptyGrad,
  type ForwardArgs,
  type ForwardPath,
  type GradPath,
  untiledForward,
  untiledGrad,
} from './conv/paths.js';
import {
  tfjsConv2d,
  tfjsDepthwise,
  tfjsDepthwiseGradFilter,
  tfjsDepthwiseGradInput,
  tfjsGradFilter,
  tfjsGradInput,
} from './conv/tfjsPaths.js';

export const forwardPaths: readonly ForwardPath[] = [
  emptyForward,
  tiledDepthwise,
  tiledWinograd,
  tiledConv,
  tiledConvInParts(forward),
  tfjsConv2d,
  tfjsDepthwise,
  ...forwardKernels.map((kernel) => untiledForward(kernel)),
];

export const gradInputPaths: readonly GradPath[] = [
  emptyGrad(js.gradInputKernels, xShapeOf),
  tiledDepthwiseGradInput,
  tiledWinogradGradInput,
  tiledGradInput,
  tfjsGradInput,
  tfjsDepthwiseGradInput,
  ...gradInputKernels.map((kernel) => untiledGrad(kernel, xShapeOf)),
];

export const gradFilterPaths: readonly GradPath[] = [
  emptyGrad(js.gradFilterKernels, filterShapeOf),
  tiledDepthwiseGradFilter,
  tiledGradFilter,
  tfjsGradFilter,
  tfjsDepthwiseGradFilter,
  ...gradFilterKernels.map((kernel) => untiledGrad(kernel, filterShapeOf)),
];

function forward(args: ForwardArgs): TensorInfo {
  args.backend.contextLoss.check(); // first, because the self-test would blame the kernels
  return select(forwardPaths, args.conv, args.backend, args.epilogue).run(args);
}

export const webglEngine: ConvEngine<WebglBackend> = {
  forward: (backend, conv, x, w, epilogue, operands) => {
    return forward({ backend, conv, x, w, epilogue, operands });
  },
  gradInput: (backend, conv, dy, w) => select(gradInputPaths, conv, backend).run({ backend, conv, a: dy, b: w }),
  gradFilter: (backend, conv, x, dy) => select(gradFilterPaths, conv, backend).run({ backend, conv, a: x, b: dy }),
};
