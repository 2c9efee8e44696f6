// C-ECHO as provider (PS3.7 9.1.5): the peer asks whether we hear it.
import { answerAfterDataset, type Service } from "./service.ts";
import { statuses } from "./status.ts";

/** The service for C-ECHO-RQ. It has no dataset; one that comes all the same is passed over. */
export const echoService: Service = (exchange) =>
  answerAfterDataset(exchange, { status: statuses.success }, 64 * 1024);
