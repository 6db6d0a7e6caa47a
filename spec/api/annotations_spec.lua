-- SPDX-License-Identifier: Apache-2.0
-- The editor annotations: complete, well formed, and good enough to find a wrong field.
local annotated = require("spec.support.annotated")
local describe_rows = require("hwdb.describe")
local examples = require("spec.support.examples")
local samples = require("spec.support.samples")

local files = dofile("tools/annotations.lua").files()

local function classes()
  local texts = {}
  for _, text in pairs(files) do texts[#texts + 1] = text end
  return annotated.classes(texts)
end

local known = classes()

local function check(script) return annotated.check(known, script) end

describe("the annotations", function()
  it("are Lua and mark themselves as annotations", function()
    for name, text in pairs(files) do
      assert.is_function(load(text, name))
      assert.equal("---@meta\n", text:sub(1, 9))
    end
  end)

  it("hold every operation, parameter and answer field", function()
    local missing = {}
    local function compare(fields, class, path)
      for _, field in ipairs(fields or {}) do
        local found = known[class] and known[class][field.name]
        if not found then missing[#missing + 1] = path .. "." .. field.name end
        if field.fields then compare(field.fields, class .. "." .. field.name:gsub("[^%w_]", "_"), path .. "." .. field.name) end
      end
    end
    for _, row in ipairs(samples.rows) do
      local base = ("hwdb.%s.%s"):format(row.service, row.name)
      if not known["hwdb." .. row.service][row.name] then missing[#missing + 1] = base end
      compare(row.params, base .. ".args", base .. ".args")
      compare(row.answer, base .. ".answer", base .. ".answer")
    end
    assert.same({}, missing)
  end)

  it("name only classes that exist", function()
    local ELSEWHERE = { ["hwdb.Secret"] = true, ["hwdb.Null"] = true, ["hwdb.CallOptions"] = true, ["hwdb.Info"] = true,
      ["hwdb.Error"] = true }
    local unknown = {}
    for class, fields in pairs(known) do
      for name, field in pairs(fields) do
        for used in field.type:gmatch("hwdb%.[%w_.]+") do
          used = used:gsub("%.$", "")
          if not known[used] and not ELSEWHERE[used] then unknown[#unknown + 1] = class .. "." .. name .. ": " .. used end
        end
      end
    end
    assert.same({}, unknown)
  end)

  it("are taken up by the client's class", function()
    local file = assert(io.open("lua/hwdb/init.lua"))
    local text = file:read("a")
    file:close()
    for _, service in ipairs({ "ddm", "dws", "dbss", "iam", "rds", "bss" }) do
      assert.is_truthy(text:find(("---@field %s hwdb.%s\n"):format(service, service), 1, true), service)
    end
  end)
end)

describe("a checker over a script", function()
  it("finds nothing wrong with the documented examples", function()
    for _, entry in ipairs(examples.all()) do
      if not entry.example.refused then
        local script = describe_rows.lua_call(entry.row, entry.example.args or {})
        local complaints = check(script)
        -- What an example leaves out against its table only warns.
        if entry.example.warned then
          for i = #complaints, 1, -1 do
            if complaints[i]:find(" lacks ", 1, true) then table.remove(complaints, i) end
          end
        end
        assert.same({}, complaints, entry.name .. "\n" .. script)
      end
    end
  end)

  it("finds a wrong field, wherever it stands", function()
    assert.same({
      "3: ddm.create_schema.databases[] has no field nam",
      "4: ddm.create_schema.databases[].used_rds[] has no field admin_password",
      "4: ddm.create_schema.databases[].used_rds[] lacks adminPassword",
      "3: ddm.create_schema.databases[] lacks name",
      "6: ddm.create_schema has no field instanceid",
    }, check([=[
local body = client.ddm:create_schema{
  -- nam = "in a comment", and [[in a text]]
  databases = { { nam = "a", shard_mode = "cluster", shard_number = 8,
    used_rds = { { id = "b", adminUser = "root", admin_password = hwdb.secret("c") } } } },
  instance_id = "i",
  instanceid = { x = { 1, 2 } },
}
]=]))
  end)

  it("finds an unknown operation, a missing field and a value of another type", function()
    assert.same({
      "1: ddm has no operation show_instanc",
      "2: ddm.show_instance lacks instance_id",
      "3: ddm.list_instances.limit takes integer, not a string",
      "4: ddm.update_instance_port.port takes integer, not a boolean",
    }, check([[
run.ddm:show_instanc{ instance_id = id }
run.ddm:show_instance{}
run.ddm:list_instances({ limit = "10" })
client.ddm:update_instance_port{ instance_id = id, port = true }
]]))
  end)

  it("follows an answer into its fields", function()
    assert.same({
      "3: body has no field instances_num",
      "4: body.instances has no field stat",
    }, check([[
local body, info = client.ddm:list_instances{}
print(body.instance_num, body.instances[1].status, info.status, other.body.x)
print(body.instances_num)
print(body.instances[#body.instances].stat)
]]))
  end)

  it("leaves values that it cannot know alone", function()
    assert.same({}, check([[
local args = { whatever = 1 }
client.ddm:list_instances(args)
client.ddm:show_instance{ instance_id = find(function() return { nam = 1 } end) }
client.ddm:update_instance_port{ instance_id = id, port = port + 1 }
client.dws:reset_password{ cluster_id = id, new_password = hwdb.secret("x") }
]]))
  end)
end)
