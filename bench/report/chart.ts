// A report as an SVG: how much faster than TensorFlow.js's own backend, and how fast.

import type { Report, Verdict } from '../run/results.js';
import { type BarChart, type BarPanel, type BarStyle, barChart } from './barChart.js';
import { digits, factor } from './figures.js';

/** Titles and colours of the contestants, in the order of the legend. */
const CONTESTANTS: Readonly<Record<string, readonly [title: string, color: string]>> = {
  'convnet-cpu': ['convnet-cpu', '#0c7a6b'],
  'convnet-cpu@2': ['convnet-cpu, two threads', '#54b68b'],
  'convnet-webgl': ['convnet-webgl', '#0c7a6b'],
  wasm: ['tfjs-wasm', '#e0a03b'],
  webgl: ['tfjs-webgl', '#e0a03b'],
  webgpu: ['tfjs-webgpu', '#8e6bbf'],
  'ort-web': ['onnxruntime-web', '#6c8ebf'],
  litert: ['LiteRT.js', '#8e6bbf'],
  keras: ['Keras on TensorFlow', '#a8483b'],
  'ort-node': ['onnxruntime-node (native)', '#2f4b7c'],
  cpu: ['tfjs-cpu', '#b9b0a2'],
};

const INK = { ink: '#12201d', soft: '#5b6a66', line: '#e3e8e6', mark: '#b3261e', background: '#ffffff' };
const COLORS = Object.fromEntries(Object.entries(CONTESTANTS).map(([name, [, color]]) => [name, color]));
const MEANS = 'Geometric means over (n) layers; batches of one, 32-bit floats';

type Source = Pick<Report, 'device' | 'date' | 'verdicts' | 'limits' | 'peak'>;

/** With a title and the machine's names. */
export function chartOf(title: string, source: Source): string {
  const { device, date } = source;
  const names = { chromium: 'Chromium', node: 'Node', tfjs: 'TensorFlow.js', 'onnxruntime-web': 'ONNX Runtime' };
  const versions = Object.entries(names).map(([key, name]) => device[key] && `${name} ${device[key]}`);
  const machine = [device.processor, ...versions, date].filter(Boolean).join(' · ');
  const captions = [device.renderer, machine, MEANS].filter((line) => line !== undefined).map(String);
  const style = { width: 900, palette: { ...INK, ...COLORS }, font: 'system-ui, sans-serif' };
  return barChart({ title, captions, ...bodyOf(source) }, style);
}

/** The bars alone, for a page that says the rest. The aims are this repository's, and tell a visitor nothing. */
export function barsOf(source: Source, style: BarStyle): string {
  const verdicts = source.verdicts.map((verdict) => ({ ...verdict, asked: undefined }));
  return barChart({ captions: [MEANS], ...bodyOf({ ...source, verdicts }) }, style);
}

function bodyOf(source: Source): Pick<BarChart, 'panels' | 'legend'> {
  const panels = [factorPanel(source), speedPanel(source)].filter(({ entries }) => entries.length > 0);
  const bars = panels.flatMap(({ entries }) => entries.flatMap((entry) => entry.bars));
  const shown = Object.entries(CONTESTANTS).filter(([name]) => bars.some(({ color }) => color === name));
  const legend = Object.fromEntries(shown.map(([name, [title]]) => [name, title]));
  const isAsked = bars.some(({ mark }) => mark !== undefined);
  return { panels, legend: isAsked ? { ...legend, mark: 'asked for' } : legend };
}

function factorPanel({ verdicts }: Source): BarPanel {
  const shown = verdicts.filter(({ group, partOf, peer }) => {
    return ['layers', 'models', 'first prediction'].includes(group) && !partOf && ['wasm', 'webgl'].includes(peer);
  });
  const entries = groupBy(shown, labelOf).map(([label, some]) => {
    const bars = some.map(({ ours, value, asked }) => ({ value, text: factor(value), color: ours, mark: asked }));
    return { label, bars };
  });
  return { title: `Times as fast as ${CONTESTANTS[shown[0]?.peer]?.[0]}`, entries };
}

/** A contestant has a bar where it took part in as many layers of a class as any. */
function speedPanel({ verdicts, limits, peak }: Source): BarPanel {
  const classes = verdicts.filter(({ group, partOf }) => group === 'layers' && !partOf);
  const entries = groupBy(classes, ({ title }) => title).map(([, all]) => {
    const most = all.filter(({ count }) => count === Math.max(...all.map((one) => one.count)));
    const [{ ours, amounts }] = most;
    const speeds = [[ours, amounts[0]] as const, ...most.map((one) => [one.peer, one.amounts[1]] as const)];
    return { label: labelOf(most[0]), bars: speeds.map(([color, value]) => ({ value, text: digits(value), color })) };
  });
  const gflops = peak?.gflops ?? (limits && (2 * limits.macsPerSecond) / 1e9);
  const line = gflops ? { value: gflops, label: `multiply-adds alone: ${digits(gflops)}` } : undefined;
  return { title: 'GFLOP/s', entries, line };
}

function groupBy(verdicts: readonly Verdict[], keyOf: (verdict: Verdict) => string) {
  const keys = [...new Set(verdicts.map(keyOf))];
  return keys.map((key) => [key, verdicts.filter((verdict) => keyOf(verdict) === key)] as const);
}

function labelOf({ group, title, count }: Verdict): string {
  if (group === 'layers') return `${title} (${count})`;
  const model = title.replace(/ \d+x/, ' ').replace(/^nsfw-/, '');
  return group === 'first prediction' ? `${model}, first time` : model;
}
