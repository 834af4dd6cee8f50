// LiteRT.js, XNNPACK as WebAssembly, as a contestant on layers in the page: one thread, one .tflite file for each layer
// (litertFiles.ts). Operands stay in its memory; results are tensors there, which are deleted.

import type { Problem } from '../measure/problem.js';
import type { Task } from '../measure/turns.js';
import { layers } from '../tables/layers.js';
import type { LayerPeers } from './onnxRuntime.js';

/** What is used of @litertjs/core. */
export interface LiteRt {
  loadLiteRt(path: string, options: { threads: boolean }): Promise<unknown>;
  loadAndCompile(model: string, options: object): Promise<LiteRtModel>;
  readonly Tensor: new (data: Float32Array, shape: readonly number[]) => LiteRtTensor;
}

type LiteRtTensor = { data(): Promise<Float32Array>; delete(): void };
type LiteRtModel = { run(input: LiteRtTensor): Promise<LiteRtTensor[]>; delete(): void };

/** @param wasmFolder Where the server has the package's WebAssembly. */
export async function litertPeer(litert: LiteRt, wasmFolder: string): Promise<LayerPeers> {
  await litert.loadLiteRt(wasmFolder, { threads: false });
  return {
    async litert(problem) {
      if (problem.pass !== 'forward') return undefined;
      const file = `/${layers.findIndex(({ name }) => name === problem.layer.name)}.tflite`;
      const model = await litert.loadAndCompile(file, { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
      return litertTask(litert, model, problem);
    },
  };
}

function litertTask({ Tensor }: LiteRt, model: LiteRtModel, { operands, xShape }: Problem): Task {
  const x = new Tensor(operands.x, xShape);
  return {
    enter: async () => {},
    run: async () => {
      for (const y of await model.run(x)) y.delete();
    },
    read: async () => {
      const [y] = await model.run(x);
      const values = await y.data();
      y.delete();
      return values;
    },
    dispose: () => {
      x.delete();
      model.delete();
    },
  };
}
