// Keeps the order of a context while draws wait: whoever calls a function of WebGL whose effect depends on what was drawn
// before, or changes what draws depend on, has them drawn first. That may be TensorFlow.js, an app that shares the
// context, or a part of this engine.

/** What only makes objects, compiles, or asks. Reading a buffer back is none of these: its copy may wait. */
const WITHOUT_ORDER =
  /^(create|get(?!BufferSubData)|is|shaderSource|compileShader|(at|de)tachShader|linkProgram|delete(Shader|Sync)|clientWaitSync|check)/;

type Method = (...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

interface Replaced {
  readonly name: string;
  readonly method: Method;
  readonly guarded: Method;
}

export class OrderGuard {
  readonly #gl: WebGL2RenderingContext;
  readonly #drawFirst: () => void;
  /** The context's own methods. */
  readonly #plain: object;
  /** The same, but for those that draw first. */
  readonly #guarded: object;
  /** What tools that watch a context put into the places of its methods. */
  #watching: readonly Replaced[] = [];
  #isOn = false;

  constructor(gl: WebGL2RenderingContext, drawFirst: () => void) {
    this.#gl = gl;
    this.#drawFirst = drawFirst;
    this.#plain = Object.getPrototypeOf(gl);
    this.#guarded = Object.create(this.#plain);
    const plain = this.#plain as Methods;
    for (const name of methodsOf(this.#plain)) {
      // The method is found anew each time: tools may replace it here, too.
      if (!WITHOUT_ORDER.test(name)) this.#put(this.#guarded, name, (...args) => plain[name].apply(gl, args));
    }
  }

  /** Whether draws wait. */
  set isOn(isOn: boolean) {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    Object.setPrototypeOf(this.#gl, isOn ? this.#guarded : this.#plain);
    if (isOn) this.#guardWatching();
    else this.#leaveWatching();
  }

  /** Runs work that must not have them drawn. */
  lifted<T>(work: () => T): T {
    const isOn = this.#isOn;
    this.isOn = false;
    try {
      return work();
    } finally {
      this.isOn = isOn;
    }
  }

  #put(owner: object, name: string, method: Method): Method {
    const value: Method = (...args) => {
      this.#drawFirst();
      return method(...args);
    };
    Object.defineProperty(owner, name, { value, configurable: true, enumerable: true, writable: true });
    return value;
  }

  #guardWatching(): void {
    const own = this.#gl as unknown as Methods;
    const names = Object.keys(own).filter((name) => typeof own[name] === 'function' && !WITHOUT_ORDER.test(name));
    this.#watching = names.map((name) => {
      const method = own[name];
      return { name, method, guarded: this.#put(own, name, (...args) => method.apply(own, args)) };
    });
  }

  /** Unless the tool has taken its method away, or put another one there. */
  #leaveWatching(): void {
    const own = this.#gl as unknown as Methods;
    for (const { name, method, guarded } of this.#watching) if (own[name] === guarded) own[name] = method;
    this.#watching = [];
  }
}

function methodsOf(prototype: object): string[] {
  const names = new Set<string>();
  for (let level = prototype; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names];
}
