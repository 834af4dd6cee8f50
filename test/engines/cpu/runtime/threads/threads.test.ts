// Threads give the results of one, run every item once, and survive workers that fail and changes of their number.

import { expect } from 'chai';
import { openCost, type WasmDevice } from '../../../../../src/engines/cpu/runtime/device.js';
import { resetThreadsCount } from '../../../../../src/engines/cpu/runtime/threads/count.js';
import { startWorker } from '../../../../../src/engines/cpu/runtime/threads/startWorker.js';
import { setThreadsCount } from '../../../../../src/index.js';
import {
  canShare,
  collectThreads,
  count,
  eagerDevice,
  pause,
  product,
  scale,
  trap,
} from '../../../../support/cpu/threadPrograms.js';
import { randomValues } from '../../../../support/randomCases.js';
import { captureWarnings } from '../../../../support/warnings.js';

describe('setThreadsCount', () => {
  for (const wrong of [0, 65, 1.5, -1, Number.NaN, '2' as unknown as number]) {
    it(`refuses ${typeof wrong === 'string' ? `'${wrong}'` : wrong}`, () => {
      expect(() => setThreadsCount(wrong)).to.throw(
        /^setThreadsCount: the count must be an integer from 1 to 64; received count=/,
      );
    });
  }
});

describe('threads', () => {
  if (!canShare) {
    it('there is one thread in a page that is not isolated', () => expectAlone(eagerDevice(3)));
    return;
  }

  for (const threads of [2, 3]) sameResults(threads);
  it('every item runs exactly once, with alternating programs, workers asleep or awake', everyItemOnce);
  it('threads after the memory has grown', afterGrowth);
  it('a program that fails in a worker is an error of that launch only', failingProgram);
  it('more and fewer threads', upAndDown);
  it('small launches stay on the calling thread', smallLaunches);
  it('a closed device has no memory and no workers', closed);
  describe('workers that fail', failures);
});

function sameResults(threads: number): void {
  it(`${threads} threads give the same bits as one`, async () => {
    const devices = [eagerDevice(1), eagerDevice(threads)];
    expect(await collectThreads(devices[1], threads)).to.deep.equal([...Array(threads).keys()]);
    for (let round = 0; round < 300; round++) {
      const [items, length] = [1 + ((round * 37) % 201), 1 + ((round * 11) % 67)];
      const [alone, together] = devices.map((device) => products(device, items, length, round));
      expect(together, `${items} x ${length}`).to.deep.equal(alone);
    }
    for (const device of devices) device.close();
  });
}

/** A product, then all of its results scaled in place. */
function products(device: WasmDevice, items: number, length: number, seed: number): Int32Array {
  const [x, w, y] = [items * length, 4 * length, 4 * items].map((n) => device.alloc(4 * n));
  device.floats(x, items * length).set(randomValues(items * length, seed));
  device.floats(w, 4 * length).set(randomValues(4 * length, seed + 1));
  device.launch(product, { x, w, y, length }, { items, cost: 8 * items * length });
  device.launch(scale, { x: y, y, scale: 1.7, shift: 0.1 }, { items, cost: 4 * items });
  const bits = Int32Array.from(device.ints(y, 4 * items));
  for (const address of [x, w, y]) device.free(address);
  return bits;
}

async function everyItemOnce(): Promise<void> {
  const device = eagerDevice(3);
  await collectThreads(device, 3);
  const most = 300;
  const [a, b, who, other] = [0, 1, 2, 3].map(() => device.alloc(4 * most));
  const expected = [a, b].map((address) => ({ address, counts: new Int32Array(most) }));
  for (const { address } of expected) device.ints(address, most).fill(0);
  const random = randomValues(20_000, 7);
  let helped = 0;
  const isDone = roundsAndOn(10_000, () => helped > 1000);
  let i = 0;
  for (; !isDone(i); i++) {
    const { address, counts } = expected[i % 2];
    const items = 1 + Math.floor(Math.abs(random[(2 * i) % random.length]) * (most - 1));
    const step = 1 + (i % 5);
    const work = Math.floor(Math.abs(random[(2 * i + 1) % random.length]) * 20);
    // A second program in between, whose arguments a late worker must not mistake for its own.
    if (i % 3 === 0) device.launch(scale, { x: other, y: other, scale: 0, shift: 0 }, { items: 8, cost: 32 });
    device.launch(count, { counts: address, who, step, work }, { items, cost: 1 });
    for (let item = 0; item < items; item++) counts[item] += step;
    for (const thread of device.ints(who, items)) if (thread > 0) helped++;
    if (i % 16 === 0) expectCounts(device, expected, i);
    if (i % 200 === 0) await pause(i % 400 === 0 ? 0 : 2); // so that the workers fall asleep
  }
  expectCounts(device, expected, i);
  expect(helped, 'items that workers have run').to.be.greaterThan(1000);
  device.close();
}

/** Runs at least so many rounds, and further ones until the workers have taken part: a busy machine may take long. */
function roundsAndOn(rounds: number, haveHelped: () => boolean, ms = 60_000): (round: number) => boolean {
  const end = performance.now() + ms;
  return (round) => round >= rounds && (haveHelped() || performance.now() > end);
}

