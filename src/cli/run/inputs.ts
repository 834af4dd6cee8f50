// The pictures that --input names: files, folders with all that is in them, patterns that the shell has not expanded, and
// `-` for a list on standard input.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileProblem } from '../../core/errors.js';
import { CliError } from '../shared/exitCodes.js';
import type { RunOptions } from './options.js';

const PICTURE = /\.(png|jpe?g)$/i;
const PATTERN = /[*?[\]{}]/;

/** Whether these options ask for lines of JSON, one a picture. */
export async function isMany({ input, jobs, results, resume, keepGoing }: RunOptions): Promise<boolean> {
  if (input.length > 1 || input[0] === '-') return true;
  if ([jobs, results, resume, keepGoing].some((option) => option !== undefined)) return true;
  const found = await stat(input[0]).catch(() => undefined);
  return found ? found.isDirectory() : PATTERN.test(input[0]);
}

/** All pictures, in the order in which they are named; those of folders and patterns in the order of their names. */
export async function listInputs(inputs: readonly string[]): Promise<string[]> {
  const lists = [];
  for (const input of inputs) lists.push(await listInput(input));
  return lists.flat();
}

async function listInput(input: string): Promise<string[]> {
  if (input === '-') return (await text(process.stdin)).split(/\r?\n/).filter((line) => line !== '');
  const found = await stat(input).catch(() => undefined);
  if (found?.isDirectory())
    return named(
      input,
      (await filesBelow(input)).filter((path) => PICTURE.test(path)),
    );
  if (found || !PATTERN.test(input)) return [input]; // one that is missing is that picture's error
  const matches = matcher(input);
  return named(input, (await filesBelow(fixedPart(input))).filter(matches));
}

function named(input: string, paths: readonly string[]): string[] {
  if (paths.length === 0) throw new CliError('file', `no pictures in '${input}'`);
  return [...paths].sort();
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new CliError('file', `cannot read the folder '${folder}': ${fileProblem(error)}`, error);
  });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The folder before the first part with a special sign. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/');
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => PATTERN.test(part)),
  );
  return fixed.length === 0 ? '.' : fixed.join('/') || '/';
}

/** `*` and `?` stay within a name, `**` crosses folders, `[ab]` and `{a,b}` choose; a leading `./` does not matter. */
function matcher(pattern: string): (path: string) => boolean {
  const tokens = /\*\*\/?|\*|\?|\[[^\]]*\]|\{[^}]*\}|[^*?[{]+|./g;
  const source = [...pattern.replace(/^\.\//, '').matchAll(tokens)].map(([token]) => {
    if (token.startsWith('**')) return token.endsWith('/') ? '(?:.*/)?' : '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1 && token.startsWith('[')) return token.replace(/^\[!/, '[^');
    if (token.length > 1 && token.startsWith('{')) {
      return `(?:${token.slice(1, -1).split(',').map(escaped).join('|')})`;
    }
    return escaped(token);
  });
  const expression = new RegExp(`^${source.join('')}$`);
  return (path) => expression.test(path.replaceAll('\\', '/'));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
