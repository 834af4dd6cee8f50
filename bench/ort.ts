// ONNX Runtime, native in Node or as WebAssembly, as a contestant on layers: one thread, channels first as it likes it. Its
// API takes operands from JavaScript and gives results back to it; that costs a copy of both in the WebAssembly build.

import type { LayerPeers } from './compare.js';
import type { Task } from './measure.js';
import type { Problem } from './problem.js';

/** What is used of the packages onnxruntime-node and onnxruntime-web, which only the first run of the benchmark installs. */
export interface Ort {
  readonly env: { readonly versions: Readonly<Record<string, string>>; readonly wasm: OrtWasmFlags };
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => OrtTensor;
}

interface OrtWasmFlags {
  numThreads?: number;
  wasmPaths?: string;
}

interface OrtSession {
  run(feeds: Readonly<Record<'x', OrtTensor>>): Promise<Readonly<Record<'y', OrtTensor>>>;
  release(): Promise<void>;
}

interface OrtTensor {
  readonly data: Float32Array;
}

export type OrtName = 'ort-web' | 'ort-node';

/** `modelOf` gives the layer as an ONNX model. */
export function ortPeer(name: OrtName, ort: Ort, modelOf: (problem: Problem) => Promise<Uint8Array>): LayerPeers {
  if (name === 'ort-web') ort.env.wasm.numThreads = 1;
  const executionProviders = [name === 'ort-web' ? 'wasm' : 'cpu'];
  const options = { executionProviders, intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' };
  return {
    async [name](problem) {
      if (problem.pass !== 'forward') return undefined;
      return ortTask(ort, await ort.InferenceSession.create(await modelOf(problem), options), problem);
    },
  };
}

function ortTask(ort: Ort, session: OrtSession, { conv, operands }: Problem): Task {
  const { inC, inH, inW, outC, outH, outW } = conv;
  const x = new ort.Tensor('float32', toChannelsFirst(operands.x, inH * inW, inC), [1, inC, inH, inW]);
  return {
    enter: async () => {},
    async run() {
      await session.run({ x });
    },
    async read() {
      const { y } = await session.run({ x });
      return toChannelsLast(y.data, outH * outW, outC);
    },
    dispose() {
      void session.release();
    },
  };
}

/** [pixels, channels] -> [channels, pixels] */
function toChannelsFirst(values: Float32Array, pixels: number, channels: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let pixel = 0, from = 0; pixel < pixels; pixel++) {
    for (let c = 0; c < channels; c++, from++) turned[c * pixels + pixel] = values[from];
  }
  return turned;
}

function toChannelsLast(values: Float32Array, pixels: number, channels: number): Float32Array {
  return toChannelsFirst(values, channels, pixels);
}
