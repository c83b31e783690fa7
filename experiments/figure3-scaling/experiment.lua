-- Figure 3 of the paper from the model code: what the first token costs as the vision tower grows.
--
-- Four towers (L, H, g, bigG) at two resolutions, for LLaVA, S2 at two and three scales, and HIRE; once
-- counted as the paper counted (fvcore), once with every multiply-add of the form that runs (full). Run it
-- with `hire run experiments/figure3-scaling/experiment.lua`.
local hire = require "hire"
local folder = hire.output_folder()

for _, convention in ipairs { "fvcore", "full" } do
  local counted = hire.cost.figure3 { convention = convention }
  counted:print()
  print()
  counted:save(folder .. "/" .. convention)

  -- One group of bars per tower and resolution, one bar per method.
  local categories, series, by_method, exact = {}, {}, {}, { convention = convention, unit = "multiply-adds" }
  for _, row in ipairs(counted.rows) do
    local group = row.encoder .. " " .. row.encoder_resolution
    if categories[#categories] ~= group then table.insert(categories, group) end
    local method = row.method
    if method == "S2" then
      method = ("S2, %d scales"):format(row.resolution // row.encoder_resolution)
    end
    if not by_method[method] then
      by_method[method] = { name = method, values = {} }
      table.insert(series, by_method[method])
    end
    table.insert(by_method[method].values, row.macs / 1e12)
    exact[group .. " " .. method] = row.macs
  end
  local plot = hire.picture.bars(categories, series, {
    title = "First token by vision tower and resolution (" .. convention .. ")", y = "10^12 multiply-adds",
  })
  plot:save(folder .. "/figure3-" .. convention .. ".png")
  plot:save(folder .. "/figure3-" .. convention .. ".svg")

  local datasets = { category = categories }
  for _, one in ipairs(series) do datasets["tera/" .. one.name] = hire.tensor.from(one.values) end
  hire.hdf5.write(folder .. "/figure3-" .. convention .. ".h5", datasets, { attributes = exact })

  -- The claim behind the figure: what HIRE adds stays, what S2 adds grows with the tower.
  for index, group in ipairs(categories) do
    local llava = by_method["LLaVA"].values[index]
    print(("%-9s HIRE +%.3f, S2 (2 scales) +%.3f, S2 (3 scales) +%.3f"):format(
      group, by_method["HIRE"].values[index] - llava, by_method["S2, 2 scales"].values[index] - llava,
      by_method["S2, 3 scales"].values[index] - llava))
  end
  print()
end
print("Tables, figures and numbers are in " .. folder .. ".")
