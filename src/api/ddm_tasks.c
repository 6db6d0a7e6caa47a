/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.5: the task center, where every job_id of DDM is followed; and the log
 * of a shard configuration task, which no document describes.
 */
#include "api/rows.h"

/* The documents name Running, Completed and Failed; the rest occurs in examples and in the sister service. */
#define HW_TASK_STATUS \
  "Running|Completed|Failed|Expanding|Canceling|CancelSuccess|Rollbacking|RollbackSuccess|ToBeSwitched|Switching|" \
  "ToBeCleaned"

/* 4.5.1 */
static const struct hw_field show_job_in[] = {
    HW_PATH_ID("job_id", "task"),
    { 0 }
};

static const struct hw_field job_instance_out[] = {
    { "id", HW_STRING, HW_ID, .note = "DDM instance" },
    { "name", HW_STRING, .note = "name of the DDM instance" },
    { 0 }
};

static const struct hw_field job_out[] = {
    { "id", HW_STRING, HW_ID, .note = "task" },
    { "name", HW_STRING, .note = "kind of task, such as CreateInstance or migrateLogicDb" },
    { "status", HW_STRING, .oneof = HW_TASK_STATUS,
      .note = "ends with Completed or Failed, shard tasks also with CancelSuccess or RollbackSuccess" },
    { "created_time", HW_STRING, .note = "start, yyyy-mm-ddThh:mm:ssZ" },
    { "end_time", HW_STRING, .note = "end, yyyy-mm-ddThh:mm:ssZ; the example of a running task has one" },
    { "process", HW_STRING, .note = "progress such as 60% while it runs, else empty" },
    { "instance", HW_OBJECT, .fields = job_instance_out, .note = "instance it works on" },
    { 0 }
};

static const struct hw_field show_job_out[] = {
    { "job", HW_OBJECT, .fields = job_out, .note = "the task" },
    { 0 }
};

/* 4.5.2 */
static const struct hw_field list_jobs_in[] = {
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "tasks in one answer"),
    { "start_time", HW_INTEGER, HW_QUERY | HW_REQUIRED, .note = "Unix milliseconds, not over 30 days ago" },
    { "end_time", HW_INTEGER, HW_QUERY | HW_REQUIRED, .note = "Unix milliseconds" },
    { 0 }
};

static const struct hw_field job_item_out[] = {
    { "id", HW_STRING, HW_ID, .note = "task" },
    { "name", HW_STRING, .note = "kind of task, such as CreateInstance or migrateLogicDb" },
    { "status", HW_STRING, .oneof = HW_TASK_STATUS,
      .note = "three values in the table, ToBeSwitched in the example, more in the sister service" },
    { "created_time", HW_STRING, .note = "start, yyyy-mm-ddThh:mm:ssZ" },
    { "end_time", HW_STRING, .note = "end, yyyy-mm-ddThh:mm:ssZ; set before a task has ended, too" },
    { "process", HW_STRING, .note = "progress such as 60% while it runs, else empty" },
    { "instance_name", HW_STRING, .note = "name of the DDM instance" },
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance" },
    { "operations", HW_ARRAY, .items = HW_STRING,
      .oneof = "modifySwitchingStrategy|toBeCanceled|toBeRetried|toBeRolled|toBeSwitched|toBeCleaned",
      .note = "what may be asked of the task now; may be empty" },
    { "database_name", HW_STRING, .note = "schema, empty for tasks of the whole instance" },
    { "fail_reason", HW_STRING, .note = "why it failed, else empty" },
    { 0 }
};

static const struct hw_field list_jobs_out[] = {
    { "offset", HW_INTEGER, .note = "the offset asked for; the table calls it a page" },
    { "limit", HW_INTEGER, .note = "the limit in force" },
    { "total", HW_INTEGER, .note = "number of all tasks" },
    { "jobs", HW_ARRAY, .items = HW_OBJECT, .fields = job_item_out, .note = "tasks" },
    { 0 }
};

/* Undocumented. */
static const struct hw_field show_migration_log_in[] = {
    { "instance_id", HW_STRING, HW_PATH | HW_REQUIRED | HW_ID, .pattern = "[A-Za-z0-9]{32}in09",
      .min_len = 36, .max_len = 36, .note = "DDM instance" },
    HW_PATH_ID("task_id", "shard configuration task, the job_id of configure_shards"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "log lines in one answer"),
    { 0 }
};

static const struct hw_field task_log_out[] = {
    { "task_id", HW_STRING, HW_ID, .note = "task" },
    { "ddm_instance_id", HW_STRING, HW_ID, .note = "DDM instance" },
    { "level", HW_STRING, .note = "log level" },
    { "created_time", HW_NUMBER, .note = "time of the line" },
    { "message", HW_STRING, .note = "text of the line" },
    { 0 }
};

static const struct hw_field show_migration_log_out[] = {
    { "task_logs", HW_ARRAY, .items = HW_OBJECT, .fields = task_log_out, .note = "log lines" },
    { "cur_page", HW_INTEGER, .note = "page shown" },
    { "per_page", HW_INTEGER, .note = "lines a page" },
    { "total", HW_INTEGER, .note = "number of all lines" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "show_job", "GET", "/v3/{project_id}/jobs/{job_id}",
      .title = "Obtaining Information About a Task with a Specified ID", .doc = "DDM 4.5.1",
      .sdk = "show_ddm_job_result",
      .in = show_job_in, .out = show_job_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "The table of path parameters names instance_id where the path has job_id; the path holds." },
    { "list_jobs", "GET", "/v3/{project_id}/jobs",
      .title = "Querying Tasks", .doc = "DDM 4.5.2", .sdk = "list_tasks",
      .in = list_jobs_in, .out = list_jobs_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "jobs", "total", "id" },
      .note = "start_time and end_time are long integers in the table, plain numbers in the API Explorer. offset is a "
              "record index in the request and a page in the answer's table; it counts records." },
    { "show_migration_log", "GET", "/v3/{project_id}/instance/{instance_id}/task/{task_id}/run-logs",
      .title = "Querying Logs of a Shard Configuration Task", .doc = "DDM SDK", .sdk = "show_migration_log",
      .in = show_migration_log_in, .out = show_migration_log_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_EXTRA | HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "task_logs", "total", NULL },
      .note = "Only in the SDK. The path has instance and task in the singular. The request counts records from an "
              "offset, the answer speaks of pages." },
    { 0 }
};

const struct hw_chapter hw_ddm_tasks = { "ddm", "4.5 Task Management", ops };
