// Layers behind masked tensors, as real Keras of four versions files, runs and trains them (compatibility/keras_masks).

import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import { isGoodOutcome, type MaskReport } from '../../compatibility/masks/maskFiles.js';
import { readMaskCase } from '../../compatibility/masks/readMaskCase.js';
import { useBackend } from '../support/backends.js';

const folder = 'test/fixtures/masks';

for (const name of readdirSync(folder)) {
  const archive = unzipSync(new Uint8Array(readFileSync(`${folder}/${name}`)));
  const { cases } = JSON.parse(new TextDecoder().decode(archive['masks.json'])) as MaskReport;

  describe(`masks of Keras ${name.replace('.zip', '')}, on convnet-cpu`, () => {
    useBackend('convnet-cpu');

    for (const one of cases) {
      for (const file of one.files) {
        it(file, async () => {
          const outcome = await readMaskCase(archive[file], file, one);
          expect(outcome.predicts).to.be.a('number');
          expect(isGoodOutcome(outcome), JSON.stringify(outcome)).to.equal(true);
        });
      }
    }
  });
}
