-- SPDX-License-Identifier: Apache-2.0
-- What DDM instances hold beside schemas out of an inventory: accounts (their
-- passwords nobody knows), parameters, parameter templates, metadata backups.
local backups = require("hwdb.sim.ddm_backup_state")
local catalogue = require("hwdb.sim.ddm_parameter_catalogue")
local seeding = require("hwdb.sim.seeding")

local M = {}

local function texts(list)
  local found = {}
  for _, value in ipairs(seeding.list(list)) do found[#found + 1] = seeding.text(value) end
  return found
end

local function account(reads, entry)
  local names = {}
  for _, database in ipairs(seeding.list(entry.databases)) do
    names[#names + 1] = type(database) == "table" and seeding.text(database.name) or nil
  end
  local created = seeding.time(entry.created, reads.now)
  return { name = entry.name, status = seeding.text(entry.status, "RUNNING"), databases = names, created = created,
    base_authority = texts(entry.base_authority), extend_authority = texts(entry.extend_authority),
    description = seeding.text(entry.description, ""),
    password_changed = seeding.time(entry.password_last_changed, created) }
end

local function accounts(reads, instance)
  instance.accounts = {}
  for _, entry in ipairs(seeding.list(reads:of("ddm.list_users", { instance_id = instance.id }).users)) do
    if type(entry) == "table" and seeding.text(entry.name) then
      table.insert(instance.accounts, account(reads, entry))
    end
  end
end

-- The values that differ from the defaults.
local function values(list)
  local set = {}
  for _, entry in ipairs(seeding.list(list)) do
    local name = type(entry) == "table" and seeding.text(entry.name)
    local known, value = catalogue.BY_NAME[name or ""], name and seeding.text(entry.value)
    if value and not (known and known.default == value) then set[name] = value end
  end
  return set
end

local function parameters(reads, instance)
  local set = reads:of("ddm.show_instance_param", { instance_id = instance.id })
  if not seeding.text(set.id) then return end
  instance.parameters = { id = set.id, name = seeding.text(set.name, ""), description = seeding.text(set.description, ""),
    updated = seeding.time(set.updated, instance.created), values = values(set.configuration_parameter) }
end

local function templates(reads)
  local list = {}
  for _, entry in ipairs(reads:items("ddm.list_configurations", "configurations")) do
    local shown = reads:of("ddm.show_configuration", { config_id = entry.id })
    local created = seeding.time(entry.created, reads.now)
    list[#list + 1] = { id = entry.id, name = seeding.text(entry.name, ""), description = seeding.text(entry.description, ""),
      user_defined = entry.user_defined == true, created = created, updated = seeding.time(entry.updated, created),
      values = values(shown.configuration_parameters), project_id = reads.project_id }
  end
  if #list > 0 then reads.state.ddm.templates = list end
end

-- What a backup holds no list tells: it gets what its instance has now.
local function metadata(reads, id)
  for _, instance in ipairs(reads.state.ddm.instances) do
    if instance.id == id then return backups.metadata(reads, instance) end
  end
  return { schemas = {}, nodes = {} }
end

local function backup(reads, entry)
  local created = seeding.time(entry.created, reads.now)
  return { id = entry.id, name = seeding.text(entry.name, ""), description = seeding.text(entry.description, ""),
    type = seeding.text(entry.backup_type, "auto_metadata"), status = seeding.text(entry.status, "normal"),
    instance_id = entry.instance_id, instance_name = seeding.text(entry.instance_name, ""), created = created,
    updated = seeding.time(entry.updated, created), size_kb = tonumber(entry.file_size) or 0,
    project_id = reads.project_id, metadata = metadata(reads, entry.instance_id) }
end

---@param reads hwdb.sim.Reads
function M.fill(reads)
  for _, instance in ipairs(reads.state.ddm.instances) do
    accounts(reads, instance)
    parameters(reads, instance)
  end
  templates(reads)
  local listed = reads:items("ddm.list_backups", "backups")
  for i = #listed, 1, -1 do
    if seeding.text(listed[i].id) then table.insert(reads.state.ddm.backups, backup(reads, listed[i])) end
  end
end

return M
