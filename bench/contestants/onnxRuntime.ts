// ONNX Runtime, native in Node or as WebAssembly, as a contestant on layers: one thread, channels first as it likes it.
// Operands come from JavaScript and results go back to it; that costs a copy of both in the WebAssembly build.

import type { Problem } from '../measure/problem.js';
import type { Task } from '../measure/turns.js';
import { onnxModel } from './onnxModel.js';

/** What is used of onnxruntime-node and onnxruntime-web, which only the first run of the benchmark installs. */
export interface Ort {
  readonly env: { readonly versions: { readonly common: string }; readonly wasm: OrtWasmFlags };
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => OrtTensor;
}

type OrtWasmFlags = { numThreads?: number; wasmPaths?: string };
type OrtTensor = { readonly data: Float32Array };
type OrtSession = { run(feeds: { x: OrtTensor }): Promise<{ y: OrtTensor }>; release(): Promise<void> };

/** Contestants on layers that are no TensorFlow.js backends. Undefined where one cannot compute the pass. */
export type LayerPeers = Readonly<Record<string, (problem: Problem) => Promise<Task | undefined>>>;

export function ortPeer(name: 'ort-web' | 'ort-node', ort: Ort): LayerPeers {
  if (name === 'ort-web') ort.env.wasm.numThreads = 1;
  const executionProviders = [name === 'ort-web' ? 'wasm' : 'cpu'];
  const options = { executionProviders, intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' };
  return {
    async [name](problem) {
      if (problem.pass !== 'forward') return undefined;
      return ortTask(ort, await ort.InferenceSession.create(onnxModel(problem), options), problem);
    },
  };
}

function ortTask(ort: Ort, session: OrtSession, { conv, operands }: Problem): Task {
  const { inC, inH, inW, outC, outH, outW } = conv;
  const x = new ort.Tensor('float32', transposed(operands.x, inH * inW, inC), [1, inC, inH, inW]);
  return {
    enter: async () => {},
    run: async () => void (await session.run({ x })),
    read: async () => transposed((await session.run({ x })).y.data, outC, outH * outW),
    dispose: () => void session.release(),
  };
}

/** [rows, columns] -> [columns, rows] */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return new Float32Array(values.length).map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
}
