-- SPDX-License-Identifier: Apache-2.0
-- Result tables and preflight lines of a run, and what reports make of the tables.
local cli = require("spec.support.cli")
local support = require("spec.runbooks.support")
local tables = require("hwdb.runbook.tables")

local FOUND = { name = "clusters", columns = { "name", "nodes", "fine" },
  rows = { { "größe", 3, true }, { "=1+1", 12, false }, { 'a "b", c' } }, note = "two of three" }

local function run(body, options)
  options = options or {}
  options.client = support.client({})
  return support.run("function(run) " .. body .. " end", options)
end

describe("a result table", function()
  teardown(cli.clean)

  it("is aligned by characters, numbers to the right", function()
    assert.same({ "name      nodes  fine", "--------  -----  -----", "größe         3  true", "=1+1         12  false", 'a "b", c' },
      tables.lines({ columns = FOUND.columns, rows = { FOUND.rows[1], FOUND.rows[2], { 'a "b", c', "", "" } } }))
  end)

  it("puts what a screen has no room for below the row, by its name", function()
    local long = { columns = { "id", "n", "finding", "remedy" }, rows = { { "4fa5a572-6a8b", 3, "größer als der Schirm", "a b" },
      { "b", 12, "", "c" } } }
    assert.same({ "id              n", "-------------  --", "4fa5a572-6a8b   3", "  finding: größer als der Schirm", "  remedy: a b",
      "b              12", "  remedy: c" }, tables.lines(long, 32))
    assert.same({ "id", "-------------", "4fa5a572-6a8b", "  n: 3" }, { table.unpack(tables.lines(long, 5), 1, 4) })
    assert.equal("4fa5a572-6a8b   3  größer als der Schirm  a b", tables.lines(long, 200)[3])
  end)

  it("aligns a column left as soon as one cell is no number", function()
    assert.same({ "n", "--", "1", "no" }, tables.lines({ columns = { "n" }, rows = { { 1 }, { "no" } } }))
  end)

  it("lets nothing reach the terminal that it would act on", function()
    assert.same({ "n", "----", "a b" }, tables.lines({ columns = { "n" }, rows = { { "a\27b\n" } } }))
  end)

  it("is CSV as RFC 4180 has it, without formulas", function()
    assert.equal('name,nodes,fine\r\ngröße,3,true\r\n\'=1+1,12,false\r\n"a ""b"", c",,\r\n\r\nn\r\n-3\r\n',
      tables.csv({ tables.checked(FOUND), tables.checked({ name = "x", columns = { "n" }, rows = { { -3 } } }) }))
  end)

  it("is refused with the place of what is wrong", function()
    for body, message in pairs({
      ['run:table{ name = "t", columns = { "a" } }'] = "name, columns = {…} and rows = {{…}, …} are needed",
      ['run:table{ name = "t", columns = { "a", "b" }, rows = { { 1 }, { 1, {} } } }'] = "t: row 2, column 2 holds a table",
      ['run:table{ name = "t", columns = { "a" }, rows = { 1 } }'] = "t: row 1 is a number",
    }) do
      local result = run(body)
      assert.equal("failed", result.status)
      assert.matches(message, result.error.message, 1, true)
    end
  end)

  local BOOK = [[return { name = "found", summary = "Finds", params = {}, run = function(run)
    run:table{ name = "clu<st>ers", columns = { "name", "nodes" }, rows = { { "a|b", 3 }, { "<i>", 4 } }, note = "both" }
  end }]]

  it("is shown, kept, and part of every report", function()
    local home = "XDG_STATE_HOME=" .. cli.folder()
    local program = home .. " " .. cli.quoted(cli.program)
    local r = cli.shell(program .. " run " .. cli.file("found.lua", BOOK) .. " --sim --json")
    assert.equal(0, r.code, r.err)
    assert.matches('{"columns":["name","nodes"],"event":"table","name":"clu<st>ers","note":"both","rows":[["a|b",3],["<i>",4]]}',
      r.out, 1, true)
    r = cli.shell(program .. " run " .. cli.folder() .. "/found.lua --sim")
    assert.matches("    clu<st>ers\n    name  nodes\n    ----  -----\n    a|b       3\n    <i>       4\n    both\n", r.out, 1, true)
  end)

  it("is told from the journal", function()
    local durable = require("spec.durable.support")
    local lasting = durable.world()
    local rb = assert(require("hwdb.runbook").load_text(BOOK, "found.lua"))
    local result = durable.run(lasting, rb, { params = {} })
    assert.equal("done", result.status, tostring(result.error))
    local told = durable.with_journal(lasting, function(store)
      return require("hwdb.runbook.account").of(store, require("hwdb.runbook").list(store)[1])
    end)
    assert.same({ "a|b", 3 }, told.tables[1].rows[1])
    assert.matches("## clu&lt;st&gt;ers\n\n| name | nodes |\n|---|---|\n| a b | 3 |\n| &lt;i&gt; | 4 |\n\nboth\n",
      require("hwdb.runbook.account_md").text(told), 1, true)
    assert.matches([[<h2>clu&lt;st&gt;ers</h2>.*<td><span class="whole">a|b</span></td><td><span class="whole">3</span></td>]],
      (require("hwdb.runbook.account_html").text(told)))
    durable.clean(lasting)
  end)
end)

describe("run:window_of", function()
  it("reads the window of a runbook's parameters, or says what of it is missing", function()
    local result, report = run([[assert(run:window_of{ cut_off_minutes = 5 } == nil)
      run:note(run:window_of{ window_from = "2026-11-23 02:00", window_to = "04:00", zone = "+08:00", cut_off_minutes = 5 }.text)
      run:window_of{ window_from = "2026-11-23 02:00" }]])
    assert.same({ "note 2026-11-23 02:00:00 +08:00 to 2026-11-23 04:00:00 +08:00" }, report.lines)
    assert.equal("a window needs window_from, window_to and zone", result.error.message)
    assert.equal(2, result.exit)
  end)
end)

describe("run:preflight", function()
  it("gives a line for each prerequisite, and goes on when all are met", function()
    local result, report = run([[run:preflight(function(check)
      check("kernel", true, "3.1.0")
      check("disk", "warn", "81 % used")
      check("balancing", "unseen", "no answer")
    end, { "nobody changes it" }) run:note("on")]])
    assert.equal("done", result.status)
    assert.same({ "ok kernel: 3.1.0", "warn disk: 81 % used", "unseen balancing: not seen (no answer): check by hand",
      "unseen not visible to an API, check by hand: nobody changes it", "note on" }, report.lines)
  end)

  it("looks at all of them before it fails with the names of those that are not", function()
    local result, report = run([[run:preflight(function(check)
      check("kernel", false, "2.0") check("state", true, "RUNNING") check("quota", nil, "0 left")
    end)]])
    assert.same({ "fail kernel: 2.0", "ok state: RUNNING", "fail quota: 0 left" }, report.lines)
    assert.equal("preflight: not met: kernel, quota", result.error.message)
    assert.equal("nothing has been changed; put it right and run again", result.error.remedy)
  end)
end)
