-- SPDX-License-Identifier: Apache-2.0
-- Answers met in practice: decoded whole, every error among them classified, with and without a row.
local cjson = require("cjson")
local core = require("hwdb.core")
local samples = require("spec.support.samples")
local shape = require("hwdb.shape")
local answering = require("spec.support.answering")

-- code, class and message of those that are errors.
local ERRORS = {
  ["ddm-flavor-change-400-otc"] = { "DBS.280001", "bad_argument", "Parameter error." },
  ["dws-create-cluster-500-flexibleengine"] = { "DWS.0005", "server", "Server failure." },
  ["dws-elb-bind-busy-403"] = { "DWS.7023", "busy", "Cluster status is not allowed to operation." },
  ["dws-error-without-message"] = { "DWS.500", "server", "HTTP 500 (internal error)" },
  ["dws-logical-cluster-delete-first"] = { "DWS.9999", "bad_state", "the first logical cluster can't be deleted" },
  ["dws-logical-cluster-delete-missing"] = { "DWS.9999", "not_found", "logical cluster is not existed" },
  ["dws-workload-queue-missing-500"] = { "1", "not_found", "HTTP 500 (internal error)" },
  ["gateway-404-api-not-published"] = { "APIGW.0101", "bad_argument",
    "The API does not exist or has not been published in the environment" },
  ["gateway-429-throttled"] = { "APIGW.0308", "throttled",
    "The throttling threshold has been reached: policy ip over ratelimit,limit:5,time:1 second" },
  ["gateway-429-throttled-2"] = { "APIGW.0308", "throttled",
    "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute" },
}

-- Members that no document has: the rows leave them alone.
local CLUSTER = { "public_ip.eip_address", "guest_agent_version", "logical_cluster_initialed", "logical_cluster_mode",
  "number_of_free_node", "plugins", "spec_version", "use_logical_cluster" }
local LISTED = { "public_ip.eip_address", "guest_agent_version", "logical_cluster_initialed", "logical_cluster_mode",
  "maintain_window", "node_type_id", "number_of_free_node", "parameter_group", "plugins", "private_ip", "spec_version",
  "use_logical_cluster" }

local function under(prefix, names)
  local list = {}
  for i, name in ipairs(names) do list[i] = prefix .. name .. " unknown" end
  return list
end

local UNKNOWN = {
  ["dws-get-cluster-golangsdk"] = under("cluster.", { "public_ip.eip_address", "resize_info.origin_node_type",
    "resize_info.target_node_type" }),
  ["dws-get-cluster-otcextensions"] = under("cluster.", CLUSTER),
  ["dws-list-clusters-otcextensions"] = under("clusters[].", LISTED),
}

local function place(path) return (path:gsub("{.-}", "{}")) end

local function row_of(service, answer)
  for _, row in ipairs(samples.rows) do
    if row.service == service and row.method == answer.method and place(row.path) == place(answer.path) then return row end
  end
end

local function check_success(answer, body, info)
  assert.equal(answer.status, info.status)
  if not answer.body or answer.body == "null" then return end
  assert.same(cjson.decode(answer.body), body)
end

local function check_error(answer, err)
  local wanted = ERRORS[answer.name]
  assert.same({ "api", answer.status, wanted[1], wanted[2], wanted[3] }, { err.kind, err.status, err.code, err.class, err.message })
  assert.is_string(err.reason)
  assert.is_string(err.remedy)
end

describe("the answer met in practice", function()
  local count, errors = 0, 0
  for _, file in ipairs({ "ddm", "dws", "gateway" }) do
    local service = file == "gateway" and "ddm" or file
    for _, answer in ipairs(dofile("spec/vectors/answers/" .. file .. ".lua")) do
      local row = row_of(service, answer)
      count = count + 1
      errors = errors + (ERRORS[answer.name] and 1 or 0)

      it(answer.name .. " through client:request", function()
        local client = answering.client({ status = answer.status, body = answer.body })
        local path = answer.path:gsub("{project_id}", "p"):gsub("{.-}", "x")
        local body, info = client:request({ service = service, method = answer.method, path = path })
        if ERRORS[answer.name] then
          assert.is_nil(body)
          return check_error(answer, info)
        end
        check_success(answer, body, info)
      end)

      if row then
        it(answer.name .. " through its row", function()
          local client = answering.client({ status = answer.status, body = answer.body })
          local body, info = client[service][row.name](client[service], samples.args(row))
          if ERRORS[answer.name] then
            assert.is_nil(body)
            return check_error(answer, info)
          end
          check_success(answer, body, info)
          local found = {}
          for _, difference in ipairs(shape.compare(row.answer, core.decode(answer.body or "{}"))) do
            if difference.what ~= "absent" then found[#found + 1] = difference.path .. " " .. difference.what end
          end
          assert.same(UNKNOWN[answer.name] or {}, found)
        end)
      end
    end
  end

  it("is one of 40, 10 of them errors", function()
    assert.same({ 40, 10 }, { count, errors })
  end)
end)
