-- SPDX-License-Identifier: Apache-2.0
-- Dumps of audit logs to OBS (5.13.1). No documented call turns them on: a
-- cluster of a world that has them dumps at its own pace.
local core = require("hwdb.core")
local lookup = require("hwdb.sim.dws_lookup")
local stamp = require("hwdb.sim.dws_stamp")

local M = {}

-- No paging is documented, so only the latest are kept.
M.KEPT = 100

local TAKES_MS = 60000

-- The dumps of an audit {since, every_ms, bucket, prefix}: one at the end of every period, the latest first.
local function list_audit_log(ctx, args)
  local cluster, list = lookup.part(ctx, args.cluster_id), core.array({})
  local audit = cluster.audit
  local count = audit and (ctx.now - audit.since) // audit.every_ms or 0
  for i = count, math.max(1, count - M.KEPT + 1), -1 do
    local ends = audit.since + i * audit.every_ms
    list[#list + 1] = { cluster_id = cluster.id, executor_time = stamp.bare(ends), end_time = stamp.bare(ends),
      begin_time = stamp.bare(ends - audit.every_ms), bucket_name = audit.bucket, location_prefix = audit.prefix,
      result = ctx.now < ends + TAKES_MS and "RUNNING" or "SUCCESS", failed_reason = "" }
  end
  return { records = list, count = #list, cluster_id = cluster.id }
end

M.operations = { ["dws.list_audit_log"] = list_audit_log }

return M
