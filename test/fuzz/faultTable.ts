// The deliberate faults of `npm run fuzz:faults`: changes of one line of a kernel's or an engine's text.

import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { root } from '../../tools/setup.mjs';

export interface Fault {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Faults of the CPU engine. */
export const cpuFaults: readonly Fault[] = [
  {
    name: 'padding off by one',
    file: 'kernels/wasm/conv/access.ts',
    from: 'start: -padBefore,',
    to: 'start: padBefore === 0 ? 0 : 1 - padBefore,',
  },
  {
    name: 'a missing tail lane',
    file: 'kernels/wasm/conv/gemm.ts',
    from: 'fn.if(left.eq(3), some(3)',
    to: 'fn.if(left.eq(3), some(2)',
  },
  {
    name: 'swapped strides',
    file: 'kernels/wasm/conv/convAxes.ts',
    from: '{ inH, outH, strideH, dilationH,',
    to: '{ inH, outH, strideW: strideH, dilationH,',
  },
  {
    name: 'a dilation that the gradient forgets',
    file: 'kernels/wasm/conv/access.ts',
    from: '-Math.floor((k * dilation) / stride)',
    to: '-Math.floor(k / stride)',
  },
  {
    name: 'a wrong rounding of the output size',
    file: 'src/core/conv.ts',
    from: "return Math[mode ?? 'trunc'](value);",
    to: "return Math[mode === 'round' ? 'floor' : (mode ?? 'trunc')](value);",
  },
  {
    name: 'a shortcut that does not ask for the strides',
    file: 'kernels/wasm/conv/fewPixels.ts',
    from: '(strideH === 1 || outH === 1) && (strideW === 1 || outW === 1)',
    to: 'strideH + strideW > 0',
  },
  {
    name: 'a filter that the gradient does not rotate',
    file: 'kernels/wasm/depthwise/depthwise.ts',
    from: '{ w: w + 4 * (taps - 1) * channels, tapStep: -channels }',
    to: '{ w, tapStep: channels }',
  },
  {
    name: 'a mean of equal values that is rounded',
    file: 'kernels/wasm/reduction/mean.ts',
    from: 'choose(value.add(rest), value)',
    to: 'choose(value, value)',
  },
  {
    name: 'a chunk that a worker leaves out',
    file: 'src/engines/cpu/runtime/threads/workerSource.ts',
    from: 'if (from >= items) return;',
    to: 'if (from >= items - 1) return;',
  },
];

/** Faults of the WebGL2 engine, whose self-test is off while they are looked for: it would replace the programs. */
export const webglFaults: readonly Fault[] = [
  {
    name: 'padding that a window forgets',
    file: 'kernels/glsl/tiled/conv/conv.ts',
    from: ' * strideW - padLeft;',
    to: ' * strideW;',
  },
  {
    name: 'groups that begin in the middle of four channels',
    file: 'kernels/glsl/tiled/conv/conv.ts',
    from: '(4 * q + ivec4(0, 1, 2, 3)) / ocg * icg',
    to: 'ivec4(4 * q) / ocg * icg',
  },
  {
    name: 'swapped paddings in the gradient of the filter',
    file: 'kernels/glsl/tiled/conv/gradFilter.ts',
    from: '(tap - ky * kW) * dilationW - padLeft',
    to: '(tap - ky * kW) * dilationW - padTop',
  },
  {
    name: 'a window that the gradient of pooling leaves out',
    file: 'kernels/glsl/tiled/pooling/poolGrad.ts',
    from: '[Math.ceil(kH / strideH), Math.ceil(kW / strideW)]',
    to: '[Math.ceil(kH / strideH), Math.max(1, Math.floor(kW / strideW))]',
  },
  {
    name: 'channels beyond the last that softmax counts',
    file: 'kernels/glsl/tiled/reduction/softmax.ts',
    from: 'mix(vec4(0.0), power(',
    to: 'mix(power(vec4(0.0)), power(',
  },
  {
    name: 'rows that a resize weighs as columns',
    file: 'kernels/glsl/tiled/resize/bilinear.ts',
    from: '.z) / float(rowAxis.z)',
    to: '.z) / float(columnAxis.z)',
  },
  {
    name: 'one channel that is not spread over all',
    file: 'kernels/glsl/tiled/elementwise/binary.ts',
    from: 'bC == 1 ? b.xxxx : b',
    to: 'b',
  },
];

/** Puts a fault into a bundle. `check()` throws if its text is not there, or more than once. */
export function faultPlugin({ file, from, to }: Fault): { readonly plugin: Plugin; check(): void } {
  let places = 0;
  return {
    plugin: {
      name: 'fault',
      transform(code, id) {
        if (id !== join(root, file)) return null;
        places = code.split(from).length - 1;
        return code.replace(from, () => to);
      },
    },
    check() {
      if (places === 1) return;
      throw new Error(`fuzz:faults: the text must be once in ${file}; received ${places} of ${from}`);
    },
  };
}
