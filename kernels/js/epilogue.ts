// y = activation(y + bias), in place, after a kernel of plain loops.

import type { Conv } from '../conv.js';
import type { Broadcast, Epilogue } from '../epilogue.js';
import { scalarActivation } from './activations.js';

export interface EpilogueOperands {
  readonly bias?: Float32Array;
  readonly prelu?: Float32Array;
}

export function applyEpilogue(
  conv: Conv,
  epilogue: Epilogue,
  y: Float32Array,
  { bias, prelu }: EpilogueOperands,
): void {
  const { activation, leakyAlpha } = epilogue;
  if (epilogue.bias && bias) {
    broadcastOver(conv, epilogue.bias, (i, b) => {
      y[i] += bias[b];
    });
  }
  if (activation === 'linear') return;
  if (activation === 'prelu') {
    if (!epilogue.prelu || !prelu) throw new Error('epilogue: prelu needs its weights; received none');
    broadcastOver(conv, epilogue.prelu, (i, p) => {
      if (y[i] < 0) y[i] *= prelu[p];
    });
    return;
  }
  const activate = scalarActivation(activation, leakyAlpha);
  for (let i = 0; i < y.length; i++) y[i] = activate(y[i]);
}

/** Calls visit(index in y, index in the operand) for every output, in the memory order of y. */
function broadcastOver(conv: Conv, operand: Broadcast, visit: (i: number, operandIndex: number) => void): void {
  const { batch, outH, outW, outC } = conv;
  const { strideN, strideY, strideX, strideC } = operand;
  // The three inner dimensions in memory order, each with the operand's stride along it.
  const [[d1, s1], [d2, s2], [d3, s3]] =
    conv.dataFormat === 'NHWC'
      ? [
          [outH, strideY],
          [outW, strideX],
          [outC, strideC],
        ]
      : [
          [outC, strideC],
          [outH, strideY],
          [outW, strideX],
        ];
  let i = 0;
  for (let n = 0; n < batch; n++) {
    for (let a = 0; a < d1; a++) {
      for (let b = 0; b < d2; b++) {
        let p = n * strideN + a * s1 + b * s2;
        for (let c = 0; c < d3; c++, i++, p += s3) visit(i, p);
      }
    }
  }
}
