/** Switches the backend and shows facts about it, as on the page that upscales. */
import { setChosen, setMissing } from '../backendList.js';
import { backendFacts, startBackend } from '../backends.js';
import { byId, element } from '../dom.js';
import { showError } from '../notice.js';

let current = '';

export function currentBackend(): string {
  return current;
}

/** Starts a backend. If it cannot start, the one before stays the current one. */
export async function switchBackend(name: string): Promise<void> {
  try {
    await startBackend(name);
    current = name;
  } catch (error) {
    setMissing(name, 'It could not start in this browser.');
    showError(error);
    if (current) await startBackend(current);
  }
  setChosen(current);
  const { source, facts } = await backendFacts();
  byId('device-title', HTMLHeadingElement).textContent = source;
  byId('facts', HTMLDListElement).replaceChildren(
    ...facts.flatMap(([label, text]) => [element('dt', { text: label }), element('dd', { text })]),
  );
}
