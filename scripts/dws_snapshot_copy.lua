-- SPDX-License-Identifier: Apache-2.0
-- Copies an automated snapshot of a DWS cluster to a manual one, which stays until somebody deletes it.
--
--   1. choose      the newest available automated snapshot, or the one that is named
--   2. preflight   it is whole, available and not about to go; the copy's name is free
--   3. copy        asks before it costs; follows the copy until it is available
--   4. verify      type, size and cluster of the copy against the original
--   5. prune       with keep=N: copies that this runbook made beyond the newest N are deleted, each after a question
-- It knows its copies by its own records: a snapshot that somebody else made is never deleted.

local HOUR = 3600000
local DAY = 24 * HOUR

-- What no API shows.
local BY_HAND = { "nobody has copied this snapshot before: the service makes one copy of each" }

local function text_of(value)
  return type(value) == "string" and value or ""
end

local function words(list)
  return table.concat(list, ", ")
end

local function find(list, field, value)
  for _, item in ipairs(list or {}) do
    if item[field] == value then return item end
  end
end

local function snapshots(run)
  return run.dws:list_snapshots{}.snapshots or {}
end

local function record_key(p)
  return "dws_snapshot_copy/" .. p.cluster_id
end

local function recorded(run, p)
  local record = run:recorded(record_key(p)) or {}
  record.copies = record.copies or {}
  return record
end

---------------------------------------------------------------------------
-- 1. Choose.

local function newest(list, p)
  local best
  for _, snapshot in ipairs(list) do
    if snapshot.cluster_id == p.cluster_id and snapshot.type == "AUTO" and snapshot.status == "AVAILABLE"
      and (not best or text_of(snapshot.started) > text_of(best.started)) then
      best = snapshot
    end
  end
  return best
end

local function choose(run, p)
  local list = snapshots(run)
  local source
  if p.snapshot then
    source = find(list, "id", p.snapshot) or find(list, "name", p.snapshot)
    if not source then run:fail(("there is no snapshot %s"):format(p.snapshot), "hwdb call dws.list_snapshots") end
  else
    source = newest(list, p)
  end
  if not source then
    run:fail("the cluster has no available automated snapshot to copy",
      "look at its policies: hwdb run dws_snapshot_audit clusters=" .. p.cluster_id)
  end
  run:line("ok", ("%s, begun %s, %s GB"):format(source.name, text_of(source.started), tostring(source.size)))
  return source, list
end

-- A copy of it that this runbook made and that is still there.
local function copy_of(record, list, source)
  for _, copy in ipairs(record.copies) do
    local there = copy.source == source.id and find(list, "id", copy.id)
    if there then return copy, there end
  end
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_source(run, p, source, check)
  check("of this cluster", source.cluster_id == p.cluster_id, ("%s is of %s"):format(source.name, text_of(source.cluster_id)))
  check("automated", source.type == "AUTO", ("%s is %s; manual ones stay anyway"):format(source.name, source.type))
  check("available", source.status == "AVAILABLE", ("%s is %s"):format(source.name, source.status))
  check("whole cluster", source.fine_grained_backup ~= true, source.fine_grained_backup and "it holds some schemas only"
    or "a snapshot of the cluster")
  local now, began = run:now(), run:instant(source.started)
  local hours = began and (now - began) / HOUR
  if p.max_age_hours then
    check("young enough", hours ~= nil and hours <= p.max_age_hours, ("%s h old, max_age_hours=%d"):format(
      hours and ("%.0f"):format(hours) or "?", p.max_age_hours))
  end
  local days, ended = tonumber(source.bak_keep_day), run:instant(source.finished)
  if days and ended then
    local left = (ended + days * DAY - now) / HOUR
    check("kept until it is copied", left > p.copy_hours and true or "warn", ("it goes in about %.0f h"):format(left))
  end
  if text_of(source.prior_backup_key) ~= "" and source.prior_backup_key ~= source.backup_key then
    check("full snapshot", "warn", "it is an incremental one; no page says whether its copy stands without what it builds on")
  end
end

