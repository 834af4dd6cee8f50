// dx[n, iy, ix, ic] = sum of dy[n, oy, ox, oc] * w[ky, kx, ic, oc] over the outputs that read that input: those with
// oy*strideH + ky*dilationH = iy + padTop, so a tap counts only where the stride divides. One fragment, one value of
// dx.

import { coordsSource, geometryDeclaration, geometryValues } from './geometry.js';
import type { GlslKernel } from './kernel.js';
import { advance, load, outputIndex, stepOf, texelOf, texelSource } from './tfjsTexture.js';

export const gradInput: GlslKernel<null, typeof geometryDeclaration> = {
  name: 'glsl/untiled/gradInput',
  supports: () => true,
  spec: () => null,
  inputs: () => ['dy', 'w'],
  uniforms: geometryDeclaration,
  values: geometryValues,
  source: () => `
${texelSource}
${coordsSource}

void main() {
  ivec4 at = coordsOf(${outputIndex}, inSize, inChannels); // n, iy, ix, ic
  int group = at.w / icg;
  int ic = at.w - group * icg;
  ivec2 dyStep = ${stepOf('dy', 'yStrides.w')};
  ivec2 wStep = ${stepOf('w', '1')};
  float sum = 0.0;
  for (int ky = 0; ky < kernelSize.x; ky++) {
    int ty = at.y + pad.x - ky * dilations.x;
    int oy = ty / strides.x;
    if (ty < 0 || oy * strides.x != ty || oy >= outSize.x) continue;
    for (int kx = 0; kx < kernelSize.y; kx++) {
      int tx = at.z + pad.y - kx * dilations.y;
      int ox = tx / strides.y;
      if (tx < 0 || ox * strides.y != tx || ox >= outSize.y) continue;
      ivec2 dyAt = ${texelOf('dy', 'indexOf(ivec4(at.x, oy, ox, group * ocg), yStrides)')};
      ivec2 wAt = ${texelOf('w', '((ky * kernelSize.y + kx) * icg + ic) * outChannels + group * ocg')};
      for (int oc = 0; oc < ocg; oc++) {
        sum += ${load('dy', 'dyAt')} * ${load('w', 'wAt')};
        ${advance('dy', 'dyAt', 'dyStep')};
        ${advance('w', 'wAt', 'wStep')};
      }
    }
  }
  setOutput(sum);
}
`,
};
