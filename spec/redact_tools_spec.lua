--- What programs are told and what they print, with a secret in it and without: each row is a line
-- and what becomes of it; a line alone stays.
local redact_rows = require "spec.support.redact_rows"

local W16 = "a1B2c3D4e5F6g7H8"
local HEX = ("0a1b2c3d4e5f6071"):rep(2)
local BODY = "+uQHPTy5At1+g62LRDigMU9hw3ZlDNN7+0LURKUaFpnsTwGEg+6vxUH1nWQa+LBb"
local KEY = "    -----BEGIN RSA PRIVATE KEY-----\n    " .. BODY
  .. "\n    -----END RSA PRIVATE KEY-----\n"

-- UTF-16 in base64, as PowerShell takes commands.
local ADDS = "bgBlAHQAIAB1AHMAZQByACAAbwBwAHMAIABnAGEAcgBuAGUAdAA3ADUAOQA4ADcAIAAvAGEAZABkAA=="
local DATE = "RwBlAHQALQBEAGEAdABlACAALQBGAG8AcgBtAGEAdAAgAHkAeQB5AHkA"

local TOOLS = {
  ["a block of YAML"] = {
    { "tls.key: |\n" .. KEY .. "  namespace: staging",
      "tls.key: |\n    ***\n  namespace: staging" },
    { "12:00 INFO tls.key: |\n" .. KEY .. "  namespace: staging",
      "12:00 INFO tls.key: |\n    ***\n  namespace: staging" },
    { "data:\n  password: >-\n    Lq3x9Z7\n      abc\n  name: x",
      "data:\n  password: >-\n    ***\n  name: x" },
    { "tls.crt: |\n    -----BEGIN CERTIFICATE-----\n    " .. BODY
      .. "\n    -----END CERTIFICATE-----\n  name: x" },
  },
  ["a token of a vendor"] = {
    { "graph EAAh" .. W16:rep(8) .. " page 7", "graph *** page 7" },
    { "graph EAA" .. ("A"):rep(20) .. " of base64" },
    { "discord gateway NjU" .. W16 .. "abcdE.GqVJWI.0JYhjZIpIx6wYMNxbRUqjUUMunUznI8dtNX-iF in",
      "discord gateway *** in" },
    { "discord class NameSpaceOfTheHandler.Method.invoke" },
    { "https://discord.com/api/webhooks/112474949163904574/" .. W16:rep(4),
      "https://discord.com/api/webhooks/112474949163904574/***" },
    { "joined with K10" .. HEX:rep(2) .. "::server:" .. HEX .. " to node-1",
      "joined with *** to node-1" },
    { "K10" .. HEX:rep(2) .. "::abcdef.0123456789abcdef", "***" },
    { "digest K10" .. HEX:rep(2) .. " of node-1" },
    { "join SWMTKN-1-" .. HEX .. HEX .. "-" .. HEX .. " 10.0.0.1:2377", "join *** 10.0.0.1:2377" },
  },
  ["a subprotocol"] = {
    { "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io." .. W16
      .. ", v4.channel.k8s.io",
      "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.***, v4.channel.k8s.io" },
    { "sec-websocket-protocol: access_token, dXNlcjppZGJSVUFBV3Z4UXNNWER6K2huWA==",
      "sec-websocket-protocol: access_token, ***" },
    { "Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.base64.channel.k8s.io" },
    { "Sec-WebSocket-Protocol: graphql-transport-ws, ocpp2.0.1" },
    { "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" },
    { "rbac.authorization.k8s.io.ClusterRoleBinding/system-node updated" },
  },
  ["an answer in a login"] = {
    { "passwd: Authentication token manipulation error\npasswd: password unchanged" },
    { "chpasswd: (user ann) pam_chauthtok() failed" },
    { "passwd: correct horse battery\nuser: ann", "passwd: ***\nuser: ann" },
    { "db_password: blue key lime pie\ndb_user: x", "db_password: ***\ndb_user: x" },
    { 'method : EAP "peap" accepted' },
    { "NTLM TlRMTVNTUAADAAAA" .. W16:rep(3) .. " from node-1", "NTLM *** from node-1" },
    { "NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKALpHAAAADw==" }, -- asks only
    { "Negotiate YIIG" .. W16:rep(3) .. " accepted", "Negotiate *** accepted" },
    { 'ann : EAP "Lq3x9Z7abK"', 'ann : EAP "***"' },
    { ': RSA node-1.pem "Lq3x9Z7abK"', ': RSA node-1.pem "***"' },
    { "method : EAP TLS accepted for ann" },
    { "New password: \nRetype new password: \npasswd: password updated successfully" },
    { "New password: \npasswd: all authentication tokens updated successfully." },
    { "Password: \nLq3x9Z7ab\nWelcome", "Password: \n***\nWelcome" },
    { "DEBUG:authsvc:ann-b@bastion2's password:" },
    { "root:ann@bastion2.lab.test's password: " },
    { "DEBUG:ssh:root:Lq3x9Z7@db-1", "DEBUG:ssh:root:***@db-1" },
  },
  ["a form"] = {
    { "card=4111+1111+1111+1111&amt=12", "card=***&amt=12" },
    { "phone=%2B1+650+555+0140&x=1", "phone=***&x=1" },
    { "sum=4111+1111+1111&x=1" },
  },
  ["a list line by line"] = {
    { "(dp0\nS'password'\nS'g932U77n0qzM'\nS'user'\nS'ann'",
      "(dp0\nS'password'\nS'***'\nS'user'\nS'ann'" },
    { "S'password'\np1\nS'g932U77n0qzM'\np2\nS'user'", "S'password'\np1\nS'***'\np2\nS'user'" },
    { "Vpassword\np1\nVg932U77n0qzM\np2", "Vpassword\np1\nV***\np2" },
    { '1) "password"\n2) "Lq3x9Z7ab"\n3) "user"\n4) "ann"',
      '1) "password"\n2) "***"\n3) "user"\n4) "ann"' },
    { '1) "password"\n2) "username"\n3) "host"' }, { "S'user'\nS'password'" },
    { "S'password'" }, { '2) "password"\n3) "Ident1fier"' },
  },
  ["a substitution"] = {
    { "sed 's/password: .*/password: cedar5752/' f", "sed 's/password: .*/password: ***' f" },
    { "s#passwd.1#passwd.5#" }, { "https://node-1/s/password/ab12cd/x" },
    { "sed -i 's/@DB_PASSWORD@/cedar5752/' /etc/x", "sed -i 's/@DB_PASSWORD@/***/' /etc/x" },
    { "sed s,__PASSWORD__,cedar5752,g f", "sed s,__PASSWORD__,***,g f" },
    { 'sed -e "s#{{DB_PASSWORD}}#cedar5752#" f', 'sed -e "s#{{DB_PASSWORD}}#***#" f' },
    { [[awk '{gsub("@DB_PASSWORD@","cedar5752")}1']], [[awk '{gsub("@DB_PASSWORD@","***")}1']] },
    { "sed -e 's/password/passwd/g' f" }, { "sed -i 's/@DB_PASSWORD@/${DB_PASSWORD}/' f" },
    { "sed 's|/etc/password/x|/etc/y/z2|' f" }, { "ls/password/ab12/x" },
  },
  ["a command that tells a password"] = {
    { "restic --password-command 'echo Lq3x9Z7ab' snapshots",
      "restic --password-command 'echo ***' snapshots" },
    { 'RESTIC_PASSWORD_COMMAND="printf %s Lq3x9Z7ab" restic',
      'RESTIC_PASSWORD_COMMAND="printf %s ***" restic' },
    { 'BORG_PASSCOMMAND="echo Lq3x9Z7ab" borg', 'BORG_PASSCOMMAND="echo ***" borg' },
    { "--password-command 'pass show backup/restic2'" }, { "SSH_ASKPASS=/usr/bin/ksshaskpass5" },
    { 'BORG_PASSCOMMAND="cat /etc/borg/pw1"' }, { "password command not found" },
  },
  ["a command in base64"] = {
    { "powershell -EncodedCommand " .. ADDS .. " on node-1",
      "powershell -EncodedCommand *** on node-1" },
    { "powershell.exe -NoP -enc " .. ADDS, "powershell.exe -NoP -enc ***" },
    { "pwsh -e " .. DATE },
  },
  ["a word in escaped marks"] = {
    { [[curl -H "Authorization: Basic YW5uOlpxN21MeDJXZDk=" https://x]],
      [[curl -H "Authorization: Basic ***" https://x]] },
    { [[-H 'authorization: token aB3dE5gH7j=' https://x]],
      [[-H 'authorization: token ***' https://x]] },
    { [[-H 'Authorization: Token token="aB3dE5gH7jK9", nonce="def"']],
      [[-H 'Authorization: Token token="***", nonce="def"']] },
    { [[bash -c "mysql -uann -p\"Lq3x9Z7ab\" -h db-1"]],
      [[bash -c "mysql -uann -p\"***\" -h db-1"]] },
    { [["cmd": "7z a -p\"Lq3 9Z7ab\" x.7z", "host": "db-1"]],
      [["cmd": "7z a -p\"***\" x.7z", "host": "db-1"]] },
    { [["cmd": "curl -u\"ann:Lq3x9Z7ab\" https://x"]], [["cmd": "curl -u\"ann:***\" https://x"]] },
    { [[{"a":"{\"cmd\":\"mysql -uann -pLq3x9Z7ab\",\"host\":\"db-1\"}"}]],
      [[{"a":"{\"cmd\":\"mysql -uann -p***\",\"host\":\"db-1\"}"}]] },
    { [["cmd": "mysql -p \"fleet\" -h db-1"]] }, { "net user ops /add" },
  },
  ["a key that is told by its fingerprint"] = {
    { "gpg: using RSA key FC0B33AC40A05C4BB7D5C4FCE459029D527E06BB" },
    { "pgp key 0xFC0B33AC40A05C4B not found" },
    { "api key FC0B33AC40A05C4BB7D5C4FCE459029D527E06BB", "api key ***" },
    { "rsa key fc0b33ac40a05c4bb7d5c4fce459029d loaded", "rsa key *** loaded" },
  },
  ["what an object is called"] = {
    { "helm upgrade x --set existingSecret=x-db2 -n blue" }, { "auth.existingSecret: pg-7x2k" },
    { "imagePullSecret=regcred2" }, { "clientSecret=x-db2aa", "clientSecret=***" },
  },
  ["an atom"] = {
    { "%{password: :redacted, token: :undefined}" },
    { "password=:sunset", "password=***" },
    { '%{password: "Lq3 9Z7", node: :"db@node-1.lab.test"}',
      '%{password: "***", node: :"db@node-1.lab.test"}' },
    { "node rabbit@node-1.lab.test is down" },
    { 'password: :"Lq3x9Z7ab"', 'password: :"***"' },
    { 'to: "db@node-1.lab.test"', 'to: "***"' },
  },
  ["a credential of a server"] = {
    { "CREATE CREDENTIAL lab WITH IDENTITY = 'm.holm7', SECRET = 'Lq3x9Z7ab'",
      "CREATE CREDENTIAL lab WITH IDENTITY = 'm.holm7', SECRET = '***'" },
    { "Password=lilac 3mgm cobalt;Uid=ann;Server=db-1", "Password=***;Uid=ann;Server=db-1" },
    { "password=Lq3x9Z7 and then; retry=3", "password=*** and then; retry=3" },
    { "read -s PASSWORD <<< 'YAlh)IK5Opi5wI' && echo ok",
      "read -s PASSWORD <<< '***' && echo ok" },
  },
  ["a mask of another program"] = {
    { "password=VALUE_SPECIFIED_IN_NO_LOG_PARAMETER name=ann" },
    { "password=__REDACTED__ secret=HIDDEN_BY_POLICY token=%MASKED%" },
    { 'password="NOT LOGGING PARAMETER"' },
    { "password=BLUE_MOON host=x", "password=*** host=x" },
    { "password=hidden-treasure-7 host=x", "password=*** host=x" },
  },
  ["an argument of a program"] = {
    { "sqlplus -s ann/tiger @x.sql", "sqlplus -s ann/*** @x.sql" },
    { "SQL> connect ann/tiger", "SQL> connect ann/***" },
    { "sqlplus / as sysdba" }, { "sqlplus /nolog @/home/x/y.sql" },
    { "sqlplus $USER/$PASS @x" }, { "vault operator unseal -status" },
    { "vault operator unseal 3f8Kp4vTn8sRb3yZq7mLx2Wd9AAAA/bb+cc12345678=",
      "vault operator unseal ***" },
    { "unseal progress 1/3" },
    { "echo Lq3x9Z7ab | gpg --passphrase-fd 0 -d f", "echo *** | gpg --passphrase-fd 0 -d f" },
    { "echo Lq3x9Z7ab | gpg --import" },
    { "net ads join -U ann%Lq3x9Z7ab", "net ads join -U ann%***" },
    { "signtool sign /f x.pfx /p Lq3x9Z7ab a.exe", "signtool sign /f x.pfx /p *** a.exe" },
  },
  ["a value when none is found"] = {
    { "password = os.environ.get('DB_PASSWORD', 'Lq3x9Z7ab')",
      "password = os.environ.get('DB_PASSWORD', '***')" },
    { [['password' => env('DB_PW', 'lilac-ember-338'),]], [['password' => env('DB_PW', '***'),]] },
    { [[password = getenv("DB_PW") or "Lq3x9Z7ab"]], [[password = getenv("DB_PW") or "***"]] },
    { [[password = settings["db"]["part12"] ]] }, { [[password = get(config, "DB2_PASS")]] },
    { [[password = getenv("DB_PW") or ""]] }, { [[password = config.get("db", "password2")]] },
    { [[{"key":"password","value":{"stringValue":"Lq3x9Z7ab"}}]],
      [[{"key":"password","value":{"stringValue":"***"}}]] },
    { [[{"key":"http.method","value":{"stringValue":"GET2"}}]] },
  },
  ["a command in hexadecimal"] = {
    { "audit: proctitle=6D7973716C002D75616E6E002D705A71376D4C7832576439",
      "audit: proctitle=***" },
    { "audit: proctitle=6D7973716C002D75616E6E00666C656574" },
  },
}

redact_rows(describe, it, TOOLS)
