/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.8: alarms and subscriptions to them. Lists page by page number minus 1;
 * their offset and limit are strings in the tables.
 */
#include "api/rows.h"

#define PAGE_OFFSET \
  { "offset", HW_STRING, HW_QUERY | HW_EITHER | HW_MIN, .min = 0, .pattern = "\\d+", .def = "0", \
    .note = "page number minus 1" }
#define PAGE_LIMIT(def_) \
  { "limit", HW_STRING, HW_QUERY | HW_EITHER | HW_MIN, .min = 1, .pattern = "\\d+", .def = def_, \
    .note = "entries a page" }
#define TIME_ZONE { "time_zone", HW_STRING, HW_QUERY, .def = "GMT+08:00", .note = "time zone of the dates" }

static const struct hw_field list_alarm_detail_in[] = {
    TIME_ZONE,
    PAGE_OFFSET,
    PAGE_LIMIT("10"),
    { "from", HW_INTEGER, HW_QUERY, .note = "start of a period; only the API Explorer and the SDK have it" },
    { "to", HW_INTEGER, HW_QUERY, .note = "end of a period; only the API Explorer and the SDK have it" },
    { "recent_day", HW_INTEGER, HW_QUERY, .note = "last days; only the API Explorer and the SDK have it" },
    { 0 }
};

static const struct hw_field alarm_detail_out[] = {
    { "alarm_id", HW_STRING, .note = "ID of the alarm's definition, shared by all its alarms" },
    { "alarm_name", HW_STRING, .note = "alarm name" },
    { "alarm_level", HW_STRING, .note = "severity; the example has \"1\", subscriptions have words" },
    { "alarm_source", HW_STRING, .note = "service the alarm comes from" },
    { "alarm_message", HW_STRING, .note = "message" },
    { "alarm_location", HW_STRING, .note = "cluster and domain it concerns, as text" },
    { "resource_id", HW_STRING, HW_ID, .note = "ID of the resource" },
    { "resource_id_name", HW_STRING, .note = "name of the resource" },
    { "alarm_generate_date", HW_STRING, .note = "when it was raised, in time_zone" },
    { "alarm_status", HW_STRING, .note = "status; the example has \"0\"" },
    { 0 }
};

static const struct hw_field list_alarm_detail_out[] = {
    { "count", HW_INTEGER, .note = "number of all alarms" },
    { "alarm_details", HW_ARRAY, .items = HW_OBJECT, .fields = alarm_detail_out, .note = "the alarms" },
    { 0 }
};

static const struct hw_field list_alarm_statistic_in[] = {
    TIME_ZONE,
    { 0 }
};

static const struct hw_field alarm_statistic_out[] = {
    { "date", HW_STRING, .note = "day" },
    { "urgent", HW_STRING, HW_EITHER, .note = "number of urgent alarms; a number in the example" },
    { "important", HW_STRING, HW_EITHER, .note = "number of important alarms; a number in the example" },
    { "minor", HW_STRING, HW_EITHER, .note = "number of minor alarms; a number in the example" },
    { "prompt", HW_STRING, HW_EITHER, .note = "number of notices; a number in the example" },
    { 0 }
};

static const struct hw_field list_alarm_statistic_out[] = {
    { "alarm_statistics", HW_ARRAY, .items = HW_OBJECT, .fields = alarm_statistic_out, .note = "one entry a day" },
    { 0 }
};

static const struct hw_field list_alarm_subs_in[] = {
    PAGE_OFFSET,
    PAGE_LIMIT("1000"),
    { 0 }
};

/* An entry of the list and the whole answer of create, update and delete. */
static const struct hw_field alarm_sub_out[] = {
    { "id", HW_STRING, HW_ID, .note = "subscription ID" },
    { "name", HW_STRING, .note = "subscription name" },
    { "enable", HW_INTEGER, .oneof = "1|0", .note = "1 when the subscription is on" },
    { "alarm_level", HW_STRING, .note = "severities, comma separated: urgent,important,minor,prompt" },
    { "project_id", HW_STRING, HW_ID, .note = "project ID" },
    { "name_space", HW_STRING, .note = "service; DWS in 5.8.3's example, dws in the others" },
    { "notification_target", HW_STRING, .note = "URN of the SMN topic" },
    { "notification_target_name", HW_STRING, .note = "name of the topic" },
    { "notification_target_type", HW_STRING, .oneof = "SMN", .note = "kind of topic" },
    { "language", HW_STRING, .note = "language of the messages" },
    { "time_zone", HW_STRING, .note = "time zone" },
    { 0 }
};

