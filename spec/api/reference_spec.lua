-- SPDX-License-Identifier: Apache-2.0
-- The reference: what `make docs` would write stands in docs, whole, and its example calls work.
local core = require("hwdb.core")
local describe_rows = require("hwdb.describe")
local examples = require("spec.support.examples")
local op_errors = require("hwdb.op_errors")
local samples = require("spec.support.samples")

local pages = dofile("tools/reference.lua").pages()

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

describe("the reference", function()
  for name, text in pairs(pages) do
    it(name .. " is as the rows make it; otherwise: make docs", function()
      assert.is_true(read("docs/reference/" .. name) == text)
    end)
  end

  it("has a section for every operation, with each parameter and answer field", function()
    local missing = {}
    for _, row in ipairs(samples.rows) do
      local page = pages[row.service .. ".md"]
      local from = page:find(("\n### %s.%s\n"):format(row.service, row.name), 1, true)
      local to = from and (page:find("\n### ", from + 5, true) or #page)
      local section = from and page:sub(from, to) or ""
      if not from then missing[#missing + 1] = row.name end
      local function need(fields, prefix)
        for _, field in ipairs(fields or {}) do
          local path = prefix .. field.name
          if not section:find("`" .. path .. "`", 1, true) then missing[#missing + 1] = row.name .. " " .. path end
          need(field.fields, path .. (field.type == "array" and "[]" or field.type == "map" and "{}" or "") .. ".")
        end
      end
      need(row.params, "")
      need(row.answer, "")
      if not section:find(row.method .. " " .. row.path, 1, true) then missing[#missing + 1] = row.name .. " path" end
    end
    assert.same({}, missing)
  end)

  it("keeps its tables whole: no line of a table has another number of cells", function()
    for name, text in pairs(pages) do
      local columns
      for line in text:gmatch("[^\n]*") do
        if line:sub(1, 1) == "|" then
          local bars = select(2, line:gsub("\\|", ""):gsub("|", ""))
          columns = columns or bars
          assert.equal(columns, bars, name .. ": " .. line)
        else
          columns = nil
        end
      end
    end
  end)
end)

-- Runs a printed call and gives back the arguments it makes.
local function arguments_of(row, code)
  local taken
  local client = { [row.service] = setmetatable({}, { __index = function(_, name)
    assert(name == row.name)
    return function(_, args) taken = args end
  end }) }
  local secrets = setmetatable({}, { __index = function(_, name)
    if name == "client" then return client end
    if name == "hwdb" then return { secret = function() return core.secret("a secret 1A") end, array = core.array, null = core.null } end
    return name
  end })
  assert(load(code, "=example", "t", secrets))()
  return taken
end

describe("an example call", function()
  it("in Lua makes the documented example's arguments again", function()
    local function comparable(field_list, value)
      local copy = {}
      for key, one in pairs(value) do
        local field
        for _, candidate in ipairs(field_list or {}) do
          if candidate.name == key then field = candidate end
        end
        if field and field.secret then copy[key] = "***"
        elseif type(one) == "table" then copy[key] = comparable(type(key) == "number" and field_list or (field or {}).fields, one)
        else copy[key] = one end
      end
      return copy
    end
    for _, entry in ipairs(examples.all()) do
      local args = entry.example.args or {}
      local made = arguments_of(entry.row, describe_rows.lua_call(entry.row, args))
      assert.same(comparable(entry.row.params, args), comparable(entry.row.params, made), entry.name)
    end
  end)

  it("that is made up holds every required field", function()
    for _, row in ipairs(samples.rows) do
      local problems = samples.verdict(row, arguments_of(row, describe_rows.lua_call(row)))
      for _, problem in ipairs(problems) do
        assert.is_nil(problem:match(": is required$") or problem:match(": must be "), row.name .. " " .. problem)
      end
    end
  end)

  it("at the prompt never shows a secret", function()
    for _, entry in ipairs(examples.all()) do
      local shown = describe_rows.shell_call(entry.row, entry.example.args or {})
      local function look(fields, value)
        for _, field in ipairs(fields or {}) do
          local one = value[field.name]
          if field.secret and type(one) == "string" and #one > 3 then
            assert.is_nil(shown:find("=" .. one, 1, true) or shown:find('"' .. one .. '"', 1, true), entry.name)
          end
          if type(one) == "table" then
            look(field.fields, one)
            for _, item in ipairs(one) do
              if type(item) == "table" then look(field.fields, item) end
            end
          end
        end
      end
      look(entry.row.params, entry.example.args or {})
    end
  end)

  it("at the prompt nests by dots, repeats lists, quotes what the shell would read, and asks for secrets", function()
    assert.equal("hwdb call dws.reset_password cluster_id=CLUSTER_ID new_password=prompt:",
      describe_rows.shell_call(samples.row("dws.reset_password")))
    assert.equal("hwdb call ddm.kill_logical_sessions instance_id=i process_ids=1 process_ids=2",
      describe_rows.shell_call(samples.row("ddm.kill_logical_sessions"), { instance_id = "i", process_ids = { "1", "2" } }))
    assert.equal("hwdb call ddm.update_user instance_id=i username=u 'user.description=it'\\''s new'",
      describe_rows.shell_call(samples.row("ddm.update_user"), { instance_id = "i", username = "u",
        user = { description = "it's new" } }))
    assert.equal([[hwdb call ddm.update_read_and_write_strategy instance_id=i read_weight:='{"a":50,"b":50}']],
      describe_rows.shell_call(samples.row("ddm.update_read_and_write_strategy"),
        { instance_id = "i", read_weight = { a = 50, b = 50 } }))
    assert.equal("hwdb call ddm.create_schema instance_id=i databases=@databases.json",
      describe_rows.shell_call(samples.row("ddm.create_schema"),
        { instance_id = "i", databases = { { name = "d", used_rds = { { id = "r", adminUser = "u", adminPassword = "p" } } } } }))
  end)
end)

describe("errors of an operation", function()
  it("are codes that the tables know", function()
    local known = {}
    for _, row in ipairs(core.errors()) do known[row.service .. " " .. (row.code or "")] = true end
    local missing = {}
    for _, entry in ipairs(op_errors.all()) do
      if not known[entry] and not known["gateway " .. entry:match(" (.+)$")] then missing[#missing + 1] = entry end
    end
    assert.same({}, missing)
  end)

  it("are its own, its service's and the gateway's, each once", function()
    for _, row in ipairs(samples.rows) do
      local seen = {}
      for _, one in ipairs(op_errors.of(row)) do
        assert.is_nil(seen[one.code], row.name .. " " .. one.code)
        seen[one.code] = true
      end
      assert.is_true(seen["APIGW.0308"], row.name)
    end
    local function codes(name)
      local list = {}
      for i, one in ipairs(op_errors.of(samples.row(name))) do list[i] = one.code end
      return table.concat(list, " ")
    end
    assert.equal("DBS.300101 DBS.300129 DBS.300130 DBS.200019 DBS.212033 DBS.200076 DBS.280110 DBS.280001 DBS.300541 DBS.300002 "
      .. "APIGW.0301 APIGW.0308 APIGW.0101", codes("ddm.delete_schema"))
    assert.equal("DWS.7023 DWS.0015 DWS.0047 DWS.3027 DWS.0001 DWS.5036 DWS.0005 APIGW.0301 APIGW.0308 APIGW.0101",
      codes("dws.restart_cluster"))
    assert.equal("DBSS.10000001 DBSS.10020100 DBSS.11000000 APIGW.0301 APIGW.0308 APIGW.0101", codes("dbss.list_audit_instances"))
    assert.equal("APIGW.0301 APIGW.0308 APIGW.0101", codes("iam.list_projects"))
  end)
end)
