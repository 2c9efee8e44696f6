import { z } from "zod";
import { readSettings } from "#core/contract/environment.ts";
import { jsonOf } from "#core/contract/json.ts";
import { SealingKey } from "#core/secrets/mod.ts";

/** What the seed needs to know; the supervisor hands it over. */
export const settings = readSettings(
  z.object({
    DATABASE_URL_OWNER: z.string().min(1),
    VETWARE_DATA: z.string().min(1),
    PUBLIC_URL: z.url(),
    DICOM_HOST: z.string().default("127.0.0.1"),
    DICOM_PORT: z.coerce.number().int(),
    DICOM_TLS_PORT: z.coerce.number().int(),
    CA_CERTIFICATE: z.string().optional(),
    SEALING_KEY: z.string().transform(jsonOf).pipe(SealingKey),
  }),
  process.env,
);
