/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.9: events and subscriptions to them. Lists page by page number minus 1;
 * their offset and limit are strings in the tables.
 */
#include "api/rows.h"

#define PAGE_OFFSET \
  { "offset", HW_STRING, HW_QUERY | HW_EITHER | HW_MIN, .min = 0, .pattern = "\\d+", .def = "0", \
    .note = "page number minus 1" }
#define PAGE_LIMIT(def_) \
  { "limit", HW_STRING, HW_QUERY | HW_EITHER | HW_MIN, .min = 1, .pattern = "\\d+", .def = def_, \
    .note = "entries a page" }

static const struct hw_field page_in[] = {
    PAGE_OFFSET,
    PAGE_LIMIT("1000"),
    { 0 }
};

static const struct hw_field event_out[] = {
    { "category", HW_STRING, .oneof = "management|monitor|security|system alarm", .note = "category" },
    { "description", HW_STRING, .note = "text of the definition; may hold a placeholder such as %s" },
    { "event_id", HW_STRING, HW_ID, .note = "event ID" },
    { "name", HW_STRING, .note = "name of the definition, such as deleteClusterSuccess" },
    { "display_name", HW_STRING, .note = "name to show" },
    { "name_space", HW_STRING, .note = "service; dws here, DWS in the subscriptions" },
    { "severity", HW_STRING, .oneof = "normal|warning", .note = "severity" },
    { "source_type", HW_STRING, .oneof = "cluster|backup|disaster-recovery", .note = "kind of source" },
    { "occur_time", HW_INTEGER, .note = "time, milliseconds since 1970; Long in the table" },
    { "project_id", HW_STRING, HW_ID, .note = "project ID; the table speaks of a tenant credential" },
    { "source_id", HW_STRING, HW_ID, .note = "ID of the source" },
    { "source_name", HW_STRING, .note = "name of the source" },
    { "status", HW_INTEGER, .note = "status; the example has 2" },
    { "subject", HW_STRING, .note = "subject of the message" },
    { "context", HW_STRING, .note = "text of this event" },
    { 0 }
};

static const struct hw_field list_events_out[] = {
    { "events", HW_ARRAY, .items = HW_OBJECT, .fields = event_out, .note = "the events" },
    { "count", HW_INTEGER, .note = "number of all events" },
    { 0 }
};

/* An entry of the list and the whole answer of create, update and delete. */
static const struct hw_field event_sub_out[] = {
    { "id", HW_STRING, HW_ID, .note = "subscription ID" },
    { "name", HW_STRING, .note = "subscription name" },
    { "source_type", HW_STRING, .note = "kind of source, empty for any" },
    { "source_id", HW_STRING, .note = "ID of the source, empty for any" },
    { "category", HW_STRING, .note = "category, empty for any" },
    { "severity", HW_STRING, .note = "severities, comma separated, empty for any" },
    { "tag", HW_STRING, .note = "tag" },
    { "enable", HW_INTEGER, .oneof = "1|0", .note = "1 when the subscription is on" },
    { "project_id", HW_STRING, HW_ID, .note = "project ID" },
    { "name_space", HW_STRING, .note = "service; DWS or dws in the examples" },
    { "notification_target", HW_STRING, .note = "URN of the SMN topic" },
    { "notification_target_name", HW_STRING, .note = "name of the topic" },
    { "notification_target_type", HW_STRING, .oneof = "SMN", .note = "kind of topic" },
    { "language", HW_STRING, .note = "language of the messages" },
    { "time_zone", HW_STRING, .note = "time zone" },
    { 0 }
};

static const struct hw_field list_event_subs_out[] = {
    { "count", HW_INTEGER, .note = "number of all subscriptions" },
    { "event_subscriptions", HW_ARRAY, .items = HW_OBJECT, .fields = event_sub_out, .alias = "event_subscription",
      .note = "the subscriptions; the table's name is singular, example and clients have the plural" },
    { 0 }
};

