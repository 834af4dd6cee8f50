// y = activation(conv(x, w) + bias), any convolution: one fragment computes one value of y. All faster kernels fall
// back to it, so it takes any sizes, groups, strides, dilations and data format.

import { activationCode } from '../../activation.js';
import { activateSource } from '../activations.js';
import { nanSource } from '../nan.js';
import { floats, ints, ivec4s } from '../uniforms.js';
import { broadcastStrides, coordsSource, geometryDeclaration, geometryValues } from './geometry.js';
import type { GlslKernel } from './kernel.js';
import { advance, load, loadAt, outputIndex, stepOf, texelOf, texelSource } from './tfjsTexture.js';

export interface Conv2DSpec {
  readonly bias: boolean;
  readonly prelu: boolean;
}

const conv2dDeclaration = {
  ...geometryDeclaration,
  ...ints('activation'),
  ...floats('leakyAlpha'),
  ...ivec4s('biasStrides', 'alphaStrides'),
};

export const conv2d: GlslKernel<Conv2DSpec, typeof conv2dDeclaration> = {
  name: 'glsl/untiled/conv2d',
  supports: () => true,
  spec: (_conv, epilogue) => ({ bias: epilogue?.bias != null, prelu: epilogue?.prelu != null }),
  inputs: ({ bias, prelu }) => ['x', 'w', ...(bias ? ['bias'] : []), ...(prelu ? ['alpha'] : [])],
  uniforms: conv2dDeclaration,
  values: (conv, epilogue) => ({
    ...geometryValues(conv),
    activation: activationCode(epilogue?.activation ?? 'linear'),
    leakyAlpha: epilogue?.leakyAlpha ?? 0,
    biasStrides: broadcastStrides(epilogue?.bias),
    alphaStrides: broadcastStrides(epilogue?.prelu),
  }),
  source: ({ bias, prelu }) => `
${texelSource}
${coordsSource}
${nanSource}${activateSource}

void main() {
  ivec4 at = coordsOf(${outputIndex}, outSize, outChannels); // n, oy, ox, oc
  int firstChannel = at.w / ocg * icg;
  ivec2 corner = at.yz * strides - pad;
  ivec2 xStep = ${stepOf('x', 'xStrides.w')};
  ivec2 wStep = ${stepOf('w', 'outChannels')};
  float sum = 0.0;
  for (int ky = 0; ky < kernelSize.x; ky++) {
    int iy = corner.x + ky * dilations.x;
    if (iy < 0 || iy >= inSize.x) continue;
    for (int kx = 0; kx < kernelSize.y; kx++) {
      int ix = corner.y + kx * dilations.y;
      if (ix < 0 || ix >= inSize.y) continue;
      ivec2 xAt = ${texelOf('x', 'indexOf(ivec4(at.x, iy, ix, firstChannel), xStrides)')};
      ivec2 wAt = ${texelOf('w', '(ky * kernelSize.y + kx) * icg * outChannels + at.w')};
      for (int ic = 0; ic < icg; ic++) {
        sum += ${load('x', 'xAt')} * ${load('w', 'wAt')};
        ${advance('x', 'xAt', 'xStep')};
        ${advance('w', 'wAt', 'wStep')};
      }
    }
  }
  ${bias ? `sum += ${loadAt('bias', 'indexOf(at, biasStrides)')};` : '// no bias'}
  float slope = ${prelu ? loadAt('alpha', 'indexOf(at, alphaStrides)') : 'leakyAlpha'};
  setOutput(activate(activation, sum, slope));
}
`,
};
