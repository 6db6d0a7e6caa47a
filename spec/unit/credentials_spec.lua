-- SPDX-License-Identifier: Apache-2.0
local stages = require("stages")

local home, ini, cli

local function put(path, text, mode)
  os.execute(("chmod 600 '%s' 2>/dev/null"):format(path))
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  os.execute(("chmod %s '%s'"):format(mode or "600", path))
end

local function found(asked, variables)
  local c, e = stages.credentials(asked, variables or {})
  assert.is_table(c, e and e.message)
  return c
end

local function refused(asked, variables)
  local c, e, notes = stages.credentials(asked, variables or {})
  assert.is_nil(c)
  return e, notes
end

local function at_home(variables)
  variables = variables or {}
  variables.HOME = home
  return variables
end

local NONE, KEYS, TOKEN, LOGIN = 0, 1, 2, 3

describe("credentials", function()
  local held
  setup(function()
    home = io.popen("mktemp -d"):read("l")
    ini, cli = home .. "/.huaweicloud/credentials", home .. "/.hcloud/config.json"
    os.execute(("mkdir -p %s/.huaweicloud %s/.hcloud"):format(home, home))
  end)
  teardown(function() os.execute("rm -rf " .. home) end)
  before_each(function() held = stages.held() end)
  after_each(function()
    os.remove(ini)
    os.remove(cli)
    assert.equal(held, stages.held())
  end)

  describe("in arguments", function()
    it("are keys, a token or a login", function()
      local c = found { ak = "A", sk = "S", region = "cn-north-4" }
      assert.same({ "A", "S", "cn-north-4", "arguments", KEYS }, { c.ak, c.sk, c.region, c.source, c.usable })
      assert.equal(TOKEN, found({ token = "T" }).usable)
      c = found { user = "u", password = " p ", domain_name = "d" }
      assert.same({ "u", " p ", "d", LOGIN }, { c.user, c.password, c.domain_name, c.usable })
    end)

    it("are refused by halves, never completed from elsewhere", function()
      local more = { HW_ACCESS_KEY = "x", HW_SECRET_KEY = "y", HW_USER_NAME = "u", HW_USER_PASSWORD = "p" }
      for message, asked in pairs {
        ["arguments: ak is given without sk"] = { ak = "A" },
        ["arguments: sk is given without ak"] = { sk = "A" },
        ["arguments: security_token is given without ak"] = { security_token = "A" },
        ["arguments: user is given without password"] = { user = "u" },
        ["arguments: password is given without user"] = { password = "p" },
      } do
        local e = refused(asked, more)
        assert.equal(message, e.message)
        assert.equal("auth", e.kind)
        local first, second = message:match("(%S+) is given without (%S+)")
        assert.equal(("give %s and %s together from the same place, or neither"):format(first, second), e.remedy)
      end
    end)

    it("are refused when they hold what no key may", function()
      local big = ("a"):rep(8193)
      for message, asked in pairs {
        ["ak is empty"] = { ak = "", sk = "s" },
        ["ak holds a control character"] = { ak = "A\n", sk = "s" },
        ["sk begins or ends with a space"] = { ak = "A", sk = " s" },
        ["token begins or ends with a space"] = { token = "t " },
        ["sk is not valid UTF-8"] = { ak = "A", sk = "\255\254" },
        ["security_token is longer than 8192 bytes"] = { ak = "A", sk = "s", security_token = big },
        ["profile holds a control character"] = { profile = "a\nb" },
        ["credentials_file holds a control character"] = { credentials_file = "a\127" },
        ["region holds a control character"] = { region = "cn\tnorth" },
      } do
        local e = refused(asked)
        assert.equal(message, e.message)
        assert.equal("usage", e.kind)
      end
      assert.equal(8192, #found({ ak = "A", sk = "s", security_token = big:sub(2) }).security_token)
    end)

    it("of several kinds: keys before token before login, with a note", function()
      local c = found { ak = "A", sk = "S", token = "T" }
      assert.is_nil(c.token)
      assert.equal("token is ignored: arguments also holds a key pair, which is used\n", c.notes)
      c = found { token = "T", user = "u", password = "p" }
      assert.same({ "T", TOKEN }, { c.token, c.usable })
      assert.equal("user is ignored: arguments also holds a token, which is used\n"
        .. "password is ignored: arguments also holds a token, which is used\n", c.notes)
    end)
  end)

  it("that are nowhere are no error; the notes tell where was looked", function()
    local c = found({}, at_home())
    assert.equal(NONE, c.usable)
    assert.is_nil(c.source)
    assert.equal("no credentials in the arguments, in the environment (HUAWEICLOUD_SDK_AK, HW_ACCESS_KEY, HUAWEICLOUD_ACCESS_KEY_ID, "
      .. "HW_AUTH_TOKEN, HW_USER_NAME) or in a profile file (HUAWEICLOUD_SDK_CREDENTIALS_FILE, ~/.huaweicloud/credentials, "
      .. "~/.hcloud/config.json)\n", c.notes)
  end)

  describe("in the environment", function()
    it("come from the first scheme that has any, whole", function()
      local c = found({}, { HUAWEICLOUD_SDK_AK = "A", HUAWEICLOUD_SDK_SK = "S", HW_ACCESS_KEY = "B", HW_SECRET_KEY = "T",
        HW_SECURITY_TOKEN = "X",
        HW_REGION_NAME = "cn-east-3", HW_PROJECT_ID = "p" })
      assert.same({ "A", "S", nil, "environment (HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK)", "cn-east-3", "p" },
        { c.ak, c.sk, c.security_token, c.source, c.region, c.project_id })
      c = found({}, { HUAWEICLOUD_ACCESS_KEY_ID = "B", HUAWEICLOUD_SECRET_ACCESS_KEY = "A" })
      assert.same({ "B", "A" }, { c.ak, c.sk })
      c = found({}, { HW_USER_NAME = "u", HW_USER_PASSWORD = "p", HW_DOMAIN_NAME = "d" })
      assert.same({ "environment (HW_USER_NAME, HW_USER_PASSWORD)", "d", LOGIN }, { c.source, c.domain_name, c.usable })
    end)

    it("take every variable of their schemes", function()
      local c = found({}, { HUAWEICLOUD_SDK_AK = "1", HUAWEICLOUD_SDK_SK = "2", HUAWEICLOUD_SDK_SECURITY_TOKEN = "3",
        HUAWEICLOUD_SDK_DOMAIN_ID = "4",
        HUAWEICLOUD_SDK_PROJECT_ID = "5", HUAWEICLOUD_SDK_REGION = "6", HUAWEICLOUD_SDK_IAM_ENDPOINT = "7" })
      assert.same({ "1", "2", "3", "4", "5", "6", "7" }, { c.ak, c.sk, c.security_token, c.domain_id, c.project_id, c.region,
        c.iam_endpoint })
      c = found({}, { HW_ACCESS_KEY = "1", HW_SECRET_KEY = "2", HW_SECURITY_TOKEN = "3", HW_DOMAIN_NAME = "4", HW_DOMAIN_ID = "5",
        HW_PROJECT_ID = "6",
        HW_PROJECT_NAME = "7", HW_REGION_NAME = "8", HW_AUTH_URL = "9", HW_ENTERPRISE_PROJECT_ID = "10" })
      assert.same({ "1", "2", "3", "4", "5", "6", "7", "8", "9", "10" }, { c.ak, c.sk, c.security_token, c.domain_name, c.domain_id,
        c.project_id,
        c.project_name, c.region, c.iam_endpoint, c.enterprise_project_id })
    end)

    it("are refused by halves", function()
      for message, variables in pairs {
        ["environment: HUAWEICLOUD_SDK_AK is given without HUAWEICLOUD_SDK_SK"] = { HUAWEICLOUD_SDK_AK = "A", HW_SECRET_KEY = "T",
          HW_ACCESS_KEY = "B" },
        ["environment: HUAWEICLOUD_SECRET_ACCESS_KEY is given without HUAWEICLOUD_ACCESS_KEY_ID"] = { HUAWEICLOUD_SECRET_ACCESS_KEY = "A" },
        ["HW_SECRET_KEY holds a control character"] = { HW_SECRET_KEY = "a\rb", HW_ACCESS_KEY = "k" },
      } do
        local e = refused({}, variables)
        assert.equal(message, e.message)
        assert.equal("auth", e.kind)
        assert.is_string(e.remedy)
      end
    end)

    it("do not matter where arguments have keys, bad ones neither", function()
      assert.equal("A", found({ ak = "A", sk = "S" }, { HW_SECRET_KEY = "a\rb", HW_ACCESS_KEY = "k" }).ak)
      assert.equal("A", found({ ak = "A", sk = "S" }, { HW_SECRET_KEY = "half" }).ak)
    end)

    it("that are empty are not there", function()
      assert.equal(NONE, found({}, { HW_ACCESS_KEY = "", HW_SECRET_KEY = "", HOME = "" }).usable)
    end)

    it("name IAM with or without its version", function()
      for given, kept in pairs { ["https://iam.x.com:443/v3/"] = "https://iam.x.com:443", ["https://iam.x.com/v3"] = "https://iam.x.com",
        ["https://iam.x.com/v3.0"] = "https://iam.x.com", ["https://iam.x.com/"] = "https://iam.x.com",
          ["https://iam.x.com/base"] = "https://iam.x.com/base",
        ["https://iam.x.com"] = "https://iam.x.com" } do
        local c = found({}, { HW_AUTH_TOKEN = "tok", HW_AUTH_URL = given })
        assert.same({ "tok", kept }, { c.token, c.iam_endpoint })
      end
    end)
  end)

  describe("and the project", function()
    it("belong to one region: another region's project is left out, with a note", function()
      local c = found({ ak = "A", sk = "S" }, { HUAWEICLOUD_SDK_REGION = "cn-north-1", HW_REGION_NAME = "cn-east-3", HW_PROJECT_ID = "P",
        HW_PROJECT_NAME = "N" })
      assert.same({ "cn-north-1" }, { c.region, c.project_id, c.project_name })
      assert.equal("the project of environment is ignored: it belongs to region cn-east-3, and the region in use is cn-north-1\n", c.notes)
    end)
    it("come from one source where both have one: the arguments, then that of the keys", function()
      local keys = { HW_ACCESS_KEY = "a", HW_SECRET_KEY = "b", HUAWEICLOUD_SDK_PROJECT_ID = "sdk", HW_PROJECT_ID = "hw" }
      assert.equal("hw", found({}, keys).project_id)
      assert.equal("arg", found({ project_id = "arg" }, keys).project_id)
      assert.equal("sdk", found({}, { HUAWEICLOUD_SDK_PROJECT_ID = "sdk", HW_ACCESS_KEY = "a", HW_SECRET_KEY = "b" }).project_id)
      local c = found({ project_name = "n" }, keys)
      assert.same({ nil, "n" }, { c.project_id, c.project_name })
    end)
  end)

  describe("in an INI file", function()
    it("are read with their comments, quotes, blanks and line ends", function()
      put(ini,
        "\239\187\191# c\r\n[basic]\r\nAK = ak1\r\nsk=\"s%k#;=1\"\r\nregion: cn-north-4\n; x\n\n"
        .. "[ prod ] # p\nak=pa\nsk=ps\nsecurity_token =\n"
        .. "project_id=pp\nwhat=ever\n[global]\nak=g\nsk=h\ndomain_id=gd")
      local c = found({}, at_home())
      assert.same({ "ak1", "s%k#;=1", "cn-north-4", ("profile [basic] in %s"):format(ini) }, { c.ak, c.sk, c.region, c.source, c.notes })
      c = found({}, at_home { HW_PROFILE = "prod" })
      assert.same({ "pa", nil, "pp" }, { c.ak, c.security_token, c.project_id })
      assert.equal(("%s, line 13: not a key known here; ignored\n"):format(ini), c.notes)
      c = found({ profile = "global" }, at_home())
      assert.same({ "g", "gd" }, { c.ak, c.domain_id })
    end)

    it("come after the environment, but before it where an argument names them", function()
      put(ini, "[basic]\nak=i\nsk=j\nregion=cn-north-4\nproject_id=pp\n[prod]\nak=pa\nsk=ps\n")
      local variables = { HW_ACCESS_KEY = "e", HW_SECRET_KEY = "f" }
      local c = found({}, at_home(variables))
      assert.same({ "e", "cn-north-4", "pp" }, { c.ak, c.region, c.project_id })
      assert.equal(
        ("project_id comes from profile [basic] in %s, the keys from environment (HW_ACCESS_KEY, HW_SECRET_KEY)\n"):format(ini), c.notes)
      variables.HW_REGION_NAME = "cn-east-3"
      c = found({ profile = "prod" }, at_home(variables))
      assert.same({ "pa", "cn-east-3" }, { c.ak, c.region })
      assert.equal("i", found({ credentials_file = ini }, at_home(variables)).ak)
    end)

    it("in a section that is not there are an error only where it matters", function()
      put(ini, "[basic]\nak=i\nsk=j\n")
      local message = ('profile "nope" is not in %s nor in %s'):format(ini, cli)
      assert.equal(message, refused({ profile = "nope" }, at_home()).message)
      assert.equal(message, refused({}, at_home { HW_PROFILE = "nope" }).message)
      assert.equal(message .. "; not used\n", found({ ak = "A", sk = "B" }, at_home { HW_PROFILE = "nope" }).notes)
      assert.equal('profile "nope" is not in any file, since HOME is not set', refused({ profile = "nope" }).message)
    end)

    it("come from [global] where [basic] has none", function()
      put(ini, "[basic]\nproject_id=x\n[global]\nak=g\nsk=h\n")
      local c = found({}, at_home())
      assert.same({ "g", ("profile [global] in %s"):format(ini) }, { c.ak, c.source, c.project_id, c.notes })
      put(ini, "[a]\nak=g\nsk=h\n")
      c = found({}, at_home())
      assert.equal(NONE, c.usable)
      assert.matches("^" .. ini:gsub("%p", "%%%0")
        .. " has neither %[basic%] nor %[global%]; name its section with profile or HW_PROFILE\n", c.notes)
    end)

    it("that others can read bring a note", function()
      put(ini, "[basic]\nak=g\nsk=h\n", "644")
      assert.equal(("%s can be read by others (mode 0644); run chmod 600 on it\n"):format(ini), found({}, at_home()).notes)
      put(ini, "[basic]\nak=g\nsk=h\n", "640")
      assert.matches("%(mode 0640%)", found({}, at_home()).notes)
      put(ini, "[basic]\nak=g\nsk=h\n", "400")
      assert.is_nil(found({}, at_home()).notes)
    end)

    for text, says in pairs {
      ["[basic]\nSECRET\n"] = "line 2: neither a section nor a key with a value",
      ["ak=SECRET\n"] = "line 1: stands before the first [section]",
      ["[basic\nak=SECRET"] = "line 1: a section without its closing bracket",
      ["[basic]\n\n=SECRET\n"] = "line 3: a value without a key",
      ["[basic]\nak=SECRET\nak=b\n"] = "line 3: ak is given a second time",
      ["[basic] SECRET\n"] = "line 1: text after the section's closing bracket",
      ["[]\n"] = "line 1: a section without a name",
      ["[basic]\nak=x\nsk=y\n[zz]\nSECRET"] = "line 5: neither a section nor a key with a value",
      ["[basic]\nak=a\0b\n"] = "line 2: holds a zero byte; the file is not text",
      ["[basic]\nak=SE\1CRET\nsk=x"] = "line 2: ak holds a control character",
      ["[basic]\nak=\195SECRET\nsk=x"] = "line 2: ak is not valid UTF-8",
    } do
      it(("are refused: %q"):format(text), function()
        put(ini, text)
        local e = refused({}, at_home())
        assert.equal("auth", e.kind)
        assert.is_string(e.remedy)
        local message = e.message:gsub(" holds a control", ": holds a control"):gsub(" is not valid", ": is not valid")
        assert.equal(("%s, %s"):format(ini, says), (message:gsub("ak: ", "ak ")))
        assert.is_nil(e.message:find("SECRET", 1, true))
        local c = found({ ak = "A", sk = "B" }, at_home())
        assert.equal(e.message .. "; not used\n", c.notes)
      end)
    end

    it("are refused by halves", function()
      put(ini, "[basic]\nak=SECRET\n")
      assert.equal(("profile [basic] in %s: ak is given without sk"):format(ini), refused({}, at_home()).message)
    end)

    it("may be one MB large and no larger", function()
      local text = "[basic]\nak=a\nsk=b\n"
      put(ini, text .. ("\n"):rep(1048576 - #text))
      assert.equal("b", found({}, at_home()).sk)
      put(ini, text .. ("\n"):rep(1048577 - #text))
      assert.equal(("cannot read %s: larger than 1 MB"):format(ini), refused({}, at_home()).message)
    end)
  end)

  describe("in a file that is named", function()
    it("must be there", function()
      assert.equal("credentials file /nonexistent/x does not exist", refused({ credentials_file = "/nonexistent/x" }).message)
      assert.equal("credentials file /nonexistent/x does not exist", refused({},
        { HUAWEICLOUD_SDK_CREDENTIALS_FILE = "/nonexistent/x" }).message)
      assert.equal("credentials file /nonexistent/x does not exist", refused({ ak = "a", sk = "b",
        credentials_file = "/nonexistent/x" }).message)
      assert.equal("credentials file /nonexistent/x does not exist; not used\n",
        found({ ak = "a", sk = "b" }, { HUAWEICLOUD_SDK_CREDENTIALS_FILE = "/nonexistent/x" }).notes)
    end)
    it("must be a file: no folder, no pipe, no loop", function()
      assert.equal(("cannot read %s: not a regular file"):format(home), refused({ credentials_file = home }).message)
      os.execute(("mkfifo %s/fifo; ln -s loop %s/loop"):format(home, home))
      assert.equal(("cannot read %s/fifo: not a regular file"):format(home), refused({ credentials_file = home .. "/fifo" }).message)
      assert.equal(("cannot read %s/loop: a loop of symbolic links"):format(home), refused({ credentials_file = home .. "/loop" }).message)
      os.execute(("rm %s/fifo %s/loop"):format(home, home))
    end)
    it("may be told from the home folder", function()
      put(ini, "[basic]\nak=a\nsk=b\n")
      assert.equal("b", found({ credentials_file = "~/.huaweicloud/credentials" }, at_home()).sk)
      assert.equal("credentials file ~/x does not exist", refused({ credentials_file = "~/x" }).message)
    end)
  end)

  describe("of the CLI", function()
    local text = [[{"current":"test","profiles":[
      {"name":"default","mode":"AKSK","accessKeyId":"d","secretAccessKey":"e","xAuthToken":"no",
       "region":"cn-north-4","projectId":"","readTimeout":10},
      {"name":"test","mode":"SSO","accessKeyId":"t","secretAccessKey":"u","securityToken":"v","expiresAt":1767323045,"domainId":"dd"},
      {"name":"tok","mode":"token","xAuthToken":"T","expiresAt":"2026-01-02T03:04:05Z"},
      {"name":"ms","accessKeyId":"t","secretAccessKey":"u","expiresAt":1767323045000},
      {"name":"ag","mode":"ecsAgency","accessKeyId":"t"},
      {"name":"enc","authEncrypt":"true","accessKeyId":"t","secretAccessKey":"u","region":"cn-east-3"},
      {"name":"half","accessKeyId":"SECRET"}]}]]

    it("come from its current profile, or the one that is named", function()
      put(cli, text)
      local c = found({}, at_home())
      assert.same({ "t", "u", "v", 1767323045000, "dd", ("profile [test] in %s"):format(cli) },
        { c.ak, c.sk, c.security_token, c.expires_ms, c.domain_id, c.source })
      c = found({ profile = "default" }, at_home())
      assert.same({ "d", "e", nil, nil, "cn-north-4", 0 }, { c.ak, c.sk, c.token, c.project_id, c.region, c.expires_ms })
      c = found({ profile = "tok" }, at_home())
      assert.same({ "T", 1767323045000, TOKEN }, { c.token, c.expires_ms, c.usable })
      assert.equal(1767323045000, found({ profile = "ms" }, at_home()).expires_ms)
      assert.equal("t", found({ credentials_file = cli }).ak)
    end)

    it("that are not in the file, or encrypted, are said to be so", function()
      put(cli, text)
      local c = found({ profile = "ag" }, at_home())
      assert.equal(NONE, c.usable)
      assert.matches('^' .. cli:gsub("%p", "%%%0")
        .. ': the keys of profile "ag" are not in the file %(its mode is an agency or a login%)\n', c.notes)
      c = found({ profile = "enc" }, at_home())
      assert.same({ NONE, "cn-east-3" }, { c.usable, c.region })
      assert.matches('the CLI has encrypted profile "enc", so its keys cannot be used here; give them in the environment\n', c.notes)
      assert.equal(("profile [half] in %s: ak is given without sk"):format(cli), refused({ profile = "half" }, at_home()).message)
    end)

    it("in a broken file are refused with file and line, never its text", function()
      for broken, says in pairs { ['{"current":"test",\n"profiles":[SECRET]}'] = "line 2 is not valid JSON", ["{}"] =
        "is not the CLI's configuration: it has no list of profiles",
          ['{"profiles":"SECRET"}'] = "is not the CLI's configuration: it has no list of profiles",
        ["{"] = "line 1 is not valid JSON" } do
        put(cli, broken)
        local e = refused({}, at_home())
        assert.equal(("%s: %s"):format(cli, says), e.message)
        assert.equal("auth", e.kind)
        assert.equal("let the CLI write the file anew, or give the keys in the environment", e.remedy)
      end
    end)
  end)

  it("fail cleanly wherever memory ends", function()
    put(ini, "[basic]\nak=a\nsk=\"b\"\nregion=cn-north-4\nodd=1\n[global]\nak=c\n", "644")
    put(cli, '{"profiles":[{"name":"default","accessKeyId":"d","secretAccessKey":"e","projectId":"p","domainId":"q"}]}')
    local variables = at_home { HW_REGION_NAME = "cn-east-3", HW_PROJECT_NAME = "n" }
    local whole = found({ project_name = "n" }, variables)
    for n = 0, 400 do
      stages.fail_after(n)
      local c, e = stages.credentials({ project_name = "n" }, variables)
      local refusals = stages.fail_after()
      assert.equal(held, stages.held())
      if refusals == 0 then
        assert.same(whole, c)
        assert.is_true(n > 20)
        return
      end
      assert.is_true((c and c.ak == whole.ak and c.sk == whole.sk) or e.kind == "memory", n)
    end
    error("memory never sufficed")
  end)
end)

describe("a profile's text", function()
  it("says whether the section is there", function()
    assert.equal("found", select(2, stages.ini("[a]\nak=x\n", "a")))
    assert.equal("no section", select(2, stages.ini("[a]\nak=x\n", "b")))
    assert.equal("no section", select(2, stages.ini("")))
    assert.equal("found", select(2, stages.hcloud('{"profiles":[{"name":"default"}]}')))
    assert.equal("no section", select(2, stages.hcloud('{"profiles":[]}')))
  end)
  it("may keep a section in several places", function()
    local c = stages.ini("[a]\nak=x\n[b]\nak=y\n[a]\nsk=z\n", "a")
    assert.same({ "x", "z" }, { c.ak, c.sk })
  end)
  it("keeps values to the end of the line", function()
    local c = stages.ini('[a]\nak = "x y"\nsk= a=b:c # no comment \npassword=""\nuser="\ntoken="a"b"\n', "a")
    assert.same({ "x y", "a=b:c # no comment", nil, '"', 'a"b' }, { c.ak, c.sk, c.password, c.user, c.token })
  end)
  it("names what federated logins would need", function()
    assert.equal("FILE, line 2: federated login is not supported; ignored\n", stages.ini("[a]\nidp_id=x\n", "a").notes)
  end)
end)

describe("the age of credentials", function()
  it("is fresh, due in the last five minutes, then ended", function()
    local ends = 1767323045000
    assert.equal("fresh", stages.age(ends, ends - 300001))
    assert.equal("due", stages.age(ends, ends - 300000))
    assert.equal("due", stages.age(ends, ends - 1))
    assert.equal("ended", stages.age(ends, ends))
    assert.equal("fresh", stages.age(0, ends))
  end)
end)

describe("replacing credentials", function()
  it("takes over who calls, all at once, and keeps the settings", function()
    local old, left = stages.replaced({ ak = "old", sk = "oldsk", token = "x", region = "r", project_id = "p", source = "profile" },
      { ak = "A", sk = "S", security_token = "T", region = "other", expires_ms = 7, source = "metadata" })
    assert.same({ ak = "A", sk = "S", security_token = "T", region = "r", project_id = "p", expires_ms = 7, source = "metadata",
      usable = 1 }, old)
    assert.same({ expires_ms = 0, usable = 0 }, left)
  end)
end)
