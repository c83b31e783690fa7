-- Calls functions of hire with values that they cannot want, in every position, and checks what comes
-- back: a result,
-- or an error that is a sentence with its place in this file. Gives the number of calls, of errors, and
-- what was odd.
--
-- Globals from the test: catalogue (owner, name, class, parameters and options of each function),
-- folder (for files),
-- shared (files of the repository that may be read), begin (starts the count of interrupt checks over).
-- luacheck: read globals folder shared begin catalogue classes
local hire = require "hire"
local tensor = hire.tensor

-- --------------------------------------------------------------------------------
-- Values that nothing wants

local function closed()
  local kept
  do
    local t <close> = tensor.ones({ 2 })
    kept = t
  end
  return kept
end

-- A userdata that the collector has released and a finaliser has brought back.
local function collected()
  local back
  do
    local holder = { tensor.ones({ 2 }) }
    setmetatable(holder, { __gc = function(dying) back = dying[1] end })
  end
  collectgarbage()
  return back
end

local long = ("long "):rep(20000)
local circle = {}
circle.circle = circle
local nest = {}
for _ = 1, 200 do nest = { nest } end
local strange = setmetatable({}, {
  __index = function() error("index") end, __len = function() error("length") end,
  __tostring = function() error("text") end, __call = function() error("call") end,
})

local released, brought_back = closed(), collected()
local values = {
  { "nil", nil }, { "false", false }, { "true", true }, { "NaN", 0 / 0 }, { "inf", math.huge },
  { "-inf", -math.huge }, { "the largest integer", math.maxinteger },
  { "the smallest integer", math.mininteger }, { "2^31", 1 << 31 }, { "2^40", 1 << 40 },
  { "1e300", 1e300 }, { "-1", -1 }, { "0", 0 }, { "0.5", 0.5 }, { "no text", "" },
  { "a long text", long }, { "odd bytes", "\0\255\xC0" }, { "an empty table", {} },
  { "a table of names", { nothing = 1, other = {} } }, { "a deep table", nest },
  { "a table in itself", circle }, { "list and names", { 1, 2, name = 3 } },
  { "huge extents", { 1 << 31, 1 << 31, 1 << 31 } }, { "large extents", { 1 << 31, 4 } },
  { "negative extents", { -1, 2 } }, { "odd numbers", { 0 / 0, math.huge, 1e300 } },
  { "texts", { "a", "b" } }, { "a table that fails", strange }, { "a function", function() end },
  { "a function that fails", function() error("on purpose") end },
  { "a function of C", print }, { "a coroutine", coroutine.create(print) },
  { "a closed tensor", released }, { "a collected tensor", brought_back },
  { "a foreign object", io.stdout }, { "another object", hire.progress("x", 1) },
  { "a tensor", tensor.randn({ 2, 3 }) }, { "an empty tensor", tensor.zeros({ 0, 3 }) },
  { "a tensor of bools", tensor.ones({ 2 }, "bool") },
}

-- --------------------------------------------------------------------------------
-- Values that fit

local objects = {}
local makers = {}

local function object(class)
  if objects[class] == nil then
    local make = assert(makers[class], class .. " has no specimen in hostile.lua")
    begin("the specimen of " .. class)
    objects[class] = make()
  end
  return objects[class]
end

local function task()
  return hire.task.load { id = "shapes", train_images = 4, test_images = 2, size = 16 }
end

local small = {
  id = "hire", widths = { 4, 4 }, bottleneck = 4, convolutions = 1, key_size = 4, radius = 1,
}
local recipe = {
  preprocessing = { high_resolution = 16, low_resolution = 8 },
  encoder = {
    id = "small-vit", resolution = 8, patch = 4, width = 8, layers = 1, heads = 2, hidden = 16,
  },
  language_model = {
    id = "small-llama", width = 16, layers = 1, heads = 2, kv_heads = 2, hidden = 32,
  },
}

local function model()
  return hire.pipeline.build(recipe, { task = object("hire.Task"), seed = 3 })
end

makers["hire.Tensor"] = function() return tensor.randn({ 1, 2, 4, 4 }) end
makers["hire.Progress"] = function() return hire.progress("x", 3) end
makers["hire.Module"] = function() return hire.nn.linear(2, 3) end
makers["hire.JBUStage"] = function()
  return hire.nn.jbu_stage { guidance = 2, key_size = 2, radius = 1 }
end
makers["hire.Capture"] = function()
  local module = hire.nn.sequential { hire.nn.linear(2, 2) }
  return module:capture("*", function() end)
