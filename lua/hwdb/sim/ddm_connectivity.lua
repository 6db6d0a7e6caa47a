-- SPDX-License-Identifier: Apache-2.0
-- Whether an instance reaches RDS instances with given logins (4.2.38). Each
-- entry succeeds or fails by itself; the call does not fail for them.
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local rds = require("hwdb.sim.rds_instances")

local M = {}

-- The code that tells why a node is not reached, or nil.
local function obstacle(ctx, instance, info)
  local node = rds.find(ctx, info.rds_instance_id)
  if not node or node.vpc_id ~= instance.vpc_id then return "DBS.300103" end
  local reached = ctx.state.lenient or info.endpoint == ("%s:%d"):format(node.ip, node.port)
  if not reached or node.status ~= "normal" then return "DBS.300356" end
  if not rds.opens(node, info.username, info.password) then return "DBS.300357" end
end

local function check(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  if #args.infos == 0 then errors.refuse("DBS.280001") end
  local list = core.array({})
  for i, info in ipairs(args.infos) do
    local code = obstacle(ctx, instance, info)
    list[i] = { rds_instance_id = info.rds_instance_id, success = tostring(not code), error_code = code or core.null,
      error_message = code and errors.message(code) or core.null }
  end
  return { [ctx.readings.ddm_rds_check_key] = list }
end

M.operations = { ["ddm.check_data_node_connection"] = check }

return M
