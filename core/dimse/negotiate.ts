// Which proposed presentation contexts an acceptor takes (PS3.8 9.3.3.2, PS3.4 B.4): a rule over data. Each context
// stands for itself; one that is refused leaves the others open.
import { implicitVRLittleEndian } from "#core/dicom/mod.ts";
import type { AnsweredContext, ProposedContext } from "./associate.ts";
import { isStorageClass, verificationClass } from "./sopClasses.ts";
import { chooseTransferSyntax } from "./transferSyntaxes.ts";

/** A context as it is used: what is spoken about, and how datasets are encoded. */
export type OpenContext = { readonly abstractSyntax: string; readonly transferSyntax: string };

/** The answers in the order proposed, and the open contexts by id. */
export type Negotiation = {
  readonly answers: readonly AnsweredContext[];
  readonly open: ReadonlyMap<number, OpenContext>;
};

/** Negotiates all contexts of a proposal; `alsoTaken` are abstract syntaxes beside verification and storage. */
export function negotiate(
  proposed: readonly ProposedContext[],
  alsoTaken: ReadonlySet<string> = new Set(),
): Negotiation {
  const answers = proposed.map((context) => answer(context, alsoTaken));
  const open = new Map<number, OpenContext>();
  for (const [index, one] of answers.entries()) {
    const abstractSyntax = proposed[index]?.abstractSyntax;
    if (one.result !== "accepted" || abstractSyntax === undefined) continue;
    open.set(one.id, { abstractSyntax, transferSyntax: one.transferSyntax });
  }
  return { answers, open };
}

function answer(context: ProposedContext, alsoTaken: ReadonlySet<string>): AnsweredContext {
  const { id, abstractSyntax, transferSyntaxes } = context;
  // the syntax of a refused context is not significant, but an item must be there (PS3.8 9.3.3.2)
  const refused = { id, transferSyntax: implicitVRLittleEndian };
  const isTaken = abstractSyntax === verificationClass || isStorageClass(abstractSyntax) ||
    alsoTaken.has(abstractSyntax);
  if (!isTaken) {
    return { ...refused, result: "abstract syntax not supported" };
  }
  const transferSyntax = chooseTransferSyntax(transferSyntaxes);
  if (transferSyntax === undefined) return { ...refused, result: "transfer syntaxes not supported" };
  return { id, transferSyntax, result: "accepted" };
}
