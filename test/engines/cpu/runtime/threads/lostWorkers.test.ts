// Workers that die or hang in the middle of a launch: it ends all the same, with the right values, and one warning.

import { expect } from 'chai';
import type { WasmDevice } from '../../../../../src/engines/cpu/runtime/device.js';
import { addresses } from '../../../../../src/engines/cpu/runtime/threads/layout.js';
import {
  type StartWorker,
  startWorker,
  type WorkerHandle,
} from '../../../../../src/engines/cpu/runtime/threads/startWorker.js';
import {
  canShare,
  collectThreads,
  count,
  eagerDevice,
  pause,
  product,
} from '../../../../support/cpu/threadPrograms.js';
import { randomValues } from '../../../../support/randomCases.js';
import { captureWarnings } from '../../../../support/warnings.js';

const isNode = typeof process === 'object';
const threads = 3;
const rounds = 6;
/** A worker counts as lost after this time without progress. */
const lostMs = 60;
const [items, length] = [600, 400];

/** Where a worker dies in its n-th chunk, as the text of the worker's source around the call of the program. */
const places = {
  'before its chunk': (call: string, die: string) => `${die} ${call}`,
  'in the middle of its chunk': (call: string, die: string) =>
    `kernel(${addresses.args}, from, from + Math.ceil(Math.min(chunk, items - from) / 2), thread); ${die} ${call}`,
  'after its chunk': (call: string, die: string) => `${call} ${die}`,
} as const;

/** It hangs asleep: a loop would keep a core from the other tests. */
const sleep = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
const deaths = { hangs: sleep, ...(isNode && { ends: 'process.exit(0);' }) };

describe('workers lost in the middle of a launch', () => {
  if (!canShare) return; // one thread then

  for (const [place, edit] of Object.entries(places)) {
    for (const [death, code] of Object.entries(deaths)) {
      it(`a worker ${death} ${place}: the launch ends with the right values and one warning`, async () => {
        for (let round = 0; round < rounds; round++) await survives(mortal(edit, code, 1 + (round % 3)), round);
      }).timeout(60_000);
    }
  }

  it('all workers hang at once', async () => {
    await survives(mortal(places['before its chunk'], deaths.hangs, 1, 'thread > 0'), 1);
  });

  it('values that were changed in place are an error, and the next launch is right', async () => {
    const device = eagerDevice(threads, {
      lostMs,
      startWorker: mortal(places['in the middle of its chunk'], deaths.hangs, 1),
    });
    const [counts, who] = [device.alloc(4 * items), device.alloc(4 * items)];
    const work = { items, cost: 1e6, isInPlace: true };
    let message = '';
    const warnings = await captureWarnings(async () => {
      for (let i = 0; i < 5000 && message === ''; i++) {
        try {
          device.launch(count, { counts, who, step: 1, work: 2000 }, work);
        } catch (error) {
          message = (error as Error).message;
        }
        await pause(0); // a page starts its workers meanwhile
      }
    });
    expect(message).to.match(/^count: a worker thread stopped while it changed values in place.*; received chunks=\d+/);
    expect(warnings).to.deep.equal([lost('count')]);
    device.ints(counts, items).fill(0);
    device.launch(count, { counts, who, step: 1, work: 0 }, work);
    expect([...new Set(device.ints(counts, items))]).to.deep.equal([1]);
    device.close();
  });

  it('a worker that is ended from outside: idle or busy, the results are right', async () => {
    for (let round = 0; round < rounds; round++) {
      const handles: WorkerHandle[] = [];
      const start: StartWorker = (source, onError) => {
        const handle = startWorker(source, onError);
        handles.push(handle);
        return handle;
      };
      const device = eagerDevice(threads, { lostMs, startWorker: start });
      await collectThreads(device, threads);
      const expected = alone(round);
      await captureWarnings(() => {
        handles[round % 2].end(); // it stops now, or in the middle of one of these
        for (let i = 0; i < 20; i++) expect(products(device, round)).to.deep.equal(expected);
      });
      device.close();
    }
  }).timeout(60_000);
});

/** Runs products until a worker is lost, and some more. */
async function survives(start: StartWorker, seed: number): Promise<void> {
  const device = eagerDevice(threads, { lostMs, startWorker: start });
  const expected = alone(seed);
  const warnings = await captureWarnings(async () => {
    const end = performance.now() + 20_000;
    while (device.threads > 1 && performance.now() < end) {
      expect(products(device, seed)).to.deep.equal(expected);
      await pause(0); // a page starts its workers meanwhile
    }
    for (let i = 0; i < 3; i++) expect(products(device, seed)).to.deep.equal(expected);
  });
  expect(warnings).to.deep.equal([lost('product')]);
  expect(device.threads).to.equal(1);
  device.close();
}

/** Starts workers of which those with `who` die in their n-th chunk. */
function mortal(
  edit: (call: string, die: string) => string,
  death: string,
  n: number,
  who = 'thread === 1',
): StartWorker {
  return (source, onError) => {
    const call = /kernel\(\d+, .*;/.exec(source)?.[0] as string;
    const die = `if (${who} && ++globalThis.taken >= ${n}) ${death}`;
    const edited = source
      .replace(call, edit(call, die))
      .replace('const kernels', 'globalThis.taken = 0;\nconst kernels');
    return startWorker(edited, onError);
  };
}

function lost(program: string): string {
  return (
    `convnet: worker threads cannot be used here (a worker stopped in the middle of ${program}); ` +
    'the CPU backend computes with one thread'
  );
}

function alone(seed: number): Int32Array {
  const device = eagerDevice(1);
  const result = products(device, seed);
  device.close();
  return result;
}

function products(device: WasmDevice, seed: number): Int32Array {
  const [x, w, y] = [items * length, 4 * length, 4 * items].map((n) => device.alloc(4 * n));
  device.floats(x, items * length).set(randomValues(items * length, seed));
  device.floats(w, 4 * length).set(randomValues(4 * length, seed + 1));
  device.floats(y, 4 * items).fill(Number.NaN);
  device.launch(product, { x, w, y, length }, { items, cost: 8 * items * length });
  const bits = Int32Array.from(device.ints(y, 4 * items));
  for (const address of [x, w, y]) device.free(address);
  return bits;
}
