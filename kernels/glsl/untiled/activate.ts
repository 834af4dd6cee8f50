// y = activation(x), one value a fragment: for convolutions whose sums come from a program that cannot fuse the activation.

import { activationCode } from '../../activation.js';
import type { Epilogue } from '../../epilogue.js';
import { activateSource } from '../activations.js';
import { nanSource } from '../nan.js';
import type { Uniform } from './kernel.js';
import { loadAt, outputIndex, texelSource } from './tfjsTexture.js';

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
