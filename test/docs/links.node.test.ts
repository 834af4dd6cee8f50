// The documents point at what exists: every relative link, with its heading, every path and file name in backticks, and
// every name that a document places in a file.

import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = ['bench', 'docs', 'examples', 'kernels', 'test'];

const documents = [...(await markdownIn('.', false)), ...(await Promise.all(folders.map((f) => markdownIn(f)))).flat()];

/** The names of all files that a document may mean without a path. */
const fileNames = new Set(
  (await Promise.all(['src', 'kernels', 'test', 'tools', 'bench', 'examples'].map(namesIn))).flat(),
);

async function namesIn(folder: string): Promise<string[]> {
  const paths = await readdir(join(root, folder), { recursive: true });
  return paths.filter((path) => !path.split(sep).includes('node_modules')).map((path) => basename(path));
}

async function markdownIn(folder: string, recursive = true): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive });
  const isOurs = (name: string) => name.endsWith('.md') && !name.split(sep).includes('node_modules');
  return names.filter(isOurs).map((name) => join(folder, name));
}

describe('documents point at what exists', () => {
  it('finds the documents', () => expect(documents).to.include.members(['README.md', join('docs', 'keras.md')]));

  for (const document of documents) {
    it(document, async () => {
      const text = withoutCode(await readFile(join(root, document), 'utf8'));
      const broken = await brokenLinks(document, text);
      const missing = [...broken, ...missingPaths(text), ...missingFiles(text), ...missingNames(text)];
      expect(missing).to.deep.equal([]);
    });
  }
});

/** Links to files and headings that are not there. */
async function brokenLinks(document: string, text: string): Promise<string[]> {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  const broken: string[] = [];
  for (const target of targets.filter((link) => !/^[a-z]+:/.test(link))) {
    const [path, heading] = target.split('#');
    const file = path === '' ? document : relative('.', join(dirname(document), path));
    if (!existsSync(join(root, file))) broken.push(target);
    else if (heading !== undefined && !(await headingsOf(file)).includes(heading)) broken.push(target);
  }
  return broken;
}

async function headingsOf(document: string): Promise<string[]> {
  const text = withoutCode(await readFile(join(root, document), 'utf8'));
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchorOf(title));
}

/** As GitHub makes it. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/ /g, '-');
}

/** Paths such as `src/core/conv.ts`; those with a placeholder are no paths. */
function missingPaths(text: string): string[] {
  const paths = [...text.matchAll(/`((?:bench|docs|examples|kernels|src|test|tools)\/[^`\s]*)`/g)].map(
    ([, path]) => path,
  );
  return paths.filter((path) => !/[*<{]/.test(path) && !existsSync(join(root, path)));
}

/** Names of source files such as `poolGrad.ts` that no folder has. */
function missingFiles(text: string): string[] {
  const names = [...text.matchAll(/`([\w-]+\.(?:ts|mjs|py))`/g)].map(([, name]) => name);
  return names.filter((name) => !fileNames.has(name));
}

/** Names such as `resolveConv` in `src/core/conv.ts`, or `resolveConv` (`src/core/conv.ts`), that the file does not hold. */
function missingNames(text: string): string[] {
  const placed = [
    ...text.matchAll(/`([A-Za-z_]\w*)(?:\(\))?`\s+(?:in|of|from|\()\s*`((?:kernels|src|test|tools)\/[^`\s]*\.\w+)`/g),
  ];
  const missing = placed.filter(([, name, path]) => {
    return existsSync(join(root, path)) && !new RegExp(`\\b${name}\\b`).test(readFileSync(join(root, path), 'utf8'));
  });
  return missing.map(([, name, path]) => `${name} in ${path}`);
}

function withoutCode(text: string): string {
  return text.replace(/^\s*```[\s\S]*?^\s*```/gm, '');
}
