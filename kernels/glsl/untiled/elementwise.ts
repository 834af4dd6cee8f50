// y = f(x) and y = f(a, b) on TensorFlow.js's textures: its 2x2 values a texel, or one. TensorFlow.js writes the
// functions that read the operands, which also broadcast them.

import { nanSource } from '../nan.js';
import { binaryVectors, type UntiledBinaryName, untiledBinarySource } from './binary.js';
import { toIntSource, type UntiledUnaryName, unaryVectors, untiledUnarySource } from './unary.js';

/** What a texel holds, and what becomes of the values. */
export interface Form {
  /** Whether a texel holds 2x2 values. */
  readonly isPacked: boolean;
  /** Whether the results are made integers. Default: they are not. */
  readonly isWhole?: boolean;
}

/** The operands are `X`, or `A` and `B`. */
export function untiledUnary(name: UntiledUnaryName, form: Form): string {
  return program({
    title: `unary ${name}`,
    inputs: ['X'],
    f: untiledUnarySource(name),
    vector: unaryVectors[name],
    form,
  });
}

export function untiledBinary(name: UntiledBinaryName, form: Form): string {
  const f = untiledBinarySource(name);
  return program({ title: `binary ${name}`, inputs: ['A', 'B'], f, vector: binaryVectors[name], form });
}

interface Parts {
  readonly title: string;
  readonly inputs: readonly string[];
  /** The function of one value. */
  readonly f: string;
  readonly form: Form;
  /** What takes its place for four values. */
  readonly vector?: string;
}

function program({ title, inputs, f, form, vector: fourValues }: Parts): string {
  const { isPacked, isWhole = false } = form;
  const vector = isPacked && !isWhole ? fourValues : undefined;
  const at = (lane: string) => {
    const value = `f(${inputs.map((name) => `${name.toLowerCase()}${lane}`).join(', ')})`;
    return isWhole ? `toInt(${value})` : value;
  };
  const reads = inputs.map((name) => {
    return `  ${isPacked ? 'vec4' : 'float'} ${name.toLowerCase()} = get${name}AtOutCoords();\n`;
  });
  const y = vector ?? (isPacked ? `vec4(${['.x', '.y', '.z', '.w'].map(at).join(', ')})` : at(''));
  return `// glsl/untiled/elementwise ${title}${isWhole ? ' of integers' : ''}
${nanSource}${isWhole ? toIntSource : ''}${vector ? '' : f}
void main() {
${reads.join('')}  setOutput(${y});
}
`;
}
