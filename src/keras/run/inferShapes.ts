// The shapes of a graph's outputs, for given shapes of its inputs.

import type { Shape } from '@tensorflow/tfjs-layers';
import type { GraphPlan } from './graphPlan.js';

export type PlanShapes = readonly Shape[];

export function inferShapes({ steps, inputs, outputs, slotCount }: GraphPlan, given: PlanShapes): Shape[] {
  const shapes = new Array<Shape>(slotCount);
  inputs.forEach((slot, i) => {
    shapes[slot] = given[i];
  });
  for (const step of steps) {
    const ofInputs = step.inputs.map((slot) => shapes[slot]);
    const made = step.layer.computeOutputShape(ofInputs.length === 1 ? ofInputs[0] : ofInputs);
    const ofOutputs = (Array.isArray(made[0]) ? made : [made]) as Shape[];
    step.outputs.forEach((slot, i) => {
      shapes[slot] = ofOutputs[i];
    });
  }
  return outputs.map((slot) => shapes[slot]);
}
