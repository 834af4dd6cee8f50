// Cases of `npm run compatibility -- layers|operations|models` that are small, or that found a fault: real Keras's predictions,
// gradients and losses of SGD steps, and the model saved here and read again.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import type { CaseFile, Outcome } from '../../compatibility/cases/caseFiles.js';
import { readCase } from '../../compatibility/cases/readCase.js';
import { useBackend } from '../support/backends.js';

const archive = unzipSync(new Uint8Array(readFileSync('test/fixtures/cases/cases.zip')));
const cases = Object.keys(archive)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(new TextDecoder().decode(archive[name])) as CaseFile);

describe('cases that real Keras made, on convnet-cpu', () => {
  useBackend('convnet-cpu');
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'cases-'));
    for (const [name, bytes] of Object.entries(archive)) writeFileSync(join(folder, name), bytes);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const facts of cases) {
    it(`${facts.id} (${facts.note})`, async () => {
      const { predicts, saves, gradient, training, leaked } = await readCase(folder, facts);
      expectClose('predicts', predicts.keras);
      expectClose('saves', saves.keras);
      if (facts.gradient && !('none' in facts.gradient)) expectClose('gradients', gradient);
      if (facts.training) expectClose('training', training);
      expect(leaked, 'tensors left').to.equal(0);
    });
  }
});

function expectClose(part: string, outcome: Outcome | undefined): void {
  const found = outcome && 'difference' in outcome ? outcome.difference : Infinity;
  expect(found, `${part}: ${JSON.stringify(outcome)}`).to.be.below(1e-4);
}
