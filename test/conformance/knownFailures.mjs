// Specs of the TensorFlow.js conformance suite that fail on a backend for a reason of the host, not of this project.
// They still run: a failure that is not listed here fails the run, and one that starts to pass is reported.

const HOST = 'stock webgl fails it too: ';

/** @type {readonly import('../../tools/tally.mjs').KnownFailure[]} */
const WEBGL = [
  { words: ['floorDiv float32'], why: `${HOST}the shader's division is not exact` },
  { words: ['gather', 'throws when index is out of bound'], why: `${HOST}a shader cannot throw` },
  { words: ['tan', 'exceed float32 precision'], why: `${HOST}the shader's tan loses large arguments` },
];

/** @param {string} backendName */
export const knownFailures = (backendName) => (backendName.endsWith('webgl') ? WEBGL : []);
