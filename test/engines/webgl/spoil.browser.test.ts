// One program of each family is wrong while a network predicts: no result is silently wrong, and one that is wrong from
// the start is never handed out. `npm run spoil` does the same to every program of real networks.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { smallNetwork } from '../../spoil/scenarios.js';
import { type Prepared, prepare, runTrial } from '../../spoil/trial.js';
import { ownBackends } from '../../support/backends.js';

describe('WebGL2 programs that are wrong, seen by the self-test', () => {
  let prepared: Prepared;

  before(async () => {
    expect(ownBackends).to.include('convnet-webgl');
    await tf.setBackend('convnet-webgl');
    prepared = await prepare(smallNetwork, () => Promise.reject(new Error('it reads no file')));
  });

  function programOf(family: string): readonly [string, number] {
    const found = [...prepared.programs].find(([key]) => key.startsWith(`glsl/tiled/${family}/`));
    return found ?? expect.fail(`the network must draw with a program of ${family}`);
  }

  const families = [
    'conv',
    'depthwise',
    'elementwise',
    'layout',
    'matmul',
    'movement',
    'pooling',
    'reduction',
    'resize',
  ];
  for (const family of families) {
    it(`${family}: noticed, and not handed out where it is wrong from the start`, async function () {
      this.timeout(60_000);
      const [key, targets] = programOf(family);
      for (const from of [1, 3]) {
        const { outcome, warnings } = await runTrial(prepared, { key, target: targets - 1, from });
        expect(outcome, `${key} from use ${from}`).not.to.equal('silent');
        if (from === 1)
          expect({ outcome, warnings: warnings.length > 0 }).to.deep.equal({ outcome: 'right', warnings: true });
      }
    });

    it(`${family}: right from the start where the CPU engine may take over, which waits for tests`, async function () {
      this.timeout(60_000);
      const [key, targets] = programOf(family);
      tf.env().set('CONVNET_ON_FAILURE', 'cpu');
      try {
        const { outcome, warnings } = await runTrial(prepared, { key, target: targets - 1, from: 1 });
        expect({ outcome, warnings: warnings.length > 0 }).to.deep.equal({ outcome: 'right', warnings: true });
      } finally {
        tf.env().set('CONVNET_ON_FAILURE', 'error');
      }
    });
  }
});
