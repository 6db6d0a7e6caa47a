/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.4: accounts of an instance and their passwords. The v1/v2 calls and
 * their v3 twins differ in their bodies: v1 wraps the account, v3 does not.
 */
#include "api/rows.h"

#define AUTHORITIES "CREATE|DROP|ALTER|INDEX|INSERT|DELETE|UPDATE|SELECT"
#define ACCOUNT_NAME .pattern = "[A-Za-z][A-Za-z0-9_]*", .min_len = 1, .max_len = 32

/* The v3 sections alone state the form of an instance id. */
#define INSTANCE_ID \
  { "instance_id", HW_STRING, HW_PATH | HW_REQUIRED | HW_ID, .pattern = "[A-Za-z0-9]{32}in09", .min_len = 36, \
    .max_len = 36, .note = "DDM instance" }

static const struct hw_field schema_in[] = {
    { "name", HW_STRING, HW_REQUIRED, .note = "schema the account may use" },
    { 0 }
};

static const struct hw_field schema_out[] = {
    { "name", HW_STRING, .note = "schema the account may use" },
    { "description", HW_STRING, .note = "of the schema" },
    { 0 }
};

static const struct hw_field create_users_user_in[] = {
    { "name", HW_STRING, HW_REQUIRED, ACCOUNT_NAME, .note = "letter first, then letters, digits, underscores" },
    { "password", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "4.4.1 states no rules; 4.4.8 does" },
    { "base_authority", HW_ARRAY, HW_REQUIRED, .items = HW_STRING, .oneof = AUTHORITIES, .note = "basic permissions" },
    { "description", HW_STRING, .max_len = 256, .note = "blank when absent" },
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = schema_in, .note = "associated schemas; may be absent" },
    { 0 }
};

static const struct hw_field create_users_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "users", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = create_users_user_in,
      .note = "accounts to create; an instance holds at most 100" },
    { 0 }
};

static const struct hw_field created_user_out[] = {
    { "name", HW_STRING, .note = "account name" },
    { 0 }
};

static const struct hw_field create_users_out[] = {
    { "users", HW_ARRAY, .items = HW_OBJECT, .fields = created_user_out, .note = "the accounts created" },
    { 0 }
};

static const struct hw_field list_users_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_OFFSET("records to skip; the table asks for a positive integer but defaults to 0: 0 is allowed"),
    HW_LIMIT(128, "128", "the table speaks of nodes; accounts are meant"),
    { 0 }
};

static const struct hw_field listed_user_out[] = {
    { "name", HW_STRING, .note = "account name" },
    { "status", HW_STRING, .note = "RUNNING in the example" },
    { "base_authority", HW_ARRAY, .items = HW_STRING, .oneof = AUTHORITIES, .note = "basic permissions" },
    { "extend_authority", HW_ARRAY, .items = HW_STRING, .oneof = "fulltableDelete|fulltableSelect|fulltableUpdate",
      .note = "extended permissions; not in the example" },
    { "password_last_changed", HW_INTEGER, .note = "milliseconds since 1970" },
    { "description", HW_STRING, .note = "of the account" },
    { "created", HW_INTEGER, .note = "milliseconds since 1970" },
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = schema_out, .note = "associated schemas" },
    { 0 }
};

static const struct hw_field list_users_out[] = {
    { "users", HW_ARRAY, .items = HW_OBJECT, .fields = listed_user_out, .note = "the accounts" },
    { "page_no", HW_INTEGER, .note = "current page" },
    { "page_size", HW_INTEGER, .note = "records on this page; 10 in the example, which gives no limit" },
    { "total_record", HW_INTEGER, .note = "accounts in all" },
    { "total_page", HW_INTEGER, .note = "pages in all" },
    { 0 }
};

static const struct hw_field update_user_schema_in[] = {
    { "name", HW_STRING, .note = "schema name, case does not matter; given whenever databases is given" },
    { 0 }
};

static const struct hw_field update_user_user_in[] = {
    { "base_authority", HW_ARRAY, .items = HW_STRING, .oneof = AUTHORITIES, .note = "kept when absent" },
    { "description", HW_STRING, .max_len = 256, .note = "blank by default, the table says" },
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = update_user_schema_in,
      .note = "associated schemas; the table describes it as the account" },
    { 0 }
};

static const struct hw_field update_user_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_PATH_ID("username", "account to change"),
    { "user", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = update_user_user_in,
      .note = "at least one of its three fields" },
    { 0 }
};

static const struct hw_field user_name_out[] = {
    { "name", HW_STRING, .note = "account name" },
    { 0 }
};

static const struct hw_field delete_user_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_PATH_ID("username", "account to delete"),
    { 0 }
};

static const struct hw_field reset_user_password_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_PATH_ID("username", "account whose password is reset"),
    { "password", HW_STRING, HW_BODY | HW_REQUIRED | HW_SECRET, .note = "new password; 4.4.12 states the rules" },
    { 0 }
};

