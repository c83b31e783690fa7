"""Makes Tests/Goldens/layers/*.safetensors: layers and optimisers of PyTorch, forward, gradients and state.

Run by a person: python3 Tests/Goldens/generate/layers.py (needs torch and safetensors; CPU, one thread).
Each file holds `state.*` (before), `input*`, `output`, `upstream` (the loss is sum(output * upstream)),
`gradient.*` of the inputs and parameters, and `after.*` (buffers after the call) where there are any.
"""

import math
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "layers"
SEED = 20240611


def save(name, tensors):
    FOLDER.mkdir(exist_ok=True)
    # One entry only: the library writes several in a random order.
    metadata = {"origin": f"torch {torch.__version__}, seed {SEED}, generate/layers.py"}
    contiguous = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    save_file(contiguous, FOLDER / f"{name}.safetensors", metadata=metadata)


def randomise(module):
    """Gives norms and biases numbers that tell scale from shift."""
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.dim() == 1:
                parameter.uniform_(-0.5, 1.5)


def case(name, module, *inputs, call=None):
    tensors = {f"state.{key}": value.clone() for key, value in module.state_dict().items()}
    leaves = []
    for index, value in enumerate(inputs):
        key = "input" if index == 0 else f"input{index}"
        tensors[key] = value.clone()
        if value.is_floating_point():
            value.requires_grad_(True)
            leaves.append((key, value))
    output = call(module, *inputs) if call else module(*inputs)
    upstream = torch.randn_like(output)
    (output * upstream).sum().backward()
    tensors |= {"output": output, "upstream": upstream}
    for key, value in leaves:
        tensors[f"gradient.{key}"] = value.grad
    for key, value in module.named_parameters():
        tensors[f"gradient.{key}"] = value.grad
    for key, value in module.named_buffers():
        tensors[f"after.{key}"] = value
    save(name, tensors)


class LlamaRMSNorm(nn.Module):
    """As in transformers 4.37.2."""

    def __init__(self, width, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)


class Separate(nn.Module):
    """nn.MultiheadAttention under the names of separate projections."""

    def __init__(self, width, heads):
        super().__init__()
        self.packed = nn.MultiheadAttention(width, heads, batch_first=True)
        with torch.no_grad():
            self.packed.in_proj_bias.uniform_(-0.5, 0.5)
            self.packed.out_proj.bias.uniform_(-0.5, 0.5)

    def named(self, kind):
        attention = self.packed
        weight, bias = attention.in_proj_weight, attention.in_proj_bias
        out_weight, out_bias = attention.out_proj.weight, attention.out_proj.bias
        if kind == "gradient":
            weight, bias, out_weight, out_bias = weight.grad, bias.grad, out_weight.grad, out_bias.grad
        result = {}
        for name, w, b in zip("qkv", weight.chunk(3), bias.chunk(3)):
            result[f"{kind}.{name}_proj.weight"] = w
            result[f"{kind}.{name}_proj.bias"] = b
        result[f"{kind}.out_proj.weight"] = out_weight
        result[f"{kind}.out_proj.bias"] = out_bias
        return result


def attention(name, query, key, mask=None):
    module = Separate(12, 3)
    tensors = module.named("state")
    query.requires_grad_(True)
    key.requires_grad_(True)
    allowed = None if mask is None else ~mask
    output, probabilities = module.packed(
        query, key, key, attn_mask=allowed, average_attn_weights=False)
    upstream = torch.randn_like(output)
    (output * upstream).sum().backward()
    tensors |= {"input": query, "input1": key, "output": output, "upstream": upstream,
                "probabilities": probabilities, "gradient.input": query.grad}
    if key is not query:
        tensors["gradient.input1"] = key.grad
    if mask is not None:
        tensors["mask"] = mask
    tensors |= module.named("gradient")
    save(name, tensors)


def batch_norm():
    module = nn.BatchNorm2d(3)
    randomise(module)
    tensors = {f"state.{key}": value.clone() for key, value in module.state_dict().items()}
    for step in range(3):
        x = torch.randn(2, 3, 4, 5) * (step + 1) + step
        x.requires_grad_(True)
        module.zero_grad()
        output = module(x)
        upstream = torch.randn_like(output)
        (output * upstream).sum().backward()
        tensors |= {f"input.{step}": x, f"output.{step}": output, f"upstream.{step}": upstream,
                    f"gradient.{step}.input": x.grad, f"gradient.{step}.weight": module.weight.grad.clone(),
                    f"gradient.{step}.bias": module.bias.grad.clone()}
        tensors |= {f"after.{step}.{key}": value.clone() for key, value in module.named_buffers()}
    save("batch_norm_training", tensors)
    module.zero_grad()
    module.eval()
    case("batch_norm_evaluation", module, torch.randn(2, 3, 4, 5))


