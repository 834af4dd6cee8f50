/** The camera: one stream for all that films. */
import { PageError } from '../pageError.js';
import { squareOf } from './square.js';

let stream: MediaStream | undefined;

export function isFilming(): boolean {
  return stream !== undefined;
}

/**
 * @param onEnd Called when the camera ends by itself: it was unplugged, or the permission was taken back.
 * @throws Error that says in the user's words why there is no picture.
 */
export async function startCamera(video: HTMLVideoElement, onEnd: () => void): Promise<void> {
  if (stream) return;
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new PageError(
      'Choose pictures instead.',
      'Browsers give a camera to pages of https and of this machine only.',
    );
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 }, audio: false });
  } catch (error) {
    throw new PageError(...reasonOf(error));
  }
  for (const track of stream.getTracks()) {
    track.onended = () => {
      stopCamera(video);
      onEnd();
    };
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

function reasonOf(error: unknown): [todo: string, found: string] {
  const { name, message } = error as DOMException;
  switch (name) {
    case 'NotAllowedError':
      return ['Reset the permission beside the address, and the browser asks again.', 'The camera was not allowed.'];
    case 'NotFoundError':
      return ['Choose pictures instead.', 'There is no camera on this machine.'];
    case 'NotReadableError':
      return ['Close the other program that uses the camera.', 'The camera is in use.'];
    default:
      return ['Choose pictures instead.', `The camera did not start: ${message}`];
  }
}
