-- SPDX-License-Identifier: Apache-2.0
-- hwdb torture: runs a runbook in another process on a simulator in this one, kills it at a point, lets it be taken up,
-- and compares what the cloud was asked to change. Shares no code with the engine it watches.
local connect = require("hwdb.cli.connect")
local core = require("hwdb.core")
local demo = require("hwdb.cli.sample")
local fail = require("hwdb.cli.fail")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local pipe = require("hwdb.cli.pipe")
local source = require("hwdb.cli.source")

local quoted = pipe.quoted

-- How often a run may be taken up after its kills; each has one reason to stop.
local GOES = 6

local function temporary()
  local maker = assert(io.popen("mktemp -d"))
  local folder = maker:read("l")
  maker:close()
  return folder
end

local function simulator(job)
  return connect.simulator({ world = job.world, seed_from = job.seed_from }, { seed = 1 })
end

local HEX = ("%x"):rep(8) .. ("%-" .. ("%x"):rep(4)):rep(3) .. "%-" .. ("%x"):rep(12)
local PLAIN = ("%x"):rep(32) .. "%w*"
-- Of orders, and DBSS's own.
local ORDER = "CS" .. ("%x"):rep(15)
local SHORT = "%f[%w_-]" .. ("[%w_-]"):rep(20) .. "%f[^%w_-]"

-- Ids that the world gave out meanwhile differ from run to run: they count by the order in which they came up.
local function with_known_ids(text, known, seen)
  for _, pattern in ipairs({ HEX, PLAIN, ORDER, SHORT }) do
    text = text:gsub(pattern, function(id)
      if known:find(id, 1, true) then return id end
      if not seen[id] then
        seen.count = seen.count + 1
        seen[id] = ("<new id %d>"):format(seen.count)
      end
      return seen[id]
    end)
  end
  return text
end

local function effects_of(trial)
  local list, seen = {}, { count = 0 }
  for i, effect in ipairs(trial.sim:effects()) do
    if i > trial.earlier then
      local sent = trial.sent[effect.sha256]
      list[#list + 1] = with_known_ids(("%s.%s %s %s %s"):format(effect.service, effect.op, effect.target, sent.target,
        sent.body or ""), trial.known, seen)
    end
  end
  return list
end

-- Remembers what was sent, by the hash that an effect carries: a late one comes without its request.
local function remember_changes(trial)
  local sim, handle = trial.sim, trial.sim.handle
  trial.known, trial.sent, trial.earlier = core.encode(sim.state), {}, #sim:effects()
  sim.handle = function(self, request)
    if request.method ~= "GET" then
      trial.sent[core.sha256(request.method .. "\n" .. request.target .. "\n" .. (request.body or ""))] = request
    end
    return handle(self, request)
  end
end

-- One trial: a world, a state folder, and the points that kill.
local Trial = {}
Trial.__index = Trial

local function new_trial(job, kills)
  local self = setmetatable({ job = job, kills = kills, folder = temporary(), points = {}, next_kill = 1, since = 0,
    known_runs = 0 }, Trial)
  if job.prepared then self:begin_from(job.prepared) else self:begin_anew() end
  remember_changes(self)
  self.sim:add_fault_lines(job.faults)
  return self
end

-- What comes before is done once; the trials begin from copies of the world and the journal it left.
function Trial:begin_anew()
  local job = self.job
  self.sim = simulator(job)
  for _, words in ipairs(job.before) do self:prepare(words) end
  if #job.before == 0 or not self.sim.state then return end
  job.prepared = { state = core.encode(self.sim.state), region = self.sim.region, folder = temporary(), runs = self.known_runs }
  os.execute(("cp -a %s/hwdb %s/"):format(quoted(self.folder), quoted(job.prepared.folder)))
end

function Trial:begin_from(prepared)
  self.sim = require("hwdb.sim").new({ state = core.decode(prepared.state), region = prepared.region })
  self.known_runs = prepared.runs
  os.execute(("cp -a %s/hwdb %s/"):format(quoted(prepared.folder), quoted(self.folder)))
