// The recorded results as bars: one table for each machine, drawn by the page's style sheet, so that they follow its
// colours and its width, and are read aloud as tables.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/setup.mjs';

/**
 * @typedef {object} Verdict
 * @property {string} group
 * @property {string} title
 * @property {string} [partOf]
 * @property {string} ours
 * @property {string} peer
 * @property {string} unit
 * @property {readonly [ours: number, theirs: number]} amounts
 * @property {number} value how many times as fast as the peer
 */

const MACHINES = [
  { file: 'cpu-node24', title: 'CPU, Node 24', peers: ['wasm', 'ort-web', 'ort-node'] },
  { file: 'cpu-node20', title: 'CPU, Node 20', peers: ['wasm', 'ort-web', 'ort-node'] },
  { file: 'cpu-chromium', title: 'CPU, Chromium', peers: ['wasm', 'ort-web'] },
  { file: 'webgl-swiftshader', title: 'WebGL2, SwiftShader', peers: ['webgl'] },
  { file: 'webgl-llvmpipe', title: "WebGL2, Mesa's llvmpipe", peers: ['webgl'] },
];

/** @type {Readonly<Record<string, string>>} */
const PEERS = {
  wasm: 'TensorFlow.js wasm',
  webgl: 'TensorFlow.js webgl',
  'ort-web': 'ONNX Runtime, WebAssembly',
  'ort-node': 'ONNX Runtime, native',
};

export function chartsOf() {
  const charts = MACHINES.map(chartOf).join('\n');
  return `## Charts\n\nBars: how many times as fast as the peer, one thread each. The line is 1: as fast.\n\n${charts}`;
}

/** @param {(typeof MACHINES)[number]} machine */
function chartOf({ file, title, peers }) {
  const { device, date, verdicts } = JSON.parse(readFileSync(join(root, `bench/results/${file}.json`), 'utf8'));
  const { processor, cores, renderer, node, chromium } = device;
  const facts = [
    renderer,
    `${processor}, ${cores} cores`,
    node ? `Node ${node}` : `Chromium ${chromium}`,
    `TensorFlow.js ${device.tfjs}`,
    date,
  ];
  const rows = verdicts.filter((/** @type {Verdict} */ { group, partOf, ours, peer }) => {
    const isShown = group === 'layers' || group === 'models' || /gradient/.test(group);
    return isShown && partOf === undefined && !ours.includes('@') && peers.includes(peer);
  });
  const largest = Math.max(...rows.map((/** @type {Verdict} */ { value }) => value));
  const lines = rows.map((/** @type {Verdict} */ row) => rowOf(row, largest));
  const head = '<tr><th scope="col">What</th><th scope="col">Peer</th><th scope="col">Times as fast</th></tr>';
  return [
    `### ${title}`,
    '',
    `${facts.filter(Boolean).join(' · ')}`,
    '',
    `<table class="chart" tabindex="0"><caption>${title}</caption><thead>${head}</thead><tbody>`,
    ...lines,
    '</tbody></table>',
    '',
  ].join('\n');
}

/** @param {Verdict} row @param {number} largest */
function rowOf({ group, title, peer, value }, largest) {
  const what = /gradient/.test(group) ? `${title}, ${group}` : title;
  // Factors lie between 0.5 and over 1000, so the bars are logarithmic; the half way from the left is 1.
  const share = (/** @type {number} */ factor) =>
    Math.max(0, Math.log(factor / 0.5) / Math.log(Math.max(2, largest) / 0.5));
  const style = `--share:${share(value).toFixed(3)};--one:${share(1).toFixed(3)}`;
  const factor = value < 10 ? value.toFixed(1) : value.toFixed(0);
  return `<tr><th scope="row">${what}</th><td>${PEERS[peer] ?? peer}</td><td><span class="bar" style="${style}"></span>${factor}</td></tr>`;
}
