// Where the maximum of each pooling window lies, on TensorFlow.js's textures: the first of equal ones, as on the CPU and in
// TensorFlow, where TensorFlow.js's own program takes the last. Numbers alone count, not NaN; -1 where there is none above
// -infinity.

import { nanSource } from '../nan.js';

/**
 * Operand `X` [n, h, w, c]. Uniforms: `vec4 window` (h, w, strides), `vec4 place` (h and w of x, padding above and on the
 * left), `float batchStep` (values of an image, or 0 for places within it). The result counts values of x.
 */
export const poolArgmaxSource = `// glsl/untiled/argmax
${nanSource}
void main() {
  ivec4 at = getOutputCoords();
  ivec2 size = ivec2(place.xy);
  ivec2 first = at.yz * ivec2(window.zw) - ivec2(place.zw);
  float most = uintBitsToFloat(0xff800000u);
  int found = -1;
  for (int y = max(first.x, 0); y < min(first.x + int(window.x), size.x); y++) {
    for (int x = max(first.y, 0); x < min(first.y + int(window.y), size.y); x++) {
      float value = getX(at.x, y, x, at.w);
      if (isNaN(value) || value <= most) continue;
      most = value;
      found = (y * size.y + x) * outShape.w + at.w;
    }
  }
  setOutput(float(found < 0 ? found : found + at.x * int(batchStep)));
}
`;
