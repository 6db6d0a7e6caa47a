-- SPDX-License-Identifier: Apache-2.0
-- The permissions of a script, from what its text says; and the headers of the shipped runbooks against them.
local cjson = require("cjson")
local cli = require("spec.support.cli")
local permissions = require("hwdb.cli.permissions")
local runbook = require("hwdb.runbook")
local uses = require("hwdb.cli.uses")

local function ops_of(text)
  local list, unseen = uses.of(text)
  local ops = {}
  for i, use in ipairs(list) do ops[i] = use.op end
  return ops, unseen, list
end

describe("the operations of a script", function()
  it("are seen as methods, functions and lists", function()
    assert.same({ "ddm.list_instances", "ddm.list_schemas", "ddm.show_instance", "dws.list_snapshots" }, (ops_of([[
      run.ddm:show_instance{ instance_id = id }
      run:try(run.ddm.list_schemas, run.ddm, {})
      for one in run.ddm:each("list_instances", {}) do end
      for page in handle.dws:pages "list_snapshots" do end
    ]])))
  end)

  it("are seen in waits, guards and words of one's own helpers", function()
    assert.same({ "ddm.show_instance", "ddm.show_job", "dws.show_cluster" }, (ops_of([[
      run:wait{ op = "ddm.show_job", args = {} }
      run:guard{ op = 'ddm.show_instance', fields = {} }
      settled(run, "the cluster", "dws.show_cluster", {})
    ]])))
  end)

  it("are seen in what members of the handle read", function()
    assert.same({ "bss.show_order", "ddm.list_instances", "ddm.list_jobs", "ddm.list_schemas" }, (ops_of([[
      local used = run:data_nodes_in_use()
      local jobs = run:jobs{ instance_id = id }
      run:follow_order{ id = order_id, timeout = 60 }
    ]])))
  end)

  it("are seen under a local name of the service", function()
    assert.same({ "ddm.list_instances", "ddm.show_instance" }, (ops_of([[
      local ddm = run.ddm
      ddm:show_instance{}
      for one in ddm:each("list_instances") do end
      other.ddm_like:delete_instance{}
    ]])))
  end)

  it("are seen in another region or project", function()
    assert.same({ "ddm.list_instances", "dws.list_clusters" }, (ops_of([[
      for one in run:at{ region = r }.ddm:each("list_instances", {}) do end
      local there = run:at{ project = p }
      there.dws:list_clusters{}
    ]])))
  end)

  it("are not seen in comments, in sentences and in long texts", function()
    assert.same({}, (ops_of([==[
      -- run.ddm:delete_instance{}
      --[[ run.ddm:delete_instance{} "ddm.show_job" ]]
      --[=[ run.ddm:delete_instance{} ]=]
      local a = "`hwdb call ddm.list_jobs` shows it"
      local b = [[ run.ddm:delete_instance{} ]]
      local c = "a \" run.ddm:delete_instance{} \\"
      local d = 'ddm.no_such_thing' .. 1.5 .. 2
    ]==])))
  end)

  it("have their lines, each once", function()
    local _, _, list = ops_of("local a = [[\n]]\nrun.ddm:show_instance{} run.ddm:show_instance{}\nrun.ddm:show_instance{}")
    assert.same({ 3, 4 }, list[1].lines)
  end)

  it("by the SDK's name are the row's own", function()
    local row = assert(require("hwdb.core").rows("ddm", "show_avalible_rds"))
    assert.same({ "ddm." .. row.name }, (ops_of("run.ddm:show_avalible_rds{}")))
  end)

  it("that the run chooses are any of those written out", function()
    local ops, unseen = ops_of('local OPS = { "show_instance", "show_cluster" }\nrun.ddm[op](run.ddm, {})\nrun.dws:each(list)')
    assert.same({ "ddm.show_instance", "dws.show_cluster" }, ops)
    assert.same({}, unseen)
  end)

  it("that only the run knows, or that are none, are told with their line", function()
    local ops, unseen = ops_of('run.ddm[name](run.ddm, {})\nrun.ddm:each(list)\nrun.ddm:show_instence{}')
    assert.same({}, ops)
    assert.same({ { line = 1, text = "an operation of ddm is chosen while it runs" },
      { line = 2, text = "the list of ddm:each is chosen while it runs" },
      { line = 3, text = "ddm.show_instence is no operation" } }, unseen)
  end)

  it("hold what the engine reads to find out about a change", function()
    local ops, _, list = ops_of("run.dws:create_snapshot{}")
    assert.same({ "dws.create_snapshot", "dws.list_snapshots" }, ops)
    assert.same({ "finds out about dws.create_snapshot" }, list[2].reads)
    assert.same({}, list[2].lines)
  end)

  it("hold what it reads to wait, where the script waits", function()
    local waiting = { "dws.create_snapshot", "dws.list_snapshots", "dws.show_snapshot" }
    assert.same(waiting, (ops_of('run.dws:create_snapshot{} run:wait_for("dws.create_snapshot", args, answer)')))
    assert.same(waiting, (ops_of("run.dws:create_snapshot{} run:wait_for(op, args, answer)")))
  end)
end)

