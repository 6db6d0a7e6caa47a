-- SPDX-License-Identifier: Apache-2.0
-- The run handle: everything a runbook does to the world goes through it, and
-- through the journal. Calls raise the client's error object; run:try turns
-- that back into nil, err.
local calls = require("hwdb.runbook.calls")
local clusters = require("hwdb.runbook.clusters")
local core = require("hwdb.core")
local elsewhere = require("hwdb.runbook.elsewhere")
local exec = require("hwdb.runbook.exec")
local gates = require("hwdb.runbook.gates")
local guards = require("hwdb.runbook.guards")
local jobs = require("hwdb.runbook.jobs")
local near = require("hwdb.near")
local order = require("hwdb.runbook.order")
local pages = require("hwdb.pages")
local passwords = require("hwdb.runbook.passwords")
local preflight = require("hwdb.runbook.preflight")
local problem = require("hwdb.runbook.problem")
local projects = require("hwdb.runbook.projects")
local rest = require("hwdb.runbook.rest")
local tables = require("hwdb.runbook.tables")
local targets = require("hwdb.runbook.targets")
local times = require("hwdb.runbook.times")
local undo = require("hwdb.runbook.undo")
local versions = require("hwdb.runbook.versions")
local waits = require("hwdb.runbook.waits")
local window = require("hwdb.runbook.window")

local M = {}

---What a runbook's functions get as `run`. Its calls give the body alone and raise what goes wrong; see try.
---@class hwdb.Run
---@field ddm hwdb.ddm
---@field dws hwdb.dws
---@field dbss hwdb.dbss
---@field rds hwdb.rds
---@field bss hwdb.bss
---@field iam hwdb.iam
---@field NOW any in the arguments of a wait: the time of each look, ms
local Run = {}

-- Engines of handles, out of a script's reach.
local engines = setmetatable({}, { __mode = "k" })

local function raised(value, ...)
  if value == nil then error((...), 0) end
  return value, ...
end

