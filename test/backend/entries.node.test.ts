// The entries with one engine: each in a process of its own, since an entry registers backends when it is imported.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);

/** Imports entries in a new process, and returns what the code prints. */
async function inProcess(entries: readonly string[], code: string): Promise<unknown> {
  const urls = entries.map((entry) => new URL(`../../src/${entry}.ts`, import.meta.url).href);
  const imports = urls.map((url, i) => `const entry${i} = await import('${url}');`).join('\n');
  const script = `import * as tf from '@tensorflow/tfjs-core';\n${imports}\n${code}`;
  const { stdout } = await run(process.execPath, ['--import', 'tsx/esm', '--input-type=module', '--eval', script], {
    cwd: new URL('../../', import.meta.url),
  });
  return JSON.parse(stdout);
}

const registered = `
  const names = ['convnet', 'convnet-cpu', 'convnet-webgl'].filter((name) => tf.findBackendFactory(name) != null);
  const official = ['cpu', 'webgl'].filter((name) => tf.getKernelsForBackend(name).length > 0);
  console.log(JSON.stringify([...names, ...official.map((name) => 'official ' + name)]));`;

/** Why a backend cannot be set, as TensorFlow.js warns. */
const refusal = (name: string) => `
  const warnings = [];
  console.warn = (...args) => warnings.push(args.join(' '));
  const isSet = await tf.setBackend('${name}');
  console.log(JSON.stringify({ isSet, warnings }));`;

describe('entries with one engine', () => {
  it('/cpu registers convnet and convnet-cpu, and carries no WebGL backend', async () => {
    expect(await inProcess(['cpu'], registered)).to.deep.equal(['convnet', 'convnet-cpu', 'official cpu']);
  });

  it('/cpu computes, and says why it has no choice', async () => {
    const code = `
      await tf.setBackend('convnet');
      const y = tf.conv2d(tf.ones([1, 3, 3, 1]), tf.ones([3, 3, 1, 1]), 1, 'valid');
      console.log(JSON.stringify([entry0.backendInfo().engine, entry0.backendInfo().reason, ...y.dataSync()]));`;
    const reason = 'the app has imported tfjs-backend-convnet/cpu alone';
    expect(await inProcess(['cpu'], code)).to.deep.equal(['cpu', reason, 9]);
  });

  it('/webgl registers convnet and convnet-webgl', async () => {
    expect(await inProcess(['webgl'], registered)).to.deep.equal([
      'convnet',
      'convnet-webgl',
      'official cpu',
      'official webgl',
    ]);
  });

  it('/webgl without WebGL2 says that, and takes no other engine', async () => {
    const { isSet, warnings } = (await inProcess(['webgl'], refusal('convnet'))) as RefusalReport;
    expect(isSet).to.equal(false);
    expect(warnings.join()).to.include('WebGL2 is not available here');
  });

  it('both together have both engines, and convnet chooses', async () => {
    expect(await inProcess(['webgl', 'cpu'], registered)).to.have.members([
      'convnet',
      'convnet-cpu',
      'convnet-webgl',
      'official cpu',
      'official webgl',
    ]);
    const code = `await tf.setBackend('convnet'); console.log(JSON.stringify(entry0.backendInfo().reason));`;
    expect(await inProcess(['webgl', 'cpu'], code)).to.equal('WebGL2 is not available here');
  });

  it('a backend of an engine that is not there says what to import', async () => {
    const code = `entry0.registerConvnet('own', { device: 'webgl' });${refusal('own')}`;
    const { isSet, warnings } = (await inProcess(['cpu'], code)) as RefusalReport;
    expect(isSet).to.equal(false);
    expect(warnings.join()).to.include("own needs the engine 'webgl'; import tfjs-backend-convnet");
  });

  it('all three have the same names', async () => {
    const code = 'console.log(JSON.stringify([entry0, entry1, entry2].map((entry) => Object.keys(entry).sort())));';
    const [index, cpu, webgl] = (await inProcess(['index', 'cpu', 'webgl'], code)) as string[][];
    expect(cpu).to.deep.equal(index);
    expect(webgl).to.deep.equal(index);
  });
});

interface RefusalReport {
  readonly isSet: boolean;
  readonly warnings: readonly string[];
}
