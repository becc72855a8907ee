--- Names of secrets that are spelled as few write them, and values that stand where few would look:
-- each row is a line and what becomes of it; a line alone stays.
local berth = require "berth"
local redact_rows = require "spec.support.redact_rows"

local ROWS = {
  ["a literal in the next line"] = {
    { 'array(2) {\n  ["user"]=>\n  string(4) "hana"\n  ["password"]=>\n  string(6) "Walr#8"\n}',
      'array(2) {\n  ["user"]=>\n  string(4) "hana"\n  ["password"]=>\n  string(6) "***"\n}' },
    { '"password":\n   "hunter2x",\n "user":\n "ann"', '"password":\n   "***",\n "user":\n "ann"' },
  },
  ["a URL's own"] = {
    { "http://n1:8086/write?db=x&u=ann&p=i8rH33LIr", "http://n1:8086/write?db=x&u=ann&p=***" },
    { "POST /write?p=hunter2&u=ann&db=x", "POST /write?p=***&u=ann&db=x" },
    { "GET /page?p=12&q=berth" }, { "GET /list?p=3&user=ann&sort=asc" },
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
  ["a type, a prompt and an identifier"] = {
    { '{"private_key_id":"338ac2ca100a9e9abc08c4713ec8416e6281c7eb","project_id":"x"}' },
    { "ALTER TABLE users ADD COLUMN password_hash varchar(218) NOT NULL" },
    { "(api_token NUMERIC(10, 2), user_password nvarchar2(64), password_hash VARCHAR(MAX))" },
    { "warning: SASL LOGIN authentication failed: UGFzc3dvcmQ6" },
    { "password prompt failed: VXNlcm5hbWU6" },
    { "authorization: RBAC denied for ann" }, { "serviceAccountToken: expirationSeconds: 3600" },
    { "public key token b77a5c561934e089" }, { "apiKey: env(API_KEY)" },
    { "gpg: Signature made Tue 23 Apr 2019 using RSA key ID FFDCE258" },
    { "api key id: aB3dE5gH7jK9 of ann" },
  },
  ["a misspelt name"] = {
    { "passwrod=frX2EmOAO (sic) host=n1", "passwrod=*** (sic) host=n1" },
    { "passsword: hunter2x", "passsword: ***" }, { "passowrd=hunter2x", "passowrd=***" },
    { "tokne=Zq7RmB2xKw9L", "tokne=***" }, { "secrect: Zq7RmB2xKw9L", "secrect: ***" },
    { "psasword=hunter2x", "psasword=***" },
    { "passage=frX2EmOAO" }, { "passed=3 failed=0" },
  },
  ["a name in pieces"] = {
    { "'pass' 'word' '=' 'iqHMvrwwz9Ne' at n1", "'pass' 'word' '=' '***' at n1" },
    { '"pass" "word" ":" "hunter2x" at n1', '"pass" "word" ":" "***" at n1' },
    { "pass\nword=ocZCK7MvUbC7 host=n1", "pass\nword=*** host=n1" },
    { "'pass' 'word' 'list' at n1" }, { "tests pass\nword count 12" },
  },
  ["a name with its length"] = {
    { "d8:password16:sTteFkh8bi8LpbgP4:host2:n1e", "d8:password16:***4:host2:n1e" },
    { "8:password,8:hunter2x,4:host,2:n1,", "8:password,8:***,4:host,2:n1," },
  },
  ["a word between a name and its sign"] = {
    { "password is=M4FSL6XqkpafVUSL x", "password is=*** x" },
    { "X-Password-Is : IdvbtMnYO5bsAqzn", "X-Password-Is : ***" },
    { "password꞉ bwB1E2Mfe1I host꞉ n1", "password꞉ *** host꞉ n1" },
    { "password hex 0x59594f4454344151397379696d594a42 host n1", "password hex *** host n1" },
    { "salasana on n47G9SKKcIkWv koneella n1", "salasana on *** koneella n1" },
    { "0x0000:  2e2e 2e2e 7061 7373 776f 7264 2069 733d  ....password is=\n"
      .. "0x0010:  4d34 4653 4c36 5871 6b70 6166 5655 534c  M4FSL6XqkpafVUSL",
      "0x0000:  2e2e 2e2e 7061 7373 776f 7264 2069 733d  ....password is=\n"
      .. "0x0010:  ***  ***" },
  },
  ["a value on several lines"] = {
    { "MIME: quoted-printable\n\npassword=3D3TIF7pGSeU=\ne59MS6w1Gk\nhost=3Dn1",
      "MIME: quoted-printable\n\npassword=***\nhost=3Dn1" },
    { 'secret = "CkRLHd9xhrRO" & _\n  "6hXl3aiTHfZg"', 'secret = "***" & _\n  "***"' },
    { " password \n----------\n fDAiJCw4D1mFF\n(1 row)", " password \n----------\n ***\n(1 row)" },
    { 'credential { password { value: "Anchor_583" } host: "n1" }',
      'credential { password { value: "***" } host: "n1" }' },
    { 'expect: "assword:" send: "walrus-saffron-99\\r" host n1',
      'expect: "assword:" send: "***\\r" host n1' },
    { "p1=jRHqiUpFsULE p2=lox4ASdgeVLx; PASSWORD=$p1$p2", "p1=*** p2=***; PASSWORD=***" },
  },
  ["a row or a list"] = {
    { "COPY users (id, name, password) FROM stdin;\n2\tann\tzcFjgR6mA\n2\tbo\t\\N\n\\.\nhost\tx",
      "COPY users (id, name, password) FROM stdin;\n2\tann\t***\n2\tbo\t\\N\n\\.\nhost\tx" },
    { "secret bytes <<109,68,104,79,108,70,121,57,117,67>> node",
      "secret bytes <<***>> node" },
    { "password bytes [109, 68, 104, 79, 108, 70, 121, 57] x", "password bytes [***] x" },
    { [["pass" "word" = ['axYcpIkw6g','oX7odfDlB'].join('') ann]],
      [["pass" "word" = ['***','***'].join('') ann]] },
    { 'module.db.random_password.this.result = "Xz!czTr0"',
      'module.db.random_password.this.result = "***"' },
  },
  ["a command"] = {
    { "gh auth login --with-token <<< walrus-amber-417", "gh auth login --with-token <<< ***" },
    { "twine upload -u ann -p hunter2x dist/x", "twine upload -u ann -p *** dist/x" },
    { "rclone obscure hunter2x", "rclone obscure ***" },
    { "nmcli dev wifi connect lab password hunter2x", "nmcli dev wifi connect lab password ***" },
  },
  ["a name and a value in code or in a text"] = {
    { "**Password:** walrus-amber-417", "**Password:** ***" },
    { "*Password:* x1y2z3", "*Password:* ***" },
    { "password ===> Zq7RmB2xKw9L", "password ===> ***" },
    { "password === walrus-amber-417", "password === ***" },
    { "password [ann]: hunter2x", "password [ann]: ***" },
    { '{"n":"password","v":"hunter2x"}', '{"n":"password","v":"***"}' },
    { "const apiKey: string = 'Zq7RmB2xKw9L'", "const apiKey: string = '***'" },
    { 'password: Optional[str] = "hunter2x"', 'password: Optional[str] = "***"' },
    { "password: str = None" }, { 'def f(password: str, host: str = "n1"):' },
    { 'password <- "hunter2x"', 'password <- "***"' },
    { '((password . "hunter2x") (user . "ann"))', '((password . "***") (user . "ann"))' },
    { 'DriverManager.getConnection("jdbc:x", "ann", "walrus-amber-417")',
      'DriverManager.getConnection("jdbc:x", "ann", "***")' },
    { "new PDO('mysql:host=n1', 'ann', 'Zq7RmB2xKw9L')",
      "new PDO('mysql:host=n1', 'ann', '***')" },
  },
  ["a row of a file"] = {
    { "COPY t (id, secret) FROM STDIN WITH CSV;\n1,Zq7RmB2xKw\n\\.",
      "COPY t (id, secret) FROM STDIN WITH CSV;\n1,***\n\\." },
    { " token \n-------\n Zq7RmB2xKw9L\n(1 row)", " token \n-------\n ***\n(1 row)" },
    { " token \n-------\n(0 rows)\n" },
    { "secret\n------\nThis section tells how they are stored\n" },
  },
  ["a text that a terminal broke"] = {
    { "glpat-2Im2Xju\n6Di70shGRSMRH (wrapped)", "*** (wrapped)" },
    { "p\bpasss\bword=of38swFfrY host=n1", "p\bpasss\bword=*** host=n1" },
    { "pass\\\nword=Zq7RmB2xKw9L host", "pass\\\nword=*** host" },
    { "pass\r\nword: Zq7RmB2xKw9L host", "pass\r\nword: *** host" },
    { "glpat-short\nnext line" },
  },
  ["an address in base64"] = {
    { "mail b2thZm9yLWZyZXlhQG1haWxib3guZXhhbXBsZS5uZXQ= decoded", "mail *** decoded" },
    { "image d3d3LmV4YW1wbGUuY29tL2xhdGVzdA== pulled" },
  },
  ["a value before its name"] = {
    { "walrus-amber-417 is ann's password", "*** is ann's password" },
    { "Quartz=85941SHF <- root password, n1", "*** <- root password, n1" },
    { '"Ferret!25090eCf" is the value of password on n1', '"***" is the value of password on n1' },
  },
}

redact_rows(describe, it, ROWS)

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