static const struct hw_field reset_user_password_out[] = {
    { "success", HW_BOOLEAN, .note = "whether it worked" },
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance; a UUID without in09 in the example" },
    { "user_name", HW_STRING, .note = "account name" },
    { 0 }
};

static const struct hw_field reset_administrator_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, ACCOUNT_NAME, .note = "administrator; chosen by the first call" },
    { "password", HW_STRING, HW_BODY | HW_REQUIRED | HW_SECRET | HW_SOFT, .min_len = 8, .max_len = 32,
      .note = "upper and lower case, digits and ~!@#%^*-_+?; the example has 5 characters, so lengths only warn" },
    { 0 }
};

static const struct hw_field reset_administrator_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "not in 4.4.6, but answered by the sister cloud" },
    { 0 }
};

static const struct hw_field validate_weak_password_in[] = {
    { "password", HW_STRING, HW_BODY | HW_REQUIRED | HW_SECRET, .note = "password to judge" },
    { 0 }
};

static const struct hw_field validate_weak_password_out[] = {
    { "is_weak_password", HW_BOOLEAN, .note = "true: weak, choose another" },
    { 0 }
};

static const struct hw_field create_user_v3_in[] = {
    INSTANCE_ID,
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, ACCOUNT_NAME,
      .note = "letter first, then letters, digits, underscores" },
    { "password", HW_STRING, HW_BODY | HW_REQUIRED | HW_SECRET, .min_len = 8, .max_len = 32,
      .note = "three of lower, upper, digits, ~!@#/%^*-_+?; not weak, not the name or its reverse" },
    { "base_authority", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_STRING, .oneof = AUTHORITIES,
      .note = "any combination" },
    { "description", HW_STRING, HW_BODY, .max_len = 256, .note = "of the account" },
    { "password_lifetime", HW_INTEGER, HW_BODY | HW_BOUNDED | HW_NULLABLE, HW_RANGE(0, 65535), .def = "null",
      .note = "days; 0 or null: never expires" },
    { "databases", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = schema_in,
      .note = "associated schemas; may be absent" },
    { 0 }
};

static const struct hw_field list_users_v3_in[] = {
    INSTANCE_ID,
    HW_OFFSET("records to skip; the table calls it a page"),
    HW_LIMIT(128, "10", "accounts on a page"),
    { 0 }
};

static const struct hw_field schema_v3_out[] = {
    { "name", HW_STRING, .note = "schema the account may use" },
    { 0 }
};

static const struct hw_field listed_user_v3_out[] = {
    { "name", HW_STRING, .note = "account name" },
    { "status", HW_STRING, .note = "RUNNING in the example" },
    { "base_authority", HW_ARRAY, .items = HW_STRING, .oneof = AUTHORITIES, .note = "basic permissions" },
    { "password_lifetime", HW_INTEGER, HW_NULLABLE, .note = "days; 0 or null: never expires" },
    { "password_last_changed", HW_STRING, .note = "time with zone; an integer in v1" },
    { "description", HW_STRING, .note = "of the account" },
    { "created", HW_STRING, .note = "time with zone; an integer in v1" },
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = schema_v3_out, .note = "associated schemas" },
    { "expiration_time", HW_STRING, HW_NULLABLE, .note = "when the password expires; null in the example" },
    { 0 }
};

static const struct hw_field list_users_v3_out[] = {
    { "users", HW_ARRAY, .items = HW_OBJECT, .fields = listed_user_v3_out, .note = "the accounts" },
    { "offset", HW_INTEGER, .note = "as asked; the table calls it a page" },
    { "limit", HW_INTEGER, .note = "as asked; 1 in the example, which gives no limit" },
    { "total", HW_INTEGER, .note = "accounts in all" },
    { 0 }
};

static const struct hw_field update_user_v3_in[] = {
    INSTANCE_ID,
    HW_PATH_ID("username", "account to change"),
    { "base_authority", HW_ARRAY, HW_BODY, .items = HW_STRING, .oneof = AUTHORITIES, .note = "any combination" },
    { "description", HW_STRING, HW_BODY, .max_len = 256, .note = "of the account" },
    { "password_lifetime", HW_INTEGER, HW_BODY | HW_BOUNDED | HW_NULLABLE, HW_RANGE(0, 65535), .def = "null",
      .note = "days; 0 or null: never expires" },
    { "databases", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = schema_in,
      .note = "associated schemas; described as for a new account" },
    { 0 }
};

static const struct hw_field delete_user_v3_in[] = {
    INSTANCE_ID,
    HW_PATH_ID("username", "account to delete"),
    { 0 }
};

