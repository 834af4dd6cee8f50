/** The list of backends to choose from, each with its time on the current picture. */
import { type Backend, backends } from './backends.js';
import { byId, element } from './dom.js';
import { allowSoftware } from './gpu.js';

export interface Run {
  readonly ms: number;
  /** A comparison with the first result; empty for the first. */
  readonly remark: string;
}

const list = byId('backends', HTMLFieldSetElement);
const rows = new Map(backends.map((backend) => [backend.name, rowOf(backend)]));

interface Row {
  readonly root: HTMLElement;
  readonly radio: HTMLInputElement;
  readonly about: HTMLElement;
  readonly time: HTMLElement;
  readonly bar: HTMLElement;
  readonly aboutText: string;
}

export function drawBackendList(onChoose: (name: string) => void): void {
  let family = '';
  for (const backend of backends) {
    if (backend.family !== family) {
      family = backend.family;
      list.append(element('p', { className: 'family', text: family === 'convnet' ? 'This package' : family }));
    }
    const row = rowNamed(backend.name);
    list.append(row.root);
    row.radio.addEventListener('change', () => onChoose(backend.name));
  }
}

export function setChosen(name: string): void {
  rowNamed(name).radio.checked = true;
}

export function setMissing(name: string, reason: string): void {
  const row = rowNamed(name);
  row.radio.disabled = true;
  row.root.classList.add('missing');
  row.about.textContent = reason;
}

export function setEnabled(enabled: boolean): void {
  list.disabled = !enabled;
}

export function showRuns(runs: ReadonlyMap<string, Run>): void {
  const slowest = Math.max(...[...runs.values()].map(({ ms }) => ms));
  for (const [name, row] of rows) {
    const run = runs.get(name);
    row.time.textContent = run ? secondsText(run.ms) : '';
    row.bar.hidden = run === undefined;
    if (run) row.bar.style.setProperty('--share', String(run.ms / slowest));
    if (!row.radio.disabled) row.about.textContent = run?.remark || row.aboutText;
  }
}

/** 1.23 ms, 0.123 s, 1.23 s, 12.3 s */
export function secondsText(ms: number): string {
  if (ms < 10) return `${ms.toPrecision(3)} ms`;
  return `${(ms / 1000).toPrecision(3)} s`;
}

function rowNamed(name: string): Row {
  return rows.get(name) as Row;
}

function rowOf({ name, about, missing, offersSoftware }: Backend): Row {
  const radio = element('input');
  radio.type = 'radio';
  radio.name = 'backend';
  radio.value = name;
  radio.disabled = missing !== undefined;

  const aboutText = element('span', { className: 'about', text: missing ?? about });
  const time = element('span', { className: 'time' });
  const bar = element('span', { className: 'meter' });
  bar.hidden = true;
  const label = element('label', {
    children: [radio, element('span', { className: 'name', text: name }), time, aboutText, bar],
  });
  const root = element('div', { className: missing === undefined ? 'backend' : 'backend missing', children: [label] });
  if (offersSoftware) {
    const button = element('button', { className: 'link', text: 'Run it in software' });
    button.type = 'button';
    button.addEventListener('click', allowSoftware);
    root.append(button);
  }
  return { root, radio, about: aboutText, time, bar, aboutText: about };
}
