-- SPDX-License-Identifier: Apache-2.0
-- A client that shares nothing with this project: a shell script whose only
-- hashes are those of `openssl dgst` and whose only HTTP is curl's. It signs by
-- the published steps of SDK-HMAC-SHA256.
local cjson = require("cjson")
local cli = require("spec.support.cli")

local AK, SK = "OPENSSLAK", "openssl-signed-secret"

-- request METHOD PATH QUERY BODY [header to tamper with]: prints the body and the status. The path must end in no
-- slash and need no escapes; the query must be sorted and encoded.
local SCRIPT = [[
hash() { openssl dgst -sha256 -hex | sed 's/.*= *//'; }
hmac() { openssl dgst -sha256 -hmac "$1" -hex | sed 's/.*= *//'; }
request() {
  date=${DATE:-$(date -u +%Y%m%dT%H%M%SZ)}
  host=127.0.0.1:$PORT
  signed="content-type;host;x-sdk-date"
  canonical="$1
$2/
$3
content-type:application/json
host:$host
x-sdk-date:$date

$signed
$(printf %s "$4" | hash)"
  to_sign="SDK-HMAC-SHA256
$date
$(printf %s "$canonical" | hash)"
  signature=$(printf %s "$to_sign" | hmac "$SECRET")
  curl -sS -m 20 -X "$1" -w '\n%{http_code}\n' -H 'Content-Type: application/json' -H "X-Sdk-Date: $date" \
    -H "Authorization: SDK-HMAC-SHA256 Access=$ACCESS, SignedHeaders=$signed, Signature=$signature" \
    ${4:+--data-binary "${SENT:-$4}"} "http://$host$2${3:+?$3}"
}
]]

local function ask(sim, request, more)
  local r = cli.shell(("PORT=%s ACCESS=%s SECRET=%s bash -c %s"):format(sim.port, AK, (more or {}).secret or SK,
    cli.quoted(SCRIPT .. ((more or {}).before or "") .. "\n" .. request)))
  local body, status = r.out:match("^(.*)\n(%d+)\n$")
  assert.truthy(status, r.err)
  return tonumber(status), body
end

describe("a client of curl and openssl alone", function()
  local sim, project
  setup(function()
    sim = cli.sim({ "--ak", AK, "--sk", SK })
    project = sim.project
  end)
  teardown(function()
    sim:signal("TERM")
    sim:wait()
    cli.clean()
  end)

  local function instances()
    local status, body = ask(sim, ("request GET /v1/%s/instances limit=10\\&offset=0 ''"):format(project))
    assert.equal(200, status, body)
    return cjson.decode(body).instances
  end

  it("lists, with a query", function()
    assert.equal("ddm-orders", instances()[1].name)
  end)

  it("changes, with a body", function()
    local path = ("/v1/%s/instances/%s/modify-name"):format(project, instances()[1].id)
    local status, body = ask(sim, ("request PUT %s '' '{\"name\": \"by-openssl\"}'"):format(path))
    assert.equal(200, status, body)
    assert.equal("by-openssl", instances()[1].name)
  end)

  it("reaches every service", function()
    for _, path in ipairs({ "/v3/projects", "/v1.0/" .. project .. "/clusters", "/rds/v3/" .. project .. "/instances" }) do
      local status, body = ask(sim, ("request GET %s '' ''"):format(path))
      assert.equal(200, status, body)
    end
  end)

  it("is refused when its secret, its time or its body is not the signed one", function()
    local list = ("request GET /v1/%s/instances '' ''"):format(project)
    for _, more in ipairs({ { secret = "another" }, { before = "DATE=20200102T030405Z" } }) do
      local status, body = ask(sim, list, more)
      assert.equal(401, status)
      assert.equal("APIGW.0301", cjson.decode(body).error_code)
    end
    local path = ("/v1/%s/instances/%s/modify-name"):format(project, instances()[1].id)
    local status, body = ask(sim, ("request PUT %s '' '{\"name\": \"signed\"}'"):format(path),
      { before = "SENT='{\"name\": \"forged\"}'" })
    assert.equal(401, status)
    assert.truthy(cjson.decode(body).error_msg:find("verify aksk signature fail, canonicalRequest:PUT|", 1, true))
  end)
end)
