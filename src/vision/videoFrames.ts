// The frames of a video or a camera, as fast as they can be used.

import { check } from '../core/errors.js';

/** A frame that the video shows now. Use it before the next one is asked for. */
export interface Frame {
  /** The video, for `pictureToTensor` or `tf.browser.fromPixels`. */
  readonly picture: HTMLVideoElement;
  /** Seconds from the start of the video. */
  readonly time: number;
  /** Frames that the browser has shown since the last one and that nobody saw. 0 where the browser does not count. */
  readonly skipped: number;
}

export interface FramesOptions {
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/**
 * The frames of a playing video, the newest whenever the last one has been dealt with: frames in between are dropped and
 * never queued. It ends with the video, or with the signal.
 *
 * @throws Error for what is no video element.
 * Source: https://wicg.github.io/video-rvfc/
 */
export async function* frames(
  video: HTMLVideoElement,
  { signal }: FramesOptions = {},
): AsyncGenerator<Frame, void, void> {
  const isVideo = typeof video === 'object' && video !== null && 'videoWidth' in video;
  check(isVideo, 'frames', 'video must be an HTMLVideoElement', { video: String(video) });
  let presented: number | undefined;
  while (!video.ended && !signal?.aborted) {
    const shown = await nextFrame(video, signal);
    if (!shown) return;
    const skipped = presented === undefined || shown.presented === undefined ? 0 : shown.presented - presented - 1;
    presented = shown.presented;
    yield { picture: video, time: shown.time, skipped: Math.max(0, skipped) };
  }
}

interface Shown {
  readonly time: number;
  readonly presented?: number;
}

/** Resolves with the next frame that the video shows, or with null when it ends or the signal comes first. */
function nextFrame(video: HTMLVideoElement, signal: AbortSignal | undefined): Promise<Shown | null> {
  return new Promise((resolve) => {
    const hasCallback = typeof video.requestVideoFrameCallback === 'function'; // Firefox before 132 has none
    const handle = hasCallback
      ? video.requestVideoFrameCallback((_, { mediaTime, presentedFrames }) =>
          finish({ time: mediaTime, presented: presentedFrames }),
        )
      : requestAnimationFrame(() => finish({ time: video.currentTime }));
    const finish = (shown: Shown | null) => {
      video.removeEventListener('ended', end);
      signal?.removeEventListener('abort', end);
      if (shown === null) (hasCallback ? video.cancelVideoFrameCallback.bind(video) : cancelAnimationFrame)(handle);
      resolve(shown);
    };
    const end = () => finish(null);
    video.addEventListener('ended', end);
    signal?.addEventListener('abort', end);
  });
}
