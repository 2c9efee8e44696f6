// One decoder: a child process that does one job at a time and answers by message. It holds no secret and no
// connection, so that what a hostile file does to it ends with it.
import { deriveInstance } from "../derive/derive.ts";
import { type DecoderAnswer, type DecoderJob, isDecoderJob } from "./decoderJob.ts";
import { pixelDigest } from "../pixels/pixelDigest.ts";
import { recodeFile } from "../recode/recode.ts";
import { writeFrames } from "../render/frameFile.ts";
import { renderFrame } from "../render/render.ts";
import { fileSource, readForFrames } from "../read/source.ts";

async function run(job: DecoderJob): Promise<DecoderAnswer> {
  try {
    return { id: job.id, result: await work(job) };
  } catch (fault) {
    const code = fault instanceof Error && "code" in fault && typeof fault.code === "string"
      ? fault.code
      : null;
    const message = fault instanceof Error ? `${fault.name}: ${fault.message}` : "unknown";
    return { id: job.id, fault: { code, message } };
  }
}

function work(job: DecoderJob) {
  if (job.kind === "derive") return deriveInstance(job.path, job.folder);
  if (job.kind === "recode") return recodeFile(job.path, job.target, job.transferSyntaxUID);
  if (job.kind === "frames") return writeFrames(job.path, job.target, job.wish);
  if (job.kind === "render") return renderFrame(job.path, job.target, job.wish);
  const source = fileSource(job.path);
  return pixelDigest(readForFrames(source), source).finally(source.close);
}

process.on("message", async (message) => {
  if (isDecoderJob(message)) process.send?.(await run(message));
});
process.on("disconnect", () => process.exit(0));
