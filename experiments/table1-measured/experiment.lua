-- Table 1 in seconds and bytes: what enrichment costs on this machine, at the models' real layer sizes.
--
-- LLaVA-1.5 with ViT-L/14-336 whole and Vicuna-7B's layers at their real width, but only two of the 32: as
-- all layers are alike, the time of 32 is extrapolated from models of one and of two, and the table says so.
-- Weights are random, which changes no time. Run it with
-- `hire run experiments/table1-measured/experiment.lua` on a quiet machine.
local hire = require "hire"
local smoke = hire.is_smoke()
local folder = hire.output_folder() .. (smoke and "-smoke" or "")

local layers, all_layers, rounds, text_tokens = 2, 32, 3, 42
local low, grid, channels, width = 336, 24, 1024, 4096
local encoder = { id = "clip", variant = "ViT-L-14-336" }
local decoder = { id = "llama", variant = "vicuna-7b" }
local hire_options = {}
if smoke then
  low, grid, channels, width, rounds = 56, 4, 32, 64, 2
  encoder = {
    id = "clip", hidden_size = 32, intermediate_size = 64, num_hidden_layers = 3, num_attention_heads = 4,
    image_size = 56, patch_size = 14,
  }
  decoder = {
    id = "llama", hidden_size = 64, intermediate_size = 128, num_attention_heads = 4, vocab_size = 100,
    max_position_embeddings = 2048,
  }
  hire_options = { widths = { 4, 4 }, bottleneck = 4, radius = 1 }
end

local function s2(times)
  local scales = {}
  for k = 1, times do scales[k] = k * low end
  return { scales = scales }
end
local variants = {
  { name = "none", id = "none", options = {}, times = 1 },
  { name = "hire " .. 2 * low, id = "hire", options = hire_options, times = 2 },
  { name = "s2 " .. 2 * low, id = "s2", options = s2(2), times = 2 },
  { name = "hire " .. 3 * low, id = "hire", options = hire_options, times = 3 },
  { name = "s2 " .. 3 * low, id = "s2", options = s2(3), times = 3 },
}

local function build(count)
  local language_model = { num_hidden_layers = count }
  for key, value in pairs(decoder) do language_model[key] = value end
  return hire.pipeline.build({ encoder = encoder, language_model = language_model }, { seed = 1 })
end

-- The middle of several runs, and half the distance between fastest and slowest; one more run warms up.
local function timed(body)
  local seconds = {}
  for round = 0, rounds do
    local start = hire.time()
    hire.no_grad(body)
    if round > 0 then seconds[round] = hire.time() - start end
    collectgarbage()
  end
  table.sort(seconds)
  return seconds[(#seconds + 1) // 2], (seconds[#seconds] - seconds[1]) / 2
end

-- The language model reads as many tokens whatever the enricher, so it is measured once.
local tokens = grid * grid + text_tokens
local embeddings = hire.tensor.randn { 1, tokens, width }
print("Building the model with one and two layers of the language model …")
local model = build(1)
local one, one_spread = timed(function() return model.language_model(embeddings) end)
model = build(layers)
local several, several_spread = timed(function() return model.language_model(embeddings) end)
local layer = (several - one) / (layers - 1)
local reading = one + (all_layers - 1) * layer
local reading_spread = one_spread + (all_layers - 1) / (layers - 1) * (one_spread + several_spread)
print(("%d tokens: %.2f s with one layer, %.3f s for each further one, %.1f s with %d (extrapolated)"):format(
  tokens, one, layer, reading, all_layers))

local image = hire.tensor.randn { 1, 3, low, low }
local base = hire.tensor.randn { 1, channels, grid, grid }
local seeing, seeing_spread = timed(function() return model.encoder(image) end)

local rows, names, values, numbers, first = {}, {}, {}, {}, nil
for index, variant in ipairs(variants) do
  local resolution = variant.times * low
  model:set_enricher(variant.id, variant.options, { high_resolution = resolution })
  local high = hire.tensor.randn { 1, 3, resolution, resolution }
  collectgarbage()
  hire.memory { reset_peak = true }
  local held = hire.memory().live
  local enriching, spread = timed(function() return model.enricher(base, high) end)
  local peak = hire.memory().peak - held
  local map = hire.no_grad(function() return (model.enricher(base, high)) end)
  local projecting = timed(function() return model.projector(map) end)
  local vision = seeing + enriching + projecting
  local total = vision + reading
  first = first or { vision = vision, total = total }
  rows[index] = {
    variant.name, enriching, spread, vision, vision / first.vision, total, total / first.total,
    peak / 1e6,
  }
  names[index], values[index] = variant.name, vision
  numbers[index] = { resolution, seeing, enriching, projecting, reading, seeing_spread + spread, peak }
  print(("%-10s enricher %.3f s, %.2f s before the language model"):format(variant.name, enriching, vision))
end

local summary = hire.table.new({
  "variant", "enricher s", "±", "vision s", "vision / none", "first token s", "first token / none",
  "enricher MB",
}, rows, {
  caption = ("One picture, %d tokens, float32. Vision: encoder, enricher, projector. First token: with %d "
    .. "layers, extrapolated from 1 and %d (± %.1f s). MB: the most that arrays held."):format(
    tokens, all_layers, layers, reading_spread),
})
print()
summary:print()
summary:save(folder .. "/measured")
local plot = hire.picture.bars(names, { { name = "seconds", values = values } }, {
  title = "Seconds until the language model begins", y = "seconds",
})
plot:save(folder .. "/measured.png")
plot:save(folder .. "/measured.svg")
hire.hdf5.write(folder .. "/measured.h5", { variant = names, numbers = hire.tensor.from(numbers) }, {
  attributes = {
    columns = "resolution, encoder s, enricher s, projector s, language model s (extrapolated), spread s, "
      .. "peak bytes",
    layers_measured = layers, layers_extrapolated_to = all_layers, rounds = rounds,
  },
})
print("Tables, figure and numbers are in " .. folder .. ".")
