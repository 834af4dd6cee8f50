// npm run check:package: packs dist/ and then uses the tarball as a stranger would. publint and "are the types wrong?"
// without exceptions; the ES module and the CommonJS build run a grouped convolution and save and load a Keras model in Node,
// and so does an app bundle that imports the package for its effect only; the declarations compile in both module systems; the
// command runs; the script-tag bundles run in Chromium on the page's global `tf`, an app with the WebGL2 engine alone runs there;
// whole apps weigh no more than README.md says, `keras` adds no more than promised, and an app with one layer carries no other.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { build } from 'rolldown';
import { binary, runNode } from './command.mjs';
import { pack } from './pack.mjs';
import { findChromium, root, runMain, SetupError } from './setup.mjs';
import { measureSizes, problemsOf, sizeTable } from './sizes.mjs';

const CPU = 'convnet-cpu';
const { bin, dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// x = [1, 2, 3, 4] in two groups of two channels, filters of ones: y = [1 + 2, 3 + 4]
const USE = `
async function use(tf, convnet, name) {
  if (!(await tf.setBackend(name))) throw new Error(name + ' cannot be set');
  const y = convnet.groupConv2d(tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4]), tf.ones([1, 1, 2, 2]), 1, 'valid');
  const values = Array.from(y.dataSync()).join();
  if (tf.getBackend() !== name || values !== '3,7') throw new Error(tf.getBackend() + ' computed ' + values);
}`;

// A grouped convolution through a .keras file and back.
const USE_KERAS = `
async function useKeras(tf, layers, keras) {
  await tf.setBackend('${CPU}');
  const model = tf.sequential({
    layers: [layers.conv2d({ filters: 4, kernelSize: 3, groups: 2, activation: 'gelu', inputShape: [5, 5, 2] })],
  });
  const loaded = await keras.loadKerasModel(await keras.saveKerasModel(model, { format: 'keras' }));
  const x = tf.ones([1, 5, 5, 2]);
  const [a, b] = [model, loaded].map((m) => Array.from(m.predict(x).dataSync()).join());
  if (a !== b) throw new Error('the loaded model computes ' + b + ' instead of ' + a);
}`;

// What an app may write; the file's name says how it is loaded.
const { 'progressive.jpg': JPEG } = JSON.parse(readFileSync(join(root, 'test/vision/files.json'), 'utf8'));

/** The decoder of JPEG files is WebAssembly, found beside its module in either form. */
const USE_VISION = `async function useVision(pictureToTensor) {
    const y = await pictureToTensor(Buffer.from('${JPEG.file}', 'base64'), { preprocess: 'none' });
    if (String(y.shape) !== '1,${JPEG.height},${JPEG.width},3') throw new Error('a JPEG has the shape ' + y.shape);
  }`;

const APPS = {
  'app.mjs': `import * as tf from '@tensorflow/tfjs-core';
    import * as convnet from 'tfjs-backend-convnet';
    ${USE} await use(tf, convnet, '${CPU}');`,
  'cpu.mjs': `import * as tf from '@tensorflow/tfjs-core';
    import * as convnet from 'tfjs-backend-convnet/cpu';
    ${USE} await use(tf, convnet, 'convnet');
    if (tf.getKernelsForBackend('webgl').length > 0) throw new Error('the CPU entry carries the WebGL backend');
    const isRefused = await tf.setBackend('convnet-webgl').then(() => false, () => true);
    if (!isRefused) throw new Error('the CPU entry registers convnet-webgl');`,
  'app.cjs': `const tf = require('@tensorflow/tfjs-core');
    const convnet = require('tfjs-backend-convnet');
    ${USE} use(tf, convnet, '${CPU}');`,
  'keras.mjs': `import 'tfjs-backend-convnet';
    import * as tf from '@tensorflow/tfjs';
    import * as layers from 'tfjs-backend-convnet/layers';
    import * as keras from 'tfjs-backend-convnet/keras';
    ${USE_KERAS} await useKeras(tf, layers, keras);`,
  'keras.cjs': `require('tfjs-backend-convnet');
    ${USE_KERAS} useKeras(require('@tensorflow/tfjs'), require('tfjs-backend-convnet/layers'), require('tfjs-backend-convnet/keras'));`,
  'vision.mjs': `import { pictureToTensor } from 'tfjs-backend-convnet/vision';
    import '@tensorflow/tfjs';
    ${USE_VISION} await useVision(pictureToTensor);`,
  'vision.cjs': `const { pictureToTensor } = require('tfjs-backend-convnet/vision');
    require('@tensorflow/tfjs');
    ${USE_VISION} useVision(pictureToTensor);`,
  'effectOnly.mjs': `import * as tf from '@tensorflow/tfjs-core';
    import 'tfjs-backend-convnet';
    if (!(await tf.setBackend('${CPU}'))) throw new Error('a bundler drops the registration: see sideEffects');`,
};

// The last line fails to compile if the declarations are not found and everything is `any`.
const TYPED_APP = `import * as tf from '@tensorflow/tfjs-core';
import { groupConv2d } from 'tfjs-backend-convnet';
export const y: tf.Tensor4D = groupConv2d(tf.zeros<tf.Rank.R4>([1, 1, 1, 4]), tf.zeros<tf.Rank.R4>([1, 1, 2, 2]), 1, 'valid');
import { loadKerasModel } from 'tfjs-backend-convnet/keras';
import { conv2d } from 'tfjs-backend-convnet/layers';
export const layerName: string = conv2d({ filters: 1, kernelSize: 1 }).name;
export const outputs: Promise<number> = loadKerasModel('model.keras').then((model) => model.outputs.length);
// @ts-expect-error
export const wrongLayer = conv2d({ kernelSize: 1 });
// @ts-expect-error
export const wrong: number = groupConv2d(tf.zeros<tf.Rank.R4>([1, 1, 1, 4]), tf.zeros<tf.Rank.R4>([1, 1, 2, 2]), 1, 'valid');
`;

/** @param {string} title @param {string} script @param {string[]} args */
async function step(title, script, args = []) {
  console.log(`--- ${title}`);
  if ((await runNode(script, args)) !== 0) throw new SetupError(`check:package: failed at ${title}`);
}

/** Puts the tarball's content where an app in `dir` finds it, beside this checkout's packages. */
/** @param {string} dir @param {string} tarball */
function install(dir, tarball) {
  const { status } = spawnSync('tar', ['-xzf', tarball], { cwd: dir, stdio: 'inherit' });
  if (status !== 0) throw new SetupError('check:package: tar failed');
  mkdirSync(join(dir, 'node_modules'));
  renameSync(join(dir, 'package'), join(dir, 'node_modules', 'tfjs-backend-convnet'));
  for (const name of ['@tensorflow', ...Object.keys(dependencies)]) {
    const link = join(dir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true }); // the folder of a scope
    symlinkSync(join(root, 'node_modules', name), link, 'junction');
  }
}

