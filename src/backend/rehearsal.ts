// What the CPU engine does while an app waits for the files of its model: it runs the kernels that networks call most on
// images of a few pixels. So their WebAssembly is compiled, and the JavaScript around them is, before the first
// prediction. A turn takes some milliseconds, between other work of the app.

import { getKernel, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { CpuBackend } from '../engines/cpu/backend.js';
import { sizeOf } from '../engines/cpu/ops/cpuKernel.js';

/** A call of a kernel: shapes of its inputs, and its attributes. */
interface Call {
  readonly kernel: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly attrs?: object;
}

/** Sixteen channels fill a block of every kernel. */
const channels = 16;
const image = [1, 12, 12, channels];
const window = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1], dimRoundingMode: undefined };
const stepped = { ...window, strides: [2, 2] };

const conv = (k: number, x: readonly number[], activation: string, attrs: object = window, outC = channels): Call => {
  const shapes = { x, filter: [k, k, x[3], outC], bias: [outC] };
  const slopes = { preluActivationWeights: [1, 1, outC] };
  const isPrelu = activation === 'prelu';
  return {
    kernel: 'FusedConv2D',
    shapes: isPrelu ? { ...shapes, ...slopes } : shapes,
    attrs: { ...attrs, activation },
  };
};
const depthwise = (activation: string, attrs: object = window): Call => {
  const shapes = { x: image, filter: [3, 3, channels, 1], bias: [channels] };
  return { kernel: 'FusedDepthwiseConv2D', shapes, attrs: { ...attrs, activation } };
};
const none = [0, 0];

/** No call begins after so many milliseconds of a turn. */
const turnMs = 4;

/** What most networks need comes first. */
const calls: readonly Call[] = [
  conv(3, [1, 12, 12, 3], 'relu', stepped),
  depthwise('linear'),
  conv(1, image, 'relu6'),
  depthwise('linear', stepped),
  { kernel: 'Add', shapes: { a: image, b: image } },
  { kernel: 'MaxPool', shapes: { x: image }, attrs: { filterSize: [2, 2], strides: [2, 2], pad: 'same' } },
  conv(1, image, 'linear', window, 8),
  conv(1, image, 'prelu'),
  { kernel: 'Prelu', shapes: { x: image, alpha: [1, 1, channels] } },
  conv(1, [1, 1, 1, channels], 'linear'),
  { kernel: 'Relu', shapes: { x: image } },
  { kernel: 'PadV2', shapes: { x: image }, attrs: { paddings: [none, none, none, [0, channels]], constantValue: 0 } },
  { kernel: 'Sigmoid', shapes: { x: image } },
  { kernel: 'Slice', shapes: { x: image }, attrs: { begin: [0, 0, 0, 0], size: [1, 12, 12, 8] } },
  conv(1, image, 'linear', window, 4),
  { kernel: 'Multiply', shapes: { a: image, b: [1, 1, 1, channels] } },
  { kernel: 'Reshape', shapes: { x: image }, attrs: { shape: [12, 12, channels] } },
];

/**
 * Runs these calls, one at a time, whenever the app waits for something. It ends when the backend is removed, and at an
 * error, which the app's own call will meet.
 *
 * @param name The name that the backend's kernels are registered under.
 */
export function rehearse(backend: CpuBackend, name: string): void {
  const waiting = calls.values();
  const turn = () => {
    if (backend.isClosed) return;
    if (backend.device?.recording) return whenIdle(turn);
    const start = performance.now();
    do {
      const { value: call } = waiting.next();
      if (!call || !run(backend, name, call)) return;
    } while (performance.now() - start < turnMs);
    whenIdle(turn);
  };
  whenIdle(turn);
}

/** Returns whether the call has a result. All that it makes is gone afterwards. */
function run(backend: CpuBackend, name: string, { kernel, shapes, attrs = {} }: Call): boolean {
  const made: TensorInfo[] = [];
  const zeros = (ofInput: readonly number[]): TensorInfo => {
    const shape = [...ofInput];
    const dataId = backend.write(new Float32Array(sizeOf(shape)), shape, 'float32');
    const tensor = { dataId, shape, dtype: 'float32' } as const;
    made.push(tensor);
    return tensor;
  };
  try {
    const inputs = Object.fromEntries(Object.entries(shapes).map(([input, shape]) => [input, zeros(shape)]));
    const result = getKernel(kernel, name).kernelFunc({ inputs, attrs: attrs as NamedAttrMap, backend });
    made.push(...[result].flat());
    return true;
  } catch {
    return false;
  } finally {
    for (const { dataId } of made) backend.disposeData(dataId);
  }
}

interface Idle {
  /** Browsers have it in pages, but not in workers. */
  readonly requestIdleCallback?: (turn: () => void) => void;
  /** Node has it: after what waits for files and the network. */
  readonly setImmediate?: (turn: () => void) => void;
}

function whenIdle(turn: () => void): void {
  const { requestIdleCallback, setImmediate = setTimeout } = globalThis as Idle;
  (requestIdleCallback ?? setImmediate)(turn);
}
