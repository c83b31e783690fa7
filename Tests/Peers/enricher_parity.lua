-- The hire side of enricher_parity.py: reads inputs and weights, runs one enricher forward and backward, writes what came out.
-- Arguments: the enricher as id, then key=value options in Lua's notation; folder, side of the picture, channels.
local hire = require "hire"
local folder, side, channels, id, options = table.unpack(hire.arguments())
local enricher = load("return " .. options)()
enricher.id = id

local given = hire.safetensors.read(folder .. "/inputs.safetensors")
local model = hire.pipeline.build({
  preprocessing = { high_resolution = tonumber(side), low_resolution = 336 },
  -- Never run: E(i) is given. It says how many channels and places there are.
  encoder = { id = "small-vit", resolution = 336, patch = 14, width = tonumber(channels), layers = 1, hidden = 8 },
  enricher = enricher,
}, { corpus = { "a" } })
model:load(folder .. "/weights.safetensors", { strict = false })
model:set_training(false)

local base = given.base:variable()
local start = hire.time()
local output = model.enricher(base, given.picture)
local forward = hire.time() - start
local peak = hire.memory().peak
start = hire.time()
output:backward { gradient = given.cotangent }
local backward = hire.time() - start
hire.safetensors.write(folder .. "/outputs.safetensors", {
  output = output:detach(),
  gradient = base.grad,
  figures = hire.tensor.from { forward, backward, peak / 1e6, hire.memory().peak / 1e6 },
})
