import { writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { type BackendInfo, backendInfo } from 'tfjs-backend-convnet';
import { type KerasSource, loadKerasModel, saveKerasModel } from 'tfjs-backend-convnet/keras';
import { conv2d } from 'tfjs-backend-convnet/layers';
import { EarlyStopping } from 'tfjs-backend-convnet/training';
import { type FloatPicture, predictTiled } from 'tfjs-backend-convnet/vision';

async function predict(source: KerasSource): Promise<number[]> {
  await tf.setBackend('convnet');
  const info: BackendInfo = backendInfo();
  if (info.engine !== 'cpu') throw new Error(info.reason);
  const model = await loadKerasModel(source);
  const x = tf.range(0, 192).div(192).reshape([1, 8, 8, 3]);
  const y = model.predict(x) as tf.Tensor;
  return Array.from(await y.data());
}

// @ts-expect-error: types that are not found would take it
export const wrong = () => conv2d({ filters: 'many', kernelSize: 1 });

// What the package gives can go wherever bytes go.
async function bytes() {
  const model = tf.sequential({ layers: [conv2d({ filters: 1, kernelSize: 1, inputShape: [4, 4, 1] })] });
  const file = await saveKerasModel(model);
  await writeFile('copy.keras', file);
  await crypto.subtle.digest('SHA-256', file);
  new Request('https://example.com', { method: 'POST', body: file });
  const picture: FloatPicture | null = await predictTiled(model, { width: 4, height: 4, data: new Uint8Array(64) });
  if (picture) new Blob([file, picture.data]);
  return new EarlyStopping({ patience: 1 });
}

declare const process: { argv: string[] };

async function main() {
  console.log(`prediction ${process.argv[2]} ${JSON.stringify(await predict('small.keras'))}`);
  await bytes();
}

main();
