/** The choice of what to measure: a box for each class of layers, and one for the models. */
import { webglAims } from '../../../bench/tables/classes.js';
import { byId, element } from '../dom.js';

const fieldset = byId('groups', HTMLFieldSetElement);

const groups: readonly { readonly name: string; readonly text: string }[] = [
  ...webglAims.classes.filter(({ partOf }) => !partOf).map(({ title }) => ({ name: title, text: title })),
  { name: 'models', text: 'two models (4 MB)' },
];

/** All are chosen. */
export function drawGroups(onChange: () => void): void {
  for (const { name, text } of groups) {
    const box = element('input');
    box.type = 'checkbox';
    box.value = name;
    box.checked = true;
    box.addEventListener('change', onChange);
    fieldset.append(element('label', { children: [box, element('span', { text })] }));
  }
}

export function chosenGroups(): string[] {
  return [...fieldset.querySelectorAll('input')].filter(({ checked }) => checked).map(({ value }) => value);
}

export function setGroupsEnabled(enabled: boolean): void {
  fieldset.disabled = !enabled;
}
