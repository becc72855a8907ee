---@meta berth

-- The public face of berth for the Lua language server: point `workspace.library` at lua/.  Nothing
-- requires this file; spec/surface_spec.lua holds it against what there is.

--- Refusals of the world come as `nil, err`, with a policy's own fields beside `denied`.  Misuse
--- (a wrong type, an unknown key, use after close) raises instead.
---@class berth.Error
---@field code string a word of error_codes(), such as "no_candidate"
---@field message string one sentence
---@field parameter string? where in the request or table, such as "groups.gpu.resources.PGPU"
---@field position integer? byte of the query string, or of the text at parameter
---@field provider string?
---@field class string?
---@field trait string?
---@field consumer string?
---@field field string? of an inventory
---@field want integer?
---@field have integer?
---@field problems string[]? of check()

---@alias berth.Amounts table<string, integer> resource class to amount
---@alias berth.ProviderName berth.Provider|string userdata, uuid in any spelling, or name
--- A string is Placement's query.  Of a repeated `resources` or `in_tree` in it the last counts;
--- `required`, `member_of` and `same_subtree` add up, everything else stands once.
---@alias berth.RequestForm berth.Request|berth.RequestTable|berth.Question|string

---@class berth.Inventory
---@field total integer 1 to 2^53 - 1
---@field reserved integer? 0
---@field min_unit integer? 1
---@field max_unit integer? the larger of 2147483647 and total
---@field step_size integer? 1
---@field allocation_ratio number? 1.0

---@alias berth.Inventories table<string, integer|berth.Inventory> a number is a total

--- One group of a request, served by a single provider; the request itself, by several of a tree.
---@class berth.Group
---@field resources berth.Amounts|string?
---@field required (string|string[])[]|string? all of them; a list inside means any of its traits
---@field forbidden string[]|string? none of them
---@field member_of (string|string[])[]|string? aggregates, likewise; "!a" forbids
---@field in_tree berth.ProviderName?
---@field split table<string, true>|string[]? gathered from several providers of one tree

---@class berth.RequestTable: berth.Group
---@field groups table<string|integer, berth.Group>? by suffix
---@field group_policy "none"|"isolate"? due with more than one group
---@field same_subtree string[]|string[][]|string? suffixes of groups
---@field root_required string[]|string? traits of the tree's root; "!T" forbids
---@field limit integer?
---@field canonical boolean? one answer for interchangeable providers and groups

--- Who asks.
---@class berth.Who
---@field consumer string
---@field project string?
---@field user string?
---@field consumer_type string? [A-Z0-9_]+

--- A request of somebody: for policies that look at who asks.
---@class berth.Question: berth.RequestTable, berth.Who
---@field consumer string? not due
---@field request berth.Request|string? instead of the keys of a request

---@class berth.Placement: berth.RequestTable, berth.Who
---@field request berth.Request|string? instead of the keys of a request
---@field candidate berth.Candidate? instead of a request

---@class berth.AllocationWrite: berth.Who
---@field generation integer|false? expected; false: no such consumer; absent: any
---@field allocations table<berth.ProviderName, berth.Amounts> all that it will hold; {} is nothing

---@class berth.NewProvider
---@field name string 1 to 200 characters, unique
---@field uuid string? a random one when absent
---@field parent berth.ProviderName?
---@field inventories berth.Inventories?
---@field traits string[]?
---@field aggregates string[]? uuids or words of letters, digits, "-", "_" and "."

---@class berth.ProviderFilter
---@field name string?
---@field uuid string?
---@field resources berth.Amounts|string? room for each by itself
---@field required (string|string[])[]|string?
---@field forbidden string[]|string?
---@field member_of (string|string[])[]|string?
---@field in_tree berth.ProviderName?

---@class berth.FinalInventories
---@field inventories berth.Inventories all of them
---@field generation integer? expected

---@class berth.Reshape
---@field inventories table<berth.ProviderName, berth.FinalInventories>
---@field allocations berth.AllocationWrite[]?

---@class berth.UsageFilter
---@field project string?
---@field user string?
---@field consumer_type string? "unknown" for none told, "all" for any
---@field by_type boolean? answer {TYPE = {CLASS = n, consumer_count = n}}

--- One condition of an explained request, a near miss, or a way to relax the request.
---@class berth.ExplainedRow
---@field kind string? "root", "tree", "class", "room", "units", "trait", "aggregate", ...
---@field text string?
---@field group string? suffix
---@field class string?
---@field names string[]? traits, aggregates or suffixes
---@field forbidden boolean?
---@field split boolean?
---@field root string? uuid of a tree's root
---@field provider string? uuid
---@field want integer? math.maxinteger stands for any amount from there on
---@field have integer?
---@field to integer? the amount that would do
---@field step integer? of a near miss: where it failed
---@field alone integer? trees that this condition alone rules out
---@field in_turn integer? trees that it takes of those left before
---@field left integer? trees left after it

