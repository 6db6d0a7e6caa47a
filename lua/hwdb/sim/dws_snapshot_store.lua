-- SPDX-License-Identifier: Apache-2.0
-- Snapshots as data: minting, finding, what outlives its cluster or its time.
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")
local stamp = require("hwdb.sim.dws_stamp")
local build = require("hwdb.sim.dws_build")
local times = require("hwdb.sim.times")

local M = {}

-- A deleted one is still shown for the lag of its deletion; an automated one
-- goes when its days of retention are over.
local function alive(ctx, snapshot)
  return not (snapshot.gone_from and ctx.now >= snapshot.gone_from) and not (snapshot.expires and ctx.now >= snapshot.expires)
end

---The snapshot of an id as a reader sees it, or nil.
---@param ctx hwdb.sim.Context
---@param id string
---@return table?
function M.find(ctx, id)
  local snapshot = lookup.entry(ctx.state.dws.snapshots, id)
  if snapshot and alive(ctx, snapshot) and lookup.own(ctx, snapshot) then return snapshot end
end

---The snapshot for a change: one already deleted is none.
---@param code string of the refusal
---@return table
function M.require(ctx, id, code)
  local snapshot = M.find(ctx, id)
  if not snapshot or snapshot.gone_from then errors.refuse(code) end
  return snapshot
end

---All snapshots a reader sees, of a cluster or of all.
---@param ctx hwdb.sim.Context
---@param cluster_id string?
---@return table[]
function M.all(ctx, cluster_id)
  local found = {}
  for _, snapshot in ipairs(ctx.state.dws.snapshots) do
    if alive(ctx, snapshot) and lookup.own(ctx, snapshot) and (not cluster_id or snapshot.cluster_id == cluster_id) then
      found[#found + 1] = snapshot
    end
  end
  return found
end

---Refuses a name another snapshot has.
---@param ctx hwdb.sim.Context
---@param name string
function M.require_free_name(ctx, name)
  for _, snapshot in ipairs(M.all(ctx)) do
    if snapshot.name == name then errors.other("The snapshot name already exists.", 409) end
  end
end

-- What a new cluster needs to be like the one in the snapshot.
local function origin(cluster)
  return { flavor = cluster.flavor, nodes = build.size(cluster), cns = #build.coordinators(cluster),
    vpc_id = cluster.vpc_id, subnet_id = cluster.subnet_id, security_group_id = cluster.security_group_id,
    zone = cluster.zone, port = cluster.port, user = cluster.user_name, version = cluster.version,
    data_gb = cluster.data_gb }
end

-- The latest full snapshot and the latest of any kind that can be built on.
local function forebears(state, cluster)
  local full, prior
  for _, snapshot in ipairs(state.dws.snapshots) do
    if snapshot.cluster_id == cluster.id and snapshot.status == "AVAILABLE" then
      prior = snapshot
      if snapshot.kind == "full" then full = snapshot end
    end
  end
  return full, prior
end

---A snapshot in creation.
---@param mint hwdb.sim.Mint
---@param cluster table
---@param spec { name: string, description: string?, type: string, kind: string?, period: string?, id: string? }
---@return table
function M.add(mint, cluster, spec)
  local snapshot = { id = spec.id or mint:uuid(), name = spec.name, description = spec.description or "",
    type = spec.type, kind = spec.kind or "full", status = "CREATING", started = mint.now, updated = mint.now,
    project_id = cluster.project_id, cluster_id = cluster.id, cluster_name = cluster.name, size = cluster.data_gb,
    keep_day = cluster.policies.keep_day, period = spec.period or "", key = stamp.key(mint.now),
    cluster = origin(cluster) }
  local full, prior = forebears(mint.state, cluster)
  if snapshot.kind == "increment" and full then
    snapshot.base_key, snapshot.base_name, snapshot.prior_key = full.key, full.name, prior.key
  else
    snapshot.kind = "full"
    snapshot.base_key, snapshot.base_name, snapshot.prior_key = snapshot.key, snapshot.name, ""
  end
  table.insert(mint.state.dws.snapshots, snapshot)
  return snapshot
end

---A snapshot that is complete.
---@param snapshot table
---@param now integer
function M.complete(snapshot, now)
  snapshot.status, snapshot.finished, snapshot.updated = "AVAILABLE", now, now
  if snapshot.type == "AUTO" then snapshot.expires = now + snapshot.keep_day * times.DAY_MS end
end

---Forgets the snapshots that nobody sees any more.
---@param ctx hwdb.sim.Context
function M.purge(ctx)
  local list = ctx.state.dws.snapshots
  for i = #list, 1, -1 do
    if not alive(ctx, list[i]) then table.remove(list, i) end
  end
end

---What a deleted cluster leaves: never automated snapshots, and of the manual ones all, or by the reading the latest few.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param keep integer?
function M.release(ctx, cluster, keep)
  local list, left = ctx.state.dws.snapshots, keep or 0
  if ctx.readings.dws_keep_snapshots == "all" then left = math.maxinteger end
  for i = #list, 1, -1 do
    local snapshot = list[i]
    if snapshot.cluster_id == cluster.id then
      if snapshot.type == "AUTO" or left <= 0 then table.remove(list, i) else left = left - 1 end
    end
  end
end

return M
