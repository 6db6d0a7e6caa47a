-- SPDX-License-Identifier: Apache-2.0
-- DWS's error codes as far as the simulator gives them: appendix 8.2, the FAQ
-- of 6.1, and those only clients have met (DWS.0001 to DWS.4000, DWS.7023,
-- DWS.9999). Their status is 400 unless a row here says more.
local core = require("hwdb.core")
local refusal = require("hwdb.sim.refusal")

local M = {}

-- What no document names a code for is refused as the service refuses much
-- else in practice: with DWS.9999 and a telling message.
M.OTHER = "DWS.9999"

local MESSAGES = {
  ["DWS.0001"] = "The request parameter is invalid.",
  ["DWS.0015"] = "The cluster does not exist.",
  ["DWS.0047"] = "The cluster does not exist or does not belong to the tenant.",
  ["DWS.0102"] = "The ELB is not bound to the cluster.",
  ["DWS.0114"] = "ELB private IP is not configured.",
  ["DWS.3027"] = "The cluster has been deleted.",
  ["DWS.5003"] = "Invalid database version.",
  ["DWS.5006"] = "Invalid specifications.",
  ["DWS.5011"] = "Invalid AZ.",
  ["DWS.5012"] = "The region or AZ does not exist.",
  ["DWS.5014"] = "Invalid VPC ID.",
  ["DWS.5015"] = "Invalid subnet ID.",
  ["DWS.5016"] = "Invalid security group ID.",
  ["DWS.5017"] = "Invalid retention period of automated backups.",
  ["DWS.5018"] = "Invalid automated backup period.",
  ["DWS.5021"] = "The VPC does not exist or does not belong to the user.",
  ["DWS.5022"] = "The subnet does not exist or does not belong to the VPC.",
  ["DWS.5023"] = "The security group does not exist or does not belong to the VPC.",
  ["DWS.5037"] = "The parameter does not exist.",
  ["DWS.5038"] = "The parameter value is out of range.",
  ["DWS.5039"] = "Duplicate parameters.",
  ["DWS.5047"] = "Invalid instance quantity.",
  ["DWS.5050"] = "The cluster name already exists.",
  ["DWS.5054"] = "The parameter group ID is invalid.",
  ["DWS.5056"] = "Invalid string length.",
  ["DWS.5057"] = "The cluster name pattern is invalid.",
  ["DWS.5059"] = "Database username contains invalid characters.",
  ["DWS.5060"] = "Integer type is of wrong range.",
  ["DWS.5061"] = "The volume type is illegal.",
  ["DWS.5065"] = "Invalid format.",
  ["DWS.5082"] = "The database user name is not supported.",
  ["DWS.5089"] = "Unsupported type.",
  ["DWS.5091"] = "The number of nodes has reached the maximum.",
  ["DWS.5098"] = "Invalid EIP binding type.",
  ["DWS.5133"] = "Invalid EIP ID.",
  ["DWS.5135"] = "The EIP does not exist.",
  ["DWS.5144"] = "Invalid password of the cluster administrator.",
  ["DWS.5145"] = "The cluster administrator password cannot contain the username, or the username spelled backwards.",
  ["DWS.5149"] = "The snapshot ID is invalid.",
  ["DWS.5191"] = "The tag does not exist.",
  ["DWS.5194"] = "The number of tags exceeds the maximum value.",
  ["DWS.5197"] = "The tag is invalid.",
  ["DWS.5199"] = "Invalid password.",
  ["DWS.5200"] = "The flavor has been sold out. Switch to another AZ or region.",
  ["DWS.5202"] = "The subnet ID cannot be left blank.",
  ["DWS.5203"] = "The security group ID cannot be left blank.",
  ["DWS.5207"] = "Invalid CN instance quantity.",
  ["DWS.5240"] = "The selected flavor does not exist.",
  ["DWS.7023"] = "Cluster status is not allowed to operation.",
  ["ECS.0319"] = "The capacity of the flavor is not sufficient.",
}

local STATUSES = { ["DWS.0015"] = 403, ["DWS.0047"] = 404, ["DWS.3027"] = 404, ["DWS.5021"] = 404, ["DWS.5022"] = 404,
  ["DWS.5023"] = 404, ["DWS.5050"] = 409, ["DWS.7023"] = 403 }

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

---Raises a refusal no document has a code for.
---@param message string
---@param status integer? 400 unless told
function M.other(message, status)
  refusal.raise(status or 400, M.OTHER, message)
end

---Raises a failure that comes with 200 and an error_code, as shrinking does.
---@param message string
function M.despite_200(message)
  refusal.raise(200, M.OTHER, message, { error_code = M.OTHER, error_msg = message })
end

---Raises a failure of resource management: workload_res_code tells it, whatever the status.
---@param message string
---@param status integer? 200 unless told
---@param extra table? further members of the body
function M.workload(message, status, extra)
  local body = { workload_res_code = 1, workload_res_str = message }
  for key, value in pairs(extra or {}) do body[key] = value end
  refusal.raise(status or 200, M.OTHER, message, body)
end

---A resource pool that does not exist: 500, no code, a null where it would be.
function M.no_queue()
  M.workload("", 500, { workload_queue = core.null })
end

---The body of a refusal. Busy comes with both families of keys, as clients have met it.
---@param no { code: string, message: string, body: table? }
---@param readings table
---@return table
function M.body(no, readings)
  if no.body then return no.body end
  local form = no.code == "DWS.7023" and "both" or readings.dws_errors
  local body = {}
  if form ~= "errCode" then body.error_code, body.error_msg = no.code, no.message end
  if form ~= "error_code" then body.errCode, body.externalMessage = no.code, no.message end
  return body
end

local OF_FIELD = { user_name = "DWS.5059", user_pwd = "DWS.5144", new_password = "DWS.5144", number_of_node = "DWS.5047",
  number_of_cn = "DWS.5207", num_cn = "DWS.5207", num_node = "DWS.5047", availability_zone = "DWS.5011",
  availability_zones = "DWS.5011", vpc_id = "DWS.5014", subnet_id = "DWS.5015", security_group_id = "DWS.5016",
  public_bind_type = "DWS.5098", eip_id = "DWS.5133", tags = "DWS.5197", tag_list = "DWS.5197", key = "DWS.5197",
  keep_day = "DWS.5017", node_type = "DWS.5006", flavor = "DWS.5006", datastore_version = "DWS.5003" }

local IF_MISSING = { subnet_id = "DWS.5202", security_group_id = "DWS.5203" }

---The code for what the check of the arguments found. Where the appendix has none for the field, one for the kind of
---fault; never DWS.0001, which clients take for a missing cluster.
---@param problem { path: string, message: string }
---@return string
function M.of_problem(problem)
  local path, message = problem.path, problem.message
  local field = path:gsub("%[%d+%]", ""):match("[^.]*$")
  if message == "is required" and IF_MISSING[field] then return IF_MISSING[field] end
  if message:find("characters", 1, true) then return OF_FIELD[field] or "DWS.5056" end
  if path == "body.cluster.name" or path == "body.restore.name" then return "DWS.5057" end
  if OF_FIELD[field] then return OF_FIELD[field] end
  return message:find("than", 1, true) and "DWS.5060" or "DWS.5065"
end

return M
