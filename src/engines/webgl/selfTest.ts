// Drivers have bugs, and a wrong number must not look like a right one. The first time that a kernel class is chosen it
// computes a small convolution, which plain loops compute too. If the results differ, the class is not used on this
// device: there is one warning, the next path is taken, and backendInfo() says so. A class is tested at its first use
// because at the start all programs would have to be compiled, of which a model needs few.

export class SelfTest {
  readonly #outcomes = new Map<string, boolean>();
  readonly #postponed = new Map<string, () => boolean>();
  /** While programs are only being compiled nothing can be tested: every class passes, and runPostponed() tests it. */
  isPostponed = false;

  /** Runs the test of a kernel class, if this is the first time, and returns whether the class works here. */
  check(kernelClass: string, test: () => boolean): boolean {
    const known = this.#outcomes.get(kernelClass);
    if (known !== undefined) return known;
    if (this.isPostponed) {
      this.#postponed.set(kernelClass, test);
      return true;
    }
    this.#outcomes.set(kernelClass, true); // the test runs the class, which asks again
    const outcome = attempt(test);
    if (outcome !== true) {
      console.warn(`convnet: ${kernelClass} gives wrong results on this GPU and is not used (${outcome})`);
      this.#outcomes.set(kernelClass, false);
    }
    return outcome === true;
  }

  /** Runs one postponed test; returns false if there was none left. */
  runPostponed(): boolean {
    const [next] = this.#postponed;
    if (!next) return false;
    this.#postponed.delete(next[0]);
    this.check(...next);
    return true;
  }

  /** The classes that failed, or how many passed, for backendInfo(). */
  get summary(): string {
    const failed = [...this.#outcomes].filter(([, passed]) => !passed).map(([kernelClass]) => kernelClass);
    if (failed.length > 0) return `failed: ${failed.join(', ')}`;
    return this.#outcomes.size === 0 ? 'not run yet' : `passed: ${this.#outcomes.size}`;
  }
}

function attempt(test: () => boolean): true | string {
  try {
    return test() || 'its results differ from plain loops';
  } catch (error) {
    return (error as Error).message;
  }
}
