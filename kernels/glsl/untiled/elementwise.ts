// y = f(x) and y = f(a, b) on TensorFlow.js's textures: its 2x2 values a texel, or one. TensorFlow.js writes the
// functions that read the operands, which also broadcast them.

import { nanSource } from '../nan.js';
import { type UntiledBinaryName, untiledBinarySource } from './binary.js';
import { type UntiledUnaryName, untiledUnarySource } from './unary.js';

/** `isPacked`: 2x2 values a texel. The operands are `X`, or `A` and `B`. */
export function untiledUnary(name: UntiledUnaryName, isPacked: boolean): string {
  return program(`unary ${name}`, untiledUnarySource(name), ['X'], isPacked);
}

export function untiledBinary(name: UntiledBinaryName, isPacked: boolean): string {
  return program(`binary ${name}`, untiledBinarySource(name), ['A', 'B'], isPacked);
}

function program(title: string, f: string, inputs: readonly string[], isPacked: boolean): string {
  const at = (lane: string) => `f(${inputs.map((name) => `${name.toLowerCase()}${lane}`).join(', ')})`;
  const reads = inputs.map((name) => {
    return `  ${isPacked ? 'vec4' : 'float'} ${name.toLowerCase()} = get${name}AtOutCoords();\n`;
  });
  const y = isPacked ? `vec4(${['.x', '.y', '.z', '.w'].map(at).join(', ')})` : at('');
  return `// glsl/untiled/elementwise ${title}
${nanSource}${f}
void main() {
${reads.join('')}  setOutput(${y});
}
`;
}