static const struct hw_field list_alarm_subs_out[] = {
    { "count", HW_INTEGER, .note = "number of all subscriptions" },
    { "alarm_subscriptions", HW_ARRAY, .items = HW_OBJECT, .fields = alarm_sub_out, .note = "the subscriptions" },
    { 0 }
};

#define SUB_FIELDS \
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, .note = "subscription name" }, \
    { "enable", HW_INTEGER, HW_BODY, .oneof = "1|0", .note = "1 turns it on; the range is stated only in 5.9" }, \
    { "alarm_level", HW_STRING, HW_BODY, \
      .note = "severities, comma separated: urgent,important,minor,prompt; prose calls them critical, major, minor" }, \
    { "notification_target", HW_STRING, HW_BODY | HW_REQUIRED, .note = "URN of the SMN topic" }, \
    { "notification_target_name", HW_STRING, HW_BODY | HW_REQUIRED, .note = "name of the topic" }, \
    { "notification_target_type", HW_STRING, HW_BODY | HW_REQUIRED, .oneof = "SMN", .note = "only SMN" }

static const struct hw_field create_alarm_sub_in[] = {
    SUB_FIELDS,
    { "time_zone", HW_STRING, HW_BODY | HW_REQUIRED, .note = "time zone, such as GMT+08:00" },
    { "alarm_detail", HW_STRING, HW_BODY, .note = "only the API Explorer has it" },
    { "cluster_id", HW_STRING, HW_BODY | HW_ID, .note = "one cluster; only the API Explorer has it" },
    { 0 }
};

static const struct hw_field update_alarm_sub_in[] = {
    HW_PATH_ID("alarm_sub_id", "subscription ID"),
    SUB_FIELDS,
    { 0 }
};

static const struct hw_field delete_alarm_sub_in[] = {
    HW_PATH_ID("alarm_sub_id", "subscription ID"),
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_alarm_detail", "GET", "/v2/{project_id}/alarms",
      .title = "Querying Alarm Details List", .doc = "DWS 5.8.1", .sdk = "list_alarm_detail",
      .alias = "list_alarm_details|list_alarms", .in = list_alarm_detail_in, .out = list_alarm_detail_out,
      .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK,
      .page = { HW_BY_PAGE, "offset", "limit", "alarm_details", "count", NULL },
      .note = "An entry has no ID of its own (alarm_id names the definition), so entries cannot be told apart. "
              "limit is 10 by default here and 1000 in 5.8.3 and 5.9. offset and limit are strings in the table; "
              "numbers go out as given." },
    { "list_alarm_statistic", "GET", "/v2/{project_id}/alarm-statistic",
      .title = "Querying the Alarm Statistics List", .doc = "DWS 5.8.2", .sdk = "list_alarm_statistic",
      .alias = "list_alarm_statistics", .in = list_alarm_statistic_in, .out = list_alarm_statistic_out,
      .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "5.8.2's table has the counts as strings, its example as numbers: both are read." },
    { "list_alarm_subs", "GET", "/v2/{project_id}/alarm-subs",
      .title = "Querying the Alarm Subscription List", .doc = "DWS 5.8.3", .sdk = "list_alarm_subs",
      .in = list_alarm_subs_in, .out = list_alarm_subs_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_PAGE, "offset", "limit", "alarm_subscriptions", "count", "id" },
      .note = "offset and limit are strings in the table; numbers go out as given." },
    { "create_alarm_sub", "POST", "/v2/{project_id}/alarm-subs",
      .title = "Creating an Alarm Subscription", .doc = "DWS 5.8.4", .sdk = "create_alarm_sub",
      .in = create_alarm_sub_in, .out = alarm_sub_out, .ok = { 200 }, .kind = HW_CREATE, .flags = HW_SEEN_SDK,
      .note = "time_zone is mandatory here, optional in 5.9.3." },
    { "update_alarm_sub", "PUT", "/v2/{project_id}/alarm-subs/{alarm_sub_id}",
      .title = "Modifying an Alarm Subscription", .doc = "DWS 5.8.5", .sdk = "update_alarm_sub",
      .in = update_alarm_sub_in, .out = alarm_sub_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .note = "The time zone cannot be changed." },
    { "delete_alarm_sub", "DELETE", "/v2/{project_id}/alarm-subs/{alarm_sub_id}",
      .title = "Deleting an Alarm Subscription", .doc = "DWS 5.8.6", .sdk = "delete_alarm_sub",
      .in = delete_alarm_sub_in, .out = alarm_sub_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .note = "Answers with the subscription as it was." },
    { 0 }
};

const struct hw_chapter hw_dws_alarms = { "dws", "5.8 Alarm Management", ops };
