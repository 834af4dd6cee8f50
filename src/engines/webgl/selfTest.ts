// Drivers have bugs, and a wrong number must not look like a right one. The first time that a kernel class is chosen it
// computes a small convolution, which plain loops compute too; if they differ, the class is not used on this device: the
// next path is, with one warning, and backendInfo() says so. At the first use and not at the start, when all programs would
// have to be compiled: a model needs few of them.

export class SelfTest {
  readonly #outcomes = new Map<string, boolean>();
  readonly #postponed = new Map<string, () => boolean>();
  /** While programs are only compiled nothing can be tested: every class passes, and is tested by runPostponed(). */
  isPostponed = false;

  /** Whether a kernel class works here; `test` runs once. */
  passes(kernelClass: string, test: () => boolean): boolean {
    const known = this.#outcomes.get(kernelClass);
    if (known !== undefined) return known;
    if (this.isPostponed) {
      this.#postponed.set(kernelClass, test);
      return true;
    }
    this.#outcomes.set(kernelClass, true); // the test itself runs the class
    const outcome = attempt(test);
    if (outcome !== true) {
      console.warn(`convnet: ${kernelClass} gives wrong results on this GPU and is not used (${outcome})`);
      this.#outcomes.set(kernelClass, false);
    }
    return outcome === true;
  }

  /** One postponed test; false if there was none left. */
  runPostponed(): boolean {
    const [next] = this.#postponed;
    if (!next) return false;
    this.#postponed.delete(next[0]);
    this.passes(...next);
    return true;
  }

  /** For backendInfo(): the classes that failed, or how many passed. */
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
