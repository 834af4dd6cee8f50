// The variables of an app before and after a run that is captured.

import { type DataId, engine, type Variable } from '@tensorflow/tfjs-core';
import { Refusal } from './captureRefusal.js';

/** All variables with the data that they have now. */
export function registeredVariables(): (readonly [Variable, DataId])[] {
  const variables = Object.values(engine().registeredVariables as Record<string, Variable>);
  return variables.map((variable) => [variable, variable.dataId] as const);
}

/** @throws If variables have been made or assigned since. */
export function checkVariables(before: ReadonlyMap<Variable, DataId>): void {
  for (const [variable, dataId] of registeredVariables()) {
    const known = before.get(variable);
    if (known === undefined) throw new Refusal('the model makes a variable in each call', { variable: variable.name });
    if (known === dataId) continue;
    throw new Refusal('the model assigns a variable in each call, as stateful layers do', { variable: variable.name });
  }
}
