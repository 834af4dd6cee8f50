// tf.image.rotateWithOffset on TensorFlow.js's textures: each pixel takes the one that the rotation moves there, or the
// fill value. TensorFlow.js's own program rounds that value to two digits, and knows three channels at most.

/**
 * Uniforms: `vec4 rotation` (x and y of the center, sin, cos), `vec4 fill` for the channels from the first on; as in
 * TensorFlow.js's other backends, there are four at most if they differ.
 */
export const rotateSource = `// glsl/untiled/rotate
void main() {
  ivec4 at = getOutputCoords();
  vec2 from = vec2(at.z, at.y) - rotation.xy;
  vec2 rotated = vec2(from.x * rotation.w - from.y * rotation.z, from.x * rotation.z + from.y * rotation.w);
  ivec2 pixel = ivec2(floor(rotated + rotation.xy + 0.5));
  bool isInside = all(greaterThanEqual(pixel, ivec2(0))) && pixel.x < outShape.z && pixel.y < outShape.y;
  setOutput(isInside ? getImage(at.x, pixel.y, pixel.x, at.w) : fill[min(at.w, 3)]);
}
`;