static const struct hw_field reset_user_password_v3_in[] = {
    INSTANCE_ID,
    HW_PATH_ID("username", "account whose password is reset"),
    { "password", HW_STRING, HW_BODY | HW_REQUIRED | HW_SECRET | HW_SOFT, .min_len = 8, .max_len = 32,
      .note = "rules as for a new account; the example has 6 characters, so lengths only warn" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "create_users", "POST", "/v1/{project_id}/instances/{instance_id}/users",
      .title = "Creating a DDM Account", .doc = "DDM 4.4.1", .sdk = "create_users", .alias = "create_user",
      .in = create_users_in, .out = create_users_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm:user:create" },
    { "list_users", "GET", "/v1/{project_id}/instances/{instance_id}/users",
      .title = "Querying DDM Accounts", .doc = "DDM 4.4.2", .sdk = "list_users",
      .in = list_users_in, .out = list_users_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "users", "total_record", "name" }, .permission = "ddm:user:list" },
    { "update_user", "PUT", "/v1/{project_id}/instances/{instance_id}/users/{username}",
      .title = "Modifying a DDM Account", .doc = "DDM 4.4.3", .sdk = "update_user",
      .in = update_user_in, .out = user_name_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm:user:modify",
      .note = "The section asks for at least one of base_authority, description, databases; no field of user alone "
              "is mandatory." },
    { "delete_user", "DELETE", "/v1/{project_id}/instances/{instance_id}/users/{username}",
      .title = "Deleting a DDM Account", .doc = "DDM 4.4.4", .sdk = "delete_user",
      .in = delete_user_in, .out = user_name_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm:user:delete" },
    { "reset_user_password", "POST", "/v2/{project_id}/instances/{instance_id}/users/{username}/password",
      .title = "Resetting the Password of a DDM Account", .doc = "DDM 4.4.5", .sdk = "reset_user_password",
      .in = reset_user_password_in, .out = reset_user_password_out, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "reset_administrator", "PUT", "/v3/{project_id}/instances/{instance_id}/admin-user",
      .title = "Managing an Administrator Password", .doc = "DDM 4.4.6", .sdk = "reset_administrator",
      .in = reset_administrator_in, .out = reset_administrator_out, .ok = { 202, 200 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER, .job = { "job_id", "ddm.show_job" },
      .note = "A PUT that creates: the first call makes the administrator, later ones only change the password. "
              "4.4.6 documents status 202 without a body; an answer met in practice has a job_id, and one client "
              "insists on 200: the row takes both. Needs DDM 3.0.9 or later." },
    { "validate_weak_password", "POST", "/v3/{project_id}/weak-password-verification",
      .title = "Validating Password Strength", .doc = "DDM 4.4.7", .sdk = "validate_weak_password",
      .in = validate_weak_password_in, .out = validate_weak_password_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "create_user_v3", "POST", "/v3/{project_id}/instances/{instance_id}/users",
      .title = "Creating an Account", .doc = "DDM 4.4.8", .sdk = "create_ddm_user", .alias = "create_users_v3",
      .in = create_user_v3_in, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm:instance:createUser",
      .note = "One account a call, its fields unwrapped, where v1 takes a list. Role policies name the permission "
              "ddm:user:create." },
    { "list_users_v3", "GET", "/v3/{project_id}/instances/{instance_id}/users",
      .title = "Querying Accounts", .doc = "DDM 4.4.9", .sdk = "list_ddm_users",
      .in = list_users_v3_in, .out = list_users_v3_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "users", "total", "name" }, .permission = "ddm:instance:listUser",
      .note = "4.4.9 calls offset a page; clients use it as a record index everywhere in DDM, so does the row. Its "
              "example prints an answer under the request. Role policies name the permission ddm:user:list." },
    { "update_user_v3", "PUT", "/v3/{project_id}/instances/{instance_id}/users/{username}",
      .title = "Modifying an Account", .doc = "DDM 4.4.10", .sdk = "update_ddm_user",
      .in = update_user_v3_in, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm:instance:updateUser",
      .note = "At least one of base_authority, description, databases, password_lifetime; the fields are not wrapped "
              "in user as in v1. Role policies name the permission ddm:user:modify." },
    { "delete_user_v3", "DELETE", "/v3/{project_id}/instances/{instance_id}/users/{username}",
      .title = "Deleting an Account", .doc = "DDM 4.4.11", .sdk = "delete_ddm_user",
      .in = delete_user_v3_in, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm:instance:deleteUser",
      .note = "Role policies name the permission ddm:user:delete." },
    { "reset_user_password_v3", "POST", "/v3/{project_id}/instances/{instance_id}/users/{username}/password",
      .title = "Resetting an Account Password", .doc = "DDM 4.4.12", .sdk = "reset_ddm_user_password",
      .in = reset_user_password_v3_in, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm:instance:updateUser",
      .note = "Role policies name the permission ddm:user:modify." },
    { 0 }
};

const struct hw_chapter hw_ddm_accounts = { "ddm", "4.4 Accounts", ops };
