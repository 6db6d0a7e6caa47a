/* SPDX-License-Identifier: Apache-2.0
 * IAM: what a client of the other services needs of it: tokens, projects,
 * domains and temporary access keys. None is among the documented operations.
 */
#include "api/rows.h"

/* A domain (account) or project, by id or by name. */
static const struct hw_field domain_in[] = {
    { "id", HW_STRING, HW_ID, .note = "domain; or give its name" },
    { "name", HW_STRING, .note = "account name; or give the id" },
    { 0 }
};

static const struct hw_field project_in[] = {
    { "id", HW_STRING, HW_ID, .note = "project; or give its name" },
    { "name", HW_STRING, .note = "project name such as a region; or give the id" },
    { 0 }
};

static const struct hw_field named_out[] = {
    { "id", HW_STRING, HW_ID, .note = "identifier" },
    { "name", HW_STRING, .note = "name" },
    { 0 }
};

static const struct hw_field self_out[] = {
    { "self", HW_STRING, .note = "URL of this" },
    { 0 }
};

static const struct hw_field links_out[] = {
    { "next", HW_STRING, HW_NULLABLE, .note = "URL of the next page" },
    { "previous", HW_STRING, HW_NULLABLE, .note = "URL of the page before" },
    { "self", HW_STRING, .note = "URL of this" },
    { 0 }
};

/* create_token */
static const struct hw_field password_user_in[] = {
    { "name", HW_STRING, .note = "IAM user, with its domain; or give the id" },
    { "password", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "password of the user" },
    { "domain", HW_OBJECT, .fields = domain_in, .note = "account the user belongs to, needed with the name" },
    { "id", HW_STRING, HW_ID, .note = "user; names it alone, without a domain" },
    { 0 }
};

static const struct hw_field password_in[] = {
    { "user", HW_OBJECT, HW_REQUIRED, .fields = password_user_in, .note = "who logs in" },
    { 0 }
};

static const struct hw_field totp_user_in[] = {
    { "id", HW_STRING, HW_REQUIRED | HW_ID, .note = "user" },
    { "passcode", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "code of the virtual MFA device" },
    { 0 }
};

static const struct hw_field totp_in[] = {
    { "user", HW_OBJECT, HW_REQUIRED, .fields = totp_user_in, .note = "who logs in" },
    { 0 }
};

static const struct hw_field agency_in[] = {
    { "agency_name", HW_STRING, HW_REQUIRED, .note = "agency to act for" },
    { "domain_id", HW_STRING, HW_ID, .note = "domain that owns the agency; or give its name" },
    { "domain_name", HW_STRING, .note = "account that owns the agency; or give the id" },
    { 0 }
};

static const struct hw_field token_in[] = {
    { "id", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "a token that is still valid" },
    { 0 }
};

static const struct hw_field token_identity_in[] = {
    { "methods", HW_ARRAY, HW_REQUIRED, .items = HW_STRING, .oneof = "password|totp|assume_role|token", .min_len = 1,
      .note = "one, or password and totp; each has its object beside" },
    { "password", HW_OBJECT, .fields = password_in, .note = "if methods holds password" },
    { "totp", HW_OBJECT, .fields = totp_in, .note = "if methods holds totp, always with password" },
    { "assume_role", HW_OBJECT, .fields = agency_in,
      .note = "if methods holds assume_role; the caller must be logged in" },
    { "token", HW_OBJECT, .fields = token_in, .note = "if methods holds token" },
    { 0 }
};

static const struct hw_field scope_in[] = {
    { "domain", HW_OBJECT, .fields = domain_in, .note = "for services of the whole account; or project" },
    { "project", HW_OBJECT, .fields = project_in, .note = "for services of a region; or domain" },
    { 0 }
};

static const struct hw_field token_auth_in[] = {
    { "identity", HW_OBJECT, HW_REQUIRED, .fields = token_identity_in, .note = "who logs in, and how" },
    { "scope", HW_OBJECT, HW_REQUIRED, .fields = scope_in, .note = "where the token holds" },
    { 0 }
};

static const struct hw_field create_token_in[] = {
    { "nocatalog", HW_STRING, HW_QUERY, .note = "any text: leaves the catalog out of the answer" },
    { "auth", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = token_auth_in, .note = "the login" },
    { 0 }
};

static const struct hw_field endpoint_out[] = {
    { "id", HW_STRING, HW_ID, .note = "endpoint" },
    { "interface", HW_STRING, .note = "public, internal or admin" },
    { "region", HW_STRING, .note = "region, * for all" },
    { "region_id", HW_STRING, .note = "region once more" },
    { "url", HW_STRING, .note = "address" },
    { 0 }
};

static const struct hw_field catalog_out[] = {
    { "endpoints", HW_ARRAY, .items = HW_OBJECT, .fields = endpoint_out, .note = "where the service listens" },
    { "id", HW_STRING, HW_ID, .note = "service" },
    { "name", HW_STRING, .note = "name of the service" },
    { "type", HW_STRING, .note = "type of the service" },
    { 0 }
};

