-- SPDX-License-Identifier: Apache-2.0
-- hwdb conform, tried against the simulator as it is and with shapes changed on purpose.
local cjson = require("cjson")
local conform = require("hwdb.conform")
local core = require("hwdb.core")
local hwdb = require("hwdb")
local shape = require("hwdb.shape")
local simulator = require("hwdb.sim")

-- A simulator whose answer to one operation's path is changed by fn.
local function changed(pattern, fn)
  local sim = simulator.new({})
  local handle = sim.handle
  sim.handle = function(self, request)
    local response = handle(self, request)
    if request.target:match(pattern) and response.status == 200 then
      local body = core.decode(response.body)
      body = fn(body) or body
      response.body = core.encode(body)
      response.headers = { { "Content-Type", "application/json" } }
    end
    return response
  end
  return sim
end

local function run(sim, options)
  local client = assert(hwdb.client({ sim = sim }))
  options = options or { services = { "ddm" } }
  local report = conform.run(client, options)
  local by_name = {}
  for _, result in ipairs(report.operations) do by_name[result.operation] = result end
  return report, by_name, client
end

local LIST <const> = "/v1/[^/]+/instances$"

describe("hwdb conform", function()
  it("calls each read at most once and nothing that changes", function()
    local sim = simulator.new({})
    local handle, sent = sim.handle, {}
    sim.handle = function(self, request)
      sent[#sent + 1] = request.method .. " " .. request.target:gsub("%?.*", "")
      return handle(self, request)
    end
    local report = run(sim, { services = { "ddm" } })
    local seen = {}
    for _, line in ipairs(sent) do
      assert.is_nil(seen[line], line)
      seen[line] = true
      assert.is_truthy(line:match("^GET ") or line:match("^PUT .*/configurations/diff$"), line)
    end
    assert.equal(report.calls, #sent)
    assert.same({}, sim:effects())
    local reads = 0
    for _, row in ipairs(core.rows()) do
      if row.service == "ddm" and row.kind == "query" then reads = reads + 1 end
    end
    assert.equal(reads, #report.operations)
  end)

  it("goes slowly, by the client's clock", function()
    local sim = simulator.new({})
    local began = sim:now()
    local report = run(sim, { services = { "ddm" }, pace = 7 })
    assert.is_true(sim:now() - began >= (report.calls - 1) * 7000)
  end)

  it("finds the simulator's answers as documented", function()
    local report, by_name = run(simulator.new({}))
    local differ = {}
    for _, result in ipairs(report.operations) do
      if result.outcome == "differs" then differ[#differ + 1] = result.operation end
    end
    assert.same({}, differ)
    for _, name in ipairs({ "ddm.list_instances", "ddm.show_instance", "ddm.list_nodes", "ddm.show_node", "ddm.list_schemas",
      "ddm.show_schema", "ddm.list_jobs" }) do
      assert.equal("as documented", by_name[name].outcome, name)
    end
  end)

  it("reports what is new, missing or of another type, by place and type alone", function()
    local sim = changed(LIST, function(body)
      local one = body.instances[1]
      one.brand_new = { secret = "canary-1" }
      one.node_count = "canary-2"
      one.vpc_id = core.null
      one.status = "SLEEPING"
      one.name = nil
      one.access_ip = { "canary-3" }
    end)
    local report, by_name = run(sim)
    local result = by_name["ddm.list_instances"]
    assert.equal("differs", result.outcome)
    assert.equal(200, result.status)
    local found = {}
    for _, difference in ipairs(result.differences) do
      found[difference.path] = { difference.what, difference.answered }
    end
    assert.same({
      ["instances[].brand_new"] = { "unknown", "object" },
      ["instances[].node_count"] = { "type", "string" },
      ["instances[].vpc_id"] = { "null", "null" },
      ["instances[].status"] = { "choice", "SLEEPING" },
      ["instances[].access_ip"] = { "type", "array" },
    }, found)
    local absent = {}
    for _, path in ipairs(result.absent) do absent[path] = true end
    assert.is_true(absent["instances[].name"])
    assert.equal(1, report.summary.differs)
    assert.is_nil(core.encode(report):find("canary", 1, true))
  end)

  it("reports an answer that is no object at all", function()
    local _, by_name = run(changed(LIST, function() return core.array({ "x" }) end))
    local result = by_name["ddm.list_instances"]
    assert.same({ { path = "", what = "type", documented = "object", answered = "array" } }, result.differences)
    assert.equal("not reached", by_name["ddm.show_instance"].outcome)
    assert.equal("list_instances lists nothing that gives instance_id", by_name["ddm.show_instance"].why)
  end)

  it("reports a failure by status, code and class, without its message", function()
    local sim = simulator.new({})
    local handle = sim.handle
    sim.handle = function(self, request)
      if request.target:match("/nodes") then
        return { status = 403, headers = {}, body = [[{"error_code":"DBS.280005","error_msg":"canary-4"}]] }
      end
      return handle(self, request)
    end
    local report, by_name = run(sim)
    local result = by_name["ddm.list_nodes"]
    assert.same({ "failed", "api", 403, "DBS.280005" }, { result.outcome, result.kind, result.status, result.code })
    assert.is_nil(core.encode(report):find("canary", 1, true))
    assert.same({ "not reached", "list_nodes failed" }, { by_name["ddm.show_node"].outcome, by_name["ddm.show_node"].why })
  end)

  it("holds no id, key, name or address of the account", function()
    local sim = simulator.new({})
    local text = core.encode((run(sim, { services = { "ddm", "dws", "dbss" } })))
    assert.is_table(cjson.decode(text))
    local instance = sim.state.ddm.instances[1]
    for _, secret in ipairs({ sim.ak, sim.sk, sim.project_id, instance.id, instance.name }) do
      assert.is_nil(text:find(secret, 1, true), secret)
    end
    assert.is_nil(text:find("%x%x%x%x%x%x%x%x%-%x%x%x%x"))
    assert.is_nil(text:find("%d+%.%d+%.%d+%.%d+"))
  end)

  it("ends at once when there can be no calls: no credentials, a wrong setting, an interrupt", function()
    for _, kind in ipairs({ "auth", "usage", "cancelled" }) do
      local calls = 0
      local service = setmetatable({}, { __index = function()
        return function()
          calls = calls + 1
          return nil, { kind = kind, message = "no" }
        end
      end })
      local client = { ddm = service, now = function() return 1767323045000 end, sleep = function() end }
      local ok, err = pcall(conform.run, client, { services = { "ddm" } })
      assert.is_false(ok)
      assert.same({ kind = kind, message = "no" }, err)
      assert.equal(1, calls)
    end
  end)

  it("says why a read is not reached", function()
    local _, by_name = run(simulator.new({ world = "empty" }))
    assert.equal("needs a password", by_name["ddm.validate_weak_password"].why)
    assert.equal("list_instances lists nothing that gives instance_id", by_name["ddm.show_instance"].why)
  end)
end)

describe("a shape", function()
  local FIELDS = {
    { name = "id", type = "string", alias = "ID" },
    { name = "n", type = "integer" },
    { name = "both", type = "string", either = true },
    { name = "maybe", type = "string", nullable = true },
    { name = "tags", type = "map", items = "string" },
    { name = "list", type = "array", items = "integer" },
    { name = "word", type = "string", enum = { "A", "B" } },
  }

  local function found(body)
    local list = {}
    for _, one in ipairs(shape.compare(FIELDS, body)) do
      if one.what ~= "absent" then list[#list + 1] = one.path .. " " .. one.what .. " " .. tostring(one.answered) end
    end
    return list
  end

  it("is kept by aliases, either type, null where documented, and free keys", function()
    assert.same({}, found({ ID = "x", both = 1, maybe = core.null, tags = { a = "b" }, list = core.array({ 1 }), word = "A" }))
    assert.same({}, found({ n = "9223372036854775808", list = core.array({}), tags = {} }))
  end)

  it("is broken once per place, whatever the number of entries", function()
    assert.same({ "list[] type string" }, found({ list = core.array({ "a", "b", "c" }) }))
    assert.same({ "tags{} type number" }, found({ tags = { a = 1, b = 2 } }))
    assert.same({ "n type string", "list type object" }, found({ n = "5", list = {} }))
  end)

  it("never repeats a name or value that could be an id", function()
    assert.same({ "{} unknown number" }, found({ ["0483b6b16e954cb88930a360d2c4e663"] = 1 }))
    assert.same({ "word choice a text that is not repeated here" }, found({ word = "0483b6b16e954cb88930a360d2c4e663in09" }))
    assert.same({ "word choice LATER" }, found({ word = "LATER" }))
  end)

  it("takes any depth", function()
    local deep = {}
    for _ = 1, 120 do deep = { a = deep } end
    assert.same({ "a unknown object" }, found(deep))
  end)
end)
