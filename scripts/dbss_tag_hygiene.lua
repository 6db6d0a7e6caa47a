-- SPDX-License-Identifier: Apache-2.0
-- Tags of audit instances against a declaration: required keys, their allowed values, keys that may be there at all.
--
--   1. read        all instances and their tags
--   2. preflight   the declaration makes sense, and names instances that are there
--   3. compare     one line a finding; fix=false ends here
--   4. fix         missing tags are added, wrong values corrected, each where the declaration knows a value
--   5. verify      the tags are read again
-- No tag is ever deleted but one that this very run added and takes back. A second run finds nothing to fix.

local TYPE = "auditInstance"

-- By the documents: 128 and 255 characters. A resource takes 20 tags on this cloud; the documents give no number.
local KEY_MOST, VALUE_MOST, TAGS_MOST = 128, 255, 20

local function words(list) return table.concat(list, ", ") end

local function holds(list, value)
  for _, each in ipairs(list or {}) do
    if each == value then return true end
  end
  return false
end

---------------------------------------------------------------------------
-- 1. Instances by their resource id, which is what tags hang on.

local function read(run)
  local list, by_resource = {}, {}
  for instance in run.dbss:each("list_audit_instances", {}) do
    local one = { name = instance.name, id = instance.id, resource_id = instance.resource_id, tags = {}, count = 0 }
    list[#list + 1], by_resource[one.resource_id] = one, one
  end
  for resource in run.dbss:each("list_resource_instance_by_tag", { resource_type = TYPE, limit = "1000" }) do
    local one = by_resource[resource.resource_id]
    for _, tag in ipairs(one and resource.tags or {}) do
      one.tags[tag.key], one.count = tag.value or "", one.count + 1
    end
  end
  return list
end

---------------------------------------------------------------------------
-- 2. The declaration.

local function characters(text) return utf8.len(text) or #text end

local function tag_problem(key, value)
  if key:find("^%s") or key:find("%s$") or characters(key) > KEY_MOST then return ("key %q"):format(key) end
  if value and characters(value) > VALUE_MOST then return ("a value of %s is longer than %d"):format(key, VALUE_MOST) end
end

local function rule_problems(d)
  local problems, seen = {}, {}
  local function add(text) if text then problems[#problems + 1] = text end end
  for _, rule in ipairs(d.required or {}) do
    add(seen[rule.key] and rule.key .. " is required twice" or tag_problem(rule.key, rule.default))
    seen[rule.key] = true
    for _, value in ipairs(rule.values or {}) do add(tag_problem(rule.key, value)) end
    if rule.default and rule.values and not holds(rule.values, rule.default) then
      add(("%s: its default %s is no allowed value"):format(rule.key, rule.default))
    end
  end
  return problems
end

local function matching(instances, wanted)
  local found = {}
  for _, one in ipairs(instances) do
    if one.name == wanted or one.id == wanted or one.resource_id == wanted then found[#found + 1] = one end
  end
  return found
end

local function rule_of(d, key)
  for _, rule in ipairs(d.required or {}) do
    if rule.key == key then return rule end
  end
end

-- The declaration's own tags of an instance must be such as it allows.
local function override_problems(d, instances)
  local problems = {}
  local function add(text) if text then problems[#problems + 1] = text end end
  for _, override in ipairs(d.overrides or {}) do
    local found = matching(instances, override.instance)
    if #found ~= 1 then add(("%s: %d instances of that name or id"):format(override.instance, #found)) end
    for _, tag in ipairs(override.tags) do
      local rule = rule_of(d, tag.key)
      add(tag_problem(tag.key, tag.value))
      if rule and rule.values and not holds(rule.values, tag.value) then
        add(("%s: %s=%s is not allowed"):format(override.instance, tag.key, tag.value))
      elseif not rule and d.allowed and not holds(d.allowed, tag.key) then
        add(("%s: %s is no allowed key"):format(override.instance, tag.key))
      end
    end
  end
  return problems
end

local function preflight(run, p, instances)
  local d = p.declaration
  run:preflight(function(check)
    check("instances", #instances > 0, ("%d audit instances"):format(#instances))
    check("something declared", #(d.required or {}) > 0 or d.allowed ~= nil or #(d.overrides or {}) > 0,
      ("%d required keys, %d single instances"):format(#(d.required or {}), #(d.overrides or {})))
    local rules, overrides = rule_problems(d), override_problems(d, instances)
    check("required keys", #rules == 0, #rules == 0 and "each once, with values the service takes" or words(rules))
    check("single instances", #overrides == 0, #overrides == 0 and "all are there" or words(overrides))
  end)
end

---------------------------------------------------------------------------
-- 3. Findings. `wanted` is the value that the fix would set; without one a person has to choose.

local function own_tags(d, instances, one)
  local own = {}
  for _, override in ipairs(d.overrides or {}) do
    if matching(instances, override.instance)[1] == one then
      for _, tag in ipairs(override.tags) do own[tag.key] = tag.value end
    end
  end
  return own
end

local function allowed_words(rule)
  return rule.values and "one of " .. words(rule.values) or "any value"
end

local function required_findings(d, one, own, add)
  for _, rule in ipairs(d.required or {}) do
    local value, wanted = one.tags[rule.key], own[rule.key] or rule.default
    if value == nil then
      add(rule.key, "missing", "", wanted, allowed_words(rule))
    elseif own[rule.key] and value ~= own[rule.key] then
      add(rule.key, "differs", value, own[rule.key])
    elseif rule.values and not holds(rule.values, value) then
      add(rule.key, "not allowed", value, wanted, allowed_words(rule))
    end
  end
end

local function other_findings(d, one, own, add)
  for key, wanted in pairs(own) do
    if not rule_of(d, key) and one.tags[key] ~= wanted then
      add(key, one.tags[key] and "differs" or "missing", one.tags[key] or "", wanted)
    end
  end
  for key, value in pairs(one.tags) do
    if d.allowed and not holds(d.allowed, key) and not rule_of(d, key) then add(key, "no allowed key", value, nil, "a person decides") end
  end
end

local function findings_of(d, instances)
  local list = {}
  for _, one in ipairs(instances) do
    local own, room = own_tags(d, instances, one), TAGS_MOST - one.count
    local function add(key, what, found, wanted, otherwise)
      if what == "missing" and wanted then room = room - 1 end
      if what == "missing" and wanted and room < 0 then wanted, otherwise = nil, ("%d tags are there already"):format(TAGS_MOST) end
      list[#list + 1] = { instance = one, key = key, what = what, found = found, wanted = wanted, otherwise = otherwise }
    end
    required_findings(d, one, own, add)
    other_findings(d, one, own, add)
  end
  return list
end

local function show(run, name, list, done)
  local rows = {}
  for i, f in ipairs(list) do
    rows[i] = { f.instance.name, f.key, f.what, f.found, f.wanted or f.otherwise or "", done(f) }
  end
  run:table{ name = name, columns = { "instance", "key", "finding", "found", "wanted", "what happens" }, rows = rows }
end

local function compare(run, p, instances)
  local list = findings_of(p.declaration, instances)
  if #list == 0 then
    run:line("ok", ("the tags of %d instances are as declared"):format(#instances))
    return list
  end
  show(run, "findings", list, function(f)
    if not f.wanted then return "by hand" end
    if not p.fix then return "fix=true would set it" end
    return f.what == "missing" and "is added" or "is corrected"
  end)
  return list
end

---------------------------------------------------------------------------
-- 4. The fix: a call takes so many tags of one instance.

local function batches(p, list)
  local result, open = {}, {}
  for _, f in ipairs(list) do
    if f.wanted then
      local batch = open[f.instance.resource_id]
      if not batch or #batch.findings >= p.batch then
        batch = { instance = f.instance, findings = {} }
        result[#result + 1], open[f.instance.resource_id] = batch, batch
      end
      table.insert(batch.findings, f)
    end
  end
  return result
end

local function tags_of(findings, field, what)
  local tags = {}
  for _, f in ipairs(findings) do
    if not what or (f.what == "missing") == (what == "missing") then tags[#tags + 1] = { key = f.key, value = f[field] } end
  end
  return tags
end

local function take_back(run, batch)
  local place = { resource_type = TYPE, resource_id = batch.instance.resource_id }
  local added, before = tags_of(batch.findings, "wanted", "missing"), tags_of(batch.findings, "found", "there")
  if #added > 0 then
    run.dbss:batch_delete_resource_tag{ resource_type = TYPE, resource_id = place.resource_id, tags = added }
  end
  if #before > 0 then
    run.dbss:batch_add_resource_tag{ resource_type = TYPE, resource_id = place.resource_id, tags = before }
  end
end

-- One step a batch: the guard sees what others do to the tags, and not the batch before.
local function fix_batch(run, batch)
  local one = batch.instance
  run:guard{ op = "dbss.list_resource_instance_by_tag", fields = { "resources" },
    args = { resource_type = TYPE, matches = { { key = "resource_name", value = one.name } } } }
  run:undo{ name = "the tags of " .. one.name, run = function() take_back(run, batch) end }
  run.dbss:batch_add_resource_tag{ resource_type = TYPE, resource_id = one.resource_id, tags = tags_of(batch.findings, "wanted") }
  run:line("ok", ("%s: %d tags set"):format(one.name, #batch.findings))
end

local function agree(run, list)
  local overwritten = 0
  for _, f in ipairs(list) do
    if f.wanted and f.what ~= "missing" then overwritten = overwritten + 1 end
  end
  if overwritten == 0 then return end
  if not run:ask{ name = "overwrite tags",
      question = ("%d tags have another value and are overwritten (see the table). Go on?"):format(overwritten) } then
    run:fail("stopped: values are not overwritten", "nothing has been changed; correct the declaration, or the tags by hand")
  end
end

---------------------------------------------------------------------------
-- 5. Verify.

local function verify(run, p)
  local list, open = findings_of(p.declaration, read(run)), {}
  for _, f in ipairs(list) do
    if f.wanted then open[#open + 1] = ("%s: %s"):format(f.instance.name, f.key) end
  end
  if #open > 0 then
    run:fail("read back, these are not as they were set: " .. words(open), "look who else sets tags, then run again")
  end
  run:line("ok", "read back: every tag that was set is there")
  return list
end

---------------------------------------------------------------------------

local function finish(run, p, instances, list, set)
  if p.strict and #list > 0 then
    run:fail(("%d findings are left"):format(#list), p.fix and "a person has to choose: see the table" or "fix=true corrects what it can")
  end
  return { instances = #instances, findings = #list, set = set }
end

local function hygiene(run, p)
  local instances = run:step("read", read, run)
  run:step("preflight", preflight, run, p, instances)
  local list = run:step("compare", compare, run, p, instances)
  local todo, set = batches(p, list), 0
  if not p.fix or #todo == 0 then
    if p.fix then run:note("nothing to set") end
    return finish(run, p, instances, list, 0)
  end
  run:step("agree", agree, run, list)
  for i, batch in ipairs(todo) do
    run:step(("%s (%d of %d)"):format(batch.instance.name, i, #todo), fix_batch, run, batch)
    set = set + #batch.findings
  end
  return finish(run, p, instances, run:step("verify", verify, run, p), set)
end

local TAG = { { name = "key", type = "string", required = true, help = "the key" },
  { name = "value", type = "string", required = true, help = "its value" } }

return {
  name = "dbss_tag_hygiene",
  summary = "Tags of all audit instances against a declaration; findings as a table, and corrected on demand",
  params = {
    { name = "declaration", type = "object", required = true, help = "which tags there shall be", fields = {
      { name = "required", type = "objects", help = "keys every instance has", fields = {
        { name = "key", type = "string", required = true, help = "the key" },
        { name = "values", type = "list", help = "its allowed values; any unless given" },
        { name = "default", type = "string", help = "what fix=true sets; a person chooses unless given" } } },
      { name = "allowed", type = "list", help = "keys that may be there besides; any unless given" },
      { name = "overrides", type = "objects", help = "tags of single instances; they count before the defaults", fields = {
        { name = "instance", type = "string", required = true, help = "name, id or resource id" },
        { name = "tags", type = "objects", required = true, help = "its tags", fields = TAG } } } } },
    { name = "fix", type = "boolean", default = false, help = "add and correct what the declaration has a value for" },
    { name = "strict", type = "boolean", default = false, help = "findings that are left end the run as failed" },
    { name = "batch", type = "integer", min = 1, max = 20, default = 10, help = "tags of one call" },
  },
  permissions = {},
  changes = "with fix=true: adds and overwrites tags of audit instances; deletes none",
  costs = "nothing",
  undo = "hwdb cancel RUN --rollback removes the tags it added and puts the old values back",
  run = hygiene,
}
