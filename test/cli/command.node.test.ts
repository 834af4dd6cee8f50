// `convnet` as a whole: help, version, usage errors, and the message for a missing TensorFlow.js.

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { exitCodes } from '../../src/cli/shared/exitCodes.js';
import { commandFile, convnet, convnetAlone, repository, useFolder } from '../support/convnetCommand.js';

describe('convnet', () => {
  const { path, fixture } = useFolder();

  it('explains itself with examples and exit codes', async () => {
    const { code, stdout, stderr } = await convnet(['--help']);
    expect({ code, stderr }).to.deep.equal({ code: exitCodes.done, stderr: '' });
    for (const name of ['inspect', 'convert', 'run', 'bench']) {
      expect(stdout).to.match(new RegExp(`^  ${name} .*<`, 'm'));
      expect(stdout).to.include(`$ convnet ${name} `);
    }
    for (const value of Object.values(exitCodes)) expect(stdout).to.match(new RegExp(`^ +${value}  \\w`, 'm'));
  });

  for (const name of ['inspect', 'convert', 'run', 'bench']) {
    it(`explains ${name} with examples`, async () => {
      const [help, helpCommand] = [await convnet([name, '--help']), await convnet(['help', name])];
      expect(help.code).to.equal(exitCodes.done);
      expect(help.stdout).to.include(`Usage: convnet ${name} [options] <`).and.to.include('Examples:');
      expect(help.stdout).to.include('--json').and.to.include('--debug');
      expect(helpCommand.stdout).to.equal(help.stdout);
    });
  }

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
    expect(await convnet(['--version'])).to.deep.equal({ code: exitCodes.done, stdout: `${version}\n`, stderr: '' });
  });

  it('keeps the line that makes it a program', async () => {
    expect(await readFile(await commandFile(), 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  it('says what is wrong with the arguments', async () => {
    const cases: [args: string[], message: string][] = [
      [['frobnicate'], "unknown command 'frobnicate'"],
      [['inspect'], "missing required argument 'file'"],
      [['inspect', 'a.keras', '--colour'], "unknown option '--colour'"],
      [['inspect', 'a.keras', 'b.keras'], 'too many arguments'],
      [['run', 'a.keras'], 'name a picture: --input <picture>'],
      [['run', 'a.keras', '--input', 'b.png', '--scale', '0..2'], 'Allowed choices are 0..1, -1..1, none.'],
      [['run', 'a.keras', '--input', 'b.png', '--size', '12x'], 'It must be HEIGHTxWIDTH in pixels'],
      [['run', 'a.keras', '--input', 'b.png', '--backend', 'abacus'], "no backend 'abacus' here; known are convnet,"],
      [['run', 'a.keras', '--input', 'b.png', '--output', 'c.gif'], "--output must end in .png; received 'c.gif'"],
      [['bench', 'a.keras', '--runs', '0'], 'It must be a whole number of at least 1.'],
      [['bench', 'a.keras', '--backends', ','], 'It must name at least one.'],
      [['convert', 'a.keras', 'b', '--quantize', 'int4'], 'Allowed choices are float16, uint8, uint16.'],
      [['convert', 'a.keras', 'b', '--shard-mb', 'x'], 'It must be a number of at least'],
      [
        ['convert', 'a.keras', 'b.onnx'],
        "must end in .keras, .h5 or .weights.h5, or be the name of a folder; received 'b.onnx'",
      ],
      [['convert', 'a.keras', 'b.h5', '--quantize', 'uint8'], '--quantize is for TensorFlow.js folders'],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await convnet(args);
      expect({ code, stdout }, `${args} ${stderr}`).to.deep.equal({ code: exitCodes.usage, stdout: '' });
      expect(stderr)
        .to.match(/^convnet: /)
        .and.to.include(message)
        .and.not.to.include('    at ');
    }
  });

  it('prints a stack with --debug only', async () => {
    const plain = await convnet(['inspect', 'none.keras']);
    expect(plain.stderr).to.equal("convnet: cannot read 'none.keras': no such file or folder\n");
    const debug = await convnet(['inspect', 'none.keras', '--debug']);
    expect(debug.stderr.startsWith(plain.stderr)).to.equal(true);
    expect(debug.stderr).to.include('    at ').and.to.include('ENOENT');
    expect(debug.code).to.equal(plain.code);
  });

  it('says which package is missing', async () => {
    const alone = await convnetAlone(path('alone'));
    expect((await convnet(['--help'], alone)).code).to.equal(exitCodes.done);
    const { code, stdout, stderr } = await convnet(['inspect', await fixture('3.15.1', 'groups.keras')], alone);
    expect({ code, stdout }).to.deep.equal({ code: exitCodes.computation, stdout: '' });
    expect(stderr).to.match(
      /^convnet: the package @tensorflow\/tfjs-[\w-]+ is needed and is not installed; run: npm install @tensorflow\/tfjs, or without installing: npx -p @tensorflow\/tfjs -p tfjs-backend-convnet convnet \.\.\.\n$/,
    );
  });

  it('says how to get the wasm backend where it is not installed', async () => {
    const alone = await convnetAlone(path('noWasm'), ['core', 'layers', 'backend-cpu', 'backend-webgl', 'converter']);
    const file = await fixture('3.15.1', 'groups.keras');
    const { code, stdout, stderr } = await convnet(['bench', file, '--runs', '1', '--backends', 'cpu,wasm'], alone);
    expect({ code, stdout }).to.deep.equal({ code: exitCodes.computation, stdout: '' });
    expect(stderr).to.include('run: npm install @tensorflow/tfjs-backend-wasm');
    expect((await convnet(['bench', file, '--runs', '1'], alone)).code).to.equal(exitCodes.done);
  });

  it('stops at Ctrl+C', async () => {
    const child = spawn(process.execPath, [
      await commandFile(),
      'bench',
      await fixture('3.15.1', 'groups.keras'),
      '--runs',
      '9999999',
    ]);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, 4000));
    child.kill('SIGINT');
    expect(await ended).to.equal(exitCodes.interrupted);
    expect(stderr).to.equal('convnet: interrupted\n');
  });
});