/** Without TensorFlow.js, the error says what is needed and how to get it. @param {string} dir */
function checkMissingPeers(dir) {
  console.log('--- missing peers');
  const alone = mkdtempSync(join(tmpdir(), 'convnet-alone-')); // not within `dir`, whose packages it would find
  const modules = join(alone, 'node_modules');
  cpSync(join(dir, 'node_modules/tfjs-backend-convnet'), join(modules, 'tfjs-backend-convnet'), { recursive: true });
  symlinkSync(join(root, 'node_modules/fflate'), join(modules, 'fflate'), 'junction');
  for (const entry of ['', '/cpu', '/webgl', '/layers', '/keras', '/vision', '/training']) {
    const script = `require('tfjs-backend-convnet${entry}')`;
    const { stderr } = spawnSync(process.execPath, ['--eval', script], { cwd: alone, encoding: 'utf8' });
    const isNamed = Object.keys(peerDependencies).every((name) => stderr.includes(name));
    if (!isNamed || !stderr.includes('Run: npm install @tensorflow/tfjs')) {
      throw new SetupError(`check:package: tfjs-backend-convnet${entry} without peers says ${stderr}`);
    }
  }
  rmSync(alone, { recursive: true, force: true });
}

/** @param {string} dir */
async function runApps(dir) {
  for (const [name, source] of Object.entries(APPS)) writeFileSync(join(dir, name), source);
  await step('ES module in Node', join(dir, 'app.mjs'));
  await step('the CPU entry in Node', join(dir, 'cpu.mjs'));
  await step('CommonJS in Node', join(dir, 'app.cjs'));
  await step('Keras in an ES module', join(dir, 'keras.mjs'));
  await step('Keras in CommonJS', join(dir, 'keras.cjs'));
  await step('pictures in an ES module', join(dir, 'vision.mjs'));
  await step('pictures in CommonJS', join(dir, 'vision.cjs'));
  await step('the command', join(dir, 'node_modules/tfjs-backend-convnet', bin.convnet), ['--version']);
  const bundle = join(dir, 'bundled.mjs');
  const args = ['--platform', 'node', '--format', 'esm', '--log-level', 'warn', '--file', bundle];
  await step('app bundle, made', binary('rolldown'), [join(dir, 'effectOnly.mjs'), ...args]);
  await step('app bundle, run', bundle);
}

