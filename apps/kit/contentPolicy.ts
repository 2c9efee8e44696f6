// Imported by a page before anything that holds a schema: zod otherwise tries `new Function` when the first schema
// is made, which the content policy stops and reports as a violation.
import { z } from "zod";

z.config({ jitless: true });
