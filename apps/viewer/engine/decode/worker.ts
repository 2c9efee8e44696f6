// The decoding worker. The decoder's code and wasm are fetched when the first frame asks for them. After any
// fault its instance is thrown away: a decoder that trapped once gives wrong answers later.
import { Undecodable } from "../faults.ts";
import { decodeFrame } from "./frame.ts";
import type { DecodeAnswer, DecodeRequest } from "./messages.ts";
import { type OpenJPH, startOpenJPH } from "./openjph.ts";

const wasmUrl = new URL("@cornerstonejs/codec-openjph/wasm", import.meta.url);
let compiled: Promise<WebAssembly.Module> | undefined;
let instance: OpenJPH | undefined;

async function compile(): Promise<WebAssembly.Module> {
  const answer = await fetch(wasmUrl);
  if (!answer.ok) throw new Error(`the decoder could not be fetched (${answer.status})`);
  return WebAssembly.compile(await answer.arrayBuffer());
}

async function decoderInstance(): Promise<OpenJPH> {
  compiled ??= compile();
  try {
    instance ??= await startOpenJPH(await compiled);
  } catch (fault) {
    compiled = undefined;
    throw fault;
  }
  return instance;
}

async function answerTo(request: DecodeRequest): Promise<DecodeAnswer> {
  const started = await decoderInstance().catch(() => undefined);
  if (!started) return { job: request.job, fault: "its decoder could not be fetched", again: true };
  return decodeWith(started, request);
}

function decodeWith({ HTJ2KDecoder }: OpenJPH, request: DecodeRequest): DecodeAnswer {
  const { job, level, expected, codestream } = request;
  try {
    const started = performance.now();
    const decoder = new HTJ2KDecoder();
    const samples = decodeFrame(decoder, codestream, level, expected);
    decoder.delete();
    return { job, samples, milliseconds: performance.now() - started };
  } catch (fault) {
    instance = undefined;
    return { job, fault: fault instanceof Undecodable ? fault.message : "its data is damaged", again: false };
  }
}

let queue: Promise<void> = Promise.resolve();

addEventListener("message", (event: MessageEvent<DecodeRequest>) => {
  queue = queue.then(async () => {
    const answer = await answerTo(event.data);
    const transfer = "samples" in answer ? [answer.samples.data.buffer] : [];
    postMessage(answer, { transfer });
  });
});