/**
 * What the `keras` subpath may add to the start of an app that has the layers: bytes, minified. Operations, saving and
 * compiling come on demand. Whoever adds more should look for what else can.
 */
const KERAS_LIMIT = 190_000;

/** @param {string} dir */
async function checkSize(dir) {
  const sizes = [];
  for (const subpaths of [[''], ['', '/layers'], ['', '/layers', '/keras']]) {
    const source = subpaths.map((path, i) => `export * as part${i} from 'tfjs-backend-convnet${path}';`).join('\n');
    const input = join(dir, `size${subpaths.length}.mjs`);
    writeFileSync(input, source);
    // What is imported on demand is in chunks of its own, which an app loads when it needs them.
    const output = /** @type {const} */ ({ minify: true, format: 'esm' });
    const made = await build({ input, external: /^@tensorflow/, platform: 'browser', output, write: false });
    sizes.push(startBytes(made.output));
  }
  const [index, layers, keras] = sizes;
  console.log(`--- minified: ${index} bytes, layers add ${layers - index}, keras adds ${keras - layers}`);
  if (keras - layers > KERAS_LIMIT) throw new SetupError(`check:package: keras may add ${KERAS_LIMIT} bytes`);
}

/**
 * The bytes that the entry and what it imports at once have.
 * @param {readonly (import('rolldown').OutputChunk | import('rolldown').OutputAsset)[]} output
 */
function startBytes(output) {
  const chunks = new Map(output.flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one]] : [])));
  const loaded = new Set();
  const visit = (/** @type {string} */ name) => {
    const chunk = chunks.get(name);
    if (!chunk || loaded.has(chunk)) return;
    loaded.add(chunk);
    chunk.imports.forEach(visit);
  };
  for (const [name, chunk] of chunks) if (chunk.isEntry) visit(name);
  return [...loaded].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
}

