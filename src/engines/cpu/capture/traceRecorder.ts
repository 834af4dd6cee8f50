// The first run that is followed: in memory of the heap, to see how long each block is in use.

import type { HeapData } from '../heapData.js';
import type { KernelCall } from '../runtime/recording.js';
import { Recorder } from './recorder.js';
import type { Block, Frame, FrameKind, Result } from './trace.js';

export class TraceRecorder extends Recorder {
  rescue(): void {}

  protected take(bytes: number): number {
    return this.device.heap.alloc(bytes);
  }

  protected give({ address }: Block): void {
    this.device.heap.free(address);
  }

  protected kindOf(): FrameKind {
    return 'launches'; // until it reads
  }

  protected noteLaunch(): void {}

  protected noteWriting(): void {}

  protected keepsBlock(): boolean {
    return false;
  }

  protected keeps(): boolean {
    return false;
  }

  /** Its own memory is no part of the plan; that of its results is. */
  protected finishJavaScript(_call: KernelCall, frame: Frame, results: readonly Result[]): void {
    const { blocks, events } = this.trace;
    events.length = frame.firstEvent;
    for (const block of blocks.splice(frame.firstBlock)) {
      if (block.data) this.blockOf.delete(block.data as HeapData);
      if (this.scratch.get(block.address) === block) this.scratch.delete(block.address);
    }
    for (const { data, isNew } of results) {
      if (!isNew || this.blockOf.has(data)) continue;
      const address = data.moveToHeap();
      this.note(`alloc ${data.bytes}`);
      this.noteBlockOf(data, this.addBlock(data.bytes, address));
    }
  }
}