function expectCounts(
  device: WasmDevice,
  expected: readonly { readonly address: number; readonly counts: Int32Array }[],
  launch: number,
): void {
  for (const { address, counts } of expected) {
    const wrong = device.ints(address, counts.length).findIndex((value, i) => value !== counts[i]);
    expect(wrong, `first item with a wrong count after launch ${launch}`).to.equal(-1);
  }
}

async function afterGrowth(): Promise<void> {
  const device = eagerDevice(2);
  expect(await collectThreads(device, 2)).to.deep.equal([0, 1]);
  for (let round = 0; round < 3; round++) {
    const big = device.alloc(40 * 2 ** 20); // the workers use the added memory at once
    const [counts, who] = [device.alloc(2 ** 23), device.alloc(2 ** 23)]; // small ones would lie at the bottom
    device.ints(counts, 64).fill(0);
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) {
      device.launch(count, { counts, who, step: 1, work: 1000 }, { items: 64, cost: 1e9 });
      for (const thread of device.ints(who, 64)) seen.add(thread);
    }
    expect([...device.ints(counts, 64)]).to.deep.equal(Array(64).fill(200));
    expect(counts).to.be.greaterThan(big);
  }
  device.close();
}

async function failingProgram(): Promise<void> {
  const device = eagerDevice(2);
  const y = device.alloc(64);
  await collectThreads(device, 2);
  let message = '';
  for (let i = 0; i < 2000 && message === ''; i++) {
    try {
      device.launch(trap, { y }, { items: 64, cost: 1e9 });
    } catch (error) {
      message = (error as Error).message;
    }
    await collectThreads(device, 2);
  }
  expect(message).to.equal('trap: the program failed in a worker');
  expect(await collectThreads(device, 2)).to.deep.equal([0, 1]);
  device.close();
}

async function upAndDown(): Promise<void> {
  const device = eagerDevice(2);
  try {
    for (const threads of [2, 1, 3, 2, 4, 1, 2]) {
      setThreadsCount(threads);
      expect(device.threads).to.equal(threads);
      expect(await collectThreads(device, threads)).to.deep.equal([...Array(threads).keys()]);
    }
    // Fewer and more at once: workers that end and workers that start must not share a thread number.
    for (let i = 0; i < 20; i++) {
      setThreadsCount(1 + (i % 3));
      products(device, 50, 20, i);
    }
  } finally {
    resetThreadsCount();
    device.close();
  }
}

/** Makes a large launch before each small one, so that a worker is awake and would help. */
async function smallLaunches(): Promise<void> {
  const device = eagerDevice(2, { eager: false });
  await collectThreads(device, 2);
  const [counts, who] = [device.alloc(4 * 64), device.alloc(4 * 64)];
  const workersIn = (cost: number) => {
    device.launch(count, { counts, who, step: 1, work: 1000 }, { items: 64, cost });
    return device.ints(who, 64).some((thread) => thread > 0);
  };
  let helped = 0;
  const isDone = roundsAndOn(200, () => helped > 0);
  for (let i = 0; !isDone(i); i++) {
    workersIn(1e9);
    expect(workersIn(openCost - 1), `launch ${i}`).to.equal(false);
    workersIn(1e9);
    if (workersIn(openCost)) helped++;
  }
  expect(helped, 'launches just large enough in which a worker took part').to.be.greaterThan(0);
  device.close();
}

function closed(): void {
  const device = eagerDevice(2);
  const address = device.alloc(64);
  device.close();
  device.free(address);
  expect(device.heap.totalBytes).to.equal(0);
  expect(() => device.floats(address, 1)).to.throw('heap: closed; tensors of a backend that has been removed');
  expect(() => device.alloc(64)).to.throw('heap: closed');
}

function failures(): void {
  const warning = (reason: string) => [
    `convnet: worker threads cannot be used here (${reason}); the CPU backend computes with one thread`,
  ];

  it('at the start', async () => {
    const device = eagerDevice(3, {
      startWorker: () => {
        throw new Error('forbidden');
      },
    });
    expect(await captureWarnings(() => expectAlone(device))).to.deep.equal(warning('forbidden'));
  });

  it('later, by an error event', async () => {
    const reports: ((reason: string) => void)[] = [];
    const device = eagerDevice(3, {
      startWorker: (_source, onError) => {
        reports.push(onError);
        return { post() {}, end() {} };
      },
    });
    expect(products(device, 50, 20, 1)).to.deep.equal(products(eagerDevice(1), 50, 20, 1));
    const warnings = await captureWarnings(() => {
      for (const report of reports) report('the policy of the page');
      return expectAlone(device);
    });
    expect(warnings).to.deep.equal(warning('the policy of the page'));
  });

  it('with a source that does not run', async () => {
    const device = eagerDevice(2, { startWorker: (_source, onError) => startWorker('throw new Error("no")', onError) });
    const warnings = await captureWarnings(async () => {
      products(device, 50, 20, 1);
      for (let i = 0; i < 500 && device.threads > 1; i++) await pause(10);
      await expectAlone(device);
    });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/cannot be used here \(.*no\)/);
  });
}

/** Expects one thread and the right results. */
async function expectAlone(device: WasmDevice): Promise<void> {
  expect(products(device, 50, 20, 1)).to.deep.equal(products(eagerDevice(1), 50, 20, 1));
  expect(await collectThreads(device, 2, 50)).to.deep.equal([0]);
  expect(device.threads).to.equal(1);
}
