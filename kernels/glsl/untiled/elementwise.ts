// y = f(x) and y = f(a, b) on TensorFlow.js's textures: its 2x2 values a texel, or one. TensorFlow.js writes the
// functions that read the operands, which also broadcast them.

import { nanSource } from '../nan.js';
import { binaryVectors, type UntiledBinaryName, untiledBinarySource } from './binary.js';
import { type UntiledUnaryName, unaryVectors, untiledUnarySource } from './unary.js';

/** `isPacked`: 2x2 values a texel. The operands are `X`, or `A` and `B`. */
export function untiledUnary(name: UntiledUnaryName, isPacked: boolean): string {
  const vector = isPacked ? unaryVectors[name] : undefined;
  return program({ title: `unary ${name}`, inputs: ['X'], f: untiledUnarySource(name), isPacked, vector });
}

export function untiledBinary(name: UntiledBinaryName, isPacked: boolean): string {
  const vector = isPacked ? binaryVectors[name] : undefined;
  return program({ title: `binary ${name}`, inputs: ['A', 'B'], f: untiledBinarySource(name), isPacked, vector });
}

interface Parts {
  readonly title: string;
  readonly inputs: readonly string[];
  /** The function of one value. */
  readonly f: string;
  readonly isPacked: boolean;
  /** What takes its place for four values. */
  readonly vector?: string;
}

function program({ title, inputs, f, isPacked, vector }: Parts): string {
  const at = (lane: string) => `f(${inputs.map((name) => `${name.toLowerCase()}${lane}`).join(', ')})`;
  const reads = inputs.map((name) => {
    return `  ${isPacked ? 'vec4' : 'float'} ${name.toLowerCase()} = get${name}AtOutCoords();\n`;
  });
  const y = vector ?? (isPacked ? `vec4(${['.x', '.y', '.z', '.w'].map(at).join(', ')})` : at(''));
  return `// glsl/untiled/elementwise ${title}
${nanSource}${vector ? '' : f}
void main() {
${reads.join('')}  setOutput(${y});
}
`;
}
