// `npm start`, as a process of its own.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ESRGAN_X2, loadEsrganX2 } from '../../examples/upscale/esrgan.js';
import { crop } from '../../examples/upscale/image.js';
import { readNodeModule } from '../../examples/upscale/nodeFiles.js';
import { readPng } from '../../examples/upscale/png.js';
import { upscale } from '../../examples/upscale/upscale.js';
import '../../src/index.js';
import { photo, pngOf, repository } from '../support/demo/photo.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', 'examples/upscale.ts', ...args];
    const child = execFile(process.execPath, command, { cwd: repository }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

describe('npm start', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convnet-'));
  });

  after(() => rm(folder, { recursive: true }));

  it('writes the enlarged picture and compares the backend with cpu', async () => {
    const image = crop(await photo(), { left: 100, top: 50, width: 32, height: 24 });
    await writeFile(join(folder, 'in.png'), pngOf(image));
    const out = join(folder, 'out.png');
    const { code, stdout, stderr } = await start('--image', join(folder, 'in.png'), '--out', out, '--patch', '24');

    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/upscaling .* 2\/2 patches/);
    expect(stdout)
      .to.match(/^backend +convnet$/m)
      .and.to.match(/^ {2}engine +(cpu|webgl)$/m);
    expect(stdout).to.include(`wrote     ${out}, 64 x 48`);
    const difference = /^convnet +[\d\s]+ ms +[\d\s]+ ms +(\S+) of 255$/m.exec(stdout)?.[1];
    expect(Number(difference), stdout).to.be.below(0.05);
    expect(stdout).to.match(/^cpu +[\d\s]+ ms$/m);

    await tf.setBackend('convnet');
    const model = await loadEsrganX2(readNodeModule);
    const expected = await upscale(model, image, { ...ESRGAN_X2, patch: 24 });
    model.dispose();
    expect(Buffer.compare(Buffer.from((await readPng(out)).data), Buffer.from(expected.data))).to.equal(0);
  });

  it('ends with a message, and nothing written, when an option is wrong', async () => {
    const cases: [args: string[], message: string][] = [
      [['--image', 'none.png'], 'received image=none.png (no such file)'],
      [['--patch', '12'], 'at least 21 pixels; received patch=12'],
      [['--backend', 'abacus'], 'received backend=abacus. Known: '],
      [['--backend', 'convnet-webgl'], 'start on this machine; received backend=convnet-webgl'],
      [['--colour'], "Unknown option '--colour'"],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await start(...args, '--out', join(folder, 'never.png'));
      expect(code, message).to.equal(1);
      expect(stdout).to.equal('');
      expect(stderr).to.include(message).and.not.to.include('    at ');
    }
  });
});
