-- SPDX-License-Identifier: Apache-2.0
-- Subscriptions from one declaration: made once, drift shown, changed, pruned only where this runbook made them.
local dws = require("spec.runbooks.dws_changes")

local function urn(name)
  return "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:" .. name
end

local function declaration(change)
  local d = { alarms = { { name = "night-shift", levels = { "urgent", "important" }, topic_urn = urn("dba"), topic_name = "dba" } },
    events = { { name = "failures", severities = { "warning" }, categories = { "management" }, topic_urn = urn("dba"),
      topic_name = "dba", time_zone = "GMT+01:00" } } }
  if change then change(d) end
  return d
end

local function subscribe(world, params, accept)
  params = params or {}
  params.declaration = params.declaration or declaration()
  return dws.run(world, "dws_subscriptions", params, accept)
end

local function subs(world)
  return world.sim.state.dws
end

describe("subscriptions from a declaration", function()
  it("are created, with what was declared", function()
    local world = dws.world()
    local result, reporter = subscribe(world)
    assert.is_nil(result.error)
    assert.same({ created = 2, changed = 0, same = 0, undeclared = 0, time_zones = 0 }, result.value)
    assert.same({ "create_alarm_sub", "create_event_sub" }, dws.effects(world))
    local alarm, event = subs(world).alarm_subs[1], subs(world).event_subs[1]
    assert.same({ "night-shift", "urgent,important", 1, urn("dba"), "dba", "SMN", "GMT+08:00" }, { alarm.name, alarm.alarm_level,
      alarm.enable, alarm.notification_target, alarm.notification_target_name, alarm.notification_target_type, alarm.time_zone })
    assert.same({ "failures", "warning", "management", "", "GMT+01:00" }, { event.name, event.severity, event.category,
      event.source_type, event.time_zone })
    assert.is_true(reporter:has("^ok read again: as declared$"))
    assert.is_true(reporter:has("^unseen not visible to an API, check by hand: each SMN topic exists"))
  end)

  it("change nothing the second time", function()
    local world = dws.world()
    subscribe(world)
    local result, reporter = subscribe(world)
    assert.same({ created = 0, changed = 0, same = 2, undeclared = 0, time_zones = 0 }, result.value)
    assert.is_true(reporter:has("^note everything is as declared: nothing to change$"))
    assert.equal(2, #dws.effects(world))
  end)

  it("are found to have drifted, and put right", function()
    local world = dws.world()
    subscribe(world)
    subs(world).alarm_subs[1].alarm_level, subs(world).event_subs[1].enable = "prompt", 0
    local result = subscribe(world, { mode = "report" })
    assert.same({ created = 0, changed = 0, same = 0, undeclared = 0, time_zones = 0, missing = 0, differing = 2 }, result.value)
    assert.equal(2, #dws.effects(world))
    local again, reporter = subscribe(world)
    assert.equal(2, again.value.changed)
    assert.is_true(reporter:has("^ok alarm subscription night%-shift changed: alarm_level: prompt instead of important,urgent$"))
    assert.same({ "create_alarm_sub", "create_event_sub", "update_alarm_sub", "update_event_sub" }, dws.effects(world))
    assert.same({ "urgent,important", 1 }, { subs(world).alarm_subs[1].alarm_level, subs(world).event_subs[1].enable })
  end)

  it("are the same in another order of their words", function()
    local world = dws.world()
    subscribe(world)
    local d = declaration(function(d) d.alarms[1].levels = { "important", "urgent" } end)
    assert.equal(2, subscribe(world, { declaration = d }).value.same)
  end)

  it("are cleared of what is no longer declared", function()
    local world = dws.world()
    subscribe(world)
    local d = declaration(function(d) d.events[1].categories = nil end)
    assert.equal(1, subscribe(world, { declaration = d }).value.changed)
    assert.equal("", subs(world).event_subs[1].category)
  end)

  it("are put back, and the new ones deleted, when the run is given up", function()
    local d = declaration(function(d)
      d.alarms[2] = { name = "day-shift", levels = { "minor" }, topic_urn = urn("dba"), topic_name = "dba" }
    end)
    local target = { notification_target = urn("dba"), notification_target_name = "dba", notification_target_type = "SMN",
      time_zone = "GMT+08:00" }
    local result, world, first = dws.taken_back("dws_subscriptions", { declaration = d }, {
      world = { faults = { { op = "dws.update_event_sub", ["do"] = "status", status = 400, code = "DWS.5065", times = 9 } } },
      prepare = function(world)
        for op, name in pairs({ create_alarm_sub = "night-shift", create_event_sub = "failures" }) do
          target.name = name
          assert(world.client.dws[op](world.client.dws, target))
        end
      end })
    assert.equal("failed", first.state)
    assert.equal("rolled_back", result.state, tostring(result.error))
    assert.same({ 1, "night-shift", "" }, { #subs(world).alarm_subs, subs(world).alarm_subs[1].name,
      subs(world).alarm_subs[1].alarm_level })
    local ops = dws.effects(world)
    assert.same({ "create_alarm_sub", "update_alarm_sub", "update_alarm_sub", "delete_alarm_sub" },
      { table.unpack(ops, world.before + 1) })
  end)

  it("keep a time zone that cannot be changed, and it is told", function()
    local world = dws.world()
    subscribe(world)
    local d = declaration(function(d) d.alarms[1].time_zone = "GMT+02:00" end)
    local result, reporter = subscribe(world, { declaration = d })
    assert.same({ 0, 1, "done" }, { result.value.changed, result.value.time_zones, result.status })
    assert.is_true(reporter:has("^warn alarm subscription night%-shift: its time zone cannot be changed "
      .. "%(GMT%+08:00 instead of GMT%+02:00%)"))
  end)
end)

describe("pruning subscriptions", function()
  local function shrunk() return declaration(function(d) d.events = {} end) end

  it("is not done unless asked for", function()
    local world = dws.world()
    subscribe(world)
    assert.equal(1, subscribe(world, { declaration = shrunk() }).value.undeclared)
    assert.equal(1, #subs(world).event_subs)
  end)

  it("deletes, confirmed, what this runbook made", function()
    local world = dws.world()
    subscribe(world)
    local result = subscribe(world, { declaration = shrunk(), prune = true }, { "prune 1" })
    assert.equal("done", result.status)
    assert.equal(0, #subs(world).event_subs)
    assert.same({ "create_alarm_sub", "create_event_sub", "delete_event_sub" }, dws.effects(world))
  end)

  it("waits for a person without a terminal, and wants the number typed at one", function()
    local world = dws.world()
    subscribe(world)
    assert.equal("waiting", subscribe(world, { declaration = shrunk(), prune = true }).status)
    local result = dws.run(world, "dws_subscriptions", { declaration = shrunk(), prune = true }, nil,
      { ask = function() return "yes" end })
    assert.equal("not confirmed: nothing was pruned", result.error.message)
    assert.equal(1, #subs(world).event_subs)
  end)

  it("leaves alone what somebody else made", function()
    local world = dws.world()
    assert(world.client.dws:create_event_sub({ name = "theirs", notification_target = urn("x"), notification_target_name = "x",
      notification_target_type = "SMN" }))
    local result, reporter = subscribe(world, { prune = true })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^note nothing to prune"))
    assert.equal(2, #subs(world).event_subs)
  end)
end)

describe("a declaration of subscriptions", function()
  local function refused(change)
    local world = dws.world()
    local result, reporter = subscribe(world, { declaration = declaration(change) })
    assert.same({}, dws.effects(world))
    return result.error.message, reporter
  end

  it("is refused where it cannot be meant so, each line named", function()
    local message, reporter = refused(function(d)
      d.alarms[2] = d.alarms[1]
      d.events[1].severities = { "fatal" }
      d.events[1].topic_name = "another"
      d.events[1].source_types, d.events[1].source_id = { "cluster" }, "none"
    end)
    assert.equal("preflight: not met: declared names of alarm subscriptions, words of event subscriptions, "
      .. "topics of event subscriptions, sources", message)
    assert.is_true(reporter:has("^fail words of event subscriptions: fatal of failures$"))
    assert.is_true(reporter:has("^fail topics of event subscriptions: failures$"))
    assert.is_true(reporter:has("^fail sources: no such cluster: failures$"))
    assert.is_true(reporter:has("^fail declared names of alarm subscriptions: night%-shift$"))
  end)

  it("is refused with every wrong field by its place", function()
    local message = refused(function(d)
      d.alarms[1].levels = nil
      d.events[1].colour = "red"
    end)
    assert.matches("declaration.alarms%[1%].levels", message)
    assert.matches("declaration.events%[1%].colour", message)
  end)

  it("cannot be compared where two of a name are there", function()
    local world = dws.world()
    for _ = 1, 2 do
      assert(world.client.dws:create_alarm_sub({ name = "twin", notification_target = urn("x"), notification_target_name = "x",
        notification_target_type = "SMN", time_zone = "GMT+08:00" }))
    end
    local result = subscribe(world)
    assert.equal("preflight: not met: present names of alarm subscriptions", result.error.message)
  end)
end)

describe("subscriptions that somebody else changes", function()
  it("meanwhile are told, and nothing is sent", function()
    local world = dws.world()
    world.sim:add_fault({ op = "dws.list_alarm_subs", nth = 3, ["do"] = "foreign", call = { op = "dws.create_alarm_sub",
      args = { name = "theirs", notification_target = urn("x"), notification_target_name = "x", notification_target_type = "SMN",
        time_zone = "GMT+08:00" } } })
    local result = subscribe(world)
    assert.equal("foreign", result.error.kind)
    assert.same({ "create_alarm_sub" }, dws.effects(world))
  end)

  it("after the change are found by the verification", function()
    local world = dws.world()
    world.sim:add_fault({ op = "dws.create_event_sub", ["do"] = "lag", seconds = 600 })
    local result = subscribe(world)
    assert.equal("verification: not as declared: event failures", result.error.message)
    world.sim:advance(600)
    assert.equal("done", subscribe(world).status)
    assert.equal(2, #dws.effects(world))
  end)

  it("whose answer is lost are found by their name", function()
    local world = dws.world({ faults = { { op = "dws.create_alarm_sub", ["do"] = "reset_after" } } })
    assert.equal("done", subscribe(world).status)
    assert.same({ "create_alarm_sub", "create_event_sub" }, dws.effects(world))
    assert.equal(0, subscribe(world, { declaration = declaration(function(d) d.alarms = {} end), prune = true }, { "prune 1" }).value.created)
    assert.equal(0, #subs(world).alarm_subs)
  end)
end)

describe("the runbook of subscriptions", function()
  require("spec.runbooks.proofs").of({ name = "dws_subscriptions", services = { "dws" },
    params = function() return { declaration = declaration() } end,
    prepare = function(world)
      assert(world.client.dws:create_alarm_sub({ name = "night-shift", alarm_level = "prompt", notification_target = urn("old"),
        notification_target_name = "old", notification_target_type = "SMN", time_zone = "GMT+08:00" }))
    end, effects = { "create_event_sub", "update_alarm_sub" }, points = 16 })
end)
