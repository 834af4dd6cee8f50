/** The page that trains: connects the classes, the camera, the training, its curves, the trial and the download. */
import { saveKerasModel } from '../../../src/keras.js';
import { drawBackendList, secondsText, setEnabled } from '../backendList.js';
import { byId, waitForPaint } from '../dom.js';
import { listenForDrops } from '../drops.js';
import { keepFocus } from '../focus.js';
import { currentBackend, switchBackend } from '../keras/backendPanel.js';
import { newestOf } from '../newest.js';
import { ask, clearNotice, showError } from '../notice.js';
import { offerFile } from '../offerFile.js';
import { PageError } from '../pageError.js';
import { decodePicture } from '../picture.js';
import { frameOf, isFilming, startCamera, stopCamera } from './camera.js';
import { percent, showEpoch, startChart } from './chart.js';
import * as cards from './classes.js';
import { drawSample, sampleNames } from './samples.js';
import { squareOf } from './square.js';
import { classify, type EpochFigures, type Example, epochsOf, train, tunedModel, type Way } from './training.js';
import { pythonText, showTrial } from './trial.js';

const FILE = 'my_pictures.keras';
const SAMPLES = 15;
/** Frames that "Film" takes, and the time between two. */
const FRAMES = 10;
const FRAME_MS = 150;

const button = (id: string) => byId(id, HTMLButtonElement);
const [trainButton, stopButton, third, camera, tryCamera] = ['train', 'stop', 'third', 'camera', 'try-camera'].map(
  button,
);
const progress = byId('progress', HTMLProgressElement);
const status = byId('status', HTMLParagraphElement);
const saved = byId('saved', HTMLParagraphElement);
const need = byId('need', HTMLParagraphElement);
const video = byId('video', HTMLVideoElement);

let stopper = new AbortController();
let busy = true;
/** The names of the classes that the model was trained on. */
let trainedNames: readonly string[] = [];
let isTryingCamera = false;
/** Whether the page holds a trained network that nobody has downloaded. */
let isUnsaved = false;
const beginTrial = newestOf();

function setBusy(value: boolean): void {
  busy = value;
  setEnabled(!value);
  cards.setClassesEnabled(!value);
  for (const id of ['samples', 'third', 'camera', 'clear', 'try-picture', 'try-sample', 'try-camera', 'save']) {
    button(id).disabled = value;
  }
  byId('ways', HTMLFieldSetElement).disabled = value;
  showReady();
}

/** Training needs a picture of each class. */
function showReady(): void {
  const empty = cards.classes().filter(({ pictures }) => pictures.length === 0);
  trainButton.disabled = busy || empty.length > 0;
  const names = empty.map(({ name }) => name).join(', ');
  need.textContent = `Training needs pictures of each class; ${names} ${empty.length > 1 ? 'have' : 'has'} none.`;
  need.hidden = empty.length === 0;
  const count = cards.classes().length;
  third.textContent = count === 3 ? 'Two classes' : 'Third class';
}

/** Runs an action of the user; an error becomes a notice. */
async function act(work: () => void | Promise<void>): Promise<void> {
  clearNotice();
  try {
    await work();
  } catch (error) {
    showError(error);
  }
}

