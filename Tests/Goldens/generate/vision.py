"""Makes Tests/Goldens/vision/*: vision encoders of transformers on tiny random models, and parameter counts.

Run by a person: python3 Tests/Goldens/generate/vision.py (needs torch, transformers, safetensors; CPU, one thread).
Each NAME.safetensors holds `state.*` (as `save_pretrained` names it) and for each resolution R `R.input`,
`R.hidden.K` (hidden_states[K]) and `R.last` (last_hidden_state); `20.attention` (probabilities of block 0); and
gradients of sum(hidden_states[2] * upstream) at the last resolution for the embeddings and parts of block 0.
counts.json has the parameters of the published models, taken from the same classes on the meta device.
"""

import json
import pathlib
import tempfile

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import (
    CLIPVisionConfig, CLIPVisionModel, Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel, SiglipVisionConfig, SiglipVisionModel)

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "vision"
SEED = 20240703
TINY = {"hidden_size": 12, "num_hidden_layers": 3, "num_attention_heads": 3, "image_size": 20,
        "patch_size": 5, "attn_implementation": "eager"}


def randomise(model):
    """Numbers of a size at which every part of the model matters."""
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight") or "norm1.weight" in name or "norm2.weight" in name or "lambda1" in name:
            parameter.uniform_(0.5, 1.5)
        elif parameter.dim() == 1:
            parameter.uniform_(-0.5, 0.5)
        elif "position" in name or "token" in name:
            parameter.normal_(0, 0.7)
        else:
            parameter.normal_(0, parameter[0].numel() ** -0.5)


