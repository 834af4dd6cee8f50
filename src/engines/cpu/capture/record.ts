// Records a model: runs it once to warm it up, once to learn the lifetimes of its memory, and once in the memory that was
// planned by them.

import { engine, type Tensor, type TypedArray, util } from '@tensorflow/tfjs-core';
import { Refusal, Unstable } from '../../../tfjs/captureRefusal.js';
import { checkVariables, registeredVariables } from '../../../tfjs/captureVariables.js';
import type { CpuBackend } from '../backend.js';
import { isInHeap } from '../dtype.js';
import { BorrowedData, bytesPer } from '../heapData.js';
import type { WasmDevice } from '../runtime/device.js';
import { alignment } from '../runtime/heapBlock.js';
import { planMemory } from './memoryPlan.js';
import type { Recorder } from './recorder.js';
import { type Place, Replay, writeValues } from './replay.js';
import { StepRecorder } from './stepRecorder.js';
import type { Trace } from './trace.js';
import { TraceRecorder } from './traceRecorder.js';

export interface InputValues extends Pick<Place, 'shape' | 'dtype'> {
  readonly values: TypedArray;
}

/** Runs the model on tensors and returns the tensors that it gives. */
export type RunModel = (inputs: Tensor[]) => Tensor[];

/** Kernels may read this many bytes past a tensor. */
const readableTail = 64;
/** A cache that fills in the first run makes the second one differ. */
const attempts = 3;

/** @throws If the model does what cannot be replayed. */
export function record(backend: CpuBackend, inputs: readonly InputValues[], run: RunModel): Replay {
  const device = backend.device as WasmDevice;
  const owned: number[] = [];
  try {
    const places = inputs.map(({ shape, dtype, values }): Place => {
      const place = { shape, dtype, address: device.heap.alloc(bytesOf({ shape, dtype })) };
      owned.push(place.address);
      writeValues(device, place, values);
      return place;
    });
    runOnce(backend, places, (tensors, _, isOwn) => disposeAll(run(tensors).filter(isOwn)));
    for (let attempt = 1; ; attempt++) {
      try {
        return recordOnce(backend, places, owned, run);
      } catch (error) {
        if (!(error instanceof Unstable) || attempt === attempts) throw error;
      }
    }
  } catch (error) {
    for (const address of owned) device.heap.free(address);
    throw error;
  }
}

function recordOnce(backend: CpuBackend, inputs: readonly Place[], inputBlocks: number[], run: RunModel): Replay {
  const device = backend.device as WasmDevice;
  const { trace } = follow(backend, inputs, run, (data) => new TraceRecorder(backend, data)).recorder;
  const plan = planMemory(trace.blocks, alignment, readableTail);
  const arena = device.heap.withMoves(() => device.heap.alloc(plan.bytes));
  try {
    const { recorder, outputs } = follow(backend, inputs, run, (data) => {
      return new StepRecorder(backend, data, trace as Trace, plan, arena);
    });
    const { steps, external } = recorder;
    const owned = [...inputBlocks, arena, ...recorder.owned];
    const read = new Set(external);
    const variables = registeredVariables().filter(
      ([, dataId]) => backend.hasData(dataId) && read.has(backend.dataOf(dataId)),
    );
    return new Replay(backend, { inputs, outputs, steps, owned, external, variables, planBytes: plan.bytes });
  } catch (error) {
    device.heap.free(arena);
    throw error;
  }
}

/** Follows one run, and disposes of what it gives. */
function follow<R extends Recorder>(
  backend: CpuBackend,
  inputs: readonly Place[],
  run: RunModel,
  make: (data: BorrowedData[]) => R,
): { recorder: R; outputs: Place[] } {
  return runOnce(backend, inputs, (tensors, data, isOwn) => {
    const recorder = make(data);
    try {
      const outputs = recorder.follow(() => {
        const before = new Map(registeredVariables());
        const results = run(tensors);
        try {
          checkVariables(before);
          return noteOutputs(backend, recorder, results);
        } finally {
          disposeAll(results.filter(isOwn));
        }
      });
      return { recorder, outputs };
    } catch (error) {
      recorder.rescue();
      throw error;
    }
  });
}

function noteOutputs(backend: CpuBackend, recorder: Recorder, results: readonly Tensor[]): Place[] {
  const data = results.map(({ dataId }) => backend.dataOf(dataId));
  const places = results.map(({ shape, dtype }, i): Place => {
    if (!isInHeap(dtype)) throw new Refusal('outputs must be float32, int32 or bool', { dtype });
    return { shape: [...shape], dtype, address: data[i].moveToHeap() };
  });
  recorder.noteOutputs(data);
  return places;
}

/** Calls `use` with tensors at these places, which exist for that call. `isOwn` tells which tensors were made in it. */
function runOnce<T>(
  backend: CpuBackend,
  places: readonly Place[],
  use: (tensors: Tensor[], data: BorrowedData[], isOwn: (tensor: Tensor) => boolean) => T,
): T {
  const data = places.map(({ shape, dtype, address }) => {
    const borrowed = new BorrowedData(dtype, backend.device, undefined, util.sizeFromShape(shape as number[]));
    borrowed.address = address;
    return borrowed;
  });
  const tensors = places.map(({ shape, dtype }, i) => {
    const info = { dataId: backend.adopt(data[i]), shape: [...shape], dtype };
    return engine().makeTensorFromTensorInfo(info, backend);
  });
  const last = tensors[tensors.length - 1].id;
  try {
    return use(tensors, data, ({ id }) => id > last);
  } finally {
    disposeAll(tensors);
  }
}

function disposeAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

function bytesOf({ shape, dtype }: Pick<Place, 'shape' | 'dtype'>): number {
  return bytesPer(dtype) * util.sizeFromShape(shape as number[]);
}
