-- SPDX-License-Identifier: Apache-2.0
-- Options as data: a command lists what it takes; parsing, --help and "did you mean" follow from the list.
-- An option is { name, value = "FILE" (absent: a switch), short = "H", many = true, help = "..." }.
local fail = require("hwdb.cli.fail")
local near = require("hwdb.near")

local M = {}

local HELP = { name = "help", short = "h", help = "show this text" }

---What calls to the cloud have in common.
M.CLIENT = {
  { name = "region", value = "REGION", help = "region, such as cn-north-4" },
  { name = "project-id", value = "ID", help = "project; looked up by the region's name when not given" },
  { name = "profile", value = "NAME", help = "section of the credentials file" },
  { name = "endpoint", value = "URL", help = "where the service is, instead of the region's address" },
  { name = "ca-file", value = "FILE", help = "certificates to trust, PEM" },
  { name = "timeout", value = "SECONDS", help = "for one try" },
  { name = "attempts", value = "N", help = "tries of a request that may safely be sent again" },
  { name = "allow-http", help = "permit plain http to another machine" },
  { name = "sim", help = "use the simulator inside the program; nothing leaves the machine" },
  { name = "world", value = "WORLD", help = "the simulator's world: default, documents, empty, fleet or fleet:N" },
  { name = "seed-from", value = "FILE", help = "the simulator's world from an inventory (hwdb inventory) or a dump" },
}

---Joins lists of options.
function M.join(...)
  local all = {}
  for _, list in ipairs({ ... }) do table.move(list, 1, #list, #all + 1, all) end
  return all
end

---Raises a usage error unless the service is one of those a command is for.
---@param command string
---@param name string
---@param services string[]
function M.require_service(command, name, services)
  for _, known in ipairs(services) do
    if known == name then return end
  end
  fail.usage(("%s knows no service %s%s"):format(command, name, near.hint(name, services)),
    "services: " .. table.concat(services, ", "))
end

local function find(list, key, word)
  for _, option in ipairs(list) do
    if option[key] == word then return option end
  end
  return HELP[key] == word and HELP or nil
end

local function unknown(command, word)
  local names = { "help" }
  for _, option in ipairs(command.options) do names[#names + 1] = option.name end
  fail.usage(("%s has no option %s%s"):format(command.name, word, near.hint(word:gsub("^%-+", ""), names, "--")),
    ("see: hwdb %s --help"):format(command.name))
end

local function store(given, option, value)
  local key = option.name:gsub("-", "_")
  if option.many then
    given[key] = given[key] or {}
    table.insert(given[key], value)
  elseif given[key] ~= nil then
    fail.usage(("--%s is given twice"):format(option.name))
  else
    given[key] = value
  end
end

-- The option of a word, and the value that hangs on it ("--name=value", "-Hvalue").
local function split(command, word)
  local name, value = word:match("^%-%-([^=]+)=(.*)$")
  if not name then name = word:match("^%-%-(.+)$") end
  if name then return find(command.options, "name", name) or unknown(command, "--" .. name), value end
  local option = find(command.options, "short", word:sub(2, 2)) or unknown(command, word)
  value = word:sub(3)
  return option, value ~= "" and value or nil
end

---Reads the words after the command's name.
---@param command table
---@param words string[]
---@return table given by option name, "-" as "_"
---@return string[] rest what is no option
function M.parse(command, words)
  local given, rest = {}, {}
  local i = 1
  while i <= #words do
    local word = words[i]
    if word == "--" then
      table.move(words, i + 1, #words, #rest + 1, rest)
      given.rest_from = #rest - (#words - i) + 1
      break
    elseif word:sub(1, 1) == "-" and word ~= "-" then
      local option, value = split(command, word)
      if not option.value and value then fail.usage(("--%s takes no value"):format(option.name)) end
      if option.value and not value then
        i = i + 1
        value = words[i]
        if not value then fail.usage(("--%s needs a value: %s"):format(option.name, option.value)) end
      end
      store(given, option, option.value and value or true)
    else
      rest[#rest + 1] = word
    end
    i = i + 1
  end
  return given, rest
end

---A whole number out of an option, within bounds.
---@return integer?
function M.integer(given, key, least, most)
  local text = given[key]
  if text == nil then return nil end
  local value = text:match("^%-?%d+$") and math.tointeger(tonumber(text))
  if not value or value < least or value > most then
    fail.usage(("--%s must be a whole number from %d to %d, not %s"):format(key:gsub("_", "-"), least, most, text))
  end
  return value
end

---A number above zero out of an option.
---@return number?
function M.positive(given, key)
  local text = given[key]
  if text == nil then return nil end
  local value = text:match("^%d+%.?%d*$") and tonumber(text)
  if not value or value <= 0 then
    fail.usage(("--%s must be a number above zero, not %s"):format(key:gsub("_", "-"), text))
  end
  return value
end

local function label(option)
  return (option.short and "-" .. option.short .. ", " or "") .. "--" .. option.name
    .. (option.value and " " .. option.value or "")
end

local EXITS = {
  "0  done",
  "1  failed",
  "2  usage: an argument, the configuration or a script is wrong; nothing was sent",
  "3  waiting for a person, or a change whose outcome is unknown",
  "130  interrupted",
}

---The text of `hwdb COMMAND --help`.
---@param command table
---@return string
function M.help(command)
  local out = { "hwdb " .. command.name .. ": " .. command.summary, "" }
  local function add(text) out[#out + 1] = text end
  for i, usage in ipairs(command.usage) do add((i == 1 and "Usage: " or "       ") .. usage) end
  if command.details then add("\n" .. command.details) end
  add("\nOptions:")
  local width = 0
  local all = M.join(command.options, { HELP })
  for _, option in ipairs(all) do width = math.max(width, #label(option)) end
  for _, option in ipairs(all) do add(("  %-" .. width .. "s  %s"):format(label(option), option.help)) end
  add("\nExample" .. (#command.examples > 1 and "s" or "") .. ":")
  for _, example in ipairs(command.examples) do add("  " .. example) end
  add("\nExit codes:")
  for _, line in ipairs(command.exits or EXITS) do add("  " .. line) end
  return table.concat(out, "\n")
end

return M
