/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.8: kernel versions of an instance: which there are, change, rollback
 * and the known risks of the present one.
 */
#include "api/rows.h"

static const struct hw_field instance_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { 0 }
};

static const struct hw_field list_database_available_versions_out[] = {
    { "versions", HW_ARRAY, .items = HW_STRING, .note = "versions to which a change is possible" },
    { "current_version", HW_STRING, .note = "version now" },
    { "latest_version", HW_STRING, .note = "newest preferred version" },
    { "current_favored_version", HW_STRING, .note = "preferred version of the present series" },
    { "previous_version", HW_STRING, .note = "version before the last upgrade; the only rollback target" },
    { 0 }
};

static const struct hw_field change_database_version_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "target_version", HW_STRING, HW_BODY | HW_REQUIRED, .note = "later: upgrade, earlier: downgrade" },
    { 0 }
};

static const struct hw_field version_job_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance" },
    { "job_id", HW_STRING, HW_ID, .note = "task" },
    { 0 }
};

static const struct hw_field risk_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance" },
    { "engine_name", HW_STRING, .note = "ddm" },
    { "engine_version", HW_STRING, .note = "version now" },
    { "level", HW_INTEGER, .note = "risk level" },
    { "suggest", HW_STRING, .note = "why to upgrade" },
    { "influence", HW_STRING, .note = "what an upgrade disturbs" },
    { "guidance", HW_STRING, .note = "URL of the manual" },
    { "service_impact_duration", HW_STRING, .note = "length of the interruption, as a sentence" },
    { "upgrade_duration", HW_STRING, .note = "length of the upgrade, as a sentence" },
    { 0 }
};

static const struct hw_field show_risk_info_out[] = {
    { "risks", HW_ARRAY, .items = HW_OBJECT, .fields = risk_out, .note = "known risks" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_database_available_versions", "GET",
      "/v3/{project_id}/instances/{instance_id}/database-version/available-versions",
      .title = "Querying a DDM Kernel Version That Can Be Changed", .doc = "DDM 4.8.1",
      .sdk = "list_database_available_versions",
      .in = instance_in, .out = list_database_available_versions_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "change_database_version", "POST", "/v3/{project_id}/instances/{instance_id}/database-version/change-version",
      .title = "Changing a DDM Kernel Version", .doc = "DDM 4.8.2", .sdk = "change_database_version",
      .in = change_database_version_in, .out = version_job_out, .ok = { 202 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "Restarts the nodes in turn. A downgrade cannot be rolled back, and one below 3.0.9 deletes the "
              "administrator account." },
    { "roll_back_database_version", "POST",
      "/v3/{project_id}/instances/{instance_id}/database-version/rollback-version",
      .title = "Rolling Back a DDM Kernel Version", .doc = "DDM 4.8.3", .sdk = "roll_back_database_version",
      .alias = "rollback_database_version",
      .in = instance_in, .out = version_job_out, .ok = { 202 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "Goes to the version before the last upgrade, never further." },
    { "show_risk_info", "GET", "/v3/{project_id}/instances/{instance_id}/show-risk-info",
      .title = "Reminding Users of Risks for a DDM Kernel Version", .doc = "DDM 4.8.4", .sdk = "show_risk_info",
      .in = instance_in, .out = show_risk_info_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { 0 }
};

const struct hw_chapter hw_ddm_kernel = { "ddm", "4.8 Version Management", ops };
