/* SPDX-License-Identifier: Apache-2.0
 * Billing: the calls that buy, pay, follow and cancel yearly/monthly
 * resources. None of them is in the documents; the rows have the fields that
 * clients are known to use. One global endpoint, no project in the paths.
 */
#include "api/rows.h"

static const struct hw_field show_price_in[] = {
    { "body", HW_OBJECT, HW_BODY | HW_WHOLE | HW_REQUIRED, .note = "the whole query; its fields are not known here" },
    { 0 }
};

static const struct hw_field show_price_out[] = {
    { "product_id", HW_STRING, HW_ID, .note = "for the order's product_infos; where it stands is not known" },
    { 0 }
};

static const struct hw_field pay_order_in[] = {
    { "order_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID },
    { "use_coupon", HW_STRING, HW_BODY | HW_SEND, .def = "NO", .note = "clients send NO" },
    { "use_discount", HW_STRING, HW_BODY | HW_SEND, .def = "NO", .note = "clients send NO" },
    { 0 }
};

static const struct hw_field show_order_in[] = {
    HW_PATH_ID("order_id", "order"),
    { 0 }
};

static const struct hw_field order_info_out[] = {
    { "status", HW_INTEGER, .oneof = "2|3|4|5|6",
      .note = "2 refund due, 3 processing, 4 cancelled, 5 done, 6 unpaid" },
    { 0 }
};

static const struct hw_field show_order_out[] = {
    { "order_info", HW_OBJECT, .fields = order_info_out },
    { 0 }
};

static const struct hw_field list_orders_in[] = {
    { "order_id", HW_STRING, HW_QUERY | HW_ID, .note = "this order alone" },
    { "service_type_code", HW_STRING, HW_QUERY, .note = "such as hws.service.type.dbss" },
    { "status", HW_INTEGER, HW_QUERY, .note = "only orders in this state, see show_order" },
    { "create_time_begin", HW_STRING, HW_QUERY, .note = "UTC, 2026-01-01T08:00:00Z; at most a year before the end" },
    { "create_time_end", HW_STRING, HW_QUERY, .note = "UTC, likewise" },
    { "order_by", HW_STRING, HW_QUERY, .oneof = "createTime|-createTime", .note = "with - the newest first" },
    { "limit", HW_INTEGER, HW_QUERY | HW_BOUNDED, HW_RANGE(1, 100), .def = "10", .note = "orders wanted" },
    { "offset", HW_INTEGER, HW_QUERY | HW_MIN, .min = 0, .def = "0", .note = "orders to skip" },
    { 0 }
};

static const struct hw_field order_out[] = {
    { "order_id", HW_STRING, HW_ID },
    { "status", HW_INTEGER, .note = "as in show_order; 1 waits for approval" },
    { "service_type_code", HW_STRING, .note = "what it is for" },
    { "create_time", HW_STRING, .note = "UTC, 2026-01-01T08:00:00Z" },
    { "payment_time", HW_STRING },
    { 0 }
};

static const struct hw_field list_orders_out[] = {
    { "order_infos", HW_ARRAY, .items = HW_OBJECT, .fields = order_out, .note = "the orders" },
    { "total_count", HW_INTEGER, .note = "all that match" },
    { 0 }
};

static const struct hw_field list_order_resources_in[] = {
    { "order_id", HW_STRING, HW_BODY | HW_ID, .note = "only what this order bought" },
    { "resource_ids", HW_ARRAY, HW_BODY, .items = HW_STRING, .note = "only these resources" },
    { "only_main_resource", HW_INTEGER, HW_BODY, .note = "1: without attached resources" },
    { "status_list", HW_ARRAY, HW_BODY, .items = HW_INTEGER, .note = "clients send [2] to see what is still there" },
    { 0 }
};

static const struct hw_field order_resource_out[] = {
    { "resource_id", HW_STRING, HW_ID,
      .note = "DDM: the instance; DBSS: its resource_id; DDM group: node id with .vm" },
    { "status", HW_INTEGER, .note = "2 in use, 3 closed, 4 frozen, 5 expired" },
    { 0 }
};

static const struct hw_field list_order_resources_out[] = {
    { "data", HW_ARRAY, .items = HW_OBJECT, .fields = order_resource_out, .note = "the resources" },
    { "total_count", HW_INTEGER, .note = "0 until the order has made them" },
    { 0 }
};

static const struct hw_field unsubscribe_in[] = {
    { "resource_ids", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_STRING, .note = "resources to give back" },
    { "unsubscribe_type", HW_INTEGER, HW_BODY | HW_SEND, .def = "1", .note = "clients send 1" },
    { 0 }
};

static const struct hw_field unsubscribe_out[] = {
    { "fail_resource_infos", HW_ARRAY, .items = HW_OBJECT, .note = "not empty: a 200 that failed for these" },
    { 0 }
};

static const struct hw_field auto_renew_in[] = {
    HW_PATH_ID("id", "resource_id of list_order_resources"),
    { 0 }
};

static const struct hw_op ops[] = {
    { "show_price", "POST", "/v2/bills/ratings/period-resources/subscribe-rate",
      .title = "Querying the Price of a Subscription", .doc = "BSS clients",
      .in = show_price_in, .out = show_price_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA },
    { "pay_order", "POST", "/v3/orders/customer-orders/pay",
      .title = "Paying an Order", .doc = "BSS clients",
      .in = pay_order_in, .ok = { 204 },
      .kind = HW_PULSE, .flags = HW_PAID | HW_EXTRA },
    { "show_order", "GET", "/v2/orders/customer-orders/details/{order_id}",
      .title = "Querying an Order", .doc = "BSS clients",
      .in = show_order_in, .out = show_order_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA },
    { "list_orders", "GET", "/v2/orders/customer-orders",
      .title = "Querying Orders", .doc = "BSS clients", .sdk = "list_customer_orders",
      .in = list_orders_in, .out = list_orders_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA,
      .page = { HW_BY_INDEX, "offset", "limit", "order_infos", "total_count", "order_id" },
      .note = "The only list that shows an order before it is paid." },
    { "list_order_resources", "POST", "/v2/orders/suscriptions/resources/query",
      .title = "Querying the Resources of an Order", .doc = "BSS clients",
      .in = list_order_resources_in, .out = list_order_resources_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA,
      .note = "\"suscriptions\" is how the path is spelt." },
    { "unsubscribe", "POST", "/v2/orders/subscriptions/resources/unsubscribe",
      .title = "Unsubscribing from Resources", .doc = "BSS clients",
      .in = unsubscribe_in, .out = unsubscribe_out, .ok = { 200 },
      .kind = HW_DELETE, .flags = HW_IRREVERSIBLE | HW_EXTRA },
    { "enable_auto_renew", "POST", "/v2/orders/subscriptions/resources/autorenew/{id}",
      .title = "Enabling Auto-Renewal", .doc = "BSS clients",
      .in = auto_renew_in, .ok = { 204 },
      .kind = HW_SET, .flags = HW_PAID | HW_EXTRA },
    { "disable_auto_renew", "DELETE", "/v2/orders/subscriptions/resources/autorenew/{id}",
      .title = "Disabling Auto-Renewal", .doc = "BSS clients",
      .in = auto_renew_in, .ok = { 204 },
      .kind = HW_SET, .flags = HW_EXTRA },
    { 0 }
};

const struct hw_chapter hw_bss = { "bss", "Billing", ops };
