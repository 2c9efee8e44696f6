// A core that does nothing but hand over, for tests that kill it: `node handOverProcess.ts ADDRESS NAME`. It begins
// when something is written to it.
import { once } from "node:events";
import { z } from "zod";
import { openLog } from "#core/contract/log.ts";
import { job, openQueue } from "#core/jobs/mod.ts";

const [address = "", name = ""] = process.argv.slice(2);
const log = openLog("hand-over");
const idle = job({
  name,
  asks: z.object({ number: z.number() }),
  within: "1m",
  run: () => Promise.resolve(),
});
await once(process.stdin, "data");
await openQueue({ address, jobs: [idle], log, lookEvery: 1, pollSeconds: 60 });
log("ready");
