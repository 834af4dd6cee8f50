// A short run of the fuzzer with fixed seeds: `npm run fuzz:files` runs more, and `-- 1 <seed>` one case again.

import { expect } from 'chai';
import { fuzz } from './fuzz.js';

const SECONDS = 20;
const CASES = 160;
const LEAST = 6; // on a machine that others use too

describe('broken model files, made at random', () => {
  it('end in a KerasFileError, soon, and leave nothing behind', async () => {
    const { faults, ...tally } = await fuzz({ seed: 1, cases: CASES, seconds: SECONDS, least: LEAST });
    expect(faults).to.deep.equal([]);
    expect(tally.cases).to.be.at.least(LEAST);
    expect(tally.refused).to.be.above(tally.cases);
  }).timeout(180_000);
});
