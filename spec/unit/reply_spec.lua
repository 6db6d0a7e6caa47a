-- SPDX-License-Identifier: Apache-2.0
local core = require("hwdb.core")
local stages = require("stages")

local function answered(body, more)
  more = more or {}
  return stages.reply(more.service or "ddm", { status = more.status or 400, head = more.head, body = body })
end

local function base64(text)
  local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  return (text:gsub("..?.?", function(three)
    local a, b, c = three:byte(1, 3)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    local out = ""
    for i = 0, 3 do
      local digit = bits >> (18 - 6 * i) & 63
      out = out .. (i <= #three and digits:sub(digit + 1, digit + 1) or "=")
    end
    return out
  end))
end

describe("finding a header", function()
  local head = "HTTP/1.1 200 OK\r\nX-Request-Id: abc \r\nEmpty:\r\nx-b:\t v w\t\r\nTwice: 1\r\nTwice: 2\r\nColon: a:b\r\n\r\nBody: no"

  it("does not look at case, and trims the value", function()
    for name, value in pairs { ["X-Request-Id"] = "abc", ["x-request-ID"] = "abc", ["X-B"] = "v w", Empty = "", Colon = "a:b" } do
      assert.equal(value, stages.head_find(head, name))
    end
  end)
  it("takes the first of several", function() assert.equal("1", stages.head_find(head, "Twice")) end)
  it("takes whole names only", function()
    for _, name in ipairs { "Request-Id", "X-Request", "X-Request-Id-More", "abc", "b", "Tw" } do assert.is_nil(stages.head_find(head,
      name)) end
  end)
  it("reads a line without its end, and stays inside what is there", function()
    assert.equal("v", stages.head_find("A: v", "A"))
    assert.equal("v", stages.head_find("A: v\n", "a"))
    assert.equal("", stages.head_find("A:", "A"))
    for _, part in ipairs { "", "X", "X-Request-I", "X-Request-Id", "A\nX-Req" } do assert.is_nil(stages.head_find(part,
      "X-Request-Id")) end
    assert.is_nil(stages.head_find(nil, "A"))
  end)
end)

describe("an error body", function()
  for name, case in pairs {
    ["of v3 and DWS"] = { '{"error_code":"DBS.200001","error_msg":"Parameter error."}', "DBS.200001", "Parameter error." },
    ["of DDM v1"] = { '{"errCode":"DBS.280001","externalMessage":"Parameter error."}', "DBS.280001", "Parameter error." },
    ["of DBSS"] = { '{"error":{"error_code":"DBSS.1","error_msg":"no"}}', "DBSS.1", "no" },
    ["of IAM"] = { '{"error":{"message":"who?","code":401,"title":"Unauthorized"}}', "401", "who?" },
    ["of IAM with a title only"] = { '{"error":{"title":"Not Found"}}', nil, "Not Found" },
    ["with code and message"] = { '{"code":"X.1","message":"m"}', "X.1", "m" },
    ["with both shapes"] = { '{"externalMessage":"e","errCode":"DWS.7023","error_code":"DWS.7023","error_msg":"m"}', "DWS.7023", "m" },
    ["of workload calls"] = { '{"workload_res_code":1,"workload_res_str":"queue is missing"}', "1", "queue is missing" },
    ["whose error is a text"] = { '{"error":"broken"}', nil, "broken" },
    ["without a message"] = { '{"error_code":"DWS.500"}', "DWS.500", "HTTP 400 (bad request)" },
    ["without a code"] = { '{"error_msg":"m"}', nil, "m" },
    ["with empty texts"] = { '{"error_code":"","error_msg":"","code":"C","message":"M"}', "C", "M" },
    ["with nulls"] = { '{"error_code":null,"errCode":"C","error_msg":null,"externalMessage":"M"}', "C", "M" },
    ["with objects for texts"] = { '{"error_code":{},"error_msg":[]}', nil, "HTTP 400 (bad request)" },
    ["of another shape"] = { '{"x":1}', nil, "HTTP 400 (bad request)" },
    ["that is a list"] = { '[{"error_msg":"m"}]', nil, "HTTP 400 (bad request)" },
    ["that is a text"] = { '"nothing"', nil, "HTTP 400 (bad request)" },
    ["that is a number"] = { "42", nil, "HTTP 400 (bad request)" },
    ["that is plain text"] = { "upstream failed", nil, "HTTP 400 (bad request)" },
    ["cut in the middle"] = { '{"error_code":"DBS.1","error_', nil, "HTTP 400 (bad request)" },
    ["that is not UTF-8"] = { '{"error_msg":"\255"}', nil, "HTTP 400 (bad request)" },
    ["nested too deeply"] = { ("["):rep(5000), nil, "HTTP 400 (bad request)" },
    ["of HTML"] = { "<html><body>502</body></html>", nil,
      "HTTP 400 (bad request) with an HTML page instead of JSON: a gateway or proxy answered" },
    ["of HTML after blanks"] = { " \r\n\t<!DOCTYPE html>", nil,
      "HTTP 400 (bad request) with an HTML page instead of JSON: a gateway or proxy answered" },
    ["that is empty"] = { "", nil, "HTTP 400 (bad request) with an empty body" },
    ["with U+0000 in its message"] = { '{"error_msg":"a\\u0000b"}', nil, '"a\\u0000b"' },
  } do
    it(name .. " is read", function()
      local e = answered(case[1])
      assert.equal(-1, e.result)
      assert.equal("api", e.kind)
      assert.equal(400, e.status)
      assert.equal(case[2], e.code)
      assert.equal(case[3], e.message)
    end)
  end

  it("in base64 is read, in either alphabet, quoted or not, padded or not", function()
    for n = 0, 5 do
      local message = "ÿþý?>~" .. ("x"):rep(n)
      local text = base64(('{"error_code":"DWS.7","error_msg":"%s"}'):format(message))
      for _, form in ipairs { text, (text:gsub("[+/]", { ["+"] = "-", ["/"] = "_" })), (text:gsub("=", "")), text .. "\r\n", '"' .. text
        .. '"',
        '"' .. text .. '"\n' } do
        local e = answered(form, { service = "dws" })
        assert.equal("DWS.7", e.code)
        assert.equal(message, e.message)
      end
    end
    assert.equal("HTTP 400 (bad request)", answered(base64("plain text")).message)
    assert.equal("HTTP 400 (bad request)", answered(base64("[1]")).message)
    assert.equal("HTTP 400 (bad request)", answered('"').message)
    assert.equal("HTTP 400 (bad request)", answered("====").message)
  end)

  it("is named by its status", function()
    for status, word in pairs { [400] = "bad request", [401] = "not authenticated", [403] = "not allowed", [404] = "not found",
      [405] = "method not allowed", [409] = "conflict", [413] = "request too large", [429] = "too many requests", [500] = "internal error",
      [502] = "bad gateway", [503] = "unavailable", [504] = "gateway time-out", [418] = "error" } do
      assert.equal(("HTTP %d (%s) with an empty body"):format(status, word), answered("", { status = status }).message)
    end
    local redirect = answered("", { status = 302 })
    assert.equal("HTTP 302: a redirect, which is not followed with credentials", redirect.message)
    assert.equal("check the endpoint and the proxy: these services do not redirect", redirect.remedy)
  end)

  it("is shown up to 2000 bytes, whole characters only, and can be written as JSON", function()
    for _, case in ipairs { { ("a"):rep(3000), 2000 }, { ("中"):rep(1000), 1998 }, { "a" .. ("é"):rep(1500), 1999 } } do
      local e = answered(('{"error_code":"%s","error_msg":"%s"}'):format(case[1], case[1]))
      assert.equal(case[1]:sub(1, case[2]), e.message)
      assert.is_true(#e.code <= 95 and #e.code >= 93)
      assert.equal(e.message, core.decode(core.encode(e.message)))
      assert.equal(e.code, case[1]:sub(1, #core.decode(core.encode(e.code))))
    end
  end)

  it("cannot write to the terminal", function()
    local e = answered([[{"error_code":"A\u001b[2J","error_msg":"a\u001b]0;x\u0007b\r\nc\u007fd\u009be"}]])
    assert.equal("a ]0;x b  c d  e", e.message)
    assert.equal("A [2J", e.code)
  end)
end)

describe("the head of an error", function()
  it("gives the request id, before the body's", function()
    assert.equal("head", answered('{"request_id":"body"}', { head = "X-Request-Id: head\r\n" }).request_id)
    assert.equal("body", answered('{"request_id":"body"}').request_id)
    assert.is_nil(answered("{}").request_id)
    assert.equal(95, #answered("{}", { head = "X-Request-Id: " .. ("r"):rep(500) }).request_id)
  end)
  it("gives no request id that is not printable", function()
    assert.equal("body", answered('{"request_id":"body"}', { head = "X-Request-Id: \27[2J\r\n" }).request_id)
    assert.is_nil(answered("{}", { head = "X-Request-Id: \233\r\n" }).request_id)
  end)
  it("gives the seconds to wait", function()
    for value, ms in pairs { ["5"] = 5000, [" 60 "] = 60000, ["86399"] = 86399000, ["0"] = 0, ["-1"] = 0, ["86400"] = 0, ["soon"] = 0,
      [""] = 0,
      ["99999999999999999999"] = 0 } do
      assert.equal(ms, answered("{}", { head = "Retry-After: " .. value .. "\r\n" }).retry_after_ms, value)
    end
  end)
end)

describe("what to do about an error", function()
  it("is said by its code", function()
    local e = answered('{"error_code":"APIGW.0308","error_msg":"x"}', { status = 429 })
    assert.equal("Wait for the window that the message names (limit, time).", e.remedy)
    assert.is_true(e.retryable)
    assert.is_true(e.without_effect)
    assert.is_nil(answered('{"error_code":"NO.SUCH"}').remedy)
  end)
  it("is the same for a gateway's code in either spelling", function()
    local a = answered('{"error_code":"APIG.0101","error_msg":"x"}', { status = 404 })
    local b = answered('{"error_code":"APIGW.0101","error_msg":"x"}', { status = 404 })
    assert.equal("Check endpoint, region, path and method.", a.remedy)
    assert.equal(a.remedy, b.remedy)
  end)
  it("is to send again where the service was busy or throttled: nothing happened", function()
    for _, case in ipairs { { 409, "DBS.200019", true, true }, { 403, "DBS.200019", true, true }, { 409, "DBS.212033", true, true },
      { 429, "ANY", true, true }, { 429, "", true, true }, { 500, "", true, false }, { 503, "", true, false }, { 500, "DBS.200001", false,
        false },
      { 400, "DBS.200001", false, false }, { 404, "", false, false }, { 409, "", false, false } } do
      local e = answered(('{"error_code":"%s"}'):format(case[2]), { status = case[1] })
      assert.same({ case[3], case[4] }, { e.retryable, e.without_effect }, ("%d %s"):format(case[1], case[2]))
    end
  end)
end)

describe("a success", function()
  local function judged(service, name, body)
    return stages.judge(service, name, { status = 200, head = "X-Request-Id: r\r\n", body = body })
  end

  it("is one, unless a field of its row tells otherwise", function()
    assert.is_true(judged("ddm", "ddm.list_instances", '{"error_code":"X","result":"fail"}'))
    assert.is_true(judged("dws", "dws.list_clusters", '{"clusters":[{"error_code":"X"}],"error_code":"DWS.0000"}'))
    assert.is_true(judged("ddm", "ddm.list_instances", "not JSON"))
    for _, body in ipairs { '{"workload_res_code":0}', '{"workload_res_code":"0"}', "{}", "", "not JSON", "[]",
      '{"workload_res_code":null}',
      '{"workload_res_code":0,"error_code":null}', '{"workload_res_code":0,"error_code":"DWS.0000"}' } do
      assert.is_true(judged("dws", "dws.show_cluster_workload", body), body)
    end
  end)

  it("that holds a failure is told as an error with status, code, message and request", function()
    local ok, e = judged("dws", "dws.show_cluster_workload", '{"workload_res_code":7,"workload_res_str":"no plan"}')
    assert.is_nil(ok)
    assert.same({ "api", 200, "7", "no plan", "r" }, { e.kind, e.status, e.code, e.message, e.request_id })
    ok, e = judged("dws", "dws.list_clusters", '{"error_code":"DWS.9999","error_msg":"no"}')
    assert.is_nil(ok)
    assert.same({ "api", 200, "DWS.9999", "no" }, { e.kind, e.status, e.code, e.message })
    ok, e = judged("dws", "dws.show_cluster_workload", '{"workload_res_code":7}')
    assert.is_nil(ok)
    assert.equal("the service answered HTTP 200, but workload_res_code is 7", e.message)
  end)

  it("that holds a failure shows no control characters of it", function()
    local _, e = judged("dws", nil, '{"errCode":"a\\u001b[2J' .. ("中"):rep(100) .. '"}')
    assert.equal("the service answered HTTP 200, but errCode is a [2J" .. ("中"):rep(65), e.message)
  end)

  it("of a call without a row is judged by its service", function()
    assert.is_nil((judged("dws", nil, '{"ret_code":-1,"ret_msg":"m"}')))
    assert.is_true(judged("dws", nil, '{"ret_code":0}'))
    assert.is_true(judged("ecs", nil, '{"ret_code":-1}'))
  end)
end)

describe("reading a reply", function()
  it("holds no memory afterwards, also where it ends", function()
    collectgarbage()
    collectgarbage() -- what earlier tests left is not to go during this one
    local held = stages.held()
    local body = '{"error":{"error_code":"DBS.200019","error_msg":"' .. ("m"):rep(500) .. '"}}'
    for _, form in ipairs { body, base64(body), "<html>", "" } do
      for n = 0, 40 do
        stages.fail_after(n)
        local e = answered(form, { status = 409 })
        local refusals = stages.fail_after()
        assert.equal(held, stages.held())
        assert.equal(409, e.status)
        assert.equal("api", e.kind)
        if refusals == 0 then break end
        assert.is_true(n < 39)
      end
    end
  end)
end)
