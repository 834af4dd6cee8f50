// Horizontal bars as SVG text, without a browser or a library: for files and for the page of the demo, which gives its own
// colours and width. On a narrow page the labels stand above their bars.

export interface BarPanel {
  readonly title: string;
  /** Log: bars begin at 1 and go right where the value is above it, left where it is below. */
  readonly scale: 'linear' | 'log';
  readonly entries: readonly BarEntry[];
  /** Through the whole panel. */
  readonly line?: { readonly value: number; readonly label: string };
}

export interface BarEntry {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** A tick across the bars: what is asked for. */
  readonly mark?: number;
}

export interface Bar {
  readonly value: number;
  /** Behind the bar. */
  readonly text: string;
  readonly color: 'ours' | 'theirs';
}

export interface BarChart {
  /** None where the page around says it. */
  readonly title?: string;
  readonly captions: readonly string[];
  readonly panels: readonly BarPanel[];
  readonly legend: Readonly<Record<Bar['color'] | 'mark', string>>;
}

export interface BarStyle {
  readonly width: number;
  /** Any colours of CSS. */
  readonly palette: Readonly<Record<'ink' | 'soft' | 'line' | 'mark' | 'background' | Bar['color'], string>>;
  /** A font-family. */
  readonly font: string;
}

export const FILE_STYLE: BarStyle = {
  width: 900,
  palette: {
    ink: '#12201d',
    soft: '#5b6a66',
    line: '#e3e8e6',
    mark: '#b3261e',
    background: '#ffffff',
    ours: '#0c7a6b',
    theirs: '#e0a03b',
  },
  font: 'system-ui, sans-serif',
};

const BAR = 11;
const BAR_STEP = 13;
const ENTRY_GAP = 11;
const PANEL_GAP = 26;
const LABEL_LINE = 17;
const TEXT_WIDTH = 58; // of the text behind a bar
const LETTER = 6.6; // at 12 pixels, of a wide font
const NARROW = 560;

/** Where a panel's bars are. */
interface Axis {
  readonly left: number;
  readonly right: number;
  readonly ticks: readonly number[];
  /** The bars' own beginning. */
  readonly origin: number;
  at(value: number): number;
}

export function barChart({ title, captions, panels, legend }: BarChart, style: BarStyle): string {
  const { width, palette, font } = style;
  const parts: string[] = [];
  let y = 6;
  const write = (content: string, size: number, attributes: object) => {
    y += size + 6;
    parts.push(text(content, { x: MARGIN, y: y - 4, 'font-size': size, ...attributes }));
  };
  if (title) write(title, 17, { fill: palette.ink, 'font-weight': 600 });
  for (const caption of captions) write(caption, 12, { fill: palette.soft });
  parts.push(legendOf(legend, y + 8, style));
  y += 34;
  for (const panel of panels) {
    const drawn = panelOf(panel, y, style);
    parts.push(drawn.svg);
    y = drawn.bottom + PANEL_GAP;
  }
  y -= PANEL_GAP;
  const frame = { xmlns: 'http://www.w3.org/2000/svg', width, height: y, viewBox: `0 0 ${width} ${y}` };
  const ground = tag('rect', { width, height: y, fill: palette.background });
  const label = panels.map((panel) => panel.title).join('; ');
  return tag('svg', { ...frame, 'font-family': font, role: 'img', 'aria-label': label }, [ground, ...parts].join('\n'));
}

const MARGIN = 4;

function legendOf(legend: BarChart['legend'], top: number, { palette }: BarStyle): string {
  const bar = { width: 12, height: 10, rx: 2, y: top + 1 };
  const tick = { width: 2.5, height: 12, y: top };
  let x = MARGIN;
  const keys = (['ours', 'theirs', 'mark'] as const).map((name) => {
    const shape = name === 'mark' ? { ...tick, x: x + 5 } : { ...bar, x };
    const key = tag('rect', { ...shape, fill: palette[name] });
    const label = text(legend[name], { x: x + 18, y: top + 10, 'font-size': 12, fill: palette.soft });
    x += 34 + LETTER * legend[name].length;
    return key + label;
  });
  return keys.join('');
}

