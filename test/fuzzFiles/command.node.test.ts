// The command on files that are broken or mean harm: one line on stderr, an exit code, no stack.

import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { exitCodes } from '../../src/cli/shared/exitCodes.js';
import { convnet, photo, useFolder } from '../support/convnetCommand.js';
import { fixtureFile } from '../support/keras/fixtureFiles.js';

const topology = (layer: object) => ({
  keras_version: '2.15.0',
  model_config: { class_name: 'Sequential', config: { name: 'm', layers: [layer] } },
});
const dense = (units: unknown, name: unknown = 'd') => ({
  class_name: 'Dense',
  config: { name, units, batch_input_shape: [null, 3] },
});

describe('convnet on broken files', () => {
  const { path } = useFolder();

  const files: Readonly<Record<string, () => Promise<Uint8Array | string> | Uint8Array | string>> = {
    'cut.keras': async () => (await fixtureFile('3.15.1', 'functional.keras')).slice(0, 5000),
    'empty.keras': () => '',
    'text.h5': () => 'not a model',
    'deep.json': () => `{"modelTopology": ${'['.repeat(1e5)}`,
    'huge.json': () => JSON.stringify({ modelTopology: topology(dense(1e9)), weightsManifest: [] }),
    'long.json': () =>
      JSON.stringify({ modelTopology: topology(dense(3, `\u001b[31m${'x'.repeat(1e5)}\n`)), weightsManifest: [] }),
    'null.json': () => JSON.stringify({ modelTopology: topology(dense(3)), weightsManifest: [null] }),
    'many.json': () =>
      JSON.stringify({
        modelTopology: topology(dense(3)),
        weightsManifest: [{ paths: Array(3000).fill('cut.keras'), weights: [] }],
      }),
  };

  for (const [name, content] of Object.entries(files)) {
    it(name, async () => {
      await writeFile(path(name), await content());
      const commands = [
        ['inspect', path(name)],
        ['run', path(name), '--input', photo],
        ['convert', path(name), path(`${name}.out.keras`)],
      ];
      for (const args of commands) {
        const { code, stdout, stderr } = await convnet(args);
        const ended = `${args[0]}: code ${code}, ${stderr.slice(0, 300)}`;
        if (args[0] !== 'inspect') {
          expect(code, ended).to.be.oneOf([exitCodes.unreadable, exitCodes.notLoadable]);
        }
        if (code === exitCodes.done) continue;
        expect(stderr, ended).to.match(/^convnet: [^\n]+\n$/);
        expect(stderr.length, ended).to.be.below(2100);
        expect(`${stdout}${stderr}`, ended).not.to.match(/\n +at /);
        expect(`${stdout}${stderr}`, ended).not.to.include('\u001b[31m');
      }
    }).timeout(120_000);
  }

  it('a pipe, in place of a model and in its folder', async function () {
    if (process.platform === 'win32') this.skip();
    await mkdir(path('piped'));
    execFileSync('mkfifo', [path('piped/model.keras')]);
    const { code, stderr } = await convnet(['inspect', path('piped/model.keras')]);
    expect(code).to.equal(exitCodes.unreadable);
    expect(stderr).to.match(/^convnet: .*must be a regular file/);
  }).timeout(60_000);
});
