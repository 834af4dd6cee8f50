/** The page for Keras files: connects the model file, the picture, the choice of a backend and the run. */

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { countText, msText } from '../../../src/core/units.js';
import type { KerasFileInfo, KerasSource } from '../../../src/keras.js';
import { installKerasLayers } from '../../../src/layers.js';
import { largestDifference } from '../../../src/pictures/compareOutputs.js';
import { type Output, statisticsOf } from '../../../src/pictures/modelOutputs.js';
import { inputSize, type PictureInput } from '../../../src/pictures/pictureInput.js';
import { pictureToTensor } from '../../../src/vision.js';
import { drawBackendList, type Run, setEnabled, showRuns } from '../backendList.js';
import { byId, waitForPaint } from '../dom.js';
import { keepFocus } from '../focus.js';
import { newestOf } from '../newest.js';
import { clearNotice, showError } from '../notice.js';
import { currentBackend, switchBackend } from './backendPanel.js';
import { offerChoices, readChoices, setRange, suggestSize } from './controls.js';
import { hideInspector, showInspector } from './inspector.js';
import { listenForFiles } from './openFiles.js';
import { listenForDrawing, openedPicture, openPad, openPicture, openSamplePicture } from './pictures.js';
import { clearResult, showResult } from './results.js';
import { digitsSample, type Sample, upscalerSample } from './samples.js';
import { type SavedFormat, save } from './saving.js';
import { cancelOpening, open, openModel } from './session.js';
import { predictTimed } from './timing.js';

const button = (id: string) => byId(id, HTMLButtonElement);
const run = button('run');
const cancel = button('cancel');
const progress = byId('progress', HTMLProgressElement);
const status = byId('status', HTMLParagraphElement);
const runPanel = byId('run-panel', HTMLElement);
const savePanel = byId('save-panel', HTMLElement);

/**
 * The runs of each backend with the current model and picture, and the first result, with which the others are
 * compared.
 */
const runs = new Map<string, Run>();
let first: { backend: string; outputs: readonly Output[] } | undefined;
let input: PictureInput | undefined;
/** The sample that is open, if it is one. */
let sample: Sample | undefined;
/** A line was drawn while the model ran on the one before. */
let isDrawnOn = false;
/** A slow file does not replace a newer one. */
const beginOpening = newestOf();
/** What a model says of a picture is not shown beside another model or picture. */
const beginShowing = newestOf();
/** The works in progress: a file may be dropped while the model runs. */
let works = 0;

async function whileBusy(work: () => Promise<void>): Promise<void> {
  works++;
  showBusy();
  try {
    await work();
  } finally {
    works--;
    showBusy();
  }
}

function showBusy(): void {
  const isBusy = works > 0;
  setEnabled(!isBusy);
  for (const id of ['save-keras', 'save-h5', 'save-tfjs', 'choose-picture', 'sample-picture', 'draw'])
    button(id).disabled = isBusy;
  run.disabled = isBusy || input === undefined;
}

function forgetRuns(): void {
  beginShowing();
  runs.clear();
  first = undefined;
  showRuns(runs);
  clearResult();
}

async function openSample(chosen: Sample): Promise<void> {
  const isOther = chosen.sheet !== sample?.sheet;
  await openFile(chosen.name, chosen.files, chosen);
  if (isOther && sample === chosen) await takePicture(openSamplePicture(chosen.sheet));
}

async function openFile(name: string, source: () => Promise<KerasSource>, asSample?: Sample): Promise<void> {
  const isCurrent = beginOpening();
  sample = asSample;
  forgetRuns();
  clearNotice();
  hideInspector();
  runPanel.hidden = true;
  savePanel.hidden = true;
  input = undefined;
  showLoading(true, name);
  await whileBusy(async () => {
    const warnings: string[] = [];
    try {
      const opened = await open(source, {
        onInspected: showInspector,
        onProgress: (fraction) => {
          progress.value = fraction;
        },
        onWarning: (message) => warnings.push(message),
      });
      if (!isCurrent()) return;
      if (opened) showOpened(opened.info, warnings);
      else status.textContent = 'Cancelled.';
    } catch (error) {
      if (isCurrent()) showFailure(name, error);
    } finally {
      if (isCurrent()) showLoading(false, name);
    }
  });
}

function showLoading(loading: boolean, name: string): void {
  progress.hidden = !loading;
  cancel.hidden = !loading;
  progress.value = 0;
  byId('file-name', HTMLElement).textContent = name;
  byId('drop', HTMLElement).classList.add('has-file');
  if (loading) status.textContent = `Loading ${name}…`;
}

function showOpened(info: KerasFileInfo, warnings: readonly string[]): void {
  const model = openModel()?.model;
  if (!model) return;
  savePanel.hidden = false;
  const remarks = warnings.map((warning) => ` ${warning}.`).join('');
  status.textContent = `Loaded ${countText(model.countParams(), 'parameter')} of ${info.fileName}.${remarks}`;
  try {
    input = offerChoices(model);
    if (sample?.range) setRange(sample.range);
    const about = byId('about-model', HTMLParagraphElement);
    about.textContent = sample?.about ?? '';
    about.hidden = sample === undefined;
    const picture = openedPicture();
    if (picture) suggestSize(input, picture);
    runPanel.hidden = false;
  } catch (error) {
    status.textContent += ` It cannot be run here: ${(error as Error).message}.`;
  }
}

