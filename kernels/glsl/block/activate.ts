// y = activation(x), every activation, in the block layout: for those that a convolution's epilogue does not fuse.

import { activationCode } from '../../activation.js';
import type { Epilogue } from '../../types.js';
import { activateSource } from '../activations.js';
import type { BlockLayout, BlockShape } from './layout.js';
import { dimsOf, maskSource, placeSource } from './place.js';
import { type BlockProgram, lines } from './program.js';

export function activateUniforms(layout: BlockLayout, { activation, leakyAlpha }: Epilogue) {
  return {
    ints: [...dimsOf(layout), activationCode(activation), 0, 0, layout.c],
    floats: [leakyAlpha, 0, 0, 0],
  };
}

export function activateProgram(block: BlockShape): BlockProgram {
  const layers = block.rows * block.columns;
  return {
    key: `glsl/block/activate ${JSON.stringify(block)}`,
    inputs: { x: 'blocks' },
    ints: ['yDims', 'activation'],
    floats: ['leak'], // `slope` is a parameter of activate()
    targets: layers,
    source: (at) => `${activateSource}
void main() {${placeSource('yDims')}
  ${at.type} xX = ${at.x('x', 'place.x + 1')};
  ${at.type} xY = ${at.y('x', 'place.y + 1')};
  vec4 values[${layers}];
  for (int layer = 0; layer < ${layers}; layer++) {
    vec4 v = ${at.blocks('x', 'xX', 'xY', at.layer('layer'))};
    for (int i = 0; i < 4; i++) v[i] = activate(activation.x, v[i], leak.x);
    values[layer] = v;
  }
${maskSource('yDims', 'activation.w', block, (i) => `values[${i}]`)}
${lines(layers, (i) => `  y${i} = values[${i}];`)}
}
`,
  };
}
