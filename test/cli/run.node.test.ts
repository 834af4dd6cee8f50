// `convnet run`: takes pictures and gives classes and pictures, the same as the model called directly.

import { readFile, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { decode, encode } from 'fast-png';
import jpeg from 'jpeg-js';
import { exitCodes } from '../../src/cli/shared/exitCodes.js';
import { loadKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { convnet, photo, repository, useFolder } from '../support/convnetCommand.js';

const version = '3.15.1';
const esrgan = `${repository}node_modules/@upscalerjs/esrgan-slim/models/x2`;

describe('convnet run', () => {
  useBackend('convnet-cpu');
  const { path, fixture } = useFolder();

  async function run(...args: string[]): Promise<ReturnType<typeof JSON.parse>> {
    const { code, stdout, stderr } = await convnet(['run', ...args, '--json']);
    expect(code, stderr).to.equal(exitCodes.done);
    return JSON.parse(stdout);
  }

  it('gives the scores that the model gives for the resized picture', async () => {
    const file = await fixture(version, 'sequential.keras');
    const report = await run(file, '--input', photo, '--backend', 'cpu', '--scale', '-1..1');
    expect(report).to.deep.include({ size: [8, 8], scale: '-1..1', isScaleGuessed: false, backend: 'cpu' });
    const { width, height, data } = decode(await readFile(photo));
    const model = await loadKerasModel(file);
    const expected = tf.tidy(() => {
      const pixels = tf.tensor4d(Float32Array.from(data), [1, height, width, 3]);
      const x = tf.image.resizeBilinear(pixels, [8, 8], false, true).div(127.5).sub(1);
      return (model.predict(x) as tf.Tensor).dataSync();
    });
    model.dispose();
    const [{ shape, top }] = report.outputs;
    expect(shape).to.deep.equal([1, 5]);
    expect(top).to.have.length(5);
    for (const { index, score } of top) expect(score).to.be.closeTo(expected[index], 1e-5);
    const scores = top.map(({ score }: { score: number }) => score);
    expect(scores).to.deep.equal([...scores].sort((a, b) => b - a));
  });

  it('prints the best classes with their names', async () => {
    const file = await fixture(version, 'sequential.keras');
    const names = ['tench', 'goldfish', 'shark', 'ray', 'cock'];
    await writeFile(path('labels.txt'), `${names.join('\n')}\n`);
    await writeFile(path('labels.json'), JSON.stringify(names));
    await writeFile(path('index.json'), JSON.stringify(Object.fromEntries(names.map((name, i) => [i, ['n0', name]]))));
    for (const labels of ['labels.txt', 'labels.json', 'index.json']) {
      const { code, stdout, stderr } = await convnet([
        'run',
        file,
        '--input',
        photo,
        '--top',
        '2',
        '--labels',
        path(labels),
      ]);
      expect({ code, stderr }).to.deep.equal({ code: exitCodes.done, stderr: '' });
      expect(stdout)
        .to.match(/^class +label +score$/m)
        .and.to.match(/pixels 0\.\.1 \(guessed; see --preprocess\)/);
      expect(stdout.match(/^ +\d {2}(tench|goldfish|shark|ray|cock) +0\.\d{5}$/gm)).to.have.length(2);
    }
    await writeFile(path('few.txt'), 'one\ntwo\n');
    const { code, stderr } = await convnet(['run', file, '--input', photo, '--labels', path('few.txt')]);
    expect(code).to.equal(exitCodes.file);
    expect(stderr).to.include('one label for each of the 5 classes; received 2 labels');
  });

  it('reads a JPEG, upright whichever way the camera was held', async () => {
    const file = await fixture(version, 'free_size.keras');
    const upright = twoHalves(16, 8);
    await writeFile(path('upright.png'), encode({ ...upright, channels: 4 }));
    const sideways = jpeg.encode(rotateLeft(upright), 100).data;
    await writeFile(path('camera.jpg'), withOrientation(sideways, 6));
    const [a, b] = [await run(file, '--input', path('upright.png')), await run(file, '--input', path('camera.jpg'))];
    expect(b.size).to.deep.equal([8, 16]);
    for (const [i, { score }] of a.outputs[0].top.entries()) {
      expect(b.outputs[0].top[i].score).to.be.closeTo(score, 0.02 * Math.max(1, Math.abs(score)));
    }
  });

  it('writes an output that is a picture', async () => {
    const small = { ...twoHalves(20, 12), channels: 4 };
    await writeFile(path('small.png'), encode(small));
    const args = [esrgan, '--input', path('small.png'), '--scale', 'none', '--output', path('large.png')];
    const report = await run(...args);
    expect(report.outputs[0].shape).to.deep.equal([1, 24, 40, 3]);
    const large = decode(await readFile(path('large.png')));
    expect([large.width, large.height]).to.deep.equal([40, 24]);
    const at = (x: number, y: number) => [...large.data.subarray((y * 40 + x) * 4, (y * 40 + x) * 4 + 4)];
    const near = (found: number[], expected: number[]) => {
      for (const [c, value] of found.entries()) expect(value).to.be.closeTo(expected[c], 12);
    };
    near(at(5, 12), [200, 40, 40, 255]);
    near(at(35, 12), [30, 60, 220, 255]);

    const again = await convnet(['run', ...args]);
    expect(again.code).to.equal(exitCodes.usage);
    expect(again.stderr).to.include('exists; use --force');
    const classes = await fixture(version, 'sequential.keras');
    const none = await convnet(['run', classes, '--input', photo, '--output', path('never.png')]);
    expect(none.code).to.equal(exitCodes.file);
    expect(none.stderr).to.include('an output that is a picture has the shape [1, height, width, channels]');
  });

  it('feeds channels_first models as they want it', async () => {
    const report = await run(await fixture(version, 'channels_first.keras'), '--input', photo);
    expect(report.outputs[0].nonFinite).to.equal(0);
  });

  it('says what is wrong with picture, model and backend', async () => {
    const file = await fixture(version, 'sequential.keras');
    const png = await readFile(photo);
    await writeFile(path('cut.png'), png.subarray(0, 5000));
    await writeFile(path('notes.txt'), 'hello');
    const cases: [args: string[], code: number, message: string][] = [
      [
        [file, '--input', path('none.png')],
        exitCodes.file,
        `cannot read the picture '${path('none.png')}': no such file`,
      ],
      [[file, '--input', path('notes.txt')], exitCodes.file, 'is neither a PNG nor a JPEG picture'],
      [[file, '--input', path('cut.png')], exitCodes.file, 'is damaged'],
      [[file, '--input', photo, '--size', '9x9'], exitCodes.usage, 'takes pictures of 8x8; received the size 9x9'],
      [[path('notes.txt'), '--input', photo], exitCodes.unreadable, 'notes.txt'],
      [[await fixture(version, 'lambda_layer.keras'), '--input', photo], exitCodes.notLoadable, 'Lambda (twice)'],
      [[await fixture(version, 'multi_io.keras'), '--input', photo], exitCodes.computation, 'must take one picture'],
    ];
    for (const [args, expected, message] of cases) {
      const { code, stdout, stderr } = await convnet(['run', ...args]);
      expect({ code, stdout }, stderr).to.deep.equal({ code: expected, stdout: '' });
      expect(stderr)
        .to.match(/^convnet: .+\n$/)
        .and.to.include(message);
    }
  });
});

interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A picture that is red on the left and blue on the right. */
function twoHalves(width: number, height: number): Rgba {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++)
    data.set(i % width < width / 2 ? [200, 40, 40, 255] : [30, 60, 220, 255], i * 4);
  return { width, height, data };
}

/** The picture rotated by 90 degrees counterclockwise. Exif's orientation 6 makes it upright again. */
function rotateLeft({ width, height, data }: Rgba): Rgba {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (width - 1 - x) * height + y;
      out.set(data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4), to * 4);
    }
  }
  return { width: height, height: width, data: out };
}

/** The JPEG with an Exif segment of one entry after the first marker. */
function withOrientation(bytes: Uint8Array, orientation: number): Buffer {
  const exif = Buffer.from(
    `Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0${String.fromCharCode(orientation)}\0\0\0\0\0\0\0`,
    'latin1',
  );
  const head = Buffer.from([0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 255]);
  return Buffer.concat([bytes.subarray(0, 2), head, exif, bytes.subarray(2)]);
}