/** An app that imports Conv2D alone carries no other layer. @param {string} dir */
async function checkTreeShaking(dir) {
  const bundle = async (/** @type {string} */ code) => {
    const input = join(dir, 'oneLayer.mjs');
    writeFileSync(input, code);
    const made = await build({
      input,
      external: /^@tensorflow/,
      platform: 'browser',
      output: { minify: true },
      write: false,
    });
    const { code: text } = made.output[0];
    const names = new Set([...text.matchAll(/className\s*=\s*[`'"](\w+)[`'"]/g)].map(([, name]) => name));
    return { names, bytes: Buffer.byteLength(text), gzip: gzipSync(text).length };
  };
  const one = await bundle(`import { Conv2D } from 'tfjs-backend-convnet/layers'; console.log(Conv2D);`);
  const all = await bundle(`import * as layers from 'tfjs-backend-convnet/layers'; console.log(layers);`);
  console.log(`--- Conv2D alone: ${one.bytes} bytes, ${one.gzip} gzip; all layers: ${all.bytes}, ${all.gzip} gzip`);
  const others = ['LSTM', 'MultiHeadAttention', 'RandomFlip', 'Dense', 'MaxPooling2D', 'BatchNormalization', 'Conv3D'];
  const carried = others.filter((name) => one.names.has(name) || !all.names.has(name));
  if (carried.length > 0 || !one.names.has('Conv2D')) {
    throw new SetupError(`check:package: an app with Conv2D alone must not carry ${carried.join(', ')}`);
  }
}

/** @param {string} dir */
async function compileTypes(dir) {
  const files = ['app.mts', 'app.cts'].map((name) => join(dir, name));
  for (const file of files) writeFileSync(file, TYPED_APP);
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'node16', '--target', 'es2022', '--types', ''];
  await step('declarations', binary('typescript', 'tsc'), ['--ignoreConfig', ...options, ...files]);
}

// With one engine `convnet` is that engine, also on a software renderer.
const WEBGL_APP = `import * as tf from '@tensorflow/tfjs-core';
import * as convnet from 'tfjs-backend-convnet/webgl';
tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
${USE}
export const done = use(tf, convnet, 'convnet');`;

/** A script that makes the global `convnetApp`. @param {string} contents @param {string} dir */
async function bundleForPage(contents, dir) {
  const options = /** @type {const} */ ({ bundle: true, platform: 'browser', format: 'iife', write: false });
  const { outputFiles } = await esbuild({
    ...options,
    stdin: { contents, resolveDir: dir },
    globalName: 'convnetApp',
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** @param {string} dir */
async function runInPage(dir) {
  console.log('--- script tag in Chromium');
  const { chromium } = await import('playwright-core');
  const args = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
  const browser = await chromium.launch({ executablePath: findChromium(), args });
  try {
    for (const file of ['convnet.min.js', 'convnet-all.min.js']) {
      const page = await browser.newPage();
      await page.addScriptTag({ path: join(root, 'node_modules/@tensorflow/tfjs/dist/tf.es2017.min.js') });
      await page.addScriptTag({ path: join(dir, 'node_modules/tfjs-backend-convnet/dist', file) });
      await page.evaluate(
        `tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
        ${USE} use(tf, convnet, '${CPU}').then(() => use(tf, convnet, 'convnet-webgl'))`,
      );
      if (file.includes('all')) {
        await page.evaluate(`void 0; ${USE_KERAS} useKeras(tf, convnet.layers, convnet.keras)`);
      }
      await page.close();
    }
    const page = await browser.newPage();
    await page.addScriptTag({ content: await bundleForPage(WEBGL_APP, dir) });
    await page.evaluate('convnetApp.done');
  } finally {
    await browser.close();
  }
}

await runMain(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'convnet-package-'));
  try {
    const tarball = pack(dir, 'package.tgz');
    await step('publint', binary('publint'), ['run', '--strict', join(dir, tarball)]);
    const attwArgs = ['--no-definitely-typed', '--no-color', join(dir, tarball)];
    await step('are the types wrong?', binary('@arethetypeswrong/cli', 'attw'), attwArgs);
    install(dir, tarball);
    checkMissingPeers(dir);
    await runApps(dir);
    await checkSize(dir);
    const sizes = await measureSizes();
    console.log(`--- whole apps, KB gzip\n${sizeTable(sizes)}`);
    const problems = problemsOf(sizes);
    if (problems.length > 0) throw new SetupError(`check:package: ${problems.join('; ')}`);
    await checkTreeShaking(dir);
    await compileTypes(dir);
    await runInPage(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