def lora():
    """The LoRA paper's formula with PEFT's names: y = W x + b + alpha/r * B A x."""
    base = nn.Linear(6, 5)
    a, b = nn.Parameter(torch.randn(2, 6)), nn.Parameter(torch.randn(5, 2))
    x = torch.randn(3, 6)
    scale = 8 / 2
    output = base(x) + scale * (x @ a.T) @ b.T
    upstream = torch.randn_like(output)
    (output * upstream).sum().backward()
    save("lora", {"state.weight": base.weight, "state.bias": base.bias, "state.lora_A.weight": a,
                  "state.lora_B.weight": b, "input": x, "output": output, "upstream": upstream,
                  "gradient.lora_A.weight": a.grad, "gradient.lora_B.weight": b.grad,
                  "merged": base.weight + scale * b @ a})


def optimiser(name, make, factors, clip=None):
    """Five steps of a two-layer perceptron in two groups on fixed data."""
    torch.manual_seed(SEED)
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3))
    x, y = torch.randn(8, 4), torch.randn(8, 3)
    tensors = {f"state.{key}": value.clone() for key, value in model.state_dict().items()}
    tensors |= {"input": x, "target": y}
    chosen = make([
        {"params": model[0].parameters(), "lr": 0.05, "weight_decay": 0.1},
        {"params": model[2].parameters(), "lr": 0.02, "weight_decay": 0.0}])
    base = [group["lr"] for group in chosen.param_groups]
    losses, norms = [], []
    for step, factor in enumerate(factors):
        for group, rate in zip(chosen.param_groups, base):
            group["lr"] = rate * factor
        chosen.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        if clip is not None:
            norms.append(nn.utils.clip_grad_norm_(model.parameters(), clip).item())
        chosen.step()
        losses.append(loss.item())
        tensors |= {f"after.{step}.{key}": value.clone() for key, value in model.state_dict().items()}
    tensors["losses"] = torch.tensor(losses, dtype=torch.float64)
    tensors["factors"] = torch.tensor(factors, dtype=torch.float64)
    if norms:
        tensors["norms"] = torch.tensor(norms, dtype=torch.float64)
    save(name, tensors)


def cosine(step, steps, warmup):
    """transformers.get_cosine_schedule_with_warmup."""
    if step < warmup:
        return step / max(1, warmup)
    progress = (step - warmup) / max(1, steps - warmup)
    return max(0.0, 0.5 * (1 + math.cos(math.pi * progress)))


def main():
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    case("linear", nn.Linear(5, 7), torch.randn(2, 3, 5))
    case("linear_without_bias", nn.Linear(5, 7, bias=False), torch.randn(4, 5))
    case("conv2d", nn.Conv2d(3, 4, (3, 5), stride=(2, 1), padding=(1, 2)), torch.randn(2, 3, 7, 6))
    case("conv2d_groups", nn.Conv2d(4, 6, 3, padding=2, dilation=2, groups=2, bias=False),
         torch.randn(2, 4, 6, 5))
    case("conv_transpose2d", nn.ConvTranspose2d(4, 3, 2, stride=2), torch.randn(2, 4, 3, 5))
    case("conv_transpose2d_groups",
         nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2),
         torch.randn(2, 4, 3, 4))
    for name, module, x in [
            ("layer_norm", nn.LayerNorm(6), torch.randn(2, 3, 6)),
            ("layer_norm_plain", nn.LayerNorm(6, elementwise_affine=False), torch.randn(2, 3, 6)),
            ("rms_norm", LlamaRMSNorm(6), torch.randn(2, 3, 6)),
            ("group_norm", nn.GroupNorm(2, 6), torch.randn(2, 6, 3, 4))]:
        randomise(module)
        case(name, module, x)
    batch_norm()
    case("embedding", nn.Embedding(9, 4), torch.tensor([[1, 8, 0], [3, 3, 1]], dtype=torch.int32))
    case("gelu", nn.GELU(), torch.randn(3, 7) * 3)
    case("gelu_tanh", nn.GELU(approximate="tanh"), torch.randn(3, 7) * 3)
    case("gelu_quick", nn.Identity(), torch.randn(3, 7) * 3,
         call=lambda _, x: x * torch.sigmoid(1.702 * x))
    case("silu", nn.SiLU(), torch.randn(3, 7) * 3)
    case("relu", nn.ReLU(), torch.randn(3, 7))
    case("sequential", nn.Sequential(nn.Linear(4, 6), nn.GELU(), nn.Linear(6, 3)), torch.randn(5, 4))
    tokens = torch.randn(2, 5, 12)
    attention("attention_self", tokens, tokens)
    mask = torch.ones(4, 6, dtype=torch.bool).tril(2)
    attention("attention_cross_masked", torch.randn(2, 4, 12), torch.randn(2, 6, 12), mask)
    lora()
    steps, warmup = 5, 2
    factors = [cosine(step + 1, steps + 1, warmup) for step in range(steps)]
    optimiser("adamw", lambda groups: torch.optim.AdamW(groups, betas=(0.9, 0.95), eps=1e-8), factors)
    optimiser("adamw_clipped", torch.optim.AdamW, factors, clip=0.3)
    optimiser("sgd", torch.optim.SGD, factors)
    optimiser("sgd_momentum", lambda groups: torch.optim.SGD(groups, momentum=0.9), factors)
    optimiser("sgd_nesterov", lambda groups: torch.optim.SGD(groups, momentum=0.9, nesterov=True), factors)


main()
