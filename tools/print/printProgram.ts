// Finds a program in a table by its name and prints it.

import type { PrintTable } from './table.js';

/**
 * The text of a program, or the list of all where no name is given.
 *
 * @param args The program's name, then its options. Folders in the middle may be left out: wasm/gemm is wasm/conv/gemm.
 * @throws If no program has that name, if several have it, or if an option is not one of the program's.
 */
export function printProgram(table: PrintTable, [name, ...options]: readonly string[]): string {
  const all = Object.keys(table);
  if (name === undefined) return `npm run print -- <program> [options]\n\n${list(table, all)}`;
  const found = Object.hasOwn(table, name) ? [name] : all.filter((full) => isShortFor(name, full));
  if (found.length === 0) throw new Error(`there is no program ${name}; there are\n${list(table, all)}`);
  if (found.length > 1) throw new Error(`${name} may be any of\n${list(table, found)}`);
  return table[found[0]].print(options);
}

/** The device comes first, and the end is the same. */
function isShortFor(name: string, full: string): boolean {
  const [device, ...rest] = name.split('/');
  return rest.length > 0 && full.startsWith(`${device}/`) && full.endsWith(`/${rest.join('/')}`);
}

function list(table: PrintTable, names: readonly string[]): string {
  return names.map((name) => `  ${name} ${table[name].options}`.trimEnd()).join('\n');
}
