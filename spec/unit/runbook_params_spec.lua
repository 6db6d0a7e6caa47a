-- SPDX-License-Identifier: Apache-2.0
local params = require("hwdb.runbook.params")
local support = require("spec.runbooks.support")

local function read(declared, given)
  return params.read(declared, given, "probe")
end

local function problems(declared, given)
  local values, err = read(declared, given)
  assert.is_nil(values)
  assert.equal("usage", err.kind)
  local list = {}
  for i, p in ipairs(err.problems) do list[i] = p.path .. " " .. p.message end
  return list
end

describe("parameters of a runbook", function()
  it("are read by their types", function()
    local declared = {
      { name = "s", type = "string", help = "x" }, { name = "i", type = "integer", help = "x" },
      { name = "n", type = "number", help = "x" }, { name = "b", type = "boolean", help = "x" },
      { name = "l", type = "list", help = "x" }, { name = "c", type = "choice", choices = { "a", "b" }, help = "x" },
      { name = "t", type = "time", help = "x" }, { name = "d", type = "integer", default = 7, help = "x" },
      { name = "absent", type = "string", help = "x" },
    }
    assert.same({ s = "text", i = 9007199254740993, n = 1.5, b = false, l = { "a", "b", "c" }, c = "b",
      t = support.START, d = 7 }, (read(declared, { s = "text", i = "9007199254740993", n = "1.5", b = "false",
      l = "a, b,c", c = "b", t = "2026-11-22 08:00 +08:00" })))
  end)

  it("take values that have their type already", function()
    local declared = { { name = "i", type = "integer", help = "x" }, { name = "l", type = "list", help = "x" },
      { name = "b", type = "boolean", help = "x" } }
    assert.same({ i = 3, l = { "x" }, b = true }, (read(declared, { i = 3, l = { "x" }, b = true })))
  end)

  it("are refused with all problems at once", function()
    local declared = {
      { name = "instance_id", type = "string", required = true, help = "the instance" },
      { name = "shards", type = "integer", min = 1, max = 64, help = "x" },
      { name = "on", type = "boolean", help = "x" },
      { name = "policy", type = "choice", choices = { "retry", "stop" }, help = "x" },
      { name = "when", type = "time", help = "x" },
      { name = "name", type = "string", help = "x" },
      { name = "ids", type = "list", help = "x" },
    }
    assert.same({
      "instance_id is missing: the instance",
      "shards is 65, at most 64 is allowed",
      'on must be true or false, not "maybe"',
      'policy must be one of retry, stop, not "rettry", did you mean retry?',
      'when must be a time with its zone, such as "2026-11-22 02:00 +08:00", not "2026-11-22 02:00"',
      "name holds a control character",
      "ids item 2 is empty",
      "shard is no parameter of this runbook, did you mean shards?",
    }, problems(declared, { shards = "65", on = "maybe", policy = "rettry", when = "2026-11-22 02:00", name = "a\nb",
      ids = "a,,b", shard = "8" }))
  end)

  it("refuse what is no number", function()
    local declared = { { name = "i", type = "integer", help = "x" }, { name = "n", type = "number", help = "x" } }
    assert.same({ 'i must be a whole number, not "8.5"', 'n must be a number, not "0x10"' },
      problems(declared, { i = "8.5", n = "0x10" }))
  end)

  it("give one value for all or one for each", function()
    local declared = { { name = "user", type = "string", each = true, help = "x" } }
    assert.same({ user = { all = "root" } }, (read(declared, { user = "root" })))
    assert.same({ user = { all = "root", n1 = "admin" } }, (read(declared, { user = "root", ["user.n1"] = "admin" })))
    assert.same({ user = { n1 = "a", n2 = "b" } }, (read(declared, { user = { n1 = "a", n2 = "b" } })))
    assert.same({}, (read(declared, {})))
    assert.same({ "user.n1 is empty" }, problems(declared, { ["user.n1"] = "" }))
    assert.same({ "usr.n1 is no parameter of this runbook" }, problems(declared, { ["usr.n1"] = "x" }))
  end)

  local DECLARATION = { { name = "wanted", type = "object", required = true, help = "what shall be", fields = {
    { name = "schema", type = "string", required = true, help = "x" },
    { name = "ssl", type = "boolean", default = false, help = "x" },
    { name = "accounts", type = "objects", help = "x", fields = {
      { name = "name", type = "string", required = true, help = "x" },
      { name = "role", type = "choice", choices = { "reader", "writer" }, default = "reader", help = "x" },
      { name = "hosts", type = "list", help = "x" } } } } } }

  it("may be a declaration: JSON text or tables, with defaults filled in at every depth", function()
    local wanted = { schema = "orders", ssl = false, accounts = { { name = "app", role = "writer", hosts = { "a", "b" } },
      { name = "report", role = "reader" } } }
    assert.same({ wanted = wanted }, (read(DECLARATION, { wanted = [[{"schema": "orders", "ssl": null, "accounts": [
      {"name": "app", "role": "writer", "hosts": ["a", "b"]}, {"name": "report"}]}]] })))
    assert.same({ wanted = wanted }, (read(DECLARATION, { wanted = { schema = "orders", accounts = {
      { name = "app", role = "writer", hosts = "a,b" }, { name = "report" } } } })))
  end)

  it("name the place of each problem in a declaration", function()
    assert.same({ "wanted.schema is missing: x", 'wanted.accounts[1].role must be one of reader, writer, not "wrter", did you mean writer?',
      "wanted.accounts[1].nam is no field of it, did you mean name?", "wanted.accounts[2] must be an object: {…}" },
      problems(DECLARATION, { wanted = { accounts = { { nam = "x", name = "a", role = "wrter" }, "b" } } }))
    assert.same({ "wanted must be an object: {…}" }, problems(DECLARATION, { wanted = "[1]" }))
    assert.same({ "wanted.schema is missing: x", "wanted.accounts must be a list of objects: [{…}, …]" },
      problems(DECLARATION, { wanted = '{"accounts": {"name": "a"}}' }))
    assert.matches("^wanted is not JSON: ", problems(DECLARATION, { wanted = "{" })[1])
    assert.equal('wanted is ambiguous: the member "a.b" stands there twice',
      problems(DECLARATION, { wanted = '{"a":{"b":1,"c":2,"b":3}}' })[1])
  end)

  it("declare fields like parameters, but no secrets in them", function()
    assert.same({ "parameter a: an object needs fields = {…}" }, params.check({ { name = "a", type = "object", help = "x" } }))
    assert.same({ "parameter a.k: help is missing: one line on what it is",
      "parameter a.s: a secret is a parameter of its own, never part of a declaration" },
      params.check({ { name = "a", type = "objects", help = "x", fields = { { name = "k", type = "string" },
        { name = "s", type = "secret", help = "x" } } } }))
  end)

  it("keep secrets out of values and messages", function()
    local declared = { { name = "password", type = "secret", each = true, help = "x" } }
    local values = read(declared, { password = "canary-1", ["password.n1"] = "canary-2" })
    assert.equal("***", tostring(values.password.all))
    assert.equal("***", tostring(values.password.n1))
    local _, err = read(declared, { password = "canary-1", passwort = "canary-3" })
    assert.is_nil(tostring(err):find("canary", 1, true))
  end)
end)

describe("declarations of parameters", function()
  it("are checked when the runbook is loaded", function()
    assert.same({
      'parameter a: type strng is none of boolean, choice, integer, list, number, secret, string, time, object, objects, did you mean string?',
      "parameter b: help is missing: one line on what it is",
      "parameter c: a choice needs choices = {…}",
      "parameter d: unknown field requierd, did you mean required?",
      "parameter e: it is required and has a default: leave out one",
      'parameter f: its default must be a whole number, not "x"',
      "parameter a: declared twice",
      "params[9]: a table with a name of letters, digits and _ is needed",
      "parameter accept: this name is the runner's own",
    }, params.check({
      { name = "a", type = "strng", help = "x" }, { name = "b", type = "string" },
      { name = "c", type = "choice", help = "x" }, { name = "d", type = "string", requierd = true, help = "x" },
      { name = "e", type = "string", required = true, default = "x", help = "x" },
      { name = "f", type = "integer", default = "x", help = "x" }, { name = "a", type = "string", help = "x" },
      { name = "accept", type = "list", help = "x" }, { name = "1a", type = "string", help = "x" },
    }))
  end)
end)
