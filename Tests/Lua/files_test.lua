-- JSON and HDF5 from scripts.
local hire = require "hire"

local function fails(pattern, body, ...)
  local ok, problem = pcall(body, ...)
  assert(not ok, "no error, expected one with: " .. pattern)
  local text = tostring(problem)
  assert(text:find(pattern, 1, true), ("expected '%s' in: %s"):format(pattern, text))
  return problem
end

local folder = hire.output_folder()

assert(hire.json.encode({ b = { 1, 2.5, "x" }, a = true }) == '{"a":true,"b":[1,2.5,"x"]}')
assert(hire.json.decode('{"a": [1, null]}').a[1] == 1)
hire.json.write(folder .. "/deep/er/notes.json", { steps = 3 }, { pretty = true })
assert(hire.json.read(folder .. "/deep/er/notes.json").steps == 3)
assert(fails("cannot open", hire.json.read, folder .. "/none.json").kind == "missing")
assert(fails("text", hire.json.decode, "{]").kind == "data")
fails("must be plain data", hire.json.encode, { print })

local path = folder .. "/numbers.h5"
local t = hire.tensor.from({ { 1, 2 }, { 3, 4 }, { 5, 6 } })
hire.hdf5.write(path, { ["act/x"] = t, names = { "a", "b" } }, { attributes = { step = 7, who = "me" } })
local file = hire.hdf5.open(path)
assert(file:read("act/x"):at(3, 2) == 6)
local rows = file:read("act/x", { first = 2, last = -1 })
assert(rows:size(1) == 2 and rows:at(1, 1) == 3)
assert(file:texts("names")[2] == "b")
assert(file:attributes().step == 7 and file:attributes().who == "me")
local kinds = {}
for _, node in ipairs(file:list()) do kinds[node.path] = node.kind end
assert(kinds["/act"] == "group" and kinds["/act/x"] == "array" and kinds["/names"] == "texts")
fails("between 1 and 3", function() return file:read("act/x", { last = 4 }) end)
fails("act/y", function() return file:read("act/y") end)
fails("there is no such file", hire.hdf5.open, folder .. "/none.h5")
