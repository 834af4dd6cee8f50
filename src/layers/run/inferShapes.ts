// The shapes of a graph's outputs, for given shapes of its inputs.

import type { Shape } from '@tensorflow/tfjs-layers';
import type { GraphPlan, GraphStep } from './graphPlan.js';

export type PlanShapes = readonly Shape[];

export function inferShapes({ steps, inputs, outputs, slotCount }: GraphPlan, given: PlanShapes): Shape[] {
  const shapes = new Array<Shape>(slotCount);
  inputs.forEach((slot, i) => {
    shapes[slot] = given[i];
  });
  for (const step of steps) {
    const ofInputs = step.inputs.map((slot) => shapes[slot]);
    const made = withOptions(step, () => step.layer.computeOutputShape(ofInputs.length === 1 ? ofInputs[0] : ofInputs));
    const ofOutputs = (Array.isArray(made[0]) ? made : [made]) as Shape[];
    step.outputs.forEach((slot, i) => {
      shapes[slot] = ofOutputs[i];
    });
  }
  return outputs.map((slot) => shapes[slot]);
}

/** Asks the layer about a call with these options: a layer holds those of its last call. */
function withOptions<T>({ layer, options }: GraphStep, f: () => T): T {
  if (Object.keys(options).length === 0) return f();
  const holder = layer as unknown as { callArguments: object };
  const { callArguments } = holder;
  holder.callArguments = options;
  try {
    return f();
  } finally {
    holder.callArguments = callArguments;
  }
}
