// What an answer of S3, or none, means to a caller of the port.
import { S3ServiceException } from "@aws-sdk/client-s3";
import type { ObjectFault } from "./port.ts";
import { ObjectError } from "./port.ts";

const kinds: Record<number, ObjectFault> = { 401: "refused", 403: "refused", 416: "range", 507: "full" };

/** The HTTP status of a refused request; undefined when no answer came. */
export function s3Status(fault: unknown): number | undefined {
  return fault instanceof S3ServiceException ? fault.$metadata.httpStatusCode : undefined;
}

/** Throws the fault as an ObjectError; what is not of the SDK's making (a caller's stream) passes as it is. */
export function s3Fault(fault: unknown): never {
  if (fault instanceof ObjectError) throw fault;
  const fromStore = fault instanceof Error && "$metadata" in fault;
  if (!fromStore) throw fault;
  const status = s3Status(fault);
  const kind = kinds[status ?? 0] ?? "unavailable";
  throw new ObjectError(kind, `The object store failed: ${status ?? "no answer"} ${fault.name}.`, fault);
}
