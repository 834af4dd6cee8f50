// capture(): record what a model launches or draws, and replay it without TensorFlow.js in between.

import {
  backend as activeBackend,
  engine,
  getBackend,
  type Tensor,
  type TypedArray,
  tidy,
} from '@tensorflow/tfjs-core';
import { check, messageOf } from '../core/errors.js';
import { Refusal } from '../tfjs/captureRefusal.js';
import { type CaptureEngine, captureEngine, type EngineReplay } from './captureEngines.js';
import {
  type CaptureTree,
  fill,
  numberTensors,
  type Operand,
  operandsOf,
  type Slot,
  slotsOf,
} from './captureInputs.js';
import { noteLayer } from './layerInCall.js';

export type { CaptureTree } from './captureInputs.js';

/** What a tf.LayersModel, a tf.GraphModel and a model of loadKerasModel() have in common. */
export interface CaptureModel {
  // biome-ignore lint/suspicious/noExplicitAny: each kind of model names other inputs
  predict(inputs: any): unknown;
}

/** A function of tensors in the structure of the inputs. It must compute the same kernels at each call. */
export type CaptureFunction<I> = (inputs: I) => CaptureTree<Tensor>;

/** What a captured model consists of. */
export interface CaptureInfo {
  /** Launches of WebAssembly programs in a replay; on WebGL2, draws. */
  readonly launches: number;
  /** Kernels of plain JavaScript that a replay calls, in the order of their calls. None on WebGL2. */
  readonly javascript: readonly string[];
  /** Bytes of the memory, or of the textures, that hold all intermediate tensors. */
  readonly bytes: number;
}

export interface CapturedModel {
  /**
   * Replays the model.
   *
   * @param inputs In the structure, and of the shapes and dtypes, of the inputs of `capture`: tensors of any backend, or
   *   arrays (Float32Array for float32, Int32Array for int32, Uint8Array for bool).
   * @returns New tensors in the structure that the model gives, bit by bit those of `model.predict`. On WebGL2 that is a
   *   prediction of inputs on the GPU: official kernels compute fewer than 128 values on the CPU, which rounds otherwise.
   * @throws If an input differs in structure, shape or dtype, if the capture or the model is disposed of, or if a kernel of
   *   JavaScript gives a result of another shape than at the capture.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as the model's own
  predict(inputs: CaptureTree<Tensor | TypedArray>): any;
  /** The same, with the values in place of tensors: Float32Array, Int32Array or, for bool, Uint8Array. */
  // biome-ignore lint/suspicious/noExplicitAny: as the model's own
  predictValues(inputs: CaptureTree<Tensor | TypedArray>): any;
  readonly info: CaptureInfo;
  /** Gives all memory back. The model is not touched. */
  dispose(): void;
}

/**
 * Runs a model and records its launches, or its draws on WebGL2, with a memory plan. The result replays them for new inputs of these shapes, without
 * TensorFlow.js in between. It sees weights that change (`fit`, `setWeights`, `variable.assign`): the next call records anew.
 * It runs whatever backend is active, on the one that it was captured on.
 *
 * Everything else is as at the capture: the structure of the model, and variables of JavaScript that a function reads. What
 * a replay cannot repeat is refused with the reason: control flow, random numbers, results whose shape depends on values,
 * state that changes from call to call.
 *
 * Modelled on CUDA graphs (https://pytorch.org/blog/accelerating-pytorch-with-cuda-graphs/) and on ONNX Runtime's graph
 * capture (https://onnxruntime.ai/docs/api/js/interfaces/InferenceSession.SessionOptions.html#enableGraphCapture).
 *
 * @param model A tf.LayersModel, a tf.GraphModel, a model of `loadKerasModel`, or a function of tensors.
 * @param inputs A tensor, or a list or a dictionary of them, as `predict` or the function takes them. They stay the caller's.
 * @throws If the active backend is none of this package, or runs the CPU engine without WebAssembly, or if the model cannot
 *   be replayed.
 */
