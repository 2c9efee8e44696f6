// Loaded into a core's process before anything else (`node --import`): its disk takes only so many bytes a second,
// all files together. What arrives is written by `writev`, so that is what waits; everything else is as it was.
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const bytesPerSecond = Number(process.env.SLOW_DISK_BYTES_PER_SECOND);
if (!(bytesPerSecond > 0)) throw new Error("SLOW_DISK_BYTES_PER_SECOND is no pace");

type Writing = {
  writev(this: FileHandle, buffers: readonly NodeJS.ArrayBufferView[], position?: number): Promise<unknown>;
};

const handle = await open("/dev/null");
const handles: Writing = Object.getPrototypeOf(handle);
await handle.close();

const { writev } = handles;
let freeAt = 0;
handles.writev = async function (buffers, position) {
  const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const now = performance.now();
  freeAt = Math.max(freeAt, now) + bytes / bytesPerSecond * 1000;
  await pause(freeAt - now);
  return await writev.call(this, buffers, position);
};
