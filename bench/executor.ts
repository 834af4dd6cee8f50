// The JavaScript time of running a graph: a model of many tiny layers under Keras's rules, beside the same layers under
// TensorFlow.js's executor. Both run in this process in turns; the figure is the processor time of a prediction, and the
// ratio the median over pairs of theirs over ours.

import * as tf from '@tensorflow/tfjs';
import '../src/index.js';
import { Activation } from '../src/layers/activation/activation.js';
import { Add } from '../src/layers/merging/elementwiseMerging.js';
import { model } from '../src/layers/run/models.js';

const LAYERS = 150;
const PAIRS = 40;
const RUNS = 20;

type Symbolic = tf.SymbolicTensor;

/** A chain of activations with a shortcut at every third layer. */
function graph(): { readonly inputs: Symbolic; readonly outputs: Symbolic } {
  const inputs = tf.input({ shape: [4] });
  let x = inputs;
  for (let i = 0; i < LAYERS; i++) {
    const y = new Activation({ activation: 'relu' }).apply(x) as Symbolic;
    x = i % 3 === 2 ? (new Add({}).apply([x, y]) as Symbolic) : y;
  }
  return { inputs, outputs: x };
}

/** Milliseconds of processor time of one prediction. */
function time(run: () => void): number {
  const before = process.cpuUsage();
  for (let i = 0; i < RUNS; i++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / RUNS;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

await tf.setBackend(process.argv[2] ?? 'convnet-cpu');
const args = graph();
const ours = model(args);
const theirs = tf.model(args);
const x = tf.ones([1, 4]);
const predict = (each: tf.LayersModel) => () => tf.dispose(each.predict(x));
for (const each of [ours, theirs]) time(predict(each));
const pairs = Array.from({ length: PAIRS }, (_, i) => {
  if (i % 2 === 0) return { ours: time(predict(ours)), theirs: time(predict(theirs)) };
  const first = time(predict(theirs));
  return { theirs: first, ours: time(predict(ours)) };
});
const ratio = median(pairs.map((pair) => pair.theirs / pair.ours));
const ms = (key: 'ours' | 'theirs') => median(pairs.map((pair) => pair[key])).toFixed(2);
console.log(
  `${ours.layers.length} layers on ${tf.getBackend()}: ${ms('ours')} ms, TensorFlow.js ${ms('theirs')} ms, ${ratio.toFixed(2)}x`,
);
