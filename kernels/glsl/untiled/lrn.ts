// Local response normalization over channels, on TensorFlow.js's textures: y = x / (bias + alpha * sum)^beta, with the sum
// of the squares of the channels within the radius (https://js.tensorflow.org/api/latest/#localResponseNormalization). A
// NaN among these makes the result NaN; TensorFlow.js's own program may make it a number.

import { nanSource } from '../nan.js';

/** Operand `X`; uniforms: `vec4 numbers` (radius, bias, alpha, beta). */
export const lrnSource = `// glsl/untiled/lrn
${nanSource}
void main() {
  ivec4 at = getOutputCoords();
  int radius = int(numbers.x);
  float sum = 0.0;
  for (int c = max(at.w - radius, 0); c <= min(at.w + radius, outShape.w - 1); c++) {
    float z = getX(at.x, at.y, at.z, c);
    sum += z * z;
  }
  float base = numbers.y + numbers.z * sum;
  float scale = numbers.w == 0.5 ? inversesqrt(base) : (numbers.w == 1.0 ? 1.0 / base : exp(-numbers.w * log(base)));
  setOutput(keepNaN(getX(at.x, at.y, at.z, at.w) * scale, base));
}
`;
