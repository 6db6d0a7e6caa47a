-- SPDX-License-Identifier: Apache-2.0
-- The data beside the rows: no change without a way to find out about it, nothing asynchronous without its wait, and
-- every name in it known to the rows.
local core = require("hwdb.core")
local effects = require("hwdb.effects")

local SERVICES = { "ddm", "dws", "dbss", "rds", "bss", "iam" }

-- Of these the documents say that the work goes on after the answer, though the answer names no job.
local GOES_ON = { ["ddm.switch_route"] = true, ["dws.create_cluster"] = true, ["dws.delete_cluster"] = true,
  ["dws.restart_cluster"] = true, ["dws.reset_password"] = true, ["dws.resize_cluster"] = true, ["dws.shrink_cluster"] = true,
  ["dws.create_snapshot"] = true, ["dws.copy_snapshot"] = true, ["dws.delete_snapshot"] = true, ["dws.restore_cluster"] = true,
  ["dws.update_configuration"] = true, ["dbss.create_instances_period_order"] = true, ["rds.create_manual_backup"] = true,
  ["bss.pay_order"] = true, ["dws.cancel_readonly_cluster"] = true, ["ddm.update_instance_name"] = true }

local function changes()
  local list = {}
  for _, row in ipairs(core.rows()) do
    if row.kind ~= "query" then list[#list + 1] = row end
  end
  return list
end

local function has_name(fields, path)
  local first, rest = path:match("^([^.]+)%.?(.*)$")
  for _, field in ipairs(fields or {}) do
    if field.name == first or field.alias == first then
      rest = rest:gsub("^%d+%.?", "")
      return rest == "" or field.type == "map" or not field.fields or has_name(field.fields, rest)
    end
  end
  return false
end

local function each_text(value, fn)
  if type(value) == "string" then fn(value) end
  if type(value) == "table" then
    for _, inner in pairs(value) do each_text(inner, fn) end
  end
end

local function row_of(op)
  local service, name = op:match("^([^.]+)%.(.+)$")
  return core.rows(service, name)
end

-- Fields of the things an operation answers with: items of a list, or the body.
local function things(row, part)
  local path = part.items or ((part.list or part.where or part.find) and row.page and row.page.items)
  local fields = row.answer
  for name in (path or ""):gmatch("[^.]+") do
    for _, field in ipairs(fields or {}) do
      if field.name == name then fields = field.fields end
    end
  end
  return fields
end

describe("the data beside the rows", function()
  it("has an entry for every change of every service", function()
    local missing = {}
    for _, row in ipairs(changes()) do
      if not effects.of(row.service, row.name) then missing[#missing + 1] = row.service .. "." .. row.name end
    end
    assert.same({}, missing)
  end)

  it("has no entry for anything else", function()
    for _, service in ipairs(SERVICES) do
      for name in pairs(require("hwdb.effects." .. service)) do
        local row = core.rows(service, name)
        assert.truthy(row and row.kind ~= "query" and row.name == name, service .. "." .. name)
      end
    end
  end)

  it("says for each change exactly one of probe, repeatable, ask a person", function()
    for _, row in ipairs(changes()) do
      local effect, count = effects.of(row.service, row.name), 0
      for _, key in ipairs({ "probe", "repeatable", "person" }) do count = count + (effect[key] and 1 or 0) end
      assert.equal(1, count, row.service .. "." .. row.name)
      if effect.person then assert.is_string(effect.person) end
    end
  end)

  it("repeats only what has the same effect twice", function()
    for _, row in ipairs(changes()) do
      if effects.of(row.service, row.name).repeatable then
        local harmless = row.kind == "set" or row.kind == "delete" or row.service == "iam"
          or row.name == "add_rds_no_agent_database" or row.name == "create_cluster_dns"
        assert.truthy(harmless, row.service .. "." .. row.name)
        assert.falsy(row.irreversible or row.paid and row.name ~= "enable_auto_renew", row.service .. "." .. row.name)
      end
    end
  end)

  it("has a wait for whatever goes on after its answer", function()
    for _, row in ipairs(changes()) do
      local op = row.service .. "." .. row.name
      if row.job or GOES_ON[op] then assert.truthy(effects.of(row.service, row.name).wait, op) end
    end
  end)

  it("looks with queries, at names the rows know", function()
    for _, row in ipairs(changes()) do
      local effect, op = effects.of(row.service, row.name), row.service .. "." .. row.name
      local parts = effect.probe and effect.probe.any and { table.unpack(effect.probe.any) } or { effect.probe }
      parts[#parts + 1] = effect.wait
      for _, part in ipairs(parts) do
        local look = row_of(part.look or part.op)
        assert.truthy(look and look.kind == "query", op)
        if (part.where or part.find or part.list) and not part.items then assert.truthy(look.page, op .. ": is not a list") end
        for name in pairs(part.args or {}) do assert.truthy(has_name(look.params, name), op .. ": " .. name) end
        each_text({ part.args, part.where, part.find, part.same, part.name, part.each, part.also }, function(text)
          if text:sub(1, 1) == "$" then assert.truthy(has_name(row.params, text:sub(2)), op .. ": " .. text) end
        end)
        for path in pairs(part.where or part.find or {}) do
          assert.truthy(has_name(things(look, part), path), op .. ": " .. path)
        end
        for path in pairs(part.as or {}) do
          assert.truthy(has_name(things(look, part), (part.within and part.within .. "." or "") .. path), op .. ": " .. path)
        end
      end
    end
  end)

  it("never takes an order for absent: whatever can be ordered says how that is told", function()
    local can = {}
    for _, row in ipairs(changes()) do
      local probe, op = effects.of(row.service, row.name).probe, row.service .. "." .. row.name
      local orders = (row.service == "ddm" or row.service == "rds") and op ~= "ddm.shrink_instance_nodes" -- 4.2.10: not these
        and (has_name(row.answer, "order_id") or has_name(row.answer, "orderId"))
      if orders then can[#can + 1] = op end
      local ordered = probe and probe.ordered
      assert.equal(ordered ~= nil, orders or false, op)
      if ordered then assert.truthy(has_name(row.answer, ordered.answer), op) end
      for path in pairs(ordered and ordered.where or {}) do assert.truthy(has_name(row.params, path), op .. ": " .. path) end
      if ordered and ordered.look then assert.truthy(has_name(row_of(ordered.look).answer, ordered.field), op) end
    end
    assert.is_true(#can >= 8, table.concat(can, " "))
  end)

  it("adopts answers in the shape of the row's own", function()
    for _, row in ipairs(changes()) do
      local probe, op = effects.of(row.service, row.name).probe, row.service .. "." .. row.name
      for path in pairs(probe and probe.answer or {}) do
        assert.truthy(has_name(row.answer, path), op .. ": " .. path)
      end
      -- What a wait needs of the answer, an adopted one has as well.
      local wait = effects.of(row.service, row.name).wait
      if probe and wait and not probe.gone then
        each_text({ wait.args, wait.find }, function(text)
          local path = text:match("^@(.+)$")
          if path and path ~= "now" and path ~= "month" and not probe.same and not probe.done then
            assert.truthy(probe.answer and probe.answer[path], op .. ": " .. path)
          end
        end)
      end
    end
  end)

  it("makes a wait out of a change's arguments and answer", function()
    local wait = effects.wait("dws.create_snapshot", { snapshot = { name = "s" } }, { snapshot = { id = "x" } })
    assert.same({ snapshot_id = "x" }, wait.args)
    assert.equal("dws.create_snapshot", wait.name)
    assert.equal(60, effects.wait("ddm.restart_instance", { instance_id = "i" }, { jobId = "j" }, 60).timeout)
    assert.has_error(function() effects.wait("ddm.update_user", {}) end, "ddm.update_user starts nothing that goes on after its answer")
  end)

  it("knows how services say that something is not there", function()
    assert.is_true(effects.is_gone({ kind = "api", status = 404, code = "DBS.200010" }))
    assert.is_true(effects.is_gone({ kind = "api", status = 401, code = "DWS.0047" }))
    assert.is_false(effects.is_gone({ kind = "api", status = 404, code = "APIGW.0101" }))
    assert.is_false(effects.is_gone({ kind = "transport" }))
  end)
end)