export function capture<I extends CaptureTree<Tensor>>(
  model: CaptureModel | CaptureFunction<I>,
  inputs: I,
): CapturedModel {
  const isFunction = typeof model === 'function';
  const isModel = isFunction || typeof model?.predict === 'function';
  check(isModel, where, 'the model must have predict(), or be a function of tensors', { model: typeof model });
  const run = isFunction ? (given: unknown) => model(given as I) : (given: unknown) => model.predict(given);
  const captured = new Capture(captureEngine(where), model, run, inputs);
  captured.prepare(inputs);
  return captured;
}

const where = 'capture';

class Capture implements CapturedModel {
  private readonly slots: readonly Slot[];
  /** The structures of inputs and outputs, with numbers for tensors. */
  private readonly inputTree: CaptureTree<number>;
  private outputTree: CaptureTree<number> = 0;
  private replay?: EngineReplay;
  private isDisposed = false;
  private hasRun = false;
  private readonly backendName = getBackend();

  constructor(
    private readonly engine: CaptureEngine,
    private readonly model: object,
    private readonly run: (inputs: unknown) => unknown,
    inputs: CaptureTree<Tensor>,
  ) {
    const { tree, slots } = slotsOf(inputs);
    this.slots = slots;
    this.inputTree = tree;
  }

  predict(inputs: CaptureTree<Operand>): unknown {
    const { replay, operands } = this.prepare(inputs);
    const infos = replay.predict(operands);
    return fill(this.outputTree, (i) => engine().makeTensorFromTensorInfo(infos[i], this.engine.backend));
  }

  predictValues(inputs: CaptureTree<Operand>): unknown {
    const { replay, operands } = this.prepare(inputs);
    const values = replay.predictValues(operands);
    return fill(this.outputTree, (i) => values[i]);
  }

  get info(): CaptureInfo {
    const { replay } = this;
    if (!replay) return Object.freeze({ launches: 0, javascript: [], bytes: 0 });
    const { launches, kernels, bytes } = replay;
    return Object.freeze({ launches, javascript: kernels, bytes });
  }

  dispose(): void {
    this.isDisposed = true;
    this.replay?.dispose();
    this.replay = undefined;
  }

  /** A record that holds, which is made if there is none, and the inputs in order. */
  prepare(inputs: CaptureTree<Operand>): { readonly replay: EngineReplay; readonly operands: readonly Operand[] } {
    const backend = this.backendName;
    check(!this.isDisposed, where, 'the captured model has been disposed of', { backend });
    const removed = 'the backend has been removed, and the captured model with it';
    check(!this.engine.isClosed, where, removed, { backend });
    check(!this.engine.isRecording, where, 'a captured model cannot be part of another one', { backend });
    const operands = operandsOf(this.inputTree, this.slots, inputs);
    if (!this.replay || this.replay.isStale) this.replay = this.record(operands);
    return { replay: this.replay, operands };
  }

  private record(operands: readonly Operand[]): EngineReplay {
    this.replay?.dispose();
    this.replay = undefined;
    const rule = `weights or settings have changed, so the model must run on its own backend once; call tf.setBackend('${this.backendName}') first`;
    check(activeBackend() === this.engine.backend, where, rule, { backend: getBackend() });
    const replay = this.engine.record(this.slots, operands, (tensors) => this.outputsOf(tensors));
    this.hasRun = true;
    return replay;
  }

  private outputsOf(inputs: readonly Tensor[]): Tensor[] {
    return tidy(() => {
      const { tree, tensors } = numberTensors(this.runModel(inputs), 'outputs');
      this.outputTree = tree;
      return tensors;
    });
  }

  private runModel(inputs: readonly Tensor[]): unknown {
    let layer: string | undefined;
    try {
      return noteLayer(
        this.model,
        () => this.run(fill(this.inputTree, (i) => inputs[i])),
        (name) => {
          layer = name;
        },
      );
    } catch (error) {
      if (error instanceof Refusal) {
        if (layer !== undefined) error.nameLayer(layer);
        throw error;
      }
      const problem = this.hasRun
        ? 'the model does not run any more; what it reads has changed or been disposed of'
        : 'the model does not run';
      throw new Error(`${where}: ${problem}: ${messageOf(error)}`, { cause: error });
    }
  }
}
