-- SPDX-License-Identifier: Apache-2.0
-- Coordinator nodes (5.3.1 to 5.3.3): adding by number, deleting by id. After a
-- failure nothing goes but another such call.
local core = require("hwdb.core")
local build = require("hwdb.sim.dws_build")
local catalogue = require("hwdb.sim.dws_catalogue")
local errors = require("hwdb.sim.dws_errors")
local jobs = require("hwdb.sim.dws_jobs")
local lookup = require("hwdb.sim.dws_lookup")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

local function most(cluster)
  return math.min(catalogue.MOST_CN, build.size(cluster))
end

local function list_cluster_cn(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local list = core.array({})
  for i, node in ipairs(build.coordinators(cluster)) do
    list[i] = { id = node.cn, name = node.name, private_ip = node.ip }
  end
  return { min_num = catalogue.LEAST_CN, max_num = most(cluster), instances = list }
end

-- The table's num is the total afterwards, the example's title takes it for those added.
local function wanted_total(ctx, cluster, num)
  local present = #build.coordinators(cluster)
  local total = ctx.readings.dws_cn_number == "added" and present + num or num
  if total <= present or total > most(cluster) then errors.refuse("DWS.5207") end
  return total
end

local function begin(ctx, cluster, spec)
  spec.job = jobs.start(ctx, cluster, spec.job_name, spec.seconds).id
  spec.sub_status = nil
  cluster.locked = nil
  tasks.start(ctx, cluster, spec)
  return { job_id = spec.job }, cluster.id
end

local function batch_create_cn(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  tasks.require_available(ctx, cluster, "cn")
  local total = wanted_total(ctx, cluster, args.num)
  return begin(ctx, cluster, { task = "ADD_CN_ING", work = "add_cn", seconds = SECONDS.add_cn,
    job_name = "ecfClusterAddCnJob", data = { total = total } })
end

-- The nodes of the CNs named, each once.
local function named(cluster, ids)
  local nodes, seen = {}, {}
  for _, id in ipairs(ids) do
    local found
    for _, node in ipairs(build.coordinators(cluster)) do found = node.cn == id and node or found end
    if not found or seen[id] then errors.refuse("DWS.5207") end
    seen[id] = true
    nodes[#nodes + 1] = found
  end
  return nodes
end

-- Two must stay, in the documents' world one; the one that carries the EIP must not go.
local function batch_delete_cn(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  tasks.require_available(ctx, cluster, "cn")
  local nodes, coordinators = named(cluster, args.instances), build.coordinators(cluster)
  local least = ctx.state.lenient and 1 or catalogue.LEAST_CN
  if #nodes == 0 or #coordinators - #nodes < least then errors.refuse("DWS.5207") end
  for _, node in ipairs(nodes) do
    if cluster.eip and node == coordinators[1] then errors.other("A CN with an EIP cannot be deleted.", 403) end
  end
  return begin(ctx, cluster, { task = "DEL_CN_ING", work = "delete_cn", seconds = SECONDS.delete_cn,
    job_name = "ecfClusterDeleteCnJob", data = { cns = args.instances } })
end

local function lock(_, cluster)
  cluster.locked = "cn"
end

tasks.work("add_cn", {
  done = function(ctx, cluster, task)
    local missing = task.data.total - #build.coordinators(cluster)
    for _, node in ipairs(cluster.nodes) do
      if missing > 0 and not node.cn and node.status == "200" then
        node.cn, missing = ctx:uuid(), missing - 1
      end
    end
  end,
  failed = lock,
})

tasks.work("delete_cn", {
  done = function(_, cluster, task)
    for _, id in ipairs(task.data.cns) do
      for _, node in ipairs(cluster.nodes) do
        if node.cn == id then node.cn = nil end
      end
    end
  end,
  failed = lock,
})

M.operations = {
  ["dws.list_cluster_cn"] = list_cluster_cn,
  ["dws.batch_create_cluster_cn"] = batch_create_cn,
  ["dws.batch_delete_cluster_cn"] = batch_delete_cn,
}

return M
