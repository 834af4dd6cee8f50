/** The page that upscales a picture: connects the picture, the choice of a backend and the run. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ESRGAN_X2, loadEsrganX2 } from '../upscale/esrgan.js';
import { largestDifference } from '../upscale/image.js';
import { upscale } from '../upscale/upscale.js';
import { drawBackendList, type Run, secondsText, setChosen, setEnabled, setMissing, showRuns } from './backendList.js';
import { backendFacts, startBackend } from './backends.js';
import { byId, element, waitForPaint } from './dom.js';
import { fetchModelFile } from './files.js';
import { keepFocus } from './focus.js';
import { clearNotice, showError } from './notice.js';
import { listenForPictures, type Opened, openSample } from './openPicture.js';
import { addRows, beginResult, clearResult, encodeResult, finishResult, showPicture, sizeText } from './stage.js';

const run = byId('run', HTMLButtonElement);
const cancel = byId('cancel', HTMLButtonElement);
const choose = byId('choose', HTMLButtonElement);
const sample = byId('sample', HTMLButtonElement);
const download = byId('download', HTMLButtonElement);
const progress = byId('progress', HTMLProgressElement);
const status = byId('status', HTMLParagraphElement);

let backend = '';
let model: LayersModel | undefined;
let opened: Opened | undefined;
let stop: AbortController | undefined;
let busy = true;

/** The runs of each backend on the current picture, and the first result, with which the others are compared. */
const runs = new Map<string, Run>();
let first: { backend: string; data: ArrayLike<number> } | undefined;

function setBusy(value: boolean): void {
  busy = value;
  for (const button of [run, choose, sample]) button.disabled = value;
  setEnabled(!value);
}

function open(picture: Opened): void {
  opened = picture;
  runs.clear();
  first = undefined;
  showRuns(runs);
  showPicture(picture.image);
  download.hidden = true;
  status.textContent = '';
}

async function chooseBackend(name: string): Promise<void> {
  setBusy(true);
  clearNotice();
  try {
    await startBackend(name);
    backend = name;
  } catch (error) {
    setMissing(name, 'It could not start in this browser.');
    showError(error);
    if (backend) await startBackend(backend);
  }
  setChosen(backend);
  run.textContent = `Upscale with ${backend}`;
  await showFacts();
  setBusy(false);
}

async function showFacts(): Promise<void> {
  const { source, facts } = await backendFacts();
  byId('device-title', HTMLHeadingElement).textContent = source;
  byId('facts', HTMLDListElement).replaceChildren(
    ...facts.flatMap(([label, text]) => [element('dt', { text: label }), element('dd', { text })]),
  );
}

async function upscaleOpened(): Promise<void> {
  if (model === undefined || opened === undefined) return;
  const { image } = opened;
  stop = new AbortController();
  setBusy(true);
  showRunning(true);
  clearNotice();
  beginResult({ width: image.width * ESRGAN_X2.scale, height: image.height * ESRGAN_X2.scale });
  try {
    progress.value = 0;
    status.textContent = 'Upscaling…';
    await waitForPaint();
    const start = performance.now();
    const result = await upscale(model, image, {
      ...ESRGAN_X2,
      signal: stop.signal,
      onProgress: showProgress,
      onRows: addRows,
    });
    const ms = performance.now() - start;
    runs.set(backend, { ms, remark: remarkOn(result.data) });
    showRuns(runs);
    finishResult();
    download.hidden = false;
    status.textContent = `${sizeText(result)} in ${secondsText(ms)} on ${backend}`;
  } catch (error) {
    clearResult();
    download.hidden = true;
    status.textContent = '';
    if (stop.signal.aborted) status.textContent = 'Cancelled.';
    else showError(error);
  } finally {
    showRunning(false);
    setBusy(false);
  }
}

function showRunning(running: boolean): void {
  run.hidden = running;
  cancel.hidden = !running;
  cancel.disabled = false;
  progress.hidden = !running;
}

async function showProgress(done: number, total: number): Promise<void> {
  progress.max = total;
  progress.value = done;
  status.textContent = `Patch ${Math.min(done + 1, total)} of ${total}`;
  await waitForPaint();
}

function remarkOn(data: ArrayLike<number>): string {
  if (first === undefined || first.backend === backend) {
    first = { backend, data };
    return '';
  }
  const difference = largestDifference(first.data, data);
  return difference === 0 ? `same pixels as ${first.backend}` : `within ${difference}/255 of ${first.backend}`;
}

async function save(): Promise<void> {
  const link = element('a');
  link.href = URL.createObjectURL(await encodeResult());
  link.download = `${opened?.name.replace(/\.[^.]*$/, '') ?? 'picture'}-x${ESRGAN_X2.scale}.png`;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function start(): Promise<void> {
  drawBackendList((name) => void chooseBackend(name));
  listenForPictures(() => busy, open);
  run.addEventListener('click', () => void upscaleOpened());
  download.addEventListener('click', () => void save().catch(showError));
  cancel.addEventListener('click', () => {
    stop?.abort();
    cancel.disabled = true;
    status.textContent = 'Stopping after this patch…';
  });
  setBusy(true);
  await openSample(open);
  await waitForPaint();
  await chooseBackend('convnet');
  setBusy(true);
  model = await loadEsrganX2(fetchModelFile);
  setBusy(false);
}

keepFocus();
start().catch(showError);
