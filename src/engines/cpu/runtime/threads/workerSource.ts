// The source of a worker, as text: it is part of the bundle, where bundlers, minifiers and transpilers would rename the
// variables of a function, and both Node and browsers can start a worker from a string.
//
// The first message has the memory, the worker's thread number and id, and all programs so far. Each later one has one
// program. After each message the worker serves until there is mail, since messages arrive only while the event loop
// runs. pool.ts describes the protocol.

import { addresses, lines, words } from './layout.js';

/** How long a worker spins for the next job before it sleeps. The layers of a network follow each other faster. */
const spinMs = 0.5;
/** The most spins, for clocks that are coarse on purpose. */
const mostSpins = 20000;

export const workerSource = `'use strict';
const inNode = typeof process === 'object' && typeof process.getBuiltinModule === 'function';
const port = inNode ? process.getBuiltinModule('worker_threads').parentPort : self;
const kernels = [];
let words, memory, thread, id, received, line;
let last = 0;

port.onmessage = ({ data }) => {
  if (data.memory) {
    ({ memory, thread, id, received } = data);
    words = new Int32Array(memory.buffer, 0, ${addresses.end / 4});
    line = ${addresses.lines / 4} + thread * ${lines.words};
    data.programs.forEach(add);
  } else {
    received = (received + 1) | 0;
    add(data);
  }
  serve();
};

function add({ number, name, module }) {
  kernels[number] = new WebAssembly.Instance(module, { env: { memory } }).exports[name];
}

function isWanted() {
  return Atomics.load(words, ${words.slots} + thread) === id;
}

function serve() {
  for (;;) {
    const job = Atomics.load(words, ${words.job});
    if (!isWanted()) return port.close();
    if (Atomics.load(words, ${words.mail}) - received > 0) return;
    if ((job & 1) === 1 && job !== last) work(job);
    else rest(job);
  }
}

function work(job) {
  last = job;
  Atomics.add(words, ${words.joined}, 1);
  try {
    if (Atomics.load(words, ${words.job}) === job && isWanted()) takeChunks(job);
  } catch {
    Atomics.store(words, ${words.trapped}, 1);
  }
  if (Atomics.sub(words, ${words.joined}, 1) === 1) Atomics.notify(words, ${words.joined});
}

function takeChunks(job) {
  const kernel = kernels[words[${words.program}]];
  if (!kernel) return;
  const items = words[${words.items}];
  const chunk = words[${words.chunk}];
  words.fill(0, line + ${lines.bits}, line + ${lines.bits + lines.bitWords});
  Atomics.store(words, line + ${lines.job}, job);
  for (;;) {
    const from = Atomics.add(words, ${words.next}, chunk);
    if (from >= items) return;
    kernel(${addresses.args}, from, Math.min(from + chunk, items), thread);
    const number = from / chunk;
    Atomics.or(words, line + ${lines.bits} + (number >> 5), 1 << (number & 31));
  }
}

function rest(job) {
  const end = performance.now() + ${spinMs};
  for (let spins = 0; spins < ${mostSpins} && performance.now() < end; spins++) {
    for (let i = 0; i < 64; i++) if (Atomics.load(words, ${words.job}) !== job) return;
  }
  Atomics.wait(words, ${words.job}, job);
}
`;
