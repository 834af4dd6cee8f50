// Backends of ours that start under flags: devices and settings that this machine does not have.

import * as tf from '@tensorflow/tfjs';
import { registerConvnet } from '../../../src/backend/register.js';

/** Registers a WebGL backend of ours for a suite, makes it the active one, and sets the flags only while it starts. */
export function withFlags(name: string, flags: Readonly<Record<string, string | number>>): void {
  before(async () => {
    const old = Object.keys(flags).map((flag) => [flag, tf.env().get(flag)] as const);
    for (const [flag, value] of Object.entries(flags)) tf.env().set(flag, value);
    registerConvnet(name, { device: 'webgl' });
    await tf.setBackend(name);
    for (const [flag, value] of old) tf.env().set(flag, value);
  });
  after(async () => {
    await tf.setBackend('cpu');
    tf.removeBackend(name);
  });
}
