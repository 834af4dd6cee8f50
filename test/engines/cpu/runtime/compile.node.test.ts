// compile() gives optimized code from the first call on, and restores the engine's flags.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { nodeMajor } from '../../../../src/core/platform.js';
import { compile, optimizesAtOnce, validate } from '../../../../src/engines/cpu/runtime/compile.js';
import { detectFeatures } from '../../../../src/engines/cpu/runtime/features.js';
import { compilerOf, product } from '../../../support/cpu/compilers.js';

const root = new URL('../../../../', import.meta.url);
const others = (bytes: Uint8Array<ArrayBuffer>) => new WebAssembly.Module(bytes);
const fma = { fma: true, shared: false };

describe('compile', () => {
  it('gives optimized code', () => {
    expect(optimizesAtOnce()).to.equal(true);
    expect(compilerOf(compile)).to.equal('optimizing');
  });

  it('restores the flags: modules of others start in the baseline compiler', () => {
    compile(product());
    expect(compilerOf(others)).to.equal('baseline');
  });

  it('restores them after an error, too', () => {
    expect(() => compile(Uint8Array.of(1, 2, 3))).to.throw(WebAssembly.CompileError);
    expect(compilerOf(others)).to.equal('baseline');
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
    expect(compilerOf(others)).to.equal('baseline');
  });

  const given = [
    ['--no-liftoff', 'optimizing'],
    ['--no_liftoff', 'optimizing'],
    ['--liftoff', 'baseline'],
  ] as const;
  for (const [flag, compiler] of given) {
    it(`leaves ${flag} of the command line in force`, async () => {
      expect(await compilerOfOthers(flag)).to.equal(compiler);
    });
  }
});

/** Runs a process with the flag, which compiles with compile() first. */
async function compilerOfOthers(flag: string): Promise<string> {
  const script = `
    import { compile } from './src/engines/cpu/runtime/compile.ts';
    import { compilerOf, product } from './test/support/cpu/compilers.ts';
    compile(product());
    console.log(compilerOf((bytes) => new WebAssembly.Module(bytes)));`;
  const args = [flag, '--import', 'tsx/esm', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 60_000 });
  return stdout.trim();
}
