// Loaded before all tests, in Node and in browsers. Math.random gives a test the same numbers in every run, and whichever
// tests ran before: first weights, shuffled examples and dropout follow from it. A test that fails can be run again.

/**
 * Replaces Math.random of this page or process. Stands alone, since end-to-end tests send its text into their pages. The
 * state steps by the golden ratio of 2^32 and is scrambled by MurmurHash3's finalizer.
 * @param {string} seed any text
 */
export function seedChance(seed) {
  let state = 0;
  for (const char of seed) state = (Math.imul(state, 31) + char.charCodeAt(0)) >>> 0;
  Math.random = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** For mocha in Node, which asks a required module for it. */
export const mochaHooks = {
  /** @this {import('mocha').Context} */
  beforeEach() {
    seedChance(this.currentTest?.fullTitle() ?? '');
  },
};

seedChance('before the tests');
const { mocha } = /** @type {{ mocha?: { suite?: import('mocha').Suite } }} */ (globalThis);
mocha?.suite?.beforeEach(mochaHooks.beforeEach); // in browsers
