// Functions of one tensor of floats.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { clampOf } from '../../../../../kernels/glsl/tiled/conv/epilogue.js';
import {
  type Clamp,
  clampFloats,
  clampProgram,
  type UnaryName,
  unaryInts,
  unaryProgram,
} from '../../../../../kernels/glsl/tiled/elementwise/unary.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { DeferredConv } from '../../conv/deferred.js';
import type { TiledTensor } from '../../tensors/tensorStore.js';
import { findFloats, tiledKernel } from '../tiledKernel.js';

interface Inputs {
  readonly x: TensorInfo;
}

/** TensorFlow.js's names of what has no attributes. */
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

const relu: Clamp = { from: 0, low: 0, slope: 0, most: Number.POSITIVE_INFINITY };

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
  return draw(backend, x, ({ layout }) => ({
    program: unaryProgram({ name, tile: layout.tile }),
    floats: [parameter, 0, 0, 0],
  }));
}

function clamp(backend: WebglBackend, x: TensorInfo, to: Clamp): TensorInfo | undefined {
  const source = findFloats(backend, x);
  const { from, low, slope, most } = to;
  const joined = from === 0 && low === 0 && DeferredConv.of(source)?.joinClamp(clampOf(slope, most));
  if (source && joined) return backend.tensors.defer(x.shape, source.layout, joined);
  return draw(backend, x, ({ layout }) => ({ program: clampProgram(layout.tile), floats: clampFloats(to) }));
}

type Describe = (x: TiledTensor) => { readonly program: ReturnType<typeof clampProgram>; readonly floats: number[] };

function draw(backend: WebglBackend, x: TensorInfo, describe: Describe): TensorInfo | undefined {
  const source = findFloats(backend, x);
  if (!source) return undefined;
  const { info, tensor } = backend.tensors.make(x.shape, source.layout);
  backend.tensors.draw(tensor, {
    ...describe(source),
    inputs: { x: source.texture },
    ints: unaryInts(source.layout),
  });
  return info;
}
