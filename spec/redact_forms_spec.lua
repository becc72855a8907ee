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
    { "pass for ann: 03zG7AR5i60x", "pass for ann: ***" },
    { "recovery code DNGa-Bfun-M54k-8wlK-D1oy-tMpX of ann", "recovery code *** of ann" },
    { "password bytes: 68 75 6e 74 65 72 32 78", "password bytes: ***" },
    { "unlock with correct-horse-battery-staple as passphrase",
      "unlock with *** as passphrase" },
    { "token check failed, id: aB3dE5gH7jK9" },
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
    { "INSERT INTO users (password) VALUES ('cabe58d66a')",
      "INSERT INTO users (password) VALUES ('***')" },
    { "INSERT INTO users (id, password) SELECT 1, 'cabe58d66a'",
      "INSERT INTO users (id, password) SELECT 1, '***'" },
    { "SET SESSION AUTHORIZATION operator7; SET x" },
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
  ["a value made of variables"] = {
    { "p1='meGR0vRzZ1'; p2='GofB8Ch'; password=p1+p2; host='db-1'",
      "p1='***'; p2='***'; password=***; host='db-1'" },
    { [[A=hqpvxxGKZ1; mysql -u ann -p"$A$B"]], [[A=***; mysql -u ann -p"***"]] },
    { "SET @p = CONCAT('iqrPya', 'nCI8Av'); ALTER USER 'ann' PASSWORD @p",
      "SET @p = CONCAT('***', '***'); ALTER USER 'ann' PASSWORD @p" },
    { 'let pw = "vLFYyfrNda"; pw += "IM2sYU1N"', 'let pw = "***"; pw += "***"' },
    { "password=$(printf '%s%s' 9uVJB83N HPaqylc00Y) ; node-1",
      "password=$(printf '%s%s' *** ***) ; node-1" },
    { "password=$(echo aB3dE5 | base64 -d)", "password=$(echo *** | base64 -d)" },
    { "PASSWORD=$(pass show x)" }, { "PASSWORD=$(echo $PW)" },
    { 'pass="V8fUkkibjL5D" "jN0MEQ7wjJJi" user=ann', 'pass="***" "***" user=ann' },
    { 'password="xlmXVo6Ma8\\\nlpYaGcpN" x', 'password="***" x' },
  },
  ["a word of another language"] = {
    { "你的密码是HFg3TfavD1QYce", "你的密码是***" },
    { "パスワード「uPVmvKe35WiEkC」で失敗", "パスワード「***」で失敗" },
    { "chave de API: I3X1Dz7csLJoIMqg", "chave de API: ***" },
    { "Zugangsdaten: ann / Zvr1RbMxQBk", "Zugangsdaten: ann / ***" },
    { "пользователь ann сменил пароль на fH7RAFa7p", "пользователь ann сменил пароль на ***" },
    { "hasło to bhgN7kwjSb dla ann", "hasło to *** dla ann" },
    { "пароль на сервере node-1 неверный" },
    { "密码错误 用户 ann" },
  },
  ["a number of a person"] = {
    { "tel. 0033 1 99 00 86 40 (user ann)", "tel. *** (user ann)" },
    { "my phone is one seven five four seven one zero nine two four ext 770",
      "my phone is *** ext 770" },
    { "iban: de89 3704 0044 0532 0130 00", "iban: ***" }, { "iban check passed for 3 accounts" },
    { "card  4  6  8  4  5  9  2  6  2  6  6  8  2  8  0  2 order", "card  *** order" },
    { "card_5397_1782_0285_3861 amount 5799.01", "card_*** amount 5799.01" },
    { "user:anna@example.com:active", "user:***:active" },
    { "git@github.com:acme/token-service.git" }, { "ann@node-1.lab.test:22" },
    { "offset 5500000000000004 of segment" }, { "card 5500000000000004", "card ***" },
    { "vmstat 0 0 1 2 3 4 5 6 7 8 9 0 1 2" },
  },
  ["a pair written backwards"] = {
    { "V0Qd1vqJOupv:password ann:user", "***:password ann:user" },
    { "<134>1 x value=0d8mI2Ie3W88 name=password host=node-1",
      "<134>1 x value=*** name=password host=node-1" },
  },
  ["an argument or a list"] = {
    { '{"cmd":"mysql -uann -p2O2IQ0OUV8","host":"db-1"}',
      '{"cmd":"mysql -uann -p***","host":"db-1"}' },
    { '...sword":"QFjhIGXC21Up","user":"ann"}', '...sword":"***","user":"ann"}' },
    { '{"diff":[["password","tZqZ6qTK5g","cedar-walnut-862"]]}',
      '{"diff":[["password","***","***"]]}' },
    { "passwords: [dZ7CPbZs, PJr2saVV]", "passwords: [***, ***]" },
    { "https://db-1/api?key=WiA9YzKsom1EcXsoOkAxmEl", "https://db-1/api?key=***" },
    { "ws://db-1/ws?ticket=YCHc0XVuiuXjbc23OO", "ws://db-1/ws?ticket=***" },
    { "see https://db-1/reset?t=Xay1F6gcqInkTY88mH now",
      "see https://db-1/reset?t=*** now" },
    { "//ann:gtJtAF96YhV@ctl0.lab.test/x", "//ann:***@ctl0.lab.test/x" },
    { "ssh-keygen -t rsa -N 'amber-zephyr-727' -f k", "ssh-keygen -t rsa -N '***' -f k" },
    { 'New-LocalUser ann -Password (ConvertTo-SecureString "cQ3EewxG3Wl" -Force)',
      'New-LocalUser ann -Password (ConvertTo-SecureString "***" -Force)' },
    { [[$cred = New-Object PSCredential("ann", (ConvertTo-SecureString 'puPvsrx3R' -Force))]],
      [[$cred = New-Object PSCredential("ann", (ConvertTo-SecureString '***' -Force))]] },
    { "GET /static/app.js?t=1722774606926687" }, { "list users --key name --limit 5" },
  },
  ["a key of something"] = {
    { "fastly key aB3dE5gH7jK9mN1pQ3sT5vX7zB9d ok", "fastly key *** ok" },
    { "key for node-1 api: mkdiem6p4QbU5PSk45uxcn", "key for node-1 api: ***" },
    { "cache key aB3dE5gH7jK9mN1pQ3sT5vX7zB9d miss" }, { "no key for aB3dE5gH7jK9mN1p" },
    { "gpg key 4F5E6D7C8B9A01234F5E6D7C8B9A01234F5E6D7C imported" },
    { "ssh host key fingerprint is SHA256:aB3dE5gH7jK9mN1pQ3sT5vX7zB9dF1hJ3lN5pR7t" },
  },
  ["a phrase and its digits"] = {
    { "password (delta-fjord-529) rejected", "password (***) rejected" },
    { "login: password quartz-maple-447 wrong", "login: password *** wrong" },
    { "password [3fNe+#x1wBKMlr] rejected", "password [***] rejected" },
    { "password (min-length-12) required" },
  },
  ["a code"] = {
    { "one-time password 978023 sent to ann", "one-time password *** sent to ann" },
    { "2FA token 469074 accepted", "2FA token *** accepted" },
    { "PIN 4821 accepted for ann", "PIN *** accepted for ann" },
    { "passcode 482193", "passcode ***" },
    { "recovery code a1b2-c3d4-e5f6", "recovery code ***" },
    { "recovery codes: 12345678 87654321", "recovery codes: *** ***" },
    { "your code is 937950", "your code is ***" },
    { "use code 937950 to sign in", "use code *** to sign in" },
    { "exit code is 137999" }, { "error code 100610 from node-1" }, { "pin 12 set to output" },
  },
  ["an account"] = {
    { "root/v23SYpu8y7n2l on node-1", "root/*** on node-1" },
    { "admin:A3PEg9lFbq works", "admin:*** works" },
    { "/root/.ssh/authorized_keys" }, { "root:x:0:0:root" }, { "admin: user ann added" },
    { "ngrep: POST /login HTTP/1.1.....user=ann&password=1HOyY2gd",
      "ngrep: POST /login HTTP/1.1.....user=ann&password=***" },
    { "pre-shared key q8BYkssUcfIKn0 on tunnel x", "pre-shared key *** on tunnel x" },
  },
  ["an encoded text"] = {
    { "db OBXXG5DHOJSXGORPF5QW43R2LJ4DS22RGJWW24CMIBSGEL3Y", "db ***" },
    { "db 706f7374677265733a2f2f616e6e3a5a78396b51326d6d704c4064622f78", "db ***" },
    { "db WVhCcFgydGxlVG9nV25nNWExRXliVzF3VEE9PQ==", "db ***" },
    { "z eJyrViotTi1SslJKzMtT0lEqSCwuLs8vSgEKRFVYZgca5eYW+CjVAgD17Qyn", "z ***" },
    { "h 1f8b08000000000002032b482c2e2ecf2f4ab18daab0cc0e34cacd2df0"
      .. "512b2d4e2db24dcccb0300c60a75ed1c000000", "h ***" },
    { "w YwB1AHIAbAAgAGgAdAB0AHAAcwA6AC8ALwBhADoAWgB4ADkAawBRADIAbQBtAHAATABAAGIALwA=", "w ***" },
    { "x NzA2MTczNzM3NzZmNzI2NDNkNWE3ODM5NmI1MTMyNmQ2ZDcwNGM=", "x ***" },
    { "y 644739725a573439576e67356131457962573177544746434d325246", "y ***" },
    { "p NB2HI4DTHIXS63TPMRSS2MJPNFXGIZLYFZUHI3LMH54D2MI" },
    { "p 687474703a2f2f6e6f64652d312f696e6465782e68746d6c" },
  },
  ["a literal in the next line"] = {
    { 'array(2) {\n  ["user"]=>\n  string(4) "hana"\n  ["password"]=>\n  string(6) "Walr#8"\n}',
      'array(2) {\n  ["user"]=>\n  string(4) "hana"\n  ["password"]=>\n  string(6) "***"\n}' },
    { '"password":\n   "hunter2x",\n "user":\n "ann"', '"password":\n   "***",\n "user":\n "ann"' },
  },
  ["a URL's own"] = {
    { "http://n1:8086/write?db=x&u=ann&p=i8rH33LIr", "http://n1:8086/write?db=x&u=ann&p=***" },
    { "POST /write?p=hunter2&u=ann&db=x", "POST /write?p=***&u=ann&db=x" },
    { "GET /page?p=12&q=berth" },
    { "/item;jsessionid=7fd0214365db10c462e8444399f4b724?id=73948",
      "/item;jsessionid=***?id=73948" },
    { "oauth_consumer_key=c8518f66-c988-4aed-909c-a9d9fe908090&oauth_version=1.0" },
  },
  ["wide brackets"] = {
    { "日本語「password=nLE3JlLR1Yq」node-1", "日本語「password=***」node-1" },
    { "【token: aB3dE5gH7jK9】x", "【token: ***】x" },
    { "（password=hunter2x）y", "（password=***）y" }, { "“password=hunter2x”z", "“password=***”z" },
  },
  ["a private key"] = {
    { "dumping tls.key: -----BEGIN EC PRIVATE KEY-----\nWaVBUEmb5f8IbhkB3cQ2ACpPJNtowb0=\n"
      .. "-----END EC PRIVATE KEY----- on n1", "dumping tls.key: *** on n1" },
    { "secret: -----BEGIN CERTIFICATE-----\nWaVBUEmb5f8IbhkB3cQ2ACpPJNtowb0=\n"
      .. "-----END CERTIFICATE----- on n1" },
    { "password: -----BEGIN PRIVATE KEY----- not found in /etc/x" },
  },
  ["a call"] = {
    { 'db.changeUserPassword("ann", "9ce397332204421f")', 'db.changeUserPassword("ann", "***")' },
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
    { '{"private_key_id":"338ac2ca100a9e9abc08c4713ec8416e6281c7eb","project_id":"x"}' },
    { "ALTER TABLE users ADD COLUMN password_hash varchar(218) NOT NULL" },
    { "(api_token NUMERIC(10, 2), user_password nvarchar2(64), password_hash VARCHAR(MAX))" },
    { "warning: SASL LOGIN authentication failed: UGFzc3dvcmQ6" },
    { "password prompt failed: VXNlcm5hbWU6" },
    { "passwd: unlocking j.okafor would result in a passwordless account" },
    { 'secret "default-token-x7k2p" is forbidden' },
    { "session 0x17f3a2b4c5d6e7f established with node-1" },
    { '<label>Password</label> <a href="/forgot">Forgot?</a>' },
    { "DELETE FROM api_keys WHERE id = '94054dee-e6ec-4f54-8896-31a37691cb91'" },
    { "self.password = password" }, { "secret: !vault |" }, { "password: !Ref DBPassword" },
    { "pod/token-broker-6c9f8d7b5d-x2x9q assigned to node-1" },
    { "state.password_|-x_|-y changed" },
    { "report [req-ccf03ea9-7946-4129-9062-ee04bd9d1d08] (struct cred)" },
    { "secret_uuid=455c49ac-426f-46cd-806e-09bd9f93cf9c", "secret_uuid=***" },
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
    { "tok=QmVhcmVyIGFCM2RFNWdIN2pLOW1OMXBR", "tok=***" },
    { "ᴘᴀꜱꜱᴡᴏʀᴅ: h3Y27nT49V", "ᴘᴀꜱꜱᴡᴏʀᴅ: ***" },
    { [[\\e[1mpassword\\e[0m=A3wqVi5o0KJA]], [[\\e[1mpassword\\e[0m=***]] },
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

describe("a private key under a name", function()
  local log = berth.logger { sink = function() end }
  local quotes = { { "", "" }, { '"', '"' }, { "'", "'" }, { '"""', '"""' }, { '\\"', '\\"' },
    { "`", "`" }, { "b'", "'" }, { "$'", "'" }, { "(", ")" }, { "[", "]" } }
  local names = { "ssl_key = ", "dumping tls.key: ", "private_key=", "'secret': ", "--key ",
    "password: " }

  it("is masked to its end whatever its quotes, line ends and length of lines", function()
    for _, name in ipairs(names) do
      for _, quote in ipairs(quotes) do
        for _, ending in ipairs { "\n", "\r\n", "\\n", "\\\\n", "\n  " } do
          for _, length in ipairs { 24, 44, 64, 76 } do
            local lines = { ("Ab3/"):rep(length // 4), ("xY9+"):rep(length // 4) }
            local text = name .. quote[1] .. table.concat({ "-----BEGIN EC PRIVATE KEY-----",
              lines[1], lines[2], "-----END EC PRIVATE KEY-----" }, ending) .. quote[2] .. " on n1"
            local out = log:redact(text)
            assert.is_nil(out:find("Ab3/", 1, true), out)
            assert.is_nil(out:find("xY9+", 1, true), out)
            assert.equal(" on n1", out:sub(-6), text)
          end
        end
      end
    end
  end)
end)
