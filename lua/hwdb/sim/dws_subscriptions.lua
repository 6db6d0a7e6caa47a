-- SPDX-License-Identifier: Apache-2.0
-- Subscriptions to alarms (5.8.3 to 5.8.6) and events (5.9.2 to 5.9.5): the
-- same life, with other fields. A change answers with the whole subscription.
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")
local pages = require("hwdb.sim.dws_pages")

local M = {}

local SHARED = { "name", "notification_target", "notification_target_name", "notification_target_type" }

-- Fields of its own a kind has, empty unless given, and how it spells its service.
local KINDS = {
  alarm = { slot = "alarm_subs", id = "alarm_sub_id", space = "dws", fields = { "alarm_level" } },
  event = { slot = "event_subs", id = "event_sub_id", space = "DWS",
    fields = { "source_type", "source_id", "category", "severity", "tag" } },
}

local WORDS = {
  alarm_level = { urgent = true, important = true, minor = true, prompt = true },
  severity = { normal = true, warning = true },
  category = { management = true, monitor = true, security = true, ["system alarm"] = true },
  source_type = { cluster = true, backup = true, ["disaster-recovery"] = true },
}

-- Several words come with commas between them; an empty text is any.
local function check(kind, args)
  if args.enable and args.enable ~= 0 and args.enable ~= 1 then errors.refuse("DWS.5065") end
  if args.name == "" or args.notification_target_type ~= "SMN" then errors.refuse("DWS.5065") end
  for _, name in ipairs(kind.fields) do
    for word in (WORDS[name] and args[name] or ""):gmatch("[^,]+") do
      if not WORDS[name][word] then errors.refuse("DWS.5065") end
    end
  end
end

local function take(kind, sub, args)
  for _, name in ipairs(SHARED) do sub[name] = args[name] end
  for _, name in ipairs(kind.fields) do sub[name] = args[name] or sub[name] or "" end
  sub.enable = args.enable or sub.enable or 1
end

local function view(sub)
  local copy = {}
  for key, value in pairs(sub) do
    if key ~= "visible_from" then copy[key] = value end
  end
  return copy
end

local function find(ctx, kind, args)
  local sub, at = lookup.entry(ctx.state.dws[kind.slot], args[kind.id])
  if not sub or not lookup.own(ctx, sub) then errors.other("The subscription does not exist.", 404) end
  return sub, at
end

local function listing(kind, key)
  return function(ctx, args)
    local found = {}
    for _, sub in ipairs(ctx.state.dws[kind.slot]) do
      if lookup.own(ctx, sub) then found[#found + 1] = sub end
    end
    return { count = #found, [key(ctx)] = pages.page(found, args, 1000, view) }
  end
end

local function creating(kind)
  return function(ctx, args)
    check(kind, args)
    local sub = { id = ctx:uuid(), project_id = ctx.project_id, name_space = kind.space, language = "zh-cn",
      time_zone = args.time_zone or "GMT+08:00" }
    take(kind, sub, args)
    ctx:hide(sub)
    local list = ctx.state.dws[kind.slot]
    list[#list + 1] = sub
    return view(sub), sub.id
  end
end

local function updating(kind)
  return function(ctx, args)
    local sub = find(ctx, kind, args)
    check(kind, args)
    take(kind, sub, args)
    return view(sub), sub.id
  end
end

local function deleting(kind)
  return function(ctx, args)
    local sub, at = find(ctx, kind, args)
    table.remove(ctx.state.dws[kind.slot], at)
    return view(sub), sub.id
  end
end

M.operations = {
  ["dws.list_alarm_subs"] = listing(KINDS.alarm, function() return "alarm_subscriptions" end),
  ["dws.create_alarm_sub"] = creating(KINDS.alarm),
  ["dws.update_alarm_sub"] = updating(KINDS.alarm),
  ["dws.delete_alarm_sub"] = deleting(KINDS.alarm),
  ["dws.list_event_subs"] = listing(KINDS.event, function(ctx) return ctx.readings.dws_event_list end),
  ["dws.create_event_sub"] = creating(KINDS.event),
  ["dws.update_event_sub"] = updating(KINDS.event),
  ["dws.delete_event_sub"] = deleting(KINDS.event),
}

return M
