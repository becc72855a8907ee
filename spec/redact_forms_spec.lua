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
    { "adgangskoden er z7z54VfB4P", "adgangskoden er ***" },
    { "('YR95iWCM21', 'admin_password')", "('***', 'admin_password')" },
    { "fernet key 0 = 08N70DfYpQzhPaKANBdY0D50z-CRXsXc= loaded",
      "fernet key 0 = *** loaded" },
    { "OAuth2TokenService uses PBKDF2WithHmacSHA256 for the password" },
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
  ["a router's setting"] = {
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
