-- SPDX-License-Identifier: Apache-2.0
-- Logs of XA transactions on the nodes (4.2.40, 4.2.41): they grow with time,
-- and moving them compresses what there is into one more file.
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local nodes = require("hwdb.sim.ddm_nodes")
local paging = require("hwdb.sim.paging")
local times = require("hwdb.sim.times")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- A node of a small instance writes this much of its own log in a day.
local MB_A_DAY = 2

-- Megabytes written since the last move, to hundredths.
local function size(ctx, instance, node)
  local days = (ctx.now - (node.tmlog_since or instance.created)) / times.DAY_MS
  return math.floor(days * MB_A_DAY * 100) / 100
end

local function files(node)
  local list = core.array({})
  for i, name in ipairs(node.tmlog_files or {}) do list[i] = name end
  return list
end

local function show(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local page = paging.page(instance.nodes, args, 10, function(node)
    return { node_id = node.id, file_list = files(node), tmlog_size = size(ctx, instance, node) }
  end)
  return { tmlogs = page, total = #instance.nodes }
end

local function move(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local seen = {}
  for _, id in ipairs(args.node_ids) do
    nodes.get(instance, id)
    if seen[id] then errors.refuse("DBS.280001") end
    seen[id] = true
  end
  if #args.node_ids == 0 then errors.refuse("DBS.280001") end
  local job = jobs.start(ctx, instance, { name = "MoveTMLog", work = "move_tmlogs", seconds = SECONDS.move_tmlogs,
    data = { node_ids = args.node_ids } })
  return { job_id = job.id }, instance.id
end

jobs.work("move_tmlogs", instances.settles("RUNNING", function(ctx, instance, job)
  for _, id in ipairs(job.data.node_ids) do
    local node = nodes.get(instance, id)
    node.tmlog_files = node.tmlog_files or {}
    table.insert(node.tmlog_files, ("tmlog_%s.tar.gz"):format(times.compact(ctx.now)))
    node.tmlog_since = ctx.now
  end
end))

M.operations = { ["ddm.show_tmlog_infos"] = show, ["ddm.move_tmlog_files"] = move }

return M
