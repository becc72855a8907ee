--- Forms in which people and programs write secrets, and forms that look like them: each row is a
-- line and what becomes of it; a line alone stays.
local berth = require "berth"

local FORMS = {
  ["a sentence"] = {
    { "wrong secret (got upvVCLSpmnlG0of77alf) for ann", "wrong secret (got ***) for ann" },
    { "please rotate JI5NekXewBZ6QouZMAC, it is our API token",
      "please rotate ***, it is our API token" },
    { "tried passwords Qsr3ZiAHgJ, TNex9C9GQw and rAzBfi0IZ1 on node-1",
      "tried passwords ***, *** and *** on node-1" },
    { "first half of the password is N5N1aE6PwZ, second half is h6yYTWmE4l",
      "first half of the password is ***, second half is ***" },
    { "pw reset for ann, new one: CGGQccOif7UuXUGf", "pw reset for ann, new one: ***" },
    { 'password authentication failed for "ann", supplied "saffron-timber-710"',
      'password authentication failed for "ann", supplied "***"' },
    { "krb5 keytab key: (aes256-cts) 0x838dd0c7130f0d74be94 for ann",
      "krb5 keytab key: (aes256-cts) *** for ann" },
    { "adgangskoden er z7z54VfB4P", "adgangskoden er ***" },
    { "('YR95iWCM21', 'admin_password')", "('***', 'admin_password')" },
    { "fernet key 0 = 08N70DfYpQzhPaKANBdY0D50z-CRXsXc= loaded",
      "fernet key 0 = *** loaded" },
    { "OAuth2TokenService uses PBKDF2WithHmacSHA256 for the password" },
    { '<add key="secret" value="" /> ml-train-2' },
    { "login -method=userpass username=ann Region=aB3dE5gH7jK9" },
    { 'token refused for client aB3dE5gH7jK9, request "hF7dK2mN9p"' },
    { '{"type": "password", "code": "aB3dE5gH7jK9"}' },
    { 'volume "creds" : secret "db-creds" not found' },
    { "no such option: --os-pasword (operator7)" },
    { "password: <%= ENV['DB_PASSWORD'] %> host: node-1" },
    { "PublicKeyToken=b77a5c561934e089, Version=4.0.0.0" },
  },
  ["a statement in SQL"] = {
    { "INSERT INTO api_keys SET owner = 'ann', api_key = '7d6c8f5efb', quota = 7",
      "INSERT INTO api_keys SET owner = 'ann', api_key = '***', quota = 7" },
    { "SELECT crypt('quar$1FFn', gen_salt('bf'))", "SELECT crypt('***', gen_salt('bf'))" },
    { "ATTACH DATABASE 'x.db' AS enc KEY 'u0INDUJVH2'", "ATTACH DATABASE 'x.db' AS enc KEY '***'" },
    { "EXEC sp_addlogin 'ann', 'comet-fjord-338'", "EXEC sp_addlogin 'ann', '***'" },
  },
  ["a parameter of a statement"] = {
    { "WHERE login = ? AND password = ? [ann, 57b70ca3e7c8ac9f79]",
      "WHERE login = ? AND password = ? [ann, ***]" },
    { "[parameters: ('k8s-sa', 'lAOIvSY8D')] for UPDATE u SET password=%s WHERE name=%s",
      "[parameters: ('k8s-sa', '***')] for UPDATE u SET password=%s WHERE name=%s" },
    { "parameters: $1 = 'saffron-basil-258' for ALTER ROLE ann PASSWORD $1",
      "parameters: $1 = '***' for ALTER ROLE ann PASSWORD $1" },
  },
  ["a call"] = {
    { "login('bo_chen', 'WYG5OXPtEV4L') failed", "login('bo_chen', '***') failed" },
    { 'ftp.login("ann", "5f10b24ad251244d") -> 530', 'ftp.login("ann", "***") -> 530' },
    { "client.auth(ann, 5obNL5Vy2Vw) failed", "client.auth(ann, ***) failed" },
    { "connect('node-1', 'ann', 'TSiaXb9eUQJ7', 5432)", "connect('node-1', 'ann', '***', 5432)" },
    { "login(username, password)" }, { 'connect("db1.lab.test", 5432)' },
    { "connect('h', 'operator7', 'db-2024')" },
  },
  ["a login"] = {
    { "you can log in as ann with 42FvCdKHdWw now", "you can log in as ann with *** now" },
    { "logging in to db-1 with nova / Tnuwfsm4oqop", "logging in to db-1 with nova / ***" },
    { "login attempt [svc/SAojTFsxFW2AfM] failed", "login attempt [svc/***] failed" },
    { "AUTH ann PvRsks3YhCZF OK redis", "AUTH ann *** OK redis" },
    { [[*2\r\n$4\r\nAUTH\r\n$12\r\nh9qJ7hJ3FptQ\r\n]], [[*2\r\n$4\r\nAUTH\r\n$12\r\n***\r\n]] },
    { 'a1 LOGIN ann "Dx6kfbuVi6" imap node-1', 'a1 LOGIN ann "***" imap node-1' },
    { ":IDENTIFY svc-build ambe$1xtGt2", ":IDENTIFY svc-build ***" },
    { "USER ann\n331 Password required\nPASS timber-ember\n230 in",
      "USER ann\n331 Password required\nPASS ***\n230 in" },
    { "Enter password for ann:\nlilac-ember-338\nWelcome",
      "Enter password for ann:\n***\nWelcome" },
    { "::add-mask::rVMqoxfBYE", "::add-mask::***" },
  },
  ["an element of HTML"] = {
    { "<dt>API key</dt><dd>42835e63014bc97a</dd><dt>Owner</dt><dd>ann</dd>",
      "<dt>API key</dt><dd>***</dd><dt>Owner</dt><dd>ann</dd>" },
    { "<p>Your password is <b>Y0FMxycgwk</b>, log in</p>",
      "<p>Your password is <b>***</b>, log in</p>" },
    { '<td class="k">Password</td><td class="v">Zx9kQ2mm</td><td>ann</td>',
      '<td class="k">Password</td><td class="v">***</td><td>ann</td>' },
    { "<b>Password:</b> Zx9kQ2mm<br>User: ann", "<b>Password:</b> ***<br>User: ann" },
    { "<li>Password: <code>Zx9kQ2mm</code></li>", "<li>Password: <code>***</code></li>" },
    { '<label for="x">Client secret</label><span>aB3dE5gH7j</span>',
      '<label for="x">Client secret</label><span>***</span>' },
    { "<b>Password</b> is required" }, { "<p>Enter the password <b>again</b></p>" },
  },
  ["what names no secret"] = {
    { "secret_uuid=455c49ac-426f-46cd-806e-09bd9f93cf9c" },
    { "--secret-id mysecret --region x" },
    { "secret_id=455c49ac-426f-46cd-806e-09bd9f93cf9c", "secret_id=***" },
    { "PASS: test_redact (0.12s)" }, { "--- PASS: TestPasswordReset (0.00s)" },
    { "usage: mysql [--password=PASSWORD] [--host=HOST]" },
    { "secretKeyRef: name=db-creds key=password" },
  },
  ["a router's setting"] = {
    { "radius server R1\n key 7 0822455D0A16544541", "radius server R1\n key 7 ***" },
    { "snmp-server host 10.0.0.9 version 2c fRE5e32A8Y",
      "snmp-server host 10.0.0.9 version 2c ***" },
    { "snmp-server user ann grp v3 auth sha 6tjGVwgWkD priv aes 128 fAvP6QTz4v",
      "snmp-server user ann grp v3 auth sha *** priv aes 128 ***" },
    { "wpa-psk ascii 0 V26XkHbwXT", "wpa-psk ascii 0 ***" },
  },
  ["a disguise"] = {
    { "t_o_k_e_n = lDYeQzzpU0XWyBFHhOWp", "t_o_k_e_n = ***" },
    { "4p1_k3y=tEJQzhkPkenG5ZFJoC6v", "4p1_k3y=***" },
    { "ṗȧṡṡẇȯṙḋ: FjsUNPjc01T5GOB", "ṗȧṡṡẇȯṙḋ: ***" },
    { "relay=aHR0cHM6Ly9hcHA6aVFQMkxBTzZLdkBpZHAubGFiLnRlc3QvYWNzP3g9MQ==", "relay=***" },
    { "see aHR0cHM6Ly9ub2RlLTEubGFiLnRlc3QvYWNzP3g9MQ==" },
    { "password=&[73 102 119 57 101 68 67 89] host=node-1", "password=&[***] host=node-1" },
    { "0000  70 61 73 73 77 6f 72 64 3d 31 49 66 41 36 4a 55 44 47  host=node-1",
      "0000  70 61 73 73 77 6f 72 64 3d ***  host=node-1" },
    { "frame 70:61:73:73:77:6f:72:64:3a:39:6e:68:59:56 len 59",
      "frame 70:61:73:73:77:6f:72:64:3a:*** len 59" },
    { "auth: PLAIN YWxpY2U6bzk4cU95eGo0UzY=", "auth: PLAIN ***" },
    { "mv /etc/x/pass.B9NLpoqT6ExrA /srv/", "mv /etc/x/pass.*** /srv/" },
  },
}

for noun, rows in pairs(FORMS) do
  describe(noun, function()
    local log = berth.logger { sink = function() end }
    for _, row in ipairs(rows) do
      it((row[2] and "is masked in " or "stays: ") .. row[1], function()
        assert.equal(row[2] or row[1], (log:redact(row[1])))
        assert.equal(row[2] or row[1], (log:redact(row[2] or row[1])))
      end)
    end
  end)
end