describe("the policy", function()
  local function needs(text, header) return permissions.of(uses.of(text), header) end

  it("has the documents' actions, and what those depend on", function()
    local found = needs("run.ddm:show_instance{} run.ddm:list_instances{} run.ddm:delete_instance{}")
    assert.same({ "ddm:instance:delete", "ddm:instance:get", "ddm:instance:list" }, found.actions)
    assert.same({ "vpc*:get*", "vpc*:list*", "vpc:ports:delete" }, found.dependent)
    assert.same({ Version = "1.1", Statement = {
      { Effect = "Allow", Action = { "ddm:instance:delete", "ddm:instance:get", "ddm:instance:list" } },
      { Effect = "Allow", Action = { "vpc*:get*", "vpc*:list*", "vpc:ports:delete" } } } }, permissions.policy(found))
  end)

  it("names roles that no action stands for", function()
    assert.same({ "BSS Finance and BSS Operator, to buy an instance by the month or year" }, needs("run.ddm:create_instance{}").roles)
    assert.same({}, needs("run.ddm:show_instance{}").roles)
  end)

  it("names what the documents leave out", function()
    local found = needs("run.ddm:list_jobs{} run.dbss:list_audit_instances{}")
    assert.same({}, found.actions)
    assert.same({ "dbss.list_audit_instances", "ddm.list_jobs" }, found.unstated)
  end)

  it("tells what a header lacks and what it has too much", function()
    local found = needs("run.ddm:show_instance{}", { "ddm:instance:list", "dws:openAPICluster:list" })
    assert.same({ "ddm:instance:get" }, found.missing)
    assert.same({ "ddm:instance:list", "dws:openAPICluster:list" }, found.extra)
  end)

  it("takes over the header's own of services without a table, where they are called", function()
    local header = { "rds:instance:list", "dbss:auditInstance:list" }
    local found = needs("run.rds:list_instances{}", header)
    assert.same({ "rds:instance:list" }, found.own)
    assert.same({ "dbss:auditInstance:list" }, found.extra)
  end)

  it("depends on actions that the rows know", function()
    for op in pairs(permissions.DEPENDENT) do
      local row = require("hwdb.core").rows(op:match("^(.-)%.(.+)$"))
      assert.truthy(row and row.permission, op)
    end
  end)
end)

describe("hwdb policy", function()
  teardown(cli.clean)

  local BOOK = [[return { name = "own", summary = "One's own", params = {}, permissions = { %s }, run = function(run)
    run.ddm:show_instance{ instance_id = "a" }
    run.ddm:list_jobs{}
  end }]]

  it("prints the policy alone on stdout, the rest beside it", function()
    local path = cli.file("own.lua", BOOK:format('"ddm:instance:get"'))
    local r = cli.run({ "policy", path })
    assert.equal(0, r.code, r.err)
    assert.same({ Version = "1.1", Statement = { { Effect = "Allow", Action = { "ddm:instance:get" } },
      { Effect = "Allow", Action = { "vpc*:get*", "vpc*:list*" } } } }, cjson.decode(r.out))
    assert.equal("the documents state no permission for: ddm.list_jobs\n", r.err)
    assert.equal(0, cli.run({ "policy", path, "--check" }).code)
  end)

  it("warns of a header that differs, and with --check ends with 1", function()
    local path = cli.file("bad.lua", BOOK:format('"ddm:instance:list"'))
    local r = cli.run({ "policy", path })
    assert.equal(0, r.code)
    assert.matches("warning: " .. path .. ": the header's permissions lack: ddm:instance:get\n", r.err, 1, true)
    assert.matches(path .. ": the header names what the documents state for none of its calls: ddm:instance:list\n", r.err, 1, true)
    assert.equal(1, cli.run({ "policy", path, "--check" }).code)
  end)

  it("tells everything as JSON", function()
    local r = cli.run({ "policy", cli.file("own.lua", BOOK:format("")), "--json", "--check" })
    assert.equal(1, r.code)
    local told = cjson.decode(r.out)
    assert.same({ "ddm:instance:get" }, told.missing)
    assert.same({ "ddm.list_jobs" }, told.unstated)
    assert.same({ { op = "ddm.list_jobs", lines = { 3 } }, { op = "ddm.show_instance", permission = "ddm:instance:get", lines = { 2 } } },
      told.operations)
    assert.same({}, told.unseen)
  end)

  it("reads plain scripts and shipped runbooks", function()
    local r = cli.run({ "policy", cli.file("plain.lua", "local client = hwdb.client{}\nclient.dws:list_clusters{}") })
    assert.same({ "dws:openAPICluster:list" }, cjson.decode(r.out).Statement[1].Action)
    assert.equal(0, cli.run({ "policy", "ddm_shard_clean" }).code)
    assert.equal(2, cli.run({ "policy", "ddm_shard_clear" }).code)
    assert.equal(2, cli.run({ "policy", "/nowhere.lua" }).code)
    assert.equal(2, cli.run({ "policy" }).code)
  end)
end)

describe("every shipped runbook", function()
  it("names in its header the permissions that its calls need", function()
    local differing, count = {}, 0
    local pipe <close> = assert(io.popen("ls scripts/*.lua"))
    for path in pipe:lines() do
      count = count + 1
      local rb = assert(runbook.load(path))
      local list, unseen = uses.of(rb.source)
      local found = permissions.of(list, rb.permissions or {})
      local function tell(word, names)
        if #names > 0 then differing[#differing + 1] = ("%s %s %s"):format(path, word, table.concat(names, ", ")) end
      end
      tell("lacks", found.missing)
      tell("has too much:", found.extra)
      for _, entry in ipairs(unseen) do differing[#differing + 1] = ("%s:%d: %s"):format(path, entry.line, entry.text) end
    end
    assert.is_true(count >= 2)
    assert.same({}, differing)
  end)
end)
