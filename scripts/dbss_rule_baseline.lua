-- SPDX-License-Identifier: Apache-2.0
-- Risk rules of all audit instances against a baseline: which of them are on and off, and which should be.
--
--   1. read        instances, their risk rules and audit scopes, several instances side by side
--   2. preflight   the baseline makes sense; every instance could be read
--   3. compare     one line a rule that differs; apply=false ends here
--   4. agree       a person has seen the list
--   5. switch      rules on and off, instance by instance, and nothing if somebody else switches meanwhile
--   6. verify      the rules are read again
-- A second run finds nothing to switch. Rules are never made nor deleted: there is no call for that.

local SIDE_BY_SIDE = 4

-- The documents write ON and On, Enabled and Disabled for the same.
local STATUS = { ON = "ON", OFF = "OFF", ENABLED = "ON", DISABLED = "OFF" }

local function status_of(text)
  return STATUS[tostring(text or ""):upper()] or tostring(text)
end

local function words(list) return table.concat(list, ", ") end

local function holds(list, value)
  for _, each in ipairs(list or {}) do
    if each == value then return true end
  end
  return false
end

---------------------------------------------------------------------------
-- 1. Reading.

local function wanted_instance(p, instance)
  return not p.instances or holds(p.instances, instance.id) or holds(p.instances, instance.name)
end

local function rules_of(run, instance)
  return run.dbss:list_audit_rule_risks{ instance_id = instance.id }.rules or {}
end

