// A-ASSOCIATE-RQ, -AC and -RJ (PS3.8 9.3.2 to 9.3.4, Annex D; PS3.7 Annex D) to and from bytes. The bytes come from
// anyone: every length is checked against what encloses it, and a body that does not fit is one value, `undefined`.
import { type Rejection, rejections } from "./abortReasons.ts";
import type { DimseLimits } from "./limits.ts";
import { ascii, type Item, item, join, readItems, text, uidText } from "./items.ts";

/** A context as proposed (PS3.8 9.3.2.2). */
export type ProposedContext = {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
};

/** Result of one context in A-ASSOCIATE-AC (PS3.8 Table 9-18). */
export const contextResults = {
  "accepted": 0,
  "user rejection": 1,
  "no reason": 2,
  "abstract syntax not supported": 3,
  "transfer syntaxes not supported": 4,
} as const;
export type ContextResult = keyof typeof contextResults;

/** A context as answered. The transfer syntax counts only when the result is `accepted`. */
export type AnsweredContext = {
  readonly id: number;
  readonly result: ContextResult;
  readonly transferSyntax: string;
};

/** What both sides say of themselves (PS3.8 Annex D.1, PS3.7 Annex D.3.3). */
export type UserInformation = {
  /** Longest P-DATA-TF that the sender of this item takes; 0 means no limit. */
  readonly maximumLength: number;
  readonly implementationClassUID: string;
  readonly implementationVersionName: string;
  /** User Identity (PS3.7 D.3.3.7): asked for an answer in the request, answered in the accept. */
  readonly userIdentityResponse: boolean;
  /** SCP/SCU role selection (PS3.7 D.3.3.4), of the requestor's side of each class; none means the default. */
  readonly roles?: readonly RoleSelection[];
};

/** Which roles the requestor of an association takes, or may take, for a SOP class. */
export type RoleSelection = {
  readonly sopClassUID: string;
  readonly user: boolean;
  readonly provider: boolean;
};

/** A-ASSOCIATE-RQ. AE titles come without their padding. */
export type AssociateRequest = {
  readonly protocolVersion: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
  readonly userInformation: UserInformation;
};

/** A-ASSOCIATE-AC. */
export type AssociateAccept = {
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly applicationContext: string;
  readonly contexts: readonly AnsweredContext[];
  readonly userInformation: UserInformation;
};

/** A-ASSOCIATE-RJ in the standard's numbers (PS3.8 Table 9-21). */
export type AssociateReject = { readonly result: number; readonly source: number; readonly reason: number };

/** The one application context name of DICOM (PS3.7 A.2.1). */
export const dicomApplicationContext = "1.2.840.10008.3.1.1.1";

const fixedBytes = 68;
const itemTypes = {
  applicationContext: 0x10,
  proposedContext: 0x20,
  answeredContext: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
  implementationClassUID: 0x52,
  roleSelection: 0x54,
  implementationVersionName: 0x55,
  userIdentity: 0x58,
  userIdentityResponse: 0x59,
} as const;

type Bounds = Pick<DimseLimits, "presentationContexts" | "transferSyntaxes" | "userInformationItems">;

/**
 * Reads the body of A-ASSOCIATE-RQ (what follows the six header bytes). Extended negotiation and asynchronous
 * operations are passed over: not answering them means the default (PS3.7 D.3.3).
 */
export function readAssociateRequest(body: Uint8Array, limits: Bounds): AssociateRequest | undefined {
  const items = bodyItems(body, limits);
  const contexts = items?.filter((one) => one.type === itemTypes.proposedContext)
    .map((one) => readProposedContext(one, limits));
  const parties = items && readParties(body, items, limits);
  if (!parties || !contexts || contexts.length === 0) return undefined;
  const read = contexts.filter((one) => one !== undefined);
  if (read.length !== contexts.length || new Set(read.map((one) => one.id)).size !== read.length) {
    return undefined;
  }
  return { protocolVersion: uint16(body, 0), ...parties, contexts: read };
}

