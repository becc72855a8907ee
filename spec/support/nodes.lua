--- Fills a store with a host whose nodes hold cores and devices, another host, and a disk that both
-- share.
return function(store)
  local function make(spec) return assert(store:create_provider(spec)) end
  make { name = "h1", inventories = { MEMORY_MB = 64 }, aggregates = { "rack" } }
  for i = 1, 3 do
    make { name = "h1-" .. i, parent = "h1", traits = { i == 2 and "HW_NUMA_ROOT" or nil },
      inventories = { PCPU = { total = 8, step_size = i == 3 and 2 or 1 }, PGPU = 1 } }
  end
  make { name = "h2", inventories = { PCPU = 4 }, aggregates = { "rack" } }
  make { name = "disk", inventories = { DISK_GB = 100 }, aggregates = { "rack" },
    traits = { "MISC_SHARES_VIA_AGGREGATE" } }
end