local function preflight(run, p, source, name, list)
  local detail = run.dws:show_snapshot{ snapshot_id = source.id }.snapshot
  run:preflight(function(check)
    check("name", name:match("^%a[%w_-]*$") ~= nil and #name >= 4 and #name <= 64,
      ("%s: 4 to 64 letters, digits, - and _, the first a letter"):format(name))
    local taken = find(list, "name", name)
    check("name free", not taken, taken and ("%s is there already (%s), and no copy by this runbook"):format(name, taken.id) or name)
    check_source(run, p, detail, check)
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. Copy, 4. verify.

local function remove(run, copy, question)
  if not run:ask{ name = question, expect = copy.name,
      question = ("The snapshot %s (%s) is deleted, which cannot be undone. Type its name to go on"):format(copy.name, copy.id) } then
    run:fail(("not confirmed: %s was not deleted"):format(copy.name), "type the snapshot's name exactly")
  end
  local args = { snapshot_id = copy.id }
  run:wait_for("dws.delete_snapshot", args, run.dws:delete_snapshot(args))
end

local function forget(run, p, record, id)
  local left = {}
  for _, copy in ipairs(record.copies) do
    if copy.id ~= id then left[#left + 1] = copy end
  end
  record.copies = left
  run:record(record_key(p), record)
end

local function verify(run, source, copy)
  local seen = run.dws:show_snapshot{ snapshot_id = copy.id }.snapshot
  local differ = {}
  local function same(what, expected, got)
    if expected ~= got then differ[#differ + 1] = ("%s is %s, not %s"):format(what, tostring(got), tostring(expected)) end
  end
  same("type", "MANUAL", seen.type)
  same("status", "AVAILABLE", seen.status)
  same("cluster", source.cluster_id, seen.cluster_id)
  same("size", tonumber(source.size), tonumber(seen.size))
  if #differ > 0 then
    run:fail(("the copy %s is not like its original: %s"):format(copy.name, words(differ)), "keep both; ask the service's support")
  end
  run:line("ok", ("%s is a manual snapshot of %s GB: it stays until it is deleted"):format(copy.name, tostring(seen.size)))
end

-- A copy that failed would keep the service from making another one.
local function after_failure(run, p, record, copy, err)
  if err.kind == "timeout" then
    run:fail(("the copy %s is not available yet: %s"):format(copy.name, err.message), "run again: it goes on waiting for it")
  end
  local gone, why = run:try(function()
    remove(run, copy, "delete the broken copy")
    forget(run, p, record, copy.id)
    return true
  end)
  run:if_stopped(nil)
  run:fail(("the copy %s failed: %s"):format(copy.name, err.message), gone and "it is deleted again; run again"
    or ("it is left (%s): hwdb call dws.delete_snapshot snapshot_id=%s"):format(why.message, copy.id))
end

local function follow(run, p, record, copy, args)
  local reached, err = run:try(run.wait_for, run, "dws.copy_snapshot", args, { snapshot_id = copy.id }, p.copy_hours * 3600)
  if not reached then after_failure(run, p, record, copy, err) end
end

local function make_copy(run, p, record, source, name)
  local args = { snapshot_id = source.id, backup_name = name, description = p.description }
  local id
  run:undo{ name = "delete the copy " .. name, run = function()
    run:try(run.wait_for, run, "dws.copy_snapshot", args, { snapshot_id = id })
    if not find(snapshots(run), "id", id) then return run:note("the copy is gone already") end
    local gone = { snapshot_id = id }
    run:wait_for("dws.delete_snapshot", gone, run.dws:delete_snapshot(gone))
    forget(run, p, record, id)
  end }
  run:guard{ op = "dws.show_snapshot", args = { snapshot_id = source.id }, fields = { "snapshot.name", "snapshot.status",
    "snapshot.type" } }
  run:note(("to be paid for: %s GB of storage until the copy is deleted"):format(tostring(source.size)))
  run:if_stopped(("a copy %s may have been begun: `hwdb resume` finds out"):format(name))
  id = run.dws:copy_snapshot(args).snapshot_id
  local copy = { id = id, name = name, source = source.id, source_started = source.started, copied = run:clock() }
  table.insert(record.copies, copy)
  run:record(record_key(p), record)
  run:if_stopped(("the copy %s (%s) goes on in the cloud; `hwdb resume` goes on watching it"):format(name, id))
  follow(run, p, record, copy, args)
  return copy
end

local function copy_all(run, p, record)
  local source, list = run:step("choose", choose, run, p)
  local known, there = copy_of(record, list, source)
  if known then
    run:line("ok", ("%s was copied to %s at %s"):format(source.name, known.name, known.copied))
    if there.status ~= "AVAILABLE" then
      run:step("copy", follow, run, p, record, known, { snapshot_id = source.id, backup_name = known.name })
    end
  else
    local name = p.name or "keep-" .. source.name
    run:step("preflight", preflight, run, p, source, name, list)
    local made = run:step("copy", make_copy, run, p, record, source, name)
    run:step("verify", verify, run, source, made)
    run:if_stopped(nil)
    return made, true
  end
  run:step("verify", verify, run, source, known)
  return known, false
end

---------------------------------------------------------------------------
-- 5. Prune. Only recorded copies count, and only those that are there and good keep others from staying.

local function standing(run, p, record)
  local list, good = snapshots(run), {}
  for _, copy in ipairs(record.copies) do
    local there = find(list, "id", copy.id)
    if there and there.name ~= copy.name then
      run:line("warn", ("%s is called %s now: it is left alone"):format(copy.id, there.name))
    elseif there and there.type == "MANUAL" and there.cluster_id == p.cluster_id and there.status == "AVAILABLE" then
      good[#good + 1] = copy
    elseif there then
      run:line("warn", ("%s is %s: it is left alone"):format(copy.name, there.status))
    end
  end
  table.sort(good, function(a, b)
    if a.source_started ~= b.source_started then return text_of(a.source_started) > text_of(b.source_started) end
    return a.id > b.id
  end)
  return good
end

local function show(run, p, good)
  local rows = {}
  for i, copy in ipairs(good) do
    rows[i] = { copy.name, text_of(copy.source_started), text_of(copy.copied), i <= p.keep and "stays" or "is deleted" }
  end
  run:table{ name = "copies", columns = { "name", "data of", "copied", "what becomes of it" }, rows = rows }
end

local function prune(run, p, record)
  local good, pruned = standing(run, p, record), {}
  show(run, p, good)
  for i = #good, p.keep + 1, -1 do
    run:step("delete " .. good[i].name, function()
      run:guard{ op = "dws.show_snapshot", args = { snapshot_id = good[i].id }, fields = { "snapshot.name", "snapshot.status" } }
      remove(run, good[i], "delete an old copy")
    end)
    forget(run, p, record, good[i].id)
    pruned[#pruned + 1] = good[i].name
    run:line("ok", good[i].name .. " is gone")
  end
  if #pruned == 0 then run:line("ok", ("%d copies, %d may stay: none is deleted"):format(#good, p.keep)) end
  return pruned
end

local function copy(run, p)
  local record = recorded(run, p)
  local made, fresh = copy_all(run, p, record)
  local pruned = p.keep and run:step("prune", prune, run, p, record) or {}
  if not fresh and #pruned == 0 then run:note("nothing was changed") end
  return { id = made.id, name = made.name, changed = fresh, pruned = pruned }
end

return {
  name = "dws_snapshot_copy",
  summary = "Copies an automated snapshot of a DWS cluster to a manual one for long keeping, and prunes its old copies",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster" },
    { name = "snapshot", type = "string", help = "name or ID of an automated snapshot; the newest available one unless given" },
    { name = "name", type = "string", help = "of the copy; keep-SNAPSHOT unless given" },
    { name = "description", type = "string", help = "of the copy" },
    { name = "max_age_hours", type = "integer", min = 1, max = 10000, help = "an older snapshot is not copied" },
    { name = "keep", type = "integer", min = 1, max = 1000,
      help = "delete copies that this runbook made of the cluster beyond the newest so many; none unless given" },
    { name = "copy_hours", type = "integer", min = 1, max = 240, default = 24, help = "how long to wait for the copy" },
  },
  permissions = { "dws:openAPISnapshot:delete", "dws:openAPISnapshot:detail", "dws:openAPISnapshot:list" },
  targets = { "dws-snapshots/{cluster_id}" },
  changes = "makes a manual snapshot; with keep=N deletes older ones that it made itself",
  costs = "the copy's storage until it is deleted",
  undo = "rolling back deletes the new copy; a pruned one cannot be brought back",
  run = copy,
}
