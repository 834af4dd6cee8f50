// Shapes of targets that a loss takes although they are not those of the output.
// Source: https://keras.io/api/losses/ and real Keras 3.15 (test/layers/run/targetShapes.py)

/**
 * 'squeezed': with a last axis of 1 more or less than the output. 'broadcasts': that, and axes of 1. 'free': any, as a function of
 * one's own may take them.
 */
export type TargetRule = 'squeezed' | 'broadcasts' | 'free';

/** Whether targets of a shape fit an output of another one, by the rule of its loss. Batches are not compared. */
export function fitsOutput(target: readonly number[], output: readonly (number | null)[], rule: TargetRule): boolean {
  if (rule === 'free') return target.length > 0;
  const ranked = likeOutput(target, output);
  if (ranked.length !== output.length) return false;
  return output.every((size, axis) => {
    const found = ranked[axis];
    if (axis === 0 || size === null || size === found) return true;
    return rule === 'broadcasts' && (size === 1 || found === 1);
  });
}

function likeOutput(target: readonly number[], output: readonly (number | null)[]): readonly number[] {
  const { length } = target;
  if (length === output.length + 1 && target[length - 1] === 1) return target.slice(0, -1);
  const isShort = length > 0 && length === output.length - 1 && output[length] === 1;
  return isShort ? [...target, 1] : target;
}
