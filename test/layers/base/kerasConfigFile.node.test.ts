// Keras's configuration file as the source of the default data format. What each content gives was tried with Keras 3.15.1.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { configFile, configuredDataFormat } from '../../../src/layers/base/imageDataFormat.js';

const contents: Readonly<Record<string, string>> = {
  '{"image_data_format": "channels_first", "floatx": "float32"}': 'channels_first',
  '{"image_data_format": "channels_last"}': 'channels_last',
  '{}': 'channels_last',
  '{broken': 'channels_last',
};

const refused: Readonly<Record<string, string>> = {
  '{"image_data_format": "nchw"}': "Received: image_data_format='nchw'",
  '{"image_data_format": "Channels_First"}': "Received: image_data_format='Channels_First'",
  '{"image_data_format": null}': 'Received: image_data_format=None',
};

describe("Keras's configuration file", () => {
  let folder = '';
  let file = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'keras-home-'));
    file = join(folder, 'keras.json');
  });

  after(() => rmSync(folder, { recursive: true }));

  for (const [text, format] of Object.entries(contents)) {
    it(`${text} gives ${format}`, () => {
      writeFileSync(file, text);
      expect(configuredDataFormat(file)).to.equal(format);
    });
  }

  for (const [text, message] of Object.entries(refused)) {
    it(`${text} is refused`, () => {
      writeFileSync(file, text);
      expect(() => configuredDataFormat(file))
        .to.throw('Invalid `image_data_format` configuration')
        .with.property('message')
        .that.includes(message);
    });
  }

  it('need not exist', () => {
    expect(configuredDataFormat(join(folder, 'none', 'keras.json'))).to.equal('channels_last');
    expect(configuredDataFormat(undefined)).to.equal('channels_last');
  });

  it('is in KERAS_HOME, else in the home directory', () => {
    const before = process.env.KERAS_HOME;
    try {
      process.env.KERAS_HOME = folder;
      expect(configFile()).to.equal(file);
      process.env.KERAS_HOME = join('~', 'keras');
      expect(configFile()).to.equal(join(homedir(), 'keras', 'keras.json'));
      delete process.env.KERAS_HOME;
      expect(configFile()).to.equal(join(homedir(), '.keras', 'keras.json'));
    } finally {
      if (before === undefined) delete process.env.KERAS_HOME;
      else process.env.KERAS_HOME = before;
    }
  });

  it('is read when first asked for, and not again', () => {
    writeFileSync(file, '{"image_data_format": "channels_first"}');
    const code = `
      import { rmSync, writeFileSync } from 'node:fs';
      const file = ${JSON.stringify(file)};
      rmSync(file);
      const { conv2d, imageDataFormat, setImageDataFormat } = await import('./src/layers.ts');
      writeFileSync(file, '{"image_data_format": "channels_first"}');
      const first = conv2d({ filters: 1, kernelSize: 1 }).getKerasConfig().data_format;
      writeFileSync(file, '{"image_data_format": "channels_last"}');
      const again = imageDataFormat();
      setImageDataFormat('channels_last');
      console.log(JSON.stringify([first, again, imageDataFormat()]));`;
    const env = { ...process.env, KERAS_HOME: folder };
    const args = ['--import', 'tsx/esm', '--input-type', 'module', '--eval', code];
    const output = execFileSync(process.execPath, args, { encoding: 'utf8', env });
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).to.deep.equal([
      'channels_first',
      'channels_first',
      'channels_last',
    ]);
  });
});
