"""The quickstart's pipeline in PyTorch: the same sizes, names and arithmetic as experiments/quickstart, for `peers.py`.

encoder (vision transformer) -> enricher -> [E, W(I) E] -> projector -> image tokens + question -> decoder -> answer.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from enrichers import GuidanceUNet, JBULearnedRange, adaptive_conv

WIDTH, HEADS, HIDDEN, LAYERS = 64, 4, 128, 2
SIZE, LOW, PATCH = 64, 8, 2
UNET, BOTTLENECK, FINEST, KEY, RADIUS = (8, 16, 16), 16, 1, 16, 1
VOCABULARY, IMAGES = 24, 32


class EncoderBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.fc1, self.fc2 = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)

    def forward(self, x):
        n, t, d = x.shape
        y = self.layer_norm1(x)
        q, k, v = (p(y).view(n, t, HEADS, -1).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, d)
        x = x + self.out_proj(y)
        return x + self.fc2(F.gelu(self.fc1(self.layer_norm2(x))))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch_embedding = nn.Conv2d(3, WIDTH, PATCH, stride=PATCH)
        self.position_embedding = nn.Embedding((LOW // PATCH) ** 2, WIDTH)
        self.layers = nn.ModuleList(EncoderBlock() for _ in range(LAYERS))

    def forward(self, image):
        x = self.patch_embedding(image).flatten(2).transpose(1, 2) + self.position_embedding.weight
        for layer in self.layers:
            x = layer(x)
        return x


class Enricher(nn.Module):
    def __init__(self):
        super().__init__()
        self.unet = GuidanceUNet(list(UNET), BOTTLENECK, FINEST, convolutions=1)
        self.stages = nn.ModuleList(JBULearnedRange(w, KEY, RADIUS, 0.0) for w in self.unet.guidance_widths)
        grid = LOW // PATCH
        self.register_buffer("unit", torch.eye(grid * grid).reshape(1, grid * grid, grid, grid))

    def forward(self, tokens, image):
        f = self.unit
        for stage, guidance in zip(self.stages, self.unet(image)):
            f = adaptive_conv(f, stage.kernel(guidance), RADIUS)
        w = F.adaptive_avg_pool2d(f, LOW // PATCH).flatten(2).transpose(1, 2)
        return torch.cat([tokens, w @ tokens], 2)


class RMSNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return F.rms_norm(x, (WIDTH,), self.weight, 1e-5)


class DecoderBlock(nn.Module):
    def __init__(self):
        super().__init__()
        linear = lambda a, b: nn.Linear(a, b, bias=False)
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (linear(WIDTH, WIDTH) for _ in range(4))
        self.gate_proj, self.up_proj, self.down_proj = linear(WIDTH, HIDDEN), linear(WIDTH, HIDDEN), linear(HIDDEN, WIDTH)
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(), RMSNorm()

    def forward(self, x, cos, sin):
        n, t, d = x.shape
        y = self.input_layernorm(x)
        q, k, v = (p(y).view(n, t, HEADS, -1).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))

        def rotate(z):
            a, b = z.chunk(2, -1)
            return z * cos + torch.cat([-b, a], -1) * sin

        y = F.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=True)
        x = x + self.o_proj(y.transpose(1, 2).reshape(n, t, d))
        y = self.post_attention_layernorm(x)
        return x + self.down_proj(F.silu(self.gate_proj(y)) * self.up_proj(y))


class Pipeline(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.encoder = Encoder()
        self.enricher = Enricher() if kind == "hire" else None
        self.projector = nn.Sequential(
            nn.Linear(WIDTH * (2 if self.enricher else 1), WIDTH), nn.GELU(), nn.Linear(WIDTH, WIDTH)
        )
        self.embed_tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.layers = nn.ModuleList(DecoderBlock() for _ in range(LAYERS))
        self.norm, self.lm_head = RMSNorm(), nn.Linear(WIDTH, VOCABULARY, bias=False)
        half = WIDTH // HEADS // 2
        angles = torch.arange(64).float()[:, None] * 10000.0 ** (-torch.arange(half).float() / half)
        self.register_buffer("cos", torch.cat([angles, angles], 1).cos())
        self.register_buffer("sin", torch.cat([angles, angles], 1).sin())

    def loss(self, low, high, ids, targets, first):
        """ids [N, T] of question and answer; targets [N, T - first] with -100 where nothing is asked."""
        tokens = self.encoder(low)
        if self.enricher:
            tokens = self.enricher(tokens, high)
        x = torch.cat([self.projector(tokens), self.embed_tokens(ids)], 1)
        length = x.shape[1]
        for layer in self.layers:
            x = layer(x, self.cos[:length], self.sin[:length])
        lead = tokens.shape[1]
        logits = self.lm_head(self.norm(x)[:, lead + first - 1 : length - 1])
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)


def training_step(kind):
    """One step on 32 pictures with one question of six words and an answer of one word and the end token."""
    model = Pipeline(kind).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    high = torch.randn(IMAGES, 3, SIZE, SIZE)
    low = F.interpolate(high, size=(LOW, LOW), mode="bicubic", align_corners=False)
    ids = torch.randint(2, VOCABULARY, (IMAGES, 8))
    targets = ids[:, 6:]

    def run():
        optimizer.zero_grad()
        loss = model.loss(low, high, ids, targets, 6)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return run
