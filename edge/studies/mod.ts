// Studies as people see them: lists, pictures, bytes, uploads and doorbells. The archive itself is the core's; the
// edge reads its rows under the practice's policies and passes bytes through the doors.
export { instanceWithin, kindOf, kinds, sendThing, thingOf } from "./bytes.ts";
export type { BytesKind, FoundInstance } from "./bytes.ts";
export { patientOf } from "./patient.ts";
export { pictureStudy } from "./picture.ts";
export { integrity, keeping } from "./keepingRoutes.ts";
export { sendZip, zipNameOf } from "./zip.ts";
export { events, studies, uploads } from "./routes.ts";
export { readCursor, writeCursor } from "./cursor.ts";
