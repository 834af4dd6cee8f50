/** Loss and accuracy, drawn while they come. The library is loaded with the first training. */
import 'uplot/dist/uPlot.min.css';
import type UPlot from 'uplot';
import { byId, element } from '../dom.js';
import type { EpochFigures } from './training.js';

const HEIGHT = 170;
const panel = byId('curves', HTMLDivElement);
const table = byId('figures', HTMLTableElement);
const places = [byId('loss-chart', HTMLDivElement), byId('accuracy-chart', HTMLDivElement)] as const;

let plots: UPlot[] = [];
let shown: EpochFigures[] = [];

/** Begins anew. */
export async function startChart(epochs: number): Promise<void> {
  shown = [];
  table.tBodies[0].replaceChildren();
  panel.hidden = false;
  await draw(epochs);
  const redraw = () => void draw(epochs).then(update);
  scheme.onchange = redraw;
}

const scheme = matchMedia('(prefers-color-scheme: dark)');

export function showEpoch(figures: EpochFigures): void {
  shown.push(figures);
  update();
  const { epoch, loss, accuracy, heldLoss, heldAccuracy } = figures;
  const cells = [String(epoch), number(loss), percent(accuracy), number(heldLoss), percent(heldAccuracy)];
  table.tBodies[0].append(
    element('tr', { children: cells.map((text) => element('td', { text, className: 'number' })) }),
  );
}

export function percent(share: number | undefined): string {
  return share === undefined ? '' : `${Math.round(100 * share)} %`;
}

function number(value: number | undefined): string {
  return value === undefined ? '' : value.toPrecision(3);
}

function update(): void {
  const epochs = shown.map(({ epoch }) => epoch);
  const columns = (keys: readonly ('loss' | 'accuracy' | 'heldLoss' | 'heldAccuracy')[]) =>
    [epochs, ...keys.map((key) => shown.map((figures) => figures[key] ?? null))] as UPlot.AlignedData;
  plots[0]?.setData(columns(['loss', 'heldLoss']));
  plots[1]?.setData(columns(['accuracy', 'heldAccuracy']));
  const last = shown.at(-1);
  if (!last) return;
  places[0].setAttribute('aria-label', `Loss after epoch ${last.epoch}: ${number(last.loss)}`);
  places[1].setAttribute('aria-label', `Accuracy after epoch ${last.epoch}: ${percent(last.accuracy)}`);
}

async function draw(epochs: number): Promise<void> {
  const { default: Plot } = await import('uplot');
  for (const plot of plots) plot.destroy();
  const [ink, line, accent, held] = ['--soft', '--line', '--accent', '--held'].map(colorOf);
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  plots = places.map((place, i) => {
    const top = i === 0 ? null : 1.02;
    return new Plot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: [1, Math.max(2, epochs)] },
          y: { range: (_, __, most) => [0, top ?? (most || 1)] },
        },
        axes: [axis, { ...axis, size: 46 }],
        series: [{}, { stroke: accent, width: 2 }, { stroke: held, width: 2, spanGaps: true }],
      },
      [[], [], []],
      place,
    );
  });
}

new ResizeObserver(() => {
  plots.forEach((plot, i) => {
    plot.setSize({ width: places[i].clientWidth, height: HEIGHT });
  });
}).observe(panel);

/** The canvas knows no light-dark(): an element resolves the color. */
function colorOf(name: string): string {
  const probe = element('span');
  probe.style.color = `var(${name})`;
  panel.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
