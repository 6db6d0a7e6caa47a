-- SPDX-License-Identifier: Apache-2.0
-- DDM's API versions (4.1.1).
local core = require("hwdb.core")

local M = {}

local function version(id, status, updated)
  return { id = id, links = core.array({}), status = status, updated = updated, version = "" }
end

local function list_api_versions()
  return { versions = core.array({
    version("v3", "CURRENT", "2019-01-15T12:00:00Z"),
    version("v1", "DEPRECATED", "2017-02-07T17:34:02Z"),
  }) }
end

M.operations = { ["ddm.list_api_versions"] = list_api_versions }

return M
