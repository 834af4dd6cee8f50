// `npm run print`: every WebAssembly program can be printed, and no two locals of a program share a name.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect } from 'chai';
import type { Statement } from '../../kernels/wasm/emit/fn.js';
import { parameterNames, printFn } from '../../kernels/wasm/emit/index.js';
import { printProgram } from '../../tools/print/printProgram.js';
import { wasm } from '../../tools/print/wasm.js';

/** Every combination of a program's options. */
function combinations(options: string): string[][] {
  const alternatives = options === '' ? [] : options.split(' ').map((words) => words.split('|'));
  return alternatives.reduce<string[][]>(
    (some, words) => some.flatMap((head) => words.map((word) => [...head, word])),
    [[]],
  );
}

/** Names on the left-hand side of `=`. */
function namesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/^ +(\S+) = /gm)].map(([, name]) => name));
}

/** Indices of the locals that a program sets. */
function localsIn(statements: readonly Statement[]): Set<number> {
  return new Set(
    statements.flatMap((statement) => {
      if (statement.kind === 'set') return [statement.local.index];
      if (statement.kind === 'if') return [...localsIn(statement.yes), ...localsIn(statement.no)];
      return statement.kind === 'loop' ? [...localsIn(statement.body)] : [];
    }),
  );
}

/** Files below a folder, without their ending, as paths from `root`. */
function filesBelow(root: string, folder: string): { readonly name: string; readonly text: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(root, path);
    const name = relative(root, path).replaceAll('\\', '/').replace(/\.ts$/, '');
    return [{ name, text: readFileSync(path, 'utf8') }];
  });
}

describe('npm run print', () => {
  for (const [name, { options, emit, print }] of Object.entries(wasm)) {
    it(`${name} ${options}`, () => {
      for (const words of combinations(options)) {
        const text = print(words);
        const names = namesIn(text);
        expect(text, `${words}`).to.match(/^\w+\(args, from, to, thread\)\n/);
        expect(names.size, `${words}: names of locals`).to.equal(localsIn(emit(words).body).size);
        for (const parameter of ['args', 'from', 'to', 'thread']) expect(names).not.to.include(parameter);
      }
    });
  }

  it('offers fma where it changes the text', () => {
    for (const [name, { options, emit, print }] of Object.entries(wasm)) {
      const usesFma = combinations(options).some((words) => {
        const plain = words.filter((word) => word !== 'fma' && word !== 'plain');
        return printFn(emit(plain, { fma: true, shared: false }), parameterNames) !== print(plain);
      });
      expect(options.endsWith('plain|fma'), name).to.equal(usesFma);
    }
  });

  it('knows every file that makes a program', () => {
    const root = resolve(import.meta.dirname, '../../kernels');
    const makesPrograms = /^(?!import).*\b(program|windowProgram)\((`|'|name, args)/m;
    const makers = filesBelow(root, join(root, 'wasm')).filter(({ text }) => makesPrograms.test(text));
    expect(makers.map(({ name }) => name).sort()).to.deep.equal(Object.keys(wasm).sort());
  });

  it('finds a program by its path, or without the folders in the middle', () => {
    expect(printProgram(wasm, ['wasm/conv/gemm', '6x8'])).to.match(/^gemm6x8\(/);
    expect(printProgram(wasm, ['wasm/gemm', 'fma', '6x8'])).to.contain('f32x4.relaxed_madd');
    expect(printProgram(wasm, ['wasm/gemm', '6x8'])).not.to.contain('relaxed');
  });

  it('lists what there is', () => {
    const text = printProgram(wasm, []);
    for (const [name, { options }] of Object.entries(wasm)) expect(text).to.contain(`  ${name} ${options}`.trimEnd());
  });

  it('says what there is where it is asked for something else', () => {
    const print = (...args: string[]) => printProgram(wasm, args);
    expect(() => print('wasm/gem')).to.throw(/^there is no program wasm\/gem; there are\n {2}wasm\/conv\/gemm 4x8\|/);
    expect(() => print('wasm/pack')).to.throw(
      /^wasm\/pack may be any of\n {2}wasm\/conv\/pack .*\n {2}wasm\/depthwise/,
    );
    const options = 'the options are 4x8|6x8|6x4|6x16|4x16 clamp|prelu plain|fma, one of each';
    expect(() => print('wasm/conv/gemm', '5x8')).to.throw(`${options}; received 5x8`);
    expect(() => print('wasm/movement/copy', 'fma')).to.throw('there are no options; received fma');
    expect(() => print('wasm/conv/gemm', '4x8', '6x8')).to.throw(`${options}; received 6x8`);
  });
});
