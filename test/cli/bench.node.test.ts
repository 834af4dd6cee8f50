// `convnet bench`: tests the report, not the speed.

import { expect } from 'chai';
import { exitCodes } from '../../src/cli/shared/exitCodes.js';
import { convnet, useFolder } from '../support/convnetCommand.js';

const version = '3.15.1';

describe('convnet bench', () => {
  const { fixture } = useFolder();

  it('reports every backend and every layer as JSON', async () => {
    const args = ['--backends', 'convnet-cpu,cpu,wasm', '--runs', '2', '--threads', '1', '--batch', '2', '--json'];
    const { code, stdout, stderr } = await convnet(['bench', await fixture(version, 'nested.keras'), ...args]);
    expect({ code, stderr }).to.deep.equal({ code: exitCodes.done, stderr: '' });
    const report = JSON.parse(stdout);
    expect(report).to.deep.include({ parameters: 301, inputs: [[2, 6, 6, 3]], runs: 2 });
    expect(report.backends.map((each: { backend: string }) => each.backend)).to.deep.equal([
      'convnet-cpu',
      'cpu',
      'wasm',
    ]);
    for (const { times, median, min, max, firstMs, difference, memory, layers } of report.backends) {
      expect(times).to.have.length(2);
      expect(firstMs).to.be.above(0);
      expect(min).to.be.at.most(median).and.to.be.above(0);
      expect(max).to.be.at.least(median);
      expect(difference).to.be.below(1e-5);
      expect(memory.tensorBytes).to.equal(4 * (301 + 2 * 6 * 6 * 3));
      expect(layers.map(({ name }: { name: string }) => name)).to.include.members([
        'inner_conv',
        'block/inner_conv',
        'tail/elu',
      ]);
      for (const { calls, ms } of layers) expect(calls).to.equal(ms > 0 ? calls : 0);
    }
    expect(report.backends[0].memory.heapBytes).to.be.above(0);
  });

  it('prints tables', async () => {
    const { code, stdout } = await convnet([
      'bench',
      await fixture(version, 'multi_io.h5'),
      '--runs',
      '1',
      '--layers',
      '2',
    ]);
    expect(code).to.equal(exitCodes.done);
    expect(stdout)
      .to.match(/^input +1x6x6x2, 1x4$/m)
      .and.to.match(/^backend +load +first +median/m);
    expect(stdout)
      .to.match(/^layers on convnet-cpu +class +output +parameters +ms +%$/m)
      .and.to.match(/^and \d+ layers? more;/m);
  });

  it('asks for a size where the model has none', async () => {
    const file = await fixture(version, 'free_size.keras');
    const { code, stderr } = await convnet(['bench', file, '--runs', '1']);
    expect(code).to.equal(exitCodes.usage);
    expect(stderr).to.include('give --size HEIGHTxWIDTH');
    const sized = await convnet(['bench', file, '--runs', '1', '--size', '9x7', '--json']);
    expect(JSON.parse(sized.stdout).inputs).to.deep.equal([[1, 9, 7, 3]]);
    const wrong = await convnet(['bench', await fixture(version, 'groups.keras'), '--runs', '1', '--size', '9x7']);
    expect(wrong.code).to.equal(exitCodes.usage);
  });
});
