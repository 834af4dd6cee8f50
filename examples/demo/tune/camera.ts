/** The camera: one stream for all that films. */
import { squareOf } from './square.js';

let stream: MediaStream | undefined;

export function isFilming(): boolean {
  return stream !== undefined;
}

/** @throws Error that says in the user's words why there is no picture. */
export async function startCamera(video: HTMLVideoElement): Promise<void> {
  if (stream) return;
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error('This page gets no camera: browsers give it to pages of https and of this machine only.');
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 }, audio: false });
  } catch (error) {
    throw new Error(reasonOf(error));
  }
  video.srcObject = stream;
  await video.play();
}

export function stopCamera(video: HTMLVideoElement): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  video.srcObject = null;
}

/** The picture that the camera sees now. */
export function frameOf(video: HTMLVideoElement): ImageData {
  return squareOf(video, video.videoWidth, video.videoHeight);
}

function reasonOf(error: unknown): string {
  const { name, message } = error as DOMException;
  switch (name) {
    case 'NotAllowedError':
      return 'The camera was not allowed. The browser asks again once the permission is reset, beside the address.';
    case 'NotFoundError':
      return 'There is no camera on this machine. Choose pictures instead.';
    case 'NotReadableError':
      return 'The camera is in use by another program.';
    default:
      return `The camera did not start: ${message}`;
  }
}