function showFailure(name: string, error: unknown): void {
  status.textContent = `${name} was not loaded.`;
  showError(error);
}

async function runModel(): Promise<void> {
  const model = openModel()?.model;
  const picture = openedPicture();
  const chosen = input;
  if (!model || !picture || !chosen) return;
  const isShown = beginShowing();
  clearNotice();
  const running = `Running on ${currentBackend()}…`;
  status.textContent = running;
  await whileBusy(async () => {
    await waitForPaint();
    try {
      if (isShown()) await runOn(model, picture, chosen, isShown);
    } catch (error) {
      if (isShown()) showError(error);
    }
    if (status.textContent === running) status.textContent = '';
  });
}

/** Runs the model, and shows what it says while `isShown`. */
async function runOn(
  model: LayersModel,
  picture: HTMLCanvasElement,
  chosen: PictureInput,
  isShown: () => boolean,
): Promise<void> {
  const { range, size } = readChoices();
  const [height, width] = inputSize(chosen, picture, size);
  const x = await pictureToTensor(picture, { model, size: [height, width], preprocess: range });
  try {
    const { outputs, firstMs, laterMs } = await predictTimed(model, x, waitForPaint);
    if (!isShown()) return;
    const times = laterMs === undefined ? '' : `, then ${msText(laterMs)} ms`;
    const text = `First prediction ${msText(firstMs)} ms${times} on ${currentBackend()}, input ${height} × ${width}`;
    await showResult({ outputs, range: rangeOfOutput(outputs, range), text, labels: sample?.labels });
    runs.set(currentBackend(), { ms: laterMs ?? firstMs, remark: remarkOn(outputs) });
    showRuns(runs);
  } finally {
    x.dispose();
  }
}

/** The range of an output picture: that of the input, or 'fit' if the values do not lie in it. */
function rangeOfOutput(outputs: readonly Output[], range: '0..1' | '-1..1' | 'none'): typeof range | 'fit' {
  const limits = { '0..1': [-0.1, 1.1], '-1..1': [-1.1, 1.1], none: [-25, 280] } as const;
  const [low, high] = limits[range];
  const isInside = outputs.every(({ values }) => {
    const { min, max } = statisticsOf(values);
    return min >= low && max <= high;
  });
  return isInside ? range : 'fit';
}

function remarkOn(outputs: readonly Output[]): string {
  if (first === undefined || first.backend === currentBackend()) {
    first = { backend: currentBackend(), outputs };
    return '';
  }
  const difference = largestDifference(first.outputs, outputs);
  if (difference === 0) return `same numbers as ${first.backend}`;
  return `within ${difference.toExponential(0)} of ${first.backend}`;
}

async function saveAs(format: SavedFormat): Promise<void> {
  const opened = openModel();
  if (!opened) return;
  clearNotice();
  progress.hidden = false;
  const onProgress = (fraction: number) => {
    progress.value = fraction;
  };
  await whileBusy(async () => {
    try {
      status.textContent = `Saved ${await save(opened.model, opened.name, format, { onProgress })}.`;
    } catch (error) {
      status.textContent = '';
      showError(error);
    } finally {
      progress.hidden = true;
    }
  });
}

async function takePicture(work: Promise<boolean>): Promise<void> {
  clearNotice();
  try {
    if (!(await work)) return;
    const picture = openedPicture();
    forgetRuns();
    if (input && picture) suggestSize(input, picture);
  } catch (error) {
    showError(error);
  }
}

function draw(): void {
  clearNotice();
  openPad();
  forgetRuns();
  const picture = openedPicture();
  if (input && picture) suggestSize(input, picture);
}

/** Runs the model on the drawing, and again if more was drawn meanwhile. */
async function runOnDrawing(): Promise<void> {
  if (run.disabled) {
    isDrawnOn = true;
    return;
  }
  do {
    isDrawnOn = false;
    forgetRuns();
    await runModel();
  } while (isDrawnOn);
}

async function chooseBackend(name: string): Promise<void> {
  clearNotice();
  await whileBusy(() => switchBackend(name));
  run.textContent = `Run on ${currentBackend()}`;
}

async function start(): Promise<void> {
  installKerasLayers();
  drawBackendList((name) => void chooseBackend(name));
  await Promise.all([openSamplePicture(), chooseBackend('convnet')]);
  listenForFiles({
    model: (files) => void openFile(files[0].name, async () => (files.length === 1 ? files[0] : files)),
    picture: (file) => void takePicture(openPicture(file, file.name)),
  });
  button('sample-keras').addEventListener('click', () => void openSample(digitsSample));
  button('sample-upscaler').addEventListener('click', () => void openSample(upscalerSample));
  button('sample-picture').addEventListener('click', () => void takePicture(openSamplePicture(sample?.sheet)));
  button('draw').addEventListener('click', draw);
  listenForDrawing(() => void runOnDrawing());
  cancel.addEventListener('click', cancelOpening);
  run.addEventListener('click', () => void runModel());
  for (const format of ['keras', 'h5', 'tfjs'] as const) {
    button(`save-${format}`).addEventListener('click', () => void saveAs(format));
  }
  document.body.dataset.ready = '';
}

keepFocus();
start().catch(showError);
