// The tables of operations beside the classes that Keras has: what is missing, is missing for a reason.

import { expect } from 'chai';
import { findOp, opsWithCode, opTable } from '../../../src/layers/ops/opTable.js';
import kerasOps from './kerasOps.json' with { type: 'json' };

const withoutTensors = 'takes no tensors, so that it never becomes a node of a graph';

/** Operations of Keras that are not implemented. */
const missing: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...opsWithCode].map((name) => [name, 'calls Python functions'])),
  Function: 'is a graph itself',
  SegmentReduction: 'is the base class of the operations on segments',
  Arange: withoutTensors,
  Empty: withoutTensors,
  Eye: withoutTensors,
  Identity: withoutTensors,
  Ones: withoutTensors,
  Tri: withoutTensors,
  Zeros: withoutTensors,
};

const versions = Object.entries(kerasOps as Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>);
const all = new Set(versions.flatMap(([, modules]) => Object.values(modules).flat()));

describe('operations of keras.ops: the classes of Keras', () => {
  for (const [version, modules] of versions) {
    for (const [module, names] of Object.entries(modules)) {
      it(`${module} of Keras ${version}`, () => {
        const unknown = names.filter((name) => findOp(name) === undefined && !Object.hasOwn(missing, name));
        expect(unknown).to.deep.equal([]);
      });
    }
  }

  it('has no exception that is implemented, or that Keras does not have', () => {
    expect(Object.keys(missing).filter((name) => findOp(name) !== undefined || !all.has(name))).to.deep.equal([]);
  });

  it('has no operation of its own', () => {
    const own = Object.keys(opTable).filter((name) => !all.has(name));
    expect(own).to.deep.equal([]);
  });
});
