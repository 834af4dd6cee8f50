// Records a model: runs it once to warm it up, then until two runs do the same. The draws of the last one are those of the
// replay.

import {
  type DataId,
  engine,
  type Tensor,
  type TensorInfo,
  type TypedArray,
  type Variable,
} from '@tensorflow/tfjs-core';
import { Unstable } from '../../../tfjs/captureRefusal.js';
import { checkVariables, registeredVariables } from '../../../tfjs/captureVariables.js';
import type { WebglBackend } from '../backend.js';
import type { PoolTexture } from '../gl/budget.js';
import { differenceOf } from './compareRuns.js';
import { type InputForm, type InputPlace, newInput } from './inputs.js';
import { noteOutputs, type Outputs } from './outputs.js';
import { type DrawStep, Recorder } from './recorder.js';
import { checkContext, Replay, type ReplayParts, stepsToRepeat } from './replay.js';
import { planTextures, type VirtualTexture } from './virtualTexture.js';

export interface InputValues extends InputForm {
  readonly values: TypedArray;
}

/** Runs the model on tensors and returns the tensors that it gives. */
export type RunModel = (inputs: Tensor[]) => Tensor[];

/** What one run has shown. */
interface Recorded extends Outputs {
  readonly recorder: Recorder;
  readonly inputs: readonly InputPlace[];
}

/** Runs that are followed at most. What two results share is drawn earlier from the second run on, and caches fill. */
const attempts = 5;

/** @throws If the model does what cannot be replayed. */
export function record(backend: WebglBackend, inputs: readonly InputValues[], run: RunModel): Replay {
  checkContext(backend);
  runOnce(backend, inputs, run, (results, _, isOwn) => disposeAll(results.filter(isOwn)));
  let last: Recorded | undefined;
  for (let attempt = 1; ; attempt++) {
    const next = follow(backend, inputs, run);
    const different = last && differenceOf(last.recorder, next.recorder);
    last?.recorder.giveBack();
    if (last && different === undefined) return finish(backend, next);
    last = next;
    if (attempt < attempts) continue;
    next.recorder.giveBack();
    const rule = 'two runs of the model with the same inputs differ, as with random numbers, counters or caches';
    throw new Unstable(rule, { 'last kernel': different });
  }
}

/** Follows one run, and disposes of what it gives. */
function follow(backend: WebglBackend, inputs: readonly InputValues[], run: RunModel): Recorded {
  const recorder = new Recorder(backend);
  const before = new Map<Variable, DataId>(registeredVariables());
  try {
    return recorder.follow(() => {
      const recorded = runOnce(
        backend,
        inputs,
        run,
        (results, infos, isOwn): Recorded => {
          try {
            checkVariables(before);
            const places = infos.map((info, i) => placeOf(backend, recorder, info, inputs[i]));
            return { recorder, inputs: places, ...noteOutputs(backend, recorder, infos, results) };
          } finally {
            disposeAll(results.filter(isOwn));
          }
        },
        recorder,
      );
      recorder.checkGone();
      return recorded;
    });
  } catch (error) {
    recorder.giveBack();
    throw error;
  }
}

function placeOf(backend: WebglBackend, recorder: Recorder, info: TensorInfo, form: InputForm): InputPlace {
  const { texture, texShape } = backend.texData.get(info.dataId);
  const { shape, dtype } = form;
  const place = { shape: [...shape], dtype, texShape: [...((texShape ?? [0, 0]) as [number, number])] as const };
  return texture ? { ...place, texture: recorder.noteInput(texture.texture) } : place;
}

type Use<T> = (results: readonly Tensor[], inputs: readonly TensorInfo[], isOwn: (tensor: Tensor) => boolean) => T;

/** Runs the model on new tensors, and calls `use` while they exist. `isOwn` tells which tensors were made in the run. */
function runOnce<T>(
  backend: WebglBackend,
  inputs: readonly InputValues[],
  run: RunModel,
  use: Use<T>,
  recorder?: Recorder,
): T {
  const infos = inputs.map((input) => {
    const info = newInput(backend, input, input.values);
    const { texture } = backend.texData.get(info.dataId);
    if (texture) recorder?.noteInput(texture.texture);
    return info;
  });
  const tensors = infos.map((info) => engine().makeTensorFromTensorInfo(info, backend));
  const last = tensors[tensors.length - 1].id;
  try {
    const results = run(tensors);
    return use(results, infos, ({ id }) => id > last);
  } finally {
    disposeAll(tensors);
  }
}

function disposeAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

/** Gives what has been recorded the textures that replays use. */
function finish(backend: WebglBackend, { recorder, inputs, outputs, data }: Recorded): Replay {
  const steps = stepsToRepeat(recorder.steps);
  const read = new Set(steps.flatMap(({ textures }) => textures.map(({ texture }) => texture)));
  const isConstant = (texture: VirtualTexture) => texture.isReleased && !texture.isDynamic && read.has(texture);
  recorder.giveBack(isConstant);
  const constants = [...read].filter(isConstant);
  const taken: PoolTexture[] = [];
  try {
    const inputTextures = inputs.map(({ texture }) => {
      const own = texture?.texture.another?.();
      if (own) taken.push(own);
      return own;
    });
    const others = new Set(inputs.map(({ texture }) => texture));
    for (const { source } of data) if ('texture' in source) others.add(source.texture);
    const planned = placeTextures(steps, (texture) => texture.isDynamic && !others.has(texture), taken);
    const external = [...recorder.external];
    const variables = registeredVariables().filter(([, dataId]) => recorder.external.has(dataId));
    const guarded = recorder.textures.filter((one) => !one.isReleased && !one.isDynamic).map(({ handle }) => handle);
    const parts: ReplayParts = {
      ...{ inputs, outputs, data, steps, inputTextures, planned, constants, external, variables },
      ...{ guarded: [...guarded, ...recorder.existingTextures], kinds: recorder.kinds },
    };
    return new Replay(backend, parts);
  } catch (error) {
    for (const texture of taken) texture.release();
    for (const { texture } of constants) texture.release?.();
    throw error;
  }
}

/** Takes textures for what lies between inputs and outputs, and adds them to `taken`. */
function placeTextures(
  steps: readonly DrawStep[],
  isPlanned: (texture: VirtualTexture) => boolean,
  taken: PoolTexture[],
): PoolTexture[] {
  const lives = new Map<VirtualTexture, { key: string; from: number; to: number }>();
  for (const [i, { target, textures }] of steps.entries()) {
    for (const texture of [target, ...textures.map((source) => source.texture)]) {
      if (!isPlanned(texture)) continue;
      const life = lives.get(texture) ?? { key: texture.texture.key as string, from: i, to: i };
      life.to = i;
      lives.set(texture, life);
    }
  }
  const { places, keys } = planTextures([...lives.values()]);
  const made: PoolTexture[] = [];
  const virtual = [...lives.keys()];
  for (const place of keys.keys()) {
    const first = virtual[places.indexOf(place)];
    const texture = (first.texture as PoolTexture).another();
    made.push(texture);
    taken.push(texture);
  }
  for (const [i, texture] of virtual.entries()) texture.use(made[places[i]]);
  return made;
}
