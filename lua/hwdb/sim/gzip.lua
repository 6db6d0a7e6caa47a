-- SPDX-License-Identifier: Apache-2.0
-- The envelope of exported schema metadata: gzip in base64, stored without
-- compression so that any gunzip reads it. Unpacks only what it packed.
local M = {}

local LARGEST = 65535
local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local crc_table = {}
for n = 0, 255 do
  local c = n
  for _ = 1, 8 do c = c & 1 == 1 and (c >> 1) ~ 0xEDB88320 or c >> 1 end
  crc_table[n] = c
end

local function crc32(text)
  local crc = 0xFFFFFFFF
  for i = 1, #text do crc = crc_table[(crc ~ text:byte(i)) & 0xFF] ~ (crc >> 8) end
  return crc ~ 0xFFFFFFFF
end

---@param text string
---@return string
function M.base64(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    for k = 0, 3 do
      local at = (bits >> (18 - 6 * k) & 63) + 1
      local padding = (k == 2 and not b) or (k == 3 and not c)
      out[#out + 1] = padding and "=" or ALPHABET:sub(at, at)
    end
  end
  return table.concat(out)
end

local function unbase64(text)
  if #text % 4 ~= 0 or text:find("[^A-Za-z0-9+/=]") then return nil end
  local out = {}
  for block in text:gmatch("....") do
    local bits, filled = 0, 0
    for char in block:gmatch("[^=]") do
      bits, filled = bits << 6 | ALPHABET:find(char, 1, true) - 1, filled + 1
    end
    bits = bits << 6 * (4 - filled)
    out[#out + 1] = string.char(bits >> 16 & 255, bits >> 8 & 255, bits & 255):sub(1, filled - 1)
  end
  return table.concat(out)
end

---@param text string
---@return string base64 starts with H4sI
function M.pack(text)
  local parts = { "\x1f\x8b\8\0\0\0\0\0\0\xff" }
  for at = 1, math.max(#text, 1), LARGEST do
    local block = text:sub(at, at + LARGEST - 1)
    local last = at + LARGEST > #text and 1 or 0
    parts[#parts + 1] = ("<I1I2I2"):pack(last, #block, ~#block & 0xFFFF) .. block
  end
  parts[#parts + 1] = ("<I4I4"):pack(crc32(text), #text & 0xFFFFFFFF)
  return M.base64(table.concat(parts))
end

-- The stored blocks of raw, from the tenth byte on.
local function blocks(raw)
  local at, parts, last = 11, {}, 0
  while last == 0 do
    if at + 5 > #raw then return nil end
    local size
    last, size = ("<I1I2"):unpack(raw, at)
    if last > 1 then return nil end
    parts[#parts + 1] = raw:sub(at + 5, at + 4 + size)
    at = at + 5 + size
  end
  return table.concat(parts), at
end

---@param packed string
---@return string? text nil if it was not packed here, or is damaged
function M.unpack(packed)
  local raw = unbase64(packed)
  if not raw or raw:sub(1, 3) ~= "\x1f\x8b\8" then return nil end
  local text, at = blocks(raw)
  if not text or #raw ~= at + 7 then return nil end
  local crc, size = ("<I4I4"):unpack(raw, at)
  if crc ~= crc32(text) or size ~= #text & 0xFFFFFFFF then return nil end
  return text
end

return M
