-- Small enough to be killed thousands of times: two variants with two seeds, a few steps, with captures.
local hire = require "hire"

hire.study.ablation {
  task = hire.task.load { id = "shapes", train_images = 12, test_images = 6, size = 16, seed = 3 },
  recipe = {
    preprocessing = { high_resolution = 16, low_resolution = 8 },
    encoder = {
      id = "small-vit", resolution = 8, patch = 4, width = 8, layers = 1, heads = 2, hidden = 16,
    },
    language_model = {
      id = "small-llama", width = 16, layers = 1, heads = 2, kv_heads = 2, hidden = 32,
    },
  },
  variants = { "none", "bicubic" },
  seeds = { 1, 2 },
  training = { steps = 6, images = 3, questions = 2, warmup = 1 },
  record = { "encoder.output", "enricher.output" },
  record_images = 3,
}
