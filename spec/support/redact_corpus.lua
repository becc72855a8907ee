-- Labelled log lines without end: templates of every syntax, name and encoding, filled with secrets
-- and with things that must stay.  A seed gives the same lines everywhere.  Knows nothing of the
-- redactor.
--
-- In a template {s} is a secret (made by the class's maker), {u} a user, {h} a host, {p} a project,
-- {i} a uuid, {n} a number, {k} a name of a secret; all but {s} and {k} must survive.

local corpus = {}

-- --- chance ------------------------------------------------------------------------------------

local Chance = {}
Chance.__index = Chance

function Chance:number(low, high)
  -- xorshift: the same on every platform
  local x = self.state
  x = x ~ (x << 13)
  x = x ~ (x >> 7)
  x = x ~ (x << 17)
  self.state = x
  return low + (x >> 1) % (high - low + 1)
end

function Chance:pick(list) return list[self:number(1, #list)] end

function Chance:string(alphabet, length)
  local out = {}
  for i = 1, length do
    local at = self:number(1, #alphabet)
    out[i] = alphabet:sub(at, at)
  end
  return table.concat(out)
end

local LOWER, UPPER, DIGIT = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
local ALNUM = LOWER .. UPPER .. DIGIT
local HEX = DIGIT .. "abcdef"

function corpus.chance(seed)
  return setmetatable({ state = seed * 0x9E3779B97F4A7C15 + 1 }, Chance)
end

-- --- what lines are filled with ------------------------------------------------------------------

local USERS = { "alice", "noreen", "tomas.k", "svc-build", "operator7", "bo_chen", "m.ohara", "ci" }
local HOSTS = { "node-a1", "node-b7", "db.lab.test", "ctl0.lab.test", "gpu-17.rack3.example.net", "10.20.0.17" }
local PROJECTS = { "apollo-dev", "geo-tiles", "billing", "demo-tenant", "ml-train-2" }

local function uuid(c)
  return ("%s-%s-4%s-a%s-%s"):format(c:string(HEX, 8), c:string(HEX, 4), c:string(HEX, 3),
    c:string(HEX, 3), c:string(HEX, 12))
end

local makers = {}

function makers.plain(c)
  local s = c:string(ALNUM, c:number(9, 24))
  return c:string(LOWER, 1) .. s .. c:string(DIGIT, 1) .. c:string(UPPER, 1)
end

function makers.word(c)
  local words = { "amber", "cedar", "fjord", "basil", "delta", "ember", "lotus", "maple" }
  return ("%s-%s-%03d"):format(c:pick(words), c:pick(words), c:number(0, 999))
end

function makers.hex(c) return c:string(HEX, 32) end

-- Bytes that mean something to regular expressions and format strings, none that ends a value.
function makers.special(c)
  return c:pick { "$", "^", "\\1", "%d", "!", "@", "~" } .. c:string(ALNUM, 4)
    .. c:pick { "$&", "^$", "{9}", "|", "*+", "?!", "[a]", "(b)" } .. c:string(ALNUM, 4) .. c:string(DIGIT, 1)
end

function makers.multibyte(c)
  return c:pick { "ключ", "ñandú", "密鑰", "é́ü", "🔥🔑" } .. c:string(ALNUM, 6)
end

-- Letters of both cases: in all lower case it could be the tag of an image, all digits a count.
function makers.short(c)
  return c:string(UPPER, 1) .. c:string(LOWER, 1) .. c:string(ALNUM, 2) .. c:string(DIGIT, 2)
end

local function any_secret(c)
  return makers[c:pick { "plain", "plain", "plain", "word", "hex", "special", "short" }](c)
end

local function simple_secret(c)
  return makers[c:pick { "plain", "plain", "word", "hex", "short" }](c)
end

-- --- names -----------------------------------------------------------------------------------------

corpus.names = {
  "password", "passwd", "pwd", "Password", "PASSWORD", "passphrase", "adminPass", "admin_pass",
  "admin_password", "adminPassword", "auth_password", "db_password", "dbPassword", "DB_PASSWORD",
  "os_password", "OS_PASSWORD", "user_passwd", "rootpw", "bind_pw", "root_pass", "ipmi_password",
  "old_password", "newPassword", "password1", "password_confirmation", "sys_pswd", "secret",
  "client_secret", "clientSecret", "app_secret", "shared_secret", "secret_key", "secretKey",
  "SECRET_KEY", "aws_secret_access_key", "token", "auth_token", "authToken", "access_token",
  "accessToken", "refresh_token", "id_token", "x_auth_token", "api_token", "session_token",
  "api_key", "apikey", "apiKey", "API_KEY", "x-api-key", "access_key", "private_key",
  "encryption_key", "signing_key", "ssl_key", "sslkey", "account_key", "master_key", "fernet_key",
  "ssh_private_key", "webhook_secret", "credential", "credentials", "session_id", "sessionid",
  "JSESSIONID", "chap_secret", "transport_password", "connection_secret", "jwt_secret",
  "license_key", "consumer_secret", "oauth_token", "bot_token", "deploy_token", "hmac_key",
  "keystore_password", "storePassword", "unlock_pin_password", "my.service.db.password",
  "spring.datasource.password", "rabbit_password", "ldap_bind_password", "vncPassword",
  "chappassword", "encrypted_key", "fernetkey", "octaviaheartbeatkey", "rabbitcookie", "cephclientkey",
  "pacemakerremoteauthkey", "designaterndckey", "heatauthencryptionkey", "barbicansimplecryptokek",
  "swifthashsuffix", "migrationsshkey", "cephmdskey", "cephmonkey", "new_pass", "certificateKey",
  "password_for_db", "tokenForUser", "secret_key_base", "pass_word", "p4ssw0rd", "passwrd", "authtok",
}

-- Names that hold no secret, whatever they look like.
corpus.innocent_names = {
  "password_policy", "token_type", "token_bucket", "secret_name", "auth_url", "auth_type",
  "key_name", "keypair", "public_key", "primary_key", "tokenizer", "author", "authority",
  "passed", "compass", "bypass", "session_timeout", "cookie_policy", "max_tokens", "token_count",
  "password_length", "password_expires_in", "secretary", "keystone_region", "key_size",
  "credential_type", "pin_policy", "signature_version", "cookie_domain", "keyspace",
}

-- --- templates -------------------------------------------------------------------------------------

-- class = { tier, maker, templates... }
local classes = {
  json = { "core", any_secret,
    '{"user": "{u}", "{k}": "{s}"}', '{"{k}":"{s}","host":"{h}","id":"{i}"}',
    '{"auth": {"passwordCredentials": {"username": "{u}", "password": "{s}"}}, "tenant": "{p}"}',
    '{"server": {"name": "{h}", "adminPass": "{s}", "imageRef": "{i}"}}',
    '{"event": "login", "ok": true, "{k}" : "{s}" , "project": "{p}"}',
    'body: {"rescue": {"{k}": "{s}"}} for {i}', '{"{k}": ["{s}"], "host": "{h}"}',
    '{"{k}": "{s}", "server": "{i}", "host": "{h}"}',
    '{\n  "user": "{u}",\n  "{k}": "{s}",\n  "host": "{h}"\n}',
    '{"identity":{"methods":["password"],"password":{"user":{"name":"{u}","password":"{s}"}}}}',
  },
  repr = { "core", simple_secret,
    "{'{k}': '{s}', 'host': '{h}'}", "{u'{k}': u'{s}', u'user': u'{u}'}",
    "{'{k}': b'{s}', 'id': '{i}'}", "dict({k}='{s}', user='{u}')",
    "Namespace(user='{u}', {k}='{s}', verify=None)", "Config({k}='{s}', host='{h}', port={n})",
    '{:{k}=>"{s}", :user=>"{u}"}', '{"{k}"=>"{s}", "host"=>"{h}"}', '{{k}: "{s}", host: "{h}"}',
    "[{k}] => {s}\n    [host] => {h}", "array('{k}' => '{s}', 'host' => '{h}')",
    "config {User:{u} Password:{s} Host:{h} Port:{n}}", '&main.Config{User:"{u}", Password:"{s}", Host:"{h}"}',
    "Credentials{user={u}, {k}={s}, host={h}}", "User[name={u}, {k}={s}, project={p}]",
    'Settings { user: "{u}", {k}: "{s}", host: "{h}" }', 'Settings { {k}: Some("{s}"), host: "{h}" }',
    '{["{k}"] = "{s}", host = "{h}"}', '{ {k} = "{s}", host = "{h}" }', "('{k}', '{s}'), ('host', '{h}')",
    "UserCredentials(username={u}, {k}={s})", "{k}: (string) (len=16) \"{s}\", host: {h}",
    '["{k}"]=> string(12) "{s}" ["host"]=> string(7) "{h}"', "$config['{k}'] = '{s}'; // {h}",
    "self.conf.{k} = '{s}'  # {u}",
  },
  xml = { "core", simple_secret,
    "<{x}>{s}</{x}><host>{h}</host>", '<server {x}="{s}" host="{h}"/>', "<rescue {x}='{s}' id='{i}'/>",
    "<{x}>\n   {s}\n  </{x}>\n<user>{u}</user>", '<{x} type="string">{s}</{x}><u>{u}</u>',
    "<ns1:{x}>{s}</ns1:{x}><ns1:user>{u}</ns1:user>", "<{x}><![CDATA[{s}]]></{x}> {h}",
    '<property name="{x}" value="{s}"/><property name="host" value="{h}"/>',
    '<entry key="{x}">{s}</entry><entry key="host">{h}</entry>',
    '<input type="password" name="pw" value="{s}"> {u}', "<key>{x}</key>\n<string>{s}</string> <!-- {h} -->",
    "<param><name>{x}</name><value>{s}</value></param> {u}", "<member><name>{x}</name><value><string>{s}</string></value></member>",
    '<add key="{x}" value="{s}" /> {p}',
  },
  url = { "core", simple_secret,
    "connecting to postgresql://{u}:{s}@{h}:5432/placement", "transport_url = rabbit://{u}:{s}@{h}:5672/",
    "GET https://{u}:{s}@{h}/v1/items?limit={n}", "redis://:{s}@{h}:6379/0 ready",
    "GET /v1/usage?{q}={s}&limit={n}", "POST https://{h}/cb?state={n}&{q}={s}", "?user={u}&{q}={s}",
    "mongodb+srv://{u}:{s}@{h}/app?retryWrites=true", "clone https://oauth2:{s}@{h}/{p}.git",
    "jdbc:mysql://{h}:3306/nova?user={u}&password={s}", "amqp://{u}:{s}@{h}:5672,{u}:{s}@{h}:5673/nova",
    "proxy http://{u}:{s}@{h}:3128", "callback #access_token={s}&token_type=bearer&state={n}",
    'url="mysql+pymysql://{u}:{s}@{h}/placement?charset=utf8"', "ftp://{u}:{s}@{h}/pub {p}",
    "smtp://{u}:{s}@{h}:587", "ldap://cn=admin:{s}@{h}", "https://{h}/hook?sig={s}0aB1cD2eF3gH&x={n}",
  },
  cli = { "core", simple_secret,
    "run: openstack --os-username {u} --os-password {s} server list", "exec mysqldump --password={s} --host {h} nova",
    "cmd --{c} {s} --host {h}", "cmd --{c}={s} --host {h}", 'cmd --{c} "{s}" --user {u}', "cmd --{c} '{s}' --user {u}",
    "PGPASSWORD={s} psql -h {h} -U {u}", "MYSQL_PWD={s} mysql -h {h}", "export DB_PASSWORD={s}; start {p}",
    "sshpass -p {s} ssh {u}@{h}", "sshpass -p '{s}' scp f {u}@{h}:/tmp", "mysql -u {u} -p{s} -h {h} nova",
    "curl -u {u}:{s} https://{h}/v1", "curl --user {u}:{s} https://{h}/", "curl -s -u '{u}:{s}' https://{h}/",
    "docker login -u {u} -p {s} {h}", "ldapsearch -x -w {s} -h {h}", "redis-cli -h {h} -a {s} ping",
    "['openstack', '--os-password', '{s}', '--os-project-name', '{p}']", '["mysqldump", "--password={s}", "--host", "{h}"]',
    "ipmitool -I lanplus -H {h} -U {u} -P {s} power on", "docker run -e MYSQL_ROOT_PASSWORD={s} -d {p}",
    "kubectl create secret generic x --from-literal=password={s} -n {p}", "helm install x --set db.password={s} -n {p}",
    "openssl rsa -in k.pem -passin pass:{s} -out {p}.key", "echo {s} | docker login --password-stdin -u {u} {h}",
    "keytool -list -keystore ks -storepass {s} -alias {p}", "echo '{u}:{s}' | chpasswd on {h}",
    "iscsiadm -m node --op update -n node.session.auth.password -v {s} -p {h}", "wget --http-password={s} https://{h}/",
    "smbclient //{h}/share -U {u}%{s}", "htpasswd -b /etc/x {u} {s}", "vault kv put secret/{p} password={s}",
    "curl -H 'X-Auth-Token: {s}' https://{h}/v1", 'curl -H "Authorization: Bearer {s}aB3" https://{h}/',
  },
  header = { "core", simple_secret,
    "Authorization: Bearer {s}", "authorization: token {s} host={h}", "> X-Auth-Token: {s}\n> Host: {h}",
    "X-Subject-Token: {s}\nVary: X-Auth-Token", "Proxy-Authorization: Basic {b}", "Authorization: Basic {b}\nHost: {h}",
    "{'Authorization': 'Bearer {s}', 'Host': '{h}'}", '{"Authorization": "Bearer {s}", "Host": "{h}"}',
    '-H "X-Auth-Token: {s}" https://{h}/', "Cookie: session={s}; theme=dark", "Cookie: lang=en; sessionid={s}",
    "Set-Cookie: sid={s}; Path=/; HttpOnly\nHost: {h}", "X-Api-Key: {s} from {h}", "PRIVATE-TOKEN: {s}\nAccept: */*",
    "X-Vault-Token: {s}", "X-Service-Token: {s}\r\nHost: {h}\r\n", "headers={'X-Auth-Token': '{s}', 'User-Agent': '{p}'}",
    "('X-Auth-Token', '{s}'), ('Host', '{h}')", "< set-cookie: JSESSIONID={s}; Path=/{p}", "Ocp-Apim-Subscription-Key: {s}",
    "X-Amz-Security-Token: {s}", "Authorization: ApiKey {s}", "Authorization: {s}", "x-goog-api-key: {s}",
    'Authorization: Digest username="{u}", realm="x", uri="/", response="{s}"',
    "req.headers: [Authorization=Bearer {s}, Host={h}]", "http.header.Authorization=Bearer {s} host={h}",
  },
  conn = { "core", simple_secret,
    "Server={h},1433;Database=nova;User Id={u};Password={s};Encrypt=true", "Driver={x};Server={h};UID={u};PWD={s};",
    "host={h} port={n} user={u} password={s} dbname=nova", "host={h} user={u} password='{s}' sslmode=require",
    "AccountName={p};AccountKey={s}==;EndpointSuffix=core.example.net", "{u}:{s}@tcp({h}:3306)/nova?parseTime=true",
    "Endpoint=sb://{h}/;SharedAccessKeyName=root;SharedAccessKey={s}=", "sqlplus {u}/{s}@//{h}:1521/orcl",
    "jdbc:oracle:thin:{u}/{s}@{h}:1521:orcl", "Data Source={h};Initial Catalog=x;User ID={u};Password={s}",
    "dsn: mysql:host={h};dbname=x;password={s}",
  },
  ini = { "core", any_secret,
    "[database]\nuser = {u}\n{k} = {s}\nhost = {h}", "{k}: {s}\nuser: {u}", "{k}={s}\nhost={h}",
    "db:\n  user: {u}\n  {k}: {s}\n  host: {h}", "export {k}={s}\nexport HOST={h}", 'set {k}="{s}"\nhost "{h}"',
    "machine {h} login {u} password {s}", "{k} = \"{s}\"\nproject = \"{p}\"", "[vault]\n{k}\t=\t{s}\nid = {i}",
    "- name: DB_PASSWORD\n  value: {s}\n- name: HOST\n  value: {h}", "requirepass {s}\nbind {h}",
    "{k} = {s} ; of {u}\nhost = {h}",
  },
  logfmt = { "core", simple_secret,
    "level=info {k}={s} host={h}", 'msg="login" {k}="{s}" user={u}', "user={u} {k}={s}, host={h}", "{k}={s};host={h}",
    "ok ({k}={s}) on {h}", "[{k}={s}] {p}", "{u}: {k}={s}", "{k}: {s}, host: {h}", "{k} = {s} for {u}",
    "using {k}={s}.", "| {k} | {s} | {h} |", "{k}='{s}' user='{u}'", "{k}:{s} host:{h}",
  },
  escaped = { "hard", simple_secret,
    '{"msg":"body {\\"{k}\\": \\"{s}\\", \\"user\\": \\"{u}\\"}"}',
    '{"a":"{\\"b\\":\\"{\\\\\\"{k}\\\\\\":\\\\\\"{s}\\\\\\",\\\\\\"host\\\\\\":\\\\\\"{h}\\\\\\"}\\"}"}',
    '"{\\"a\\":\\"{\\\\\\"b\\\\\\":\\\\\\"{\\\\\\\\\\\\\\"{k}\\\\\\\\\\\\\\":\\\\\\\\\\\\\\"{s}\\\\\\\\\\\\\\"}\\\\\\"}\\"}" {h}',
    '{"log":"{k}={s}\\nuser={u}\\n"}', '{"log":"user={u}\\n{k}: {s}\\nhost: {h}\\n"}', '{"req":"POST /x?{q}={s}&limit={n} {h}"}',
    '{"url":"http://x/?a=1\\u0026{q}={s}\\u0026host={h}"}', '{"log":"\\u003c{x}\\u003e{s}\\u003c/{x}\\u003e {h}"}',
    '{"log":"Authorization: Bearer {s}\\r\\nHost: {h}\\r\\n"}', '{"cmd":"mysql --password=\\"{s}\\" --host {h}"}',
    "'{\\'{k}\\': \\'{s}\\', \\'host\\': \\'{h}\\'}'", '{"xml":"<{x}>{s}<\\/{x}>","host":"{h}"}', '"""{""{k}"": ""{s}"", ""host"": ""{h}""}"""',
    '{"a":"{\\u0022{k}\\u0022:\\u0022{s}\\u0022,\\u0022host\\u0022:\\u0022{h}\\u0022}"}', "b'{\"{k}\": \"{s}\", \"host\": \"{h}\"}'",
    "&lt;{x}&gt;{s}&lt;/{x}&gt; {h}", "{&quot;{k}&quot;:&quot;{s}&quot;,&quot;host&quot;:&quot;{h}&quot;}", '{"env":["DB_PASSWORD={s}","HOST={h}"]}',
    '{"args":["--password","{s}","--host","{h}"]}', '{"m":"Set-Cookie: sid={s}; Path=/\\nx {h}"}', "{\\x22{k}\\x22: \\x22{s}\\x22, \\x22host\\x22: \\x22{h}\\x22}",
  },
  percent = { "hard", simple_secret,
    "POST /login user={u}&password={s}%40x&next=%2Fhome", "redirect=https%3A%2F%2F{u}%3A{s}%40{h}%2F", "q=%7B%22{q}%22%3A%22{s}%22%2C%22host%22%3A%22{h}%22%7D",
    "next=%2Fcb%3F{q}%3D{s}%26limit%3D{n} {h}", "u=https%253A%252F%252F{u}%253A{s}%2540{h}%252F", "body={q}%3D{s}%26user%3D{u}",
    "Authorization%3A%20Bearer%20{s} {h}", "next=%252Fcb%253F{q}%253D{s}%2526limit%253D{n}", "postgres://{u}:a%40b%2F{s}@{h}/x", "data=%3C{x}%3E{s}%3C%2F{x}%3E&h={h}",
  },
  sql = { "hard", simple_secret,
    "ALTER ROLE {u} WITH PASSWORD '{s}' -- {h}", "CREATE USER '{u}'@'%' IDENTIFIED BY '{s}'", "ALTER USER {u} IDENTIFIED BY \"{s}\" ACCOUNT UNLOCK",
    "CREATE USER {u} IDENTIFIED WITH mysql_native_password BY '{s}'", "SET PASSWORD FOR '{u}'@'{h}' = '{s}'", "SET PASSWORD FOR {u} = PASSWORD('{s}')",
    "UPDATE users SET password='{s}' WHERE name='{u}'", "INSERT INTO users (name, password, host) VALUES ('{u}', '{s}', '{h}')",
    "INSERT INTO t (`id`,`secret`,`p`) VALUES ({n},'{s}','{p}'),({n},'{s}','{p}')", "SELECT * FROM u WHERE token = '{s}' AND host = '{h}'",
    "CREATE ROLE {u} LOGIN ENCRYPTED PASSWORD '{s}' VALID UNTIL 'x'", "CREATE LOGIN {u} WITH PASSWORD = N'{s}'", "GRANT ALL ON *.* TO '{u}'@'{h}' IDENTIFIED BY '{s}'",
    "alter user {u} with password '{s}'", "UPDATE u SET password = MD5('{s}') WHERE id = {n}", "INSERT INTO creds(user, api_key) VALUES('{u}','{s}')",
    "CREATE USER MAPPING FOR {u} SERVER x OPTIONS (user '{u}', password '{s}')",
  },
  multibyte = { "hard", makers.multibyte,
    '{"проект":"{p}","password":"{s}"}', "тест: password={s} host={h}", "{'{k}': '{s}', 'user': '{u}'}", "пароль: {s} хост: {h}", "密码={s} 主机={h}", "パスワード: {s} host={h}",
    "<password>{s}</password> {u}", "--password {s} --host {h}", "redis://:{s}@{h}/0",
  },
  edge = { "hard", makers.special,
    "password={s} user={u}", '{"password": "{s}', "{'password': '{s}', 'host': '{h}'}", "password='{s}' user={u}", '{"password": "{s}", "x": "{h}"}', "--password {s} --host {h}",
    "PASSWORD = {s}\nHOST = {h}", "secret: {s}\nuser: {u}", "password:{s} host:{h}", "<password>{s}</password> {u}",
  },
  prose = { "hard", makers.plain,
    "password for {u} is {s}", "the password is {s} on {h}", "new password: {s} ({u})", "set password to {s} for {u}", "token for {p}: {s}", "login failed with password '{s}' for {u}",
    "temporary password {s} sent to {u}", "using token {s} on {h}", "api key {s} of {p} revoked", 'secret "{s}" of {p} rotated', "admin password of {h} was {s}", "password changed from {s} by {u}",
    "access key: {s} project {p}", "session id {s} opened by {u}", "got bearer {s} from {h}",
  },
  again = { "hard", simple_secret,
    "password={s} tried; {s} was refused for {u}", '{"password": "{s}", "note": "was {s} before", "host": "{h}"}', "login {s} failed: password={s} host={h}", "{'password': '{s}', 'cmd': ['x', '-k', '{s}'], 'h': '{h}'}",
  },
}

-- Values that a table, a statement or a protocol tells, far from their names.
classes.table = { "hard", simple_secret,
  "user,password,host\n{u},{s},{h}", "host;user;passwd\n{h};{u};{s}", "NAME\tTOKEN\tNODE\n{u}\t{s}\t{h}",
  "user      password      host\n{u}    {s}    {h}", "| user | password |\n|------|----------|\n| {u} | {s} |",
  " username | password | project\n----------+----------+---------\n {u} | {s} | {p}\n(1 row)",
  "+------+----------+\n| user | password |\n+------+----------+\n| {u} | {s} |\n+------+----------+",
  "+----------+-------+\n| Field | Value |\n+----------+-------+\n| user | {u} |\n| password | {s} |\n+----------+-------+",
  "│ password │ {s} │\n│ user │ {u} │", "<tr><td>password</td><td>{s}</td></tr><tr><td>user</td><td>{u}</td></tr>",
  "password ........ : {s}\nusername ........ : {u}", "login,passwd\n{u},{s}",
}
classes.bound = { "hard", simple_secret,
  "[SQL: INSERT INTO t (name, password) VALUES (?, ?)] [parameters: ('{u}', '{s}')]",
  "execute: UPDATE t SET password=$1 WHERE id=$2\nDETAIL:  parameters: $1 = '{s}', $2 = '{i}'",
  "parameters: $1 = '{u}', $2 = '{s}' for UPDATE t SET password=$2 WHERE name=$1",
  "UPDATE t SET password = %s WHERE name = %s; args=('{s}', '{u}')", "SELECT pgp_sym_decrypt(data, '{s}') FROM t -- {h}",
  "ALTER USER {u} IDENTIFIED BY '{s}' REPLACE '{s}'", "SELECT AES_ENCRYPT(x, '{s}') FROM t WHERE id = {n}",
  "CREATE DATABASE LINK l CONNECT TO {u} IDENTIFIED BY {s} USING '{h}'",
}
classes.protocol = { "hard", simple_secret,
  "AUTH {s} from {h}", '"AUTH" "{u}" "{s}"', "ACL SETUSER {u} on >{s} ~* +@all", "chpasswd:\n  list: |\n    {u}:{s}\n  expire: False",
  "snmpget -v3 -u {u} -A {s} -X {s} {h}", "zip -P {s} {p}.zip f", "7z x {p}.7z -p{s}", "unzip -P {s} {p}.zip",
  "mc alias set x http://{h}:9000 {u} {s}", 'echo -n "{s}" | cryptsetup luksOpen /dev/vdb {p} -', "kinit {u} <<< {s}",
  "net use Z: \\\\{h}\\share /user:{u} {s}", "REDISCLI_AUTH={s} redis-cli -h {h} ping", "swift_hash_path_suffix = {s}\nhost = {h}",
  "<secret a='b'><uuid>{i}</uuid><value>{s}</value></secret>", "callback /cb?code={s}aB3dE5gH7jK9mN1p&state={n}",
  "curl -b 'session={s}' https://{h}/", "user:pass = {u}:{s}", "username/password: {u}/{s}", "sip:{u}:{s}1aB@{h};transport=tls",
}
classes.parts = { "extreme", makers.plain,
  'password = "{s}" + "{s}" for {u}', "password = ('{s}' '{s}')  # {p}", 'PASSWORD="{s}"\'{s}\' HOST={h}', '~ admin_password = "{s}" -> "{s}" ({p})',
  '{"field":"password","old":"{s}","new":"{s}","by":"{u}"}', '{"password":{"new":"{s}","old":"{s}"},"user":"{u}"}',
  '[{"headerName":"X-Auth-Token","headerValue":"{s}"}] {h}', 's:8:"password";s:12:"{s}";s:4:"user";s:5:"{u}";',
  'connect(user=0x55d "{u}", pass=0x55e "{s}") at {h}', 'field "adminPass" := type string, value "{s}" ({i})', "DEBUG setting password\nDEBUG value: {s}\nDEBUG host: {h}",
  "argv: --password,{s},--host,{h}", "DB_PASS={s}^@NODE={h}", "\27[32mpassword\27[0m=\27[1m{s}\27[0m user={u}", "#033[32mtoken#033[0m={s} user={u}",
  '{"url":"https:\\/\\/{u}:{s}@{h}\\/x"}', '{"\\u043f\\u0430\\u0440\\u043e\\u043b\\u044c":"{s}","host":"{h}"}', "„password“={s} host={h}",
  "password changed from {s} to {s} by {u}", "Admin password for server {i} was reset to '{s}'", "A temporary password is generated for root@localhost: {s}",
  "log in as {u} with {s} as the password", "jwt secret loaded ({s}{s}) on {h}", "Passwort für {u} lautet {s}", "пароль для {u}: {s}", "токен: {s} {h}",
  "Please use this password to proceed:\n\n{s}\n\nThank you", "password => {s}, host => {h}", "[{{password, <<\"{s}\">>}}, {user, <<\"{u}\">>}]",
  "GET /v2.0/tokens/{s}aB3dE5gH7jK9mN1p/endpoints from {h}",
}

local function digits_with_luhn(c, prefix, length)
  local digits = {}
  for i = 1, #prefix do digits[i] = tonumber(prefix:sub(i, i)) end
  for i = #prefix + 1, length - 1 do digits[i] = c:number(0, 9) end
  local sum = 0
  for i = 1, length - 1 do
    local d = digits[length - i]
    if i % 2 == 1 then d = d * 2 > 9 and d * 2 - 9 or d * 2 end
    sum = sum + d
  end
  digits[length] = (10 - sum % 10) % 10
  return table.concat(digits)
end

function makers.mail(c)
  return c:pick { "ann.lee", "m.o.hara52", "cedar+basil", "bo_chen", "o'neil", "x", "Jürgen.K", "a-b.c" }
    .. c:pick { "@example.org", "@lab.test", "@mail.corp.example.co.uk", "@xn--bcher-kva.example", "@EXAMPLE.COM" }
end

function makers.phone(c)
  local function d(n) return c:string(DIGIT, n) end
  local function area() return c:string("23456789", 1) .. c:string("023456789", 2) end
  return c:pick {
    "+33 1 " .. d(2) .. " " .. d(2) .. " " .. d(2) .. " " .. d(2), "+1 " .. area() .. " " .. area() .. " " .. d(4),
    "+91 98765 " .. d(5), "+49 30 " .. d(6), "+44 20 7946 " .. d(4),
    "+1-" .. area() .. "-" .. area() .. "-" .. d(4), "(" .. area() .. ") " .. area() .. "-" .. d(4),
    area() .. "-" .. area() .. "-" .. d(4), "+1 (" .. area() .. ") " .. area() .. "-" .. d(4),
    area() .. "." .. area() .. "." .. d(4), "+4930" .. d(8), "+1" .. area() .. area() .. d(4),
    "+81 3-" .. d(4) .. "-" .. d(4), "+420 " .. d(3) .. " " .. d(3) .. " " .. d(3),
    "+46 (0)70 " .. d(3) .. " " .. d(2) .. " " .. d(2),
  }
end

function makers.card(c)
  local n = digits_with_luhn(c, c:pick { "4", "51", "55", "2221", "6011", "65" }, 16)
  local style = c:number(1, 5)
  if style == 1 then return (n:gsub("(%d%d%d%d)", "%1 "):gsub(" $", "")) end
  if style == 2 then return (n:gsub("(%d%d%d%d)", "%1-"):gsub("%-$", "")) end
  if style == 3 then
    n = digits_with_luhn(c, "37", 15)
    return c:pick { n, n:sub(1, 4) .. " " .. n:sub(5, 10) .. " " .. n:sub(11) }
  end
  return n
end

function makers.ssn(c)
  return ("%03d-%02d-%04d"):format(c:number(1, 665), c:number(1, 99), c:pick { 1020, 7, 1234, c:number(1, 9999) })
end

function makers.iban(c)
  local shape = c:pick { { "DE", 22 }, { "FR", 27 }, { "NL", 18 }, { "GB", 22 }, { "NO", 15 } }
  local country, length = shape[1], shape[2]
  local body = c:string(DIGIT, length - 4)
  if country == "GB" or country == "NL" then body = c:string(UPPER, 4) .. c:string(DIGIT, length - 8) end
  local rest = 0
  for ch in (body .. country .. "00"):gmatch "." do
    local value = tonumber(ch) or ch:byte() - 55
    rest = (rest * (value > 9 and 100 or 10) + value) % 97
  end
  local text = country .. ("%02d"):format(98 - rest) .. body
  return c:pick { text, (text:gsub("(....)", "%1 "):gsub(" $", "")) }
end

local function token(prefix, alphabet, length)
  return function(c) return prefix .. c:string(alphabet, length) end
end

local TOKENS = {
  token("ghp_", ALNUM, 36), token("gho_", ALNUM, 36), token("ghs_", ALNUM, 36), token("github_pat_", ALNUM, 82),
  token("glpat-", ALNUM, 20), token("xoxb-123456789012-620981896239-", ALNUM, 24), token("xoxp-", DIGIT, 40),
  token("sk_live_", ALNUM, 24), token("rk_live_", ALNUM, 24), token("AKIA", UPPER .. "234567", 16),
  token("ASIA", UPPER .. "234567", 16), token("AIza", ALNUM, 35), token("ya29.", ALNUM, 60), token("npm_", ALNUM, 36),
  token("pypi-AgEIcHlwaS5vcmc", ALNUM, 70), token("hvs.", ALNUM, 24), token("gAAAAABk", ALNUM, 90), token("SK", HEX, 32),
  token("key-", HEX, 32), token("sk-proj-", ALNUM, 48), token("sk-ant-api03-", ALNUM, 90), token("hf_", ALNUM, 34),
  token("dop_v1_", HEX, 64), token("shpat_", HEX, 32), token("$6$saltsalt$", ALNUM, 86), token("$2b$12$", ALNUM, 53),
  token("whsec_", ALNUM, 32), token("dapi", HEX, 32), token("lin_api_", ALNUM, 40), token("123456789:AAE", ALNUM, 32),
  token("EAACEdEose0cBA", ALNUM, 90),
  function(c) return "SG." .. c:string(ALNUM, 22) .. "." .. c:string(ALNUM, 43) end,
  function(c)
    return "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOi" .. c:string(ALNUM, 40) .. "." .. c:string(ALNUM, 43)
  end,
  function(c) return c:string(HEX, 32) .. "-us" .. c:number(1, 20) end,
  function(c) return "glsa_" .. c:string(ALNUM, 32) .. "_" .. c:string(HEX, 8) end,
}

function makers.token(c) return c:pick(TOKENS)(c) end

local function any_person(c) return makers[c:pick { "mail", "phone", "card", "ssn", "iban" }](c) end

classes.person = { "core", any_person,
  "quota mail sent to {s} for project {p}", "charge {s} ok, order {i}", '{"contact": "{s}", "host": "{h}"}',
  "customer {s}, incident {n}", "user={u} contact={s} host={h}", "<{s}> {u}", "({s}) on {h}", "{s}",
  "reached {s}; then {h}", "note='{s}' id={i}", "paged at {s}, incident {n}", '"{s}","{u}",{n}', "[{s}]",
}
classes.vendor = { "core", makers.token,
  "push with {s} to {p} failed", "key {s} rejected, host {h}", '{"msg": "using {s}", "host": "{h}"}', "{s}",
  "env X={s} {p}", "notify {s} channel=#ops {h}", "('{s}', '{u}')", "url https://{h}/x/{s}/y", "{p}:{s}",
  "x,{s},{h}", '{"log":"got {s}\\nfor {p}"}', "`{s}` {u}", "<t>{s}</t> {h}", "\n{s}\n{h}",
}
classes.disguise = { "extreme", makers.plain,
  "pаsswоrd={s} host={h}", '{"sеcret": "{s}", "host": "{h}"}', "pässwörd: {s}\nhost: {h}",
  "pa­ssword={s} host={h}", "pass⁠word: {s} ({u})", "ṕassword={s} host={h}", "ⓢⓔⓒⓡⓔⓣ={s} host={h}",
  "𝐩𝐚𝐬𝐬={s} host={h}", "password：{s}， host：{h}", "password → {s}, user → {u}",
  "p a s s w o r d : {s} {h}", "p.a.s.s.w.o.r.d={s} {h}", "S-E-C-R-E-T: {s} on {h}", "t o k e n = {s} {h}",
  "p4ssw0rd={s} host={h}", "passw0rd: {s}\nhost: {h}", "pa$$word={s} host={h}", "db_p@ssw0rd={s} host={h}", "s3cr3t={s} {h}", "t0k3n: {s} ({u})",
  "drowssap={s} host={h}", "cnffjbeq={s} host={h}", "{s}=drowssap {h}", "pass\\\nword={s} host={h}", "password=3D{s}=\nhost=3D{h}",
  '"pass" + "word" = "{s}" for {u}', "getenv('PASS' + 'WORD') == '{s}' # {h}", '{"sec" . "ret": "{s}", "host": "{h}"}',
  "HOME=/root\\0DB_PASS={s}\\0NODE={h}", "HOME=/root^@DB_PASS={s}^@NODE={h}", "A=1\\x00SECRET={s}\\x00NODE={h}", "%u0070assword%u003D{s} {h}",
  "\\160\\141\\163\\163={s} {h}", "\\u{70}assword={s} {h}", "&#112;assword&#61;{s} {h}",
}
classes.code = { "extreme", makers.plain,
  'password = "{s}" + "{s}" // {h}', "$password = '{s}' . '{s}'; // {h}", 'pw := "{s}" +\n    "{s}" // {h}', 'password = "{s}" \\\n  "{s}"\nhost = {h}',
  "password = ('{s}' '{s}')  # {p}", "PASSWORD=\"{s}\"'{s}' HOST={h}", 'secret := strings.Join([]string{"{s}", "{s}"}, "") // {p}',
  "password = ''.join(['{s}', '{s}'])  # {h}", "password = CONCAT('{s}', '{s}') -- {h}", 'password = "{s}".concat("{s}"); // {h}', "password = '%s%s' % ('{s}', '{s}')  # {h}",
  'password = "{s}" + sep + "{s}" # {h}', "password = [ {d:{s}} ] # {h}", "char password[] = { {c:{s}} }; // {h}", "password = new char[] { {c:{s}} }; // {h}",
  '{"password": [ {d:{s}} ], "host": "{h}"}', "secret := []byte{ {d:{s}} }; // {h}", "password = bytes([ {d:{s}} ])  # {h}", "password = String.fromCharCode( {d:{s}} ) // {h}",
  "password = unhex('{s}') -- {h}", 'password = base64.b64decode("{s}")  # {h}', '#3 connect(user=0x55d "{u}", password=0x55e "{s}") at db.c:{n}',
}
classes.login = { "extreme", makers.plain,
  "{s} is the password of {u}", "'{s}' (password) for {u}", "{s} <- password of {u}", "log in as {u} with {s} as the password", "she typed {s} when asked for her password on {h}",
  "log in with {u} / {s} on {h}", "creds: root / {s} on {h}", "credentials: {u}:{s} on {h}", "a1 LOGIN {u} {s}\na1 OK {h}", 'expect "assword:"; send "{s}\\r" # {h}',
  "changed the root password of {h} to {s}", "kinit {u} <<< {s}", "vault login {s} # {h}", "radius-server key {s}\nhostname {h}", "crypto isakmp key {s} address {h}", "sip:{u}:{s}@{h};transport=tls",
  "wrote /tmp/password_{s}.txt on {h}", "opened vault/password/{s} on {h}", "password ......... {s}\nhost ............. {h}",
}
classes.lists = { "extreme", makers.plain,
  "names=[user,password,host] values=[{u},{s},{h}]", 'columns: ["user", "password"], rows: [["{u}", "{s}"], ["{u}", "{s}"]]', "fields: user, password, host / row: {u}, {s}, {h}",
  "keys: (user, secret) vals: ({u}, {s})", "header=['user', 'token'] row=['{u}', '{s}']", '["user","password"]\n["{u}","{s}"]',
  "<tr><th>user</th><th>password</th></tr>\n<tr><td>{u}</td><td>{s}</td></tr>", "-[ RECORD 1 ]-\nname     | {u}\npassword | {s}\nhost     | {h}",
}
classes.nested = { "extreme", simple_secret,
  'data={e:{"password": "{s}"}} {h}', "payload {e:user={u}&password={s}} for {p}", "{x:password={s}} {h}",
  '{E:{"password":"{s}"}} {h}', "{'name': '{k}', 'value': '{s}', 'host': '{h}'}", "{'value': '{s}', 'name': '{k}'} {h}",
  "{k}=\n{s}\nhost={h}", "p\\u0061ssword={s} host={h}", "pa%73sword={s}&host={h}", "{k}: |\n  {s}\nhost: {h}",
  "ｐａｓｓｗｏｒｄ＝{s} host={h}", "pass\xe2\x80\x8bword={s} host={h}", '{"p\\u0061ssword":"{s}","host":"{h}"}',
  "user {u} typed {s} as password", "{u}/{s} (user/password) on {h}", "password (for {u}): {s}", "pass:{s} user:{u}",
  "Passwort: {s} Host: {h}", "mot_de_passe={s} host={h}", "contraseña: {s} host: {h}", "login={u} pw={s}",
  "auth=('{u}', '{s}') host={h}", "HTTPBasicAuth('{u}', '{s}')", "requests.get(url, auth=('{u}','{s}'))",
  "credentials {u}:{s} for {h}", "login as {u} with {s} failed: bad password", "{u}:{s}@{h}", 'PASSWORD "{s}" {h}',
  "password=>{s} host=>{h}", "password → {s} {h}", "password ==> {s} {h}", "“password”: “{s}” {h}",
  "password='''{s}''' {h}", 'password="""{s}""" {h}', "-----BEGIN OPENSSH PRIVATE KEY-----\\n{s}{s}{s}",
  "user,password,host\n{u},{s},{h}", "{h}:5432:nova:{u}:{s}", "password\t{s}\t{h}", "password {s}\nhost {h}",
  "p=password&v={s}", '[["password","{s}"],["host","{h}"]]', '{"password":{"value":"{s}"},"host":"{h}"}',
  '{"credentials":["{u}","{s}"],"host":"{h}"}', "set-cookie: a={s}; b=2\nhost: {h}", "password[0]={s} {h}",
  "password (sha1) = {s} {h}", "--password\n{s}\n--host\n{h}", "PASSWORD:\t{s} {h}", "$PASSWORD = '{s}'; # {h}",
}

-- Lines with nothing to redact: they must come out as they went in.
classes.ops = { "negative", any_secret,
  "Placed instance {i} on {h} with {'VCPU': {n}, 'MEMORY_MB': {n}}", "allocation candidates: {n} for resources=VCPU:{n} required=HW_CPU_X86_AVX2",
  "token bucket refill rate={n} burst={n}", "password policy updated by {u} for {p}", "GET /placement/allocations/{i} HTTP/1.1 200 {n} {n}ms",
  '{"resource_provider_generation": {n}, "inventories": {"VCPU": {"total": 64, "reserved": 2}}}', "claim {i} consumer={i} project={p} user={u} took {n} us",
  "PUT /resource_providers/{i}/traits status: 200 len: {n} microversion: 1.39", "image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 pulled on {h}",
  "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904 by {u} in {p}", "digest md5:d41d8cd98f00b204e9800998ecf8427e size={n}", "moved {i} from {h} to {h} in {n} ms",
  "GET http://{h}:8778/resource_providers?in_tree={i}&limit={n}", "uptime 12:33:01 up 3 days, load 0.12 0.30 0.44 on {h}", "disk /dev/nvme0n1 serial {n}-{n} on {h}",
  "mac 52:54:00:12:34:56 vlan {n} on {h}", "ip 10.20.0.17/24 gw 10.20.0.1 dev eth0 mtu 9000", "version 1.2.3-rc4+build.{n} on {h}", "scheduler weights: {'ram': 1.0, 'cpu': {n}.5}",
  "lease a384f00b-9fd1-4984-ad52-57d7653acaaf expires 2026-08-04T19:27:58.022880+02:00", "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7 {p}",
  "ETag: \"33a64df551425fcc55e4d42a148795d9f25f89d4\" for {p}", "kernel 6.1.0-18-amd64 #1 SMP {h}", "pid {n} exit 0 after 1719846000123456789 ns", "epoch 1719846000 seq 4111111111111112 on {h}",
  "offsets=[{n}, {n}, {n}] lag={n}", "{u} opened session {n} on {h}", "user {u} authenticated for {p}", "author {u} author_id={n}", "key {n} of {p} not found in cache", "cache key vm:{i}:state hit",
}
classes.trap = { "negative", any_secret,
  "token = request.headers.get('X-Auth-Token')", 'password = os.environ["DB_PASSWORD"]', "this.password = password;", "fn verify(token: &str, now: u64) -> Result",
  "usage: x [-h] [--password PASSWORD] [--token TOKEN]", "option --password requires an argument for {u}", "openstack --os-password $OS_PASSWORD --os-username {u} x",
  "Authorization: Bearer ${TOKEN}\nHost: {h}", "Authorization: Bearer <token>\nHost: {h}", '{"Cookie": null, "Authorization": null, "id": "{i}"}', "curl -u \"$USER:$PASS\" https://{h}/",
  "export OS_PASSWORD=$(pass show lab/x) # {u}", 'admin_password: "{{ lookup(\'env\', \'OS_PASSWORD\') }}"', "token=<token> user={u}", "PGPASSWORD= psql -h {h} -U {u}", "password= user={u}",
  "sudo: {u} : TTY=pts/7 ; PWD=/home/{u} ; USER=root ; COMMAND=/bin/ls", "passwd[53891]: password for '{u}' changed by 'root'", "zk session, sessionid = 0x458915ae71daf67, timeout = {n}",
  "ovs: cookie=0x1656fd7387044f95, duration={n}.7s", "No X-Auth-Token header in request to /v2.1/dc18e1d8d6ba4022879d074a801b5738/servers from {h}",
  '"Reconciled" secret="openstack/{p}-tls" revision={n}', "Couldn't get secret openstack/db-creds: secret \"db-creds\" not found", "password:  18 bytes\nusername:  {n} bytes",
  "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: x\n      key: y\n- name: DB_HOST\n  value: {h}", 'pin-sha256="T7JRIESWkDlhrdmJmj/etPkQGwbxOKub8zb4MdwarD8="; host={h}',
  "interface: wg0\n  public key: rrRLStzTIjMCcwB4ViDWOzU7ueQLrixvFCtZWNttbwo=\n  private key: (hidden)", "token_type=bearer expires_in={n}", "tokens: prompt=120 completion={n}",
  "got token type bearer from {h}", "token issued to {u} by {h}", "password for {u} sent to {h}", "password is required for {u}", "password: not set", "password: never expires ({u})",
  '{"errors":{"password":["is too short (minimum is 8 characters)"]}}', "password for {u} is expired", "password was not changed by {u}", "kinit {u}@LAB.TEST", "unexpected token: IDENTIFIER near {n}",
  "NAME      TYPE     DATA   AGE\ndb-creds   Opaque   3      43d\n{p}-tls    tls      2      9d", "-----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY----- of {u}",
  "arn:aws:secretsmanager:us-east-1:{n}:secret:db-creds-AbCdEf", "pkg:npm/left-pad@1.{n}.0", "key=vm-{n} rev=1", "primary key: id ({p})", "Basic realm=\"{p}\"",
  "resource identified by {h} moved", "host identified by uuid {i}", "Secret \"tls-cert\" in namespace \"{p}\" updated", "authorization: rbac on {h}",
  "password = getpass('Password for {u}: ')", 'token = os.environ["API_TOKEN"] # {h}', 'password = config.get("database", "password") # {h}',
  "tokens: [101, 2054, 2003, 102] len={n}", "key sizes: [128, 192, 256] of {p}", "pin [0, 2, 4, 6] numa node 0", "fields = [\"name\", \"password\", \"{h}\"]", "required fields: name, password, host ({h})",
  "00000000: 4745 5420 2f76 312f 7365 7276 6572 7320  GET /v1/servers {h}", "0000: 7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 .ELF............ {h}", "a b c d e f g of {p}", "p a s t e s of {p}",
  "look at example dot files in {p}", "meet ann at {h} at noon, dot it down", "four one-way links on {h}", "root / {h} mounted", "login as {u} on {h} ok", "log in with {u} on {h}", "{u} is the password owner of {p}",
  "GET /reset/{i} from {h}", "wrote /tmp/password_policy.txt on {h}", "vault login -method=oidc role={p}", "crypto isakmp policy {n}", "a1 LOGIN failed for {u}", "AUTH PLAIN not supported on {h}",
  "gz H4sIAAAAAAACA8tIzcnJVyjPL8pJ4cpILMrNSS0uVihJrShRKM8sycgvLVEoyUhVKM5ILEjlAgD5gTi4LAAAAA== ok {h}", "la contraseña de {u} ha caducado", "пароль истёк для {u}", "Größe={n} Höhe={n} {h}",
  "password policy updated by {u}", "password reset requested by {u} for {p}", "password required for {u}", "token expired for {u} on {h}", "token valid until 2026-08-04T19:27:58Z for {p}",
  "password=None user={u}", "{'password': None, 'user': '{u}'}", '{"password": null, "user": "{u}"}', 'password="" user={u}', "password=*** user={u}", '{"password": "********", "user": "{u}"}',
  "Access denied for user '{u}'@'{h}' (using password: YES)", "password changed for {u}", "password: required", "token=null host={h}", "secret: true", "auth=basic host={h}", "auth_url=http://{h}:5000/v3 auth_type=password",
  "token_count={n} max_tokens={n}", "tokens: {n} used of {n}", "password_length={n} password_policy=strict", "secret_name=db-creds project={p}", "key=vm-{n} value={n}", "public_key=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ {u}@{h}",
  "keypair {u}-key created", "primary key (id) on {p}", "foreign key constraint fails ({p})", "order 4899276652061717 shipped to {p}", "order 4228198362637359 shipped to {p}", "serial 1234-5678-9012-3456 on {h}",
  "{n} passed, 0 failed, {n} skipped", "pass: {n}, fail: 0", "compass={n} bypass=true", "author: {u}", "authority={h}:443", "authorization failed for {u} on {h}", "Authorization: required", "cookie policy accepted by {u}",
  "session {n} closed by {u}", "signature verified for {p}", "signature mismatch on {h}", "secret rotated for {p} by {u}", "credentials missing for {p}", "credential type=ec2 user={u}", "pin {n} of socket J{n} on {h}",
  "ssh {u}@{h}", "scp f.txt {u}@{h}:/tmp/x", "git@{h}:{p}/repo.git cloned", "getty@tty1.service started on {h}", "logo@2x.png cached {n}", "package left-pad@1.{n}.0 installed", "http://{h}:8080/path@{n}/x", "image registry.{h}/app:1.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "phone support notified of {i}", "call {n} on {h} took 12 ms", "offset +{n} -{n} lines", "range 100-200-{n} of {p}", "ext 555-01 on {h}", "date 2026-01-02 id 12-34-56", "ratio 4.0:1.0:{n}", "DE12 rack {n} of {p}", "GB29 shelf on {h}",
  "uuid {i} checksum ok", "certificate -----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG\n-----END CERTIFICATE----- on {h}", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY----- of {p}",
  "password field is mandatory ({p})", "the password must be at least 12 characters", "password: must be at least 12 characters", "wrong password for {u}", "invalid token for {u}", "no token given by {h}", "got token type bearer from {h}",
  "config option 'password' is deprecated in {p}", "method 'token' not allowed for {u}", '"methods": ["password", "token"], "project": "{p}"', "SELECT password FROM users WHERE id={n}", "GRANT SELECT (id, password) ON t TO {u}",
  "os.environ['PASSWORD'] not set on {h}", "password=${DB_PASSWORD} host={h}", "password={{ vault_password }} host={h}", "password=%s host=%s", "password=<redacted> user={u}", "password: [FILTERED] user: {u}", "password=:password user={u}",
  "secret_ref=https://{h}/v1/secrets/{i}", "token_file=/var/run/secrets/token", "ssl_key_file=/etc/ssl/private/{h}.pem", "password_file: /etc/berth/pw", "key_id={i}", "kms key alias/{p} used", "user_data size={n}", "userdata script finished on {h}",
  "max password age {n} days", "password_expires_at=2026-08-04T19:27:58Z", "x-request-id: req-{i}", "Host: {h}", "sid=ORCL host={h}", "jdbc:oracle:thin:@{h}:1521:orcl", "postgresql://{u}@{h}/placement", "amqp://{h}:5672/", "http://user@{h}/",
  "mysql -u {u} -p -h {h} nova", "psql -h {h} -p {n} -U {u}", "curl -u {u} https://{h}/", "docker run -p 8080:80 {p}", "openstack --os-username {u} server list", "ssh -p {n} {u}@{h}", "nc -p {n} {h}", "--password-file /etc/x --host {h}", "--no-password --host {h}",
  "https://{h}/reset-password?step=2&limit={n}", "GET /v3/auth/tokens HTTP/1.1 201 {n}", "POST /v2/token 401 {n}", "X-Auth-Token: *** from {h}", "code=200 sig=0 pin=0", "auth ok for {u}", "auth: {'type': 'token'} for {p}", "secrets: {n} loaded", "passwords: {n} changed", "2 passwords changed by {u}", "api keys: {n} of {p}",
  "pci 0000:3b:00.1 bound", "numa pin 0-3,8-11 on {h}", "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709 {p}", "build 20260804.192758.{n}", "snapshot 4111-1111 of {p}", "line 12: unexpected token '}' in {p}", "parse error near token 'foo' at {n}", "unknown keyword argument 'password' for {p}",
  "tag v1.0.0-4111111111111111-g{n}", "{\"MEMORY_MB\": 4111111111111111, \"VCPU\": {n}}", "size=4111111111111111 used=5500005555555559", "Basic allocation done on {h}", "bearer of {p} changed", "basic auth enabled on {h}", "token ring adapter on {h}", "session token valid: true",
}

corpus.classes = classes

local QUERY_NAMES = { "password", "token", "access_token", "api_key", "apikey", "client_secret", "refresh_token", "auth_token", "secret", "id_token" }
local ELEMENT_NAMES = { "password", "adminPass", "Password", "apiKey", "secret", "token", "auth_token", "clientSecret", "passwd", "PrivateKey", "sessionId", "SecretAccessKey" }
local OPTION_NAMES = { "password", "os-password", "db-password", "token", "api-key", "secret", "auth-token", "client-secret", "admin-pass", "passphrase", "secret-key", "os-token" }

local function base64(text)
  local digits = UPPER .. LOWER .. DIGIT .. "+/"
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local n = a << 16 | (b or 0) << 8 | (c or 0)
    for k = 0, 3 do
      local d = n >> (18 - 6 * k) & 63
      out[#out + 1] = (k == 2 and not b or k == 3 and not c) and "=" or digits:sub(d + 1, d + 1)
    end
  end
  return table.concat(out)
end

corpus.base64 = base64

local FRAMES = {
  "%s", "%s", "2026-07-28 08:24:47.896 37121 DEBUG nova.scheduler.client.report [req-{i}] %s",
  "<134>1 2026-06-07T07:12:52.985307Z {h} policy 19457 - - %s", "time=2026-08-04T19:27:58.022880Z level=warn project={p} msg: %s",
  "2026-08-04T12:30:06.926687Z {h} placementd[15987]: %s", "I1122 10:11:12.131415 19837 engine.go:79229] %s",
  "2026-07-12 17:12:00.840 60279 INFO placement.requestlog [req-{i} {i} - default default] %s", "[тест] %s",
}

-- Fills a template; secrets and keeps are collected.

local function fill(c, template, maker)
  local secrets, keep = {}, {}
  -- {e:...} base64, {x:...} hexadecimal, {E:...} base64 twice, {d:...} numbers, {c:...} characters: the
  -- block is the secret then
  local kind, inner = template:match "{([exEdc]):(.*)} "
  if kind then
    inner = fill(c, inner, maker)
    local block = base64(inner)
    if kind == "x" then block = inner:gsub(".", function(b) return ("%02x"):format(b:byte()) end) end
    if kind == "E" then block = base64(block) end
    if kind == "d" then block = inner:gsub(".", function(b) return b:byte() .. ", " end):sub(1, -3) end
    if kind == "c" then block = inner:gsub(".", "'%0', "):sub(1, -3) end
    local before, after = template:match "^(.-){[exEdc]:", template:match "{[exEdc]:.*}( .*)$"
    local line, _, kept = fill(c, before .. "\0" .. after, maker)
    return (line:gsub("%z", block)), { block }, kept
  end
  local user, host, project = c:pick(USERS), c:pick(HOSTS), c:pick(PROJECTS)
  local secret
  local line = template:gsub("{(%l)}", function(letter)
    local value
    if letter == "s" then
      secret = secret or maker(c)
      secrets[#secrets + 1] = secret
      return secret
    elseif letter == "b" then
      value = base64(user .. ":" .. maker(c))
      secrets[#secrets + 1] = value
      return value
    elseif letter == "k" then return c:pick(corpus.names)
    elseif letter == "q" then return c:pick(QUERY_NAMES)
    elseif letter == "x" then return c:pick(ELEMENT_NAMES)
    elseif letter == "c" then return c:pick(OPTION_NAMES)
    elseif letter == "u" then value = user
    elseif letter == "h" then value = host
    elseif letter == "p" then value = project
    elseif letter == "i" then value = uuid(c)
    elseif letter == "n" then value = tostring(c:number(1000, 99999))
    else return nil end
    keep[#keep + 1] = value
    return value
  end)
  return line, secrets, keep
end

--- One labelled line of a class: { line=, secrets=, keep=, tier=, class= }.
function corpus.line(c, class, number)
  local spec = classes[class]
  local template = spec[number or c:number(3, #spec)]
  -- a name is the same wherever the template has it: tags must close
  local name = c:pick(ELEMENT_NAMES)
  template = template:gsub("{x}", (name:gsub("%%", "%%%%")))
  local frame = c:pick(FRAMES)
  local line, secrets, keep = fill(c, (frame:gsub("%%s", function() return template end)), spec[2])
  return { line = line, secrets = secrets, keep = keep, tier = spec[1], class = class, template = template }
end

function corpus.class_names()
  local names = {}
  for name in pairs(classes) do names[#names + 1] = name end
  table.sort(names)
  return names
end

return corpus