local function one_of(run, instance)
  local one = { id = instance.id, name = instance.name, rules = rules_of(run, instance), scopes = {},
    running = instance.status == "ACTIVE" and (instance.task == "NO_TASK" or instance.task == nil), status = instance.status }
  for scope in run.dbss:each("list_audit_rule_scopes", { instance_id = instance.id }) do one.scopes[#one.scopes + 1] = scope end
  return one
end

local function read(run, p)
  local chosen, reads, known = {}, {}, {}
  for instance in run.dbss:each("list_audit_instances", {}) do
    known[instance.id], known[instance.name] = true, true
    if wanted_instance(p, instance) then
      chosen[#chosen + 1] = instance
      reads[#reads + 1] = function() return one_of(run, instance) end
    end
  end
  local list, unread = {}, {}
  for i, ended in ipairs(run:gather(reads, { max = SIDE_BY_SIDE })) do
    if ended[1] then list[#list + 1] = ended[1] else unread[#unread + 1] = ("%s: %s"):format(chosen[i].name, ended[2].message) end
  end
  return { instances = list, unread = unread, known = known }
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function absent(list, found)
  local missing = {}
  for _, wanted in ipairs(list or {}) do
    if not found.known[wanted] then missing[#missing + 1] = wanted end
  end
  return missing
end

-- Two entries for one rule are a mistake where they concern one instance.
local function contradictions(d)
  local problems, seen = {}, {}
  for _, rule in ipairs(d.rules or {}) do
    for _, where in ipairs(rule.instances or { "all instances" }) do
      local key = rule.name .. " on " .. where
      if seen[key] then problems[#problems + 1] = key .. " is given twice" end
      seen[key] = true
    end
  end
  return problems
end

local function strangers(d, found)
  local list = {}
  for _, rule in ipairs(d.rules or {}) do
    for _, name in ipairs(absent(rule.instances, found)) do list[#list + 1] = ("%s (%s)"):format(name, rule.name) end
  end
  return list
end

local function preflight(run, p, found)
  local d = p.baseline
  run:preflight(function(check)
    local missing = absent(p.instances, found)
    check("instances", #found.instances > 0 and #missing == 0 or #found.unread > 0,
      #missing > 0 and "not there: " .. words(missing) or ("%d audit instances"):format(#found.instances))
    check("all of them read", #found.unread == 0, #found.unread == 0 and "rules and scopes"
      or words(found.unread) .. "; instances= names those that can be")
    check("something declared", #(d.rules or {}) > 0 or d.others ~= "ignore", ("%d rules, others: %s"):format(#(d.rules or {}), d.others))
    local twice = contradictions(d)
    check("one status a rule", #twice == 0, #twice == 0 and "no rule is given twice" or words(twice))
    local unknown = strangers(d, found)
    check("named instances", #unknown == 0, #unknown == 0 and "all are there" or "not there: " .. words(unknown))
  end)
end

---------------------------------------------------------------------------
-- 3. Comparing.

-- What the baseline wants of a rule: an entry for the instance counts before one for all.
local function wanted_status(d, one, name)
  local general
  for _, rule in ipairs(d.rules or {}) do
    if rule.name == name then
      if holds(rule.instances, one.id) or holds(rule.instances, one.name) then return rule.status end
      if not rule.instances then general = rule.status end
    end
  end
  return general or d.others ~= "ignore" and d.others or nil
end

local function row_of(one, rule, wanted)
  return { instance = one, id = rule.id, name = rule.name, level = rule.risk_level, rank = rule.rank, wanted = wanted,
    found = status_of(rule.status) }
end

local function missing_rules(d, one, there, add)
  for _, rule in ipairs(d.rules or {}) do
    local concerned = not rule.instances or holds(rule.instances, one.id) or holds(rule.instances, one.name)
    if concerned and not there[rule.name] then
      there[rule.name] = true
      add{ instance = one, name = rule.name, wanted = wanted_status(d, one, rule.name), found = "no such rule" }
    end
  end
end

local function drift_of(d, instances)
  local list, compared = {}, 0
  local function add(row) list[#list + 1] = row end
  for _, one in ipairs(instances) do
    local there = {}
    for _, rule in ipairs(one.rules) do
      local wanted = wanted_status(d, one, rule.name)
      there[rule.name], compared = true, compared + (wanted and 1 or 0)
      if wanted and wanted ~= status_of(rule.status) then add(row_of(one, rule, wanted)) end
    end
    missing_rules(d, one, there, add)
  end
  return list, compared
end

local function why_not(row)
  if not row.id then return "by hand: make the rule on the console" end
  if not row.instance.running then return "by hand: the instance is " .. tostring(row.instance.status) end
end

-- The default scope audits everything; while it is on, scopes of one's own count for nothing.
local function note_scopes(run, instances)
  for _, one in ipairs(instances) do
    local whole, own = false, {}
    for _, scope in ipairs(one.scopes) do
      local on = status_of(scope.status) == "ON"
      if scope.all_audit then whole = whole or on elseif on then own[#own + 1] = scope.name end
    end
    if whole and #own > 0 then
      run:line("warn", ("%s: the full audit scope is on and overrides: %s; disable it on the console if those shall count"):format(
        one.name, words(own)))
    elseif not whole and #own == 0 then
      run:line("warn", ("%s: no audit scope is on: nothing is audited, whatever the rules say"):format(one.name))
    end
  end
end

local function compare(run, p, found)
  note_scopes(run, found.instances)
  local list, compared = drift_of(p.baseline, found.instances)
  local rows = {}
  for i, row in ipairs(list) do
    rows[i] = { row.instance.name, row.name, row.level or "", row.rank or "", row.wanted, row.found,
      why_not(row) or (p.apply and "is switched" or "apply=true switches it") }
  end
  run:table{ name = "drift", columns = { "instance", "rule", "level", "rank", "wanted", "found", "what happens" }, rows = rows,
    note = ("%d rules of %d instances compared, %d differ"):format(compared, #found.instances, #list) }
  return list
end

---------------------------------------------------------------------------
-- 4. Agreeing, 5. switching.

local function batches(p, list)
  local result, open = {}, {}
  for _, row in ipairs(list) do
    if not why_not(row) then
      local key = row.instance.id .. row.wanted
      if not open[key] or #open[key].ids >= p.batch then
        open[key] = { instance = row.instance, status = row.wanted, back = row.found, ids = {} }
        result[#result + 1] = open[key]
      end
      table.insert(open[key].ids, row.id)
    end
  end
  return result
end

local function agree(run, list)
  local on, off = 0, 0
  for _, row in ipairs(list) do
    if not why_not(row) then
      if row.wanted == "ON" then on = on + 1 else off = off + 1 end
    end
  end
  if not run:ask{ name = "switch rules",
      question = ("%d risk rules are switched on, %d off (see the table). Go on?"):format(on, off) } then
    run:fail("stopped: the rules are left as they are", "nothing has been changed")
  end
end

local function set(run, one, ids, status)
  local answer = run.dbss:switch_risk_rule{ instance_id = one.id, ids = table.concat(ids, ","), status = status }
  if answer.status and tostring(answer.status):upper() ~= "SUCCESS" then
    run:fail(("%s: the service answers %s to the switch"):format(one.name, tostring(answer.status)),
      "look at the instance's state, then run again")
  end
end

-- Right after a switch the old status is still shown for a moment.
local function shown(run, p, one, ids, status)
  local function missing()
    local count = #ids
    for _, rule in ipairs(rules_of(run, one)) do
      if holds(ids, rule.id) and status_of(rule.status) == status then count = count - 1 end
    end
    return count
  end
  run:wait{ name = ("%s to show the rules %s"):format(one.name, status), call = missing,
    done = function(count) return count == 0 end, interval = 5, timeout = p.minutes * 60 }
end

-- One step a call: the guard sees what others switch, and not the call before.
local function switch(run, p, batch)
  local one = batch.instance
  run:guard{ op = "dbss.list_audit_rule_risks", args = { instance_id = one.id }, fields = { "rules" } }
  run:undo{ name = ("rules of %s back to %s"):format(one.name, batch.back), run = function()
    set(run, one, batch.ids, batch.back)
    shown(run, p, one, batch.ids, batch.back)
  end }
  set(run, one, batch.ids, batch.status)
  shown(run, p, one, batch.ids, batch.status)
  run:line("ok", ("%s: %d rules %s"):format(one.name, #batch.ids, batch.status))
end

---------------------------------------------------------------------------
-- 6. Verifying.

local function verify(run, p, found)
  for _, one in ipairs(found.instances) do one.rules = rules_of(run, one) end
  local list, open = (drift_of(p.baseline, found.instances)), {}
  for _, row in ipairs(list) do
    if not why_not(row) then open[#open + 1] = ("%s: %s is %s"):format(row.instance.name, row.name, row.found) end
  end
  if #open > 0 then
    run:fail("read back, these are not as they were switched: " .. words(open), "look who else switches rules, then run again")
  end
  run:line("ok", "read back: every rule that was switched is as the baseline wants it")
  return list
end

---------------------------------------------------------------------------

local function finish(run, p, found, list, switched)
  if p.strict and #list > 0 then
    run:fail(("%d rules differ from the baseline"):format(#list), p.apply and "the rest is for a person: see the table"
      or "apply=true switches what it can")
  end
  return { instances = #found.instances, differ = #list, switched = switched }
end

local function baseline(run, p)
  local found = run:step("read", read, run, p)
  run:step("preflight", preflight, run, p, found)
  local list = run:step("compare", compare, run, p, found)
  local todo, switched = batches(p, list), 0
  if not p.apply or #todo == 0 then
    if p.apply then run:note("nothing to switch") end
    return finish(run, p, found, list, 0)
  end
  run:step("agree", agree, run, list)
  for i, batch in ipairs(todo) do
    run:step(("%s %s (%d of %d)"):format(batch.instance.name, batch.status, i, #todo), switch, run, p, batch)
    switched = switched + #batch.ids
  end
  return finish(run, p, found, run:step("verify", verify, run, p, found), switched)
end

return {
  name = "dbss_rule_baseline",
  summary = "Risk rules of all audit instances against a baseline: what differs as a table, switched on demand",
  params = {
    { name = "baseline", type = "object", required = true, help = "which rules are on and off", fields = {
      { name = "rules", type = "objects", help = "rules by name", fields = {
        { name = "name", type = "string", required = true, help = "the rule's name" },
        { name = "status", type = "choice", choices = { "ON", "OFF" }, required = true, help = "what it shall be" },
        { name = "instances", type = "list", help = "for these instances alone, before an entry for all" } } },
      { name = "others", type = "choice", choices = { "ignore", "ON", "OFF" }, default = "ignore",
        help = "what every rule without an entry shall be" } } },
    { name = "instances", type = "list", help = "names or ids of audit instances; all unless given" },
    { name = "apply", type = "boolean", default = false, help = "switch what differs, after a question" },
    { name = "strict", type = "boolean", default = false, help = "rules that still differ end the run as failed" },
    { name = "batch", type = "integer", min = 1, max = 100, default = 50, help = "rules of one call" },
    { name = "minutes", type = "integer", min = 1, max = 600, default = 10, help = "how long to wait for a switch to show" },
  },
  permissions = {},
  changes = "with apply=true: risk rules on and off",
  costs = "nothing",
  undo = "hwdb cancel RUN --rollback switches them back",
  run = baseline,
}
