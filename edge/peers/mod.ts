// The practice's DICOM peers. A peer row decides who may send to the practice and where studies may be sent, so each
// change is audited and the core only ever calls what stands in a row of the practice itself.
export { peers } from "./routes.ts";
