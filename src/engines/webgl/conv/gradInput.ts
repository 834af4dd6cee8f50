// Gradients of the input in the tiled layout, as paths of the engine: with stride 1 the forward programs on dy and the
// filter rotated by 180 degrees, with other strides a program of its own.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { linearClamp } from '../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { convProgram, convSizesOf, mixesGroups } from '../../../../kernels/glsl/tiled/conv/conv.js';
import {
  type GradInputWindow,
  gradInputProgram,
  gradInputValues,
  transposeOf,
} from '../../../../kernels/glsl/tiled/conv/gradInput.js';
import { convPacking, depthwisePacking, type Packing } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { depthwiseProgram, depthwiseSizesOf } from '../../../../kernels/glsl/tiled/depthwise/depthwise.js';
import type { TileLayout, TileShape } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { xShapeOf } from '../../../core/conv.js';
import type { BoundProgram } from '../gl/draw.js';
import type { Texture } from '../gl/textures.js';
import { gradInputIsRight } from './convSelfTest.js';
import type { GradArgs, GradPath } from './paths.js';
import {
  type ConvPlan,
  canBeTiled,
  clamped,
  depthwiseWindowOf,
  isDepthwise,
  type Layouts,
  lanesOf,
  layoutsOf,
  matrixFits,
  plainForm,
  remembered,
  windowOf,
} from './plan.js';
import { winogradGradInputPlan, winogradPays } from './winograd.js';

export const tiledGradInput = pathOf({
  name: 'tiled/gradInput',
  supports: () => true,
  packing: (conv) => convPacking(conv, 'gradInput'),
  describe: (conv, layouts) => (isDense(conv) ? convOf : stridedOf(false))(conv, layouts.y, layouts.x),
});

export const tiledDepthwiseGradInput = pathOf({
  name: 'tiled/depthwiseGradInput',
  supports: isDepthwise,
  packing: (conv) => depthwisePacking(conv, 'gradInput'),
  describe: (conv, layouts) => (isDense(conv) ? depthwiseOf : stridedOf(true))(conv, layouts.y, layouts.x),
});

interface Kernel {
  readonly name: string;
  supports(conv: Conv): boolean;
  packing(conv: Conv): Packing;
  describe(conv: Conv, layouts: Layouts): ReturnType<Describe>;
}

type Describe = (conv: Conv, dy: TileLayout, dx: TileLayout) => Omit<BoundProgram, 'inputs'>;

function pathOf(kernel: Kernel): GradPath {
  const path: GradPath = {
    name: kernel.name,
    supports(conv, backend) {
      return kernel.supports(conv) && canBeTiled(conv, backend) && matrixFits(kernel.packing(conv), backend.tensors);
    },
    isTrusted(conv, backend) {
      const { program } = kernel.describe(conv, layoutsOf(conv, backend.tensors) as Layouts);
      return backend.selfTest.check(program.key, () => gradInputIsRight(path, conv, backend));
    },
    run: (args) => run(args, kernel),
  };
  return path;
}

const winogradPlanOf = remembered(winogradGradInputPlan);

export const tiledWinogradGradInput: GradPath = {
  name: 'tiled/winogradGradInput',
  supports: (conv, backend) => canBeTiled(conv, backend) && winogradPlanOf(conv, backend.tensors) !== undefined,
  pays: (conv, { tensors }) => winogradPays(transposeOf(conv), tensors),
  isTrusted(conv, backend) {
    const { kernelClass } = winogradPlanOf(conv, backend.tensors) as ConvPlan;
    return backend.selfTest.check(kernelClass, () => gradInputIsRight(tiledWinogradGradInput, conv, backend));
  },
  run({ backend: { tensors }, conv, a: dy, b: w }) {
    const plan = winogradPlanOf(conv, tensors) as ConvPlan;
    const inputs = {
      x: tensors.toTiled(dy, plan.x).drawnTexture(),
      w: plan.weights?.(tensors, w) as Texture,
      bias: tensors.matrices.zeros(),
      vectors: tensors.matrices.identity(),
    };
    return tensors.filled(xShapeOf(conv), plan.y, (dx) => {
      plan.draw(tensors, dx, { epilogue: plainForm, inputs, clamp: linearClamp });
    });
  },
};

function run({ backend, conv, a: dy, b: w }: GradArgs, kernel: Kernel): TensorInfo {
  const { tensors } = backend;
  const layouts = layoutsOf(conv, tensors) as Layouts;
  const input = tensors.toTiled(dy, layouts.y);
  const matrix = tensors.matrices.of(w, kernel.packing(conv));
  const bound = kernel.describe(conv, layouts);
  const inputs = {
    [Object.keys(bound.program.inputs)[0]]: input.drawnTexture(),
    w: matrix,
    bias: tensors.matrices.zeros(),
    vectors: tensors.matrices.identity(),
  };
  return tensors.filled(xShapeOf(conv), layouts.x, (dx) => tensors.draw(dx, { ...bound, inputs }));
}

function isDense({ strideH, strideW }: Conv): boolean {
  return strideH === 1 && strideW === 1;
}

const plain = { ...plainForm, affine: true };

const convOf: Describe = (conv, dy, dx) => {
  const of = transposeOf(conv);
  const window = windowOf(of);
  const spec = { x: dy.tile, y: dx.tile, window, lanes: lanesOf(of), mixed: mixesGroups(of), ...plain };
  return clamped(convProgram(spec), convSizesOf(of, dy, dx), linearClamp);
};

const depthwiseOf: Describe = (conv, dy, dx) => {
  const of = transposeOf(conv);
  const spec = { x: dy.tile, y: dx.tile, window: depthwiseWindowOf(of), ...plain };
  return clamped(depthwiseProgram(spec), depthwiseSizesOf(of, dy, dx), linearClamp);
};

function stridedOf(ofDepthwise: boolean): Describe {
  return (conv, dy, dx) => {
    const { rows, columns } = dx.tile;
    const steps = [Math.min(conv.strideH, rows), Math.min(conv.strideW, columns)] as const;
    const spec = { dy: dy.tile, dx: dx.tile, isDepthwise: ofDepthwise, steps };
    const window = gradWindowOf(conv, dx.tile, ofDepthwise);
    const program = gradInputProgram({ ...spec, window });
    return { program, uniforms: program.uniforms.pack(gradInputValues(conv, dy, dx)) };
  };
}

/** A window for common filters: 3x3, and 5x5 for depthwise ones, where a tap is one product for each pixel. */
function gradWindowOf(conv: Conv, { rows }: TileShape, ofDepthwise: boolean): GradInputWindow | undefined {
  const { kH, kW, strideH, strideW, dilationH, dilationW, padTop, padLeft } = conv;
  const isPlain = kH === kW && strideH === 2 && strideW === 2 && dilationH === 1 && dilationW === 1;
  const isKnown = kH === 3 || (ofDepthwise && kH === 5);
  return isPlain && isKnown && rows > 1 ? { kH, kW, parity: [padTop & 1, padLeft & 1] } : undefined;
}
