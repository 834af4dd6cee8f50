// The emitter's bytes, disassembled by wabt, are the recorded instructions.

import { expect } from 'chai';
import wabt from 'wabt';
import type { Statement } from '../../../../kernels/wasm/emit/fn.js';
import {
  atomicAdd,
  type Expr,
  encodeModule,
  type Features,
  Fn,
  f32,
  i32,
  load,
  loadSplat,
  splat,
} from '../../../../kernels/wasm/emit/index.js';

const proposals = { simd: true, relaxed_simd: true, threads: true };

for (const features of [
  { fma: false, shared: false },
  { fma: true, shared: true },
]) {
  it(`emitter: text of a module, fma ${features.fma}, shared ${features.shared}`, async () => {
    const fn = sample(features);
    const module = (await wabt()).readWasm(encodeModule([fn], features, 0), { ...proposals, readDebugNames: false });
    (module.validate as (features: object) => void).call(module, proposals); // its types lack the argument
    const text = module.toText({ foldExprs: false, inlineExport: false });
    module.destroy();
    expect(text).to.contain(features.shared ? '(memory (;0;) 1 65536 shared)' : '(memory (;0;) 1)');
    expect(instructionsOf(text)).to.deep.equal(fn.body.flatMap(recorded));
  });
}

function sample(features: Features): Fn {
  const fn = new Fn('sample', 0, features);
  const sum = fn.v128('sum', splat(-0));
  fn.range('i', 0, i32(10), 1, (i) => {
    fn.set(sum, fn.madd(loadSplat(i.shl(2)), load(i.shl(4), 128), sum));
    fn.if(
      i.ge(300),
      () => fn.storeLanes(i, sum.shuffle(sum, [7, 0, 5, 2]), 3),
      () => fn.store(i, sum.lane(3).max(f32(Number.NaN)), 65536),
    );
  });
  if (features.shared) fn.set(fn.i32('next'), atomicAdd(i32(64), -1));
  fn.call(i32(0));
  return fn;
}

/** Names of the instructions, in the order of the text form. */
function recorded(statement: Statement): string[] {
  const block = (statements: readonly Statement[]) => statements.flatMap(recorded);
  switch (statement.kind) {
    case 'set':
      return [...instructions(statement.value), 'local.set'];
    case 'store':
      return [...instructions(statement.address), ...instructions(statement.value), statement.op];
    case 'if': {
      const otherwise = statement.no.length > 0 ? ['else', ...block(statement.no)] : [];
      return [...instructions(statement.condition), 'if', ...block(statement.yes), ...otherwise, 'end'];
    }
    case 'loop':
      return ['loop', ...block(statement.body), ...instructions(statement.again), 'br_if', 'end'];
    case 'call':
      return [...statement.operands.flatMap(instructions), ...instructions(statement.table), 'call_indirect'];
    case 'copy':
      return [...[statement.to, statement.from, statement.bytes].flatMap(instructions), 'memory.copy'];
  }
}

function instructions({ op, operands }: Expr): string[] {
  return [...operands.flatMap(instructions), op];
}

/** The first word of each line of the function's body. */
function instructionsOf(text: string): string[] {
  const body = text.slice(text.indexOf('(func (;0;)'), text.indexOf('(table'));
  const words = body.split('\n').map((line) => line.trim().split(/[\s)]/)[0]);
  return words.filter((word) => /^[a-z]/.test(word));
}
