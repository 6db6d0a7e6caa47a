/* SPDX-License-Identifier: Apache-2.0
 * The DWS job query. The document names job ids in answers but not the way to
 * ask about them; the SDK and working clients do.
 */
#include "api/rows.h"

static const struct hw_field show_job_in[] = {
    HW_PATH_ID("job_id", "from the answer that started the work"),
    { 0 }
};

static const struct hw_field show_job_out[] = {
    { "job_id", HW_STRING, HW_ID },
    { "job_name", HW_STRING, .note = "for example ecfClusterElbCreateJob" },
    { "status", HW_STRING, .oneof = "INIT|WAITING|RUNNING|DELAY_SCHEDULED|SUCCESS|FAIL|STOP",
      .note = "ends with SUCCESS, FAIL or STOP; only SUCCESS is done" },
    { "progress", HW_STRING, .note = "text with a percent sign, \"9%\"" },
    { "begin_time", HW_STRING, .note = "2022-11-09T20:25:00, no zone shown" },
    { "end_time", HW_STRING, HW_NULLABLE },
    { "failed_code", HW_STRING, HW_NULLABLE, .note = "step and code, CreateELBTask-fail:DWS.0114" },
    { "failed_detail", HW_STRING, HW_NULLABLE },
    { 0 }
};

static const struct hw_op ops[] = {
    { "show_job", "GET", "/v1.0/{project_id}/job/{job_id}",
      .title = "Querying Job Details", .doc = "DWS SDK", .sdk = "list_job_details",
      .in = show_job_in, .out = show_job_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_EXTRA | HW_SEEN_SDK | HW_SEEN_ANSWER,
      .note = "The path says job, not jobs. A failed job is answered with 200 and status FAIL." },
    { 0 }
};

const struct hw_chapter hw_dws_jobs = { "dws", "Jobs (undocumented)", ops };
