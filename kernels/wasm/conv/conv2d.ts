// y = clamp(conv(x, w) + bias) of any geometry, NHWC: one segmented matrix product.

import { forwardAxis } from './access.js';
import { columnAxis, rowAxis } from './convAxes.js';
import type { WasmForward } from './kernel.js';
import { planSegmented } from './segmented.js';

export const conv2d: WasmForward = {
  name: 'wasm/conv2d',
  appliesSlopes: true,
  supports: () => true,
  run(context, conv, operands) {
    // The tiles stand for the kind: to write a text for each call takes longer than to find the plan.
    context.plans.get(conv, context.tiles, (tables) => {
      const { batch, inC, outC, outH, outW, groups, kW } = conv;
      const filter = { kW, icg: inC / groups, outC, isTransposed: false };
      const rows = forwardAxis(rowAxis(conv));
      const columns = forwardAxis(columnAxis(conv));
      const sizes = { batch, inC, outC, outH, outW, groups };
      return planSegmented(context, { ...sizes, rows, columns, filter }, tables);
    })(operands);
  },
};