end
makers["hire.Optimizer"] = function() return hire.nn.adamw(hire.nn.linear(2, 3)) end
makers["hire.HDF5File"] = function()
  local path = folder .. "/specimen.h5"
  hire.hdf5.write(path, { ["act/x"] = tensor.ones({ 2, 3 }), names = { "a", "b" } })
  return hire.hdf5.open(path)
end
makers["hire.Image"] = function() return object("hire.Task"):image(1) end
makers["hire.Tokenizer"] = function() return hire.tokenizer.load(shared .. "/tokenizers/llama") end
makers["hire.Task"] = task
makers["hire.Pipeline"] = function()
  local made = model()
  made:set_enricher(small)
  return made
end
makers["hire.Stage"] = function() return object("hire.Pipeline").enricher end
makers["hire.SwapReport"] = function() return model():set_enricher(small) end
makers["hire.Table"] = function() return hire.table.new({ "a" }, { { 1 } }) end
makers["hire.PCABasis"] = function()
  return hire.picture.pca_basis(tensor.randn({ 1, 4, 4, 4 }), { components = 2 })
end
makers["hire.EnricherPlugin"] = function()
  return hire.enricher {
    id = "keeper", summary = "Keeps what it gets.",
    forward = function(_, input)
      objects["hire.FeatureMap"] = input.base
      return input.base
    end,
  }
end
makers["hire.FeatureMap"] = function()
  object("hire.EnricherPlugin"):register()
  local keeping = model()
  keeping:set_enricher("keeper")
  local question = object("hire.Task"):sample(1).question
  keeping:ask(object("hire.Image"), question, { maximum_tokens = 1 })
  return objects["hire.FeatureMap"]
end
-- Training would ask more often whether it was interrupted than the host bears.
local studies = 0
local function study()
  studies = studies + 1 -- a folder holds one study of a script
  return hire.study.sweep {
    axes = { width = { 1, 2 } }, folder = folder .. "/study-" .. studies,
    run = function(point) return { m = point.width } end,
  }
end
makers["hire.Study"] = study
makers["hire.Run"] = function() return hire.run.open(study().folder) end
makers["hire.Captured"] = function()
  local question = object("hire.Task"):sample(1).question
  local _, features = object("hire.Pipeline"):ask(
    object("hire.Image"), question,
    { maximum_tokens = 1, capture = { "encoder.output" }, to = folder .. "/captured.h5" })
  return features["encoder.output"]
end

local fitting = {
  any = 1, boolean = true, integer = 2, number = 0.5, string = "a", table = {}, dimension = 1,
  index = 1, dimensions = { 1 }, ["function"] = function(x) return x end,
}

local function fits(kind)
  local head, rest = kind:match("^(%a+):(.*)$")
  if kind == "path" then return folder .. "/none/file" end
  if kind == "tensor" then return object("hire.Tensor") end
  if head == "list" then return { fits(rest) } end
  if head == "choice" then return rest end
  if head == "object" then return object(rest) end
  return fitting[kind]
end

-- --------------------------------------------------------------------------------
-- Calls

local calls, errors, odd, slowest = 0, 0, {}, {}

-- Of so many calls one is made, each function's share beginning elsewhere; all where
-- HIRE_HOSTILE_CALLS is set.
local every = os.getenv("HIRE_HOSTILE_CALLS") and 1 or 4
local turn = 0

-- Calls that a file names, one a line, are left out: so one goes on past a crash.
local left_out = {}
if os.getenv("HIRE_SKIP_CALLS") then
  for line in io.lines(os.getenv("HIRE_SKIP_CALLS")) do left_out[line] = true end
end

local function complain(name, what, text)
  if #odd < 40 then odd[#odd + 1] = ("%s with %s: %s"):format(name, what, text) end
end

local function judge(name, what, problem)
  errors = errors + 1
  local ok, text = pcall(tostring, problem)
  if not ok or #text == 0 then return complain(name, what, "the error has no text") end
  if #text > 6000 then complain(name, what, #text .. " bytes of text: " .. text:sub(1, 300)) end
  if type(problem) == "table" and problem.kind then
    if not text:find("%.lua:%d+: ") then complain(name, what, "no place: " .. text:sub(1, 300)) end
    local is_cut = text:find("bytes left out", 1, true)
    -- A list of what is missing may follow the sentence.
    local sentence = text:gsub("\n%s.*$", "")
    local ends = text:find("[%.%?%!\"]$") or sentence:find("[%.%?%!\"]$")
    if problem.kind ~= "lua" and not is_cut and not ends then
      complain(name, what, "no sentence: " .. text:sub(-300))
    end
    if type(problem.traceback) ~= "string" then complain(name, what, "no traceback") end
  elseif type(problem) ~= "string" then
    complain(name, what, "an error of type " .. type(problem))
  end
