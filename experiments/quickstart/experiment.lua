-- Does enrichment pay when the encoder sees little?
--
-- The pictures of easy-VQA have 64x64 pixels. The encoder sees them at 8x8, where a circle looks like a
-- triangle; an enricher may look at all 64x64. The rest is equal: one small model, trained from one seed on
-- the same questions in the same order. The row "full resolution" lets the encoder see everything, "question
-- only" lets nobody see anything. Run it with `make run`, or shrunk with
-- `hire run experiments/quickstart/experiment.lua --smoke`.
local hire = require "hire"
local smoke = hire.is_smoke()
local folder = hire.output_folder() .. (smoke and "-smoke" or "")

local found, task = pcall(hire.task.load, { id = "easy-vqa", folder = "data/easy-vqa" })
if not found then
  print("easy-VQA cannot be read; the questions are about drawn shapes instead. " .. tostring(task))
  task = hire.task.load { id = "shapes", train_images = smoke and 200 or 4000, test_images = 500 }
end

-- What all variants share: 16 image tokens of width 64, a decoder of three blocks.
local recipe = {
  preprocessing = {
    high_resolution = 64, low_resolution = 8, mean = { 0.5, 0.5, 0.5 }, std = { 0.5, 0.5, 0.5 },
  },
  encoder = { id = "small-vit", resolution = 8, patch = 2, width = 64, layers = 2 },
  language_model = { id = "small-llama", width = 64, layers = 3 },
}

-- An enricher of your own appears in the table when its id is added to this list.
local variants = {
  "none",
  "bicubic",
  { name = "jbu", enricher = { id = "jbu", stages = 2, finest = 1, radius = 1, key_size = 16, dropout = 0 } },
  {
    name = "hire",
    enricher = {
      id = "hire", widths = { 8, 16, 16 }, bottleneck = 16, convolutions = 1, finest = 1,
      radius = 1, key_size = 16, dropout = 0,
    },
  },
  {
    name = "full resolution",
    encoder = { resolution = 64, patch = 16 }, preprocessing = { low_resolution = 64 },
  },
  { name = "question only", blindfold = true },
  { name = "majority", baseline = "majority" },
}

local study = hire.study.ablation {
  task = task,
  recipe = recipe,
  variants = variants,
  folder = folder,
  training = {
    steps = smoke and 12 or 1200,
    images = smoke and 4 or 16,
    questions = 4,
    learning_rate = 2e-3,
    betas = { 0.9, 0.99 },
    warmup = smoke and 2 or 50,
    -- Shapes first: what only sharp eyes can tell is learned best before colours and yes/no are.
    type_weights = { colour = 1, shape = 8, ["yes/no"] = 1 },
    final_type_weights = { colour = 2, shape = 1, ["yes/no"] = 7 },
    type_weight_steps = smoke and 6 or 600,
  },
  evaluation = { images = smoke and 12 or 0 },
  record = { "encoder.output", "enricher.output", "enricher.stages.*.kernel", "projector.output" },
  record_images = smoke and 4 or 32,
}

-- The table, on the screen and in the folder.
print()
study:table():print()
study:table():save(folder .. "/table")

-- Accuracies and training curves.
local categories = { "all", table.unpack(task.question_types) }
local bars, curves = {}, {}
for _, result in ipairs(study:results()) do
  local bar = { name = result.variant, values = {}, errors = {} }
  for index, kind in ipairs(categories) do
    local share = index == 1 and result or result.types[kind]
    bar.values[index], bar.errors[index] = 100 * share.accuracy, 100 * share.standard_error
  end
  table.insert(bars, bar)
end
for _, name in ipairs(study.variants) do
  table.insert(curves, { name = name, values = study:history(name).loss })
end
local picture = hire.picture
picture.bars(categories, bars, { title = "Exact match by question type", y = "accuracy in %" })
  :save(folder .. "/pictures/accuracy.png")
picture.curves(curves, { title = "Training", y = "loss", smooth = smoke and 1 or 20, log = true })
  :save(folder .. "/pictures/curves.png")

-- Features as colours: the picture, what the encoder sees, and per enricher E(i) beside its enriched map.
-- Both share one basis, so equal colours mean equal features; each row has its own, as whole pictures differ
-- more than places within one.
local rows, names = {}, {}
local jbu, full = study:pipeline("jbu"), study:pipeline("hire")
for number = 1, 4 do
  local image = task:image(number)
  local row = { image, jbu:low_view(image) }
  for _, model in ipairs { jbu, full } do
    local base = model:capture(image, "encoder.output")["encoder.output"]
    local maps = picture.pca { base, model:high_resolution(image) }
    table.move({ maps[1][1], maps[2][1] }, 1, 2, #row + 1, row)
  end
  rows[number], names[number] = row, "test " .. number
end
local columns = { "picture", "encoder's view", "jbu: E(i)", "jbu", "hire: E(i)", "hire" }
picture.sheet(rows, { columns = columns, names = names, title = "Features as colours (PCA)" })
  :save(folder .. "/pictures/features.png")

-- The bilateral kernels of HIRE's finest stage where they are least alike.
local finest, image = "enricher.stages.1.kernel", task:image(4)
picture.kernels(image, full:capture(image, finest)[finest]):save(folder .. "/pictures/kernels.png")
print("Results, features (run.h5) and pictures are in " .. folder .. ".")
