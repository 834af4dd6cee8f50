// The variants of both engines that a page can run: WebGL2 with eight and with four render targets, and on textures of
// 16-bit floats. And captured models.

import * as tf from '@tensorflow/tfjs';
import { registerConvnet } from '../../src/backend/register.js';
import '../../src/index.js';
import { capturedSuffix } from './captured.js';

const captured = `convnet-webgl${capturedSuffix}`;

export const pageBackends: readonly string[] = ['convnet-webgl', 'convnet-webgl-narrow', 'convnet-webgl-f16', captured];

/** The factor of the tolerances: GLSL promises less of its functions, and a 16-bit float has 11 bits instead of 24. */
export const slackOf = (backend: string): number => (backend.endsWith('f16') ? 2 ** 13 : 16);

export async function registerPageBackends(): Promise<void> {
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  await start('convnet-webgl-narrow', { CONVNET_MAX_DRAW_BUFFERS: 4, CONVNET_FETCH: 'texelFetch' });
  await start('convnet-webgl-f16', { WEBGL_FORCE_F16_TEXTURES: true });
  await start(captured, {});
}

/** Registers and starts a backend while flags have other values. */
async function start(name: string, flags: Readonly<Record<string, string | number | boolean>>): Promise<void> {
  const before = Object.keys(flags).map((flag) => [flag, tf.env().get(flag)] as const);
  for (const [flag, value] of Object.entries(flags)) tf.env().set(flag, value);
  registerConvnet(name, { device: 'webgl' });
  await tf.setBackend(name);
  for (const [flag, value] of before) tf.env().set(flag, value as string | number | boolean);
}
