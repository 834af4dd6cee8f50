// Arrays of values in a range, the same in every run: a 32-bit linear congruential generator, whose upper bits are
// random enough to tell a right result from a wrong one (Press et al., Numerical Recipes, 2nd edition, 7.1).

export function randomValues(seed: number, [low, high]: readonly [number, number] = [-1, 1]) {
  let state = seed;
  return (shape: readonly number[]): Float32Array<ArrayBuffer> => {
    return new Float32Array(shape.reduce((a, b) => a * b, 1)).map(() => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return low + ((state / 2 ** 31 + 1) / 2) * (high - low);
    });
  };
}
