-- SPDX-License-Identifier: Apache-2.0
-- The rows' pattern language a second time: texts of a given length that have a form, and texts that have not.
local M = {}

local function class(text)
  local negated, set = false, {}
  local at = 2
  if text:sub(at, at) == "^" then negated, at = true, at + 1 end
  while at < #text do
    local c = text:sub(at, at)
    if c == "\\" then
      local kind = text:sub(at + 1, at + 1)
      for code = 1, 127 do
        local one = string.char(code)
        if (kind == "d" and one:match("%d")) or (kind == "w" and one:match("[%w_]")) or one == kind and not kind:match("[dw]") then
          set[one] = true
        end
      end
      at = at + 2
    elseif text:sub(at + 1, at + 1) == "-" and at + 2 < #text then
      for code = c:byte(), text:byte(at + 2) do set[string.char(code)] = true end
      at = at + 3
    else
      set[c] = true
      at = at + 1
    end
  end
  return function(one) return (set[one] or false) ~= negated end
end

local function single(text)
  if text == "." then return function(c) return c ~= "\n" end end
  if text:sub(1, 1) == "[" or text == "\\d" or text == "\\w" then
    return class(#text == 2 and "[" .. text .. "]" or text)
  end
  local wanted = text:sub(-1)
  return function(c) return c == wanted end
end

local function element_text(form, at)
  local c = form:sub(at, at)
  if c == "\\" then return form:sub(at, at + 1) end
  if c ~= "[" then return c end
  local stop = at + 1
  if form:sub(stop, stop) == "^" then stop = stop + 1 end
  if form:sub(stop, stop) == "]" then stop = stop + 1 end
  while form:sub(stop, stop) ~= "]" do stop = stop + (form:sub(stop, stop) == "\\" and 2 or 1) end
  return form:sub(at, stop)
end

local COUNTS = { ["*"] = { 0, math.huge }, ["+"] = { 1, math.huge }, ["?"] = { 0, 1 } }

local function counts(form, at)
  local least, comma, most = form:match("^{(%d+)(,?)(%d*)}", at)
  if least then
    local top = comma == "" and tonumber(least) or tonumber(most) or math.huge
    return tonumber(least), top, at + #form:match("^%b{}", at)
  end
  local pair = COUNTS[form:sub(at, at)]
  if pair then return pair[1], pair[2], at + 1 end
  return 1, 1, at
end

local function elements(form)
  local list, at = {}, 1
  form = form:gsub("^%^", ""):gsub("%$$", "")
  while at <= #form do
    local text = element_text(form, at)
    local least, most, next_at = counts(form, at + #text)
    list[#list + 1] = { fits = single(text), least = least, most = most }
    at = next_at
  end
  return list
end

local function match(list, i, text, at)
  local element = list[i]
  if not element then return at > #text end
  local n = 0
  while n < element.most and at + n <= #text and element.fits(text:sub(at + n, at + n)) do n = n + 1 end
  for count = n, element.least, -1 do
    if match(list, i + 1, text, at + count) then return true end
  end
  return false
end

---Whether the whole text has the form.
function M.has(form, text) return match(elements(form), 1, text, 1) end

local LETTERS = "a1A0-_:. "

local function some(fits)
  for c in LETTERS:gmatch(".") do
    if fits(c) then return c end
  end
  for code = 33, 126 do
    if fits(string.char(code)) then return string.char(code) end
  end
end

---A text with the form, of `length` characters if given and possible; else its shortest.
function M.text(form, length)
  local list, counts_of, total = elements(form), {}, 0
  for i, element in ipairs(list) do
    counts_of[i] = element.least
    total = total + element.least
  end
  for i, element in ipairs(list) do
    local room = math.min(element.most - element.least, (length or 0) - total)
    if room > 0 then
      counts_of[i] = math.tointeger(counts_of[i] + room)
      total = total + room
    end
  end
  local parts = {}
  for i, element in ipairs(list) do parts[i] = some(element.fits):rep(counts_of[i]) end
  return table.concat(parts)
end

---A text of the same length without the form, or nil if every text has it.
function M.broken(form, length)
  local text = M.text(form, length)
  if text == "" then text = "a" end
  for _, c in ipairs({ "=", "<", "|", " ", "é", "x" }) do
    for _, candidate in ipairs({ c .. text:sub(#c + 1), text:sub(1, #text - #c) .. c }) do
      if #candidate == #text and not M.has(form, candidate) then return candidate end
    end
  end
end

return M
