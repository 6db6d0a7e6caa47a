-- SPDX-License-Identifier: Apache-2.0
local core = require("hwdb.core")

local matches, ok = core.pattern_match, core.pattern_ok

describe("pattern", function()
  for _, case in ipairs {
    { "abc", { "abc" }, { "", "ab", "abcd", "xabc", "ABC" } },
    { "", { "" }, { "a" } },
    { "^$", { "" }, { "a" } },
    { "^a$", { "a" }, { "", "aa", "^a", "a$" } },
    { "a^b$c", { "a^b$c" }, { "abc" } },
    { ".", { "a", "\0", "\255" }, { "", "\n", "ab" } },
    { "a*", { "", "a", "aaaa" }, { "b", "ab" } },
    { "a+b", { "ab", "aaab" }, { "b", "a", "aba" } },
    { "ab?c", { "ac", "abc" }, { "abbc" } },
    { "a{3}", { "aaa" }, { "aa", "aaaa", "" } },
    { "a{2,}", { "aa", "aaaaaa" }, { "a", "" } },
    { "a{1,3}", { "a", "aa", "aaa" }, { "", "aaaa" } },
    { "a{0,1}b", { "b", "ab" }, { "aab" } },
    { "a{0}b", { "b" }, { "ab" } },
    { "a{2,1}", {}, { "", "a", "aa" } },
    { "[abc]", { "a", "c" }, { "d", "", "ab", "[" } },
    { "[a-c]x", { "ax", "bx", "cx" }, { "dx", "-x" } },
    { "[^a-c]", { "d", "-", "\n", "^" }, { "a", "b", "" } },
    { "[a^]", { "a", "^" }, { "b" } },
    { "[]a]", { "]", "a" }, { "[" } },
    { "[^]a]", { "b", "[" }, { "]", "a" } },
    { "[a-]", { "a", "-" }, { "b" } },
    { "[-a]", { "a", "-" }, { "b" } },
    { "[a\\-z]", { "a", "-", "z" }, { "b", "\\" } },
    { "[\\d_]{2}", { "1_", "09" }, { "a1", "1" } },
    { "[\\w-]+", { "a-b_9" }, { "a b", "" } },
    { "[.*+?]", { ".", "*", "+", "?" }, { "a" } },
    { "[\\]]", { "]" }, { "\\", "a" } },
    { "\\d\\w\\.", { "1a.", "0_." }, { "aa.", "1-.", "1ax" } },
    { "\\\\\\$", { "\\$" }, { "$" } },
    { "a.*b.*c", { "abc", "axxbyyc", "abcbc" }, { "acb", "abcd" } },
    { "a*a*a*b", { "b", "aaaab" }, { "aaaa", "ba" } },
    { "[a-zA-Z][a-zA-Z0-9_-]{3,63}", { "Abc1", "a" .. ("x"):rep(63) }, { "1abc", "abc", "a" .. ("x"):rep(64) } },
    { "[0-9a-f]{32}in09", { ("0a"):rep(16) .. "in09" }, { ("0A"):rep(16) .. "in09", ("0a"):rep(15) .. "in09" } },
    { "é", { "é" }, { "e", "\195" } },
    { "[\195][\169]", { "é" }, { "è" } },
    { "a-b]", { "a-b]" }, { "a-b" } },
  } do
    it("takes and refuses by " .. (case[1] == "" and "nothing" or case[1]), function()
      assert.is_true(ok(case[1]))
      for _, text in ipairs(case[2]) do assert.is_true(matches(case[1], text), text) end
      for _, text in ipairs(case[3]) do assert.is_false(matches(case[1], text), text) end
    end)
  end

  it("counts bytes, U+0000 too", function()
    assert.is_true(matches(".{2}", "é"))
    assert.is_true(matches("a.b", "a\0b"))
    assert.is_false(matches("a", "a\0"))
  end)

  it("says which patterns are not of its language", function()
    for _, pattern in ipairs { "(a)", "a|b", "*", "+a", "?", "a**", "a+?", "{2}", "a{", "a{}", "a{x}", "a{1", "a{1,", "a{1,2", "a{,2}",
      "a{1,2,3}",
      "a{1000000}", "[", "[a", "[^", "[]", "[^]", "[a\\]", "\\", "a\\", "a}" } do
      assert.is_false(ok(pattern), pattern)
      assert.is_false((pcall(matches, pattern, "a")), pattern)
    end
  end)

  it("is kept to by every row, and every listed default fits its own", function()
    local seen = 0
    local function walk(where, fields)
      for _, field in ipairs(fields) do
        if field.pattern then
          seen = seen + 1
          assert.is_true(ok(field.pattern), where .. "." .. field.name)
          if field.default then assert.is_true(matches(field.pattern, field.default), where .. "." .. field.name) end
        end
        if field.fields then walk(where .. "." .. field.name, field.fields) end
      end
    end
    for _, row in ipairs(core.rows()) do
      walk(row.service .. "." .. row.name, row.params)
      walk(row.service .. "." .. row.name, row.answer)
    end
    assert.is_true(seen > 0)
  end)
end)
