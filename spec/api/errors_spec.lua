-- SPDX-License-Identifier: Apache-2.0
-- The error tables: complete against the documents, and each code classified through an answer.
local core = require("hwdb.core")
local answering = require("spec.support.answering")

local documented = dofile("spec/vectors/error_codes.lua")

local CLASSES = { not_found = true, exists = true, busy = true, quota = true, denied = true, bad_argument = true,
  bad_state = true, throttled = true, server = true }

local by_key = {}
for _, row in ipairs(core.errors()) do
  by_key[row.service] = by_key[row.service] or {}
  by_key[row.service][(row.code or "") .. " " .. (row.status or "")] = row
end

-- The error of an answer, through a client and a call that is sent once.
local function answered(service, status, body, method)
  local client = answering.client({ status = status, body = type(body) == "table" and core.encode(body) or body })
  local value, err = client:request({ service = service, method = method or "POST", path = "/v1/x" }, { attempts = 1 })
  assert.is_nil(value)
  return err
end

describe("the error tables", function()
  it("hold every code of the documents with its status", function()
    local missing, count = {}, {}
    for service, list in pairs(documented) do
      count[service] = #list
      for _, entry in ipairs(list) do
        if not by_key[service][entry[2] .. " " .. entry[1]] then missing[#missing + 1] = entry[2] .. " " .. entry[1] end
      end
    end
    assert.same({}, missing)
    assert.same({ ddm = 109, dws = 107, dbss = 9 }, count)
  end)

  it("say what a code means, what to do and which class it is", function()
    local wrong, seen = {}, {}
    for _, row in ipairs(core.errors()) do
      local key = ("%s %s %s"):format(row.service, row.code or "", row.status or "")
      if seen[key] then wrong[#wrong + 1] = key .. " twice" end
      seen[key] = true
      if not row.meaning or not row.remedy then wrong[#wrong + 1] = key .. " says nothing" end
      if row.class and not CLASSES[row.class] then wrong[#wrong + 1] = key .. " " .. row.class end
      if not row.class and row.code ~= "DWS.0000" and row.status ~= 402 then wrong[#wrong + 1] = key .. " has no class" end
      if row.remedy and not row.remedy:match("%.$") then wrong[#wrong + 1] = key .. " remedy without a full stop" end
      if not row.code and not row.status then wrong[#wrong + 1] = key .. " is about nothing" end
    end
    assert.same({}, wrong)
  end)

  it("class each code through an answer of its service, with reason and remedy", function()
    local shapes = {
      ddm = function(code) return { errCode = code, externalMessage = "told" } end,
      dws = function(code) return { error_code = code, error_msg = "told" } end,
      dbss = function(code) return { error = { error_code = code, error_msg = "told" } } end,
    }
    for service, list in pairs(documented) do
      for _, entry in ipairs(list) do
        local row = by_key[service][entry[2] .. " " .. entry[1]]
        local err = answered(service, entry[1], shapes[service](entry[2]))
        assert.same({ "api", entry[1], entry[2], "told", row.class, row.meaning, row.remedy },
          { err.kind, err.status, err.code, err.message, err.class, err.reason, err.remedy })
      end
    end
  end)
end)

describe("a failure is told from others:", function()
  local CASES = {
    { "a cluster deleted before", "dws", 404, { error_code = "DWS.3027", error_msg = "m" }, "not_found" },
    { "an unknown cluster", "dws", 404, { error_code = "DWS.0047", error_msg = "m" }, "not_found" },
    { "an unknown cluster, as 403", "dws", 403, { error_code = "DWS.0015", error_msg = "m" }, "not_found" },
    { "an unknown cluster, as 400", "dws", 400, { error_code = "DWS.0015", error_msg = "m" }, "not_found" },
    { "an id that is none", "dws", 400, { error_code = "DWS.0001", error_msg = "m" }, "not_found" },
    { "a snapshot that is gone", "dws", 400, { error_code = "DWS.5149", error_msg = "m" }, "not_found" },
    { "a disaster recovery task that is gone", "dws", 400, { error_code = "DWS.10101", error_msg = "m" }, "not_found" },
    { "an ELB that is not bound", "dws", 400, { error_code = "DWS.0102", error_msg = "m" }, "not_found" },
    { "a workload queue that is gone", "dws", 500, { workload_res_code = 1, workload_res_str = "" }, "not_found" },
    { "a workload queue that is gone, as -1", "dws", 500, { workload_res_code = -1 }, "not_found" },
    { "a logical cluster that is gone", "dws", 417, { error_code = "DWS.9999", error_msg = "logical cluster is not existed" },
      "not_found" },
    { "a logical cluster that exists", "dws", 417, { error_code = "DWS.9999", error_msg = "logical cluster already existed" },
      "exists" },
    { "the first logical cluster", "dws", 417,
      { error_code = "DWS.9999", error_msg = "the first logical cluster can't be deleted" }, "bad_state" },
    { "a logical cluster that restarts", "dws", 417, { error_code = "DWS.9999", error_msg = "DWS.7023" }, "busy" },
    { "another change of logical clusters", "dws", 417, { error_code = "DWS.9999", error_msg = "m" }, "bad_state" },
    { "a busy cluster", "dws", 403, { error_code = "DWS.7023", error_msg = "m", errCode = "DWS.7023", externalMessage = "m" },
      "busy" },
    { "a busy instance, v1", "ddm", 409, { errCode = "DBS.200019", externalMessage = "m" }, "busy" },
    { "a busy instance, v3", "ddm", 409, { error_code = "DBS.212033", error_msg = "m" }, "busy" },
    { "a busy instance, as 403", "ddm", 403, { error_code = "DBS.212033", error_msg = "m" }, "busy" },
    { "an instance that is gone", "ddm", 404, { errCode = "DBS.280110", externalMessage = "m" }, "not_found" },
    { "an instance that is gone, as 400", "ddm", 400, { errCode = "DBS.280110", externalMessage = "m" }, "not_found" },
    { "the gateway's 404 is not a resource's", "ddm", 404, { error_code = "APIGW.0101", error_msg = "m" }, "bad_argument" },
    { "the gateway's spelling APIG", "ddm", 404, { error_code = "APIG.0101", error_msg = "m" }, "bad_argument" },
    { "a refused signature", "dbss", 401, { error_code = "APIGW.0301", error_msg = "m" }, "denied", "auth" },
    { "a quota", "dbss", 400, { error = { error_code = "DBSS.10020118", error_msg = "m" } }, "quota" },
    { "a code that nobody knows", "dbss", 403, { error_code = "DBSS.99", error_msg = "m" }, nil },
    { "a 404 without a body", "ddm", 404, "", "not_found" },
    { "a 404 as a page", "dws", 404, "<html>", "not_found" },
    { "a 503 without a body", "dbss", 503, "", "server" },
    { "IAM's own body", "iam", 403, { error = { code = 403, message = "m", title = "Forbidden" } }, nil },
  }
  for _, case in ipairs(CASES) do
    it(case[1], function()
      local err = answered(case[2], case[3], case[4])
      assert.equal(case[6] or "api", err.kind)
      assert.equal(case[3], err.status)
      assert.equal(case[5], err.class)
    end)
  end
end)

describe("a 2xx that failed", function()
  local ID <const> = "0483b6b1-6e95-4cb8-8930-a360d2c4e663"

  -- What an operation with a row makes of an answer: nil or the error.
  local function judged(name, args, body)
    local service, op = name:match("^(.-)%.(.+)$")
    local client = answering.client({ status = 200, body = core.encode(body) })
    local value, err = client[service][op](client[service], args)
    if value then return nil end
    assert.equal("api", err.kind)
    assert.equal(200, err.status)
    assert.is_false(err.in_doubt)
    return err
  end

  local function raw(service, body)
    local client = answering.client({ status = 200, body = core.encode(body) })
    local value, err = client:request({ service = service, method = "POST", path = "/v2/x" })
    return not value and err or nil
  end

  it("is a workload call with a code other than 0", function()
    local args = { cluster_id = ID }
    for _, code in ipairs({ 1, -1, 113, 116 }) do
      local err = judged("dws.show_cluster_workload", args, { workload_res_code = code, workload_res_str = "why" })
      assert.same({ tostring(code), "why" }, { err.code, err.message })
    end
    assert.is_nil(judged("dws.show_cluster_workload", args, { workload_res_code = 0, workload_res_str = "" }))
    assert.is_nil(judged("dws.list_workload_queue", args, { workload_queue_name_list = core.array({}) }))
    local err = judged("dws.show_cluster_workload", args, { workload_res_code = 7, workload_res_str = "" })
    assert.equal("the service answered HTTP 200, but workload_res_code is 7", err.message)
  end)

  it("is a workload call with a code of the service", function()
    local err = judged("dws.show_cluster_workload", { cluster_id = ID }, { error_code = "DWS.5149", error_msg = "why" })
    assert.same({ "DWS.5149", "why" }, { err.code, err.message })
  end)

  it("is a scale-in whose code is not DWS.0000, unless it started a job", function()
    local args = { cluster_id = ID, shrink_number = 3, online = true, type = "cluster", retry = false, force_backup = false,
      need_agency = false }
    assert.is_nil(judged("dws.shrink_cluster", args, { error_code = "DWS.0000" }))
    assert.is_nil(judged("dws.shrink_cluster", args, { job_id = ID }))
    assert.is_nil(judged("dws.shrink_cluster", args, { error_code = "DWS.1", job_id = ID }))
    assert.is_nil(judged("dws.shrink_cluster", args, { error_code = core.null, error_msg = core.null }))
    assert.equal("DWS.1", judged("dws.shrink_cluster", args, { error_code = "DWS.1" }).code)
  end)

  it("is a DBSS change whose result is not success", function()
    local agent = { instance_id = ID, agent_id = "a", status = 1 }
    assert.is_nil(judged("dbss.switch_agent", agent, { result = "SUCCESS" }))
    assert.is_nil(judged("dbss.switch_agent", agent, { result = "success" }))
    assert.equal("the service answered HTTP 200, but result is FAIL",
      judged("dbss.switch_agent", agent, { result = "FAIL" }).message)
    local group = { resource_id = ID, securitygroup_ids = { ID } }
    assert.is_nil(judged("dbss.update_audit_security_group", group, { result = "success" }))
    assert.is_nil(judged("dbss.update_audit_security_group", group, ""))
    assert.is_not_nil(judged("dbss.update_audit_security_group", group, { result = "failed" }))
    local risk = { instance_id = ID, ids = "1", status = "ON" }
    assert.is_nil(judged("dbss.switch_risk_rule", risk, { status = "SUCCESS" }))
    assert.equal("the service answered HTTP 200, but status is FAILED",
      judged("dbss.switch_risk_rule", risk, { status = "FAILED" }).message)
  end)

  it("is a DDM change that says so", function()
    local args = { instance_id = "0483b6b16e954cb88930a360d2c4e663in09", username = "u", password = "p" }
    assert.is_nil(judged("ddm.reset_user_password", args, { success = true }))
    assert.equal("the service answered HTTP 200, but success is false",
      judged("ddm.reset_user_password", args, { success = false }).message)
  end)

  it("is an unsubscription that failed for some resources", function()
    local args = { resource_ids = { "r" } }
    assert.is_nil(judged("bss.unsubscribe", args, { fail_resource_infos = core.array({}) }))
    local lost = { resource_id = "r", error_code = "CBC.1", error_msg = "why" }
    local err = judged("bss.unsubscribe", args, { fail_resource_infos = { lost } })
    assert.same({ "CBC.1", "why" }, { err.code, err.message })
  end)

  it("is none where a field of that name means something else", function()
    -- The result of an audited statement, and the status of a rule.
    assert.is_nil(judged("dbss.list_audit_operate_logs", { instance_id = ID, page = 1, size = 10 },
      { operate_log = { { result = "fail" } }, result = "fail", total_num = 1 }))
    assert.is_nil(judged("dbss.show_audit_rule_risk", { instance_id = ID, risk_id = "r" }, { status = "OFF" }))
    assert.is_nil(judged("dws.show_job", { job_id = ID }, { status = "FAIL", failed_code = "CreateELBTask-fail:DWS.0114" }))
    assert.is_nil(judged("ddm.show_instance", { instance_id = ID }, { error_msg = "something is wrong with a node" }))
  end)

  it("is found without a row too", function()
    assert.equal("DWS.9999", raw("dws", { error_code = "DWS.9999", error_msg = "why" }).code)
    assert.equal("103", raw("dws", { workload_res_code = 103 }).code)
    assert.equal("not_found", raw("dws", { workload_res_code = 103 }).class)
    assert.equal("5", raw("dws", { ret_code = 5, ret_msg = "why" }).code)
    assert.equal("why", raw("dws", { error_msg = "why" }).message)
    assert.equal("the service answered HTTP 200, but result is fail", raw("dbss", { result = "fail" }).message)
    for _, body in ipairs({ { error_code = "DWS.0000", error_msg = core.null }, { workload_res_code = 0 }, { ret_code = 0 },
      { workload_res_code = 113 }, { workload_res_code = 116 }, { error_code = core.null, error_msg = core.null, job_id = ID } }) do
      assert.is_nil(raw("dws", body))
    end
    assert.is_nil(raw("dbss", { result = "success" }))
    assert.is_nil(raw("dbss", { result = { "a" } }))
    assert.is_nil(raw("ddm", { error_code = "DBS.1", result = "fail" }))
  end)

  it("in part is none: an order that was placed keeps its number", function()
    local client = answering.client({ status = 200, body = [[{"code":"7","order_id":"CS1","description":"later"}]] })
    local body = client:request({ service = "dbss", method = "POST", path = "/v2/p/dbss/audit/charge/period/order" })
    assert.equal("CS1", body.order_id)
  end)
end)
