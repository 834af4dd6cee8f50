// What runs inside the page of headless Chromium for bench/webglModels.ts.

import * as tf from '@tensorflow/tfjs';
import { modelFiles } from '../../examples/upscale/modelFiles.js';
import type { WebglBackend } from '../../src/engines/webgl/backend.js';
import { type CapturedModel, capture } from '../../src/index.js';
import { loadKerasModel } from '../../src/keras.js';
import { fetchNodeModule } from '../../test/support/models/fetchNodeModule.js';
import { useBackend } from '../contestants/tfjsBackend.js';
import { randomValues } from '../measure/randomValues.js';
import { models } from '../tables/models.js';
import { named } from '../tables/named.js';
import { shippedModels } from '../tables/shippedModels.js';

export interface ModelRequest {
  readonly kind: 'own' | 'shipped' | 'keras';
  readonly name: string;
  readonly turns: number;
}

/** Milliseconds: of JavaScript until the call returns, and until the results are read. */
interface Times {
  readonly call: number;
  readonly whole: number;
}

export interface ModelReport {
  readonly uncaptured: Times;
  readonly captured?: Times;
  /** Medians of uncaptured over captured, turn by turn. */
  readonly ratios?: Times;
  readonly replay?: { readonly draws: number; readonly bytes: number };
  /** Why it is not captured. */
  readonly refusal?: string;
  /** In an uncaptured prediction: draws of ours, conversions between the layouts, programs of TensorFlow.js by name. */
  readonly draws: number;
  readonly toTiles: number;
  readonly toTfjs: number;
  readonly inherited: Readonly<Record<string, number>>;
  /** Programs of TensorFlow.js that read what was in tiles alone. */
  readonly forcing: Readonly<Record<string, number>>;
}

declare global {
  var webglModels: { measure(request: ModelRequest): Promise<ModelReport> };
}

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer

interface Subject {
  run(x: tf.Tensor): tf.Tensor | tf.Tensor[];
  dispose(): void;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly brightest: number;
}

async function load({ kind, name }: ModelRequest): Promise<Subject> {
  if (kind === 'own') {
    const { size, brightest, load: loadOwn } = named(models, name);
    const model = await loadOwn(fetchNodeModule('/node_modules/'));
    const run = (x: tf.Tensor) => model.predict(x) as tf.Tensor;
    return { run, dispose: () => model.dispose(), shape: [1, size, size, 3], dtype: 'float32', brightest };
  }
  if (kind === 'shipped') {
    const { shape, dtype, brightest } = named(shippedModels, name);
    const model = await tf.loadGraphModel(modelFiles(`${name}.json`, fetchNodeModule('/')));
    const run = (x: tf.Tensor) => model.execute({ [model.inputs[0].name]: x });
    return { run, dispose: () => model.dispose(), shape, dtype, brightest };
  }
  const model = await loadKerasModel(`/${name}`, { onWarning: () => {} });
  const shape = (model.inputs[0].shape as (number | null)[]).map((size, i) => size ?? (i === 0 ? 1 : 224));
  const run = (x: tf.Tensor) => model.predict(x) as tf.Tensor;
  return { run, dispose: () => model.dispose(), shape, dtype: 'float32', brightest: 255 };
}

/** Runs a prediction, and reads its results. */
function time(predict: () => tf.Tensor | tf.Tensor[]): Times {
  const start = performance.now();
  const results = [predict()].flat();
  const call = performance.now() - start;
  for (const result of results) result.dataSync();
  const whole = performance.now() - start;
  tf.dispose(results);
  return { call, whole };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
const medians = (times: readonly Times[]): Times => ({
  call: median(times.map(({ call }) => call)),
  whole: median(times.map(({ whole }) => whole)),
});

/** Counts what a prediction draws, and for whom it converts. */
function count(predict: () => tf.Tensor | tf.Tensor[]) {
  const backend = tf.backend() as WebglBackend;
  const [inherited, forcing]: Record<string, number>[] = [{}, {}];
  const { runWebGLProgram } = backend;
  backend.runWebGLProgram = (...args) => {
    const [program, inputs] = args;
    const { name } = program.constructor;
    inherited[name] = (inherited[name] ?? 0) + 1;
    const converted = inputs.filter(({ dataId }) => backend.tensors.isOnlyTiled(dataId)).length;
    if (converted > 0) forcing[name] = (forcing[name] ?? 0) + converted;
    return runWebGLProgram.apply(backend, args);
  };
  const before = { ...backend.counters };
  try {
    tf.dispose(predict());
  } finally {
    Reflect.deleteProperty(backend, 'runWebGLProgram');
  }
  const { draws, toTiles, toTfjs } = backend.counters;
  const own = { draws: draws - before.draws, toTiles: toTiles - before.toTiles, toTfjs: toTfjs - before.toTfjs };
  return { ...own, inherited, forcing };
}

globalThis.webglModels = {
  async measure(request) {
    await useBackend('convnet-webgl');
    const subject = await load(request);
    const { run, brightest, dtype } = subject;
    const shape = [...subject.shape];
    const floats = randomValues(1, [0, brightest])(shape);
    const values = dtype === 'int32' ? Int32Array.from(floats) : Float32Array.from(floats);
    const plain = () => tf.tidy(() => run(tf.tensor(values, shape, dtype)));
    for (let i = 0; i < 2; i++) time(plain);
    const counts = count(plain);
    let captured: CapturedModel | undefined;
    let refusal: string | undefined;
    const x = tf.tensor(values, shape, dtype);
    try {
      captured = capture(run, x);
    } catch (error) {
      refusal = (error as Error).message;
    }
    const turns: (readonly [Times, Times | undefined])[] = [];
    for (let turn = 0; turn <= request.turns; turn++) {
      const pair = [time(plain), captured && time(() => captured?.predict(values))] as const;
      if (turn > 0) turns.push(pair);
    }
    const replay = captured && { draws: captured.info.launches, bytes: captured.info.bytes };
    captured?.dispose();
    x.dispose();
    subject.dispose();
    const uncaptured = medians(turns.map(([one]) => one));
    if (!captured) return { uncaptured, refusal, ...counts };
    const pairs = turns as (readonly [Times, Times])[];
    const ratios = medians(pairs.map(([a, b]) => ({ call: a.call / b.call, whole: a.whole / b.whole })));
    return { uncaptured, captured: medians(pairs.map(([, two]) => two)), ratios, replay, ...counts };
  },
};
