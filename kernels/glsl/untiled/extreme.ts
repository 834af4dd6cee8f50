// The greatest or smallest value along an axis, on TensorFlow.js's textures. NaN wins, as on the CPU. TensorFlow.js's own
// programs begin with -1e20 and 1e20: the maximum of smaller values was -1e20 there, and the softmax of a row of -1e25 1.

import { nanSource } from '../nan.js';

/**
 * Operand `X` [outer, size, inner]; the result is [outer, parts, inner]. Uniforms: `float partSize`, `float size`, and
 * `float direction`, 1 for the greatest and -1 for the smallest value.
 */
export const extremeSource = `// glsl/untiled/extreme
${nanSource}
void main() {
  ivec3 at = getOutputCoords();
  int first = at.y * int(partSize);
  int end = min(first + int(partSize), int(size));
  float best = getX(at.x, first, at.z);
  for (int i = first + 1; i < end; i++) {
    float value = getX(at.x, i, at.z);
    bool isBetter = isNaN(value) || direction * value > direction * best;
    best = isBetter && !isNaN(best) ? value : best;
  }
  setOutput(best);
}
`;

/**
 * Where the greatest or smallest value lies: the first of equal ones. NaN is passed over, but for the very first value,
 * with which nothing compares, as on the CPU.
 *
 * @param isSecond Whether operand `Found`, [outer, size, inner], says where the candidates are in `X`.
 */
export function argExtremeSource(isSecond: boolean): string {
  const candidate = isSecond ? 'int(getFound(at.x, i, at.z))' : 'i';
  return `// glsl/untiled/argExtreme ${isSecond}
${nanSource}
void main() {
  ivec3 at = getOutputCoords();
  int first = at.y * int(partSize);
  int end = min(first + int(partSize), int(size));
  int found = -1;
  float best = 0.0;
  for (int i = first; i < end; i++) {
    int k = ${candidate};
    float value = getX(at.x, k, at.z);
    bool isBetter = found < 0 || (!isNaN(value) && (isNaN(best) ? found > 0 : direction * value > direction * best));
    best = isBetter ? value : best;
    found = isBetter ? k : found;
  }
  setOutput(float(found));
}
`;
}
