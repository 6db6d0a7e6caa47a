-- SPDX-License-Identifier: Apache-2.0
-- The client against the simulator inside one process, on the virtual clock.
local hwdb = require("hwdb")
local simulator = require("hwdb.sim")

local function both(options, client_options)
  local sim = simulator.new(options)
  local given = { sim = sim }
  for key, value in pairs(client_options or {}) do given[key] = value end
  return assert(hwdb.client(given)), sim, sim.state.ddm.instances[1].id
end

-- The listed job, polled by the client's own waits until its status is one of those wanted.
local function followed(client, id, wanted)
  for _ = 1, 1000 do
    local list = assert(client.ddm:list_jobs({ start_time = client:now() - 86400000, end_time = client:now() }))
    for _, job in ipairs(list.jobs) do
      if job.id == id and wanted[job.status] then return job end
    end
    client:sleep(60)
  end
end

describe("the client and the simulator in one process", function()
  it("carry a shard configuration from precheck to clean in no real time", function()
    local client, sim, id = both()
    local ddm = client.ddm
    local path = { instance_id = id, db_name = "orders" }
    local function with(more)
      local args = {}
      for key, value in pairs(path) do args[key] = value end
      for key, value in pairs(more or {}) do args[key] = value end
      return args
    end
    local available = assert(ddm:list_migration_data_nodes(with()))
    local nodes = {}
    for i = 1, 3 do
      nodes[i] = { id = available.data_nodes[i].id, user = sim.data_node_user, password = sim.data_node_password }
    end
    local plan = with({ data_nodes = nodes, new_shard_number = "12" })
    local precheck = assert(ddm:precheck_shards(plan))
    client:sleep(60)
    assert.equal(13, #assert(ddm:show_precheck(with({ job_id = precheck.job_id }))).pre_check_results)
    local task = assert(ddm:configure_shards(plan)).job_id
    assert.same({ "modifySwitchingStrategy", "toBeCanceled", "toBeSwitched" },
      followed(client, task, { ToBeSwitched = true }).operations)
    assert.same({}, assert(ddm:switch_route(with({ job_id = task }))))
    followed(client, task, { ToBeCleaned = true })
    local clean = assert(ddm:clean_shards(with({ job_id = task }))).job_id
    assert.equal("Completed", followed(client, clean, { Completed = true, Failed = true }).status)
    assert.equal(12, assert(ddm:show_schema_v3({ instance_id = id, database_name = "orders" })).shard_number)
    local ops = {}
    for i, effect in ipairs(sim:effects()) do ops[i] = effect.op end
    assert.same({ "precheck_shards", "configure_shards", "switch_route", "clean_shards" }, ops)
  end)

  it("tell a refused key from a refused signature", function()
    local client = both(nil, { sk = "another" })
    local body, err = client.ddm:list_instances({})
    assert.is_nil(body)
    assert.same({ "auth", 401, "APIGW.0301" }, { err.kind, err.status, err.code })
  end)

  for _, word in ipairs({ "refuse", "reset_before", "reset_after", "html", "late" }) do
    it("get a query through after one " .. word, function()
      local client, sim = both({ faults = { { op = "*", ["do"] = word } } })
      local body, info = client.ddm:list_instances({})
      assert.equal("ddm-orders", body.instances[1].name)
      assert.equal(2, info.attempts)
      assert.equal(2, #sim:requests())
    end)
  end

  it("wait out the window that a throttling message states", function()
    local client, sim = both({ faults = { { op = "*", ["do"] = "status", status = 429, limit = 5, window = "10 second" } } })
    local began = sim:now()
    assert(client.ddm:list_instances({}))
    assert.is_true(sim:now() - began >= 10000)
  end)

  it("leave a mutation in doubt when the answer is lost, and find it done", function()
    local client, sim, id = both({ faults = { { op = "ddm.update_instance_name", ["do"] = "reset_after" } } })
    local body, err = client.ddm:update_instance_name({ instance_id = id, name = "ddm-renamed" })
    assert.is_nil(body)
    assert.same({ "transport", true }, { err.kind, err.in_doubt })
    assert.equal("ddm-renamed", assert(client.ddm:show_instance({ instance_id = id })).name)
    assert.equal(1, #sim:effects())
  end)

  it("send a mutation again only when it was refused as busy", function()
    local client, sim, id = both({ faults = { { op = "ddm.update_instance_name", ["do"] = "refuse" } } })
    assert(client.ddm:update_instance_name({ instance_id = id, name = "ddm-renamed" }))
    assert.equal(1, #sim:effects())
  end)

  it("time out on a stall longer than the client's patience", function()
    local client, sim, id = both({ faults = { { op = "*", ["do"] = "stall", seconds = 86400 } } })
    local body, err = client.ddm:update_instance_name({ instance_id = id, name = "ddm-renamed" })
    assert.is_nil(body)
    assert.same({ "timeout", true }, { err.kind, err.in_doubt })
    assert.equal("ddm-renamed", sim.state.ddm.instances[1].name)
  end)
end)
