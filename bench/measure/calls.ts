// Times calls in turns: the figure of a contestant is its least, since other programs only add to it.

import type * as tf from '@tensorflow/tfjs';
import { useBackend } from '../contestants/tfjsBackend.js';
import { calls } from '../tables/calls.js';

const BACKENDS = ['convnet-cpu', 'wasm', 'cpu'] as const;
const TURNS = 25;
/** Milliseconds in which code becomes hot, and of a turn. */
const WARM_UP_MS = 400;
const TURN_MS = 5;

/** Microseconds of processor time of one call. */
function time(call: () => tf.Tensor, count: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) call().dispose();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

function warmUp(call: () => tf.Tensor): number {
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < WARM_UP_MS; count++) call().dispose();
  return Math.max(1, Math.ceil((count * TURN_MS) / WARM_UP_MS));
}

const only = new RegExp(process.argv.find((argument) => argument.startsWith('--only='))?.slice(7) ?? '');
console.log(`${'us a call'.padEnd(28)}${BACKENDS.map((backend) => backend.padStart(12)).join('')}`);
for (const { name, make } of calls.filter((each) => only.test(each.name))) {
  const contestants: { backend: string; call: () => tf.Tensor; count: number; us: number }[] = [];
  for (const backend of BACKENDS) {
    await useBackend(backend);
    const call = make();
    contestants.push({ backend, call, count: warmUp(call), us: Number.POSITIVE_INFINITY });
  }
  for (let turn = 0; turn < TURNS; turn++) {
    for (const contestant of contestants) {
      await useBackend(contestant.backend);
      contestant.us = Math.min(contestant.us, time(contestant.call, contestant.count));
    }
  }
  console.log(`${name.padEnd(28)}${contestants.map(({ us }) => us.toFixed(2).padStart(12)).join('')}`);
}
