/** Opens files that are chosen or dropped. The type of a dropped file tells a picture from a model. */
import { byId } from '../dom.js';
import { listenForDrops } from '../drops.js';

export interface Takers {
  readonly model: (files: readonly File[]) => void;
  readonly picture: (file: File) => void;
}

export function listenForFiles({ model, picture }: Takers): void {
  listenToInput('choose-model', 'model-file', model);
  listenToInput('choose-picture', 'picture-file', ([file]) => picture(file));
  listenForDrops((files) => {
    const [first] = files;
    if (files.length === 1 && first.type.startsWith('image/')) picture(first);
    else model(files);
  });
}

function listenToInput(buttonId: string, inputId: string, take: (files: readonly File[]) => void): void {
  const input = byId(inputId, HTMLInputElement);
  byId(buttonId, HTMLButtonElement).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // The same file chosen again is a new choice.
    input.value = '';
    if (files.length > 0) take(files);
  });
}
