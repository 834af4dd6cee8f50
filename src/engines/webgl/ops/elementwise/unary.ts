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
import type { Blocks } from '../../tensors/tensorStore.js';
import { blockKernel, findFloats } from '../tiledKernel.js';

interface Inputs {
  readonly x: TensorInfo;
}

/** The host's names of what has no attributes. */
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
    blockKernel<Inputs>(kernelName, ({ inputs, backend }) => apply(backend, inputs.x, name)),
  ),
  blockKernel<Inputs, { alpha: number }>('Step', ({ inputs, attrs, backend }) =>
    apply(backend, inputs.x, 'step', attrs.alpha),
  ),
  blockKernel<Inputs>('Relu', ({ inputs, backend }) => clamp(backend, inputs.x, relu)),
  blockKernel<Inputs>('Relu6', ({ inputs, backend }) => clamp(backend, inputs.x, { ...relu, most: 6 })),
  blockKernel<Inputs>('Abs', ({ inputs, backend }) => clamp(backend, inputs.x, { ...relu, slope: -1 })),
  blockKernel<Inputs, { alpha: number }>('LeakyRelu', ({ inputs, attrs, backend }) =>
    clamp(backend, inputs.x, { ...relu, slope: attrs.alpha }),
  ),
  blockKernel<Inputs, { clipValueMin: number; clipValueMax: number }>('ClipByValue', ({ inputs, attrs, backend }) =>
    clamp(backend, inputs.x, { from: attrs.clipValueMin, low: attrs.clipValueMin, slope: 0, most: attrs.clipValueMax }),
  ),
];

function apply(backend: WebglBackend, x: TensorInfo, name: UnaryName, parameter = 0): TensorInfo | undefined {
  return draw(backend, x, ({ layout }) => ({
    program: unaryProgram({ name, block: layout.block }),
    floats: [parameter, 0, 0, 0],
  }));
}

function clamp(backend: WebglBackend, x: TensorInfo, to: Clamp): TensorInfo | undefined {
  const source = findFloats(backend, x);
  const { from, low, slope, most } = to;
  const joined = from === 0 && low === 0 && DeferredConv.of(source)?.joinClamp(clampOf(slope, most));
  if (source && joined) return backend.blocks.defer(x.shape, source.layout, joined);
  return draw(backend, x, ({ layout }) => ({ program: clampProgram(layout.block), floats: clampFloats(to) }));
}

type Describe = (x: Blocks) => { readonly program: ReturnType<typeof clampProgram>; readonly floats: number[] };

function draw(backend: WebglBackend, x: TensorInfo, describe: Describe): TensorInfo | undefined {
  const source = findFloats(backend, x);
  if (!source) return undefined;
  const { info, blocks } = backend.blocks.make(x.shape, source.layout);
  backend.blocks.draw(blocks, {
    ...describe(source),
    inputs: { x: source.texture },
    ints: unaryInts(source.layout),
  });
  return info;
}
