// y = activation(x), one value a fragment: for convolutions whose sums come from a program that cannot fuse the
// activation.

import { activationCode } from '../../activation.js';
import type { Epilogue } from '../../epilogue.js';
import { activateSource } from '../activations.js';
import { nanSource } from '../nan.js';
import { floats, ints, type UniformValues } from '../uniforms.js';
import { loadAt, outputIndex, texelSource } from './tfjsTexture.js';

const activateDeclaration = { ...ints('activation'), ...floats('leakyAlpha') };

export const activate = {
  name: 'glsl/untiled/activate',
  inputs: ['x'],
  uniforms: activateDeclaration,
  values: ({ activation, leakyAlpha }: Epilogue): UniformValues<typeof activateDeclaration> => {
    return { activation: activationCode(activation), leakyAlpha };
  },
  source: `
${texelSource}
${nanSource}${activateSource}

void main() {
  setOutput(activate(activation, ${loadAt('x', outputIndex)}, leakyAlpha));
}
`,
} as const;
