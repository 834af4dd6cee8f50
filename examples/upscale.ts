/**
 * `npm start`: doubles the size of a photograph with a Keras super-resolution network on this package's backend, in
 * Node. Writes a PNG, then runs one small patch on TensorFlow.js's own `cpu` backend too and prints how far the two are
 * apart.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import cliProgress from 'cli-progress';
import { backendInfo } from '../src/index.js';
import { ESRGAN_X2, loadEsrganX2 } from './upscale/esrgan.js';
import { factsOf, grouped } from './upscale/facts.js';
import { crop, largestDifference, type RgbImage } from './upscale/image.js';
import { readNodeModule } from './upscale/nodeFiles.js';
import { readPng, writePng } from './upscale/png.js';
import { tableOf } from './upscale/table.js';
import { DEFAULT_PATCH, runPatch, upscale } from './upscale/upscale.js';

const USAGE = `npm start -- [options]

  --image <file>    PNG to enlarge (the photograph in examples/photo)
  --out <file>      PNG to write (upscaled.png)
  --backend <name>  convnet, convnet-cpu, convnet-webgl, cpu or wasm (convnet)
  --patch <pixels>  largest side of the pieces the picture is cut into (${DEFAULT_PATCH})
  --help            this text`;

const photo = fileURLToPath(new URL('./photo/chelsea.png', import.meta.url));

/** The side of the patch on which the backends are compared. The `cpu` backend needs seconds for it. */
const COMPARED_SIDE = 64;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      image: { type: 'string', default: photo },
      out: { type: 'string', default: 'upscaled.png' },
      backend: { type: 'string', default: 'convnet' },
      patch: { type: 'string', default: String(DEFAULT_PATCH) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }

  const image = await readPng(values.image);
  const patch = patchFrom(values.patch);
  await useBackend(values.backend);
  const model = await loadEsrganX2(readNodeModule);

  const ours = values.backend.startsWith('convnet');
  console.log(
    tableOf([
      ['picture', `${relative('', values.image) || values.image}, ${sizeOf(image)}`],
      ['network', `${ESRGAN_X2.title}, ${grouped(model.countParams())} weights`],
      ['backend', values.backend],
      ...(ours ? factsOf(backendInfo()).map(([label, text]) => [`  ${label}`, text]) : []),
    ]),
  );

  const start = performance.now();
  const result = await upscaleWithBar(model, image, patch);
  const pictureMs = performance.now() - start;
  await writePng(values.out, result);
  console.log(`\nwrote     ${values.out}, ${sizeOf(result)}\n`);

  console.log(await comparePatch(model, image, values.backend, pictureMs));
}

/**
 * Starts a backend. Production mode silences the remarks of TensorFlow.js, above all its advice to install another
 * backend.
 */
async function useBackend(name: string): Promise<void> {
  tf.enableProdMode();
  if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  if (tf.findBackendFactory(name) === null) {
    throw new Error(
      `upscale: no backend has this name; received backend=${name}. Known: ${tf.engine().backendNames()}.`,
    );
  }
  if (!(await tf.setBackend(name))) {
    throw new Error(`upscale: the backend must be able to start on this machine; received backend=${name}`);
  }
}

function patchFrom(text: string): number {
  const patch = Number(text);
  const least = 2 * ESRGAN_X2.margin + 1;
  if (!Number.isInteger(patch) || patch < least) {
    throw new Error(`upscale: the patch must be a whole number of at least ${least} pixels; received patch=${text}`);
  }
  return patch;
}

/** Upscales with a progress bar on stderr. If that is not a terminal, the bar is one line every two seconds. */
async function upscaleWithBar(model: LayersModel, image: RgbImage, patch: number): Promise<RgbImage> {
  const bar = new cliProgress.SingleBar({
    format: 'upscaling {bar} {value}/{total} patches, {duration} s',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 2000,
  });
  console.log('');
  try {
    return await upscale(model, image, {
      ...ESRGAN_X2,
      patch,
      onProgress: (done, total) => (done === 1 ? bar.start(total, 1) : bar.update(done)),
    });
  } finally {
    bar.stop();
  }
}

/** Compares the backend with `cpu` on the middle of the picture, each after one run to warm up. */
async function comparePatch(model: LayersModel, image: RgbImage, backend: string, pictureMs: number): Promise<string> {
  const patch = middleOf(image, COMPARED_SIDE);
  const header = ['backend', `picture ${sizeOf(image)}`, `patch ${sizeOf(patch)}`, 'largest difference from cpu'];

  const own = await timePatch(model, patch);
  const rows = [header, [backend, `${grouped(pictureMs)} ms`, `${grouped(own.ms)} ms`]];
  if (backend === 'cpu') return tableOf(rows.map((row) => row.slice(0, 3)));

  await tf.setBackend('cpu');
  const cpu = await timePatch(model, patch);
  rows[1]?.push(`${largestDifference(own.values, cpu.values).toExponential(1)} of 255`);
  rows.push(['cpu', '', `${grouped(cpu.ms)} ms`, '']);
  return tableOf(rows);
}

async function timePatch(model: LayersModel, patch: RgbImage): Promise<{ values: Float32Array; ms: number }> {
  await runPatch(model, patch);
  const start = performance.now();
  const values = await runPatch(model, patch);
  return { values, ms: performance.now() - start };
}

function middleOf(image: RgbImage, side: number): RgbImage {
  const width = Math.min(side, image.width);
  const height = Math.min(side, image.height);
  return crop(image, { left: (image.width - width) >> 1, top: (image.height - height) >> 1, width, height });
}

function sizeOf({ width, height }: RgbImage): string {
  return `${width} x ${height}`;
}

main().catch((error: Error & { code?: string }) => {
  console.error(error.message);
  if (error.code?.startsWith('ERR_PARSE_ARGS')) console.error(`\n${USAGE}`);
  process.exitCode = 1;
});
