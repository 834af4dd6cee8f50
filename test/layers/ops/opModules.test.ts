// The module of each operation is the one that real Keras writes. modules.py writes the file.

import { expect } from 'chai';
import { opModule } from '../../../src/layers/ops/opModules.js';
import { opTable } from '../../../src/layers/ops/opTable.js';
import modules from './modules.json' with { type: 'json' };

/** The name of CTCLoss in Keras 3.0, and an operation outside of keras.src.ops. */
const otherNames: readonly string[] = ['CtcLoss', 'FakeQuantWithMinMaxVars'];

describe('opModule', () => {
  const ofKeras = Object.entries(modules).flatMap(([module, names]) => names.map((name) => [name, module] as const));

  it('is that of Keras for each of its operations', () => {
    const wrong = ofKeras.filter(([name, module]) => opModule(name) !== module);
    expect(wrong).to.deep.equal([]);
  });

  it('Keras has every operation that is known here', () => {
    const known = new Set([...ofKeras.map(([name]) => name), ...otherNames]);
    expect(Object.keys(opTable).filter((name) => !known.has(name))).to.deep.equal([]);
  });
});
