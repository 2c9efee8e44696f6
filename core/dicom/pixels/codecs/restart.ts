/**
 * A wasm instance that is made on first use and thrown away whenever work on it throws: after a trap its memory
 * and stack are in an unknown state, and a poisoned instance fails good frames too.
 */
export function restartable<Instance>(load: () => Promise<Instance>) {
  let instance: Promise<Instance> | undefined;
  return async <Result>(work: (instance: Instance) => Result): Promise<Result> => {
    try {
      return work(await (instance ??= load()));
    } catch (fault) {
      instance = undefined;
      throw fault;
    }
  };
}
