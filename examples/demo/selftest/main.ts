/** The page of the self-test: runs selfTest() on every engine that starts here, and shows a report that can be sent. */
import { byId, element, waitForPaint } from '../dom.js';
import { keepFocus } from '../focus.js';
import { findGpu } from '../gpu.js';
import { clearNotice, showError } from '../notice.js';
import { offerFile } from '../offerFile.js';
import { PageError } from '../pageError.js';
import type { Report } from './session.js';

const button = (id: string) => byId(id, HTMLButtonElement);
const start = button('start');
const status = byId('status', HTMLParagraphElement);
const panel = byId('report-panel', HTMLElement);

const gpu = findGpu();
let report: Report | undefined;

function showDevice(): void {
  const facts = {
    WebGL2: gpu.renderer ?? 'none',
    'processor cores': String(navigator.hardwareConcurrency),
    browser: navigator.userAgent,
  };
  byId('facts', HTMLDListElement).replaceChildren(
    ...Object.entries(facts).flatMap(([label, text]) => [element('dt', { text: label }), element('dd', { text })]),
  );
}

async function run(): Promise<void> {
  clearNotice();
  panel.hidden = true;
  report = undefined;
  start.disabled = true;
  status.textContent = 'Loading the engines…';
  try {
    await waitForPaint();
    const { testEngines } = await import('./session.js');
    report = await testEngines(async (backend) => {
      status.textContent = `Testing ${backend}…`;
      await waitForPaint();
    });
    showReport(report);
  } catch (error) {
    status.textContent = '';
    showError(error);
  } finally {
    start.disabled = false;
    start.textContent = 'Run it again';
  }
}

function showReport(made: Report): void {
  const all = made.engines.flatMap(({ backend, results }) => results.map((result) => ({ backend, ...result })));
  const failed = all.filter(({ passed }) => !passed);
  const untested = all.filter(({ untested }) => untested !== undefined);
  status.textContent =
    failed.length === 0
      ? `All ${all.length} kernels and programs compute what plain loops compute, on ${made.engines.length} engines.`
      : `${failed.length} of ${all.length} kernels and programs failed. Send the report to whoever asked for it.`;
  const rows = [...failed, ...untested].map(({ backend, kind, passed, reason, untested }) => {
    const result = element('td', { text: passed ? `not tested: ${untested}` : (reason ?? 'failed') });
    if (!passed) result.className = 'failed';
    return element('tr', { children: [element('td', { text: backend }), element('td', { text: kind }), result] });
  });
  const none = element('td', { text: 'Nothing failed, and nothing was left out.' });
  none.colSpan = 3;
  const shown = rows.length > 0 ? rows : [element('tr', { children: [none] })];
  (byId('results', HTMLTableElement).tBodies[0] as HTMLTableSectionElement).replaceChildren(...shown);
  byId('json', HTMLPreElement).textContent = textOf(made);
  panel.hidden = false;
}

function textOf(made: Report): string {
  return JSON.stringify(made, null, 2);
}

async function copyReport(): Promise<void> {
  if (!report) return;
  try {
    await navigator.clipboard.writeText(textOf(report));
    status.textContent = 'Copied.';
  } catch {
    showError(new PageError('Download the report instead.', 'The browser did not let the page copy it.'));
  }
}

showDevice();
start.addEventListener('click', () => void run());
button('copy').addEventListener('click', () => void copyReport());
button('download').addEventListener('click', () => {
  if (report) offerFile(`selftest-${report.date}.json`, textOf(report), 'application/json');
});
keepFocus();
document.body.dataset.ready = '';
