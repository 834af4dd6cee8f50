// Winograd's minimal filtering for 3x3 and 5x5 filters with stride 1, forward and input gradient: chooses the
// transforms (transforms.ts), predicts whether they are faster, and transforms the filter. plan.ts does the rest.

import type { Conv } from '../../conv.js';
import type { ConvContext } from '../conv/context.js';
import type { WasmForward, WasmGradInput } from '../conv/kernel.js';
import { tileFor } from '../conv/tiles.js';
import { transposeBatches } from '../movement/transpose.js';
import { withScratch } from '../scratch.js';
import { transformFilter } from './filter.js';
import { type Problem, planFor } from './plan.js';
import { f23, f25, f43, type Transforms } from './transforms.js';

export const winograd: WasmForward = {
  name: 'wasm/winograd',
  supports: isWinograd,
  pays,
  run(context, conv, { w, ...operands }) {
    const { device } = context;
    const transforms = transformsFor(conv, context) as Transforms;
    const { run, filter } = planFor(context, { name: 'winograd', transforms, conv, problem: conv });
    const pack = (to: number) => transformFilter(device, transforms, { ...filter, w, tapStep: filter.taps, to });
    run({ ...operands, pack });
  },
};

/** dx is the convolution of dy with the filter rotated by 180 degrees and its channels exchanged. */
export const gradInputWinograd: WasmGradInput = {
  name: 'wasm/gradInputWinograd',
  supports: isWinograd,
  pays: (conv, context) => pays(gradInputProblem(conv), context),
  run(context, conv, { dy, w, dx, weights }) {
    const { device } = context;
    const transforms = transformsFor(conv, context) as Transforms;
    const { run, filter } = planFor(context, {
      name: 'winograd rotated',
      transforms,
      conv,
      problem: gradInputProblem(conv),
    });
    const pack = (to: number) => {
      const { inC, outC } = conv;
      const batch = transforms.r * transforms.r;
      withScratch(device, 4 * batch * filter.taps, (exchanged) => {
        transposeBatches(device, { from: w, to: exchanged, batch, rows: inC, columns: outC });
        const last = exchanged + 4 * (batch - 1) * filter.taps;
        transformFilter(device, transforms, { ...filter, w: last, tapStep: -filter.taps, to });
      });
    };
    run({ x: dy, y: dx, weights, pack, low: -Infinity, high: Infinity });
  },
};

/** The convolution of dy that gives dx. */
function gradInputProblem({ batch, inH, inW, inC, outH, outW, outC, kH, kW, padTop, padLeft }: Conv): Problem {
  const sizes = { kH, kW, inH: outH, inW: outW, inC: outC, outH: inH, outW: inW, outC: inC };
  return { batch, ...sizes, padTop: kH - 1 - padTop, padLeft: kW - 1 - padLeft };
}

function isWinograd(conv: Conv, context: ConvContext): boolean {
  const { kH, kW, strideH, strideW, dilationH, dilationW, groups } = conv;
  if (kH !== kW || kH === 1) return false; // most convolutions; the choice below costs a look at a flag
  const isDense = strideH === 1 && strideW === 1 && dilationH === 1 && dilationW === 1 && groups === 1;
  return isDense && transformsFor(conv, context) != null;
}

/** The transforms for each choice and filter size. */
const transformsOf: Record<'auto' | 'f2', Partial<Record<string, Transforms>>> = {
  auto: { '3x3': f43, '5x5': f25 },
  f2: { '3x3': f23 },
};

/** `off` does not change what the kernel supports, so that tests can still run it: pays() reads that choice. */
function transformsFor(
  { kH, kW }: Pick<Problem, 'kH' | 'kW'>,
  { winograd: choice }: ConvContext,
): Transforms | undefined {
  return transformsOf[choice === 'off' ? 'auto' : choice][`${kH}x${kW}`];
}

// Nanoseconds on a 3 GHz core, measured for each stage. Only their ratios matter. A multiply-add takes 1/20.5, in a
// narrow tile 1/14. Transforms take 14 (input) and 9 (output) for each tile and channel. Weights beyond the cache
// arrive at 10 bytes/ns.
const cost = {
  multiplyAdd: 1 / 20.5,
  narrowMultiplyAdd: 1 / 14,
  input: 14,
  output: 9,
  byte: 1 / 10,
  cachedBytes: 2 ** 20,
} as const;

/** Whether the minimal filtering is expected to be faster than the plain matrix product. */
function pays(problem: Problem, context: ConvContext): boolean {
  const transforms = transformsFor(problem, context);
  if (context.winograd === 'off' || !transforms) return false;
  const { batch, outH, outW, inC, outC } = problem;
  const { m, n, r } = transforms;
  const tile = tileFor(context.tiles, outC);
  const isNarrow = tile === context.tiles.narrow;
  const tiles = batch * Math.ceil(outH / m) * Math.ceil(outW / m);
  const pairs = inC * tile.nr * Math.ceil(outC / tile.nr);
  const product = (rows: number, matrices: number) => {
    const reading = Math.max(0, 4 * matrices * pairs - cost.cachedBytes) * cost.byte;
    return rows * matrices * pairs * (isNarrow ? cost.narrowMultiplyAdd : cost.multiplyAdd) + reading;
  };
  const scale = n / 6;
  const transforming = tiles * scale * scale * (inC * cost.input + outC * cost.output * ((m + n) / 10));
  return tiles >= 4 && product(tiles, n * n) + transforming < product(batch * outH * outW, r * r);
}