---@class berth.Explanation
---@field trees integer
---@field left integer
---@field steps berth.ExplainedRow[]
---@field nearest berth.ExplainedRow[]
---@field relaxations berth.ExplainedRow[] single ones that would do, the smallest first

---@class berth.Capacity
---@field count integer how many more fit
---@field refusal berth.Error? of the next one; absent when `most` ended the counting
--- The condition that stopped most trees: of those that the claims filled, or of all when not one
--- fits.  Absent when `refusal` says enough, as of a policy or of a store without providers.
---@field runs_out { kind: string, text: string }?

---@class berth.Change
---@field kind "name"|"provider"|"inventory"|"trait"|"aggregate"|"consumer"|"allocation"
---@field provider string? uuid
---@field consumer string?
---@field class string?
---@field trait string?
---@field aggregate string?
---@field of string? what a name is: "resource_class", "trait", "aggregate", "project", "user", ...
---@field name string?
---@field before any what was; absent when there was nothing
---@field after any what is; absent when nothing is

--- What a store and a transaction both do.
---@class berth.Verbs
local Verbs = {}

---@param provider berth.NewProvider
---@return berth.Provider? provider
---@return berth.Error? err
function Verbs:create_provider(provider) end

---@param name berth.ProviderName
---@return berth.Provider? provider
---@return berth.Error? err
function Verbs:provider(name) end

--- In order of name: `for provider in store:providers{...} do`.
---@param filter berth.ProviderFilter?
---@return berth.Providers? providers
---@return berth.Error? err
function Verbs:providers(filter) end

---@param name string CUSTOM_[A-Z0-9_]+
---@return true? done
---@return boolean|berth.Error created false when it was there already
function Verbs:create_trait(name) end

---@param name string
---@return true? done
---@return berth.Error? err
function Verbs:delete_trait(name) end

---@param filter { prefix: string?, associated: boolean? }?
---@return string[]? names sorted
---@return berth.Error? err
function Verbs:traits(filter) end

---@param name string CUSTOM_[A-Z0-9_]+
---@return true? done
---@return boolean|berth.Error created false when it was there already
function Verbs:create_resource_class(name) end

---@param name string
---@return true? done
---@return berth.Error? err
function Verbs:delete_resource_class(name) end

---@return string[]? names sorted
---@return berth.Error? err
function Verbs:resource_classes() end

--- One at a time, in one order: `for candidate in store:candidates(request) do`.
---@param request berth.RequestForm
---@return berth.Candidates? candidates
---@return berth.Error? err
function Verbs:candidates(request) end

--- Why the request has few candidates or none.
---@param request berth.RequestForm
---@return berth.Explanation? explanation
---@return berth.Error? err
function Verbs:explain(request) end

--- How many more of these place() would place, one after another; nothing is written.
---@param request berth.RequestForm
---@param options { most: integer? }? 100000
---@return berth.Capacity? capacity
---@return berth.Error? err
function Verbs:capacity(request, options) end

---@param what berth.Placement|berth.RequestForm|berth.Candidate
---@param who berth.Who? when it does not stand in the table
---@return berth.Allocation? claim
---@return berth.Error? err
function Verbs:place(what, who) end

--- One consumer, or a list of them: all or none.  A consumer that ends up with nothing is
--- answered with true.
---@param write berth.AllocationWrite|berth.AllocationWrite[]
---@return berth.Allocation|(berth.Allocation|true)[]|true|nil allocation
---@return berth.Error? err
function Verbs:allocate(write) end

---@param consumer string
---@return berth.Allocation? allocation
---@return berth.Error? err
function Verbs:allocation(consumer) end

---@param consumer string
---@return true? done
---@return berth.Error? err
function Verbs:release(consumer) end

---@param filter berth.UsageFilter?
---@return table<string, integer>|table<string, table<string, integer>>|nil usages
---@return berth.Error? err
function Verbs:usages(filter) end

---@param picture berth.Reshape
---@return true? done
---@return berth.Error? err
function Verbs:reshape(picture) end

--- The whole fleet as canonical text: equal exactly when the fleets are.
---@return string? text
---@return berth.Error? err
function Verbs:dump() end

---@class berth.Store: berth.Verbs
local Store = {}

--- What fn returns is returned after COMMIT; nil and an error from it, or an error raised in it,
--- undo everything and are passed on.
---@param fn fun(tx: berth.Transaction): ...
---@return any ...
function Store:transaction(fn) end

---@return berth.Transaction? tx
---@return berth.Error? err
function Store:begin() end

