/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.7: domain names, load balancers (ELB) and elastic IPs (EIP) of a cluster.
 * ELB calls are jobs; domain name and EIP calls answer at once without a body.
 */
#include "api/rows.h"

#define CLUSTER_ID \
  HW_PATH_UUID("cluster_id", "cluster ID")

static const struct hw_field no_out[] = { { 0 } };

static const struct hw_field job_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "job that does it" },
    { 0 }
};

#define DNS_TYPE { "type", HW_STRING, HW_BODY | HW_REQUIRED, .oneof = "public|private", .note = "kind of domain name" }
#define DNS_TTL \
  { "ttl", HW_INTEGER, HW_BODY | HW_REQUIRED | HW_BOUNDED, HW_RANGE(300, 2147483647), .def = "300", \
    .note = "seconds the SOA record is cached; mandatory although a default is named" }

static const struct hw_field create_cluster_dns_in[] = {
    HW_PATH_ID("cluster_id", "cluster ID"),
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, .note = "domain name to create" },
    DNS_TYPE,
    DNS_TTL,
    { 0 }
};

static const struct hw_field update_cluster_dns_in[] = {
    HW_PATH_ID("cluster_id", "cluster ID"),
    { "name", HW_STRING, HW_BODY | HW_REQUIRED,
      .note = "the new domain name; 5.7.2's wording could also mean the old one" },
    DNS_TYPE,
    DNS_TTL,
    { 0 }
};

static const struct hw_field delete_cluster_dns_in[] = {
    HW_PATH_ID("cluster_id", "cluster ID"),
    { "type", HW_STRING, HW_QUERY | HW_REQUIRED, .oneof = "public", .note = "only public names can be deleted" },
    { 0 }
};

static const struct hw_field cluster_in[] = {
    CLUSTER_ID,
    { 0 }
};

static const struct hw_field elb_out[] = {
    { "id", HW_STRING, HW_ID, .note = "ELB ID" },
    { "cluster_id", HW_STRING, HW_ID, .min_len = 36, .max_len = 36, .note = "cluster ID; absent in the example" },
    { "name", HW_STRING, .note = "ELB name" },
    { "description", HW_STRING, .note = "ELB description" },
    { "vip_address", HW_STRING, .note = "address of the ELB" },
    { "vip_subnet_id", HW_STRING, HW_ID, .note = "subnet ID; absent in the example" },
    { "tenant_id", HW_STRING, HW_ID, .note = "tenant ID; absent in the example" },
    { "type", HW_STRING, .oneof = "Internal|External", .note = "dedicated or shared; absent in the example" },
    { "admin_state_up", HW_BOOLEAN,
      .note = "whether it is up; 5.7.4's table describes words like ACTIVE, the example has true" },
    { "bandwidth", HW_INTEGER, HW_MIN, .min = 0, .note = "bandwidth" },
    { "vpc_id", HW_STRING, HW_ID, .note = "VPC ID" },
    { 0 }
};

static const struct hw_field list_elbs_out[] = {
    { "elbs", HW_ARRAY, .items = HW_OBJECT, .fields = elb_out, .note = "ELBs that can be bound" },
    { 0 }
};

static const struct hw_field associate_elb_in[] = {
    CLUSTER_ID,
    HW_PATH_ID("elb_id", "ELB to bind"),
    { 0 }
};

static const struct hw_field disassociate_elb_in[] = {
    CLUSTER_ID,
    HW_PATH_ID("elb_id", "ELB bound to the cluster"),
    { 0 }
};

static const struct hw_field associate_eip_in[] = {
    CLUSTER_ID,
    HW_PATH_ID("eip_id", "EIP to bind"),
    { 0 }
};

static const struct hw_field disassociate_eip_in[] = {
    CLUSTER_ID,
    HW_PATH_ID("eip_id", "EIP bound to the cluster"),
    { 0 }
};

static const struct hw_op ops[] = {
    { "create_cluster_dns", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/dns",
      .title = "Applying for a Domain Name", .doc = "DWS 5.7.1", .sdk = "create_cluster_dns",
      .in = create_cluster_dns_in, .out = no_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "update_cluster_dns", "PUT", "/v1.0/{project_id}/clusters/{cluster_id}/dns",
      .title = "Modifying a Cluster Domain Name", .doc = "DWS 5.7.2", .sdk = "update_cluster_dns",
      .in = update_cluster_dns_in, .out = no_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "delete_cluster_dns", "DELETE", "/v1.0/{project_id}/clusters/{cluster_id}/dns",
      .title = "Deleting a Cluster Domain Name", .doc = "DWS 5.7.3", .sdk = "delete_cluster_dns",
      .in = delete_cluster_dns_in, .out = no_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "5.7.1 and 5.7.2 know private names too, 5.7.3 deletes only public ones." },
    { "list_elbs", "GET", "/v2/{project_id}/clusters/{cluster_id}/elbs",
      .title = "Querying the List of ELBs That Can Be Bound to a Cluster", .doc = "DWS 5.7.4", .sdk = "list_elbs",
      .in = cluster_in, .out = list_elbs_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "5.7.4's example request line has lost a hyphen of the cluster ID." },
    { "associate_elb", "POST", "/v2/{project_id}/clusters/{cluster_id}/elbs/{elb_id}",
      .title = "Binding an ELB to a Cluster", .doc = "DWS 5.7.5", .sdk = "associate_elb", .alias = "bind_elb",
      .in = associate_elb_in, .out = job_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER, .job = { "job_id", "dws.show_job" },
      .note = "No body. 403 DWS.7023 means the cluster is busy: later it works." },
    { "disassociate_elb", "DELETE", "/v2/{project_id}/clusters/{cluster_id}/elbs/{elb_id}",
      .title = "Unbinding an ELB from a Cluster", .doc = "DWS 5.7.6", .sdk = "disassociate_elb",
      .alias = "unbind_elb", .in = disassociate_elb_in, .out = job_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "dws.show_job" },
      .note = "5.7.6's example answer lacks the quotes around job_id." },
    { "associate_eip", "POST", "/v2/{project_id}/clusters/{cluster_id}/eips/{eip_id}",
      .title = "Binding an EIP to a Cluster", .doc = "DWS 5.7.7", .sdk = "associate_eip", .alias = "bind_eip",
      .in = associate_eip_in, .out = no_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_PAID | HW_SEEN_SDK | HW_SEEN_EXPLORER, .note = "No body." },
    { "disassociate_eip", "DELETE", "/v2/{project_id}/clusters/{cluster_id}/eips/{eip_id}",
      .title = "Unbinding an EIP from a Cluster", .doc = "DWS 5.7.8", .sdk = "disassociate_eip",
      .alias = "unbind_eip", .in = disassociate_eip_in, .out = no_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { 0 }
};

const struct hw_chapter hw_dws_connections = { "dws", "5.7 Connection Management", ops };
