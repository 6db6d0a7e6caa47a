-- SPDX-License-Identifier: Apache-2.0
-- Which regions and projects an account has, for runbooks that look at all of
-- them: a project's name is its region's, or begins with it.
local M = {}

-- What each reads, for those who read a script without running it.
M.LOOKS = { projects = "iam.list_projects" }

local PAGE = 1000

---An error in one line: what, and by whose word.
---@param err table
---@return string
function M.told(err)
  local by = err.status and err.status > 0 and ("HTTP %d%s"):format(err.status, err.code and ", " .. err.code or "") or err.kind
  return ("%s (%s)"):format(err.message, by)
end

local function set_of(list)
  local set = {}
  for _, value in ipairs(list) do set[value] = true end
  return set
end

local function region_of(project)
  return project.name:match("^%l%l%-[%l%d]+%-%d+") or project.name:match("^%l%l%-[%l%d%-]+")
end

---@class hwdb.runbook.Project
---@field region string
---@field project string name, or its id where nobody was asked
---@field id string

-- One region and its projects by id: nobody has to be asked.
local function given(wanted)
  if not (wanted.regions and wanted.projects) or #wanted.regions ~= 1 then return nil end
  local list = {}
  for i, id in ipairs(wanted.projects) do
    if #id ~= 32 or not id:find("^%x+$") then return nil end
    list[i] = { region = wanted.regions[1], project = id, id = id }
  end
  return list
end

local function projects_of(run)
  local list, err = run:try(run.iam.all, run.iam, "list_projects", { page = 1, per_page = PAGE })
  return list or run:fail("the projects cannot be listed: " .. M.told(err),
    "use credentials with iam:projects:listProjects, or give one region and its projects by id")
end

local function unknown_of(wanted, seen)
  local unknown = {}
  for _, kind in ipairs({ { "region", wanted.regions }, { "project", wanted.projects } }) do
    for _, name in ipairs(kind[2] or {}) do
      if not seen[name] then unknown[#unknown + 1] = { what = kind[1], name = name } end
    end
  end
  return unknown
end

---@param run table the handle
---@param wanted { regions: string[]?, projects: string[]? } all unless given; projects by name or id
---@return hwdb.runbook.Project[] list
---@return { what: "region"|"project", name: string }[] unknown what was asked for and is not there
function M.list(run, wanted)
  local list = given(wanted)
  if list then return list, {} end
  local regions, projects = wanted.regions and set_of(wanted.regions), wanted.projects and set_of(wanted.projects)
  local seen, nowhere = {}, {}
  list = {}
  for _, project in ipairs(projects_of(run)) do
    local region = region_of(project)
    if not region then
      nowhere[#nowhere + 1] = project.name
    elseif project.enabled ~= false then
      local fits = not projects or projects[project.name] or projects[project.id]
      seen[region], seen[project.name], seen[project.id] = true, true, true
      if fits and (not regions or regions[region]) then
        list[#list + 1] = { region = region, project = project.name, id = project.id }
      end
    end
  end
  if #nowhere > 0 then run:note("by their names in no region, so not looked at: " .. table.concat(nowhere, ", ")) end
  return list, unknown_of(wanted, seen)
end

return M
