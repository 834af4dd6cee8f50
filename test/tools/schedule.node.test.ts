// What `npm test` does with its stages: jobs by length, files in a seeded order, suites shared out to browsers.

import { expect } from 'chai';
import { dependsOnEngine } from '../../tools/engineTests.mjs';
import { shuffled, testFiles } from '../../tools/order.mjs';
import { runStages } from '../../tools/schedule.mjs';
import { shardNames, shardOf } from '../../tools/shard.mjs';

const letters = [...'abcdefghijklmnopqrstuvwxyz'];

describe('the order of test files', () => {
  it('follows from the seed, and has every file once', () => {
    const order = shuffled(letters, '7');
    expect(order).to.deep.equal(shuffled(letters, '7'));
    expect(order).not.to.deep.equal(letters);
    expect(order).not.to.deep.equal(shuffled(letters, '8'));
    expect([...order].sort()).to.deep.equal(letters);
  });

  it('is that of their paths without a seed', () => {
    const files = testFiles((file) => file.startsWith('tools/'), '');
    expect(files).to.include('test/tools/schedule.node.test.ts');
    expect(files).to.deep.equal([...files].sort());
  });

  it('has another seed for other files', () => {
    const files = testFiles(() => true, '');
    expect(testFiles(() => true, '3'))
      .to.have.members(files)
      .and.not.to.deep.equal(files);
  });
});

describe('the tests of engines, which run in two versions of Node', () => {
  it('are whatever computes', () => {
    const files = testFiles(() => true, '').map((file) => file.replace('test/', ''));
    const left = files.filter((file) => !dependsOnEngine(file));
    expect(left).to.include('docs/links.node.test.ts');
    expect(files.filter(dependsOnEngine)).to.include.members(['ops/ops.test.ts', 'models/models.node.test.ts']);
    const isEngine = /^(backend|engines|kernels|layers|models|ops|tfjs)\//;
    // These count the bytes of launches that are left out, and run kernels of TensorFlow.js.
    const others = ['engines/cpu/runtime/largePictures.node.test.ts', 'ops/composites.node.test.ts'];
    expect(left.filter((file) => isEngine.test(file))).to.deep.equal(others);
  });
});

describe('shards', () => {
  it('have every file of the browser once, and none is empty', () => {
    const shards = testFiles((file) => !/\.(node|e2e)\.test\.ts$/.test(file), '').map(shardOf);
    expect(shards).not.to.include(undefined);
    expect([...new Set(shards)]).to.have.members(shardNames);
  });

  it('are those of the most special folder', () => {
    expect(shardOf('test/engines/webgl/conv/paths.browser.test.ts')).to.equal('conv');
    expect(shardOf('test/engines/webgl/engine.browser.test.ts')).to.equal('engines');
    expect(shardOf('test/ops/ops.test.ts')).to.equal('others');
  });
});

describe('jobs', () => {
  const passed = { passed: 1, failed: 0, skipped: 0, known: 0 };
  const events: string[] = [];

  /** It ends in the second microtask after the event of its start, as a process does not end at once. */
  function job(name: string, seconds: number) {
    const run = async () => {
      events.push(`+${name}`);
      await Promise.resolve();
      events.push(`-${name}`);
      return passed;
    };
    return { seconds, run };
  }

  beforeEach(() => {
    events.length = 0;
  });

  it('begin with the longest of all stages', async () => {
    const stages = [
      { title: 'one', jobs: [job('a', 1), job('d', 4)] },
      { title: 'two', jobs: [job('c', 3), job('b', 2)] },
    ];
    const results = await runStages(stages, 1, (title) => events.push(title));
    expect(events).to.deep.equal(['one', '+d', '-d', 'two', '+c', '-c', '+b', '-b', '+a', '-a']);
    expect(results.map(({ title, counts }) => [title, counts.length])).to.deep.equal([
      ['one', 2],
      ['two', 2],
    ]);
  });

  it('wait for the stages behind which theirs stands, while workers do others', async () => {
    const stages = [
      { title: 'build', jobs: [job('b', 1)] },
      { title: 'pack', jobs: [job('p', 2)], after: ['build'] },
      { title: 'tests', jobs: [job('t', 9)], after: ['pack', 'lint'] },
      { title: 'others', jobs: [job('x', 7), job('y', 3)] },
    ];
    const results = await runStages(stages, 2);
    expect(events.slice(0, 2)).to.deep.equal(['+b', '+x']);
    expect(events.indexOf('+p')).to.be.above(events.indexOf('-b'));
    expect(events.slice(-2)).to.deep.equal(['+t', '-t']);
    expect(results.map(({ counts }) => counts.length)).to.deep.equal([1, 1, 1, 2]);
  });

  it('run two at a time', async () => {
    let running = 0;
    let most = 0;
    const jobs = letters.map((_, i) => ({
      seconds: i,
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 0));
        running--;
        return passed;
      },
    }));
    const [{ counts }] = await runStages([{ title: 'all', jobs }], 2);
    expect({ most, runs: counts.length }).to.deep.equal({ most: 2, runs: letters.length });
  });

  it('are prepared once a stage, and not run where that fails', async () => {
    const stage = (title: string, isReady: boolean) => ({
      title,
      jobs: [job(`${title}1`, 2), job(`${title}2`, 1)],
      prepare: async () => {
        events.push(`prepare ${title}`);
        return isReady;
      },
    });
    const [good, bad] = await runStages([stage('good', true), stage('bad', false)], 2);
    expect(events.filter((event) => event.startsWith('prepare'))).to.have.members(['prepare good', 'prepare bad']);
    expect(events.filter((event) => event.includes('bad') && !event.startsWith('prepare'))).to.deep.equal([]);
    expect([good.isPrepared, good.counts.length, bad.isPrepared, bad.counts.length]).to.deep.equal([true, 2, false, 0]);
  });
});
