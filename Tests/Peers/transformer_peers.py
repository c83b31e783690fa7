"""The transformers of LLaVA-1.5-7B at their real size in Hugging Face's classes, and their operations, for `peers.py`."""
import torch
import torch.nn.functional as F


def without_gradients(run):
    def call():
        with torch.inference_mode():
            run()

    return call


def operation(function, *shape):
    x = torch.randn(*shape)
    return without_gradients(lambda: function(x))


def clip(layers, pixels):
    """CLIP's vision tower up to a block; or that many blocks alone on 577 tokens."""
    from transformers import CLIPVisionConfig, CLIPVisionModel

    config = CLIPVisionConfig(
        hidden_size=1024, intermediate_size=4096, num_hidden_layers=layers, num_attention_heads=16, image_size=336,
        patch_size=14, hidden_act="quick_gelu", attn_implementation="sdpa",
    )
    model = CLIPVisionModel(config).eval()
    if pixels:
        image = torch.randn(1, 3, 336, 336)
        return without_gradients(lambda: model(image))
    tower = getattr(model, "vision_model", model)
    tokens = torch.randn(1, 577, 1024)
    return without_gradients(lambda: tower.encoder(inputs_embeds=tokens))


def llama(dtype):
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=32_000, hidden_size=4096, intermediate_size=11_008, num_hidden_layers=2, num_attention_heads=32,
        max_position_embeddings=2048, attn_implementation="sdpa",
    )
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        return LlamaForCausalLM(config).eval()
    finally:
        torch.set_default_dtype(before)


def llama_prefill(dtype):
    model = llama(dtype)
    tokens = torch.randn(1, 618, 4096).to(dtype)
    return without_gradients(lambda: model(inputs_embeds=tokens, use_cache=True, logits_to_keep=1))


def llama_decode(dtype):
    model = llama(dtype)
    with torch.inference_mode():
        cache = model(inputs_embeds=torch.randn(1, 618, 4096).to(dtype), use_cache=True, logits_to_keep=1)
    cache, token = cache.past_key_values, torch.randn(1, 1, 4096).to(dtype)

    def run():
        model(inputs_embeds=token, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache.crop(-1)

    return without_gradients(run)


def causal_attention():
    q, k, v = (torch.randn(1, 32, 618, 128) for _ in range(3))
    return without_gradients(lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True))


def rope():
    from transformers.models.llama.modeling_llama import rotate_half

    x, cos, sin = torch.randn(1, 32, 618, 128), torch.randn(618, 128), torch.randn(618, 128)
    return without_gradients(lambda: x * cos + rotate_half(x) * sin)


BENCHMARKS = {
    "clip-block": lambda: clip(1, pixels=False),
    "clip": lambda: clip(23, pixels=True),
    "llama-prefill": lambda: llama_prefill(torch.float32),
    "llama-prefill-bf16": lambda: llama_prefill(torch.bfloat16),
    "llama-prefill-exact": lambda: llama_prefill(torch.bfloat16),
    "llama-decode-bf16": lambda: llama_decode(torch.bfloat16),
    "attention-causal": causal_attention,
    "rope": rope,
    "gelu": lambda: operation(F.gelu, 577, 4096),
    "quick-gelu": lambda: operation(lambda x: x * torch.sigmoid(1.702 * x), 577, 4096),
    "silu": lambda: operation(F.silu, 618, 11_008),
    "add": lambda: operation(lambda x: x + x, 577, 1024),
    "mul": lambda: operation(lambda x: x * x, 618, 11_008),
    "softmax": lambda: operation(lambda x: x.softmax(-1), 16, 577, 577),
    "layer-norm": lambda: operation(lambda x: F.layer_norm(x, (1024,), torch.ones(1024), torch.zeros(1024)), 577, 1024),
    "rms-norm": lambda: operation(lambda x: F.rms_norm(x, (4096,), torch.ones(4096), 1e-5), 618, 4096),
    "merge-heads": lambda: operation(lambda x: x.transpose(1, 2).reshape(1, 618, 4096), 1, 32, 618, 128),
    "normal": lambda: without_gradients(lambda: torch.randn(1_000_000)),
}
