// Convolutions in the tiled layout, as paths of the engine.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Broadcast, Epilogue } from '../../../../kernels/epilogue.js';
import { clampOfActivation, isClamp } from '../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { yShapeOf } from '../../../core/conv.js';
import { applyActivation } from './applyActivation.js';
import { forwardIsRight } from './convSelfTest.js';
import { type ConvParts, DeferredConv, mayDefer } from './deferred.js';
import { epilogueTest, formKind } from './epilogueSelfTest.js';
import { type ForwardArgs, type ForwardPath, hasEmpty } from './paths.js';
import { type ConvPlan, convPlan, depthwisePlan, type EpilogueForm, layoutsOf, plainForm, remembered } from './plan.js';
import { type Axis, axisToCut, runInParts } from './runInParts.js';
import { winogradPays, winogradPlan } from './winograd.js';

export const tiledConv = pathOf('tiled/conv', remembered(convPlan));
export const tiledDepthwise = pathOf('tiled/depthwise', remembered(depthwisePlan));
export const tiledWinograd = pathOf('tiled/winograd', remembered(winogradPlan), winogradPays);

/** @param pays Default: every convolution that has a plan pays. */
function pathOf(name: string, planOf: typeof convPlan, pays: typeof winogradPays = () => true): ForwardPath {
  const path: ForwardPath = {
    name,
    supports(conv, { tensors }, epilogue) {
      const isPlain = conv.dataFormat === 'NHWC' && !hasEmpty(conv) && (!epilogue || isByChannel(epilogue));
      return isPlain && planOf(conv, tensors) !== undefined;
    },
    pays: (conv, { tensors }) => pays(conv, tensors),
    isTrusted(conv, backend, epilogue) {
      // With slopes it draws with a program of its own, which has a test of its own.
      if (epilogue?.prelu) return trustsForm({ conv, backend }, { ...plainForm, slopes: true }, 'choice');
      const { kernelClass } = planOf(conv, backend.tensors) as ConvPlan;
      return backend.selfTest.trusts(kernelClass, () => forwardIsRight(path, conv, backend));
    },
    run(args) {
      const plan = planOf(args.conv, args.backend.tensors) as ConvPlan;
      return run(args, plan, (form, use) => trustsForm(args, form, use));
    },
  };
  return path;

  function trustsForm(
    { conv, backend }: Pick<ForwardArgs, 'conv' | 'backend'>,
    form: EpilogueForm,
    use: 'choice' | 'draw',
  ) {
    const plan = planOf(conv, backend.tensors) as ConvPlan;
    const test = epilogueTest(planOf, conv, backend, form);
    const { selfTest } = backend;
    return use === 'draw' ? selfTest.check(formKind(plan, form), test) : selfTest.trusts(formKind(plan, form), test);
  }
}

function run(args: ForwardArgs, plan: ConvPlan, trusts: ConvParts['trusts']): TensorInfo {
  const { backend, conv, x, w, epilogue, operands } = args;
  const { tensors } = backend;
  const isFused = isClamp(epilogue.activation);
  const vector = (operand: TensorInfo) => tensors.matrices.vector(operand, conv.outC);
  const isClamped = isFused && epilogue.activation !== 'linear';
  const deferred = new DeferredConv(tensors, {
    plan,
    trusts,
    x: tensors.toTiled(x, plan.x).drawnTexture(),
    filter: w.dataId,
    w: plan.weights?.(tensors, w) ?? tensors.matrices.of(w, plan.packing),
    bias: operands.bias ? vector(operands.bias) : tensors.matrices.zeros(),
    clamp: isClamped ? clampOfActivation(epilogue) : undefined,
    slope: operands.prelu ? vector(operands.prelu) : undefined,
  });
  if (isFused && !isClamped && mayDefer()) return tensors.defer(yShapeOf(conv), plan.y, deferred);
  const info = tensors.filled(yShapeOf(conv), plan.y, (target) => deferred.draw(target));
  return isFused ? info : applyActivation(backend, info, tensors.toTiled(info, plan.y), epilogue);
}

/** Convolutions that one texture cannot hold, in parts; `forward` runs a part on the path that suits it. */
export const tiledConvInParts = (forward: (args: ForwardArgs) => TensorInfo): ForwardPath => ({
  name: 'tiled/inParts',
  supports(conv, { tensors }, epilogue) {
    const isTooLarge = conv.dataFormat === 'NHWC' && !hasEmpty(conv) && layoutsOf(conv, tensors) === undefined;
    return isTooLarge && axisToCut(conv) !== undefined && (epilogue === undefined || isByChannel(epilogue));
  },
  run: (args) => runInParts(args, axisToCut(args.conv) as Axis, forward),
});

/** Whether bias and slopes have one value for each channel, or one for all. */
function isByChannel({ bias, prelu }: Epilogue): boolean {
  const fits = (at?: Broadcast) => !at || (at.strideN === 0 && at.strideY === 0 && at.strideX === 0);
  return fits(bias) && fits(prelu);
}
