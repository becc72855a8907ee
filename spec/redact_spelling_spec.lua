--- Names of secrets that are spelled as few write them, and values that stand where few would look:
-- each row is a line and what becomes of it; a line alone stays.
local berth = require "berth"

local ROWS = {
  ["a misspelt name"] = {
    { "passwrod=frX2EmOAO (sic) host=n1", "passwrod=*** (sic) host=n1" },
    { "passsword: hunter2x", "passsword: ***" }, { "passowrd=hunter2x", "passowrd=***" },
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
  ["a value before its name"] = {
    { "Quartz=85941SHF <- root password, n1", "*** <- root password, n1" },
    { '"Ferret!25090eCf" is the value of password on n1', '"***" is the value of password on n1' },
  },
}

for noun, rows in pairs(ROWS) do
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
