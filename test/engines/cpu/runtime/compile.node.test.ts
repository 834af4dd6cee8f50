// compile() gives optimized code from the first call on, and restores the engine's flags.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { nodeMajor } from '../../../../src/core/platform.js';
import { compile, optimizesAtOnce, validate } from '../../../../src/engines/cpu/runtime/compile.js';
import { detectFeatures } from '../../../../src/engines/cpu/runtime/features.js';
import { measureFirstCall, product } from '../../../support/cpu/compileTimes.js';

const root = new URL('../../../../', import.meta.url);
const others = (bytes: Uint8Array<ArrayBuffer>) => new WebAssembly.Module(bytes);
const fma = { fma: true, shared: false };

/** Optimized code is 4 times as fast as the baseline compiler's. */
const limit = 2;

describe('compile', () => {
  it('gives optimized code', () => {
    expect(optimizesAtOnce()).to.equal(true);
    expect(measureFirstCall(compile)).to.be.lessThan(limit);
  });

  it('restores the flags: modules of others start in the baseline compiler', () => {
    compile(product());
    expect(measureFirstCall(others)).to.be.greaterThan(limit);
  });

  it('restores them after an error, too', () => {
    expect(() => compile(Uint8Array.of(1, 2, 3))).to.throw(WebAssembly.CompileError);
    expect(measureFirstCall(others)).to.be.greaterThan(limit);
  });

  it('has relaxed SIMD, and in Node 20 only during compile()', () => {
    const before = WebAssembly.validate(product(fma));
    expect(detectFeatures({ threads: true })).to.deep.equal({ fma: validate(product(fma)), shared: true });
    if (validate(product(fma))) compile(product(fma));
    expect(WebAssembly.validate(product(fma))).to.equal(before);
    if (nodeMajor() < 22) expect(before).to.equal(false);
  });

  it('restores them after vectors of 256 bits, which only Node 24 and newer have', () => {
    compile(product(), { revectorize: nodeMajor() >= 24 });
    expect(measureFirstCall(others)).to.be.greaterThan(limit);
  });

  const given = [
    ['--no-liftoff', 'optimized'],
    ['--no_liftoff', 'optimized'],
    ['--liftoff', 'baseline'],
  ] as const;
  for (const [flag, code] of given) {
    it(`leaves ${flag} of the command line in force`, async () => {
      const ratio = await measureOthers(flag);
      if (code === 'optimized') expect(ratio).to.be.lessThan(limit);
      else expect(ratio).to.be.greaterThan(limit);
    });
  }
});

/** Runs a process with the flag, which compiles with compile() first. */
async function measureOthers(flag: string): Promise<number> {
  const script = `
    import { compile } from './src/engines/cpu/runtime/compile.ts';
    import { measureFirstCall, product } from './test/support/cpu/compileTimes.ts';
    compile(product());
    console.log(measureFirstCall((bytes) => new WebAssembly.Module(bytes)));`;
  const args = [flag, '--import', 'tsx/esm', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 60_000 });
  return Number(stdout);
}
