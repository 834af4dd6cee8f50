// Horizontal bars as SVG text, without a browser or a library: for files and for the page of the demo, which gives its
// own colours and width.

export interface Bar {
  readonly value: number;
  /** Behind the bar. */
  readonly text: string;
  /** Its name in the palette. */
  readonly color: string;
  /** A tick across the bar: what is asked for. */
  readonly mark?: number;
}

export interface BarPanel {
  readonly title: string;
  readonly entries: readonly { readonly label: string; readonly bars: readonly Bar[] }[];
  /** Through the whole panel. */
  readonly line?: { readonly value: number; readonly label: string };
}

export interface BarChart {
  /** Undefined where the page around says it. */
  readonly title?: string;
  readonly captions: readonly string[];
  /** Texts by the names of colours. */
  readonly legend: Readonly<Record<string, string>>;
  readonly panels: readonly BarPanel[];
}

/** `font` is a font-family. */
export type BarStyle = { readonly width: number; readonly palette: Palette; readonly font: string };
/** Any colours of CSS: ink, soft, line, mark, background, and those of bars. */
type Palette = Readonly<Record<string, string>>;
type Attributes = Readonly<Record<string, string | number>>;
/** What is drawn, and where it ends. */
type Drawn = readonly [svg: string, bottom: number];

const MARGIN = 4;
const LINE = 18; // of text
const BAR = 11;
const BAR_STEP = 13;
const TEXT_WIDTH = 58; // of the text behind a bar
const LETTER = 6.6; // at 12 pixels, of a wide font

export function barChart({ title, captions, panels, legend }: BarChart, style: BarStyle): string {
  const { width, palette, font } = style;
  const parts: string[] = [];
  let y = 0;
  const put = (draw: (top: number) => Drawn) => {
    const [svg, bottom] = draw(y);
    parts.push(svg);
    y = bottom;
  };
  if (title) put((top) => [text(title, MARGIN, top + 22, 17, palette.ink), top + 28]);
  for (const caption of captions) put((top) => [text(caption, MARGIN, top + 14, 12, palette.soft), top + LINE]);
  put((top) => legendOf(legend, top + 8, style));
  for (const panel of panels) put((top) => panelOf(panel, top, style));
  const frame = { xmlns: 'http://www.w3.org/2000/svg', width, height: y, viewBox: `0 0 ${width} ${y}` };
  const ground = tag('rect', { width, height: y, fill: palette.background });
  const label = panels.map((panel) => panel.title).join('; ');
  return tag('svg', { ...frame, 'font-family': font, role: 'img', 'aria-label': label }, [ground, ...parts].join('\n'));
}

function legendOf(legend: BarChart['legend'], top: number, { width, palette }: BarStyle): Drawn {
  let [x, y] = [MARGIN, top];
  const keys = Object.entries(legend).map(([name, label]) => {
    const keyWidth = 34 + LETTER * label.length;
    if (x > MARGIN && x + keyWidth > width) [x, y] = [MARGIN, y + LINE];
    const shape = name === 'mark' ? rect(x + 5, y, 2.5, 12, palette.mark) : rect(x, y + 1, 12, 10, palette[name]);
    const key = shape + text(label, x + 18, y + 10, 12, palette.soft);
    x += keyWidth;
    return key;
  });
  return [keys.join(''), y + 26];
}

function panelOf(panel: BarPanel, top: number, style: BarStyle): Drawn {
  const { palette, width } = style;
  const axis = axisOf(panel, MARGIN, width - TEXT_WIDTH);
  let y = top + LINE + 10;
  const rows = panel.entries.map(({ label, bars }) => {
    const barsTop = y + LINE;
    y = barsTop + bars.length * BAR_STEP + 6;
    const drawn = bars.map((bar, i) => barOf(bar, barsTop + i * BAR_STEP, axis, palette));
    return text(label, MARGIN, barsTop - 5, 12, palette.ink) + drawn.join('');
  });
  const title = text(panel.title, MARGIN, top + 14, 14, palette.ink);
  return [[title, gridOf(panel, axis, top + LINE + 8, y, style), ...rows].join('\n'), y + 40];
}

function barOf({ value, text: label, color, mark }: Bar, y: number, { at }: Axis, palette: Palette): string {
  const bar = rect(at(0), y, Math.max(1, at(value) - at(0)), BAR, palette[color]);
  if (mark === undefined) return bar + text(label, at(value) + 5, y + 9.5, 11, palette.soft);
  const isMarkBehind = at(mark) > at(value) - 3 && at(mark) < at(value) + TEXT_WIDTH - 10;
  const behind = text(label, (isMarkBehind ? at(mark) : at(value)) + 6, y + 9.5, 11, palette.soft);
  return bar + behind + rect(at(mark) - 1.25, y - 2.5, 2.5, BAR + 5, palette.mark);
}

/** Lines, and numbers below the bars. */
function gridOf({ line }: BarPanel, { ticks, at }: Axis, y1: number, y2: number, { palette }: BarStyle): string {
  const rule = (value: number, stroke: string) => tag('line', { x1: at(value), x2: at(value), y1, y2, stroke });
  const grid = ticks.map((value) => rule(value, palette.line) + text(`${value}`, at(value), y2 + 13, 11, palette.soft));
  if (!line) return grid.join('');
  const label = text(line.label, at(line.value), y1 - 2, 11, palette.mark, { 'text-anchor': 'end' });
  return [...grid, rule(line.value, palette.mark), label].join('');
}

type Axis = ReturnType<typeof axisOf>;

/** Four to eight steps of 1, 2 or 5, from 0 to above the largest value. */
function axisOf({ entries, line }: BarPanel, left: number, right: number) {
  const values = entries.flatMap(({ bars }) => bars.flatMap(({ value, mark }) => [value, mark ?? value]));
  const largest = Math.max(...values, line?.value ?? 0);
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => largest / size <= 8) ?? largest;
  const count = Math.ceil(largest / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6)));
  const at = (value: number) => Number((left + (value / (count * step)) * (right - left)).toFixed(1));
  return { ticks, at };
}

function text(content: string, x: number, y: number, size: number, fill: string, more: Attributes = {}): string {
  return tag('text', { x, y, 'font-size': size, fill, ...more }, content.replace(/&/g, '&amp;').replace(/</g, '&lt;'));
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return tag('rect', { x, y, width: Number(width.toFixed(1)), height, rx: width > 3 ? 2 : 0, fill });
}

function tag(name: string, attributes: Attributes, content = ''): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${String(value).replace(/"/g, '&quot;')}"`);
  return content ? `<${name}${pairs.join('')}>${content}</${name}>` : `<${name}${pairs.join('')}/>`;
}
