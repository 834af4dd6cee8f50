// Functions of one tensor of floats.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { clampOf } from '../../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { clampProgram, clampValues, type Pieces } from '../../../../../kernels/glsl/tiled/elementwise/clamp.js';
import { type UnaryName, unaryProgram } from '../../../../../kernels/glsl/tiled/elementwise/unary.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { DeferredConv } from '../../conv/deferred.js';
import { bind } from '../../gl/draw.js';
import { drawn } from '../tiledImages.js';
import { findFloats, tiledKernel } from '../tiledKernel.js';

interface Inputs {
  readonly x: TensorInfo;
}

/** Functions without attributes, by TensorFlow.js's names. */
const plain: Readonly<Record<string, UnaryName>> = {
  Elu: 'elu',
  Erf: 'erf',
  Exp: 'exp',
  Neg: 'neg',
  Reciprocal: 'reciprocal',
  Rsqrt: 'rsqrt',
  Selu: 'selu',
  Sigmoid: 'sigmoid',
  Softplus: 'softplus',
  Sqrt: 'sqrt',
  Square: 'square',
  Tanh: 'tanh',
};

const relu: Pieces = { from: 0, low: 0, slope: 0, most: Number.POSITIVE_INFINITY };

export const unaryKernels: readonly NamedKernel[] = [
  ...Object.entries(plain).map(([kernelName, name]) =>
    tiledKernel<Inputs>(kernelName, ({ inputs, backend }) => apply(backend, inputs.x, name)),
  ),
  tiledKernel<Inputs, { alpha: number }>('Step', ({ inputs, attrs, backend }) =>
    apply(backend, inputs.x, 'step', attrs.alpha),
  ),
  tiledKernel<Inputs>('Relu', ({ inputs, backend }) => clamp(backend, inputs.x, relu)),
  tiledKernel<Inputs>('Relu6', ({ inputs, backend }) => clamp(backend, inputs.x, { ...relu, most: 6 })),
  tiledKernel<Inputs>('Abs', ({ inputs, backend }) => clamp(backend, inputs.x, { ...relu, slope: -1 })),
  tiledKernel<Inputs, { alpha: number }>('LeakyRelu', ({ inputs, attrs, backend }) =>
    clamp(backend, inputs.x, { ...relu, slope: attrs.alpha }),
  ),
  tiledKernel<Inputs, { clipValueMin: number; clipValueMax: number }>('ClipByValue', ({ inputs, attrs, backend }) =>
    clamp(backend, inputs.x, { from: attrs.clipValueMin, low: attrs.clipValueMin, slope: 0, most: attrs.clipValueMax }),
  ),
];

function apply(backend: WebglBackend, x: TensorInfo, name: UnaryName, parameter = 0): TensorInfo | undefined {
  const source = findFloats(backend, x);
  if (!source) return undefined;
  const { layout } = source;
  const bound = bind(unaryProgram({ name, tile: layout.tile }), { x: source.drawnTexture() }, { y: layout, parameter });
  return drawn(backend, layout, bound, x.shape);
}

function clamp(backend: WebglBackend, x: TensorInfo, pieces: Pieces): TensorInfo | undefined {
  const source = findFloats(backend, x);
  if (!source) return undefined;
  const { layout } = source;
  const { from, low, slope, most } = pieces;
  const joined = from === 0 && low === 0 && DeferredConv.of(source)?.joinClamp(clampOf(slope, most));
  if (joined) return backend.tensors.defer(x.shape, layout, joined);
  const bound = bind(clampProgram(layout.tile), { x: source.drawnTexture() }, clampValues(layout, pieces));
  return drawn(backend, layout, bound, x.shape);
}