static const struct hw_field token_user_out[] = {
    { "domain", HW_OBJECT, .fields = named_out, .note = "account of the user" },
    { "id", HW_STRING, HW_ID, .note = "user; domain and agency for an agency's token" },
    { "name", HW_STRING, .note = "name; account/agency for an agency's token" },
    { "password_expires_at", HW_STRING, .note = "when the password ends, empty for never; not for an agency's token" },
    { 0 }
};

static const struct hw_field assumed_by_out[] = {
    { "user", HW_OBJECT, .fields = token_user_out, .note = "the user behind the agency" },
    { 0 }
};

static const struct hw_field token_project_out[] = {
    { "domain", HW_OBJECT, .fields = named_out, .note = "account of the project" },
    { "id", HW_STRING, HW_ID, .note = "project" },
    { "name", HW_STRING, .note = "name of the project" },
    { 0 }
};

static const struct hw_field token_out[] = {
    { "catalog", HW_ARRAY, .items = HW_OBJECT, .fields = catalog_out, .note = "services, unless nocatalog was given" },
    { "domain", HW_OBJECT, .fields = named_out, .note = "if the scope is a domain" },
    { "expires_at", HW_STRING, .note = "end, UTC; 24 hours after the start" },
    { "issued_at", HW_STRING, .note = "start, UTC" },
    { "methods", HW_ARRAY, .items = HW_STRING, .note = "how it was got" },
    { "project", HW_OBJECT, .fields = token_project_out, .note = "if the scope is a project" },
    { "roles", HW_ARRAY, .items = HW_OBJECT, .fields = named_out, .note = "rights" },
    { "user", HW_OBJECT, .fields = token_user_out, .note = "whom it stands for" },
    { "assumed_by", HW_OBJECT, .fields = assumed_by_out, .note = "only for assume_role" },
    { 0 }
};

static const struct hw_field create_token_out[] = {
    { "token", HW_OBJECT, .fields = token_out, .note = "about the token, without the token itself" },
    { 0 }
};

/* list_projects */
static const struct hw_field list_projects_in[] = {
    { "domain_id", HW_STRING, HW_QUERY | HW_ID, .note = "domain the projects belong to" },
    { "name", HW_STRING, HW_QUERY, .note = "project name, exact" },
    { "parent_id", HW_STRING, HW_QUERY | HW_ID, .note = "project above, or the domain" },
    { "enabled", HW_BOOLEAN, HW_QUERY, .note = "only usable ones, or only the others" },
    { "is_domain", HW_BOOLEAN, HW_QUERY, .note = "only domains, or only projects" },
    { "page", HW_INTEGER, HW_QUERY | HW_MIN, .min = 1, .note = "page from 1, together with per_page" },
    { "per_page", HW_INTEGER, HW_QUERY | HW_BOUNDED, HW_RANGE(1, 5000), .note = "projects a page, with page" },
    { 0 }
};

static const struct hw_field project_out[] = {
    { "description", HW_STRING, .note = "description" },
    { "domain_id", HW_STRING, HW_ID, .note = "domain of the project" },
    { "enabled", HW_BOOLEAN, .note = "whether it can be used" },
    { "id", HW_STRING, HW_ID, .note = "project" },
    { "is_domain", HW_BOOLEAN, .note = "whether it is a domain" },
    { "links", HW_OBJECT, .fields = links_out, .note = "where it is found; often only self" },
    { "name", HW_STRING, .note = "project name, a region or region_name" },
    { "parent_id", HW_STRING, HW_ID, .note = "project above, or the domain" },
    { 0 }
};

static const struct hw_field list_projects_out[] = {
    { "links", HW_OBJECT, .fields = links_out, .note = "neighbouring pages" },
    { "projects", HW_ARRAY, .items = HW_OBJECT, .fields = project_out, .note = "projects" },
    { 0 }
};

/* list_auth_domains */
static const struct hw_field auth_domain_out[] = {
    { "description", HW_STRING, .note = "description" },
    { "enabled", HW_BOOLEAN, .note = "whether it can be used" },
    { "id", HW_STRING, HW_ID, .note = "domain" },
    { "links", HW_OBJECT, .fields = self_out, .note = "where it is found" },
    { "name", HW_STRING, .note = "account name" },
    { 0 }
};

static const struct hw_field list_auth_domains_out[] = {
    { "domains", HW_ARRAY, .items = HW_OBJECT, .fields = auth_domain_out, .note = "accounts the caller may act in" },
    { "links", HW_OBJECT, .fields = self_out, .note = "where the list is found" },
    { 0 }
};

/* create_temporary_access_key */
static const struct hw_field session_user_in[] = {
    { "name", HW_STRING, .note = "who acts through the agency, for the audit" },
    { 0 }
};

static const struct hw_field key_agency_in[] = {
    { "agency_name", HW_STRING, HW_REQUIRED, .note = "agency to act for" },
    { "domain_id", HW_STRING, HW_ID, .note = "domain that owns the agency; or give its name" },
    { "domain_name", HW_STRING, .note = "account that owns the agency; or give the id" },
    { "duration_seconds", HW_INTEGER, HW_BOUNDED, HW_RANGE(900, 86400), .def = "900",
      .note = "how long the key holds" },
    { "session_user", HW_OBJECT, .fields = session_user_in, .note = "who acts through the agency" },
    { 0 }
};

