"""Makes Tests/Goldens/language/: tiny random language models of transformers' own classes, whole.

Run by a person: python3 Tests/Goldens/generate/language.py (needs torch, transformers and safetensors; CPU).
Each NAME.safetensors holds `state.*`, `ids` [2, T], `hidden.K` (as `output_hidden_states` gives them: embeddings, blocks,
and in the last place the final norm), `logits`, `cached` (the last position's logits after a prefill of 3 tokens and
after each further one, through the key-value cache) and `generated` (greedy ids after those 3 tokens). One file also
holds the loss and the gradient of every parameter. configs.json has each model's config.json as save_pretrained
writes it; parameter_counts.json counts the parameters of well-known models on torch's meta device.

transformers has no class for the first Qwen (it came as code beside the weights); `FirstQwen` below restates its
modelling file with its names, and `qwen.safetensors` is made with it.
"""

import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "language"
SEED = 20240917
PREFILL = 3
GENERATED = 8

SMALL = dict(
    vocab_size=40, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=64, bos_token_id=None, eos_token_id=None, pad_token_id=None,
)


def save(name, tensors):
    # One entry only: the library writes several in a random order.
    versions = f"torch {torch.__version__}, transformers {transformers.__version__}"
    metadata = {"origin": f"{versions}, seed {SEED}, generate/language.py"}
    contiguous = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    save_file(contiguous, FOLDER / f"{name}.safetensors", metadata=metadata)


def randomise(model, generator):
    """Draws every parameter; scales of norms lie around 1, all else is large enough to matter."""
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            parameter.normal_(0, 0.25, generator=generator)
            if "norm" in name or "ln_" in name:
                parameter.add_(1)


def state(model, tied):
    tensors = {f"state.{key}": value for key, value in model.state_dict().items()}
    if tied:
        del tensors["state.lm_head.weight"]
    return tensors


def case(name, model_class, config, gradients=False):
    """Runs one model and saves everything; returns its configuration."""
    generator = torch.Generator().manual_seed(SEED)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    randomise(model, generator)
    ids = torch.randint(0, config.vocab_size, (2, 9), generator=generator)
    tensors = state(model, config.tie_word_embeddings) | {"ids": ids.int()}
    with torch.no_grad():
        output = model(ids, output_hidden_states=True)
        for index, hidden in enumerate(output.hidden_states):
            tensors[f"hidden.{index}"] = hidden
        tensors["logits"] = output.logits
        step = model(ids[:, :PREFILL], use_cache=True)
        steps = [step.logits[:, -1:]]
        for position in range(PREFILL, ids.shape[1]):
            step = model(
                ids[:, position : position + 1], cache=step.past_key_values, use_cache=True)
            steps.append(step.logits)
        tensors["cached"] = torch.cat(steps, dim=1)
        prompt = ids[:, :PREFILL]
        generated = model.generate(
            prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=GENERATED, do_sample=False)
        tensors["generated"] = generated[:, PREFILL:].int()
    if gradients:
        loss = nn.functional.cross_entropy(
            model(ids).logits[:, :-1].reshape(-1, config.vocab_size), ids[:, 1:].reshape(-1))
        loss.backward()
        tensors["loss"] = loss.reshape(1)
        for key, parameter in model.named_parameters():
            tensors[f"gradient.{key}"] = parameter.grad
    save(name, tensors)
    return json.loads(config.to_json_string())


class FirstQwenNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class FirstQwenAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.heads, self.width = config["num_attention_heads"], config["kv_channels"]
        self.base = config["rotary_emb_base"]
        projection = self.heads * self.width
        self.c_attn = nn.Linear(config["hidden_size"], 3 * projection)
        self.c_proj = nn.Linear(config["hidden_size"], projection, bias=False)

    def rotate(self, x):
        length = x.shape[1]
        inverse = 1.0 / (self.base ** (torch.arange(0, self.width, 2).float() / self.width))
        angles = torch.outer(torch.arange(length).float(), inverse)
        angles = torch.cat((angles, angles), dim=-1)[None, :, None, :]
        first, second = x.chunk(2, dim=-1)
        return x * angles.cos() + torch.cat((-second, first), dim=-1) * angles.sin()

    def forward(self, x):
        batch, length, _ = x.shape
        query, key, value = (
            part.view(batch, length, self.heads, self.width) for part in self.c_attn(x).chunk(3, dim=2))
        query, key = self.rotate(query), self.rotate(key)
        scores = torch.einsum("bqhd,bkhd->bhqk", query, key) / self.width**0.5
        hidden = torch.ones(length, length, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)
        mixed = torch.einsum("bhqk,bkhd->bqhd", weights, value)
        return self.c_proj(mixed.reshape(batch, length, -1))


class FirstQwenMLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        half = config["intermediate_size"] // 2
        self.w1 = nn.Linear(config["hidden_size"], half, bias=False)
        self.w2 = nn.Linear(config["hidden_size"], half, bias=False)
        self.c_proj = nn.Linear(half, config["hidden_size"], bias=False)

    def forward(self, x):
        return self.c_proj(self.w1(x) * nn.functional.silu(self.w2(x)))


