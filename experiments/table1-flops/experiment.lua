-- Table 1 of the paper from the model code: multiply-adds of the first token, without weights.
--
-- Five models of real size run on shapes alone, once counted as the paper counted (fvcore) and once with all
-- multiply-adds of the form that runs (full). Run it with `hire run experiments/table1-flops/experiment.lua`.
local hire = require "hire"
local folder = hire.output_folder()

local fvcore, full = hire.cost.table1(), hire.cost.table1 { convention = "full" }
fvcore:print()
print()
full:print()
fvcore:save(folder .. "/fvcore")
full:save(folder .. "/full")

-- Paper, ours and true figures side by side, and what each method adds to LLaVA.
local rows, names, exact = {}, {}, { unit = "multiply-adds" }
local series = { { name = "as the paper counts", values = {} }, { name = "all that happen", values = {} } }
local first, first_full = fvcore.rows[1].macs, full.rows[1].macs
for index, row in ipairs(fvcore.rows) do
  local all = full.rows[index].macs
  rows[index] = {
    row.model, row.resolution, row.paper, row.tflops_printed, row.difference, all / 1e12,
    (row.macs - first) / 1e9, (all - first_full) / 1e9,
  }
  names[index] = row.model:gsub("^LLaVA1.5%-7B%-?", ""):gsub("^$", "LLaVA") .. " " .. row.resolution
  series[1].values[index], series[2].values[index] = row.macs / 1e12, all / 1e12
  -- As attributes, where integers stay whole.
  exact["fvcore " .. names[index]], exact["full " .. names[index]] = row.macs, all
end
print()
local summary = hire.table.new({
  "model", "resolution", "paper", "ours", "difference", "all that happen",
  "added (as the paper counts, 10^9)", "added (all, 10^9)",
}, rows, { caption = "10^12 multiply-adds up to the first token" })
summary:print()
summary:save(folder .. "/table1")

local plot = hire.picture.bars(names, series, {
  title = "First token of LLaVA-1.5-7B", y = "10^12 multiply-adds",
})
plot:save(folder .. "/table1.png")
plot:save(folder .. "/table1.svg")
hire.hdf5.write(folder .. "/table1.h5", {
  model = names,
  fvcore_tera = hire.tensor.from(series[1].values),
  full_tera = hire.tensor.from(series[2].values),
}, { attributes = exact })
print("Tables, figure and numbers are in " .. folder .. ".")
