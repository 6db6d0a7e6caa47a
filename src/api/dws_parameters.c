/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.12: parameter templates of a cluster and the parameters in them.
 */
#include "api/rows.h"

static const struct hw_field no_out[] = { { 0 } };

static const struct hw_field cluster_in[] = {
    HW_PATH_ID("cluster_id", "cluster ID"),
    { 0 }
};

static const struct hw_field configuration_out[] = {
    { "id", HW_STRING, HW_ID, .note = "template ID" },
    { "name", HW_STRING, .note = "template name" },
    { "type", HW_STRING, .note = "template type; the parameters to change are in the hiddenParameterGroup" },
    { "status", HW_STRING, .oneof = "In-Sync|Applying|Pending-Reboot|Sync-Failure",
      .note = "whether the cluster has taken the parameters over" },
    { "fail_reason", HW_STRING, .note = "why it could not; the example has the text \"null\"" },
    { 0 }
};

static const struct hw_field list_cluster_configurations_out[] = {
    { "configurations", HW_ARRAY, .items = HW_OBJECT, .fields = configuration_out, .note = "the templates" },
    { 0 }
};

static const struct hw_field configuration_in[] = {
    HW_PATH_ID("cluster_id", "cluster ID"),
    HW_PATH_ID("configuration_id", "template ID"),
    { 0 }
};

static const struct hw_field value_out[] = {
    { "type", HW_STRING, .oneof = "cn|dn", .note = "kind of node" },
    { "value", HW_STRING, .note = "value; several are joined by semicolons" },
    { "default_value", HW_STRING, .note = "default" },
    { 0 }
};

static const struct hw_field parameter_out[] = {
    { "name", HW_STRING, .note = "parameter name" },
    { "values", HW_ARRAY, .items = HW_OBJECT, .fields = value_out, .note = "its values, one a kind of node" },
    { "unit", HW_STRING, HW_NULLABLE, .note = "unit, null for none" },
    { "type", HW_STRING, .oneof = "boolean|string|integer|float|list", .note = "type of the value" },
    { "readonly", HW_BOOLEAN, .note = "whether it cannot be changed; the table speaks of the cluster" },
    { "value_range", HW_STRING, .note = "allowed values, such as on|off" },
    { "restart_required", HW_BOOLEAN, .note = "whether a change needs a restart" },
    { "description", HW_STRING, .note = "description" },
    { 0 }
};

static const struct hw_field list_parameters_out[] = {
    { "configurations", HW_ARRAY, .items = HW_OBJECT, .fields = parameter_out, .note = "the parameters" },
    { 0 }
};

static const struct hw_field value_in[] = {
    { "type", HW_STRING, HW_REQUIRED, .oneof = "cn|dn", .note = "kind of node" },
    { "name", HW_STRING, HW_REQUIRED, .note = "parameter name" },
    { "value", HW_STRING, HW_REQUIRED, .note = "new value; several are joined by commas" },
    { 0 }
};

static const struct hw_field update_configuration_in[] = {
    HW_PATH_ID("cluster_id", "cluster ID"),
    HW_PATH_ID("configuration_id", "template ID"),
    { "configurations", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = value_in,
      .note = "one entry a parameter and kind of node" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_cluster_configurations", "GET", "/v1.0/{project_id}/clusters/{cluster_id}/configurations",
      .title = "Querying a Cluster Parameter Template", .doc = "DWS 5.12.1", .sdk = "list_cluster_configurations",
      .in = cluster_in, .out = list_cluster_configurations_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "list_cluster_configurations_parameter", "GET",
      "/v1.0/{project_id}/clusters/{cluster_id}/configurations/{configuration_id}",
      .title = "Querying Cluster Parameter Configurations", .doc = "DWS 5.12.2",
      .sdk = "list_cluster_configurations_parameter", .alias = "list_cluster_parameters",
      .in = configuration_in, .out = list_parameters_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "5.12.2's description is 5.12.1's; what it answers are the parameters of one template." },
    { "update_configuration", "PUT", "/v2/{project_id}/clusters/{cluster_id}/configurations/{configuration_id}",
      .title = "Modifying the Parameter Settings of a Cluster", .doc = "DWS 5.12.3", .sdk = "update_configuration",
      .alias = "update_cluster_parameters", .in = update_configuration_in, .out = no_out, .ok = { 200 },
      .kind = HW_SET, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "v2, while reading is v1.0. Takes effect later: the template's status in 5.12.1 leaves Applying for "
              "In-Sync or Pending-Reboot." },
    { 0 }
};

const struct hw_chapter hw_dws_parameters = { "dws", "5.12 Parameter Configurations", ops };