static const struct hw_field key_token_in[] = {
    { "id", HW_STRING, HW_SECRET, .note = "token to turn into a key; the one of the request if absent" },
    { "duration_seconds", HW_INTEGER, HW_BOUNDED, HW_RANGE(900, 86400), .def = "900",
      .note = "how long the key holds" },
    { 0 }
};

static const struct hw_field statement_in[] = {
    { "Action", HW_ARRAY, HW_REQUIRED, .items = HW_STRING, .note = "actions such as obs:object:*" },
    { "Effect", HW_STRING, HW_REQUIRED, .oneof = "Allow|Deny|allow|deny", .note = "deny wins" },
    { "Condition", HW_MAP, .items = HW_OBJECT, .note = "operator, then attribute, then values" },
    { "Resource", HW_ARRAY, .items = HW_STRING, .note = "resources such as obs:*:*:object:*" },
    { 0 }
};

static const struct hw_field policy_in[] = {
    { "Version", HW_STRING, HW_REQUIRED, .def = "1.1", .note = "1.1" },
    { "Statement", HW_ARRAY, HW_REQUIRED, .items = HW_OBJECT, .fields = statement_in, .note = "what stays allowed" },
    { 0 }
};

static const struct hw_field key_identity_in[] = {
    { "methods", HW_ARRAY, HW_REQUIRED, .items = HW_STRING, .oneof = "assume_role|token", .min_len = 1,
      .note = "one of them" },
    { "assume_role", HW_OBJECT, .fields = key_agency_in, .note = "if methods holds assume_role" },
    { "token", HW_OBJECT, .fields = key_token_in, .note = "if methods holds token; may be left out even then" },
    { "policy", HW_OBJECT, .fields = policy_in, .note = "narrows what the key may do; OBS only" },
    { 0 }
};

static const struct hw_field key_auth_in[] = {
    { "identity", HW_OBJECT, HW_REQUIRED, .fields = key_identity_in, .note = "what the key is made from" },
    { 0 }
};

static const struct hw_field create_temporary_access_key_in[] = {
    { "auth", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = key_auth_in, .note = "the request" },
    { 0 }
};

static const struct hw_field credential_out[] = {
    { "access", HW_STRING, HW_ID, .note = "access key id" },
    { "expires_at", HW_STRING, .note = "end, UTC" },
    { "secret", HW_STRING, HW_SECRET, .note = "secret access key" },
    { "securitytoken", HW_STRING, HW_SECRET, .note = "goes along as X-Security-Token" },
    { 0 }
};

static const struct hw_field create_temporary_access_key_out[] = {
    { "credential", HW_OBJECT, .fields = credential_out, .note = "the key; its three parts work only together" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "create_token", "POST", "/v3/auth/tokens",
      .title = "Obtaining a Token", .doc = "IAM SDK", .sdk = "keystone_create_user_token_by_password",
      .alias = "keystone_create_user_token_by_password_and_mfa|keystone_create_agency_token",
      .in = create_token_in, .out = create_token_out, .ok = { 201 }, .kind = HW_CREATE,
      .flags = HW_EXTRA | HW_SEEN_SDK,
      .note = "The token is the X-Subject-Token header of the answer; the body only describes it. Needs no "
              "authentication, except assume_role. Repeating it is harmless. The SDK has three operations here, one a "
              "method." },
    { "list_projects", "GET", "/v3/projects",
      .title = "Querying Projects", .doc = "IAM SDK", .sdk = "keystone_list_projects",
      .in = list_projects_in, .out = list_projects_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_EXTRA | HW_SEEN_SDK,
      .page = { HW_BY_NUMBER, "page", "per_page", "projects", NULL, "id" },
      .note = "All projects at once unless page and per_page are given. Several projects may share a region's prefix: "
              "pick by name, never the first." },
    { "list_auth_domains", "GET", "/v3/auth/domains",
      .title = "Querying Accounts Accessible to the Caller", .doc = "IAM SDK", .sdk = "keystone_list_auth_domains",
      .out = list_auth_domains_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK },
    { "create_temporary_access_key", "POST", "/v3.0/OS-CREDENTIAL/securitytokens",
      .title = "Obtaining a Temporary Access Key", .doc = "IAM SDK", .sdk = "create_temporary_access_key_by_token",
      .alias = "create_temporary_access_key_by_agency",
      .in = create_temporary_access_key_in, .out = create_temporary_access_key_out, .ok = { 201 }, .kind = HW_CREATE,
      .flags = HW_EXTRA | HW_SEEN_SDK,
      .note = "Each call gives a further key and leaves the earlier ones valid: repeating it is harmless. The SDK has "
              "two operations here, one a method." },
    { 0 }
};

const struct hw_chapter hw_iam = { "iam", "Tokens, Projects and Temporary Keys", ops };