--- Committed changesets after number `since`, oldest first.
---@param since integer? 0
---@param limit integer? all
---@param options { exact: boolean? }? true: byte for byte, not redacted
---@return { sequence: integer, changes: berth.Change[] }[]? sets
---@return berth.Error? err
function Store:changes(since, limit, options) end

---@return true? sound
---@return string[]|berth.Error notices such as providers over capacity; err has `problems`
function Store:check() end

---@param path string a new file
---@return true? done
---@return berth.Error? err
function Store:backup(path) end

---@return table<string, integer|string> figures
function Store:stats() end

--- Adds a policy, or takes the place of the one with its name.
---@param policy string path, or name of a shipped one
---@param parameters table? over its defaults
---@param options { mode: "enforce"|"observe"|"override"|nil, text: string? }?
---@return true? done
---@return berth.Error? err
function Store:load_policy(policy, parameters, options) end

--- The whole set becomes these, or stays as it was.
---@param policies (string|berth.Policy)[]
---@return true? done
---@return berth.Error? err
function Store:load_policies(policies) end

---@param name string
---@return true? done
---@return berth.Error? err
function Store:unload_policy(name) end

---@return table[] policies name, version, description, digest, mode, hooks, parameters, figures
function Store:policies() end

---@param after integer? id of a decision; 0
---@return table[] decisions those still kept, oldest first
function Store:decisions(after) end

--- The same store on behalf of a caller: only what the policies allow.
--- Each text at most 255 bytes.
---@param caller { user: string?, project: string?, roles: string[]?, override: table? }
---@return berth.Store
function Store:as(caller) end

--- Undoes what is open; every later use raises "store is closed".
function Store:close() end

---@class berth.Transaction: berth.Verbs
local Transaction = {}

---@return true? done
---@return berth.Error? err
function Transaction:commit() end

---@return true
function Transaction:rollback() end

--- A mark to roll back to.  Candidates that were read in the transaction before a rollback are
--- `stale` after it, for what they name may be gone: read them again.
---@return berth.Savepoint? point
---@return berth.Error? err
function Transaction:savepoint() end

--- What it has changed so far.
---@param options { exact: boolean? }? as of changes()
---@return berth.Change[]? changes
---@return berth.Error? err
function Transaction:diff(options) end

---@class berth.Savepoint
local Savepoint = {}

--- Undoes everything since; it may be used again.
---@return true
function Savepoint:rollback() end

--- Keeps everything since.
---@return true
function Savepoint:release() end

---@class berth.Provider
---@field uuid string
---@field name string? nil once it is gone, as the next
---@field generation integer?
---@field parent berth.Provider? nil at a root
---@field root berth.Provider?
local Provider = {}

---@return table<string, berth.Inventory>? inventories
---@return berth.Error? err
function Provider:inventories() end

---@return berth.Amounts? used of every class with inventory
---@return berth.Error? err
function Provider:usages() end

---@return string[]? names sorted
---@return berth.Error? err
function Provider:traits() end

---@return string[]? names sorted
---@return berth.Error? err
function Provider:aggregates() end

---@return table<string, { resources: berth.Amounts, generation: integer }>? allocations by consumer
---@return berth.Error? err
function Provider:allocations() end

---@return berth.Provider[]? children by name
---@return berth.Error? err
function Provider:children() end

---@param inventories berth.Inventories all of them
---@param options { generation: integer? }?
---@return true? done
---@return berth.Error? err
function Provider:set_inventories(inventories, options) end

---@param class string
---@param inventory integer|berth.Inventory|nil nil removes it
---@param options { generation: integer? }?
---@return true? done
---@return berth.Error? err
function Provider:set_inventory(class, inventory, options) end

---@param traits string[] all of them
---@param options { generation: integer? }?
---@return true? done
---@return berth.Error? err
function Provider:set_traits(traits, options) end

---@param aggregates string[] all of them, each once
---@param options { generation: integer? }?
---@return true? done
---@return berth.Error? err
function Provider:set_aggregates(aggregates, options) end

---@param change { name: string?, parent: berth.ProviderName|false|nil } false makes it a root
---@return true? done
---@return berth.Error? err
function Provider:update(change) end

---@return true? done
---@return berth.Error? err
function Provider:delete() end

---@class berth.Providers
---@overload fun(): berth.Provider?
local Providers = {}

---@return berth.Provider?
function Providers:next() end

---@class berth.Allocation
---@field consumer string
---@field project string? nil when never told
---@field user string? nil when never told
---@field consumer_type string? "unknown" when never told, nil once it is gone
---@field generation integer? nil once it is gone
local Allocation = {}

---@return table<string, berth.Amounts>? resources by provider's uuid
---@return berth.Error? err
function Allocation:resources() end

---@return true? done
---@return berth.Error? err
function Allocation:release() end