def stored(model):
    """The tensors under the names that save_pretrained writes."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return {k: v.clone() for k, v in load_file(f"{folder}/model.safetensors").items()}


def case(name, model, resolutions=(20, 30, 15), flag=False):
    torch.manual_seed(SEED)
    model.eval()
    with torch.no_grad():
        randomise(model)
    tensors = {f"state.{key}": value for key, value in stored(model).items()}
    for side in resolutions:
        pixels = torch.randn(2 if side == 20 else 1, 3, side, side)
        extra = {"interpolate_pos_encoding": True} if flag and side != 20 else {}
        output = model(pixels, output_hidden_states=True, output_attentions=True, **extra)
        tensors[f"{side}.input"] = pixels
        for index, hidden in enumerate(output.hidden_states):
            tensors[f"{side}.hidden.{index}"] = hidden
        tensors[f"{side}.last"] = output.last_hidden_state
        if side == 20:
            tensors["20.attention"] = output.attentions[0]
    hidden = output.hidden_states[2]
    tensors["upstream"] = torch.randn_like(hidden)
    (hidden * tensors["upstream"]).sum().backward()
    for key, parameter in model.named_parameters():
        # What is renamed or packed when it is saved is left out.
        if parameter.grad is not None and f"state.{key}" in tensors and not key.startswith("encoder.layer.1") \
                and not key.startswith("encoder.layers.1") and "mlp" not in key:
            tensors[f"gradient.{key}"] = parameter.grad
    save(name, tensors)


def save(name, tensors):
    FOLDER.mkdir(exist_ok=True)
    origin = (f"torch {torch.__version__}, transformers {transformers.__version__}, seed {SEED}, "
              "generate/vision.py")
    contiguous = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    save_file(contiguous, FOLDER / f"{name}.safetensors", metadata={"origin": origin})


@torch.no_grad()
def positions():
    """The interpolation of the original DINOv2 (scale factor with +0.1, optional antialias), its own lines."""
    torch.manual_seed(SEED)
    native, width = 5, 4
    table = torch.randn(1, 1 + native * native, width)
    tensors = {"table": table}
    for antialias in (False, True):
        for target in (3, 5, 7, 10):
            patches = table[:, 1:].reshape(1, native, native, width).permute(0, 3, 1, 2)
            for rule in ("scale", "size"):
                how = {"scale_factor": ((target + 0.1) / native,) * 2} if rule == "scale" else {"size": (target, target)}
                grid = torch.nn.functional.interpolate(patches, mode="bicubic", antialias=antialias, **how)
                assert grid.shape[-1] == target
                key = rule + ("_antialias" if antialias else "")
                flat = grid.permute(0, 2, 3, 1).reshape(-1, width)
                tensors[f"{key}.{target}"] = torch.cat((table[0, :1], flat))
    save("positions", tensors)


def count(model):
    """Elements in all, of one block, and of the parts that an encoder may leave out."""
    sizes = {name: parameter.numel() for name, parameter in model.named_parameters()}

    def total(*prefixes):
        return sum(size for name, size in sizes.items() if name.startswith(prefixes))

    return {"total": sum(sizes.values()), "block": total("encoder.layers.0.", "encoder.layer.0."),
            "final_norm": total("post_layernorm.", "layernorm."),
            "never_built": total("head.", "embeddings.mask_token")}


def counts():
    def clip(width, hidden, layers, image, patch=14, act="quick_gelu", heads=16):
        return CLIPVisionModel(CLIPVisionConfig(
            hidden_size=width, intermediate_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
            image_size=image, patch_size=patch, hidden_act=act))

    def siglip(width, hidden, layers, image, patch, heads=16):
        return SiglipVisionModel(SiglipVisionConfig(
            hidden_size=width, intermediate_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
            image_size=image, patch_size=patch))

    def dinov2(width, layers, heads, swiglu=False):
        return Dinov2Model(Dinov2Config(
            hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, image_size=518, patch_size=14,
            use_swiglu_ffn=swiglu))

    def registers(width, layers, heads, swiglu=False):
        return Dinov2WithRegistersModel(Dinov2WithRegistersConfig(
            hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, image_size=518, patch_size=14,
            use_swiglu_ffn=swiglu, num_register_tokens=4))

    sizes = {"S-14": (384, 12, 6), "B-14": (768, 12, 12), "L-14": (1024, 24, 16), "g-14": (1536, 40, 24, True)}
    with torch.device("meta"):
        table = {
            "clip": {
                "ViT-B-32": count(clip(768, 3072, 12, 224, 32, heads=12)),
                "ViT-B-16": count(clip(768, 3072, 12, 224, 16, heads=12)),
                "ViT-L-14": count(clip(1024, 4096, 24, 224)),
                "ViT-L-14-336": count(clip(1024, 4096, 24, 336)),
                "ViT-H-14": count(clip(1280, 5120, 32, 224, act="gelu")),
                "ViT-g-14": count(clip(1408, 6144, 40, 224, act="gelu")),
                "ViT-bigG-14": count(clip(1664, 8192, 48, 224, act="gelu"))},
            "siglip": {
                "B-16-224": count(siglip(768, 3072, 12, 224, 16, heads=12)),
                "L-16-384": count(siglip(1024, 4096, 24, 384, 16)),
                "so400m-14-384": count(siglip(1152, 4304, 27, 384, 14))},
            "dinov2": {name: count(dinov2(*size)) for name, size in sizes.items()}
            | {f"{name}-reg": count(registers(*size)) for name, size in sizes.items()}}
    table["origin"] = f"transformers {transformers.__version__}, generate/vision.py"
    (FOLDER / "counts.json").write_text(json.dumps(table, indent=1) + "\n")


def main():
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    clip = TINY | {"intermediate_size": 20}
    case("clip", CLIPVisionModel(CLIPVisionConfig(**clip)), flag=True)
    case("clip_gelu", CLIPVisionModel(CLIPVisionConfig(hidden_act="gelu", **clip)), (20,))
    case("siglip", SiglipVisionModel(SiglipVisionConfig(**clip)), flag=True)
    case("dinov2", Dinov2Model(Dinov2Config(mlp_ratio=2, **TINY)))
    case("dinov2_swiglu", Dinov2Model(Dinov2Config(mlp_ratio=3, use_swiglu_ffn=True, **TINY)), (20,))
    case("dinov2_registers", Dinov2WithRegistersModel(Dinov2WithRegistersConfig(
        mlp_ratio=2, num_register_tokens=3, qkv_bias=False, **TINY)))
    positions()
    counts()


main()
