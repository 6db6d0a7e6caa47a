/* SPDX-License-Identifier: Apache-2.0
 * What every chapter of rows shares: the row types, fields that occur in
 * almost every operation, and the list of chapters.
 */
#ifndef HW_API_ROWS_H
#define HW_API_ROWS_H

#include "model.h"

/* A path parameter that is an identifier. */
#define HW_PATH_ID(name_, note_) { name_, HW_STRING, HW_PATH | HW_REQUIRED | HW_ID, .note = note_ }

/* One whose document gives it the 36 characters of a UUID. */
#define HW_PATH_UUID(name_, note_) \
  { name_, HW_STRING, HW_PATH | HW_REQUIRED | HW_ID, .min_len = 36, .max_len = 36, .note = note_ }

/* offset and limit as DDM and DWS page by index; the default is the document's. */
#define HW_OFFSET(note_) { "offset", HW_INTEGER, HW_QUERY | HW_MIN, .min = 0, .def = "0", .note = note_ }
#define HW_LIMIT(max_, def_, note_) \
  { "limit", HW_INTEGER, HW_QUERY | HW_BOUNDED, .min = 1, .max = max_, .def = def_, .note = note_ }

extern const struct hw_chapter hw_ddm_versions;
extern const struct hw_chapter hw_ddm_instances;
extern const struct hw_chapter hw_ddm_schemas;
extern const struct hw_chapter hw_ddm_accounts;
extern const struct hw_chapter hw_ddm_tasks;
extern const struct hw_chapter hw_ddm_monitoring;
extern const struct hw_chapter hw_ddm_sessions;
extern const struct hw_chapter hw_ddm_kernel;
extern const struct hw_chapter hw_ddm_backups;
extern const struct hw_chapter hw_ddm_parameters;
extern const struct hw_chapter hw_dws_azs;
extern const struct hw_chapter hw_dws_clusters;
extern const struct hw_chapter hw_dws_nodes;
extern const struct hw_chapter hw_dws_resources;
extern const struct hw_chapter hw_dws_snapshots;
extern const struct hw_chapter hw_dws_data_sources;
extern const struct hw_chapter hw_dws_connections;
extern const struct hw_chapter hw_dws_alarms;
extern const struct hw_chapter hw_dws_events;
extern const struct hw_chapter hw_dws_quotas;
extern const struct hw_chapter hw_dws_tags;
extern const struct hw_chapter hw_dws_parameters;
extern const struct hw_chapter hw_dws_audit_logs;
extern const struct hw_chapter hw_dws_jobs;
extern const struct hw_chapter hw_dws_disks;
extern const struct hw_chapter hw_dws_flavors;
extern const struct hw_chapter hw_dws_workload;
extern const struct hw_chapter hw_dbss_management;
extern const struct hw_chapter hw_dbss_instances;
extern const struct hw_chapter hw_dbss_databases;
extern const struct hw_chapter hw_dbss_tags;
extern const struct hw_chapter hw_dbss_rules;
extern const struct hw_chapter hw_dbss_om;
extern const struct hw_chapter hw_iam;
extern const struct hw_chapter hw_rds;
extern const struct hw_chapter hw_bss;

#endif