/** Reads the body of A-ASSOCIATE-AC. */
export function readAssociateAccept(body: Uint8Array, limits: Bounds): AssociateAccept | undefined {
  const items = bodyItems(body, limits);
  const parties = items && readParties(body, items, limits);
  const contexts = items?.filter((one) => one.type === itemTypes.answeredContext).map(readAnsweredContext);
  if (!parties || !contexts) return undefined;
  const read = contexts.filter((one) => one !== undefined);
  return read.length === contexts.length ? { ...parties, contexts: read } : undefined;
}

/** Reads the body of A-ASSOCIATE-RJ. */
export function readAssociateReject(body: Uint8Array): AssociateReject {
  return { result: body[1] ?? 0, source: body[2] ?? 0, reason: body[3] ?? 0 };
}

/** Writes a whole A-ASSOCIATE-RQ PDU. */
export function writeAssociateRequest(request: AssociateRequest): Uint8Array {
  const contexts = request.contexts.map((context) =>
    item(
      itemTypes.proposedContext,
      Uint8Array.of(context.id, 0, 0, 0),
      item(itemTypes.abstractSyntax, ascii(context.abstractSyntax)),
      ...context.transferSyntaxes.map((uid) => item(itemTypes.transferSyntax, ascii(uid))),
    )
  );
  const identity = request.userInformation.userIdentityResponse
    ? [item(itemTypes.userIdentity, Uint8Array.of(1, 1, 0, 0, 0, 0))]
    : [];
  return writeAssociate(1, request, contexts, identity);
}

/** Writes a whole A-ASSOCIATE-AC PDU; the AE titles are those of the request, as PS3.8 9.3.3 wants. */
export function writeAssociateAccept(accept: AssociateAccept): Uint8Array {
  const contexts = accept.contexts.map((context) =>
    item(
      itemTypes.answeredContext,
      Uint8Array.of(context.id, 0, contextResults[context.result], 0),
      item(itemTypes.transferSyntax, ascii(context.transferSyntax)),
    )
  );
  const identity = accept.userInformation.userIdentityResponse
    ? [item(itemTypes.userIdentityResponse, Uint8Array.of(0, 0))]
    : [];
  return writeAssociate(2, accept, contexts, identity);
}

/** Writes a whole A-ASSOCIATE-RJ PDU. */
export function writeAssociateReject(rejection: Rejection): Uint8Array {
  const { result, source, reason } = rejections[rejection];
  return Uint8Array.of(3, 0, 0, 0, 0, 4, 0, result, source, reason);
}

function bodyItems(body: Uint8Array, limits: Bounds): Item[] | undefined {
  if (body.length < fixedBytes) return undefined;
  return readItems(body.subarray(fixedBytes), limits.presentationContexts + 8);
}

function readParties(body: Uint8Array, items: readonly Item[], limits: Bounds) {
  const context = items.find((one) => one.type === itemTypes.applicationContext);
  const user = items.find((one) => one.type === itemTypes.userInformation);
  const userInformation = user && readUserInformation(user, limits);
  if (!context || !userInformation) return undefined;
  return {
    calledAeTitle: text(body.subarray(4, 20)).trim(),
    callingAeTitle: text(body.subarray(20, 36)).trim(),
    applicationContext: uidText(context.body),
    userInformation,
  };
}

function readProposedContext(context: Item, limits: Bounds): ProposedContext | undefined {
  const id = context.body[0] ?? 0;
  const items = context.body.length < 4
    ? undefined
    : readItems(context.body.subarray(4), limits.transferSyntaxes + 1);
  const abstractSyntax = items?.find((one) => one.type === itemTypes.abstractSyntax);
  // PS3.8 9.3.2.2: ids are odd, 1 to 255
  if (!items || !abstractSyntax || id % 2 === 0) return undefined;
  const transferSyntaxes = items.filter((one) => one.type === itemTypes.transferSyntax).map((one) =>
    uidText(one.body)
  );
  return { id, abstractSyntax: uidText(abstractSyntax.body), transferSyntaxes };
}

