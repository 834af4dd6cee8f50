// The self-test of a convolution with everything that its epilogue can do: bias, scale and shift, a shortcut or slopes,
// and a clamp, beside plain loops. Its forms are programs of their own (clampEpilogue.ts).

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { clampOf, linearClamp } from '../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { vectorPacking } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { packAffine } from '../../../../kernels/glsl/tiled/elementwise/affine.js';
import * as js from '../../../../kernels/js/index.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../../../core/conv.js';
import { select } from '../../../core/select.js';
import { compare, toleranceOf } from '../../../core/verdict.js';
import type { WebglBackend } from '../backend.js';
import type { Test, Unread } from '../testKinds.js';
import { smallProblem, valuesOf } from './convSelfTest.js';
import type { ConvPlan, EpilogueForm } from './plan.js';

export type PlanOf = (conv: Conv, store: WebglBackend['tensors']) => ConvPlan | undefined;

/** The name of a form's kind beside that of the plain program. */
export function formKind({ kernelClass }: ConvPlan, { slopes, residual }: EpilogueForm): string {
  return `${kernelClass}${slopes ? ' with slopes' : ''}${residual ? ' with a shortcut' : ''}`;
}

export function epilogueTest(planOf: PlanOf, conv: Conv, backend: WebglBackend, form: EpilogueForm): Test {
  return () => {
    const small = smallProblem(conv, backend);
    const plan = planOf(small, backend.tensors);
    if (!plan) throw new Error('no small problem draws with its programs');
    return drawn(backend, small, plan, form);
  };
}

function drawn(backend: WebglBackend, conv: Conv, plan: ConvPlan, form: EpilogueForm): Unread {
  const { tensors } = backend;
  const { outC } = conv;
  const shapes = { x: xShapeOf(conv), w: filterShapeOf(conv), bias: [outC], slope: [outC], residual: yShapeOf(conv) };
  const entries = Object.entries(shapes).map(([name, shape], i) => [name, valuesOf(shape, 23 + 2 * i)] as const);
  const values = Object.fromEntries(entries) as Record<keyof typeof shapes, Float32Array>;
  const affine = { scale: valuesOf([outC], 7), shift: valuesOf([outC], 11) };
  const used: TensorInfo[] = [];
  const upload = (name: keyof typeof shapes) => {
    const info = backend.makeTensorInfo([...shapes[name]], 'float32', values[name]);
    used.push(info);
    return info;
  };
  try {
    const w = upload('w');
    const bias = upload('bias');
    const vector = (info: TensorInfo) => tensors.matrices.of(info, vectorPacking(outC, outC));
    const statistics = { mean: new Float32Array(outC), variance: new Float32Array(outC).fill(1) };
    const inputs = {
      x: tensors.toTiled(upload('x'), plan.x).drawnTexture(),
      w: plan.weights?.(tensors, w) ?? tensors.matrices.of(w, plan.packing),
      bias: vector(bias),
      vectors: tensors.matrices.packed(bias, 'selfTest', () =>
        packAffine({ ...statistics, scale: affine.scale, offset: affine.shift }, 0),
      ),
      ...(form.residual && { residual: tensors.toTiled(upload('residual'), plan.y).drawnTexture() }),
      ...(form.slopes && { slope: vector(upload('slope')) }),
    };
    const clamp = form.slopes ? linearClamp : clampOf(0.25, 6);
    const y = tensors.filled(yShapeOf(conv), plan.y, (target) => {
      plan.draw(tensors, target, { epilogue: form, inputs, clamp });
    });
    used.push(y);
    const actual = backend.readLater(y.dataId);
    const sums = select(js.forwardKernels, conv).run(conv, values.x, values.w);
    const expected = sums.map((sum, i) => {
      const c = i % outC;
      const added = form.residual ? values.residual[i] : 0;
      const z = (sum + values.bias[c]) * affine.scale[c] + affine.shift[c] + added;
      if (form.slopes) return z < 0 ? values.slope[c] * z : z;
      return Math.min(z < 0 ? 0.25 * z : z, 6);
    });
    return () => compare(actual(), expected, toleranceOf(backend.caps.float32));
  } finally {
    for (const info of used) backend.disposeIntermediateTensorInfo(info);
  }
}
