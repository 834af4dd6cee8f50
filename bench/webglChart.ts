// The WebGL benchmark as an SVG: how much faster than tfjs-backend-webgl, and how fast.

import { type BarChart, type BarEntry, type BarPanel, type BarStyle, barChart, FILE_STYLE } from './barChart.js';
import { digits } from './figures.js';
import type { WebglReport, WebglVerdict } from './webglResults.js';
import { valueText } from './webglText.js';

const MEANS = 'Geometric means over (n) layers';

export type WebglChartSource = Pick<WebglReport, 'device' | 'date' | 'verdicts' | 'limits'>;

/** With a title and the machine's names. */
export function webglChart(source: WebglChartSource, style: BarStyle = FILE_STYLE): string {
  const { device, date } = source;
  const versions = [device.chromium && `Chromium ${device.chromium}`, device.tfjs && `TensorFlow.js ${device.tfjs}`];
  const machine = [device.processor, ...versions, date].filter(Boolean).join(' · ');
  const captions = [String(device.renderer), machine, MEANS];
  return barChart({ title: 'Convolutional networks on WebGL2', captions, ...bodyOf(source) }, style);
}

/** The bars alone, for a page that says the rest. */
export function webglBars(source: WebglChartSource, style: BarStyle): string {
  return barChart({ captions: [MEANS], ...bodyOf(source) }, style);
}

function bodyOf(source: WebglChartSource): Pick<BarChart, 'panels' | 'legend'> {
  const panels = [factorPanel(source), speedPanel(source)].filter(({ entries }) => entries.length > 0);
  return { panels, legend: { ours: 'convnet-webgl', theirs: 'tfjs webgl', mark: 'asked for' } };
}

const isWhole = ({ partOf }: WebglVerdict) => partOf === undefined;

function factorPanel({ verdicts }: WebglChartSource): BarPanel {
  const entries = verdicts
    .filter((verdict) => verdict.measure === 'faster' && isWhole(verdict))
    .map((verdict): BarEntry => {
      const { value, aim } = verdict;
      const mark = aim && 'atLeast' in aim ? { mark: aim.atLeast } : {};
      return { label: labelOf(verdict), bars: [{ value, text: valueText(verdict), color: 'ours' }], ...mark };
    });
  return { title: 'Times as fast as tfjs webgl', scale: 'log', entries };
}

function speedPanel({ verdicts, limits }: WebglChartSource): BarPanel {
  const entries = verdicts
    .filter((verdict) => verdict.unit === 'GFLOP/s' && isWhole(verdict))
    .map((verdict): BarEntry => {
      const bars = (['ours', 'theirs'] as const).map((color) => {
        return { value: verdict[color], text: digits(verdict[color]), color };
      });
      return { label: labelOf(verdict), bars };
    });
  const peak = limits && (2 * limits.macsPerSecond) / 1e9;
  const line = peak ? { line: { value: peak, label: `multiply-adds alone: ${digits(peak)}` } } : {};
  return { title: 'GFLOP/s', scale: 'linear', entries, ...line };
}

function labelOf({ group, title, count }: WebglVerdict): string {
  if (group === 'layers') return `${title} (${count})`;
  const model = title.replace(/ \d+x/, ' ').replace(/^nsfw-/, '');
  return group === 'first prediction' ? `${model}, first time` : model;
}