end

local function call(name, what, f, arguments)
  turn = turn + 1
  if turn % every ~= 0 then return end
  calls = calls + 1
  local title = name .. " with " .. what
  if left_out[title] then return end
  begin(title)
  local from = hire.time()
  local ok, problem
  if calls % 2 == 0 then
    -- A Lua function around it, so that there is a line to name.
    local thread = coroutine.create(function(...)
      f(...)
    end)
    ok, problem = coroutine.resume(thread, table.unpack(arguments, 1, arguments.n))
    coroutine.close(thread)
  else
    ok, problem = pcall(f, table.unpack(arguments, 1, arguments.n))
  end
  local seconds = hire.time() - from
  if seconds > 1 then
    slowest[#slowest + 1] = ("%s with %s: %.1f s"):format(name, what, seconds)
  end
  if not ok then judge(name, what, problem) end
  if calls % 500 == 0 then collectgarbage() end
end

local function good(entry, count)
  local arguments = { n = 0 }
  if entry.class then arguments = { object(entry.class), n = 1 } end
  for position = 1, count do
    arguments.n = arguments.n + 1
    arguments[arguments.n] = fits(entry.parameters[position])
  end
  return arguments
end

local function with(arguments, position, value)
  local changed = table.move(arguments, 1, arguments.n, 1, { n = math.max(arguments.n, position) })
  changed[position] = value
  return changed
end

local function attack(entry, name, f)
  local count = #entry.parameters
  local first = entry.class and 1 or 0
  for given = 0, count do call(name, given .. " values that fit", f, good(entry, given)) end
  local all = good(entry, count)
  for extra = 1, 3 do call(name, extra .. " too many", f, with(all, all.n + extra, extra)) end
  for _, pair in ipairs(values) do
    local what, value = pair[1], pair[2]
    for position = 1, all.n do
      call(name, what .. " at " .. position, f, with(all, position, value))
      if position < all.n then
        local short = table.move(all, 1, position, 1, { n = position })
        call(name, what .. " last at " .. position, f, with(short, position, value))
      end
    end
    for _, option in ipairs(entry.options) do
      local base = good(entry, entry.required)
      local table_of_options = entry.required_options()
      table_of_options[option.name] = value
      call(name, what .. " as " .. option.name, f, with(base, base.n + 1, table_of_options))
    end
    local same = with(all, first + 1, value)
    for position = first + 1, math.max(all.n, first + 1) do same[position] = value end
    call(name, what .. " everywhere", f, same)
    call(name, what .. " as the options", f, with(all, all.n + 1, value))
  end
end

for _, entry in ipairs(catalogue) do
  entry.required_options = function()
    local given = {}
    for _, option in ipairs(entry.options) do
      if option.required then given[option.name] = fits(option.kind) end
    end
    return given
  end
  local owner = hire
  if entry.class then
    owner = object(entry.class)
  else
    for part in entry.owner:gmatch("[^.]+") do owner = owner[part] end
  end
  local name = entry.owner .. (entry.class and ":" or ".") .. entry.name
  if entry.name == "()" then
    attack(entry, name, function(self, ...) return self(...) end)
  else
    attack(entry, name, owner[entry.name])
  end
end

-- What every object answers to besides methods.
local operations = {
  function(a, b) return a + b end, function(a, b) return a - b end, function(a, b) return a * b end,
  function(a, b) return a / b end, function(a, b) return a ^ b end, function(a, b) return b + a end,
  function(a) return -a end, function(a) return #a end, function(a, b) return a .. b end,
  function(a, b) return a[b] end, function(a, b) a[b] = b end, function(a, b) return a == b end,
  function(a, b) return a < b end, function(a) return tostring(a) end,
  function(a, b) return setmetatable(a, b) end, function(a) return getmetatable(a).__gc end,
}
for _, class in ipairs(classes) do
  for number, operation in ipairs(operations) do
    for _, pair in ipairs(values) do
      call(class, pair[1] .. " in operation " .. number, operation, { object(class), pair[2], n = 2 })
    end
  end
end

begin("the end")
return calls, errors, odd, slowest
