// The TypeScript of the documents, which the compiler checks here. commands.node.test.ts compares the two texts.

import type * as tf from '@tensorflow/tfjs';
import type { KerasModel } from '../../../src/keras.js';
import { frames, pictureToTensor } from '../../../src/vision.js';

/** docs/keras.md: a model whose outputs have names. */
export function predictByName(model: KerasModel, image: tf.Tensor): tf.Tensor[] {
  const { boxes, scores } = model.predict<{ boxes: tf.Tensor; scores: tf.Tensor }>({ image });
  return [boxes, scores];
}

/** docs/pictures.md: the frames of a video. */
export async function predictFrames(video: HTMLVideoElement, model: KerasModel, signal: AbortSignal): Promise<number> {
  let all = 0;
  for await (const { picture, skipped } of frames(video, { signal })) {
    const x = await pictureToTensor(picture, { model, preprocess: 'MobileNetV2' });
    // predict, show, and dispose of x
    all += skipped + 1;
    x.dispose();
  }
  return all;
}