end

-- A runbook that belongs before the one under test: it is not disturbed, and has to come to its end.
function Trial:prepare(words)
  local ended = self:start({ "run", table.unpack(words) }, "")
  if ended.code ~= 0 then
    local said = self:said()
    self:clean()
    fail.raise("failed", ("%s, to be run before, ends with exit code %d:\n%s"):format(words[1], ended.code, said))
  end
  self.known_runs = self.known_runs + 1
end

-- A kill is the number of points since the run was begun or last taken up.
function Trial:at_point(name, near)
  self.since = self.since + 1
  self.points[#self.points + 1] = name
  if self.kills[self.next_kill] == self.since then
    self.next_kill, self.killed_at = self.next_kill + 1, name
    near:kill()
  end
end

function Trial:environment()
  return ("env XDG_STATE_HOME=%s HWDB_DEMO_PASSWORD=%s"):format(quoted(self.folder), quoted(self.sim.data_node_password))
end

function Trial:start(words, accept)
  self.since = 0
  local command = {}
  for i, word in ipairs(words) do command[i] = quoted(word) end
  -- What is only to be there is not disturbed.
  local on_point = not accept and function(name, near) self:at_point(name, near) end or nil
  return pipe.serve({ sim = self.sim, folder = self.folder, on_point = on_point,
    command = ("%s %s %s --world-pipe {pipe}%s"):format(self:environment(), self.job.program, table.concat(command, " "),
      accept or self.job.accept), output = (">>%s 2>&1"):format(quoted(self.folder .. "/output")) })
end

-- The state of the trial's run, by the program's own listing, newest first; nil while there is none.
function Trial:state()
  local journal = io.open(self.folder .. "/hwdb/journal.db", "rb")
  if not journal then return nil end
  journal:close()
  local lister = assert(io.popen(("%s %s runs --json 2>/dev/null"):format(self:environment(), self.job.program)))
  local first, count = nil, 0
  for line in lister:lines() do first, count = first or line, count + 1 end
  lister:close()
  return count > self.known_runs and core.decode(first).state or nil
end

local OVER = { done = 0, failed = 1 }

-- Begins, and takes up until it ends by itself.
function Trial:carry_out()
  local begin = { "run", self.job.script, table.unpack(self.job.words) }
  self.ended = self:start(begin)
  for _ = 2, GOES do
    if not self.ended.killed then return end
    local state = self:state()
    if OVER[state] then
      self.ended = { code = OVER[state] }
    else
      self.ended = self:start(state and { "resume" } or begin)
    end
  end
end

function Trial:clean()
  os.execute("rm -rf " .. quoted(self.folder))
end

function Trial:said()
  local file = io.open(self.folder .. "/output", "rb")
  local text = file and file:read("a") or ""
  if file then file:close() end
  return text
end

local function difference(expected, got)
  for i = 1, math.max(#expected, #got) do
    if expected[i] ~= got[i] then
      return ("change %d: undisturbed %s, here %s"):format(i, expected[i] or "nothing", got[i] or "nothing")
    end
  end
end

local function problem_with(job, trial)
  local list = difference(job.expected, effects_of(trial))
  if list then return list end
  if trial.ended.code ~= job.code then
    return ("it ended with exit code %d instead of %d"):format(trial.ended.code, job.code)
  end
end

-- -- which points ---------------------------------------------------------------------

local function all(count)
  local list = {}
  for i = 1, count do list[i] = { i } end
  return list
end

local function spread(count, wanted)
  if wanted >= count then return all(count) end
  local list = {}
  for i = 1, wanted do list[i] = { 1 + (i - 1) * (count - 1) // math.max(1, wanted - 1) } end
  return list
end

-- Pairs of points by a generator of their own, so that a seed names them.
local function pairs_of(count, wanted, seed)
  local state, list = seed, {}
  local function draw(most)
    state = (state * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff
    return 1 + (state >> 20) % most
  end
  for i = 1, wanted do list[i] = { draw(count), draw(count) } end
  return list
end

-- -- the sweep ----------------------------------------------------------------------------

-- The operations that changed something, each once.
local function changes_of(trial)
  local list, seen = {}, {}
  for i, effect in ipairs(trial.sim:effects()) do
    local op = effect.service .. "." .. effect.op
    if i > trial.earlier and not seen[op] then list[#list + 1] = op end
    seen[op] = true
  end
  return list
end

local function undisturbed(job)
  local trial = new_trial(job, {})
  trial:carry_out()
  job.expected, job.code, job.ops = effects_of(trial), trial.ended.code, changes_of(trial)
  local count, said = #trial.points, trial:said()
  trial:clean()
  if job.code ~= 0 and job.code ~= 1 then
    fail.raise("failed", ("undisturbed the runbook ends with exit code %d:\n%s"):format(job.code, said))
  end
  return count
end

local function try(job, kills, found)
  local trial = new_trial(job, kills)
  trial:carry_out()
  for _ = 1, trial.next_kill - 1 do found.reached = found.reached + 1 end
  found.tried = found.tried + 1
  local problem = problem_with(job, trial)
  if problem then
    found.violations = found.violations + 1
    if found.violations == 1 then
      output.line("violation at point %s (%s), seed %d: %s", table.concat(kills, "+"), trial.killed_at or "?", job.seed, problem)
      if job.verbose then output.line("%s", trial:said()) end
    end
  end
  trial:clean()
end

local function sweep(job, list)
  local found = { tried = 0, reached = 0, violations = 0, lost = 0, doubts = 0 }
  for i, kills in ipairs(list) do
    try(job, kills, found)
    if require("hwdb.host").interrupts() > 0 then fail.raise("cancelled", ("interrupted after %d points"):format(i)) end
  end
  return found
end

local LOST = { "reset_before", "reset_after", "late" }

-- A change whose answer is lost is found out about, or left to a person before anything else is done.
local function lose(job, op, how, found)
  local fault = core.encode({ op = op, ["do"] = how, seconds = 90 })
  local trial = new_trial(setmetatable({ faults = job.faults .. "\n" .. fault }, { __index = job }), {})
  trial:carry_out()
  local done = effects_of(trial)
  local problem
  if trial.ended.code == fail.EXIT.waiting then
    found.doubts = found.doubts + 1
    problem = difference(table.move(job.expected, 1, #done, 1, {}), done)
  else
    problem = problem_with(job, trial)
  end
  found.tried, found.lost = found.tried + 1, found.lost + 1
  if problem then
    found.violations = found.violations + 1
    output.line("violation where the answer of %s is lost (%s): %s", op, how, problem)
    if job.verbose then output.line("%s", trial:said()) end
  end
  trial:clean()
end

local function lose_answers(job, found)
  for _, op in ipairs(job.ops) do
    for _, how in ipairs(LOST) do
      lose(job, op, how, found)
      if require("hwdb.host").interrupts() > 0 then fail.raise("cancelled", "interrupted while answers were lost") end
    end
  end
end

-- The words of a command line, as a shell would part them; nothing in them is run.
local function words_of(text)
  local words, at = {}, 1
  while true do
    at = text:find("%S", at)
    if not at then return words end
    local parts = {}
    while at <= #text and not text:find("^%s", at) do
      local part, ends = text:match("^'([^']*)'()", at)
      if not part then part, ends = text:match('^"([^"]*)"()', at) end
      if not part then part, ends = text:match("^([^%s'\"]+)()", at) end
      if not part then fail.usage("--before holds a quotation mark that is not closed: " .. text) end
      parts[#parts + 1], at = part, ends
    end
    words[#words + 1] = table.concat(parts)
  end
end

local function before_of(given)
  local list = {}
  for i, text in ipairs(given.before or {}) do
    list[i] = words_of(text)
    if not list[i][1] then fail.usage("--before takes a runbook and its words, not nothing") end
  end
  return list
end

local function job_of(given, rest)
  local script = rest[1] or demo.RUNBOOK
  local words = table.move(rest, 2, #rest, 1, {})
  local job = { script = script, words = words, world = given.world, seed = options.integer(given, "seed", 0, 1 << 40) or 1,
    program = given.program or "/proc/" .. io.open("/proc/self/stat", "rb"):read("n") .. "/exe", accept = "", verbose = given.verbose,
    seed_from = given.seed_from, before = before_of(given), faults = given.faults and source.file(given.faults, "the faults") or "" }
  for _, name in ipairs(given.accept or {}) do job.accept = job.accept .. " --accept " .. quoted(name) end
  -- What makes no sense is said before anything begins.
  local sim = connect.simulator({ world = given.world, seed_from = given.seed_from, faults = given.faults }, { seed = 1 })
  if #words == 0 and demo.knows(script) then
    local sample = demo.of(script, sim)
    job.words = sample.words
    if #job.before == 0 then job.before = sample.before or {} end
  end
  -- An answer given beforehand counts whenever the run is taken up, which takes no parameters.
  for i = #job.words, 1, -1 do
    local name = job.words[i]:match("^accept=(.*)$")
    if name then
      job.accept = job.accept .. " --accept " .. quoted(name)
      table.remove(job.words, i)
    end
  end
  for _, one in ipairs(job.before) do
    if #one == 1 and demo.knows(one[1]) then table.move(demo.of(one[1], sim).words, 1, 99, 2, one) end
  end
  return job
end

return {
  usage = { "hwdb torture SCRIPT [name=value]... [options]" },
  details = "The runbook runs on the simulator, is killed before and after each write to its journal, and taken up again. What the\n"
    .. "simulated cloud was asked to change has to be what an undisturbed run asks.",
  options = {
    { name = "points", value = "N", help = "so many points, spread; all of them unless given" },
    { name = "pairs", value = "N", help = "further so many pairs of points: killed again while it recovers" },
    { name = "lost-answers", help = "further: each change's answer is lost, before its effect, after it, and long before it" },
    { name = "seed", value = "S", help = "chooses the pairs" },
    { name = "world", value = "WORLD", help = "the simulator's world: default, documents or empty" },
    { name = "seed-from", value = "FILE", help = "instead: a world with the objects of an inventory or a dump" },
    { name = "before", value = "\"SCRIPT name=value...\"", many = true, help = "a runbook to run to its end first, undisturbed" },
    { name = "accept", value = "NAME", many = true, help = "answer the question of this name with yes" },
    { name = "faults", value = "FILE", help = "what shall go wrong besides, a JSON object a line" },
    { name = "program", value = "CMD", help = "the program that runs the runbook, instead of this one" },
    { name = "verbose", help = "show what a violating run said" },
  },
  examples = { "hwdb torture ddm_shard_migration --points 20", "hwdb torture my_runbook.lua instance_id=... --accept \"buy ...\"",
    "hwdb torture second.lua id=... --before \"first.lua id=... 'accept=go on'\" --seed-from inventory.json" },
  run = function(given, rest)
    local job = job_of(given, rest)
    local count = undisturbed(job)
    output.line("undisturbed: %d points, %d changes, exit code %d", count, #job.expected, job.code)
    output.finish()
    local points = options.integer(given, "points", 1, 1 << 20)
    local list = points and spread(count, points) or all(count)
    local double = options.integer(given, "pairs", 1, 1 << 20)
    if double then table.move(pairs_of(count, double, job.seed), 1, double, #list + 1, list) end
    local ok, found = pcall(function()
      local found = sweep(job, list)
      if given.lost_answers then lose_answers(job, found) end
      return found
    end)
    if job.prepared then os.execute("rm -rf " .. quoted(job.prepared.folder)) end
    if not ok then error(found, 0) end
    output.line("%d kills carried out", found.reached)
    if given.lost_answers then output.line("%d answers lost, %d of them left to a person", found.lost, found.doubts) end
    output.line("%d points, %d violations", found.tried, found.violations)
    return found.violations > 0 and fail.EXIT.failed or fail.EXIT.done
  end,
}