function readAnsweredContext(context: Item): AnsweredContext | undefined {
  const [id = 0, , code = 2] = context.body;
  const items = context.body.length < 4 ? undefined : readItems(context.body.subarray(4), 2);
  if (!items) return undefined;
  const result: ContextResult = resultNames.get(code) ?? "no reason";
  const syntax = items.find((one) => one.type === itemTypes.transferSyntax);
  return { id, result, transferSyntax: syntax ? uidText(syntax.body) : "" };
}

const resultNames = new Map<number, ContextResult>([
  [0, "accepted"],
  [1, "user rejection"],
  [2, "no reason"],
  [3, "abstract syntax not supported"],
  [4, "transfer syntaxes not supported"],
]);

function readUserInformation(user: Item, limits: Bounds): UserInformation | undefined {
  const items = readItems(user.body, limits.userInformationItems);
  if (!items) return undefined;
  const of = (type: number) => items.find((one) => one.type === type)?.body;
  const maximum = of(itemTypes.maximumLength);
  if (maximum && maximum.length !== 4) return undefined;
  const roles = items.filter((one) => one.type === itemTypes.roleSelection).flatMap(({ body }) =>
    readRole(body)
  );
  return {
    maximumLength: maximum ? new DataView(maximum.buffer, maximum.byteOffset).getUint32(0) : 0,
    implementationClassUID: uidText(of(itemTypes.implementationClassUID)),
    implementationVersionName: text(of(itemTypes.implementationVersionName)).trim(),
    userIdentityResponse: of(itemTypes.userIdentity)?.[1] === 1 ||
      of(itemTypes.userIdentityResponse) !== undefined,
    ...(roles.length > 0 ? { roles } : {}),
  };
}

/** A role selection item; one that does not fit its lengths says nothing, which means the default. */
function readRole(body: Uint8Array): RoleSelection[] {
  const length = uint16(body, 0);
  if (body.length !== length + 4) return [];
  const sopClassUID = uidText(body.subarray(2, 2 + length));
  return [{ sopClassUID, user: body[length + 2] === 1, provider: body[length + 3] === 1 }];
}

function roleItem({ sopClassUID, user, provider }: RoleSelection): Uint8Array {
  const uid = ascii(sopClassUID);
  const length = Uint8Array.of(uid.length >> 8, uid.length & 0xff);
  return item(itemTypes.roleSelection, length, uid, Uint8Array.of(user ? 1 : 0, provider ? 1 : 0));
}

type Parties = Omit<AssociateAccept, "contexts">;

function writeAssociate(
  type: number,
  said: Parties,
  contexts: Uint8Array[],
  identity: Uint8Array[],
): Uint8Array {
  const maximum = new Uint8Array(4);
  new DataView(maximum.buffer).setUint32(0, said.userInformation.maximumLength);
  const fixed = new Uint8Array(fixedBytes);
  fixed[1] = 1;
  fixed.fill(0x20, 4, 36);
  fixed.set(ascii(said.calledAeTitle).subarray(0, 16), 4);
  fixed.set(ascii(said.callingAeTitle).subarray(0, 16), 20);
  const body = join([
    fixed,
    item(itemTypes.applicationContext, ascii(said.applicationContext)),
    ...contexts,
    item(
      itemTypes.userInformation,
      item(itemTypes.maximumLength, maximum),
      item(itemTypes.implementationClassUID, ascii(said.userInformation.implementationClassUID)),
      ...(said.userInformation.roles ?? []).map(roleItem),
      item(itemTypes.implementationVersionName, ascii(said.userInformation.implementationVersionName)),
      ...identity,
    ),
  ]);
  const header = new Uint8Array(6);
  header[0] = type;
  new DataView(header.buffer).setUint32(2, body.length);
  return join([header, body]);
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
