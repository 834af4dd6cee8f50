// Building a model makes tensors in many places: weights, constants, states. If it fails, all of them are freed here,
// whoever made them.

import { engine } from '@tensorflow/tfjs-core';

/** Runs `build` and gives its result. If it throws, every tensor and variable that it made is disposed of. */
export function leaveNothingOnFailure<T>(build: () => T): T {
  const { state } = engine();
  const before = new Set(Object.values(state.registeredVariables));
  const depth = state.scopeStack.length;
  engine().startScope('build');
  const { track } = state.activeScope;
  try {
    const result = build();
    engine().endScope([...track]); // they live on
    return result;
  } catch (error) {
    while (state.scopeStack.length > depth + 1) engine().endScope(); // scopes that a stack overflow has left open
    for (const tensor of track) tensor.kept = false;
    engine().endScope();
    for (const variable of Object.values(state.registeredVariables)) if (!before.has(variable)) variable.dispose();
    throw error;
  }
}
