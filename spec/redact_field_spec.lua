-- Secrets in fields, elements, rows and calls whose names or marks stand apart from them, and lines
-- that are like them: each row is a line and what becomes of it; a line alone stays.
local redact_rows = require "spec.support.redact_rows"

local FIELDS = {
  ["a field whose value is a text without marks"] = {
    { "level=info msg=requirepass 31Ij5mqcimvk", "level=info msg=requirepass ***" },
    { "msg=requirepass 31Ij5mqcimvk\nmaxmemory 94mb", "msg=requirepass ***\nmaxmemory 94mb" },
    { "level=warn msg=Password for ann: lypq18Rq3ohK", "level=warn msg=Password for ann: ***" },
    { "error=password for ann is Kettle_17645", "error=password for ann is ***" },
    { "reason=secret rejected (got x9Kq2LmZ8vB)", "reason=secret rejected (got ***)" },
    { "level=info method=userpass username=ann" }, { "auth=password user=ann" },
    { "msg=password policy updated by ann" }, { "msg=token bucket refilled" },
    { "event=password reset for ann" }, { "kind=secret name=db-x7k2p" },
  },
  ["a remark where a value could stand"] = {
    { "Password: (not set) host db-1" }, { "password=(not set)" },
    { "Password: (no password given)" }, { "token: (unset by ann) x" },
    { 'if password != confirm_password: raise ValueError("mismatch")' },
    { "if not check(password): return None" }, { "while not token: continue" },
    { "    elif password: pass" },
    { "password: raise", "password: ***" }, { "password: return99x", "password: ***" },
  },
  ["a cookie beside the session"] = {
    { "Cookie: sid=8fJ2kLq93mZx; tz=Europe%2FOslo", "Cookie: sid=***; tz=Europe%2FOslo" },
    { "Cookie: tz=America/New_York; sid=8fJ2kLq93mZx", "Cookie: tz=America/New_York; sid=***" },
    { "Cookie: tz=8fJ2kLq93mZx8fJ2kLq9", "Cookie: tz=***" },
  },
  ["a constructor that is called by name"] = {
    { "#0 /a/b.php(12): PDO->__construct('mysql:host=h', 'ops', 'QV4kunMM5xQ')",
      "#0 /a/b.php(12): PDO->__construct('mysql:host=h', 'ops', '***')" },
    { "#0 /a/b.php(12): PDO->__construct('mysql:host=h', 'ops', 'summer')",
      "#0 /a/b.php(12): PDO->__construct('mysql:host=h', 'ops', '***')" },
    { "mysqli::__construct('h', 'ops', 'summer', 'db')",
      "mysqli::__construct('h', 'ops', '***', 'db')" },
    { "#1 Shop\\Order->__construct('h', 'ops', 'summer', 'db')" },
  },
  ["an answer in base64"] = {
    { "S: 334 UGFzc3dvcmQ6 C: NVZFYVlCVnA2SlY=", "S: 334 UGFzc3dvcmQ6 C: ***" },
    { "AUTH LOGIN -> 334 UGFzc3dvcmQ6 -> NVZFYVlCVnA2SlY= (mx)",
      "AUTH LOGIN -> 334 UGFzc3dvcmQ6 -> *** (mx)" },
    { "334 UGFzc3dvcmQ6 → NVZFYVlCVnA2SlY= (mx)", "334 UGFzc3dvcmQ6 → *** (mx)" },
    { "334 UGFzc3dvcmQ6\\r\\nNVZFYVlCVnA2SlY=\\r\\n", "334 UGFzc3dvcmQ6\\r\\n***\\r\\n" },
    { "334 UGFzc3dvcmQ6\r\nNVZFYVlCVnA2SlY=\r\n", "334 UGFzc3dvcmQ6\r\n***\r\n" },
    { "334 UGFzc3dvcmQ6 sent to client" },
  },
  ["an element whose prefix is like a name"] = {
    { "<secret:password>zephyr_P3Em2N</secret:password>",
      "<secret:password>***</secret:password>" },
    { '<secret:password xmlns:secret="urn:x"><![CDATA[zephyr_P3Em2N]]></secret:password><u>p</u>',
      '<secret:password xmlns:secret="urn:x"><![CDATA[***]]></secret:password><u>p</u>' },
    { "<token:api_key>Kettle_17645x</token:api_key>", "<token:api_key>***</token:api_key>" },
    { "<secret:host>db-1</secret:host>" },
  },
  ["a variable of a program"] = {
    { "WALG_LIBSODIUM_KEY=e67e9fa7e486b90d85cbaf8ef2c9a9602278e45eb87dff020251d5e21c9be3 PORT=1",
      "WALG_LIBSODIUM_KEY=*** PORT=1" },
    { "ROLLBAR_KEY=a8Kx92mKsl02Kd9KssUw0Pq", "ROLLBAR_KEY=***" },
    { 'FOO_KEY="a8Kx92mKsl02Kd9KssUw0Pq" x', 'FOO_KEY="***" x' },
    { "STRIPE_KEY=Kettle_17645x_88", "STRIPE_KEY=***" },
    { "CACHE_KEY=a8Kx92mKsl02Kd9KssUw0Pq" }, { "S3_OBJECT_KEY=a8Kx92mKsl02Kd9KssUw0Pq" },
    { "DEPLOY_KEYS=a8Kx92mKsl02Kd9KssUw0Pq", "DEPLOY_KEYS=***" },
    { "ROLLBAR_KEY=deploy-main-2024" }, { "SORT_KEY=created_at_desc_nulls_last" },
  },
  ["a number under its name"] = {
    { "SSN# 866 38 3116 on form", "SSN# *** on form" },
    { "SSN # 866-38-3116 on form", "SSN # *** on form" },
    { "BitLocker recovery key for web-3b: " ..
        "526750-595676-132847-496055-213537-972943-134677-836859",
      "BitLocker recovery key for web-3b: ***" },
    { "unlocked by 526750-595676-132847-496055-213537-972943-134677-836859 now",
      "unlocked by *** now" },
    { "run 526750-595676-132847-496055-213537-972943-134677 done" },
    { "run 526750-595676-132847-496055-213537-972943-134677-836859-111111 done" },
  },
  ["codes of one maker in a list"] = {
    { "Recovery codes for ann: crczz-wc11g, 655p8-mjla5, ibmpt-eesfo",
      "Recovery codes for ann: ***, ***, ***" },
    { "error codes for ann: disk-full, node-down" },
  },
  ["a digest told after a change"] = {
    { '"remove hardcoded secret zDH1utZ8aYWIq2raD3YGq4HL from driver.c" ' ..
        "(c13a028c6d43a5ce72d462cf69ed5ed4453ca223)",
      '"remove hardcoded secret *** from driver.c" (c13a028c6d43a5ce72d462cf69ed5ed4453ca223)' },
    { "drop secret of driver (c13a028c6d43a5ce72d462cf69ed5ed4453ca223)" },
  },
  ["a table without a ruler"] = {
    { "| user | password | host |\n| ann | OZMIGgUdF8 | edge-1 |",
      "| user | password | host |\n| ann | *** | edge-1 |" },
    { "log: | user | password | host |\n| ann | summer | edge-1 |\n| bob | winter | edge-2 |",
      "log: | user | password | host |\n| ann | *** | edge-1 |\n| bob | *** | edge-2 |" },
    { "│ password │ amber-pepper │\n│ user     │ ann          │",
      "│ password │ *** │\n│ user     │ ann          │" },
    { "| name | value |\n| password | OZMIGgUdF8 |\n| user | ann |",
      "| name | value |\n| password | *** |\n| user | ann |" },
  },
}

redact_rows(describe, it, FIELDS)
