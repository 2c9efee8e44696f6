// What a failed system call means to a caller of the port.
import { ObjectError, type ObjectFault } from "./port.ts";

const kinds: Record<string, ObjectFault> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EFBIG: "full",
  EACCES: "refused",
  EPERM: "refused",
  EROFS: "refused",
};

/** The system's error code, e.g. `ENOENT`, when the fault has one. */
export function fileCode(fault: unknown): string | undefined {
  return fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : undefined;
}

/** Throws the fault as an ObjectError. Faults of the caller's own stream pass as they are. */
export function folderFault(fault: unknown): never {
  if (fault instanceof ObjectError) throw fault;
  const isSystemCall = fault instanceof Error && "syscall" in fault;
  if (!isSystemCall) throw fault;
  const kind = kinds[fileCode(fault) ?? ""] ?? "unavailable";
  throw new ObjectError(kind, `The object folder failed: ${fileCode(fault) ?? fault.name}.`, fault);
}
