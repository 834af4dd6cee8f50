// An upscaling of 4096x4096 pixels: the output alone would have 805 MB as floats.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import '../../src/index.js';
import { predictTiled } from '../../src/vision.js';
import { makeUpscaler } from './models.js';

describe('predictTiled of a picture of 4096x4096', () => {
  it('runs in bounded memory', async () => {
    await tf.setBackend('convnet-cpu');
    const side = 4096;
    const model = makeUpscaler([null, null, 3], 1);
    const data = new Uint8Array(4 * side * side).fill(200);
    const before = process.memoryUsage().arrayBuffers;
    let [rows, peak, finite] = [0, 0, true];
    await predictTiled(
      model,
      { width: side, height: side, data },
      {
        ...{ tile: 512, overlap: 8 },
        onTile: ({ height, data }) => {
          rows += height;
          finite &&= Number.isFinite(data[0]) && Number.isFinite(data[data.length - 1]);
          peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
        },
      },
    );
    model.dispose();
    expect(rows).to.equal(2 * side);
    expect(finite).to.equal(true);
    // The picture as floats (201 MB), and two bands of 1024 rows (101 MB each), not the output.
    expect(peak / 2 ** 20).to.be.below(700);
  });
});
