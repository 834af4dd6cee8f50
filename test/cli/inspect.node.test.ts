// `convnet inspect`.

import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { exitCodes } from '../../src/cli/shared/exitCodes.js';
import { convnet, photo, useFolder } from '../support/convnetCommand.js';
import { fixtureFile } from '../support/keras/fixtureFiles.js';

const version = '3.15.1';

describe('convnet inspect', () => {
  const { path, fixture } = useFolder();

  it('shows version, layers, shapes and parameters', async () => {
    const { code, stdout, stderr } = await convnet(['inspect', await fixture(version, 'nested.keras')]);
    expect({ code, stderr }).to.deep.equal({ code: exitCodes.done, stderr: '' });
    expect(stdout)
      .to.match(/^Keras +3\.15\.1$/m)
      .and.to.match(/^format +\.keras archive$/m);
    expect(stdout)
      .to.match(/^layers +11, all supported$/m)
      .and.to.match(/^weights +301 parameters in 12 weights$/m);
    expect(stdout).to.match(/^block\/inner_conv +Conv2D +\?x6x6x4 +yes$/m);
    expect(stdout).not.to.include('layers/conv2d/vars/0');
  });

  it('lists the weights with their paths', async () => {
    const { stdout } = await convnet(['inspect', await fixture(version, 'nested.keras'), '--weights']);
    expect(stdout).to.match(/^layers\/functional\/layers\/conv2d\/vars\/0 +3x3x4x4 +float32 +144$/m);
  });

  it('says what training does to quantised weights', async () => {
    for (const [name, wanted] of [
      ['quantized_int8', true],
      ['quantized_float8', false],
    ] as const) {
      const { stdout } = await convnet(['inspect', await fixture(version, `${name}.keras`)]);
      expect(stdout.includes('float32, which training then leaves as they are'), name).to.equal(wanted);
    }
  });

  it('gives all of it as JSON', async () => {
    const { code, stdout } = await convnet(['inspect', await fixture(version, 'sequential.h5'), '--json']);
    expect(code).to.equal(exitCodes.done);
    const info = JSON.parse(stdout);
    expect(info).to.include({ format: 'hdf5', kerasVersion: version, parameterCount: 475, modelClass: 'Sequential' });
    expect(info.weights).to.have.length(10);
    expect(info.layers.every((layer: { isSupported: boolean }) => layer.isSupported)).to.equal(true);
  });

  it('reads files of weights alone, older formats and URLs', async () => {
    const weights = await convnet(['inspect', await fixture(version, 'functional.weights.h5')]);
    expect(weights.stdout).to.match(/^model +none: weights only$/m);
    const legacy = await convnet(['inspect', await fixture('2.12.0', 'functional.legacy.h5'), '--json']);
    expect(JSON.parse(legacy.stdout).kerasVersion).to.equal('2.12.0');

    const bytes = await fixtureFile(version, 'groups.keras');
    const server = createServer((_, response) => response.end(bytes)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/groups.keras?key=1`;
    const remote = await convnet(['inspect', url, '--json']);
    server.close();
    expect(JSON.parse(remote.stdout)).to.include({ fileName: 'groups.keras', bytes: bytes.length });
  });

  it('shows what cannot be loaded, and ends with a code of its own', async () => {
    const { code, stdout, stderr } = await convnet(['inspect', await fixture(version, 'unknown_layers.keras')]);
    expect({ code, stderr }).to.deep.equal({ code: exitCodes.notLoadable, stderr: '' });
    expect(stdout)
      .to.match(/^layers +4, 2 supported$/m)
      .and.to.match(/^a +FirstUnknown .* NO$/m);
    expect(stdout).to.include('unknown layer class SecondUnknown (b)');
    const lambda = await convnet(['inspect', await fixture(version, 'lambda_layer.h5')]);
    expect(lambda.stdout).to.include('Python code, never run, in Lambda (twice)');
  });

  it('says in one line why a file is none', async () => {
    const whole = await fixtureFile(version, 'groups.keras');
    await writeFile(path('cut.keras'), whole.subarray(0, whole.length - 200));
    await writeFile(path('empty.h5'), '');
    for (const name of [path('cut.keras'), path('empty.h5'), path('none.h5'), path('.'), photo]) {
      const { code, stdout, stderr } = await convnet(['inspect', name, '--json']);
      expect({ code, stdout }, name).to.deep.equal({ code: exitCodes.unreadable, stdout: '' });
      expect(stderr).to.match(/^convnet: .+\n$/);
    }
  });
});
