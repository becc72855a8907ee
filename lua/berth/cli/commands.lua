-- The verbs of the command `berth`, in the order its help shows them.  Verb `name` lives in the
-- module berth.cli.<name>, verb `name` of a group in berth.cli.<group>_<name>.  Knows names only:
-- what a verb does, and its one line of help, stand in its module.

return {
  { name = "import" },
  { name = "candidates" },
  { name = "place" },
  { name = "release" },
  { name = "explain" },
  { name = "usages" },
  { name = "traits" },
  { name = "check" },
  { name = "backup" },
  { name = "report" },
  { name = "replay" },
  {
    name = "policy",
    summary = "Check, test, call, measure and replay policies.",
    commands = {
      { name = "check" },
      { name = "test" },
      { name = "call" },
      { name = "bench" },
      { name = "replay" },
    },
  },
  { name = "redact" },
  { name = "doctor" },
  { name = "completion" },
}
