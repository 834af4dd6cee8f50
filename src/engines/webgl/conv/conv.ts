// Convolutions on the block layout, as paths of the engine.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Broadcast, Epilogue } from '../../../../kernels/epilogue.js';
import { clampUniform, isClamp } from '../../../../kernels/glsl/tiled/conv/epilogue.js';
import { vectorPacking } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { yShapeOf } from '../../../core/conv.js';
import type { WebglBackend } from '../backend.js';
import type { Texture } from '../gl/textures.js';
import { activateBlocks } from './applyActivation.js';
import { type Axis, axisToCut, runInParts } from './banded.js';
import { forwardIsRight } from './convSelfTest.js';
import { DeferredConv, mayDefer } from './deferred.js';
import { type ForwardArgs, type ForwardPath, hasEmpty } from './paths.js';
import { type ConvPlan, convPlan, depthwisePlan, layoutsOf, remembered } from './plan.js';
import { winogradPays, winogradPlan } from './winograd.js';

export const blockConv = pathOf('blocks/conv', remembered(convPlan));
export const blockDepthwise = pathOf('blocks/depthwise', remembered(depthwisePlan));
export const blockWinograd = pathOf('blocks/winograd', remembered(winogradPlan), winogradPays);

/** @param isWorthIt Where not every convolution that has a plan is. */
function pathOf(name: string, planOf: typeof convPlan, isWorthIt: typeof winogradPays = () => true): ForwardPath {
  const path: ForwardPath = {
    name,
    supports(conv, { blocks }, epilogue) {
      const isPlain = conv.dataFormat === 'NHWC' && !hasEmpty(conv) && (!epilogue || isByChannel(epilogue));
      return isPlain && planOf(conv, blocks) !== undefined;
    },
    pays(conv, backend) {
      const { kernelClass } = planOf(conv, backend.blocks) as ConvPlan;
      return (
        isWorthIt(conv, backend.blocks) &&
        backend.selfTest.passes(kernelClass, () => forwardIsRight(path, conv, backend))
      );
    },
    run: (args) => run(args, planOf(args.conv, args.backend.blocks) as ConvPlan),
  };
  return path;
}

function run(args: ForwardArgs, plan: ConvPlan): TensorInfo {
  const { backend, conv, x, w, epilogue, operands } = args;
  const { blocks } = backend;
  const isFused = isClamp(epilogue.activation);
  const vector = (operand: TensorInfo) => vectorOf(backend, operand, conv.outC);
  const isClamped = isFused && epilogue.activation !== 'linear';
  const deferred = new DeferredConv(blocks, {
    plan,
    x: blocks.blocksOf(x, plan.x).texture,
    w: plan.weights?.(blocks, w) ?? blocks.matrices.of(w, plan.packing),
    bias: operands.bias ? vector(operands.bias) : blocks.matrices.zeros,
    clampTo: isClamped ? clampUniform(epilogue) : undefined,
    slope: operands.prelu ? vector(operands.prelu) : undefined,
  });
  if (isFused && !isClamped && mayDefer()) return blocks.defer(yShapeOf(conv), plan.y, deferred);
  const info = blocks.filled(yShapeOf(conv), plan.y, (target) => deferred.draw(target));
  return isFused ? info : activateBlocks(backend, info, blocks.blocksOf(info, plan.y), epilogue);
}

/** A value for each channel as a matrix of one row; a scalar stands for all. */
export function vectorOf(backend: WebglBackend, operand: TensorInfo, channels: number): Texture {
  return backend.blocks.matrices.of(operand, vectorPacking(util.sizeFromShape(operand.shape), channels));
}

/** What one texture cannot hold, in parts; `forward` runs a part on the path that suits it. */
export const blockConvInParts = (forward: (args: ForwardArgs) => TensorInfo): ForwardPath => ({
  name: 'blocks/inParts',
  supports(conv, { blocks }, epilogue) {
    const isTooLarge = conv.dataFormat === 'NHWC' && !hasEmpty(conv) && layoutsOf(conv, blocks) === undefined;
    return isTooLarge && axisToCut(conv) !== undefined && (epilogue === undefined || isByChannel(epilogue));
  },
  run: (args) => runInParts(args, axisToCut(args.conv) as Axis, forward),
});

/** Whether bias and slopes are one for each channel, or one for all. */
function isByChannel({ bias, prelu }: Epilogue): boolean {
  const fits = (at?: Broadcast) => !at || (at.strideN === 0 && at.strideY === 0 && at.strideX === 0);
  return fits(bias) && fits(prelu);
}
