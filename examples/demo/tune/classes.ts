/** The classes and their pictures: a card for each, with a name, buttons and small pictures. */
import { byId, element } from '../dom.js';
import { paintSquare } from './square.js';

export interface PictureClass {
  readonly name: string;
  readonly pictures: readonly ImageData[];
}

export interface CardActions {
  /** The user chose files for a class. */
  readonly onFiles: (index: number, files: readonly File[]) => void;
  /** The user films for a class. */
  readonly onFilm: (index: number) => void;
  readonly onChange: () => void;
}

interface Card {
  readonly root: HTMLElement;
  readonly name: HTMLInputElement;
  readonly film: HTMLButtonElement;
  readonly buttons: readonly HTMLButtonElement[];
  readonly list: HTMLUListElement;
  readonly count: HTMLElement;
  readonly pictures: ImageData[];
}

const list = byId('classes', HTMLDivElement);
const cards: Card[] = [];
/** Pictures that this page has drawn. */
const drawn = new WeakSet<ImageData>();
let actions: CardActions;

export function startClasses(given: CardActions): void {
  actions = given;
  for (const name of ['Class 1', 'Class 2']) addClass(name);
}

export function classes(): PictureClass[] {
  return cards.map(({ name, pictures }, i) => ({ name: name.value.trim() || `Class ${i + 1}`, pictures }));
}

export function addClass(name: string): void {
  cards.push(makeCard(name, cards.length));
}

export function removeLastClass(): void {
  cards.pop()?.root.remove();
  actions.onChange();
}

/** How many pictures are the visitor's own, of all classes or from one on. */
export function ownPictures(from = 0): number {
  return cards.slice(from).flatMap(({ pictures }) => pictures.filter((picture) => !drawn.has(picture))).length;
}

/** Adds pictures to a class, unless it was removed meanwhile. */
export function addPictures(index: number, added: readonly ImageData[], origin: 'own' | 'samples' = 'own'): void {
  const card = cards.at(index);
  if (!card) return;
  if (origin === 'samples') for (const picture of added) drawn.add(picture);
  card.pictures.push(...added);
  card.list.append(...added.map((picture) => thumbOf(card, picture)));
  showCount(card);
  card.list.scrollTop = card.list.scrollHeight;
  actions.onChange();
}

export function clearPictures(): void {
  for (const card of cards) {
    card.pictures.length = 0;
    card.list.replaceChildren();
    showCount(card);
  }
  actions.onChange();
}

export function renameClass(index: number, name: string): void {
  cards[index].name.value = name;
}

/** The class on whose card something was dropped; -1 elsewhere. */
export function classAt(target: EventTarget | null): number {
  return cards.findIndex(({ root }) => target instanceof Node && root.contains(target));
}

export function showCamera(isOn: boolean): void {
  for (const { film } of cards) film.hidden = !isOn;
}

export function setClassesEnabled(enabled: boolean): void {
  for (const { name, buttons, list } of cards) {
    for (const control of [name, ...buttons, ...list.querySelectorAll('button')]) control.disabled = !enabled;
  }
}

function makeCard(title: string, index: number): Card {
  const name = element('input');
  Object.assign(name, { type: 'text', value: title, maxLength: 40 });
  name.setAttribute('aria-label', `Name of class ${index + 1}`);
  name.addEventListener('input', () => actions.onChange());
  const input = element('input');
  Object.assign(input, { type: 'file', accept: 'image/*', multiple: true, hidden: true });
  input.setAttribute('aria-label', `Pictures of class ${index + 1}`);
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = ''; // the same files chosen again are a new choice
    if (files.length > 0) actions.onFiles(index, files);
  });
  const choose = buttonOf('Add pictures', () => input.click());
  const film = buttonOf('Film', () => actions.onFilm(index));
  film.hidden = true;
  const thumbs = element('ul', { className: 'thumbs' });
  const count = element('p', { className: 'count', text: 'No pictures yet. Choose or drop some.' });
  const buttons = element('div', { className: 'actions', children: [choose, film, input] });
  const root = element('section', { className: 'class-card', children: [name, buttons, count, thumbs] });
  root.setAttribute('aria-label', `Class ${index + 1}`);
  list.append(root);
  return { root, name, film, buttons: [choose, film], list: thumbs, count, pictures: [] };
}

function thumbOf(card: Card, picture: ImageData): HTMLLIElement {
  const canvas = element('canvas');
  paintSquare(canvas, picture);
  const remove = element('button', { children: [canvas] });
  remove.type = 'button';
  remove.title = 'Remove this picture';
  remove.setAttribute('aria-label', remove.title);
  const item = element('li', { children: [remove] });
  remove.addEventListener('click', () => {
    card.pictures.splice(card.pictures.indexOf(picture), 1);
    const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector('button');
    item.remove();
    (next ?? card.name).focus();
    showCount(card);
    actions.onChange();
  });
  return item;
}

function showCount({ pictures, count }: Card): void {
  const { length } = pictures;
  count.textContent =
    length === 0 ? 'No pictures yet. Choose or drop some.' : length === 1 ? '1 picture' : `${length} pictures`;
}

function buttonOf(text: string, act: () => void): HTMLButtonElement {
  const button = element('button', { text });
  button.type = 'button';
  button.addEventListener('click', act);
  return button;
}
