-- SPDX-License-Identifier: Apache-2.0
-- The project of the path: the client's, or one given with the call.
local hwdb = require "hwdb"

local function client(project_id)
  return assert(hwdb.client { ak = "AK", sk = "SK", region = "cn-north-4", project_id = project_id,
    endpoints = { ddm = "http://127.0.0.1:1" } })
end

local SWITCH = { instance_id = "i1", db_name = "db", job_id = "j1" }

local function with(more)
  local args = {}
  for name, value in pairs(SWITCH) do args[name] = value end
  for name, value in pairs(more) do args[name] = value end
  return args
end

describe("the project of a call", function()
  it("is the client's", function()
    local sent = assert(client("own"):dry_run("ddm", "list_instances"))
    assert.equal("http://127.0.0.1:1/v1/own/instances", sent.url)
    assert.equal("own", sent.headers["X-Project-Id"])
  end)

  it("can be given with the call, and is then no unknown field", function()
    for _, name in ipairs { "project_id", "path.project_id" } do
      local sent = assert(client("own"):dry_run("ddm", "list_instances", { [name] = "other" }))
      assert.equal("http://127.0.0.1:1/v1/other/instances", sent.url)
      assert.equal("other", sent.headers["X-Project-Id"])
      assert.equal(0, #sent.warnings)
    end
  end)

  it("needs no client that knows one", function()
    local sent = assert(client():dry_run("ddm", "delete_instance", { project_id = "other", instance_id = "i1" }))
    assert.equal("http://127.0.0.1:1/v1/other/instances/i1?delete_rds_data=false", sent.url)
    assert.equal(hwdb.null, sent.body)
  end)

  it("fills path and body where both have it, or the place that is named", function()
    local both = assert(client("own"):dry_run("ddm", "update_switch_strategy", with { project_id = "p" }))
    assert.truthy(both.url:find("/v3/p/instances/i1/", 1, true))
    assert.same({ instance_id = "i1", project_id = "p" }, both.body)
    local body = assert(client("own"):dry_run("ddm", "update_switch_strategy", with { ["body.project_id"] = "p" }))
    assert.truthy(body.url:find("/v3/own/instances/i1/", 1, true))
    assert.same({ instance_id = "i1", project_id = "p" }, body.body)
    local path = assert(client("own"):dry_run("ddm", "update_switch_strategy", with { ["path.project_id"] = "p" }))
    assert.truthy(path.url:find("/v3/p/instances/i1/", 1, true))
    assert.same({ instance_id = "i1" }, path.body)
  end)

  it("must be fit for a path", function()
    for value, why in pairs { ["a/b"] = "must not hold a slash, which would change the path", [""] = "must not be empty" } do
      local sent, err = client("own"):dry_run("ddm", "list_instances", { project_id = value })
      assert.is_nil(sent)
      assert.equal("check", err.kind)
      assert.equal("path.project_id", err.problems[1].path)
      assert.equal(why, err.problems[1].message)
    end
  end)
end)
