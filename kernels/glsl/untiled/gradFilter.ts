// dw[ky, kx, ic, oc] = sum over n, oy, ox of x[n, oy*strideH - padTop + ky*dilationH, ..., g*icg + ic] * dy[n, oy, ox,
// oc]. One fragment, one value of dw: it walks every pixel of the batch. Each row has its own partial sum, which keeps
// the rounding of a sum over many pixels small.

import { coordsSource, geometryDeclaration, geometryValues } from './geometry.js';
import type { GlslKernel } from './kernel.js';
import { advance, load, outputIndex, stepOf, texelOf, texelSource } from './tfjsTexture.js';

export const gradFilter: GlslKernel<null, typeof geometryDeclaration> = {
  name: 'glsl/untiled/gradFilter',
  supports: () => true,
  spec: () => null,
  inputs: () => ['x', 'dy'],
  uniforms: geometryDeclaration,
  values: geometryValues,
  source: () => `
${texelSource}
${coordsSource}

void main() {
  int tapIc = (${outputIndex}) / outChannels;
  int oc = ${outputIndex} - tapIc * outChannels;
  int tap = tapIc / icg;
  int ic = oc / ocg * icg + tapIc - tap * icg;
  int ky = tap / kernelSize.y;
  ivec2 shift = ivec2(ky, tap - ky * kernelSize.y) * dilations - pad;
  // The outputs [from, to) whose column of this tap lies inside the input.
  int from = shift.y < 0 ? (-shift.y + strides.y - 1) / strides.y : 0;
  int last = inSize.y - 1 - shift.y;
  int to = last < 0 ? 0 : min(outSize.y, last / strides.y + 1);
  ivec2 xStep = ${stepOf('x', 'strides.y * xStrides.z')};
  ivec2 dyStep = ${stepOf('dy', 'yStrides.z')};
  float sum = 0.0;
  for (int n = 0; n < batch; n++) {
    for (int oy = 0; oy < outSize.x; oy++) {
      int iy = oy * strides.x + shift.x;
      if (iy < 0 || iy >= inSize.x || from >= to) continue;
      ivec2 xAt = ${texelOf('x', 'indexOf(ivec4(n, iy, from * strides.y + shift.y, ic), xStrides)')};
      ivec2 dyAt = ${texelOf('dy', 'indexOf(ivec4(n, oy, from, oc), yStrides)')};
      float row = 0.0;
      for (int ox = from; ox < to; ox++) {
        row += ${load('x', 'xAt')} * ${load('dy', 'dyAt')};
        ${advance('x', 'xAt', 'xStep')};
        ${advance('dy', 'dyAt', 'dyStep')};
      }
      sum += row;
    }
  }
  setOutput(sum);
}
`,
};
