// Browsers take a context away when a driver restarts, a laptop changes its GPU or there are too many contexts. All
// data on the GPU are lost then, also if the context comes back. TensorFlow.js would compute on, read zeros or wait for
// ever; an error is better.

const losses = new WeakMap<WebGL2RenderingContext, ContextLoss>();

export class ContextLoss {
  readonly #gl: WebGL2RenderingContext;
  readonly #waiting = new Set<(error: Error) => void>();
  #hasHappened = false;

  /** The one of a context, whichever backend instance asks. */
  static of(gl: WebGL2RenderingContext): ContextLoss {
    const loss = losses.get(gl) ?? new ContextLoss(gl);
    losses.set(gl, loss);
    return loss;
  }

  private constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    gl.canvas.addEventListener('webglcontextlost', () => {
      this.#hasHappened = true;
      for (const reject of this.#waiting) reject(lost());
      this.#waiting.clear();
    });
  }

  /** Throws an error that says how to go on, if the context has been lost. */
  check(): void {
    if (this.#hasHappened || this.#gl.isContextLost()) throw lost();
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
}

function lost(): Error {
  const wayOut = 'tf.removeBackend(name), registerBackends(), tf.setBackend(name), and load the model again';
  return new Error(`convnet: the WebGL context was lost, and with it all data on the GPU; ${wayOut}`);
}
