// The discrete Fourier transform along the last axis, on TensorFlow.js's textures:
// y[k] = sum over j of x[j] e^(-2 pi i j k / n), and for the inverse e^(+...) / n. The angle is a whole number of n-th
// turns, which is kept below n as an integer: in floats j k / n loses its digits from n = 1000 on, as TensorFlow.js's own
// program does.

import { turnSource } from './angle.js';

export type ComplexPart = 'real' | 'imag';

/** Operands `Real` and `Imag` [batch, n]; uniforms `float size` (n), `float direction` (-1, or 1 for the inverse). */
export function fourierSource(part: ComplexPart): string {
  const term = part === 'real' ? 're * turn.y - im * turn.x' : 're * turn.x + im * turn.y';
  return `// glsl/untiled/fourier ${part}
${turnSource}
void main() {
  ivec2 at = getOutputCoords();
  int n = int(size);
  int turns = 0;
  float sum = 0.0;
  for (int j = 0; j < n; j++) {
    vec2 turn = sinCosOfTurn(turns, n);
    turn.x *= direction;
    float re = getReal(at.x, j), im = getImag(at.x, j);
    sum += ${term};
    turns += at.y;
    turns -= turns >= n ? n : 0;
  }
  setOutput(direction > 0.0 ? sum / size : sum);
}
`;
}