-- An operation without a row (a stub's, say) can be sent, not made sure of: it counts as a query.
local function row_of(title, op)
  return calls.row(title, op) or { service = title, name = op, method = "", path = op, kind = "query" }
end

local function method_of(engine, title, api, op)
  local known, method = pcall(function() return api[op] end)
  if not known then error((tostring(method):gsub("^[^:\n]*:%d+: ", "")), 3) end
  local row = row_of(title, op)
  return function(_, args)
    return calls.make(engine, api, row, op, args)
  end
end

-- A service: operations as methods, and iterators over lists whose pages are recorded one by one.
local function service(engine, title, api)
  local plain = setmetatable({}, { __index = function(_, op) return method_of(engine, title, api, op) end })
  return setmetatable({}, { __metatable = "service", __newindex = function() error("a service cannot be changed", 2) end,
    __index = function(_, op)
      if pages.WAYS[op] then
        return function(_, name, args, options)
          return pages.WAYS[op](plain, title, name, args, options)
        end
      end
      local method = method_of(engine, title, api, op)
      return function(_, args) return raised(method(plain, args)) end
    end })
end

local function of_client(engine, name)
  if engine.services[name] == nil then
    local ok, api = pcall(function() return engine.client[name] end)
    local kind = ok and type(api)
    engine.services[name] = (kind == "table" or kind == "userdata") and service(engine, name, api) or false
  end
  return engine.services[name] or nil
end

---The services of another region or project, to read only: `run:at{ region = "cn-east-3" }.ddm:list_instances{}`.
---@param place { region: string?, project: string? } the region's own project unless one is named, by name or id
---@return table services ddm, dws, dbss and the others, as the run's own
function Run:at(place)
  local view = elsewhere.view(engines[self], place)
  return setmetatable({}, { __metatable = "services", __newindex = function() error("services cannot be changed", 2) end,
    __index = function(_, name)
      return of_client(view, name) or error(("run:at has no service %s"):format(tostring(name)), 2)
    end })
end

---Time on the client's clock, ms since 1970.
function Run:now()
  local engine = engines[self]
  local now = engine:once("now", nil, function() return engine:now() end, true)
  engine.latest = math.max(engine.latest, now)
  return now
end

---@param seconds number
function Run:sleep(seconds)
  local engine = engines[self]
  local ends = engine:once("sleep", tostring(seconds), function() return engine:now() + math.floor(seconds * 1000) end)
  -- Counted down, not compared: a clock that is set back meanwhile makes it no longer.
  local left = (ends - engine:now()) / 1000
  while left > 0 do
    engine:live()
    local slice = math.min(left, 60)
    engine:rest(slice)
    left = left - slice
  end
end

-- Whether a script may go on after it.
local function held_up(err)
  return problem.is(err) and err.kind ~= "script" and not problem.is_stop(err)
end

---Calls fn and gives its results, or nil and the error object of a call, a wait or run:fail. Mistakes of the script,
---Ctrl-C, questions without an answer and changes in doubt are not held up.
---@param fn function
---@return any ...
function Run:try(fn, ...)
  local results = table.pack(xpcall(fn, engines[self].trace, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  if not held_up(results[2]) then error(results[2], 0) end
  return nil, results[2]
end

---Names a part of the work, for people; the calls in it are safe by themselves.
---@param name string
---@param fn function
---@return any ... what fn gives
function Run:step(name, fn, ...)
  local engine = engines[self]
  local step = engine:enter(name)
  local results = table.pack(xpcall(fn, engine.trace, ...))
  engine:leave(step, results[1])
  guards.leave(engine)
  gates.leave(engine)
  if not results[1] then
    engine.failed_step = engine.failed_step or name
    error(results[2], 0)
  end
  return table.unpack(results, 2, results.n)
end

---@param text string
function Run:note(text)
  engines[self]:say("note", tostring(text))
end

---A line of a list of findings.
---@param kind "ok"|"warn"|"fail"|"unseen"|"log"
---@param text string
function Run:line(kind, text)
  engines[self]:say(kind, tostring(text))
end

---Looks at prerequisites before anything is changed: `check(name, fulfilled, detail)` gives a line each; "warn" and
---"unseen" in place of a truth do not stop the run. If some are not fulfilled, it fails naming them all.
---@param fn fun(check: fun(name: string, fulfilled: boolean|"warn"|"unseen"|nil, detail: string))
---@param by_hand string[]? what no API shows, for a person to check
function Run:preflight(fn, by_hand)
  preflight.look(self, fn, by_hand)
end

---Shows a result table, and keeps it for `hwdb report`.
---@param spec hwdb.runbook.Table
function Run:table(spec)
  local engine, t = engines[self], tables.checked(spec)
  engine:once("table", t.name, function()
    engine.report:table(t)
    return t
  end)
end

---@param p { percent: number?, elapsed: number?, waiting_for: string?, deadline: integer? }
function Run:progress(p)
  engines[self]:progress(p)
end

---Asks a person. True if they agree; without anyone to ask, the run stops (exit code 3) until `hwdb approve`, unless
---accept=NAME was given.
---@param q hwdb.runbook.Question
---@return boolean
function Run:ask(q)
  if type(q) ~= "table" or type(q.name) ~= "string" or type(q.question) ~= "string" then
    error("run:ask needs name and question", 2)
  end
  return gates.ask(engines[self], q)
end

---@param spec hwdb.runbook.Wait
---@return { state: string?, value: any, person: boolean, seconds: number }
function Run:wait(spec)
  return waits.wait(engines[self], spec)
end

---Waits for what a change started, by the data beside its row.
---@param op string "ddm.restart_instance"
---@param args table the change's arguments
---@param answer table? the change's answer
---@param timeout number? seconds; what a call gives beside its answer counts as none
---@return { state: string?, value: any, person: boolean, seconds: number }
function Run:wait_for(op, args, answer, timeout)
  if type(timeout) ~= "number" then timeout = nil end
  return waits.wait(engines[self], require("hwdb.effects").wait(op, args, answer, timeout))
end

---The account's regions and projects, or those that are wanted.
---@param wanted { regions: string[]?, projects: string[]? } all unless given; projects by name or id
---@return hwdb.runbook.Project[] list
---@return { what: "region"|"project", name: string }[] unknown what was asked for and is not there
function Run:projects(wanted)
  return projects.list(self, wanted)
end

---An error of a call in one line: what, and by whose word.
---@param err table
---@return string
function Run:told(err) -- luacheck: ignore 212
  return projects.told(err)
end

---The tasks of DDM instances, as far back as their list reaches: 30 days.
---@param where { id: string?, instance_id: string?, unfinished: boolean? }?
---@return table[] jobs as ddm.list_jobs shows them
function Run:jobs(where)
  return jobs.list(self, where)
end

---What is under way on a DDM instance.
---@param instance_id string
---@return string? text "NAME is STATUS"; nil: nothing
function Run:task_under_way(instance_id)
  return jobs.under_way(self, instance_id)
end

---Why a task of a DDM instance failed, in the service's words.
---@param id string
---@return string
function Run:why_failed(id)
  return jobs.reason(self, id)
end

---The data nodes of every DDM instance of the account, and the instances that do not tell: while there are any, no node
---is known to be free.
---@return table<string, string> used the instance's name, by the node's id
---@return string[] untold
function Run:data_nodes_in_use()
  return targets.in_use(self)
end

---Preflight lines: a DDM instance that is restored to has neither schemas nor accounts.
---@param check fun(name: string, fulfilled: boolean, detail: string) of run:preflight
---@param instance_id string
function Run:empty_target(check, instance_id)
  targets.check_empty(self, check, instance_id)
end

---Whether the targets of a restore are other than they were when a person saw them; guarded until the step ends.
---@param instance_id string the DDM instance, which stays empty
---@param nodes { id: string, listed: string[]? }[] listed: names of its databases in order, where they could be listed
---@return boolean
function Run:targets_changed(instance_id, nodes)
  return targets.changed(self, instance_id, nodes)
end

---Whether a list of possible targets of a restore offers one. Never enough by itself.
---@param op string "ddm.list_restorable_instances"
---@param args table
---@param id string of the target
---@return boolean
---@return string detail
function Run:offered(op, args, id)
  return targets.offered(self, op, args, id)
end

---Waits until a task of a DDM instance has ended; raises with the service's reason if it did not succeed.
---@param spec hwdb.runbook.JobWait
function Run:follow_job(spec)
  return jobs.follow(self, spec)
end

---Waits until an order is carried out; unless it pays itself, says first how it is paid.
---@param spec hwdb.runbook.OrderWait
function Run:follow_order(spec)
  return jobs.follow_order(self, spec)
end

---Follows a change of a DDM instance to its end: its order, its task, and the instance until it is at rest again. Says what
---goes on in the cloud if the run stops meanwhile, and what a person does once it has failed.
---@param change hwdb.runbook.Change
function Run:follow_change(change)
  jobs.follow_change(self, change)
end

---The order of an earlier run that is neither carried out nor cancelled: to begin again would order a second time.
---@param target string as follow_order was told
---@return string? id
function Run:open_order(target)
  return jobs.open_order(self, target)
end

---Preflight lines that every change of a DDM instance needs, one for each thing given: that the instance is running, no
---task is under way, its nodes work, its schemas and their data nodes are at rest. With a DWS `cluster`: that it is
---available, fit for the change, without a task, without a restart due, and that its nodes work.
---@param check fun(name: string, fulfilled: boolean|string, detail: string) of run:preflight
---@param seen { instance: table?, jobs: table[]?, nodes: table[]?, schemas: table[]? }|hwdb.runbook.ClusterSeen as read before
function Run:at_rest(check, seen) -- luacheck: ignore 212
  if seen.cluster then return clusters.check(check, seen) end
  rest.check(check, seen)
end

---The task that a DWS cluster shows.
---@param cluster table of show_cluster or list_clusters
---@return string? task nil: none
function Run:cluster_task(cluster) -- luacheck: ignore 212
  return clusters.task(cluster)
end

---Waits until a DWS cluster shows no task, or one of those in `past`.
---@param spec { name: string, id: string, timeout: number, past: table<string, string>?, failure: string[]? } seconds
---@return table cluster as it is then
function Run:cluster_at_rest(spec)
  return clusters.at_rest(self, spec)
end

---How full the fullest disk of a DWS cluster is; nil and why where no call shows it.
---@param cluster_id string
---@return number? percent
---@return string? why
function Run:fullest_disk(cluster_id)
  return clusters.fullest_disk(self, cluster_id)
end

---Preflight lines for a snapshot of a DWS cluster that is to be taken.
---@param check fun(name: string, fulfilled: boolean|string, detail: string) of run:preflight
---@param cluster_id string
function Run:fit_for_snapshot(check, cluster_id)
  clusters.fit_for_snapshot(self, check, cluster_id)
end

---The nodes of a DDM instance that do not work.
---@param nodes table[] of list_nodes, or data nodes
---@return string[] texts "ID is STATUS"
function Run:troubled(nodes) -- luacheck: ignore 212
  return rest.troubled(nodes)
end

---Reads fields now, and again before each change until the step ends: if they differ, nothing is sent.
---@param spec hwdb.runbook.Guard
---@return table<string, any> what was read
function Run:guard(spec)
  return guards.add(engines[self], spec)
end

---Says how to take back the changes that follow, before they are made. `check` has to pass first: it finds out whether
---the way back can be gone. Rolling back agrees to what a way back cannot undo in its turn.
---@param spec { name: string, run: function, check: function? }
function Run:undo(spec)
  undo.push(engines[self], spec)
end

---Runs a program that looks at something; its output is recorded, capped. Nothing it does is ever repeated on resume. A
---plan's rehearsal, in which there is nothing to look at, runs none: it counts as passed, and says planned = true.
---@param spec { argv: string[], env: table<string, string>?, timeout: number? }
---@return { status: integer, output: string, sha256: string, planned: boolean? }
function Run:exec(spec)
  local engine = engines[self]
  return engine:once("exec", exec.label(spec), function()
    if engine.mode ~= "rehearse" then return exec.run(spec) end
    engine.would_run[#engine.would_run + 1] = exec.label(spec)
    return { status = 0, output = "", sha256 = core.sha256(""), planned = true }
  end)
end

---Which rule a secret parameter breaks as a password; its text shows nothing of it.
---@param password any a secret parameter
---@param rules hwdb.runbook.PasswordRules
---@return string? problem nil: it keeps them
function Run:password_problem(password, rules)
  return engines[self]:once("password", nil, function() return passwords.problem(password, rules) end)
end

---Ends the run as failed.
---@param message string
---@param remedy string?
function Run:fail(message, remedy) -- luacheck: ignore 212
  problem.raise({ kind = "failed", message = tostring(message), remedy = remedy and tostring(remedy) })
end

---Ends the run as waiting (exit code 3): the rest is a person's to decide.
---@param message string
---@param remedy string?
function Run:hand_over(message, remedy) -- luacheck: ignore 212
  problem.raise({ kind = "waiting", message = tostring(message), remedy = remedy and tostring(remedy) })
end

---A dated window. Raises when it makes no sense or nothing can begin in it any more.
---@param spec { from: string, to: string, zone: string, cut_off: number? }
---@return hwdb.runbook.Window
function Run:window(spec)
  local w = window.read(spec)
  if window.state(w, self:now()) == "late" then
    problem.raise({ kind = "usage", message = ("the window %s is over"):format(w.text),
      remedy = "give one in the future; it is now " .. times.text(self:now()) })
  end
  return w
end

---The window of a runbook's parameters window_from, window_to, zone and cut_off_minutes; nil where none of them is given.
---@param p table
---@return hwdb.runbook.Window?
function Run:window_of(p)
  if not (p.window_from or p.window_to or p.zone) then return nil end
  if not (p.window_from and p.window_to and p.zone) then
    problem.raise({ kind = "usage", message = "a window needs window_from, window_to and zone",
      remedy = 'such as window_from="2026-11-22 02:00" window_to=04:00 zone=+08:00; without any of them it is done at once' })
  end
  return self:window{ from = p.window_from, to = p.window_to, zone = p.zone, cut_off = (p.cut_off_minutes or 0) * 60 }
end

local function wait_for_window(engine, w)
  while window.state(w, engine:now()) == "early" do
    local left = (w.opens - engine:now()) / 1000
    engine:progress({ waiting_for = "the window " .. w.text, deadline = w.opens })
    engine:rest(math.min(60, left))
  end
  if window.state(w, engine:now()) == "late" then
    problem.raise({ kind = "waiting", message = ("the window %s has passed: nothing is begun any more"):format(w.text),
      remedy = "give another window" })
  end
  return engine:now()
end

---Waits until the window is open. When its cut-off has passed the run ends, waiting for a person to give another one.
---The change that follows is sent only while it still may begin, however long the run was down in between.
---@param w hwdb.runbook.Window
function Run:enter(w)
  local engine = engines[self]
  engine:once("window", w.text, function() return wait_for_window(engine, w) end)
  gates.entered(engine, w)
end

---Runs functions side by side. One failing call stops none of the others; what run:try lets through is raised once all
---have ended.
---@param fns function[]
---@param options { max: integer? }?
---@return table[] each {value, …}, or {nil, err}
function Run:gather(fns, options)
  local engine, guarded, results = engines[self], {}, {}
  local place = engine:place()
  for i, fn in ipairs(fns) do
    local path = ("%s%d.%d/"):format(place.branch, place.n, i)
    guarded[i] = function()
      return table.pack(xpcall(engine.in_branch, engine.trace, engine, path, fn))
    end
  end
  for i, ended in ipairs(engine.gather(guarded, options)) do
    local packed = ended[1]
    if packed[1] then
      results[i] = table.move(packed, 2, packed.n, 1, {})
    elseif held_up(packed[2]) then
      results[i] = { nil, packed[2] }
    else
      error(packed[2], 0)
    end
  end
  return results
end

---Keeps a fact for later runs, on disk. Plain data only.
---@param key string
---@param value any nil forgets it
function Run:record(key, value)
  local engine = engines[self]
  local place = engine:place()
  local ident = { label = key }
  if engine:recorded(place, "record", ident) then return end
  engine:live()
  local more = engine.records:put(key, value, engine.journal.run)
  engine.journal:write(place, "answer", "record", { label = key, value = value }, more)
end

---@param key string
---@return any value nil if nothing was recorded
function Run:recorded(key)
  local engine = engines[self]
  return engine:once("recorded", key, function() return engine.records:get(key) end)
end

---What a person has to know if the run ends early from here on; nil when there is nothing any more.
---@param text string?
function Run:if_stopped(text)
  engines[self].left_behind = text
end

---@param ms integer?
---@param zone string? "+08:00"; UTC unless given
---@return string
function Run:clock(ms, zone)
  return times.text(ms or self:now(), zone and times.zone(zone) or 0)
end

---A moment of an answer, as services write them: text (UTC where it names no zone), seconds or milliseconds.
---@param value any
---@return integer? ms nil for what is no moment
function Run:instant(value) -- luacheck: ignore 212
  return times.instant(value)
end

---Whether a version is another or a later one; one that is not told is not. Missing parts count as 0, or with as_told
---not at all.
---@param version any "3.1.0"
---@param wanted any "3.0.8.3"
---@param as_told boolean?
---@return boolean
function Run:version_at_least(version, wanted, as_told) -- luacheck: ignore 212
  return versions.at_least(version, wanted, as_told)
end

Run.NOW = waits.NOW

---A length in words: "3 h 10 min".
---@param seconds number
---@return string
function Run:span(seconds) -- luacheck: ignore 212
  return times.span(seconds)
end

local function unknown(name)
  local list = order.keys(Run)
  list[#list + 1] = "ddm"
  list[#list + 1] = "dws"
  list[#list + 1] = "dbss"
  error(("run.%s does not exist%s"):format(tostring(name), near.hint(name, list)), 3)
end

local meta = { __metatable = "run", __newindex = function() error("the run handle cannot be changed", 2) end,
  __index = function(run, name)
    local member = Run[name]
    if member ~= nil then return member end
    return of_client(engines[run], name) or unknown(name)
  end }

---@param engine table of engine.lua
---@return table run
function M.new(engine)
  local run = setmetatable({}, meta)
  engines[run] = engine
  return run
end

return M