async function squareFrom(file: File): Promise<ImageData> {
  const bitmap = await decodePicture(file, file.name);
  const square = squareOf(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return square;
}

/** Adds the files that are pictures, and then says which are none. */
async function addFiles(index: number, files: readonly File[]): Promise<void> {
  const read = await Promise.allSettled(files.map(squareFrom));
  cards.addPictures(
    index,
    read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
  );
  const failed = read.filter((result) => result.status === 'rejected');
  if (failed.length === 1) throw failed[0].reason;
  if (failed.length === 0) return;
  const names = files.filter((_, i) => read[i].status === 'rejected').map(({ name }) => name);
  const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  throw new PageError(
    'Choose PNG, JPEG or WebP files.',
    `${failed.length} of ${files.length} files are no pictures that this browser can read: ${shown}.`,
  );
}

/** Runs an action that takes the visitor's own pictures away, once the visitor agrees. */
function askFirst(count: number, question: string, work: () => void): void {
  if (count === 0) work();
  else ask(question, [{ label: 'Yes', act: work }]);
}

function picturesText(count: number): string {
  return count === 1 ? 'your picture' : `your ${count} pictures`;
}

async function film(index: number): Promise<void> {
  setBusy(true);
  try {
    for (let frame = 0; frame < FRAMES && isFilming(); frame++) {
      cards.addPictures(index, [frameOf(video)]);
      await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    }
  } finally {
    setBusy(false);
  }
}

function useSamples(): void {
  cards.clearPictures();
  cards.classes().forEach((_, index) => {
    cards.renameClass(index, sampleNames[index]);
    cards.addPictures(
      index,
      Array.from({ length: SAMPLES }, () => drawSample(index)),
      'samples',
    );
  });
  status.textContent = 'Drawn. Now train on them.';
  trainButton.focus();
}

async function toggleCamera(): Promise<void> {
  if (isFilming()) stopCamera(video);
  else await startCamera(video, showCamera);
  showCamera();
}

function showCamera(): void {
  const isOn = isFilming();
  video.hidden = !isOn;
  cards.showCamera(isOn);
  camera.textContent = isOn ? 'Camera off' : 'Camera on';
  camera.setAttribute('aria-pressed', String(isOn));
  if (!isOn) isTryingCamera = false;
  tryCamera.setAttribute('aria-pressed', String(isTryingCamera));
}

async function trainOnPictures(): Promise<void> {
  const way = byId('ways', HTMLFieldSetElement).querySelector<HTMLInputElement>('input:checked')?.value as Way;
  const classes = cards.classes();
  const examples = classes.flatMap(({ pictures }, label) => pictures.map((picture): Example => ({ picture, label })));
  stopper = new AbortController();
  isTryingCamera = false;
  showTrained(false);
  setBusy(true);
  showTraining(true);
  const begin = performance.now();
  let last: EpochFigures | undefined;
  try {
    status.textContent = 'Loading the network…';
    await startChart(epochsOf(way));
    await train(way, examples, classes.length, {
      signal: stopper.signal,
      async onStep(done, total, text) {
        progress.max = total;
        progress.value = done;
        if (!stopper.signal.aborted) status.textContent = text + figuresText(last);
        await waitForPaint();
      },
      onEpoch(figures) {
        last = figures;
        showEpoch(figures);
      },
    });
    trainedNames = classes.map(({ name }) => name);
    showTrained(true);
    const spent = `in ${secondsText(performance.now() - begin)} on ${currentBackend()}${figuresText(last)}.`;
    status.textContent = stopper.signal.aborted ? `Stopped after epoch ${last?.epoch} ${spent}` : `Trained ${spent}`;
    await tryPicture(examples[0].picture);
  } catch (error) {
    status.textContent = stopper.signal.aborted ? 'Stopped.' : '';
    if (!stopper.signal.aborted) throw error;
  } finally {
    showTraining(false);
    setBusy(false);
  }
}

function figuresText(figures: EpochFigures | undefined): string {
  if (!figures) return '';
  const held = figures.heldAccuracy === undefined ? '' : `, on pictures held back ${percent(figures.heldAccuracy)}`;
  return `: loss ${figures.loss.toPrecision(2)}, accuracy ${percent(figures.accuracy)}${held}`;
}

function showTraining(isTraining: boolean): void {
  trainButton.hidden = isTraining;
  stopButton.hidden = !isTraining;
  stopButton.disabled = false;
  progress.hidden = !isTraining;
  progress.value = 0;
}

function showTrained(isTrained: boolean): void {
  for (const id of ['try-panel', 'save-panel']) byId(id, HTMLElement).hidden = !isTrained;
  saved.textContent = '';
  isUnsaved = isTrained;
  byId('python', HTMLElement).textContent = pythonText(trainedNames, FILE);
}

/** Shows what the model says of a picture, unless another one was tried meanwhile. */
async function tryPicture(source: ImageData | Promise<ImageData>): Promise<void> {
  const isNewest = beginTrial();
  const picture = await source;
  const scores = await classify(picture);
  if (isNewest()) showTrial(picture, trainedNames, scores);
}

/** Classifies what the camera sees, until it is switched off. */
async function tryTheCamera(): Promise<void> {
  if (isTryingCamera) {
    isTryingCamera = false;
    showCamera();
    return;
  }
  await startCamera(video, showCamera);
  isTryingCamera = true;
  showCamera();
  while (isTryingCamera && isFilming() && tunedModel()) {
    await tryPicture(frameOf(video));
    await waitForPaint();
  }
}

async function save(): Promise<void> {
  const whole = tunedModel();
  if (!whole) return;
  setBusy(true);
  saved.textContent = '';
  await waitForPaint();
  try {
    offerFile(FILE, await saveKerasModel(whole));
    saved.textContent = `Saved ${FILE}.`;
    isUnsaved = false;
  } finally {
    setBusy(false);
  }
}

async function chooseBackend(name: string): Promise<void> {
  setBusy(true);
  await switchBackend(name);
  setBusy(false);
}

function listen(): void {
  const on = (id: string, work: () => void | Promise<void>) =>
    button(id).addEventListener('click', () => void act(work));
  on('samples', () => {
    const count = cards.ownPictures();
    askFirst(count, `Samples take the place of ${picturesText(count)}. Go on?`, useSamples);
  });
  on('camera', toggleCamera);
  on('clear', cards.clearPictures);
  on('third', () => {
    if (cards.classes().length < 3) {
      addThird();
      return;
    }
    const count = cards.ownPictures(2);
    askFirst(count, `The third class goes, with ${picturesText(count)}. Go on?`, cards.removeLastClass);
  });
  on('train', trainOnPictures);
  on('try-sample', () => tryPicture(drawSample(Math.floor(Math.random() * trainedNames.length))));
  on('try-camera', tryTheCamera);
  on('save', save);
  stopButton.addEventListener('click', () => {
    stopper.abort();
    stopButton.disabled = true;
    status.textContent = 'Stopping…';
  });
  const tryFile = byId('try-file', HTMLInputElement);
  button('try-picture').addEventListener('click', () => tryFile.click());
  tryFile.addEventListener('change', () => {
    const [file] = tryFile.files ?? [];
    tryFile.value = '';
    if (file) void act(() => tryPicture(squareFrom(file)));
  });
  window.addEventListener('beforeunload', (event) => {
    if (isUnsaved || !stopButton.hidden) event.preventDefault(); // the browser asks whether to leave
  });
  let over: EventTarget | null = null;
  document.addEventListener('drop', ({ target }) => {
    over = target;
  });
  listenForDrops((files) => {
    if (!busy) void act(() => takeDrop(cards.classAt(over), files));
  });
}

function addThird(): void {
  cards.addClass('Class 3');
  cards.showCamera(isFilming());
  showReady();
}

async function takeDrop(index: number, files: readonly File[]): Promise<void> {
  if (index >= 0) await addFiles(index, files);
  else if (tunedModel()) await tryPicture(squareFrom(files[0]));
  else
    throw new PageError('Drop the pictures on the class that they belong to.', 'They were dropped beside the classes.');
}

async function start(): Promise<void> {
  drawBackendList((name) => void act(() => chooseBackend(name)));
  cards.startClasses({
    onFiles: (index, files) => void act(() => addFiles(index, files)),
    onFilm: (index) => void act(() => film(index)),
    onChange: showReady,
  });
  listen();
  await chooseBackend('convnet');
  document.body.dataset.ready = '';
}

keepFocus();
start().catch(showError);
