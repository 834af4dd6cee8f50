/** Shows a picture with the probability of each class. */
import { byId, element } from '../dom.js';
import { paintSquare } from './square.js';

const canvas = byId('tried', HTMLCanvasElement);
const list = byId('result', HTMLOListElement);

export function showTrial(picture: ImageData, names: readonly string[], scores: ArrayLike<number>): void {
  paintSquare(canvas, picture);
  const best = Math.max(...Array.from(scores));
  list.replaceChildren(
    ...names.map((name, i) => {
      const bar = element('span', { className: 'bar' });
      bar.style.setProperty('--share', String(scores[i]));
      const isBest = scores[i] === best ? ' best' : '';
      const label = element('span', { className: `label${isBest}`, text: name });
      const score = element('span', { className: `score${isBest}`, text: `${(100 * scores[i]).toFixed(1)} %` });
      return element('li', { children: [label, bar, score] });
    }),
  );
}

/** The program that opens the file in Python. */
export function pythonText(names: readonly string[], file: string): string {
  const list = names.map((name) => JSON.stringify(name)).join(', ');
  return `import keras, numpy as np
from PIL import Image

names = [${list}]
model = keras.saving.load_model("${file}")
picture = Image.open("picture.jpg").convert("RGB").resize((224, 224))
scores = model.predict(np.asarray(picture, "float32")[None])[0]
print(names[scores.argmax()], scores.max())`;
}
