// Writes the documents as pages for VitePress: links between documents become links between pages, pictures are copied,
// and a link to a file that is no page becomes its name.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { root } from '../tools/setup.mjs';
import { chartsOf } from './charts.mjs';
import { GROUPS, MANUAL_BEGINS } from './pages.mjs';

/** Files that pages link to and that are no pages: they are copied. */
const COPIED = /\.(png|svg|json)$/;

/** @typedef {import('./pages.mjs').Page} Page */

/** @param {string} folder where the pages go; it is emptied */
export function writePages(folder) {
  rmSync(folder, { recursive: true, force: true });
  const pages = allPages();
  for (const page of pages) {
    const text = readFileSync(join(root, page.source), 'utf8');
    const part = partOf(page, text);
    const content =
      page.path === 'benchmarks' ? part.replace(/^# .*\n/, (title) => `${title}\n${chartsOf()}\n## Run them\n`) : part;
    write(join(folder, `${page.path}.md`), linked(content, page, pages, folder));
  }
}

/** @returns {Page[]} every page, decisions included, which the list of pages leaves out */
export function allPages() {
  const decisions = readdirSync(join(root, 'docs/decisions')).filter((name) => name !== 'README.md');
  return [
    ...GROUPS.flatMap(({ pages }) => pages).filter(({ source }) => existsSync(join(root, source))),
    ...decisions.map((name) => {
      return { source: `docs/decisions/${name}`, path: `inside/decisions/${basename(name, '.md')}`, title: name };
    }),
  ];
}

/** @param {Page} page @param {string} text */
function partOf({ source, path }, text) {
  if (source !== 'README.md') return text;
  const at = text.indexOf(MANUAL_BEGINS);
  if (at < 0) throw new Error(`README.md must have the heading with which the manual begins: ${MANUAL_BEGINS}`);
  return path === 'index' ? text.slice(0, at) : `# Engines, flags, limits\n\n${text.slice(at)}`;
}

/** @param {string} text @param {Page} page @param {readonly Page[]} pages @param {string} folder */
function linked(text, page, pages, folder) {
  return outsideCode(text, (prose) =>
    prose.replace(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, bang, label, target) => {
      if (/^[a-z]+:/.test(target)) return whole;
      const [file, heading] = target.split('#');
      const source = file === '' ? page.source : posix.join(posix.dirname(page.source), file);
      const found = pageOf(source, heading, pages);
      if (found) return `${bang}[${label}](/${found.path}.md${heading ? `#${heading}` : ''})`;
      if (!COPIED.test(source)) return label;
      write(join(folder, 'public/files', source), null, join(root, source));
      return `${bang}[${label}](/files/${source})`;
    }),
  );
}

/** @param {string} source @param {string | undefined} heading @param {readonly Page[]} pages */
function pageOf(source, heading, pages) {
  const found = pages.filter((page) => page.source === source || page.source === posix.join(source, 'README.md'));
  if (found.length < 2 || heading === undefined) return found[0];
  const text = readFileSync(join(root, source), 'utf8');
  return found.find((page) => anchorsOf(partOf(page, text)).includes(heading)) ?? found[0];
}

/** @param {string} text @returns {string[]} */
function anchorsOf(text) {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchorOf(title));
}

/** An anchor as GitHub makes it, which the documents use. @param {string} title */
export function anchorOf(title) {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/ /g, '-');
}

/** @param {string} text @param {(prose: string) => string} change */
function outsideCode(text, change) {
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('');
}

/** @param {string} file @param {string | null} text @param {string} [from] */
function write(file, text, from) {
  mkdirSync(dirname(file), { recursive: true });
  if (text === null) copyFileSync(/** @type {string} */ (from), file);
  else writeFileSync(file, text);
}
