// tf.image.cropAndResize on TensorFlow.js's textures: boxes [n, 4] of y1 x1 y2 x2 in parts of the image, and for each the
// number of its image (https://www.tensorflow.org/api_docs/python/tf/image/crop_and_resize). TensorFlow.js's own program
// takes the number of the box for that of the image.
//
// The first and the last pixel of a crop lie exactly on the edges of its box: a rounding error beyond the edge of the image
// would make them the extrapolation value.

export type CropMethod = 'bilinear' | 'nearest';

const sample: Readonly<Record<CropMethod, string>> = {
  bilinear: `
  ivec2 low = ivec2(floor(place)), high = ivec2(ceil(place));
  vec2 part = place - vec2(low);
  float top = mix(getImage(image, low.y, low.x, c), getImage(image, low.y, high.x, c), part.x);
  float bottom = mix(getImage(image, high.y, low.x, c), getImage(image, high.y, high.x, c), part.x);
  setOutput(mix(top, bottom, part.y));`,
  nearest: `
  ivec2 pixel = ivec2(floor(place + 0.5));
  setOutput(getImage(image, pixel.y, pixel.x, c));`,
};

/** Uniforms: `vec3 images` (n, h, w), `vec2 crop` (h, w), `float extrapolation`. */
export function cropAndResizeSource(method: CropMethod): string {
  return `// glsl/untiled/cropAndResize ${method}
// From a to b in \`steps\` pixels, or the middle for one.
float between(float a, float b, float i, float steps) {
  if (steps < 2.0) return 0.5 * (a + b);
  if (i == steps - 1.0) return b;
  return a + (b - a) * (i / (steps - 1.0));
}

void main() {
  ivec4 at = getOutputCoords();
  int box = at.x, c = at.w;
  int image = int(getBoxInd(box) + 0.5);
  vec2 last = images.zy - 1.0;
  vec2 place = last * vec2(
    between(getBoxes(box, 1), getBoxes(box, 3), float(at.z), crop.y),
    between(getBoxes(box, 0), getBoxes(box, 2), float(at.y), crop.x)
  );
  bool isInside = all(greaterThanEqual(place, vec2(0.0))) && all(lessThanEqual(place, last));
  if (image < 0 || float(image) >= images.x) {
    setOutput(0.0);
    return;
  }
  if (!isInside) {
    setOutput(extrapolation);
    return;
  }
${sample[method]}
}
`;
}
