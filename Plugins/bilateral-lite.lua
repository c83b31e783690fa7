-- One learned bilateral stage: the smallest enricher that looks at the high-resolution picture.
-- Copy this file, change the id, and add the id to an experiment's list: that is a new variant.
local hire = require "hire"

return hire.enricher {
  id = "bilateral-lite",
  summary = "One learned bilateral stage guided by the picture, written in Lua.",
  config = { radius = 3, width = 16 },

  new = function(self, config, host)
    self.range = self:child("range", hire.nn.conv2d(3, config.width, { kernel = 1 }))
    self.stage = self:child("stage", hire.nn.jbu_stage { guidance = config.width, radius = config.radius })
    self.output_channels = 2 * host.channels
  end,

  forward = function(self, input)
    local guidance = self.range(input.image.high)
    return input.base:concat(self.stage:pooled(input.base, guidance))
  end,
}
