// A supervisor of stand-ins as a process of its own, to be killed by tests. Arguments: data folder, JSON list of orders.
import { onEndSignals } from "#core/launch/supervisor/endSignals.ts";
import { takeLock } from "#core/launch/supervisor/lock.ts";
import { supervise } from "#core/launch/supervisor/supervise.ts";
import { partStep } from "./steps.ts";

const [folder = "", text = "[]", node = process.execPath] = process.argv.slice(2);
const lock = await takeLock(folder, { patience: 10_000, now: new Date() });
const stack = await supervise(
  JSON.parse(text).map((orders: Parameters<typeof partStep>[0]) => partStep(orders, node)),
  {
    node,
    folder,
    write: () => {},
    onGuard: (pid) => lock.share(pid),
  },
);
onEndSignals({
  end: async () => {
    await stack.stop();
    await lock.release();
    process.exit(0);
  },
  hurry: () => void stack.stop(),
});
process.stdout.write("ready\n");
await stack.ended;
