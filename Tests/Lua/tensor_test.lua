-- Tensors from a script's side: shapes, counting from one, gradients, errors.
local hire = require "hire"
local tensor = hire.tensor

local function fails(pattern, body, ...)
  local ok, problem = pcall(body, ...)
  assert(not ok, "no error, expected one with: " .. pattern)
  local text = tostring(problem)
  assert(text:find(pattern, 1, true), ("expected '%s' in: %s"):format(pattern, text))
end

local a = tensor.from({ { 1, 2, 3 }, { 4, 5, 6 } })
assert(a.rank == 2 and a.count == 6 and a.dtype == "float32" and #a == 2)
assert(a:shape()[1] == 2 and a:shape()[2] == 3 and a:size(-1) == 3)
assert(a:at(2, 3) == 6 and a:at(-1, 1) == 4 and a:at(1):totable()[3] == 3)

-- Ranges include both ends.
local middle = a:slice(2, 2, 3)
assert(middle:size(2) == 2 and middle:at(1, 1) == 2)
assert(a:slice { dim = 2, last = -2 }:size(2) == 2)
assert(a:slice(2, -1):at(1, 1) == 3)

-- Dimensions by number or name, by position or in the table of options.
assert(a:sum():item() == 21)
assert(a:sum(1):totable()[3] == 9)
assert(a:sum { dims = { 1, 2 } }:item() == 21)
assert(a:sum { dims = -1, keep_dims = true }:size(2) == 1)
assert(math.abs(a:softmax(-1):sum(2):at(1) - 1) < 1e-6)

-- Arithmetic, and operands on either side.
assert((2 * a + 1 - a):at(2, 3) == 7 and (-a):at(1, 1) == -1)
assert( (a / 2):at(1, 2) == 1 and (6 / a):at(2, 3) == 1)
assert((a ^ 2):at(1, 3) == 9)

-- Gradients.
local x = tensor.from({ 1, 2, 3 }, { requires_grad = true })
assert(x.requires_grad and x.grad == nil)
local loss = (x * x):sum()
loss:backward()
assert(x.grad:at(3) == 6)
x:clear_grad()
assert(x.grad == nil)
assert(not hire.no_grad(function() return x * 2 end).requires_grad)
assert(not x:detach().requires_grad)

-- Several tensors in and out.
local pieces = tensor.cat({ a, a }, 1):chunk(2, 1)
assert(#pieces == 2 and pieces[2]:at(2, 3) == 6)
assert(tensor.stack({ a, a, a }, { dim = 3 }):shape()[3] == 3)
assert(tensor.where(a:gt(3), a, 0):at(1, 3) == 0)

-- Random numbers repeat with the seed.
hire.seed(3)
local first = tensor.randn({ 4 }):totable()
hire.seed(3)
local second = tensor.randn({ 4 }):totable()
for i = 1, 4 do assert(first[i] == second[i]) end

-- Mistakes.
fails("matmul: expected", function() return a:matmul(a) end)
fails("did you mean 'softmax'", function() return a:softmx() end)
fails("Did you mean 'dim'", function() return a:softmax { dims = 1 } end)
fails("item 2 has shape [1]", tensor.from, { { 1, 2 }, { 3 } })
fails("must be a dimension (1 is the first, -1 the last), got 0", function() return a:sum(0) end)
fails("dimension 3 does not exist; 1 to 2 or -2 to -1 do", function() return a:sum(3) end)
fails("one element", function() return a:item() end)
fails("more positions than dimensions", function() return a:at(1, 1, 1) end)
fails("got a value of type table", function() return a:matmul({}) end)
fails("tensor_test.lua:", function() return a:reshape({ 7 }) end)

-- A closed tensor says so.
do
  local kept
  do
    local closed <close> = tensor.ones({ 2 })
    kept = closed
  end
  fails("closed", function() return kept + 1 end)
end

assert(tostring(a):find("f32 %[2, 3%]"))
