// The linter's configuration holds the arrows of docs/architecture.md: of every pair of folders, an import that the table
// does not allow is an error, and one that it allows is none; so is a circle of two files.

import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = new URL('../../', import.meta.url);
const planted = new URL(`.build/arrows/${process.version}/`, root);

/** Files of a folder that only a table row in `kernels` means: the facts beside the folders. */
const FACTS = 'kernels';
const TFJS = '@tensorflow';

/** From the table of docs/architecture.md: what each folder may import. */
async function arrows(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const text = await readFile(new URL('docs/architecture.md', root), 'utf8');
  const [, table] = /<!-- arrows -->([\s\S]*)<!-- \/arrows -->/.exec(text) ?? ['', ''];
  const rows = [...table.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)];
  return new Map(
    rows.map(([, folder, list]) => [
      folder,
      new Set([...list.matchAll(/`([^`]+)`/g)].flatMap(([, t]) => t.split(' '))),
    ]),
  );
}

/** Plants `from/importsN.ts`, one for each target, and gives what it imports by file. */
async function plant(folders: readonly string[]): Promise<Map<string, { from: string; to: string }>> {
  const imports = new Map<string, { from: string; to: string }>();
  for (const folder of folders) await write(`${folder}/target.ts`, 'export type Target = string;\n');
  for (const from of folders) {
    for (const [i, to] of [...folders.filter((folder) => folder !== from), TFJS].entries()) {
      const file = `${from}/imports${i}.ts`;
      const specifier = to === TFJS ? '@tensorflow/tfjs-core' : relativeTo(from, `${to}/target.js`);
      await write(file, `export type { Target } from '${specifier}';\n`);
      imports.set(file, { from, to });
    }
  }
  return imports;
}

function relativeTo(folder: string, file: string): string {
  const path = relative(folder, file);
  return path.startsWith('.') ? path : `./${path}`;
}

async function write(file: string, text: string): Promise<void> {
  const url = new URL(file, planted);
  await mkdir(dirname(fileURLToPath(url)), { recursive: true });
  await writeFile(url, text);
}

/** The repository's configuration without what is about git and its own folders. */
async function writeConfig(): Promise<void> {
  const config = JSON.parse(await readFile(new URL('biome.json', root), 'utf8'));
  const { vcs, files, extends: extended, ...rest } = config;
  const arrowRules = JSON.parse(await readFile(new URL('biome.arrows.json', root), 'utf8'));
  expect(extended).to.deep.equal(['./biome.arrows.json']);
  await write('biome.json', JSON.stringify({ ...rest, root: true, extends: ['./biome.arrows.json'] }));
  await write('biome.arrows.json', JSON.stringify(arrowRules));
}

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string | { readonly file: string } };
}

async function lint(): Promise<readonly { readonly file: string; readonly rule: string }[]> {
  const biome = fileURLToPath(new URL('node_modules/@biomejs/biome/bin/biome', root));
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none'];
  const output = await new Promise<string>((resolve) => {
    const options = { cwd: fileURLToPath(planted), maxBuffer: 2 ** 26 };
    execFile(process.execPath, args, options, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Diagnostic[] };
  return diagnostics.map(({ category, location: { path } }) => ({
    file: typeof path === 'string' ? path : path.file,
    rule: category.split('/').at(-1) ?? '',
  }));
}

describe('lint: arrows between folders', () => {
  before(async () => {
    await rm(planted, { recursive: true, force: true });
    await writeConfig();
  });
  after(() => rm(planted, { recursive: true, force: true }));

  it('an import is an error exactly where the table of docs/architecture.md does not allow it', async () => {
    const allowed = await arrows();
    expect(allowed.size).to.be.greaterThan(12);
    expect([...allowed.keys()]).to.include(FACTS);
    const imports = await plant([...allowed.keys()]);
    const found = new Set((await lint()).filter(({ rule }) => rule === 'noRestrictedImports').map(({ file }) => file));
    const verdicts = [...imports].map(([file, { from, to }]) => {
      return `${from} -> ${to}: ${found.has(file) ? 'error' : 'allowed'}`;
    });
    const expected = [...imports.values()].map(({ from, to }) => {
      return `${from} -> ${to}: ${allowed.get(from)?.has(to) ? 'allowed' : 'error'}`;
    });
    expect(verdicts).to.deep.equal(expected);
  });

  it('a circle is an error, also one of types', async () => {
    await write('src/core/first.ts', "import type { Second } from './second.js';\nexport type First = Second | 1;\n");
    await write('src/core/second.ts', "import type { First } from './first.js';\nexport type Second = First[];\n");
    const circles = (await lint()).filter(({ rule }) => rule === 'noImportCycles').map(({ file }) => file);
    expect(circles.sort()).to.deep.equal(['src/core/first.ts', 'src/core/second.ts']);
  });
});
