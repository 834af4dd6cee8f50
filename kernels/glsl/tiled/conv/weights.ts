// Filters as matrices of RGBA texels, packed once for each tensor: here from values on the CPU, by packWeights.ts on
// the GPU.
//
//   conv       X = input channel from the first of its output quad's range, Y = (q * kH + ky) * kW + kx,
//              RGBA = output channels 4q ... 4q + 3; weights outside an output channel's own group are zero
//   depthwise  X = q, Y = ky * kW + kx, RGBA = channels 4q ... 4q + 3
//   vector     X = q, Y = 0 (bias, slopes)
//
// For the gradient of the input a filter is rotated by 180 degrees: its taps are in reverse order, its outputs are
// inputs.

import type { Conv } from '../../../conv.js';
import { quadsPerOutput } from './conv.js';
import { transposeOf } from './gradInput.js';

export interface Matrix {
  readonly width: number;
  readonly height: number;
  readonly texels: Float32Array;
}

/** How a filter is read: [ky, kx, input, output] as it is, or rotated for the gradient of the input. */
export type FilterUse = 'forward' | 'gradInput';

/**
 * A matrix and where its values come from: the weight of a tap, of input channel ic and output channel oc of group g is
 * the tensor's value first + tap*tapStep + ic*icStep + oc*ocStep + g*groupStep.
 */
export interface Packing {
  /** Tells the matrices of one tensor apart. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly taps: number;
  /** Whether X is the output quad and Y the tap, for one input channel a group. */
  readonly isByQuad: boolean;
  readonly outC: number;
  /** Channels of a group. */
  readonly icg: number;
  readonly ocg: number;
  readonly first: number;
  readonly tapStep: number;
  readonly icStep: number;
  readonly ocStep: number;
  readonly groupStep: number;
}

/** How a filter [kH, kW, inC/groups, outC] is packed. */
export function convPacking(conv: Conv, use: FilterUse = 'forward'): Packing {
  const { kH, kW, inC, outC, groups } = conv;
  const [icg, ocg, taps] = [inC / groups, outC / groups, kH * kW];
  const steps =
    use === 'forward'
      ? { first: 0, tapStep: icg * outC, icStep: outC, ocStep: 1, groupStep: ocg }
      : { first: (taps - 1) * icg * outC, tapStep: -icg * outC, icStep: 1, ocStep: outC, groupStep: ocg };
  const of = use === 'forward' ? conv : transposeOf(conv);
  return {
    name: `conv ${use} ${taps} ${inC} ${outC} ${groups}`,
    width: quadsPerOutput(of) * 4,
    height: Math.ceil(of.outC / 4) * taps,
    ...{ taps, isByQuad: false, outC: of.outC, icg: of.inC / groups, ocg: of.outC / groups },
    ...steps,
  };
}

/** How a depthwise filter [kH, kW, 1, channels] is packed. */
export function depthwisePacking({ kH, kW, outC }: Conv, use: FilterUse = 'forward'): Packing {
  const taps = kH * kW;
  const steps = use === 'forward' ? { first: 0, tapStep: outC } : { first: (taps - 1) * outC, tapStep: -outC };
  return { name: `depthwise ${use} ${taps} ${outC}`, ...byQuad(outC, taps), ...steps, groupStep: 1 };
}

/** How a vector is packed; one value alone stands for all channels. */
export function vectorPacking(length: number, channels: number): Packing {
  const name = `vector ${length} ${channels}`;
  return { name, ...byQuad(channels, 1), first: 0, tapStep: 0, groupStep: length === 1 ? 0 : 1 };
}

function byQuad(channels: number, taps: number) {
  const size = { width: Math.ceil(channels / 4), height: taps };
  return { ...size, taps, isByQuad: true, outC: channels, icg: 1, ocg: 1, icStep: 0, ocStep: 0 };
}

export function packMatrix(packing: Packing, values: ArrayLike<number>): Matrix {
  const { width, height, taps, isByQuad, outC, icg, ocg, first, tapStep, icStep, ocStep, groupStep } = packing;
  const texels = new Float32Array(width * height * 4);
  for (let oc = 0; oc < outC; oc++) {
    const q = oc >> 2;
    const g = Math.floor(oc / ocg);
    const firstQuad = (Math.floor((4 * q) / ocg) * icg) >> 2;
    const begin = isByQuad ? q : g * icg - 4 * firstQuad; // where its group begins in the quad's range
    for (let tap = 0; tap < taps; tap++) {
      const row = (isByQuad ? tap : q * taps + tap) * width + begin;
      const from = first + tap * tapStep + (oc - g * ocg) * ocStep + g * groupStep;
      for (let ic = 0; ic < icg; ic++) texels[(row + ic) * 4 + (oc & 3)] = values[from + ic * icStep];
    }
  }
  return { width, height, texels };
}
