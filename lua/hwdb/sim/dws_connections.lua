-- SPDX-License-Identifier: Apache-2.0
-- How a cluster is reached (5.7): domain names and EIPs at once, load balancers
-- as jobs.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local jobs = require("hwdb.sim.dws_jobs")
local lookup = require("hwdb.sim.dws_lookup")
local network = require("hwdb.sim.dws_network")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

local KINDS = { public = true, private = true }

local function changeable(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  tasks.require_available(ctx, cluster)
  return cluster
end

-- Two clusters cannot have the same name of a kind.
local function require_free_domain(ctx, cluster, args)
  if not KINDS[args.type] then errors.refuse("DWS.5065") end
  if not args.name:find("^[%w][%w._-]*$") or #args.name > 63 then errors.refuse("DWS.5065") end
  for _, other in ipairs(lookup.all(ctx)) do
    local own = other.domains[args.type]
    if other ~= cluster and own and own.name == args.name then errors.other("The domain name is in use.", 409) end
  end
end

local function create_cluster_dns(ctx, args)
  local cluster = changeable(ctx, args)
  require_free_domain(ctx, cluster, args)
  if cluster.domains[args.type] and not ctx.state.lenient then errors.other("The cluster has a domain name already.", 409) end
  cluster.domains[args.type], cluster.updated = { name = args.name, ttl = args.ttl }, ctx.now
  return nil, cluster.id
end

local function require_domain(ctx, cluster, kind)
  if not cluster.domains[kind] and not ctx.state.lenient then errors.other("The cluster has no such domain name.", 404) end
end

local function update_cluster_dns(ctx, args)
  local cluster = changeable(ctx, args)
  require_free_domain(ctx, cluster, args)
  require_domain(ctx, cluster, args.type)
  cluster.domains[args.type], cluster.updated = { name = args.name, ttl = args.ttl }, ctx.now
  return nil, cluster.id
end

-- 5.7.3: only the public one can be deleted.
local function delete_cluster_dns(ctx, args)
  local cluster = changeable(ctx, args)
  if args.type ~= "public" then errors.refuse("DWS.5065") end
  require_domain(ctx, cluster, args.type)
  cluster.domains[args.type], cluster.updated = nil, ctx.now
  return nil, cluster.id
end

local function list_elbs(ctx, args)
  local cluster, list = lookup.part(ctx, args.cluster_id), core.array({})
  for i, elb in ipairs(network.free_elbs(ctx, cluster)) do
    list[i] = { id = elb.id, cluster_id = "", name = elb.name, description = elb.description, vip_address = elb.vip or "",
      vip_subnet_id = elb.subnet_id, tenant_id = cluster.project_id, type = "Internal", admin_state_up = true,
      bandwidth = 0, vpc_id = elb.vpc_id }
  end
  return { elbs = list }
end

-- An ELB of the cluster's VPC that nobody else uses.
local function bindable(ctx, cluster, id)
  local elb = lookup.entry(ctx.state.dws.elbs, id)
  if not elb or elb.vpc_id ~= cluster.vpc_id then errors.other("The ELB does not exist or is not in the VPC.", 404) end
  if elb.cluster_id and elb.cluster_id ~= cluster.id then errors.other("The ELB is in use.", 409) end
  if cluster.elb and cluster.elb.id ~= id then errors.other("The cluster has an ELB already.", 409) end
  return elb
end

-- Without a private address the job fails, as clients have met it.
local function associate_elb(ctx, args)
  local cluster = changeable(ctx, args)
  local elb = bindable(ctx, cluster, args.elb_id)
  local job = jobs.start(ctx, cluster, "ecfClusterElbCreateJob", SECONDS.elb)
  local fail = not elb.vip and { at = 0.1, code = "DWS.0114", reason = errors.message("DWS.0114"), step = "CreateELBTask" }
  tasks.start(ctx, cluster, { task = "ELB_BINDING", work = "bind_elb", seconds = SECONDS.elb, failure = "ELB_BIND_FAILED",
    job = job.id, data = { elb = elb.id }, fail = fail or nil })
  elb.cluster_id = cluster.id
  return { job_id = job.id }, cluster.id
end

local function disassociate_elb(ctx, args)
  local cluster = changeable(ctx, args)
  if not cluster.elb or cluster.elb.id ~= args.elb_id then errors.refuse("DWS.0102") end
  local job = jobs.start(ctx, cluster, "ecfClusterElbDeleteJob", SECONDS.elb)
  tasks.start(ctx, cluster, { task = "ELB_UNBINDING", work = "unbind_elb", seconds = SECONDS.elb,
    failure = "ELB_UNBIND_FAILED", job = job.id })
  return { job_id = job.id }, cluster.id
end

tasks.work("bind_elb", {
  done = function(ctx, cluster, task)
    local elb = lookup.entry(ctx.state.dws.elbs, task.data.elb)
    if elb then cluster.elb = { id = elb.id, name = elb.name, vip = elb.vip, vpc_id = elb.vpc_id } end
  end,
  failed = function(ctx, cluster, task)
    local elb = lookup.entry(ctx.state.dws.elbs, task.data.elb)
    if elb and not cluster.elb then elb.cluster_id = nil end
  end,
})

tasks.work("unbind_elb", { done = function(ctx, cluster) network.take_elb(ctx, cluster) end })

local function associate_eip(ctx, args)
  local cluster = changeable(ctx, args)
  local eip = network.free_eip(ctx, args.eip_id, cluster)
  if cluster.eip and cluster.eip.id ~= args.eip_id then errors.other("The cluster has an EIP already.", 409) end
  network.give_eip(ctx, cluster, eip)
  cluster.updated = ctx.now
  return nil, cluster.id
end

local function disassociate_eip(ctx, args)
  local cluster = changeable(ctx, args)
  if not cluster.eip or cluster.eip.id ~= args.eip_id then errors.refuse("DWS.5135") end
  network.take_eip(ctx, cluster)
  cluster.updated = ctx.now
  return nil, cluster.id
end

M.operations = {
  ["dws.create_cluster_dns"] = create_cluster_dns,
  ["dws.update_cluster_dns"] = update_cluster_dns,
  ["dws.delete_cluster_dns"] = delete_cluster_dns,
  ["dws.list_elbs"] = list_elbs,
  ["dws.associate_elb"] = associate_elb,
  ["dws.disassociate_elb"] = disassociate_elb,
  ["dws.associate_eip"] = associate_eip,
  ["dws.disassociate_eip"] = disassociate_eip,
}

return M
