-- SPDX-License-Identifier: Apache-2.0
-- The codes of a virtual MFA device (RFC 6238: six digits of 30 seconds, over
-- HMAC-SHA1), so that any authenticator can log in. The rows' own digests are
-- SHA-256, hence the small SHA-1 here; it protects nothing but a simulator.
local M = {}

M.STEP_MS = 30000

local function rotated(value, by)
  value = value & 0xffffffff
  return (value << by | value >> (32 - by)) & 0xffffffff
end

local function padded(text)
  return text .. "\128" .. ("\0"):rep((55 - #text) % 64) .. (">I8"):pack(#text * 8)
end

local function round_of(i, b, c, d)
  if i < 20 then return b & c | ~b & d, 0x5a827999 end
  if i < 40 then return b ~ c ~ d, 0x6ed9eba1 end
  if i < 60 then return b & c | b & d | c & d, 0x8f1bbcdc end
  return b ~ c ~ d, 0xca62c1d6
end

-- One block of 64 bytes.
local function compressed(h, block)
  local w = { (">I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4"):unpack(block) }
  for i = 17, 80 do w[i] = rotated(w[i - 3] ~ w[i - 8] ~ w[i - 14] ~ w[i - 16], 1) end
  local a, b, c, d, e = table.unpack(h)
  for i = 0, 79 do
    local f, k = round_of(i, b, c, d)
    a, b, c, d, e = (rotated(a, 5) + (f & 0xffffffff) + e + k + w[i + 1]) & 0xffffffff, a, rotated(b, 30), c, d
  end
  for i, value in ipairs({ a, b, c, d, e }) do h[i] = (h[i] + value) & 0xffffffff end
end

local function sha1(text)
  local h, data = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 }, padded(text)
  for at = 1, #data, 64 do compressed(h, data:sub(at, at + 63)) end
  return (">I4I4I4I4I4"):pack(table.unpack(h))
end

local function mixed(key, byte)
  return (key:gsub(".", function(c) return string.char(c:byte() ~ byte) end))
end

local function hmac(key, text)
  key = (#key > 64 and sha1(key) or key)
  key = key .. ("\0"):rep(64 - #key)
  return sha1(mixed(key, 0x5c) .. sha1(mixed(key, 0x36) .. text))
end

-- What authenticators are told: base32 without padding.
local function unbase32(text)
  local bits, held, bytes = 0, 0, {}
  for c in text:upper():gmatch("[A-Z2-7]") do
    local value = c:find("%d") and c:byte() - 24 or c:byte() - 65
    held, bits = (held << 5 | value) & 0xfff, bits + 5
    if bits >= 8 then
      bits = bits - 8
      bytes[#bytes + 1] = string.char(held >> bits & 0xff)
    end
  end
  return table.concat(bytes)
end

---The code of an instant.
---@param secret string base32
---@param ms integer since 1970
---@return string six digits
function M.code(secret, ms)
  local digest = hmac(unbase32(secret), (">I8"):pack(ms // M.STEP_MS))
  local at = (digest:byte(20) & 0xf) + 1
  return ("%06d"):format(((">I4"):unpack(digest, at) & 0x7fffffff) % 1000000)
end

---Whether it is the code of now, or of the step before or after, since clocks differ.
---@param secret string
---@param passcode string
---@param ms integer
---@return boolean
function M.accepts(secret, passcode, ms)
  for step = -1, 1 do
    if passcode == M.code(secret, ms + step * M.STEP_MS) then return true end
  end
  return false
end

return M
