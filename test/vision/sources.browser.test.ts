// Pictures of a page: elements, bytes, frames of a video.

import { expect } from 'chai';
import { frames, type PictureSource, pictureToTensor } from '../../src/vision.js';
import { useBackend } from '../support/backends.js';

/** Red, green, blue, and half-transparent black, which lies on white. */
const colours = ['rgb(255,0,0)', 'rgb(0,255,0)', 'rgb(0,0,255)', 'rgba(0,0,0,0.5)'];
const expected = [255, 0, 0, 0, 255, 0, 0, 0, 255, 127, 127, 127];

function drawn<C extends HTMLCanvasElement | OffscreenCanvas>(canvas: C): C {
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  for (const [i, colour] of colours.entries()) {
    context.fillStyle = colour;
    context.fillRect(i % 2, i >> 1, 1, 1);
  }
  return canvas;
}

const canvas = () => drawn(Object.assign(document.createElement('canvas'), { width: 2, height: 2 }));
const png = () => drawn(new OffscreenCanvas(2, 2)).convertToBlob();

async function imageOf(blob: Blob): Promise<HTMLImageElement> {
  const image = new Image();
  image.width = 50; // the size that it is shown at
  image.src = URL.createObjectURL(blob);
  await image.decode();
  return image;
}

const sources: Readonly<Record<string, () => Promise<PictureSource> | PictureSource>> = {
  'a canvas': canvas,
  'an OffscreenCanvas': () => drawn(new OffscreenCanvas(2, 2)),
  'an ImageBitmap': () => createImageBitmap(canvas()),
  ImageData: () => (canvas().getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, 2, 2),
  'an image element': async () => imageOf(await png()),
  'a Blob': png,
  'the bytes of a file': async () => new Uint8Array(await (await png()).arrayBuffer()),
};

describe('pictureToTensor in a page', () => {
  useBackend('convnet-cpu');

  for (const [title, make] of Object.entries(sources)) {
    it(title, async () => {
      const y = await pictureToTensor(await make(), { preprocess: 'none' });
      expect(y.shape).to.deep.equal([1, 2, 2, 3]);
      const values = Array.from(await y.data());
      y.dispose();
      for (const [i, value] of expected.entries()) expect(values[i], `value ${i}`).to.be.closeTo(value, 2);
    });
  }

  it('says what is wrong with bytes that are no picture', async () => {
    const message = await pictureToTensor(new Uint8Array(9)).then(
      () => 'no error',
      (error: Error) => error.message,
    );
    expect(message).to.match(/the bytes must be a picture; received 9 bytes/);
  });
});

/** A video of a canvas that changes its colour. */
async function playing(): Promise<{ video: HTMLVideoElement; stop(): void }> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 16 });
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  let shade = 0;
  const draw = () => {
    shade = (shade + 5) % 256;
    context.fillStyle = `rgb(${shade},${shade},${shade})`;
    context.fillRect(0, 0, 16, 16);
  };
  draw();
  const timer = setInterval(draw, 20);
  const stream = canvas.captureStream(30);
  const video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream });
  document.body.append(video); // a video that is not in the page shows no frames
  await video.play();
  const stop = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    video.remove();
  };
  return { video, stop };
}

describe('frames of a video', () => {
  useBackend('convnet-cpu');

  it('come one after another, are tensors, and end with the signal', async () => {
    const { video, stop } = await playing();
    const controller = new AbortController();
    const times: number[] = [];
    for await (const { picture, time } of frames(video, { signal: controller.signal })) {
      const y = await pictureToTensor(picture, { size: [4, 4] });
      expect(y.shape).to.deep.equal([1, 4, 4, 3]);
      y.dispose();
      times.push(time);
      if (times.length === 4) controller.abort();
    }
    stop();
    expect(times.length).to.equal(4);
    expect(
      [...times].sort((a, b) => a - b),
      'in their order',
    ).to.deep.equal(times);
  });

  it('drop what nobody could look at', async () => {
    const { video, stop } = await playing();
    let skipped = 0;
    let count = 0;
    for await (const frame of frames(video)) {
      skipped += frame.skipped;
      if (++count === 3) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    stop();
    expect(count).to.equal(3);
    expect(skipped).to.be.above(0);
  });

  it('end when the signal comes while nothing moves', async () => {
    const { video, stop } = await playing();
    stop();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    for await (const _ of frames(video, { signal: controller.signal }))
      await new Promise((resolve) => setTimeout(resolve));
  });

  it('are of a video only', async () => {
    const message = await frames(undefined as never)
      .next()
      .then(
        () => 'no error',
        (error: Error) => error.message,
      );
    expect(message).to.match(/must be an HTMLVideoElement; received video='undefined'/);
  });
});
