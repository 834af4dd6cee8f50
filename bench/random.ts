// Operands that are the same in every run and on every device.

/**
 * Gives arrays of values in -1..1: a 32-bit linear congruential generator, whose upper bits are random enough to tell a
 * right result from a wrong one (Press et al., Numerical Recipes, 2nd edition, 7.1).
 */
export function randomValues(seed: number): (shape: readonly number[]) => Float32Array {
  let state = seed;
  return (shape) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      values[i] = state / 2 ** 31;
    }
    return values;
  };
}
