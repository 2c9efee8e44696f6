import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** Folder of the real test data; DICOM files stand in `dicom/`. Tests skip by name where it is absent. */
export const testDataFolder: string = resolve(process.env.VETWARE_TEST_DATA ?? "../shared/data");

/** The path of one test file, e.g. `testData("dicom/wg04__RG2_JPLL.dcm")`. */
export function testData(name: string): string {
  return resolve(testDataFolder, name);
}

/** Whether a file or folder of the test data is here. */
export function hasTestData(name: string): boolean {
  return existsSync(testData(name));
}
