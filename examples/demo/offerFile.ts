/** Offers a file that the page has made as a download. */
import { element } from './dom.js';

export function offerFile(name: string, content: Uint8Array | string, type = 'application/octet-stream'): void {
  const link = element('a');
  link.href = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  link.download = name;
  link.click();
  // The browser reads the blob after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
