import { fileURLToPath } from "node:url";
import type { Part, Task } from "#core/launch/supervisor/supervise.ts";
import type { PartOrders } from "./part.ts";

const script = fileURLToPath(new URL("./part.ts", import.meta.url));

function commandFor(orders: PartOrders, node: string) {
  return { program: node, args: [script, JSON.stringify(orders)], env: { PATH: process.env.PATH ?? "" } };
}

/** A part that is a stand-in; ready when its services are told and /readyz of the first one answers 200. */
export function partStep(orders: PartOrders, node = process.execPath): Part {
  const [first] = orders.services ?? [];
  return {
    kind: "part",
    name: orders.name,
    listens: orders.services ?? [],
    within: 10_000,
    stopWithin: 1500,
    command: () => commandFor(orders, node),
    ...(first ? { ready: (ports) => `http://127.0.0.1:${ports.get(first)}/readyz` } : {}),
  };
}

/** A task that is a stand-in. */
export function taskStep(orders: PartOrders, node = process.execPath): Task {
  return { kind: "task", name: orders.name, within: 10_000, command: () => commandFor(orders, node) };
}
