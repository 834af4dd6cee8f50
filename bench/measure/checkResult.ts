/** Throws unless every value is within `tolerance` times the largest expected one; nothing is timed before. */
export function checkResult(name: string, actual: Float32Array, expected: Float32Array, tolerance = 1e-4): void {
  if (actual.length !== expected.length) {
    throw new Error(`${name}: the result must have ${expected.length} values; received length=${actual.length}`);
  }
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  for (let i = 0; i < actual.length; i++) {
    const isClose = Math.abs(actual[i] - expected[i]) <= tolerance * largest; // false for NaN
    if (!isClose) throw new Error(`${name}: value ${i} must be ${expected[i]}; received ${actual[i]}`);
  }
}
