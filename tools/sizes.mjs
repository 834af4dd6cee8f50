// npm run sizes: what whole apps weigh, minified by esbuild and compressed, TensorFlow.js and all. It prints the table of
// README.md; with --update it writes it there. check:package fails where an app passes its limit, or where the table says
// something else than what is measured. Run npm run build first.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root, runMain, SetupError } from './setup.mjs';

const CONVOLUTION = `import { conv2d, setBackend, zeros } from '@tensorflow/tfjs-core';
  await setBackend('BACKEND');
  conv2d(zeros([1, 8, 8, 3]), zeros([3, 3, 3, 4]), 1, 'same').print();`;
const GRAPH_MODEL = `import { setBackend, zeros } from '@tensorflow/tfjs-core';
  import { loadGraphModel } from '@tensorflow/tfjs-converter';
  await setBackend('BACKEND');
  (await loadGraphModel('model.json')).predict(zeros([1, 8, 8, 3])).print();`;
const KERAS = `import { setBackend, zeros } from '@tensorflow/tfjs-core';
  import { loadKerasModel } from 'tfjs-backend-convnet/keras';
  await setBackend('BACKEND');
  (await loadKerasModel('model.keras')).predict(zeros([1, 8, 8, 3])).print();`;

/**
 * @typedef {object} App
 * @property {string} does
 * @property {string} entry what registers the backend
 * @property {string} backend
 * @property {string} code
 * @property {number} [limit] kilobytes; the apps of others have none
 * @property {string} [wasm] a file that the app fetches besides
 */

const WASM = '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';

/** @type {App[]} */
export const APPS = [
  ...apps('one convolution', CONVOLUTION, { '/cpu': 173, '/webgl': 277, '': 344 }),
  ...apps('a graph model', GRAPH_MODEL, { '/cpu': 229, '/webgl': 332, '': 399 }),
  ...apps('a Keras file', KERAS, { '/cpu': 416, '/webgl': 519, '': 586 }),
];

/** @param {string} does @param {string} code @param {Record<string, number>} limits by entry @returns {App[]} */
function apps(does, code, limits) {
  const own = Object.entries(limits).map(([path, limit]) => {
    return { does, entry: `tfjs-backend-convnet${path}`, backend: 'convnet', code, limit };
  });
  if (code.includes('keras')) return own;
  const wasm = { does, entry: '@tensorflow/tfjs-backend-wasm', backend: 'wasm', code, wasm: WASM };
  return [...own, wasm, { does, entry: '@tensorflow/tfjs-backend-webgl', backend: 'webgl', code }];
}

/** @typedef {{ app: App, minified: number, gzip: number }} Size kilobytes of what an app loads at its start */

/** @param {App} app @returns {Promise<Size>} */
async function measure(app) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `import '${app.entry}';\n${app.code.replace('BACKEND', app.backend)}`, resolveDir: root },
    bundle: true,
    minify: true,
    splitting: true, // what is imported on demand is no part of the start
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const atStart = new Set();
  const visit = (/** @type {string} */ path) => {
    if (atStart.has(path)) return;
    atStart.add(path);
    for (const { kind, path: next } of metafile.outputs[path].imports) if (kind === 'import-statement') visit(next);
  };
  // What is imported on demand is an entry point too.
  visit(Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint === '<stdin>') ?? '');
  const files = outputFiles.filter(({ path }) => [...atStart].some((name) => path.endsWith(name)));
  if (files.length !== atStart.size) throw new Error(`sizes: ${atStart.size} files load, ${files.length} were found`);
  const contents = files.map(({ contents }) => contents);
  if (app.wasm) contents.push(readFileSync(join(root, 'node_modules', app.wasm)));
  const kilobytes = (/** @type {(bytes: Uint8Array) => number} */ count) => {
    return Math.round(contents.reduce((sum, bytes) => sum + count(bytes), 0) / 1000);
  };
  return { app, minified: kilobytes(({ length }) => length), gzip: kilobytes((bytes) => gzipSync(bytes).length) };
}

/** @returns {Promise<Size[]>} */
export async function measureSizes() {
  if (!existsSync(join(root, 'dist/esm/cpu.js'))) throw new SetupError('sizes: run npm run build first');
  const sizes = [];
  for (const app of APPS) sizes.push(await measure(app));
  return sizes;
}

/** The entries are columns, what the app does are rows. @param {readonly Size[]} sizes */
export function sizeTable(sizes) {
  const entries = [...new Set(APPS.map(({ entry }) => entry))];
  const lines = [...new Set(APPS.map(({ does }) => does))].map((does) => {
    const cells = entries.map((entry) => {
      const size = sizes.find(({ app }) => app.does === does && app.entry === entry);
      return size ? `${size.gzip}` : '–';
    });
    return `| ${[does, ...cells].join(' | ')} |`;
  });
  const titles = entries.map((entry) => `\`${entry.replace(/^@tensorflow\/tfjs-|^tfjs-/, '')}\``);
  return [`| an app with | ${titles.join(' | ')} |`, `| --- |${' --- |'.repeat(entries.length)}`, ...lines].join('\n');
}

const readme = join(root, 'README.md');
const section = /(<!-- sizes -->\n)[\s\S]*(\n<!-- \/sizes -->)/;

/** What a figure of the table may be off by, so that not every commit changes it. */
const SLACK = 3;

/** Why the sizes are not right; [] if they are. @param {readonly Size[]} sizes @returns {string[]} */
export function problemsOf(sizes) {
  const beyond = sizes.flatMap(({ app: { does, entry, limit = Number.POSITIVE_INFINITY }, gzip }) => {
    return gzip > limit ? [`an app with ${does} and ${entry} has ${gzip} KB; its limit is ${limit}`] : [];
  });
  const numbers = (/** @type {string} */ text) => [...text.matchAll(/\| (\d+)/g)].map(([, digits]) => Number(digits));
  const written = numbers(section.exec(readFileSync(readme, 'utf8'))?.[0] ?? '');
  const measured = numbers(sizeTable(sizes));
  const isRight = written.length === measured.length && written.every((n, i) => Math.abs(n - measured[i]) <= SLACK);
  return isRight
    ? beyond
    : [...beyond, `README.md says ${written}, measured are ${measured}; npm run sizes -- --update`];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    const sizes = await measureSizes();
    console.log(sizeTable(sizes));
    for (const { app, minified, gzip } of sizes) {
      console.log(`${app.does}, ${app.entry}: ${minified} KB minified, ${gzip} KB gzip`);
    }
    if (process.argv.includes('--update')) {
      writeFileSync(readme, readFileSync(readme, 'utf8').replace(section, `$1${sizeTable(sizes)}$2`));
    }
  });
}
