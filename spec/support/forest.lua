--- Two compute nodes with two NUMA children each, and two shared disks, one of them in no
-- aggregate: the forest of the placement model's published test vectors, as brute.lua takes it.
local SHARES = "MISC_SHARES_VIA_AGGREGATE"
local NUMA = { "HW_NUMA_ROOT" }

local function stock(total) return { total = total } end

return {
  { name = "CN1", inventories = { MEMORY_MB = stock(1024), DISK_GB = stock(1000) },
    aggregates = { "A", "B" } },
  { name = "N11", parent = "CN1", inventories = { VCPU = stock(8) }, traits = NUMA },
  { name = "N12", parent = "CN1", inventories = { VCPU = stock(8) },
    traits = { "HW_NUMA_ROOT", "CUSTOM_FAST" } },
  { name = "CN2", inventories = { MEMORY_MB = stock(1024), DISK_GB = stock(1000) },
    aggregates = { "A" } },
  { name = "N21", parent = "CN2", inventories = { VCPU = stock(8) }, aggregates = { "B" } },
  { name = "N22", parent = "CN2", inventories = { VCPU = stock(8) } },
  { name = "SS1", inventories = { DISK_GB = stock(1000) }, traits = { SHARES, "CUSTOM_SSD" },
    aggregates = { "A" } },
  { name = "SS2", inventories = { DISK_GB = stock(1000) }, traits = { SHARES } },
}
