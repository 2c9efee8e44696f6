// DIMSE command sets (PS3.7 6.3, E.1): the group 0000 elements in Implicit VR Little Endian, to and from bytes.
import { ascii, join, uidText } from "./items.ts";

/** The command elements this layer reads and writes, under their keywords of PS3.7 Table E.1-1. */
export type CommandSet = {
  readonly AffectedSOPClassUID?: string;
  readonly RequestedSOPClassUID?: string;
  readonly CommandField: number;
  readonly MessageID?: number;
  readonly MessageIDBeingRespondedTo?: number;
  readonly MoveDestination?: string;
  readonly Priority?: number;
  readonly CommandDataSetType: number;
  readonly Status?: number;
  readonly ErrorComment?: string;
  readonly AffectedSOPInstanceUID?: string;
  readonly RequestedSOPInstanceUID?: string;
  readonly EventTypeID?: number;
  readonly ActionTypeID?: number;
  readonly MoveOriginatorApplicationEntityTitle?: string;
  readonly MoveOriginatorMessageID?: number;
};

type Keyword = keyof CommandSet;
type NumberKeyword = { [Key in Keyword]: Required<CommandSet>[Key] extends number ? Key : never }[Keyword];

/** Command Field values (PS3.7 E.1-1). A response is its request with the highest bit set. */
export const commandFields = {
  storeRequest: 0x0001,
  echoRequest: 0x0030,
  eventReportRequest: 0x0100,
  actionRequest: 0x0130,
  cancelRequest: 0x0fff,
  response: 0x8000,
} as const;

/** Command Data Set Type that says no dataset follows; any other value says one does (PS3.7 E.1-1). */
export const noDataset = 0x0101;
/** What we write where one follows. */
export const withDataset = 0x0001;

/** Elements of group 0000 by element number, in the order in which they are written. */
const elements: readonly (readonly [number, Keyword, "UI" | "US" | "AE" | "LO"])[] = [
  [0x0002, "AffectedSOPClassUID", "UI"],
  [0x0003, "RequestedSOPClassUID", "UI"],
  [0x0100, "CommandField", "US"],
  [0x0110, "MessageID", "US"],
  [0x0120, "MessageIDBeingRespondedTo", "US"],
  [0x0600, "MoveDestination", "AE"],
  [0x0700, "Priority", "US"],
  [0x0800, "CommandDataSetType", "US"],
  [0x0900, "Status", "US"],
  [0x0902, "ErrorComment", "LO"],
  [0x1000, "AffectedSOPInstanceUID", "UI"],
  [0x1001, "RequestedSOPInstanceUID", "UI"],
  [0x1002, "EventTypeID", "US"],
  [0x1008, "ActionTypeID", "US"],
  [0x1030, "MoveOriginatorApplicationEntityTitle", "AE"],
  [0x1031, "MoveOriginatorMessageID", "US"],
];

/** Reads a command set; undefined when it is not one. Elements that are not in the list are passed over. */
export function readCommandSet(bytes: Uint8Array): CommandSet | undefined {
  const values = readElements(bytes);
  if (!values) return undefined;
  const number = (keyword: NumberKeyword) => uint16(values.get(keyword));
  const words = (keyword: Keyword) => {
    const value = values.get(keyword);
    return value && uidText(value).trim();
  };
  const CommandField = number("CommandField");
  const CommandDataSetType = number("CommandDataSetType");
  if (CommandField === undefined || CommandDataSetType === undefined) return undefined;
  return {
    CommandField,
    CommandDataSetType,
    AffectedSOPClassUID: words("AffectedSOPClassUID"),
    RequestedSOPClassUID: words("RequestedSOPClassUID"),
    MessageID: number("MessageID"),
    MessageIDBeingRespondedTo: number("MessageIDBeingRespondedTo"),
    MoveDestination: words("MoveDestination"),
    Priority: number("Priority"),
    Status: number("Status"),
    ErrorComment: words("ErrorComment"),
    AffectedSOPInstanceUID: words("AffectedSOPInstanceUID"),
    RequestedSOPInstanceUID: words("RequestedSOPInstanceUID"),
    EventTypeID: number("EventTypeID"),
    ActionTypeID: number("ActionTypeID"),
    MoveOriginatorApplicationEntityTitle: words("MoveOriginatorApplicationEntityTitle"),
    MoveOriginatorMessageID: number("MoveOriginatorMessageID"),
  };
}

/** Writes a command set with its group length. */
export function writeCommandSet(command: CommandSet): Uint8Array {
  const written = elements.flatMap(([number, keyword, vr]) => {
    const value = command[keyword];
    return value === undefined ? [] : [element(number, encode(value, vr))];
  });
  const body = join(written);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, body.length, true);
  return join([element(0x0000, length), body]);
}

function readElements(bytes: Uint8Array): Map<Keyword, Uint8Array> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Map<Keyword, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 8 || view.getUint16(at, true) !== 0) return undefined;
    const length = view.getUint32(at + 4, true);
    if (length > bytes.length - at - 8) return undefined;
    const keyword = keywords.get(view.getUint16(at + 2, true));
    if (keyword) values.set(keyword, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return values;
}

const keywords = new Map(elements.map(([number, keyword]) => [number, keyword]));

function element(number: number, value: Uint8Array): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(2, number, true);
  view.setUint32(4, value.length, true);
  return join([header, value]);
}

function encode(value: string | number, vr: "UI" | "US" | "AE" | "LO"): Uint8Array {
  if (typeof value === "number") return Uint8Array.of(value & 0xff, value >> 8);
  // values have even length: UIDs are padded with NUL, text with a space (PS3.5 6.2)
  const padding = value.length % 2 === 0 ? [] : [vr === "UI" ? 0x00 : 0x20];
  return join([ascii(value), Uint8Array.from(padding)]);
}

function uint16(bytes: Uint8Array | undefined): number | undefined {
  if (bytes?.length !== 2) return undefined;
  return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
}
