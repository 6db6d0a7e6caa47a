-- SPDX-License-Identifier: Apache-2.0
-- Sessions of a DDM instance (logical) and of a data node (physical), ending
-- them, and the record of who ended which (4.7).
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local paging = require("hwdb.sim.paging")
local rds = require("hwdb.sim.rds_instances")
local times = require("hwdb.sim.times")

local M = {}

local MOST_MS = 7 * times.DAY_MS

-- A data node is named by its own id; it must serve a DDM instance.
local function data_node(ctx, id)
  local node = rds.find(ctx, id)
  if not node or not (node.ddm_id or ctx.state.lenient) then errors.refuse("DBS.200002") end
  return node
end

local function sessions_of(owner)
  owner.sessions = owner.sessions or {}
  return owner.sessions
end

local function seconds(ctx, session)
  return math.max(0, (ctx.now - session.since) // 1000)
end

local function logical(ctx, session)
  return { id = session.id, user = session.user, host = session.host, db = session.db or "None",
    command = session.command, time = tostring(seconds(ctx, session)), state = session.state or "",
    info = session.info or "" }
end

local function physical(ctx, session)
  return { id = math.tointeger(tonumber(session.id)), user = session.user, host = session.host, db = session.db or core.null,
    command = session.command, time = seconds(ctx, session), state = session.state or "",
    info = session.info or core.null, trx_executed_time = session.trx_since and (ctx.now - session.trx_since) // 1000 or 0 }
end

local function holds(session, keyword)
  for _, name in ipairs({ "id", "user", "host", "db", "command", "state", "info" }) do
    if tostring(session[name] or ""):lower():find(keyword, 1, true) then return true end
  end
  return false
end

local function listed(ctx, owner, args, view)
  local found = {}
  for _, session in ipairs(sessions_of(owner)) do
    if holds(session, (args.keyword or ""):lower()) then found[#found + 1] = session end
  end
  local page = paging.page(found, args, 10, function(session) return view(ctx, session) end)
  return page, #found
end

local function list_logical(ctx, args)
  local page, total = listed(ctx, instances.get(ctx, args.instance_id), args, logical)
  return { logical_processes = page, total_count = total }
end

local function list_physical(ctx, args)
  local page, total = listed(ctx, data_node(ctx, args.instance_id), args, physical)
  return { physical_processes = page, total_count = total }
end

-- Who asks, by name; another operator's call has none.
local function caller_name(ctx)
  for _, user in ipairs(ctx.state.iam.users) do
    if user.id == ctx.caller.user_id then return user.name end
  end
  return "unknown"
end

-- An inventory has no sessions: in the world made from it, one that is named was there.
local function named_ones(ctx, owner, ids)
  local list = sessions_of(owner)
  if ctx.state.world ~= "seeded" or #list > 0 then return list end
  for i, id in ipairs(ids) do list[i] = { id = id, since = ctx.now } end
  return list
end

-- All of the named sessions or none; each ended one is recorded.
local function kill(ctx, owner, ids)
  local wanted, list, audit = {}, named_ones(ctx, owner, ids), ctx.state.ddm.session_audit or {}
  for _, id in ipairs(ids) do wanted[id] = true end
  for _, session in ipairs(list) do wanted[session.id] = nil end
  if next(wanted) ~= nil or #ids == 0 then errors.refuse("DBS.280001") end
  for _, id in ipairs(ids) do wanted[id] = true end
  for i = #list, 1, -1 do
    if wanted[list[i].id] then
      audit[#audit + 1] = { instance_id = owner.id, instance_name = owner.name, process_id = list[i].id,
        user = caller_name(ctx), at = ctx.now }
      table.remove(list, i)
    end
  end
  ctx.state.ddm.session_audit = audit
  return { resp = "successful" }, owner.id
end

local function kill_logical(ctx, args)
  return kill(ctx, instances.get(ctx, args.instance_id), args.process_ids)
end

local function kill_physical(ctx, args)
  return kill(ctx, data_node(ctx, args.instance_id), args.process_ids)
end

-- "2024-06-18T09:00:00+0800" as an instant. An unescaped plus sign may have
-- become a space.
local function instant(text)
  local year, month, day, hour, min, sec, sign, zone_hour, zone_min =
    text:match("^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)%.?%d*([Z+ -])(%d?%d?):?(%d?%d?)$")
  local ms = year and times.from_compact(year .. month .. day .. "T" .. hour .. min .. sec .. "Z")
  if not ms or (sign ~= "Z" and (#zone_hour ~= 2 or #zone_min ~= 2)) then errors.refuse("DBS.280001") end
  local offset = ((tonumber(zone_hour) or 0) * 60 + (tonumber(zone_min) or 0)) * 60000
  return math.tointeger(sign == "-" and ms + offset or ms - offset)
end

local function audit_view(ctx, record)
  local id = record.process_id
  if ctx.readings.ddm_process_id == "number" then id = math.tointeger(tonumber(id)) or id end
  return { instance_id = record.instance_id, instance_name = record.instance_name, process_id = id,
    execute_user_name = record.user, execute_time = times.iso(record.at) }
end

-- The instance is a DDM instance or one of its data nodes (4.7.5).
local function list_audit(ctx, args)
  local node = rds.find(ctx, args.instance_id)
  if not node then instances.get(ctx, args.instance_id) end
  local from, to = instant(args.start_time), instant(args.end_time)
  if to < from or to - from > MOST_MS then errors.refuse("DBS.280001") end
  local found, audit = {}, ctx.state.ddm.session_audit or {}
  for i = #audit, 1, -1 do
    local record = audit[i]
    if record.instance_id == args.instance_id and record.at >= from and record.at <= to then found[#found + 1] = record end
  end
  local page = paging.page(found, args, 10, function(record) return audit_view(ctx, record) end)
  return { process_audit_logs = page, total_count = #found }
end

M.operations = {
  ["ddm.list_logical_sessions"] = list_logical,
  ["ddm.kill_logical_sessions"] = kill_logical,
  ["ddm.list_physical_sessions"] = list_physical,
  ["ddm.kill_physical_sessions"] = kill_physical,
  ["ddm.list_session_audit_logs"] = list_audit,
}

return M