function panelOf(panel: BarPanel, top: number, style: BarStyle): { svg: string; bottom: number } {
  const { palette, width } = style;
  const isNarrow = width < NARROW;
  const axis = axisOf(panel, isNarrow ? MARGIN : 210, width - TEXT_WIDTH);
  const parts = [text(panel.title, { x: MARGIN, y: top + 12, 'font-size': 13, 'font-weight': 600, fill: palette.ink })];
  const barsTop = top + 28;
  let y = barsTop;
  const rows: string[] = [];
  for (const entry of panel.entries) {
    const height = entry.bars.length * BAR_STEP;
    const label = { 'font-size': 12, fill: palette.ink };
    if (isNarrow) rows.push(text(entry.label, { x: MARGIN, y: y + 10, ...label }));
    else rows.push(text(entry.label, { x: 200, y: y + height / 2 + 3.5, 'text-anchor': 'end', ...label }));
    const barTop = isNarrow ? y + LABEL_LINE : y;
    rows.push(barsOf(entry, barTop, axis, style));
    y = barTop + height + ENTRY_GAP;
  }
  parts.push(gridOf(panel, axis, { top: barsTop - 4, bottom: y - 4 }, style), ...rows);
  return { svg: parts.join('\n'), bottom: y + 14 };
}

function barsOf({ bars, mark }: BarEntry, top: number, { at, origin }: Axis, { palette }: BarStyle): string {
  const drawn = bars.map(({ value, text: behind, color }, i) => {
    const [from, to] = [at(origin), at(value)].sort((a, b) => a - b);
    const y = top + i * BAR_STEP;
    const bar = tag('rect', { x: from, y, width: Math.max(1, to - from), height: BAR, rx: 2, fill: palette[color] });
    const isMarkBehind = mark !== undefined && at(mark) > to - 3 && at(mark) < to + TEXT_WIDTH - 10;
    const x = isMarkBehind ? at(mark) + 6 : to + 5;
    return bar + text(behind, { x, y: y + 9.5, 'font-size': 11, fill: palette.soft });
  });
  if (mark !== undefined) {
    const height = bars.length * BAR_STEP + 3;
    drawn.push(tag('rect', { x: at(mark) - 1.25, y: top - 2.5, width: 2.5, height, fill: palette.mark }));
  }
  return drawn.join('');
}

/** Lines and numbers below the bars. */
function gridOf(
  { scale, line }: BarPanel,
  { ticks, origin, at }: Axis,
  { top, bottom }: { top: number; bottom: number },
  { palette, width }: BarStyle,
): string {
  const rule = (value: number, color: string) =>
    tag('line', { x1: at(value), x2: at(value), y1: top, y2: bottom, stroke: color });
  const grid = ticks.map((value) => {
    const number = scale === 'log' ? `${value}x` : `${value}`;
    const place = { x: at(value), y: bottom + 13, 'font-size': 11, 'text-anchor': at(value) < 10 ? 'start' : 'middle' };
    return rule(value, value === origin ? palette.soft : palette.line) + text(number, { ...place, fill: palette.soft });
  });
  if (!line) return grid.join('');
  const anchor = at(line.value) > width / 2 ? 'end' : 'start';
  const label = { x: at(line.value), y: top - 3, 'font-size': 11, 'text-anchor': anchor, fill: palette.mark };
  return [...grid, rule(line.value, palette.mark), text(line.label, label)].join('');
}

function axisOf({ scale, entries, line }: BarPanel, left: number, right: number): Axis {
  const values = entries.flatMap(({ bars, mark }) => [...bars.map(({ value }) => value), ...(mark ? [mark] : [])]);
  const all = line ? [...values, line.value] : values;
  const ticks = scale === 'log' ? powersOfTwo(all) : roundSteps(Math.max(...all));
  const position = scale === 'log' ? Math.log2 : (value: number) => value;
  const [low, high] = [position(ticks[0]), position(ticks[ticks.length - 1])];
  const at = (value: number) => Number((left + ((position(value) - low) / (high - low)) * (right - left)).toFixed(1));
  return { left, right, ticks, origin: scale === 'log' ? 1 : 0, at };
}

/** From below the smallest value to above the largest, 1 and 2 among them. */
function powersOfTwo(values: readonly number[]): number[] {
  const low = Math.min(0, Math.floor(Math.log2(Math.min(...values))));
  const high = Math.max(1, Math.ceil(Math.log2(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));
}

/** Four to eight steps of 1, 2 or 5 from 0 to above the largest value. */
function roundSteps(largest: number): number[] {
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => largest / size <= 8) ?? largest;
  return Array.from({ length: Math.ceil(largest / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

function text(content: string, attributes: Readonly<Record<string, string | number>>): string {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return tag('text', attributes, escaped);
}

function tag(name: string, attributes: Readonly<Record<string, string | number>>, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${String(value).replace(/"/g, '&quot;')}"`,
  );
  return content ? `<${name}${written.join('')}>${content}</${name}>` : `<${name}${written.join('')}/>`;
}
