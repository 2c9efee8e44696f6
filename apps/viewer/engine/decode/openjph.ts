// The HTJ2K decoder (OpenJPH as WebAssembly, MIT). This file alone knows its interface.
import openjph from "@cornerstonejs/codec-openjph";

/** What the decoder tells about a codestream. */
export type CodestreamInfo = {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
};

export type HTJ2KDecoder = {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  readHeader(): void;
  /** Decodes without the `level` finest resolutions. */
  decodeSubResolution(level: number): void;
  getFrameInfo(): CodestreamInfo;
  calculateSizeAtDecompositionLevel(level: number): { width: number; height: number };
  delete(): void;
};

export type OpenJPH = { readonly HTJ2KDecoder: new () => HTJ2KDecoder };

type Loading = {
  instantiateWasm(imports: WebAssembly.Imports, ready: (instance: WebAssembly.Instance) => void): object;
  print(): void;
  printErr(): void;
};

/** A fresh instance of the compiled decoder, with its own memory. */
export function startOpenJPH(compiled: WebAssembly.Module): Promise<OpenJPH> {
  const create = openjph as (loading: Loading) => Promise<OpenJPH>;
  return create({
    instantiateWasm(imports, ready) {
      WebAssembly.instantiate(compiled, imports).then(ready);
      return {};
    },
    // Its own words would go to the console; faults are thrown anyway.
    print: () => undefined,
    printErr: () => undefined,
  });
}
