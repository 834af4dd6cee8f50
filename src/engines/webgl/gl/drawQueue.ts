// Draws that wait for their programs. A driver compiles programs in the background and side by side, as long as nobody
// asks for one that is not ready. So a draw whose program is still being compiled waits here, with all that comes after
// it and depends on its order: in a first prediction the driver gets all programs at once, and the page does not block.
//
// Nobody has to know that draws wait: whoever uses the context has them drawn first (orderGuard.ts), and who reads a
// result waits for them.

import { ContextLoss } from './contextLoss.js';
import { OrderGuard } from './orderGuard.js';

/** Milliseconds after which programs are asked again whether they are ready. */
const ASK_EVERY = 1;

/** A program that a draw waits for. */
export interface WaitedFor {
  /** Whether the driver has it ready. */
  isReady(): boolean;
  /** Waits for it. */
  link(): void;
}

const queues = new WeakMap<WebGL2RenderingContext, DrawQueue>();

export class DrawQueue {
  readonly #guard: OrderGuard;
  #waiting: (() => void)[] = [];
  /** What it waits for: the first of these are ready, how many is `#ready`. */
  #programs: WaitedFor[] = [];
  #ready = 0;

  /** The one of a context, whichever backend instance asks. */
  static of(gl: WebGL2RenderingContext): DrawQueue {
    const queue = queues.get(gl) ?? new DrawQueue(gl);
    queues.set(gl, queue);
    return queue;
  }

  private constructor(gl: WebGL2RenderingContext) {
    this.#guard = new OrderGuard(gl, () => this.drain());
    ContextLoss.of(gl).add({ onLost: () => this.#clear(), onRestored: () => {} });
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Does work after all that waits.
   *
   * @param program What it draws with; default: it waits for none.
   */
  add(run: () => void, program?: WaitedFor): void {
    this.#waiting.push(run);
    if (program) this.#programs.push(program);
    this.#guard.isOn = true;
    this.#runIfReady();
  }

  /** Does work that waits for no program, in its order: now if nothing waits. It must not use what JavaScript may change. */
  inOrder(run: () => void): void {
    if (this.isEmpty) run();
    else this.add(run);
  }

  /** Does work now that does not depend on its order, such as making a texture or filling a new one. */
  aside<T>(work: () => T): T {
    return this.#guard.lifted(work);
  }

  /** Does everything that waits, and waits for the driver where it must. */
  drain(): void {
    const [due, programs] = [this.#waiting, this.#programs];
    this.#clear();
    for (const program of programs) program.link(); // behind the first draws it would wait for them, too
    for (const run of due) run(); // if one throws the context is lost, and the others are moot
  }

  /** Resolves when everything has been done that waits, without blocking the page. */
  async whenDrained(): Promise<void> {
    this.#runIfReady();
    while (!this.isEmpty) {
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
      this.#runIfReady();
    }
  }

  #runIfReady(): void {
    while (this.#programs[this.#ready]?.isReady()) this.#ready++;
    if (this.#ready === this.#programs.length) this.drain();
  }

  #clear(): void {
    this.#waiting = [];
    this.#programs = [];
    this.#ready = 0;
    this.#guard.isOn = false;
  }
}