#define SUB_FIELDS \
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, .note = "subscription name" }, \
    { "source_type", HW_STRING, HW_BODY | HW_SOFT, .oneof = "cluster|backup|disaster-recovery", \
      .note = "kind of source; the example sends it empty" }, \
    { "source_id", HW_STRING, HW_BODY, .note = "ID of the source; the example sends it empty" }, \
    { "category", HW_STRING, HW_BODY | HW_SOFT, .oneof = "management|monitor|security|system alarm", \
      .note = "category; the example sends it empty" }, \
    { "severity", HW_STRING, HW_BODY | HW_SOFT, .oneof = "normal|warning", \
      .note = "the table wants one, the example sends \"normal,warning\"" }, \
    { "tag", HW_STRING, HW_BODY, .note = "tag" }, \
    { "enable", HW_INTEGER, HW_BODY, .oneof = "1|0", .note = "1 turns it on; the SDK makes it mandatory" }, \
    { "notification_target", HW_STRING, HW_BODY | HW_REQUIRED, .note = "URN of the SMN topic" }, \
    { "notification_target_name", HW_STRING, HW_BODY | HW_REQUIRED, .note = "name of the topic" }, \
    { "notification_target_type", HW_STRING, HW_BODY | HW_REQUIRED, .oneof = "SMN", .note = "only SMN" }

static const struct hw_field create_event_sub_in[] = {
    SUB_FIELDS,
    { "time_zone", HW_STRING, HW_BODY, .note = "time zone, such as GMT+08:00" },
    { 0 }
};

static const struct hw_field update_event_sub_in[] = {
    HW_PATH_ID("event_sub_id", "subscription ID"),
    SUB_FIELDS,
    { 0 }
};

static const struct hw_field delete_event_sub_in[] = {
    HW_PATH_ID("event_sub_id", "subscription ID"),
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_events", "GET", "/v2/{project_id}/events",
      .title = "Querying Event List", .doc = "DWS 5.9.1", .sdk = "list_events",
      .in = page_in, .out = list_events_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_PAGE, "offset", "limit", "events", "count", "event_id" },
      .note = "offset and limit are strings in the table; numbers go out as given." },
    { "list_event_subs", "GET", "/v2/{project_id}/event-subs",
      .title = "Querying Subscribed Events", .doc = "DWS 5.9.2", .sdk = "list_event_subs",
      .in = page_in, .out = list_event_subs_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_PAGE, "offset", "limit", "event_subscriptions", "count", "id" },
      .note = "5.9.2's table calls the list event_subscription, its example event_subscriptions: the row has the "
              "plural. offset and limit are strings in the table; numbers go out as given." },
    { "create_event_sub", "POST", "/v2/{project_id}/event-subs",
      .title = "Creating an Event Subscription", .doc = "DWS 5.9.3", .sdk = "create_event_sub",
      .in = create_event_sub_in, .out = event_sub_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "5.9.3's example breaks its own table: two severities in one string, category, source_type and "
              "source_id empty. Those rules only warn." },
    { "update_event_sub", "PUT", "/v2/{project_id}/event-subs/{event_sub_id}",
      .title = "Modifying a Subscribed Event", .doc = "DWS 5.9.4", .sdk = "update_event_sub",
      .in = update_event_sub_in, .out = event_sub_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "5.9.4's example breaks its table as 5.9.3's does: those rules only warn. The time zone cannot be "
              "changed." },
    { "delete_event_sub", "DELETE", "/v2/{project_id}/event-subs/{event_sub_id}",
      .title = "Deleting a Subscribed Event", .doc = "DWS 5.9.5", .sdk = "delete_event_sub",
      .in = delete_event_sub_in, .out = event_sub_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .note = "Answers with the subscription as it was." },
    { 0 }
};

const struct hw_chapter hw_dws_events = { "dws", "5.9 Event Management", ops };