--- Places the consumer anew, its own use not counted.
---@param request berth.RequestForm
---@return true? done
---@return berth.Error? err
function Allocation:move(request) end

---@class berth.Candidates
---@overload fun(): berth.Candidate?
local Candidates = {}

--- As the call in a `for`, but a failure is returned instead of raised.
---@return berth.Candidate? candidate
---@return berth.Error? err
function Candidates:next() end

---@class berth.Candidate
---@field score number? nil where no policy ranks
---@field anchor berth.Provider root of the tree it is built around
local Candidate = {}

---@return table<string, berth.Amounts>? resources by provider's uuid
---@return berth.Error? err
function Candidate:resources() end

---@return table<string, string[]>? mappings suffix to uuids
---@return berth.Error? err
function Candidate:mappings() end

--- A provider of a tree that a candidate takes from, as it is now, without the candidate.
---@class berth.Summary
---@field name string
---@field parent string? uuid; nil at a root
---@field root string uuid
---@field generation integer
---@field traits string[] sorted
---@field resources table<string, { capacity: integer, used: integer }> empty without inventory

--- Every provider of every tree that the candidate takes from, of sharing providers' trees too.
---@return table<string, berth.Summary>? summaries by provider's uuid
---@return berth.Error? err
function Candidate:summaries() end

---@class berth.Request

---@class berth.Policy
---@field path string path, folder or name of a shipped one
---@field parameters table?
---@field mode "enforce"|"observe"|"override"|nil

---@class berth.OpenOptions
---@field policies (string|berth.Policy)[]?
---@field logger berth.Logger|berth.LoggerOptions|nil told of every decision and event
---@field read_only boolean?
---@field must_exist boolean?
---@field busy_timeout_ms integer? how long a write waits for another process; 5000
---@field keep_changes integer? changesets kept for changes(); 100000
---@field rank_memory integer? bytes for remembered ranks; 64 MiB
---@field checkpoint_pages integer? pages in the log that call for a checkpoint; 8000
---@field allow_network boolean? take a file on a network file system, whose locks may lie

--- One rule of an operator; exactly one of field, pattern, allow and allow_pattern.
---@class berth.LoggerRule
---@field name string? for reports
---@field field string? a name whose value is a secret, in any syntax and case
---@field pattern string? PCRE2; the match, or its group 1, is masked
---@field keyword string? the pattern is tried only on records that hold this text
---@field allow string? a value that is never masked
---@field allow_pattern string? PCRE2; values that match it whole stay

---@class berth.LoggerOptions
---@field level ("debug"|"info"|"warn"|"error"|"off")?
---@field format ("json"|"text")?
---@field sink string|fun(line: string, level: string)|nil "stderr", "syslog", a path, or a taker
---@field profile ("default"|"strict"|"structured-only")?
---@field mask ("stars"|"last4"|"hash")?
---@field key string? 16 bytes or more, of mask "hash"
---@field ident string? who logs, for syslog
---@field time boolean? false leaves the time out
---@field rules berth.LoggerRule[]?
---@field policies (string|berth.Policy)[]? those with hooks redact or rules

--- Structured records, none written before redaction has seen it.
---@class berth.Logger
local Logger = {}

---@param message string
---@param fields table<string, string|number|boolean>?
function Logger:debug(message, fields) end

---@param message string
---@param fields table<string, string|number|boolean>?
function Logger:info(message, fields) end

---@param message string
---@param fields table<string, string|number|boolean>?
function Logger:warn(message, fields) end

---@param message string
---@param fields table<string, string|number|boolean>?
function Logger:error(message, fields) end

---@param word string? the level from now on
---@return string level before
function Logger:level(word) end

---@param what string|table
---@return string|table masked
function Logger:redact(what) end

---@param input file*
---@param output file*
---@param format ("text"|"jsonl")?
---@return true?
---@return berth.Error? err
function Logger:filter(input, output, format) end

---@return { name: string, hits: integer, sample: string?, expect: string? }[]
function Logger:rules() end

---@return integer records that were not written
function Logger:dropped() end

--- Opens its file anew, after it was moved away.
---@return true?
---@return berth.Error? err
function Logger:reopen() end

function Logger:close() end

---@class berth
---@field version string
local berth = {}

---@param target string path of a file, or ":memory:"
---@param options berth.OpenOptions?
---@return berth.Store? store
---@return berth.Error? err
function berth.open(target, options) end

---@param request berth.RequestTable|string
---@return berth.Request? request
---@return berth.Error? err
function berth.request(request) end

---@return table<string, string> codes word to when
function berth.error_codes() end

---@param options berth.LoggerOptions?
---@return berth.Logger? logger
---@return berth.Error? err
function berth.logger(options) end

return berth
