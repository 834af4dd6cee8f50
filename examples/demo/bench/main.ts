/** The page: what to measure, a run, its results. Until the run is asked for, it loads nothing that measures. */
import { reportText } from '../../../bench/report/reportText.js';
import type { Report, Row } from '../../../bench/run/results.js';
import { byId, element, waitForPaint } from '../dom.js';
import { keepFocus } from '../focus.js';
import { findGpu } from '../gpu.js';
import { clearNotice, showError } from '../notice.js';
import { offerFile } from '../offerFile.js';
import { PageError } from '../pageError.js';
import { chosenGroups, drawGroups, setGroupsEnabled } from './groups.js';
import { addFailure, addRow, clearTables, showSummary } from './tables.js';

const button = (id: string) => byId(id, HTMLButtonElement);
const start = button('start');
const stop = button('stop');
const copy = button('copy');
const download = button('download');
const progress = byId('progress', HTMLProgressElement);
const status = byId('status', HTMLParagraphElement);

const gpu = findGpu();
let stopper = new AbortController();
let report: Report | undefined;
let running = false;

function showState(): void {
  start.hidden = running;
  stop.hidden = !running;
  progress.hidden = !running;
  start.disabled = gpu.renderer === undefined || chosenGroups().length === 0;
  copy.disabled = running;
  download.disabled = running;
  setGroupsEnabled(!running);
}

function setRunning(value: boolean): void {
  running = value;
  showState();
}

function showDevice(): void {
  const { renderer = 'none', inSoftware } = gpu;
  const facts = {
    WebGL2: renderer,
    ...(gpu.renderer && { kind: inSoftware ? 'software, on the processor' : 'GPU' }),
    'processor cores': String(navigator.hardwareConcurrency),
  };
  byId('facts', HTMLDListElement).replaceChildren(
    ...Object.entries(facts).flatMap(([label, text]) => [element('dt', { text: label }), element('dd', { text })]),
  );
  if (gpu.renderer === undefined) showHint('error', NO_WEBGL2);
  else if (inSoftware) {
    showHint('warning', IN_SOFTWARE);
    start.textContent = 'Run it in software';
  }
}

const NO_WEBGL2 =
  'This browser has no WebGL2, so there is nothing to measure. It may be turned off in the settings, with hardware acceleration.';
const IN_SOFTWARE = `This browser draws WebGL in software, on the processor. The figures say nothing about a GPU, and only the
smaller layers are measured. If this machine has a GPU, look for hardware acceleration in the browser's settings.`;

function showHint(kind: 'error' | 'warning', text: string): void {
  const hint = byId('hint', HTMLParagraphElement);
  hint.dataset.kind = kind;
  hint.textContent = text.replace(/\s+/g, ' ');
  hint.hidden = false;
}

async function run(): Promise<void> {
  const { renderer, inSoftware } = gpu;
  if (renderer === undefined) return;
  stopper = new AbortController();
  report = undefined;
  clearNotice();
  clearTables();
  setRunning(true);
  stop.disabled = false;
  progress.removeAttribute('value'); // until it is known how many rows there are
  status.textContent = 'Loading the benchmark…';
  try {
    await waitForPaint();
    const { measure, reportOf } = await import('./session.js');
    const rows: Row[] = [];
    const listener = {
      async onStep({ title }: { title: string }, done: number, total: number) {
        progress.max = total;
        progress.value = done;
        if (!stopper.signal.aborted) status.textContent = `${done + 1} of ${total}: ${title}`;
        await waitForPaint();
      },
      onRow(row: Row) {
        rows.push(row);
        addRow(row);
        showSummary(reportOf(renderer, rows));
      },
      onFailure: addFailure,
    };
    report = await measure({ groups: chosenGroups(), renderer, inSoftware, listener, signal: stopper.signal });
    showSummary(report);
    status.textContent = endText(report);
  } catch (error) {
    status.textContent = '';
    showError(error);
  } finally {
    setRunning(false);
  }
}

function endText({ rows, failures, isStopped }: Report): string {
  const failed = failures.length > 0 ? ` ${failures.length} failed.` : '';
  return `${isStopped ? 'Stopped' : 'Done'}: ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}.${failed}`;
}

async function copyResult(): Promise<void> {
  if (!report) return;
  try {
    await navigator.clipboard.writeText(reportText(report));
    status.textContent = 'Copied.';
  } catch {
    showError(new PageError('Download the result instead.', 'The browser did not let the page copy it.'));
  }
}

function downloadResult(): void {
  if (report) offerFile(`webgl-${report.date}.json`, reportText(report), 'application/json');
}

drawGroups(showState);
showDevice();
showState();
start.addEventListener('click', () => void run());
copy.addEventListener('click', () => void copyResult());
download.addEventListener('click', downloadResult);
stop.addEventListener('click', () => {
  stopper.abort();
  stop.disabled = true;
  status.textContent = 'Stopping after this row…';
});
keepFocus();
document.body.dataset.ready = '';
