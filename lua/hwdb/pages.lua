-- SPDX-License-Identifier: Apache-2.0
-- Lists page by page, by the style their rows name. A list that repeats itself
-- ends with an error instead of going on for ever.

local core = require "hwdb.core"
local reach = require "hwdb.reach"

local M = {}

local MAX_PAGES <const> = 10000

local function copy(args)
  local new = {}
  for name, value in pairs(args or {}) do new[name] = value end
  return new
end

local function number(value) return math.tointeger(tonumber(value)) end

--- Names of the items of a page, to notice a page that came before.
local function fingerprint(items, key)
  local names = {}
  for i, item in ipairs(items) do
    local name = type(item) == "table" and key and reach(item, key) or item
    names[i] = type(name) == "table" and core.encode(name) or tostring(name)
  end
  return table.concat(names, "\0")
end

--- How each style moves on. Returns false at the end of the list.
local advance = {
  index = function(args, page, count, seen)
    args[page.at] = (number(args[page.at]) or 0) + count
    return seen
  end,
  page = function(args, page, _, seen)
    args[page.at] = (number(args[page.at]) or 0) + 1
    return seen
  end,
  number = function(args, page, _, seen)
    args[page.at] = (number(args[page.at]) or 1) + 1
    return seen
  end,
  marker = function(args, page, _, seen, last)
    args[page.at] = type(last) == "table" and reach(last, page.key) or last
    return seen and args[page.at] ~= nil
  end,
}

--- Whether items are missing after so many. Without a total a short page is the
--- last; with one it may be short because the service gives fewer than asked for.
local function is_last(row, body, reached, is_short)
  local total = row.page.total and number(reach(body, row.page.total))
  if total then return reached >= total end
  return is_short
end

local function endless(row, name, what)
  error(core.error {
    kind = "decode", attempts = 1, retryable = false, in_doubt = false,
    operation = row.service .. "." .. name,
    message = what .. "; the list cannot be read to its end",
    remedy = "read single pages with the operation itself",
  }, 0)
end

--- What could not be told apart from an empty list would let somebody overwrite or delete what is in use.
local function speechless(row, name)
  error(core.error {
    kind = "decode", attempts = 1, retryable = true, in_doubt = false,
    operation = row.service .. "." .. name,
    message = "the answer is empty where a list was asked for; an empty list would say so",
    remedy = "ask again; if it stays so, look what the operation itself answers",
  }, 0)
end

--- An iterator over the bodies of a list operation. Raises the error object of a
--- page that fails, since a generic `for` has no other way to tell.
function M.pages(service, service_name, name, args, options)
  local row = core.rows(service_name, name)
  local call = service[name] -- raises with a suggestion if there is none
  if not row.page then error(service_name .. "." .. name .. " does not page", 3) end
  local page, max = row.page, options and options.max or math.huge
  local where, got, turns, before = copy(args), 0, 0, nil
  local size = number(where[page.size])
  local skipped = page.style == "index" and number(where[page.at]) or 0
  if page.style == "number" and where[page.at] == nil then where[page.at] = 1 end
  local more = true
  return function()
    if not more or got >= max then return nil end
    local body, info = call(service, where)
    if not body then error(info, 0) end
    if type(body) == "table" and next(body) == nil then speechless(row, name) end
    local items = reach(body, page.items)
    items = type(items) == "table" and items or {}
    local count = #items
    turns, got = turns + 1, got + count
    local now = fingerprint(items, page.key)
    if count > 0 and before == now then endless(row, name, "the service answers the same page again and again") end
    before = now
    more = count > 0 and not is_last(row, body, skipped + got, size and count < size)
    if more and turns == MAX_PAGES then endless(row, name, "the service has answered " .. MAX_PAGES .. " pages") end
    if more then more = advance[page.style](where, page, count, more, items[count]) end
    if count == 0 and turns > 1 then return nil end
    return body, info
  end
end

--- An iterator over the items themselves.
function M.each(service, service_name, name, args, options)
  local max = options and options.max or math.huge
  local next_page = M.pages(service, service_name, name, args, options)
  local row = core.rows(service_name, name)
  local items, at, given, info = {}, 0, 0, nil
  return function()
    if given >= max then return nil end
    while at >= #items do
      local body
      body, info = next_page()
      if not body then return nil end
      items, at = reach(body, row.page.items), 0
      if type(items) ~= "table" then items = {} end
    end
    at, given = at + 1, given + 1
    return items[at], info
  end
end

--- The items themselves, all at once.
---@return any[] items
function M.all(service, service_name, name, args, options)
  local items = {}
  for item in M.each(service, service_name, name, args, options) do items[#items + 1] = item end
  return items
end

--- What a service offers for lists, by name.
M.WAYS = { each = M.each, pages = M.pages, all = M.all }

return M
