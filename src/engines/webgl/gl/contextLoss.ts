// Browsers take a context away when a driver restarts, a laptop changes its GPU or there are too many contexts. All
// data on the GPU are lost then, also if the context comes back. TensorFlow.js would compute on, read zeros or wait for
// ever. Here whoever waits or comes later gets an error, and CONVNET_ON_LOSS says how it goes on.

import type { FlagValue } from '../../../core/flags.js';
import { readFlag } from '../../../tfjs/flags.js';

/** The context is gone, and with it data. */
export class ContextLostError extends Error {
  override readonly name = 'ContextLostError';
}

/** What has objects in a context. */
export interface ContextUser {
  /** Lets go of all objects of the context, which is gone; called once for each loss. */
  onLost(): void;
  /** Makes anew what it needs; the context is back, and empty. */
  onRestored(): void;
}

type OnLoss = FlagValue<'CONVNET_ON_LOSS'>;

const losses = new WeakMap<WebGL2RenderingContext, ContextLoss>();

export class ContextLoss {
  readonly #gl: WebGL2RenderingContext;
  readonly #waiting = new Set<(error: Error) => void>();
  /** In the order in which they are told. */
  readonly #users = new Set<ContextUser>();
  #state: 'alive' | OnLoss = 'alive';
  #restored = 0;

  /** The one of a context, whichever backend instance asks. */
  static of(gl: WebGL2RenderingContext): ContextLoss {
    const loss = losses.get(gl) ?? new ContextLoss(gl);
    losses.set(gl, loss);
    return loss;
  }

  private constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    gl.canvas.addEventListener('webglcontextlost', (event) => {
      this.#lose();
      if (this.#state === 'restore') event.preventDefault(); // else the browser does not give it back
    });
    gl.canvas.addEventListener('webglcontextrestored', () => {
      if (this.#state !== 'restore') return;
      this.#state = 'alive';
      this.#restored++;
      for (const user of this.#users) user.onRestored();
    });
  }

  /** How it stands, for backendInfo(). */
  get summary(): string {
    if (this.#state === 'cpu') return 'lost, the CPU computes';
    if (this.#state !== 'alive') return 'lost';
    return this.#restored === 0 ? 'alive' : `alive, restored ${this.#restored} times`;
  }

  /** Whether the context is gone for good and the CPU engine computes. */
  get isOnCpu(): boolean {
    return this.#state === 'cpu';
  }

  add(user: ContextUser): void {
    this.#users.add(user);
  }

  remove(user: ContextUser): void {
    this.#users.delete(user);
  }

  /** How often the context has come back. */
  get restored(): number {
    return this.#restored;
  }

  /**
   * Throws an error that says how to go on, if the context has been lost.
   *
   * @param since Also if it has come back since `restored` had this value.
   */
  check(since = this.#restored): void {
    if (this.#state === 'alive' && !this.#gl.isContextLost() && since === this.#restored) return;
    if (this.#gl.isContextLost()) this.#lose(); // the event comes later
    throw this.#error();
  }

  /** Waits for `work`, or fails as soon as the context is lost: fences of a lost context never pass. */
  async guard<T>(work: Promise<T>): Promise<T> {
    let onLoss: (error: Error) => void = () => {};
    const failure = new Promise<never>((_, reject) => {
      onLoss = reject;
      this.#waiting.add(reject);
    });
    try {
      const result = await Promise.race([work, failure]);
      this.check();
      return result;
    } finally {
      this.#waiting.delete(onLoss);
    }
  }

  #lose(): void {
    if (this.#state !== 'alive') return;
    this.#state = readFlag('CONVNET_ON_LOSS');
    for (const reject of this.#waiting) reject(this.#error());
    this.#waiting.clear();
    if (this.#state !== 'error') for (const user of this.#users) user.onLost();
  }

  #error(): Error {
    const wayOut = wayOuts[this.#state === 'alive' ? 'error' : this.#state];
    return new ContextLostError(`convnet: the WebGL context was lost, and with it all data on the GPU; ${wayOut}`);
  }
}

const wayOuts: Readonly<Record<OnLoss, string>> = {
  restore: 'it comes back by itself, and weights and inputs with it: repeat the prediction then (flag CONVNET_ON_LOSS)',
  cpu: 'the CPU goes on: repeat the prediction (flag CONVNET_ON_LOSS)',
  error: 'tf.removeBackend(name), registerBackends(), tf.setBackend(name), and load the model again',
};

/** The error of a result that was on the GPU alone. */
export function lostResult(shape: readonly number[]): Error {
  return new ContextLostError(
    'convnet: the WebGL context was lost, and with it this tensor, whose values were on the GPU alone; received ' +
      `shape=[${shape}]. Compute it again; variables that were trained on the GPU are kept with CONVNET_SNAPSHOT_STEPS`,
  );
}
