-- Twenty points that each compute a little: what is killed here is mostly the journal, leases and files.
local hire = require "hire"

hire.study.sweep {
  axes = { width = { 4, 8, 12, 16, 20 }, scale = { 0.5, 1 } },
  seeds = { 1, 2 },
  run = function(point)
    local values = hire.tensor.randn({ point.width, 16 }) * point.scale
    hire.hdf5.write(point.folder .. "/values.h5", { ["act/values"] = values })
    local grades = {}
    for index = 1, 8 do grades[index] = { id = index, grade = index % point.seed == 0 and 1 or 0 } end
    return { mean = values:mean():item(), norm = (values * values):sum():item(), samples = grades }
  end,
}
