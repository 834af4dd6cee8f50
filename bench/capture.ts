// Captured models beside the same models uncaptured, and beside tfjs-wasm: `npx tsx bench/capture.ts [--models=<folder>]
// [--only=<name>]`. It takes the models of the development dependencies and, from a folder, graph models such as those of
// `@vladmandic/human`. All run in this process with one thread, in turns; a figure is the processor time of a prediction,
// and a ratio the median over the turns.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { readNodeModule } from '../examples/upscale/nodeFiles.js';
import { capture } from '../src/index.js';
import { useBackend } from './contestants/tfjsBackend.js';
import { randomValues } from './measure/randomValues.js';
import { models } from './tables/models.js';

const TURNS = 15;
/** Milliseconds of a contestant's turn, at least one prediction. */
const TURN_MS = 60;

type Model = tf.LayersModel | tf.GraphModel;
type Load = () => Promise<Model>;

interface Row {
  readonly name: string;
  readonly load: Load;
  /** The shape of the picture, where the model leaves it open. */
  readonly shape?: readonly number[];
  readonly brightest?: number;
}

function option(name: string): string | undefined {
  return process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}

async function graphModel(folder: string, file: string): Promise<tf.GraphModel> {
  const json = JSON.parse(await readFile(join(folder, file), 'utf8')) as tf.io.ModelJSON;
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(paths.map((path) => readFile(join(folder, path))));
  const weightData = Uint8Array.from(Buffer.concat(parts)).buffer;
  const weightSpecs = json.weightsManifest.flatMap((group) => group.weights);
  return tf.loadGraphModel({ load: async () => ({ ...json, weightSpecs, weightData }) });
}

async function rowsOf(folder: string | undefined): Promise<Row[]> {
  const own = models.map(({ name, size, brightest, load }): Row => {
    return { name, load: () => load(readNodeModule), shape: [1, size, size, 3], brightest };
  });
  const files = folder ? (await readdir(folder)).filter((file) => file.endsWith('.json')) : [];
  return [...own, ...files.map((file) => ({ name: file, load: () => graphModel(folder as string, file) }))];
}

/** Random inputs; open sizes are 1 for the batch, else 256. */
function inputsOf(model: Model, { shape, brightest = 1 }: Row): tf.Tensor | tf.Tensor[] {
  const random = randomValues(1, [0, brightest]);
  const inputs = model.inputs.map((input) => {
    const open = (input.shape ?? []) as (number | null)[];
    const sizes = shape ?? open.map((n, i) => (n == null || n < 0 ? (i === 0 ? 1 : 256) : n));
    return tf.tensor(random([...sizes]), [...sizes], input.dtype as 'float32');
  });
  return inputs.length === 1 ? inputs[0] : inputs;
}

/** Milliseconds of processor time of one prediction. */
function time(run: () => void): number {
  const before = process.cpuUsage();
  const start = performance.now();
  let runs = 0;
  for (; runs === 0 || performance.now() - start < TURN_MS; runs++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / runs;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Predicts, and reads the results as an app does. */
function predictOf(model: Model, inputs: tf.Tensor | tf.Tensor[]): () => void {
  return () => {
    const outputs = [model.predict(inputs) as tf.Tensor].flat();
    for (const output of outputs) output.dataSync();
    tf.dispose(outputs);
  };
}

async function measure(row: Row): Promise<string> {
  await useBackend('wasm');
  const wasmModel = await row.load();
  const wasmInputs = inputsOf(wasmModel, row);
  await useBackend('convnet-cpu');
  const model = await row.load();
  const inputs = inputsOf(model, row);
  const captured = capture(model, inputs);
  const arrays = [inputs].flat().map((input) => input.dataSync() as Float32Array);
  const contestants: readonly (readonly [string, () => void])[] = [
    ['convnet-cpu', () => void captured.predictValues(arrays.length === 1 ? arrays[0] : arrays)],
    ['convnet-cpu', predictOf(model, inputs)],
    ['wasm', predictOf(wasmModel, wasmInputs)],
  ];
  const turns: number[][] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const times: number[] = [];
    for (const [backend, run] of contestants) {
      await useBackend(backend);
      times.push(time(run));
    }
    if (turn > 0) turns.push(times);
  }
  const { launches, javascript, bytes } = captured.info;
  captured.dispose();
  for (const one of [model, wasmModel]) one.dispose();
  const ms = [0, 1, 2].map((i) => median(turns.map((times) => times[i])).toFixed(2));
  const [plain, wasm] = [1, 2].map((i) => median(turns.map((times) => times[i] / times[0])).toFixed(2));
  return `${row.name.padEnd(28)} captured ${ms[0]} ms, uncaptured ${ms[1]} ms (${plain}x), wasm ${ms[2]} ms (${wasm}x); \
${launches} launches, ${javascript.length} kernels in JavaScript, ${(bytes / 1e6).toFixed(1)} MB`;
}

for (const row of await rowsOf(option('models'))) {
  if (!row.name.includes(option('only') ?? '')) continue;
  try {
    console.log(await measure(row));
  } catch (error) {
    console.log(`${row.name.padEnd(28)} ${(error as Error).message}`);
  }
}
