// A short run of the fuzzer with fixed seeds: `npm run fuzz:files` runs more, and `-- 1 <seed>` one case again.

import { expect } from 'chai';
import { fuzz } from './fuzz.js';

const SECONDS = 20;
const CASES = 160;

describe('broken model files, made at random', () => {
  it('end in a KerasFileError, soon, and leave nothing behind', async () => {
    const { faults, ...tally } = await fuzz({ seed: 1, cases: CASES, seconds: SECONDS });
    expect(faults).to.deep.equal([]);
    expect(tally.cases).to.be.above(5);
    expect(tally.refused).to.be.above(tally.cases);
  }).timeout(180_000);
});
