// Every call that core/contract defines, found by reading its modules: a new one is found by being exported.
import { readdirSync } from "node:fs";
import { type Call, isCall } from "#core/contract/call.ts";

const contract = new URL("../../core/contract/", import.meta.url);

/** Brings all calls of the contract. */
export async function contractCalls(): Promise<Call[]> {
  const names = readdirSync(contract).filter((name) => name.endsWith(".ts"));
  const modules = await Promise.all(
    names.map((name): Promise<object> => import(new URL(name, contract).pathname)),
  );
  return modules.flatMap((module) => Object.values(module)).filter(isCall);
}
