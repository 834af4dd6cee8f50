// What the GPU refuses: textures that it has no memory for, programs that its driver does not compile. An error of these
// kinds leaves nothing behind, so that the next operation starts from a sound state, and says how to go on.

import { show } from '../../../core/errors.js';

/** The GPU did not give what an operation needs. */
export class GpuFailure extends Error {
  override readonly name: string = 'GpuFailure';
}

export class TextureFailure extends GpuFailure {
  override readonly name = 'TextureFailure';

  constructor(received: Readonly<Record<string, number | string>>) {
    const values = Object.entries(received).map(([name, value]) => `${name}=${show(value)}`);
    super(
      `convnet: a texture must fit into the memory of the GPU; received ${values.join(', ')}. ` +
        'Dispose of tensors, take smaller batches or pictures, or let the CPU take over with ' +
        "tf.env().set('CONVNET_ON_FAILURE', 'cpu')",
    );
  }
}

export class ProgramFailure extends GpuFailure {
  override readonly name = 'ProgramFailure';

  constructor(key: string, complaint: string) {
    super(
      `${key}: the shader must compile; received\n${complaint}\n` +
        "Update the driver, or let the CPU take over with tf.env().set('CONVNET_ON_FAILURE', 'cpu')",
    );
  }
}

/** A self-test has found that a program gives wrong results on this GPU, after something was computed with it. */
export class WrongProgramError extends GpuFailure {
  override readonly name = 'WrongProgramError';
}

/** The error of a result that may be wrong. */
export function voidResult(shape: readonly number[]): Error {
  return new WrongProgramError(
    'convnet: a program gave wrong results on this GPU and is not used any more, as the warning says. It may have ' +
      `computed this tensor; received shape=[${shape}]. Compute it again: another program takes its place`,
  );
}

/** How TensorFlow.js words its failures. */
const tfjsFailures =
  /^(Failed to (compile|link)|Requested texture size|Unable to create WebGL|Unable to acquire|GL Error|Unable to bind framebuffer|Error binding framebuffer)|GL Error: |^Could not compile|^Framebuffer/i;

/** The failure that an error stands for, where it is one: ours as it is, TensorFlow.js's in our words. */
export function asGpuFailure(error: unknown, what: string): GpuFailure | undefined {
  if (error instanceof GpuFailure) return error;
  if (!(error instanceof Error) || !tfjsFailures.test(error.message)) return undefined;
  return new ProgramFailure(what, error.message);
}
