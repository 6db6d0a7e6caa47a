-- SPDX-License-Identifier: Apache-2.0
-- The rules of an audit instance (3.5) and the switch of risk rules (3.1.1).
local core = require("hwdb.core")
local errors = require("hwdb.sim.dbss_errors")
local logs = require("hwdb.sim.dbss_logs")
local lookup = require("hwdb.sim.dbss_lookup")
local pages = require("hwdb.sim.dbss_pages")
local stamp = require("hwdb.sim.dbss_stamp")

local M = {}

-- The tables' words for what the examples write.
local WORDS = {
  scope = { ON = "Enabled", OFF = "Disabled" }, status = { ON = "On", OFF = "Off" }, type = { OPERATE = "OPERATION" },
  level = { NO_RISK = "No Risk", LOW = "Low", MEDIUM = "Moderate", HIGH = "High" },
  mask = { BUILD_IN = "default", CUSTOMIZE = "User-defined" },
}

local function word(ctx, kind, value)
  return ctx.readings.dbss_words == "table" and WORDS[kind][value] or value
end

local function scope_view(ctx, scope)
  return { id = scope.id, name = scope.name, action = scope.action, status = word(ctx, "scope", scope.status),
    all_audit = scope.all_audit, exception_ips = scope.exception_ips or "", source_ips = scope.source_ips or "",
    source_ports = scope.source_ports or "", db_ids = scope.db_ids or "", db_names = scope.db_names or "",
    db_users = scope.db_users or "" }
end

local function list_audit_rule_scopes(ctx, args)
  local scopes = lookup.get(ctx, args.instance_id).scopes
  return { scopes = pages.page(scopes, args, function(scope) return scope_view(ctx, scope) end), total = #scopes }
end

-- Levels come joined by commas.
local function levels(text)
  local wanted = {}
  for level in (text or ""):gmatch("[^,%s]+") do
    if not WORDS.level[level] then errors.refuse("DBSS.10000001") end
    wanted[level] = true
  end
  return next(wanted) and wanted
end

local function sql_view(rule)
  local copy = {}
  for key, value in pairs(rule) do copy[key] = value end
  return copy
end

local function list_sql_injection_rules(ctx, args)
  local instance, wanted, found = lookup.get(ctx, args.instance_id), levels(args.risk_levels), {}
  for _, rule in ipairs(instance.sql_rules) do
    if not wanted or wanted[rule.risk_level] then found[#found + 1] = rule end
  end
  return { rules = pages.numbered(found, args, pages.LIMIT, sql_view), total = #found }
end

local function feature(rule)
  local client = rule.client_ips ~= "" and rule.client_ips or "Any"
  return ("CLIENT[%s]OPERATE[[%s]OBJECT[%s]]"):format(client, rule.action, rule.schemas[1] and rule.schemas[1].schema or "Any")
end

local function risk_view(ctx, rule)
  return { id = rule.id, name = rule.name, type = word(ctx, "type", rule.type), feature = feature(rule), rank = rule.rank,
    status = word(ctx, "status", ctx:shown(rule)), risk_level = word(ctx, "level", rule.risk_level) }
end

local function list_audit_rule_risks(ctx, args)
  local instance, wanted, list = lookup.get(ctx, args.instance_id), levels(args.risk_levels), core.array({})
  for _, rule in ipairs(instance.risks) do
    if (not wanted or wanted[rule.risk_level]) and (not args.name or rule.name == args.name) then
      list[#list + 1] = risk_view(ctx, rule)
    end
  end
  return { rules = list, total = #list }
end

local function show_audit_rule_risk(ctx, args)
  local rule = lookup.entry(lookup.get(ctx, args.instance_id).risks, args.risk_id)
  if not rule then errors.refuse("DBSS.10021004") end
  local schemas = core.array({})
  for i, one in ipairs(rule.schemas) do
    schemas[i] = { schema = one.schema, table = one.table or core.null, column = one.column or core.null }
  end
  local view = { rule_id = rule.id, rule_name = rule.name, status = ctx:shown(rule), action = rule.action, schemas = schemas,
    rank = rule.rank, ignore_case = rule.ignore_case, risk_level = rule.risk_level, db_ids = rule.db_ids,
    execution_symbol = rule.execution_symbol, execution_time = rule.execution_time, affect_symbol = rule.affect_symbol,
    affect_rows = rule.affect_rows }
  view[ctx.readings.dbss_words == "table" and "client_ips" or "client_ip"] = rule.client_ips
  return view
end

local function list_audit_sensitive_masks(ctx, args)
  local masks = lookup.get(ctx, args.instance_id).masks
  return { total = #masks, rules = pages.page(masks, args, function(mask)
    return { id = mask.id, name = mask.name, type = word(ctx, "mask", mask.type), regex = mask.regex, mask_value = mask.value,
      status = mask.status, operate_time = stamp.text(mask.operated) }
  end) }
end

-- All of the rules or none.
local function switch_risk_rule(ctx, args)
  local instance, rules = lookup.get(ctx, args.instance_id), {}
  for id in args.ids:gmatch("[^,%s]+") do
    rules[#rules + 1] = lookup.entry(instance.risks, id) or errors.refuse("DBSS.10000001")
  end
  if #rules == 0 or not WORDS.status[args.status] then errors.refuse("DBSS.10000001") end
  lookup.require_running(ctx, instance, "status")
  local what = args.status == "ON" and "Enable a risk rule." or "Disable a risk rule."
  for _, rule in ipairs(rules) do
    ctx:change(rule, args.status)
    logs.add(ctx, instance, { "Rules -> Risk Operations", "Operate", rule.name, what })
  end
  return { status = "SUCCESS" }, instance.id
end

M.operations = {
  ["dbss.list_audit_rule_scopes"] = list_audit_rule_scopes,
  ["dbss.list_sql_injection_rules"] = list_sql_injection_rules,
  ["dbss.list_audit_rule_risks"] = list_audit_rule_risks,
  ["dbss.show_audit_rule_risk"] = show_audit_rule_risk,
  ["dbss.list_audit_sensitive_masks"] = list_audit_sensitive_masks,
  ["dbss.switch_risk_rule"] = switch_risk_rule,
}

return M
