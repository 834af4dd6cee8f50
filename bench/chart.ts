// The results as an SVG: how fast each class of layers runs, and how much faster the models are than on tfjs-wasm.

import { writeFileSync } from 'node:fs';
import { layerClasses } from './classes.js';
import type { CpuResults, LayerRow } from './cpuResults.js';
import { geometricMean, ratioOf, type Timing } from './measure.js';
import type { Device } from './report.js';

/** What is used of the package echarts, which only the first run of the benchmark installs. */
export interface ChartLibrary {
  init(element: null, theme: null, options: object): Chart;
}

interface Chart {
  setOption(option: object): void;
  renderToSVGString(): string;
  /** Ends its timer, which would keep the process alive. */
  dispose(): void;
}

export interface ChartSource {
  readonly device: Device;
  readonly date: string;
  readonly results: CpuResults;
}

/** Contestants in the order of their bars. */
const CONTESTANTS: Readonly<Record<string, { title: string; color: string }>> = {
  'convnet-cpu': { title: 'convnet-cpu', color: '#0b6e4f' },
  'convnet-cpu@2': { title: 'convnet-cpu, two threads', color: '#54b68b' },
  wasm: { title: 'tfjs-wasm', color: '#e08e2b' },
  'ort-web': { title: 'onnxruntime-web', color: '#6c8ebf' },
  'ort-node': { title: 'onnxruntime-node (native)', color: '#2f4b7c' },
  cpu: { title: 'tfjs-cpu', color: '#b9b0a2' },
};

const WIDTH = 1100;
const BAR = 13;
const TOP = 160;
const GAP = 90;

/** Bars of one panel: a value for each category, or none. */
interface Panel {
  readonly title: string;
  readonly categories: readonly string[];
  readonly bars: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  readonly mark?: { readonly value: number; readonly label: string };
}

export function writeChart(file: string, source: ChartSource, library: ChartLibrary | undefined): void {
  if (!library) return;
  const panels = [layerPanel(source.results), modelPanel(source.results)].filter(({ bars }) => bars.length > 0);
  if (panels.length === 0) return;
  writeFileSync(file, `${svgOf(library, source, panels)}\n`);
  console.log(`Written to ${file}`);
}

function svgOf(library: ChartLibrary, { device, date }: ChartSource, panels: readonly Panel[]): string {
  const heights = panels.map(({ categories, bars }) => categories.length * (bars.length * BAR + 16));
  const tops = heights.map((_, i) => TOP + heights.slice(0, i).reduce((sum, height) => sum + height + GAP, 0));
  const height = tops[tops.length - 1] + heights[heights.length - 1] + 50;
  const chart = library.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  const names = Object.keys(CONTESTANTS).filter((name) =>
    panels.some(({ bars }) => bars.some((bar) => bar.name === name)),
  );
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'sans-serif' },
    title: [
      {
        text: 'Convolutional networks on the CPU',
        subtext: captionOf(device, date),
        subtextStyle: { lineHeight: 16 },
        left: 20,
        top: 12,
      },
      ...panels.map((panel, i) => ({ text: panel.title, left: 20, top: tops[i] - 42, textStyle: { fontSize: 13 } })),
    ],
    legend: {
      data: names.map((name) => CONTESTANTS[name].title),
      left: 20,
      top: 84,
      itemHeight: 10,
      itemWidth: 16,
      itemGap: 34, // the text is wider than the library can know without a browser
    },
    grid: panels.map((_, i) => ({ left: 215, right: 90, top: tops[i], height: heights[i] })),
    xAxis: panels.map((_, gridIndex) => ({ type: 'value', gridIndex, splitLine: { lineStyle: { color: '#eeeeee' } } })),
    yAxis: panels.map(({ categories }, gridIndex) => ({
      type: 'category',
      gridIndex,
      data: categories,
      inverse: true,
      axisTick: { show: false },
      axisLabel: { fontSize: 12 },
    })),
    series: panels.flatMap((panel, i) => panel.bars.map((bar, at) => seriesOf(panel, i, bar, at === 0))),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function seriesOf(panel: Panel, index: number, { name, values }: Panel['bars'][number], isFirst: boolean): object {
  const { title, color } = CONTESTANTS[name];
  const mark = isFirst && panel.mark;
  const markLine = mark && {
    symbol: 'none',
    silent: true,
    lineStyle: { color: '#c0392b', type: 'dashed' },
    label: { formatter: mark.label, position: 'start', color: '#c0392b', fontSize: 11 },
    data: [{ xAxis: mark.value }],
  };
  return {
    type: 'bar',
    name: title,
    xAxisIndex: index,
    yAxisIndex: index,
    itemStyle: { color },
    barWidth: BAR - 2,
    barGap: '15%',
    data: values.map((value) => ({ value, label: { formatter: value === null ? '' : shorten(value) } })),
    label: { show: true, position: 'right', fontSize: 10, color: '#444444' },
    ...(markLine ? { markLine } : {}),
  };
}

function captionOf(device: Device, date: string): string {
  const named = (name: string, title: string) => (device[name] === undefined ? [] : [`${title} ${device[name]}`]);
  const engine = [...named('chromium', 'Chromium'), ...named('node', 'Node')].join(', ');
  const versions = [...named('tfjs', 'TensorFlow.js'), ...named('onnxruntime-web', 'ONNX Runtime')];
  return `${[device.processor, engine, ...versions, date].join(' · ')}\nOne thread unless said; batch of one, 32-bit floats`;
}

/** Geometric mean of GFLOP/s over the layers of a class, for those who took part in all of them. */
function layerPanel({ layers, gradients, peak }: CpuResults): Panel {
  const rows = [...layers, ...gradients];
  const classes = layerClasses
    .map(({ title, pass, includes, floor }) => {
      const inClass = rows.filter((row) => row.pass === pass && includes(row.kind, row.size));
      const isFull = inClass.filter((row) => !floor || row.timings.some(({ name }) => name === floor.peer));
      return { title, rows: isFull };
    })
    .filter((one) => one.rows.length > 0);
  const bars = Object.keys(CONTESTANTS)
    .map((name) => ({ name, values: classes.map((one) => meanSpeed(one.rows, name)) }))
    .filter(({ values }) => values.some((value) => value !== null));
  return {
    title: 'Layers, bias and relu included: GFLOP/s, geometric mean of a class',
    categories: classes.map(({ title, rows: { length } }) => `${title} (${length})`),
    bars,
    mark: { value: Number(peak.gflops.toFixed(1)), label: `multiply-add peak ${peak.gflops.toFixed(1)}` },
  };
}

function meanSpeed(rows: readonly LayerRow[], name: string): number | null {
  const speeds = rows
    .flatMap(({ timings }) => timings.filter((timing) => timing.name === name))
    .map(({ gflops }) => gflops);
  return speeds.length === rows.length ? geometricMean(speeds) : null;
}

function modelPanel({ models }: CpuResults): Panel {
  const speedOf = (timings: readonly Timing[], name: string) => {
    const wasm = timings.find((timing) => timing.name === 'wasm');
    const own = timings.find((timing) => timing.name === name);
    return wasm && own ? ratioOf(wasm, own) : null;
  };
  const bars = Object.keys(CONTESTANTS)
    .map((name) => ({ name, values: models.map(({ timings }) => speedOf(timings, name)) }))
    .filter(({ values }) => values.some((value) => value !== null));
  return {
    title: 'Models: speed as a multiple of tfjs-wasm',
    categories: models.map(({ model }) => model.replace(/ (?=\S+$)/, '\n')),
    bars,
  };
}

function shorten(value: number): string {
  return value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2);
}
