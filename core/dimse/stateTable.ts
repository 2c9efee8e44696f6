// The upper layer's state table (PS3.8 9.2.3, Table 9-10) as data, for requestor and acceptor alike.
// What an action does stands in actions.ts; who calls it, in upperLayer.ts.

/** The states Sta1 to Sta13 of PS3.8 Tables 9-1 to 9-5. */
export type State = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13;

/** The names of the states, in the standard's words. */
export const states: Readonly<Record<State, string>> = {
  1: "idle",
  2: "transport connection open, awaiting A-ASSOCIATE-RQ",
  3: "awaiting local A-ASSOCIATE response",
  4: "awaiting transport connection opening",
  5: "awaiting A-ASSOCIATE-AC or A-ASSOCIATE-RJ",
  6: "association established, ready for data transfer",
  7: "awaiting A-RELEASE-RP",
  8: "awaiting local A-RELEASE response",
  9: "release collision, requestor, awaiting local A-RELEASE response",
  10: "release collision, acceptor, awaiting A-RELEASE-RP",
  11: "release collision, requestor, awaiting A-RELEASE-RP",
  12: "release collision, acceptor, awaiting local A-RELEASE response",
  13: "awaiting transport connection close",
};

/** The actions of PS3.8 Tables 9-6 to 9-9. */
export type ActionName =
  | `AE-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`
  | `DT-${1 | 2}`
  | `AR-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`
  | `AA-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`;

type Row = Readonly<Partial<Record<State, ActionName>>>;

/** One action in several states. */
function during(action: ActionName, ...when: State[]): Row {
  return Object.fromEntries(when.map((state) => [state, action]));
}

// A PDU that the state does not await: provider abort, before association user abort, after its end ignored.
const unexpected: Row = {
  2: "AA-1",
  ...during("AA-8", 3, 5, 6, 7, 8, 9, 10, 11, 12),
  13: "AA-6",
};

/** Table 9-10: for each event the action in each state. A pair that is not listed cannot happen and changes nothing. */
export const stateTable = {
  "A-ASSOCIATE request": { 1: "AE-1" },
  "transport connected": { 4: "AE-2" },
  "A-ASSOCIATE-AC received": { ...unexpected, 5: "AE-3" },
  "A-ASSOCIATE-RJ received": { ...unexpected, 5: "AE-4" },
  "transport connection indication": { 1: "AE-5" },
  "A-ASSOCIATE-RQ received": { ...unexpected, 2: "AE-6", 13: "AA-7" },
  "A-ASSOCIATE accept": { 3: "AE-7" },
  "A-ASSOCIATE reject": { 3: "AE-8" },
  "P-DATA request": { 6: "DT-1", 8: "AR-7" },
  "P-DATA-TF received": { ...unexpected, 6: "DT-2", 7: "AR-6" },
  "A-RELEASE request": { 6: "AR-1" },
  "A-RELEASE-RQ received": { ...unexpected, 6: "AR-2", 7: "AR-8" },
  "A-RELEASE-RP received": { ...unexpected, 7: "AR-3", 10: "AR-10", 11: "AR-3" },
  "A-RELEASE response": { 8: "AR-4", 9: "AR-9", 12: "AR-4" },
  "A-ABORT request": { 4: "AA-2", ...during("AA-1", 3, 5, 6, 7, 8, 9, 10, 11, 12) },
  "A-ABORT received": { 2: "AA-2", ...during("AA-3", 3, 5, 6, 7, 8, 9, 10, 11, 12), 13: "AA-2" },
  "transport closed": { 2: "AA-5", ...during("AA-4", 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 13: "AR-5" },
  "ARTIM expired": { 2: "AA-2", 13: "AA-2" },
  "invalid PDU received": { ...unexpected, 13: "AA-7" },
} as const satisfies Record<string, Row>;

/** The nineteen events of Table 9-10. */
export type EventName = keyof typeof stateTable;

/** The action of an event in a state, or undefined where the standard lists none. */
export function actionOf(event: EventName, state: State): ActionName | undefined {
  const row: Row = stateTable[event];
  return row[state];
}
