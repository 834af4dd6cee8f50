// A rolldown plugin for the CommonJS build. Where a package of TensorFlow.js is not installed, Node's error names that one and
// no way out; the entries add what is needed and the command that installs it. Imports of ES modules come before any code, so
// there Node's own error, or the bundler's, is what people see: docs/installing.md explains it.

import { readFileSync } from 'node:fs';

const { name, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const PEER = /^@tensorflow\//;

const NEEDED = `${name} needs the packages of TensorFlow.js (${Object.keys(peerDependencies).join(', ')}) beside it. Run: npm install @tensorflow/tfjs`;

/** @returns {import('rolldown').Plugin} */
export function missingPeers() {
  return {
    name: 'missing-peers',
    renderChunk(code, chunk, _options, { chunks }) {
      if (!chunk.isEntry) return null;
      const peers = importedBy(chunk.fileName, chunks);
      return { code: `${check(peers)}${code}`, map: null };
    },
  };
}

/**
 * The packages of TensorFlow.js that a chunk loads at once.
 * @param {string} fileName @param {Record<string, import('rolldown').RenderedChunk>} chunks
 */
function importedBy(fileName, chunks) {
  const peers = new Set();
  const visited = new Set();
  const visit = (/** @type {string} */ file) => {
    if (visited.has(file)) return;
    visited.add(file);
    if (PEER.test(file)) peers.add(file);
    chunks[file]?.imports.forEach(visit);
  };
  visit(fileName);
  return [...peers].sort();
}

/** An error of the package itself is passed on as it is. @param {readonly string[]} peers */
function check(peers) {
  const loads = peers.map((peer) => `require(${JSON.stringify(peer)});`).join('');
  const isMissing = `error.code === 'MODULE_NOT_FOUND' && /@tensorflow\\//.test(error.message)`;
  return `try { ${loads} } catch (error) {
  if (${isMissing}) error.message = ${JSON.stringify(NEEDED)} + '\\n' + error.message;
  throw error;
}
`;
}
