// Studies on their way to the practice's DICOM peers.
export { transfers, transfersOfStudy } from "./routes.ts";
