-- SPDX-License-Identifier: Apache-2.0
-- What is known of the targets of a restore before anything is overwritten.
local support = require("spec.runbooks.support")

local function listed(name, by_instance)
  return function(args)
    local list = by_instance[args.instance_id or "all"]
    if not list then return nil, { kind = "api", status = 500, message = "no answer" } end
    return { [name] = list, total = #list, instance_num = #list }
  end
end

local function run(body, operations)
  return support.run("function(run)\n" .. body .. "\nend", { client = support.client(operations) })
end

describe("run:data_nodes_in_use", function()
  it("tells whose each data node is, and which instances do not tell", function()
    local result = run("local used, untold = run:data_nodes_in_use() return { used.r1, used.r2 or 'free', untold }", {
      list_instances = listed("instances", { all = { { id = "a", name = "orders" }, { id = "b", name = "stock" } } }),
      list_schemas = listed("databases", { a = { { name = "s", used_rds = { { id = "r1" } } }, { name = "empty" } } }) })
    assert.same({ "orders", "free", { "stock" } }, result.value)
  end)
end)

describe("run:empty_target", function()
  local function lines(schemas, accounts)
    local _, reporter = run("run:preflight(function(check) run:empty_target(check, 'a') end)", {
      list_schemas = listed("databases", { a = schemas }), list_users = listed("users", { a = accounts }) })
    return reporter.lines
  end

  it("says what is there", function()
    assert.same({ "ok target without schemas and data nodes: none", "ok target without accounts: none" }, lines({}, {}))
    assert.same({ "fail target without schemas and data nodes: it has s, t", "fail target without accounts: it has app" },
      lines({ { name = "s" }, { name = "t" } }, { { name = "app" } }))
  end)
end)

describe("run:offered", function()
  it("takes nothing but the service's own yes", function()
    local items = { { instance_id = "a", available = true }, { instance_id = "b", available = false, unavailable_reason = "busy" },
      { instance_id = "c" } }
    local result = run([[
      local texts = {}
      for i, id in ipairs({ "a", "b", "c", "d" }) do
        local offered, detail = run:offered("ddm.list_restorable_instances", { instance_id = "i" }, id)
        texts[i] = tostring(offered) .. " " .. detail
      end
      return texts]], { list_restorable_instances = listed("instances", { i = items }) })
    assert.same({ "true by the service", "false busy", "false not available, no reason is given", "false the service does not list it" },
      result.value)
  end)
end)
