-- SPDX-License-Identifier: Apache-2.0
-- DDM's error codes (appendix A.3) as far as the simulator gives them, with
-- the service's own message. Their status is 400 unless a row here says more.
local refusal = require("hwdb.sim.refusal")

local M = {}

local MESSAGES = {
  ["DBS.200002"] = "The DB instance does not exist.",
  ["DBS.200013"] = "The node does not exist.",
  ["DBS.200019"] = "Another operation is being performed on the instance.",
  ["DBS.200057"] = "Invalid parameter template ID.",
  ["DBS.200076"] = "The instance and node must be in the Available state.",
  ["DBS.200412"] = "Server failure.",
  ["DBS.212033"] = "Another operation is being performed on the instance.",
  ["DBS.280001"] = "Parameter error.",
  ["DBS.280305"] = "Invalid security group ID.",
  ["DBS.300005"] = "Failed to process the request. Contact technical support.",
  ["DBS.300102"] = "The number of RDS instances associated with the schema is invalid.",
  ["DBS.300103"] = "The RDS instance does not exist or it is not in the same VPC as the schema.",
  ["DBS.300104"] = "The sharding rule of the schema is invalid.",
  ["DBS.300106"] = "The number of shards per RDS instance is invalid.",
  ["DBS.300107"] = "Duplicated accounts.",
  ["DBS.300108"] = "The RDS instances are duplicated.",
  ["DBS.300110"] = "The status of the RDS instance does not allow associating with the schema.",
  ["DBS.300112"] = "This schema name already exists.",
  ["DBS.300114"] = "The administrator or password is incorrect.",
  ["DBS.300120"] = "Failed to obtain task information.",
  ["DBS.300121"] = "Failed to delete the shard configuration task.",
  ["DBS.300122"] = "Failed to roll back the shard configuration task.",
  ["DBS.300123"] = "Failed to retry the shard configuration task.",
  ["DBS.300127"] = "The number of shards in the RDS instances associated with the schema is invalid.",
  ["DBS.300129"] = "Failed to query schema information.",
  ["DBS.300130"] = "Invalid schema status.",
  ["DBS.300133"] = "The RDS instance is being used to scale out a schema.",
  ["DBS.300134"] = "The schema status does not allow rolling back or canceling the scale-out task.",
  ["DBS.300300"] = "Failed to create the DDM account.",
  ["DBS.300302"] = "Failed to delete the account.",
  ["DBS.300305"] = "Invalid DDM account name.",
  ["DBS.300306"] = "The account password is invalid.",
  ["DBS.300309"] = "The account basic permissions are invalid.",
  ["DBS.300311"] = "The account already exists.",
  ["DBS.300315"] = "Invalid read/write relative weight.",
  ["DBS.300323"] = "The associated RDS instance is unavailable or this operation cannot be performed when the RDS "
    .. "instance is in the current state.",
  ["DBS.300327"] = "The account does not exist.",
  ["DBS.300330"] = "Failed to convert the string from JSON to the required format.",
  ["DBS.300331"] = "Data migration error.",
  ["DBS.300336"] = "Physical database not found.",
  ["DBS.300356"] = "Failed to connect to the RDS DB instance.",
  ["DBS.300357"] = "The RDS instance administrator or password is incorrect.",
  ["DBS.300358"] = "There is a schema where source data is not cleared.",
  ["DBS.300360"] = "The associated instance does not support this operation.",
  ["DBS.300362"] = "The scaling method is invalid.",
  ["DBS.300363"] = "Pre-check failed.",
  ["DBS.300367"] = "Failed to clear source data.",
  ["DBS.300368"] = "Parameter lower_case_table_names of the DB instance is invalid.",
  ["DBS.300370"] = "Elastic load balancing is not enabled for the current DDM instance. To enable it, contact "
    .. "technical support.",
  ["DBS.300372"] = "Invalid destination DDM instance.",
  ["DBS.300377"] = "Invalid time range.",
  ["DBS.300379"] = "The operation is not allowed for this type of tasks.",
  ["DBS.300400"] = "The task is not found.",
  ["DBS.300401"] = "Failed to modify the automatic route switching time range.",
  ["DBS.300402"] = "Failed to switch the route manually.",
  ["DBS.300406"] = "The schema name cannot contain keyword.",
}

-- 404 for a missing instance and 409 for a busy one are what clients meet; the
-- appendix lists the statuses and neither code. DBS.200002 and DBS.200013 are
-- what the sister services of the DBS family document for an unknown instance
-- and node or group. 413 is the appendix's status for an exceeded quota.
local STATUSES = {
  ["DBS.200002"] = 404, ["DBS.200013"] = 404, ["DBS.200019"] = 409, ["DBS.212033"] = 409, ["DBS.200412"] = 500,
}

---The service's message for a code; nil for a code the simulator never gives by itself.
---@param code string
---@return string?
function M.message(code)
  return MESSAGES[code]
end

---Raises the refusal of a code.
---@param code string
---@param status integer? where it differs from the usual one
function M.refuse(code, status)
  refusal.raise(status or STATUSES[code] or 400, code, MESSAGES[code])
end

return M
