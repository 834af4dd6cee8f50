// y = activation(x), one value a fragment: for convolutions whose sums come from a program that cannot fuse the activation.

import { activationCode } from '../activation.js';
import type { Epilogue } from '../types.js';
import { activateSource } from './activations.js';
import type { Uniform } from './glsl.js';
import { loadAt, outputIndex, texelSource } from './hostTexture.js';
import { nanSource } from './nan.js';

export const activate = {
  name: 'glsl/activate',
  inputs: ['x'],
  uniforms: ({ activation, leakyAlpha }: Epilogue): readonly Uniform[] => [
    { name: 'activation', type: 'int', value: [activationCode(activation)] },
    { name: 'leakyAlpha', type: 'float', value: [leakyAlpha] },
  ],
  source: `
${texelSource}
${nanSource}${activateSource}

void main() {
  setOutput(activate(activation, ${loadAt('x', outputIndex)}, leakyAlpha));
}
`,
} as const;
