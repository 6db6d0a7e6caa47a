/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.3: coordinator nodes (CN), scaling out and scaling in. Only CN counts
 * are totals; the other two calls take the difference.
 */
#include "api/rows.h"

static const struct hw_field job_out[] = {
    { "job_id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field list_cluster_cn_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { 0 }
};

static const struct hw_field coordinator_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "private_ip", HW_STRING },
    { 0 }
};

static const struct hw_field list_cluster_cn_out[] = {
    { "min_num", HW_INTEGER, .note = "fewest CNs the cluster may have" },
    { "max_num", HW_INTEGER, .note = "most CNs the cluster may have" },
    { "instances", HW_ARRAY, .items = HW_OBJECT, .fields = coordinator_out },
    { 0 }
};

static const struct hw_field batch_create_cluster_cn_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "num", HW_INTEGER, HW_BODY | HW_REQUIRED | HW_MIN, .min = 1,
      .note = "CNs in all afterwards, within min_num and max_num; the example's title takes it for the CNs added" },
    { 0 }
};

static const struct hw_field batch_delete_cluster_cn_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "instances", HW_ARRAY, HW_BODY | HW_REQUIRED, HW_STRING, .min_len = 1,
      .note = "ids of the CNs; not mandatory in the table, but its text forbids leaving it out" },
    { 0 }
};

static const struct hw_field scale_out_in[] = {
    { "count", HW_INTEGER, HW_REQUIRED | HW_MIN, .min = 3, .note = "nodes to add, not the total" },
    { "subnet_id", HW_STRING, HW_ID, .note = "of the cluster's VPC" },
    { 0 }
};

static const struct hw_field resize_cluster_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "scale_out", HW_OBJECT, HW_BODY, .fields = scale_out_in, .note = "optional in the table, sent by every client" },
    { "create_node_only", HW_BOOLEAN, HW_BODY, .def = "false", .note = "true: add idle nodes only" },
    { "waiting_for_killing", HW_INTEGER, HW_BODY | HW_BOUNDED, HW_RANGE(0, 1200), .def = "0",
      .note = "seconds before blocked jobs end, 30 to 1200; 0, the default, is no limit. Unit not said" },
    { "auto_redistribute", HW_BOOLEAN, HW_BODY, .def = "true",
      .note = "false: the cluster stays at \"To be redistributed\" and refuses other work" },
    { 0 }
};

static const struct hw_field shrink_cluster_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "shrink_number", HW_INTEGER, HW_BODY | HW_REQUIRED | HW_MIN, .min = 1,
      .note = "nodes to remove; not mandatory in the table, but its text forbids leaving it out" },
    { "online", HW_BOOLEAN, HW_BODY, .def = "false" },
    { "retry", HW_BOOLEAN, HW_BODY, .def = "false", .note = "go on after a failed scale-in" },
    { "need_agency", HW_BOOLEAN, HW_BODY, .def = "false" },
    { "parallel_jobs", HW_INTEGER, HW_BODY | HW_BOUNDED, HW_RANGE(1, 200), .def = "4",
      .note = "redistribution tasks at once" },
    { "type", HW_STRING, HW_BODY, .note = "without effect; a working client still sends it" },
    { "force_backup", HW_BOOLEAN, HW_BODY,
      .note = "the table says without effect, manuals say it governs the snapshot taken before" },
    { 0 }
};

static const struct hw_field shrink_cluster_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "absent when refused" },
    { "error_code", HW_STRING, HW_NULLABLE, .note = "DWS.0000 is success; in practice, not in the table" },
    { "error_msg", HW_STRING, HW_NULLABLE },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_cluster_cn", "GET", "/v1.0/{project_id}/clusters/{cluster_id}/cns",
      .title = "Querying CN Nodes of a Cluster", .doc = "DWS 5.3.1", .sdk = "list_cluster_cn",
      .alias = "list_cluster_cns",
      .in = list_cluster_cn_in, .out = list_cluster_cn_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "batch_create_cluster_cn", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/cns/batch-create",
      .title = "Adding CN Nodes in Batches", .doc = "DWS 5.3.2", .sdk = "batch_create_cluster_cn",
      .alias = "batch_create_cluster_cns",
      .in = batch_create_cluster_cn_in, .out = job_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "dws.show_job" },
      .note = "num is the total in the table, but \"add three\" in the example: counted as creating, so never repeated "
              "in doubt. Services stop meanwhile." },
    { "batch_delete_cluster_cn", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/cns/batch-delete",
      .title = "Deleting CN Nodes in Batches", .doc = "DWS 5.3.3", .sdk = "batch_delete_cluster_cn",
      .alias = "batch_delete_cluster_cns",
      .in = batch_delete_cluster_cn_in, .out = job_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "dws.show_job" },
      .note = "Ids, not a number as for adding. Services stop meanwhile." },
    { "resize_cluster", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/resize",
      .title = "Scaling Out a Cluster", .doc = "DWS 5.3.4", .sdk = "resize_cluster", .alias = "scale_out_cluster",
      .in = resize_cluster_in, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_PAID | HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "dws:cluster:scaleOutOrOpenAPIResize",
      .note = "No job is named: watch the cluster, which takes a snapshot of its own accord afterwards. The second "
              "example refers to a third that is missing." },
    { "shrink_cluster", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/cluster-shrink",
      .title = "Scaling In a Cluster", .doc = "DWS 5.3.5", .sdk = "shrink_cluster", .alias = "scale_in_cluster",
      .in = shrink_cluster_in, .out = shrink_cluster_out, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_IRREVERSIBLE | HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "dws.show_job" },
      .note = "The example calls /shrink, the URI line and clients cluster-shrink. 200 with an error_code other than "
              "DWS.0000 and no job_id is a failure. There is no rollback: after a failure only a retry." },
    { 0 }
};

const struct hw_chapter hw_dws_nodes = { "dws", "5.3 Node Change", ops };
