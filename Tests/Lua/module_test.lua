-- Modules written in Lua behave like those written in Swift.
local hire = require "hire"
local nn = hire.nn

local function fails(pattern, body, ...)
  local ok, problem = pcall(body, ...)
  assert(not ok, "no error, expected one with: " .. pattern)
  local text = tostring(problem)
  assert(text:find(pattern, 1, true), ("expected '%s' in: %s"):format(pattern, text))
end

local Block = hire.module {
  new = function(self, width)
    self.fc = self:child("fc", nn.linear(width, width))
    self:parameter("scale", {}, { value = 0.5 })
    self:buffer("offset", hire.tensor.zeros({ width }))
    self:declare_capture("inner")
  end,
  forward = function(self, x)
    local inner = self:tap("inner", self.fc(x):gelu())
    return x + inner * self.scale + self.offset
  end,
}

local net = nn.sequential { nn.linear(3, 4), Block(4), nn.linear(4, 1) }
local block = net:module("1")
assert(net:module("1") == block and block.fc == net:module("1.fc"), "one module, one object")
assert(block.path == "1" and block.scale:item() == 0.5 and block.fc.path == "1.fc")
assert(#net:parameters() == 7 and net:parameters("1.**")[1].path == "1.scale")

-- It trains.
hire.seed(1)
net:initialize(1)
local x = hire.tensor.randn({ 16, 3 })
local y = x:sum { dims = 2, keep_dims = true }
local optimizer = nn.adamw(net, { learning_rate = 0.05 })
local first, last
for _ = 1, 40 do
  local loss = (net(x) - y):square():mean()
  loss:backward()
  optimizer:step()
  optimizer:zero_grad()
  first, last = first or loss:item(), loss:item()
end
assert(last < first / 4, ("loss went from %g to %g"):format(first, last))
assert(block.scale:item() ~= 0.5)

-- Its parts can be captured and edited by path.
local seen = {}
do
  local capture <close> = net:capture({ "1.inner", "1.output" }, function(name, t) seen[name] = t:size(2) end)
  assert(#capture:names() == 2)
  net(x)
end
assert(seen["1.inner"] == 4 and seen["1.output"] == 4)
seen = {}
net(x)
assert(next(seen) == nil, "a closed capture sees nothing")
local edit = net:edit("1.output", function(_, t) return t * 0 end)
local bias = net:tensor("2.bias"):at(1)
assert(math.abs(net(x):at(1, 1) - bias) < 1e-6)
edit:cancel()

-- Its numbers are saved and loaded, and frozen.
local path = hire.output_folder() .. "/net.safetensors"
local before = net(x):at(1, 1)
net:save(path)
net:initialize(2)
assert(net(x):at(1, 1) ~= before)
net:load(path)
assert(net(x):at(1, 1) == before)
local other = nn.sequential { nn.linear(3, 4), Block(4), nn.linear(4, 1) }
other:load_state_dict(net:state_dict())
assert(other(x):at(1, 1) == before)
net:freeze("1")
assert(net:parameters("1.scale")[1].frozen and not net:parameters("0.bias")[1].frozen)
net:unfreeze()

-- Mistakes name the module, the file and the line.
local Broken = hire.module { forward = function() error("no luck") end }
local broken = nn.sequential { nn.relu(), Broken() }
local ok, problem = pcall(function() return broken(x) end)
assert(not ok and problem.path == "1", tostring(problem.path))
assert(problem.message:find("module_test.lua:%d+: no luck"), problem.message)
fails("0: linear: expected", function() return net(hire.tensor.ones({ 2, 5 })) end)
fails("The child name 'fc' is taken", function() block:child("fc", nn.relu()) end)
fails("already the child", function() block:child("again", block.fc) end)
fails("taken by a method", function() block:parameter("freeze", { 1 }) end)
fails("did you mean '1.inner'", function() net:capture({ "1.iner" }, print) end)
fails("takes one tensor", function() return block.fc() end)
fails("a divisor of", nn.conv2d, 3, 8, { groups = 2 })

-- A checkpointed module runs again for its gradients and gives the same ones.
do
  local runs = 0
  local Counted = hire.module {
    new = function(self, width) self.fc = self:child("fc", nn.linear(width, width)) end,
    forward = function(self, t)
      runs = runs + 1
      return self.fc(t):gelu()
    end,
  }
  local tower = nn.sequential { nn.linear(3, 4), Counted(4), nn.dropout(0.5), nn.linear(4, 1) }
  tower:initialize(3)
  local function gradients()
    tower:zero_grad()
    hire.seed(4)
    local loss = tower(x):square():sum()
    local forward_runs = runs
    loss:backward()
    local list = {}
    for index, parameter in ipairs(tower:parameters()) do
      list[index] = tower:tensor(parameter.path).grad:abs():sum():item()
    end
    return list, forward_runs
  end
  local plain = gradients()
  assert(runs == 1)
  assert(nn.checkpoint(tower:module("1")) == tower:module("1"), "the same module")
  local again, before_backward = gradients()
  assert(before_backward == 2 and runs == 3, "once forward, once in backward")
  for index, value in ipairs(plain) do assert(again[index] == value) end
  fails("gives one tensor", nn.checkpoint, nn.module_list { nn.relu() })
end
