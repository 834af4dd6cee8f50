// What running a model costs in JavaScript besides its kernels: many tiny layers, and calls of a small chain, beside the
// same under TensorFlow.js's executor. `npx tsx bench/executor.ts <backend> [pairs]`. All run in this process in turns; the
// figures are processor time of a call, and the ratio is the median over pairs of theirs over ours: above 1, ours is faster.

import * as tf from '@tensorflow/tfjs';
import '../src/index.js';
import { Activation } from '../src/layers/activation/activation.js';
import { Dense } from '../src/layers/core/dense.js';
import { Add } from '../src/layers/merging/elementwiseMerging.js';
import { Dropout } from '../src/layers/regularization/dropout.js';
import { model, sequential } from '../src/layers/run/models.js';
import { median } from './measure/turns.js';

const LAYERS = 150;
const WIDTH = 4;
const PAIRS = Number(process.argv[3] ?? 40);
const RUNS = { graph: 20, chain: 100 };

type Layer = tf.layers.Layer;
type Run = () => unknown;

interface Row {
  readonly title: string;
  readonly runs: number;
  readonly ours: Run;
  readonly theirs: Run;
}

/** Makes the layers of this package, or those of TensorFlow.js. */
interface Makers {
  activation(): Layer;
  add(): Layer;
  chain(): Layer[];
}

const own: Makers = {
  activation: () => new Activation({ activation: 'relu' }),
  add: () => new Add(),
  chain: () => [
    new Dense({ units: 8, activation: 'relu', inputShape: [WIDTH] } as never),
    new Dropout({ rate: 0.5 }),
    new Dense({ units: 8 }),
    new Activation({ activation: 'relu' }),
    new Dense({ units: 2, activation: 'softmax' }),
  ],
};

const official: Makers = {
  activation: () => tf.layers.activation({ activation: 'relu' }),
  add: () => tf.layers.add(),
  chain: () => [
    tf.layers.dense({ units: 8, activation: 'relu', inputShape: [WIDTH] }),
    tf.layers.dropout({ rate: 0.5 }),
    tf.layers.dense({ units: 8 }),
    tf.layers.activation({ activation: 'relu' }),
    tf.layers.dense({ units: 2, activation: 'softmax' }),
  ],
};

/** A chain of activations with a shortcut at every third layer, behind a layer with weights if it is to be trained. */
function graph(makers: Makers, first?: Layer) {
  const inputs = tf.input({ shape: [WIDTH] });
  let x = first ? (first.apply(inputs) as tf.SymbolicTensor) : inputs;
  for (let i = 0; i < LAYERS; i++) {
    const y = makers.activation().apply(x) as tf.SymbolicTensor;
    x = i % 3 === 2 ? (makers.add().apply([x, y]) as tf.SymbolicTensor) : y;
  }
  return { inputs, outputs: x };
}

/** Milliseconds of processor time of one call. */
async function time(run: Run, runs: number): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < runs; i++) await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / runs;
}

async function report({ title, runs, ours, theirs }: Row): Promise<void> {
  for (let i = 0; i < 4; i++) for (const run of [ours, theirs]) await time(run, runs);
  const found: (readonly [ours: number, theirs: number])[] = [];
  for (let i = 0; i < PAIRS; i++) {
    const first = await time(i % 2 === 0 ? ours : theirs, runs);
    const second = await time(i % 2 === 0 ? theirs : ours, runs);
    found.push(i % 2 === 0 ? [first, second] : [second, first]);
  }
  const [mine, other] = [0, 1].map((i) => median(found.map((pair) => pair[i])).toFixed(3));
  const ratio = median(found.map(([a, b]) => b / a)).toFixed(2);
  console.log(`${title.padEnd(52)} ${mine} ms, TensorFlow.js ${other} ms, ${ratio}x`);
}

await tf.setBackend(process.argv[2] ?? 'convnet-cpu');
const x = tf.ones([1, WIDTH]);
const y = tf.tensor2d([[0, 1]]);
const predict = (each: tf.LayersModel) => () => tf.dispose(each.predict(x));
const predictOnBatch = (each: tf.LayersModel) => () => tf.dispose(each.predictOnBatch(x));
const train = (each: tf.LayersModel, target: tf.Tensor) => () => each.trainOnBatch(x, target);

const args = graph(own);
const [deep, deepThere, deepOfficial] = [model(args), tf.model(args), tf.model(graph(official))];
const chains = [sequential({ layers: own.chain() }), tf.sequential({ layers: official.chain() })];
for (const chain of chains) chain.compile({ optimizer: tf.train.sgd(1e-3), loss: 'categoricalCrossentropy' });
const [short, shortOfficial] = chains;
const trained = [model(graph(own, own.chain()[0])), tf.model(graph(official, official.chain()[0]))];
for (const each of trained) each.compile({ optimizer: tf.train.sgd(1e-3), loss: 'meanSquaredError' });
const wide = tf.ones([1, 8]);
const [ourSteps, theirSteps] = trained.map((each) => train(each, wide));
const many = `${deep.layers.length} layers`;
const few = `${short.layers.length} layers`;
const rows: readonly Row[] = [
  { title: `${many}, predict, the same layers`, runs: RUNS.graph, ours: predict(deep), theirs: predict(deepThere) },
  {
    title: `${many}, predict, layers of TensorFlow.js`,
    runs: RUNS.graph,
    ours: predict(deep),
    theirs: predict(deepOfficial),
  },
  { title: `${trained[0].layers.length} layers, trainOnBatch`, runs: 10, ours: ourSteps, theirs: theirSteps },
  { title: `${few}, predict`, runs: RUNS.chain, ours: predict(short), theirs: predict(shortOfficial) },
  {
    title: `${few}, predictOnBatch`,
    runs: RUNS.chain,
    ours: predictOnBatch(short),
    theirs: predictOnBatch(shortOfficial),
  },
  { title: `${few}, trainOnBatch`, runs: RUNS.chain, ours: train(short, y), theirs: train(shortOfficial, y) },
];
for (const row of rows) await report(row);