class FirstQwenBlock(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = FirstQwenNorm(config["hidden_size"], config["layer_norm_epsilon"])
        self.attn = FirstQwenAttention(config)
        self.ln_2 = FirstQwenNorm(config["hidden_size"], config["layer_norm_epsilon"])
        self.mlp = FirstQwenMLP(config)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class FirstQwen(nn.Module):
    """QWenLMHeadModel, inference within the trained length (where dynamic NTK and log-n change nothing)."""

    def __init__(self, config):
        super().__init__()
        self.transformer = nn.Module()
        self.transformer.wte = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.transformer.h = nn.ModuleList(
            FirstQwenBlock(config) for _ in range(config["num_hidden_layers"]))
        self.transformer.ln_f = FirstQwenNorm(config["hidden_size"], config["layer_norm_epsilon"])
        self.lm_head = nn.Linear(config["hidden_size"], config["vocab_size"], bias=False)

    def forward(self, ids):
        x = self.transformer.wte(ids)
        hidden = [x]
        for block in self.transformer.h:
            x = block(x)
            hidden.append(x)
        hidden[-1] = self.transformer.ln_f(x)
        return hidden, self.lm_head(hidden[-1])


def first_qwen():
    """The configuration's keys are those of Qwen-7B's config.json."""
    config = dict(
        model_type="qwen", architectures=["QWenLMHeadModel"], vocab_size=40, hidden_size=16,
        intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, kv_channels=4,
        seq_length=32, max_position_embeddings=64, layer_norm_epsilon=1e-6, rotary_emb_base=10000,
        rotary_pct=1.0, use_dynamic_ntk=True, use_logn_attn=True, no_bias=True,
        tie_word_embeddings=False, scale_attn_weights=True, emb_dropout_prob=0.0,
        attn_dropout_prob=0.0, initializer_range=0.02, use_flash_attn="auto", bf16=False, fp16=False,
        fp32=False, onnx_safe=None, use_cache=True, tokenizer_class="QWenTokenizer",
    )
    generator = torch.Generator().manual_seed(SEED)
    model = FirstQwen(config).eval()
    randomise(model, generator)
    ids = torch.randint(0, config["vocab_size"], (2, 9), generator=generator)
    with torch.no_grad():
        hidden, logits = model(ids)
    tensors = state(model, False) | {"ids": ids.int(), "logits": logits}
    tensors |= {f"hidden.{index}": value for index, value in enumerate(hidden)}
    save("qwen", tensors)
    return config


def counts():
    """Parameters of well-known models; the first Qwen's are those of Qwen1.5's shape."""
    seven = dict(hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32)
    qwen2 = dict(
        vocab_size=152064, hidden_size=3584, intermediate_size=18944, num_hidden_layers=28,
        num_attention_heads=28, num_key_value_heads=4)
    models = {
        "vicuna-7b": LlamaConfig(vocab_size=32000, **seven),
        "vicuna-13b": LlamaConfig(
            vocab_size=32000, hidden_size=5120, intermediate_size=13824, num_hidden_layers=40,
            num_attention_heads=40),
        "llama-3-8b": LlamaConfig(
            vocab_size=128256, **(seven | dict(intermediate_size=14336)), num_key_value_heads=8),
        "qwen-7b": Qwen2Config(vocab_size=151936, num_key_value_heads=32, **seven),
        "qwen1.5-7b": Qwen2Config(vocab_size=151936, num_key_value_heads=32, **seven),
        "qwen2-0.5b": Qwen2Config(
            vocab_size=151936, hidden_size=896, intermediate_size=4864, num_hidden_layers=24,
            num_attention_heads=14, num_key_value_heads=2, tie_word_embeddings=True),
        "qwen2-1.5b": Qwen2Config(
            vocab_size=151936, hidden_size=1536, intermediate_size=8960, num_hidden_layers=28,
            num_attention_heads=12, num_key_value_heads=2, tie_word_embeddings=True),
        "qwen2-7b": Qwen2Config(**qwen2),
        "qwen2.5-7b": Qwen2Config(**qwen2),
    }
    result = {}
    for name, config in models.items():
        with torch.device("meta"):
            kind = LlamaForCausalLM if config.model_type == "llama" else Qwen2ForCausalLM
            model = kind(config)
        result[name] = sum(parameter.numel() for parameter in model.parameters())
    return result


def write(name, value):
    text = json.dumps(value, indent=1, sort_keys=True, default=str)
    (FOLDER / name).write_text(text + "\n")


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    llama3 = dict(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=32)
    configs = {
        "llama": case("llama", LlamaForCausalLM, LlamaConfig(rms_norm_eps=1e-5, **SMALL)),
        "llama_grouped": case(
            "llama_grouped", LlamaForCausalLM,
            LlamaConfig(
                num_key_value_heads=2, head_dim=6, attention_bias=True, mlp_bias=True, **SMALL),
            gradients=True),
        "llama_linear": case(
            "llama_linear", LlamaForCausalLM,
            LlamaConfig(
                rope_scaling={"type": "linear", "factor": 2.0}, hidden_act="gelu_pytorch_tanh", **SMALL)),
        "llama_llama3": case(
            "llama_llama3", LlamaForCausalLM,
            LlamaConfig(
                num_key_value_heads=1, head_dim=16, rope_parameters=llama3 | {"rope_theta": 1e4},
                **SMALL)),
        "llama_tied": case(
            "llama_tied", LlamaForCausalLM, LlamaConfig(tie_word_embeddings=True, **SMALL)),
        "qwen2": case(
            "qwen2", Qwen2ForCausalLM,
            Qwen2Config(num_key_value_heads=2, rope_parameters={"rope_theta": 1e6, "rope_type": "default"}, **SMALL)),
        "qwen2_tied": case(
            "qwen2_tied", Qwen2ForCausalLM,
            Qwen2Config(num_key_value_heads=1, tie_word_embeddings=True, **SMALL)),
        "qwen": first_qwen(),
    }
    write("configs.json", configs)
    write("parameter_counts.json", counts())


main()
