// Prints a kernel for people: one statement a line, and infix expressions where they read better. See `npm run print`.

import type { Expr } from './expr.js';
import type { Fn, Statement } from './fn.js';

export function printFn(fn: Fn, parameterNames: readonly string[]): string {
  const names = uniqueNames([...parameterNames, ...fn.locals.map(({ name }) => name)]);
  const title = `${fn.name}(${parameterNames.join(', ')})`;
  return [title, ...printBlock(fn.body, names, '  ')].join('\n');
}

/** The first local of a name keeps it, the next ones are numbered: at, at2, at3; sum0, sum0_2. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    const stem = /\d$/.test(name) ? `${name}_` : name;
    let number = 2;
    while (taken.has(`${stem}${number}`)) number++;
    taken.add(`${stem}${number}`);
    return `${stem}${number}`;
  });
}

function printBlock(statements: readonly Statement[], names: readonly string[], indent: string): string[] {
  return statements.flatMap((statement) => printStatement(statement, names, indent));
}

function printStatement(statement: Statement, names: readonly string[], indent: string): string[] {
  const show = (expr: Expr) => printExpr(expr, names);
  const inner = (block: readonly Statement[]) => printBlock(block, names, `${indent}  `);
  switch (statement.kind) {
    case 'set':
      return [`${indent}${names[statement.local.index]} = ${show(statement.value)}`];
    case 'store': {
      const [offset, ...lane] = statement.immediates;
      const place = at(show(statement.address), offset);
      return [`${indent}${statement.op}${lane.map((i) => ` ${i}`).join('')} ${place} = ${show(statement.value)}`];
    }
    case 'if': {
      const otherwise = statement.no.length > 0 ? [`${indent}else`, ...inner(statement.no)] : [];
      return [`${indent}if ${show(statement.condition)}`, ...inner(statement.yes), ...otherwise];
    }
    case 'loop':
      return [`${indent}do`, ...inner(statement.body), `${indent}while ${show(statement.again)}`];
    case 'call':
      return [`${indent}table[${show(statement.table)}](${statement.operands.map(show).join(', ')})`];
    case 'copy':
      return [`${indent}copy [${show(statement.to)}] = [${show(statement.from)}], ${show(statement.bytes)} bytes`];
    default:
      return statement satisfies never;
  }
}

const infix: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  div_u: '/',
  rem_u: '%',
  lt_s: '<',
  le_s: '<=',
  gt_s: '>',
  ge_s: '>=',
  eq: '==',
  ne: '!=',
  lt: '<',
  gt: '>',
  le: '<=',
  ge: '>=',
  shl: '<<',
  shr_u: '>>>',
  and: '&',
  or: '|',
};

function printExpr({ op, operands, immediates }: Expr, names: readonly string[]): string {
  if (op === 'local.get') return names[immediates[0]];
  if (op === 'i32.const' || op === 'f32.const') return `${immediates[0]}`;
  const shown = operands.map((operand) => printExpr(operand, names));
  if (op.includes('load')) return `${op} ${at(shown[0], immediates[0])}`;
  const sign = infix[op.slice(op.lastIndexOf('.') + 1)];
  if (sign && shown.length === 2) return `(${shown[0]} ${sign} ${shown[1]})`;
  return `${op}${immediates.length > 0 ? `[${immediates}]` : ''}(${shown.join(', ')})`;
}

function at(address: string, offset: number): string {
  return offset === 0 ? `[${address}]` : `[${address} + ${offset}]`;
}
