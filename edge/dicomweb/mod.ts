// DICOMweb (PS3.18) for other viewers and archives, at /dicomweb: QIDO-RS in search/, STOW-RS in store/, WADO-RS in
// retrieve/, and what of it there is in capabilities/. DICOM UIDs stand in these addresses alone, and they name things
// of the practice of whoever asks.
import { Hono } from "hono";
import type { EdgeEnv } from "../guard/env.ts";
import type { May } from "../guard/may.ts";
import type { EdgeParts } from "../parts.ts";
import { routesOf } from "../guard/route.ts";
import { capabilities } from "./capabilities/routes.ts";
import { crossOrigin } from "./cors.ts";
import { retrieves } from "./retrieve/routes.ts";
import { searches } from "./search/routes.ts";
import { stores } from "./store/routes.ts";

/** Routes at /dicomweb. */
export function dicomweb(parts: EdgeParts, may: May) {
  const app = new Hono<EdgeEnv>();
  return app
    .use(crossOrigin())
    .route("/", searches(parts, may))
    .route("/", stores(parts, may))
    .route("/", retrieves(parts, may))
    .route("/", capabilities(parts, () => routesOf(app)));
}
