/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.6: external data sources (OBS, MRS) of a cluster. All changes are jobs.
 */
#include "api/rows.h"

#define CLUSTER_ID \
  HW_PATH_UUID("cluster_id", "cluster ID")

static const struct hw_field cluster_in[] = {
    CLUSTER_ID,
    { 0 }
};

static const struct hw_field data_source_out[] = {
    { "id", HW_STRING, HW_ID, .note = "data source ID" },
    { "name", HW_STRING, .note = "data source name" },
    { "type", HW_STRING, .note = "kind of source, such as OBS or MRS" },
    { "connect_info", HW_STRING, .note = "the connected database" },
    { "user_name", HW_STRING, .note = "user; for OBS the agency name" },
    { "version", HW_STRING, .note = "version; absent in the example" },
    { "configure_status", HW_STRING, .note = "configuration status; the example has \"300\"" },
    { "status", HW_STRING, .note = "status; absent in the example" },
    { "data_source_id", HW_STRING, HW_ID, .note = "external ID, as of an MRS cluster" },
    { "created", HW_STRING, .note = "creation time; the example has no zone" },
    { "updated", HW_STRING, .note = "last change" },
    { "data_source_updated", HW_STRING, .note = "last change of the source itself" },
    { "extend_properties", HW_OBJECT, .note = "extended information, free members" },
    { "description", HW_STRING, .note = "description" },
    { "fail_reason", HW_STRING, .note = "why it failed, empty if it did not" },
    { 0 }
};

static const struct hw_field list_data_source_out[] = {
    { "data_sources", HW_ARRAY, .items = HW_OBJECT, .fields = data_source_out, .note = "the data sources" },
    { "project_id", HW_STRING, HW_ID, .note = "project ID" },
    { "cluster_id", HW_STRING, HW_ID, .min_len = 36, .max_len = 36, .note = "cluster ID" },
    { "type", HW_STRING, .note = "kind of source" },
    { "count", HW_INTEGER, .note = "total; the example says 5 and lists one" },
    { 0 }
};

static const struct hw_field create_data_source_in[] = {
    CLUSTER_ID,
    { "data_source_id", HW_STRING, HW_BODY | HW_ID, .note = "external ID; mandatory for MRS" },
    { "type", HW_STRING, HW_BODY | HW_REQUIRED, .note = "kind of source; OBS and MRS are named in the section" },
    { "data_source_name", HW_STRING, HW_BODY | HW_REQUIRED, .pattern = "[A-Za-z0-9_]+", .min_len = 1, .max_len = 64,
      .note = "name of the source" },
    { "user_name", HW_STRING, HW_BODY | HW_REQUIRED, .pattern = "[A-Za-z0-9_]+", .min_len = 3, .max_len = 20,
      .note = "user; for OBS the agency name" },
    { "user_pwd", HW_STRING, HW_BODY | HW_SECRET, .note = "password; mandatory for MRS" },
    { "description", HW_STRING, HW_BODY, .pattern = "[^<>'=&]*", .max_len = 256, .note = "description" },
    { "reboot", HW_BOOLEAN, HW_BODY, .note = "whether the cluster is restarted" },
    { "connect_info", HW_STRING, HW_BODY, .note = "database to connect; mandatory for OBS" },
    { 0 }
};

static const struct hw_field create_data_source_out[] = {
    { "id", HW_STRING, HW_ID, .note = "data source ID" },
    { "job_id", HW_STRING, HW_ID, .note = "job that creates it" },
    { 0 }
};

static const struct hw_field reconfigure_in[] = {
    { "reboot", HW_BOOLEAN, .note = "whether the cluster is restarted" },
    { "agency", HW_STRING, .note = "name of the agency to use" },
    { 0 }
};

static const struct hw_field update_data_source_in[] = {
    CLUSTER_ID,
    HW_PATH_ID("ext_data_source_id", "data source ID"),
    { "reconfigure", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = reconfigure_in, .note = "what to configure anew" },
    { 0 }
};

static const struct hw_field update_data_source_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "job that updates it" },
    { "data_source_id", HW_STRING, HW_ID, .note = "data source ID, called id when it is created" },
    { 0 }
};

static const struct hw_field delete_data_source_in[] = {
    CLUSTER_ID,
    HW_PATH_ID("ext_data_source_id", "data source ID"),
    { 0 }
};

static const struct hw_field delete_data_source_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "job that deletes it" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_data_source", "GET", "/v1.0/{project_id}/clusters/{cluster_id}/ext-data-sources",
      .title = "Querying Data Sources", .doc = "DWS 5.6.1", .sdk = "list_data_source", .alias = "list_data_sources",
      .in = cluster_in, .out = list_data_source_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "5.6.1's example answer is not valid JSON: a bracket closes twice. It also shows another cluster_id "
              "than its request line." },
    { "create_data_source", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/ext-data-sources",
      .title = "Creating a Data Source", .doc = "DWS 5.6.2", .sdk = "create_data_source",
      .in = create_data_source_in, .out = create_data_source_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "dws.show_job" },
      .note = "With reboot true the cluster restarts." },
    { "update_data_source", "PUT",
      "/v1.0/{project_id}/clusters/{cluster_id}/ext-data-sources/{ext_data_source_id}",
      .title = "Editing a Data Source", .doc = "DWS 5.6.3", .sdk = "update_data_source",
      .in = update_data_source_in, .out = update_data_source_out, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "dws.show_job" },
      .note = "5.6.3's example prints no body although reconfigure is mandatory: the row requires it. Counted as a "
              "pulse because with reboot true every call restarts the cluster." },
    { "delete_data_source", "DELETE",
      "/v1.0/{project_id}/clusters/{cluster_id}/ext-data-sources/{ext_data_source_id}",
      .title = "Deleting a Data Source", .doc = "DWS 5.6.4", .sdk = "delete_data_source",
      .in = delete_data_source_in, .out = delete_data_source_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "dws.show_job" } },
    { 0 }
};

const struct hw_chapter hw_dws_data_sources = { "dws", "5.6 Data Sources", ops };
