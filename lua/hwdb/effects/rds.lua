-- SPDX-License-Identifier: Apache-2.0
-- RDS: what runbooks need of it. Names of instances and backups are looked up; an instance that is gone is in no list.
local function instance(timeout)
  return { op = "rds.list_instances", args = { id = "@instance.id" }, find = { id = "@instance.id" }, field = "status",
    success = { "ACTIVE" }, failure = { "FAILED" }, pending = { "BUILD", "RESTORING", "BACKING UP", "MODIFYING" },
    interval = 20, timeout = timeout }
end

local CREATED = { look = "rds.list_instances", list = true, where = { name = "$name" }, new = true,
  answer = { ["instance.id"] = "id", ["instance.name"] = "name" },
  ordered = { where = { ["charge_info.charge_mode"] = "prePaid" }, type = "hws.service.type.rds", answer = "order_id" } }

local M = {}

M.create_instance = { probe = CREATED, wait = instance(3600) }
M.restore_to_new_instance = { probe = CREATED, wait = instance(72 * 3600) }
M.delete_instance = {
  probe = { look = "rds.list_instances", list = true, where = { id = "$instance_id" }, gone = true },
  wait = { op = "rds.list_instances", args = { id = "$instance_id" }, find = { id = "$instance_id" }, field = "status",
    success = {}, gone = true, interval = 10, timeout = 3600 } }
M.create_manual_backup = {
  probe = { look = "rds.list_backups", args = { instance_id = "$instance_id" }, list = true, where = { name = "$name" }, new = true,
    answer = { ["backup.id"] = "id", ["backup.name"] = "name" } },
  wait = { op = "rds.list_backups", args = { instance_id = "$instance_id" }, find = { id = "@backup.id" }, field = "status",
    success = { "COMPLETED" }, failure = { "FAILED" }, pending = { "BUILDING" }, interval = 30, timeout = 24 * 3600 } }
-- Backups are listed by instance, which this call does not name.
M.delete_manual_backup = { person = "the list of backups needs the instance, which this call does not name" }

return M
