-- What does each enricher do to features? Every one of the catalogue on the same pictures, seen and measured.
--
-- Nothing is trained here. Without `-- --model FOLDER` the encoder is a transformer with random weights: its
-- features are random mixtures of each patch's pixels, which show edges and colours and know no objects.
-- Enrichers have their initial weights, so what is seen is each method's prior, not what it can learn.
--
--   hire run experiments/enrichers/experiment.lua                      five photographs, in runs/enrichers
--   hire run experiments/enrichers/experiment.lua --smoke              drawn shapes, seconds
--   hire run experiments/enrichers/experiment.lua -- --model FOLDER    a model folder's encoder and weights
--   hire run experiments/enrichers/experiment.lua -- --photos FOLDER a.png b.jpg
local hire = require "hire"
local picture, analysis = hire.picture, hire.analysis
local smoke = hire.is_smoke()
local folder = hire.output_folder() .. (smoke and "-smoke" or "")

-- What the command line says.
local photos, names, model_folder = "data/photos", {}, nil
local given = hire.arguments()
local index = 1
while given[index] do
  if given[index] == "--model" or given[index] == "--photos" then
    local value = assert(given[index + 1], given[index] .. " needs a folder.")
    if given[index] == "--model" then model_folder = value else photos = value end
    index = index + 2
  else
    names[#names + 1] = given[index]
    index = index + 1
  end
end
if #names == 0 then names = { "chelsea.png", "coffee.png", "astronaut.png", "china.jpg", "flower.jpg" } end

-- The pictures: their middle squares, or drawn shapes where there are no photographs.
local images, titles = {}, {}
if not smoke then
  for _, name in ipairs(names) do
    local found, image = pcall(hire.image.open, photos .. "/" .. name)
    if found then
      images[#images + 1], titles[#titles + 1] = image, (name:gsub("%.%w+$", ""))
    else
      print(name .. " is left out: " .. tostring(image))
    end
  end
end
if #images == 0 then
  if not smoke then
    print("There are no photographs (make data fetches some); the pictures are drawn shapes instead.")
  end
  local task = hire.task.load { id = "shapes", train_images = 1, test_images = 4, size = smoke and 64 or 384 }
  for number = 1, smoke and 2 or 4 do
    images[number], titles[number] = task:image(number), "shape " .. number
  end
end

-- One encoder for all: E(i) is the same in every row of the table.
local model, encoder_name
if model_folder then
  model = hire.pipeline.load(model_folder)
  encoder_name = "the encoder of " .. model_folder
else
  local patch, low, high = 8, 192, 384
  if smoke then patch, low, high = 4, 32, 64 end
  model = hire.pipeline.build({
    preprocessing = {
      high_resolution = high, low_resolution = low, aspect = "crop",
      mean = { 0.5, 0.5, 0.5 }, std = { 0.25, 0.25, 0.25 },
    },
    encoder = {
      id = "small-vit", resolution = low, patch = patch, width = smoke and 16 or 64, layers = 1,
      position_std = 0,
    },
    -- Room for the tokens of crops.
    language_model = { id = "small-llama", max_positions = 4096 },
  }, { corpus = { "what is it" }, seed = 4 })
  encoder_name = "random weights, seed 4"
end
local own = model_folder and model.recipe.enricher.id or nil

-- The square that the model sees, for the sheets.
local shown, bases, points = {}, {}, {}
for number, image in ipairs(images) do
  shown[number] = model:low_view(image)
  bases[number] = model:capture(image, "encoder.output")["encoder.output"]
  -- The token that others are compared with: a little above the middle, where photographs have their subject.
  points[number] = { 0.5, 0.42 }
end
local channels = bases[1]:size(2)
-- One basis for all pictures and variants. Three components become colours; 64 stand for the channels of wide
-- maps where cosines are drawn.
local basis = picture.pca_basis(bases, { components = math.min(channels, 64) })
local explained = basis.explained[1] + basis.explained[2] + basis.explained[3]
print(string.format("E(i) of %s: %d channels on %dx%d; three components explain %.0f %%",
  encoder_name, channels, bases[1]:size(3), bases[1]:size(4), 100 * explained))

-- The enriched half of an output [E(i), x]: its last channels, in E(i)'s own feature space.
local function enriched_part(output)
  local extent = output:size(2)
  if extent == channels or extent % channels ~= 0 then return nil end
  return output:slice(2, extent - channels + 1, extent)
end

local variants, rows = {}, {}
for _, plugin in ipairs(hire.plugins.list("enricher")) do
  -- The folder's own enricher is there already, with its weights.
  local fits, problem = true, nil
  if plugin.id ~= own then fits, problem = pcall(model.set_enricher, model, plugin.id) end
  if fits then
    local variant = { id = plugin.id, outputs = {}, parts = {}, fine = {}, seconds = 0 }
    for number, image in ipairs(images) do
      local start = hire.time()
      local ran, captured = pcall(model.capture, model, image, "enricher.output")
      if not ran then
        fits, problem = false, captured
        break
      end
      variant.seconds = variant.seconds + hire.time() - start
      variant.outputs[number] = captured["enricher.output"]
      variant.parts[number] = enriched_part(variant.outputs[number])
      local linear, coordinates = pcall(model.high_resolution, model, image, { pca = basis })
      if linear then variant.fine[number] = coordinates end
    end
    local cost = hire.cost.model(model, { text_tokens = 0, depth = 1 })
    variant.parameters, variant.tokens = 0, cost.tokens
    for _, module in ipairs(cost.modules) do
      if module.module == "enricher" then variant.parameters = module.parameters end
    end
    if fits then variants[#variants + 1] = variant end
  end
  if not fits then print("The enricher '" .. plugin.id .. "' is left out: " .. tostring(problem)) end
end

-- Numbers, averaged over the pictures.
local function mean(count, value)
  local sum = 0
  for number = 1, count do sum = sum + value(number) end
  return sum / count
end
for _, variant in ipairs(variants) do
  local output, part = variant.outputs[1], variant.parts[1]
  local count = #images
  local of = part and variant.parts or variant.outputs
  rows[#rows + 1] = {
    variant.id, variant.parameters, variant.tokens, output:size(2), variant.seconds / count,
    mean(count, function(n) return analysis.norms(of[n]).mean end),
    mean(count, function(n) return analysis.norms(of[n]).std end),
    mean(count, function(n) return analysis.high_frequency(of[n]) end),
    mean(count, function(n) return analysis.rank(of[n]).effective end),
    part and mean(count, function(n)
      return analysis.norms(part and of[n] - bases[n]).mean / analysis.norms(bases[n]).mean
    end) or "",
    part and mean(count, function(n) return analysis.cosine(of[n], bases[n]).mean end) or "",
    part and mean(count, function(n) return analysis.cka(of[n], bases[n]) end) or "",
  }
end
local results = hire.table.new({
  "variant", "parameters", "tokens", "channels", "seconds", "norm", "norm std", "high freq.", "eff. rank",
  "change", "cosine", "CKA",
}, rows, {
  caption = "Every enricher's own half of the output, " .. encoder_name .. ", mean of " .. #images
    .. " pictures",
})
print()
results:print()
results:save(folder .. "/table")

-- Features as files: per variant E(i) once, what came out, and the components of the fine map.
for _, variant in ipairs(variants) do
  local datasets = {}
  for number, title in ipairs(titles) do
    local key = title:gsub("%s", "-")
    datasets[key .. "/encoder"] = bases[number]
    datasets[key .. "/enricher"] = variant.outputs[number]
    if variant.fine[number] then
      local coordinates = variant.fine[number]
      datasets[key .. "/fine_components"] = coordinates:slice(2, 1, math.min(3, coordinates:size(2)))
    end
  end
  hire.hdf5.write(folder .. "/features/" .. variant.id .. ".h5", datasets,
    { attributes = { enricher = variant.id, encoder = encoder_name } })
end

-- Features as colours. One basis serves all pictures and variants: equal colours are equal features.
local sheet, headings = {}, { "picture", "E(i)" }
for number in ipairs(images) do
  sheet[number] = { shown[number], basis:images(bases[number])[1] }
end
for _, variant in ipairs(variants) do
  if variant.parts[1] then
    headings[#headings + 1] = variant.id
    for number in ipairs(images) do table.insert(sheet[number], basis:images(variant.parts[number])[1]) end
  end
  if variant.fine[1] then
    headings[#headings + 1] = variant.id .. ", fine"
    for number in ipairs(images) do
      table.insert(sheet[number], basis:images(variant.fine[number], { projected = true })[1])
    end
  end
end
picture.sheet(sheet, {
  title = "Features as colours (PCA): pooled to the tokens' grid, and fine",
  columns = headings, names = titles, side = 160,
}):save(folder .. "/pictures/features.png")

-- The cosine of all positions with one, at the resolution that each variant offers; of coordinates along the
-- components, which are features less their mean, so that unlike things come out negative.
local scale
local similar, columns = {}, { "picture", "E(i)" }
for number in ipairs(images) do
  local first
  first, scale = picture.similarity(basis:project(bases[number]), points[number],
    { side = 160, low = -1, high = 1 })
  similar[number] = { shown[number], first }
end
for _, variant in ipairs(variants) do
  if variant.fine[1] then
    columns[#columns + 1] = variant.id .. ", fine"
    for number in ipairs(images) do
      local heat = picture.similarity(variant.fine[number], points[number],
        { side = 160, low = -1, high = 1 })
      table.insert(similar[number], heat)
    end
  end
end
picture.sheet(similar, {
  title = "Cosine with the framed position (features less their mean)",
  columns = columns, names = titles, side = 160, bars = { scale },
}):save(folder .. "/pictures/similarity.png")

-- How far each enriched token moved from E(i); one scale for all.
local largest = 0
for _, variant in ipairs(variants) do
  for number in ipairs(variant.parts) do
    local change = variant.parts[number] - bases[number]
    largest = math.max(largest, analysis.norms(change).max)
  end
end
local moved, kinds, bar = {}, { "picture" }, nil
for number in ipairs(images) do moved[number] = { shown[number] } end
for _, variant in ipairs(variants) do
  if variant.parts[1] then
    kinds[#kinds + 1] = variant.id
    for number in ipairs(images) do
      local heat
      heat, bar = picture.difference(bases[number], variant.parts[number],
        { low = 0, high = largest, side = 160, label = "|x - E(i)|" })
      table.insert(moved[number], heat)
    end
  end
end
if bar then
  picture.sheet(moved, {
    title = "How far each token moved from E(i)", columns = kinds, names = titles, side = 160, bars = { bar },
  }):save(folder .. "/pictures/change.png")
end
print("The table, features and pictures are in " .. folder .. ".")
