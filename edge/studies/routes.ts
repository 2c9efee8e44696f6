// Studies for the staff of a practice: the list, one study, its bytes, uploads, and what happens meanwhile.
import { Hono } from "hono";
import { z } from "zod";
import { ZipForm } from "#core/contract/capability.ts";
import { refuse } from "#core/contract/problem.ts";
import { DomainEvent } from "#core/contract/events.ts";
import { NewMeasurements, SavedMeasurements } from "#core/contract/measurements.ts";
import { StaffStudy, StudyList, StudyListQuery, UploadReceipt, ZipReceipt } from "#core/contract/studies.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body, ids, query } from "../guard/input.ts";
import type { May } from "../guard/may.ts";
import { answer } from "../guard/refusal.ts";
import { does, takes } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { kindOf, kinds } from "./bytes.ts";
import { followEvents } from "./events.ts";
import { sendInstance } from "./instance.ts";
import { listStudies } from "./list.ts";
import { keepMeasurements } from "./measurements.ts";
import { prepareStudy } from "./prepare.ts";
import { staffStudy } from "./staffStudy.ts";
import { upload } from "./upload.ts";
import { sendZip } from "./zip.ts";

const ZipQuery = z.object({ as: ZipForm.optional() });
const Asked = z.object({ asked: z.int() });

/** Routes at /api/studies. */
export function studies(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .get(
      "/",
      may("study:read"),
      does("List studies, newest arrival first", { status: 200, schema: StudyList }),
      query(StudyListQuery),
      async (c) => answer(c, await listStudies(parts, c.var.actor.practiceId, c.req.valid("query"))),
    )
    .get(
      "/:id",
      may("study:read"),
      does("One study with its pictures", { status: 200, schema: StaffStudy }),
      ids("id"),
      async (c) => {
        const found = await staffStudy(parts, c.var.actor.practiceId, c.req.valid("param").id);
        return answer(c, found ?? refuse("not-found"));
      },
    )
    .get(
      `/:id/instances/:instance/:kind{${kinds}}`,
      may("study:read"),
      does("Bytes of one instance", { status: 200, type: "application/octet-stream" }),
      ids("id", "instance"),
      async (c) => {
        const { id: studyId, instance: instanceId } = c.req.valid("param");
        return await sendInstance(parts, c, { studyId, instanceId, kind: kindOf(c.req.param("kind")) });
      },
    )
    .get(
      "/:id/zip",
      may("study:read"),
      does("The files of a study as a ZIP with a DICOMDIR, or a JPEG of each picture", {
        status: 200,
        type: "application/zip",
      }),
      ids("id"),
      query(ZipQuery),
      (c) => sendZip(parts, c, c.req.valid("param").id, c.req.valid("query")),
    )
    .post(
      "/:id/measurements",
      may("study:measure"),
      does("Keep measurements with a study, in place of those kept before", {
        status: 201,
        schema: SavedMeasurements,
      }),
      ids("id"),
      body(NewMeasurements),
      async (c) => {
        const asked = { study: c.req.valid("param").id, wanted: c.req.valid("json") };
        return answer(c, await keepMeasurements(parts, c.var.actor, asked, c.var.request), 201);
      },
    )
    .post(
      "/:id/prepare",
      may("study:prepare"),
      does("Have failed pictures made again", { status: 202, schema: Asked }),
      ids("id"),
      async (c) =>
        answer(c, await prepareStudy(parts, c.var.actor, c.req.valid("param").id, c.var.request), 202),
    );
}

/** Routes at /api/uploads. */
export function uploads(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>().put(
    "/",
    may("study:upload"),
    does("Upload one DICOM file, or a ZIP of them", {
      status: 201,
      schema: z.union([UploadReceipt, ZipReceipt]),
    }),
    takes("application/dicom", "application/zip"),
    (c) => upload(parts, c),
  );
}

/** Routes at /api/events. */
export function events(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>().get(
    "/",
    may("study:read"),
    does("Follow what changes", { status: 200, type: "text/event-stream", schema: DomainEvent }),
    (c) => followEvents(parts, c),
  );
}
