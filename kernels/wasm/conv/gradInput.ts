// dx of any convolution, NHWC. With stride 1 it is the convolution of dy with the filter rotated by 180 degrees and its
// channels exchanged. With a larger stride, each phase (access.ts) is such a convolution with some of the taps.

import { gradInputAxes } from './access.js';
import { columnAxis, rowAxis } from './convAxes.js';
import type { WasmGradInput } from './kernel.js';
import { planSegmented } from './segmented.js';

export const gradInput: WasmGradInput = {
  name: 'wasm/gradInput',
  supports: () => true,
  run(context, conv, { dy, w, dx, weights }) {
    const phases = context.plans.get(
      conv,
      `gradInput ${context.tiles.wide.mr} ${context.tiles.widest?.nr}`,
      (tables) => {
        const { batch, inC, outC, inH, inW, groups, kW } = conv;
        const filter = { kW, icg: inC / groups, outC, isTransposed: true };
        const sizes = { batch, inC: outC, outC: inC, outH: inH, outW: inW, groups };
        return gradInputAxes(rowAxis(conv)).flatMap((rows) =>
          gradInputAxes(columnAxis(conv)).map((columns) => {
            return planSegmented(context, { ...sizes, rows, columns, filter }, tables);
          }),
        );
      },
    );
    for (const run of phases) run({ x: dy, w, y: dx, weights });
  },
};
