"""Makes Tests/Goldens/llava/: random tiny LLaVA folders of every supported layout, with what PyTorch computes from them.

Run by a person: python3 Tests/Goldens/generate/llava.py (needs torch, transformers, peft, sentencepiece, safetensors, Pillow; the
tokenizers of generate/subwords.py must be there). CPU, one thread, float32, fixed seeds. Each folder is a model folder as its
authors' code writes it; `golden.safetensors` in it holds `pixels`, `features` (what the projector reads), `tokens` (what it
gives), `before` and `after` (ids around the picture), `logits` at `positions`, and `greedy` ids.
"""

import json
import pathlib
import shutil

import sentencepiece
import torch
import torch.nn.functional as F
import transformers
from peft import LoraConfig, get_peft_model
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import (
    AutoTokenizer, CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel, Dinov2Config, LlamaConfig, LlamaForCausalLM,
    LlavaConfig, LlavaForConditionalGeneration, Qwen2Config, SiglipImageProcessor, SiglipVisionConfig,
)

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "llava"
SEED = 20250117
SIDE, PATCH = 28, 14
QUESTION = "What colour is this image?"
TEMPLATE = (
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite "
    "answers to the user's questions. USER: <image>\n{} ASSISTANT:"
)


def seed(number):
    torch.manual_seed(SEED + number)


def picture():
    """Not square, so that padding and cropping show."""
    image = Image.new("RGB", (61, 43))
    image.putdata([((x * 5 + y) % 256, (x * y) % 256, (255 - 3 * x + 7 * y) % 256) for y in range(43) for x in range(61)])
    image.save(FOLDER / "picture.png", optimize=True)
    return image


def enliven(model):
    """Makes norms and biases tell scale from shift, and weights large enough that answers are no ties."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.dim() == 1:
                value.add_(torch.randn_like(value) * 0.2)
            elif "embed" not in name and "position" not in name:
                value.mul_(6)
            else:
                value.mul_(20)
    return model.float().eval()


def vision():
    return CLIPVisionConfig(
        hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, image_size=SIDE, patch_size=PATCH)


def llama(vocabulary, **more):
    return LlamaConfig(
        vocab_size=vocabulary, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=512, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2, **more)


def write_golden(folder, **tensors):
    """Logits of every sixth position and the last keep the files small."""
    length = tensors["logits"].shape[1]
    tensors["positions"] = torch.tensor(sorted({*range(0, length, 6), length - 1}))
    tensors["logits"] = tensors["logits"][:, tensors["positions"]]
    values = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    origin = f"torch {torch.__version__}, transformers {transformers.__version__}, seed {SEED}, generate/llava.py"
    save_file(values, folder / "golden.safetensors", metadata={"origin": origin})


def copy_tokenizer(name, folder):
    for path in (ROOT / "tokenizers" / name).iterdir():
        shutil.copy(path, folder / path.name)


@torch.no_grad()
def continued(language, embeddings, steps=6):
    """Greedy ids after embeddings, without a cache."""
    ids = []
    for _ in range(steps):
        logits = language(inputs_embeds=embeddings).logits[0, -1]
        ids.append(int(logits.argmax()))
        embeddings = torch.cat([embeddings, language.get_input_embeddings()(torch.tensor([[ids[-1]]]))], 1)
    return torch.tensor(ids)


@torch.no_grad()
def hugging_face(name, config, processor, tokenizer_name, image, text):
    folder = FOLDER / name
    folder.mkdir()
    copy_tokenizer(tokenizer_name, folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    config.image_token_index = tokenizer.convert_tokens_to_ids("<image>")
    config.text_config.eos_token_id = tokenizer.eos_token_id
    model = enliven(LlavaForConditionalGeneration(config))
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    pixels = processor(image, return_tensors="pt")["pixel_values"].float()
    ids = tokenizer(text)["input_ids"]
    place = ids.index(config.image_token_index)
    count = (pixels.shape[2] // config.vision_config.patch_size) ** 2
    full = torch.tensor([ids[:place] + [config.image_token_index] * count + ids[place + 1:]])
    hidden = model.model.vision_tower(pixels, output_hidden_states=True).hidden_states[config.vision_feature_layer]
    features = hidden[:, 1:] if config.vision_feature_select_strategy == "default" else hidden
    tokens = model.model.multi_modal_projector(features)
    logits = model(input_ids=full, pixel_values=pixels, attention_mask=torch.ones_like(full)).logits
    greedy = model.generate(
        input_ids=full, pixel_values=pixels, attention_mask=torch.ones_like(full), max_new_tokens=6, do_sample=False)[0, full.shape[1]:]
    write_golden(
        folder, pixels=pixels, features=features, tokens=tokens, logits=logits, before=torch.tensor(ids[:place]),
        after=torch.tensor(ids[place + 1:]), greedy=greedy)
    return model


def projector(inputs, outputs):
    return enliven(torch.nn.Sequential(torch.nn.Linear(inputs, outputs), torch.nn.GELU(), torch.nn.Linear(outputs, outputs)))


def original_config(language, name, **more):
    values = {
        "architectures": ["LlavaLlamaForCausalLM"], "model_type": "llava", "mm_vision_tower": "tower", "mm_hidden_size": 16,
        "mm_projector_type": "mlp2x_gelu", "mm_vision_select_layer": -2, "mm_vision_select_feature": "patch",
        "mm_use_im_start_end": False, "mm_use_im_patch_token": False, "image_aspect_ratio": "pad", "mm_patch_merge_type": "flat",
        "use_mm_proj": True, "tokenizer_padding_side": "right", "tokenizer_model_max_length": 512, "rope_theta": 10000.0,
    }
    known = language.config.to_dict()
    for key in (
        "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
        "hidden_act", "rms_norm_eps", "max_position_embeddings", "tie_word_embeddings", "bos_token_id", "eos_token_id",
    ):
        values[key] = known[key]
    (FOLDER / name / "config.json").write_text(json.dumps(values | more, indent=1) + "\n")


@torch.no_grad()
def original_golden(folder, tower, mlp, language, image, aspect="pad", scales=None):
    """LLaVA's own road: expand2square, CLIP's processor, hidden state -2, MLP, pieces of text around the image tokens."""
    side = max(scales) if scales else SIDE
    processor = CLIPImageProcessor(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    if aspect == "pad":
        longest = max(image.size)
        square = Image.new("RGB", (longest, longest), tuple(int(255 * value) for value in processor.image_mean))
        square.paste(image, ((longest - image.width) // 2, (longest - image.height) // 2))
        image = square
    pixels = processor(image, return_tensors="pt")["pixel_values"].float()

    def look(x):
        hidden = tower(x, output_hidden_states=True).hidden_states[-2][:, 1:]
        grid = int(hidden.shape[1] ** 0.5)
        return hidden.transpose(1, 2).reshape(x.shape[0], -1, grid, grid)

    if scales:
        maps = []
        for scale in sorted(scales):
            scaled = F.interpolate(pixels, size=(scale, scale), mode="bicubic")
            parts = scale // SIDE
            tiles = [
                scaled[:, :, SIDE * r:SIDE * (r + 1), SIDE * c:SIDE * (c + 1)] for r in range(parts) for c in range(parts)]
            seen = look(torch.cat(tiles))
            rows = [torch.cat([seen[r * parts + c:r * parts + c + 1] for c in range(parts)], 3) for r in range(parts)]
            maps.append(F.interpolate(torch.cat(rows, 2), size=(SIDE // PATCH, SIDE // PATCH), mode="area"))
        features = torch.cat(maps, 1).flatten(2).transpose(1, 2)
    else:
        features = look(pixels).flatten(2).transpose(1, 2)
    tokens = mlp(features)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(ROOT / "tokenizers" / "sp-llama-legacy" / "tokenizer.model"))
    first, second = TEMPLATE.format(QUESTION).split("<image>")
    before, after = [1] + pieces.encode(first), pieces.encode(second)
    table = language.get_input_embeddings()
    embeddings = torch.cat([table(torch.tensor([before])), tokens, table(torch.tensor([after]))], 1)
    write_golden(
        folder, pixels=pixels, features=features, tokens=tokens, logits=language(inputs_embeds=embeddings).logits,
        before=torch.tensor(before), after=torch.tensor(after), greedy=continued(language, embeddings))


def original_state(tower, mlp, language):
    state = {key: value for key, value in language.state_dict().items()}
    state |= {"model.mm_projector." + key: value for key, value in mlp.state_dict().items()}
    prefix = "model.vision_tower.vision_tower.vision_model."
    state |= {prefix + key.removeprefix("vision_model."): value for key, value in tower.state_dict().items()}
    # As older torch wrote it: the buffer that newer classes do not keep.
    state[prefix + "embeddings.position_ids"] = torch.arange(5)[None]
    return {key: value.clone().contiguous() for key, value in state.items()}


def originals(image):
    seed(10)
    tower = enliven(CLIPVisionModel(vision()))
    pieces = "sp-llama-legacy"
    vocabulary = sentencepiece.SentencePieceProcessor(model_file=str(ROOT / "tokenizers" / pieces / "tokenizer.model")).vocab_size() + 2
    language = enliven(LlamaForCausalLM(llama(vocabulary)))
    mlp = projector(16, 16)

    towers = FOLDER / "tower"
    tower.save_pretrained(towers)
    CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}).save_pretrained(towers)

    # The authors' folders hold pickles; the tower's configuration lies elsewhere.
    folder = FOLDER / "original-bin"
    folder.mkdir()
    copy_tokenizer(pieces, folder)
    original_config(language, "original-bin")
    torch.save(original_state(tower, mlp, language), folder / "pytorch_model.bin")
    original_golden(folder, tower, mlp, language, image)

    # Two scales, cropped pictures, safetensors in two shards.
    seed(11)
    wide = projector(32, 16)
    folder = FOLDER / "original-s2"
    folder.mkdir()
    copy_tokenizer(pieces, folder)
    original_config(language, "original-s2", s2=True, s2_scales="28,56", image_aspect_ratio="square", mm_hidden_size=32)
    state = original_state(tower, wide, language)
    names = sorted(state)
    shards = {"model-00001-of-00002.safetensors": names[:len(names) // 2], "model-00002-of-00002.safetensors": names[len(names) // 2:]}
    for file, part in shards.items():
        save_file({key: state[key] for key in part}, folder / file, metadata={"format": "pt"})
    index = {
        "metadata": {"total_size": sum(value.numel() * value.element_size() for value in state.values())},
        "weight_map": {key: file for file, part in shards.items() for key in part}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")
    original_golden(folder, tower, wide, language, image, aspect="square", scales=[28, 56])

    # A language model by itself, and what LoRA training wrote on top of it.
    base = FOLDER / "base"
    language.save_pretrained(base)
    copy_tokenizer(pieces, base)
    seed(12)
    adapted = get_peft_model(language, LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"], bias="none"))
    with torch.no_grad():
        for key, value in adapted.named_parameters():
            if "lora_B" in key:
                value.normal_(0, 0.5)
    tuned = projector(16, 16)
    folder = FOLDER / "original-lora"
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    settings = json.loads((folder / "adapter_config.json").read_text())
    settings["base_model_name_or_path"] = "base"
    settings["target_modules"] = sorted(settings["target_modules"])
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=1) + "\n")
    original_config(language, "original-lora")
    torch.save({"base_model.model.model.mm_projector." + key: value for key, value in tuned.state_dict().items()}, folder / "non_lora_trainables.bin")
    original_golden(folder, tower, tuned, adapted.merge_and_unload().eval(), image)


def main():
    torch.set_num_threads(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    image = picture()
    clip = CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
    text = "USER: <image>\n" + QUESTION + " ASSISTANT:"

    seed(1)
    size = len(AutoTokenizer.from_pretrained(ROOT / "tokenizers" / "llama"))
    hugging_face("hf-clip-llama", LlavaConfig(vision_config=vision(), text_config=llama(size + 3)), clip, "llama", image, text)

    seed(2)
    size = len(AutoTokenizer.from_pretrained(ROOT / "tokenizers" / "qwen2"))
    siglip = SiglipVisionConfig(
        hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, image_size=SIDE, patch_size=PATCH)
    qwen = Qwen2Config(
        vocab_size=size, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=512, rope_parameters={"rope_type": "default", "rope_theta": 1e6}, tie_word_embeddings=True)
    hugging_face(
        "hf-siglip-qwen2",
        LlavaConfig(vision_config=siglip, text_config=qwen, vision_feature_select_strategy="full", tie_word_embeddings=True),
        SiglipImageProcessor(size={"height": SIDE, "width": SIDE}), "qwen2", image,
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<image>\n" + QUESTION + "<|im_end|>\n<|im_start|>assistant\n")

    seed(3)
    size = len(AutoTokenizer.from_pretrained(ROOT / "tokenizers" / "llama-legacy"))
    dino = Dinov2Config(
        hidden_size=16, num_hidden_layers=3, num_attention_heads=2, image_size=SIDE, patch_size=PATCH, mlp_ratio=2)
    hugging_face(
        "hf-dinov2-llama",
        LlavaConfig(vision_config=dino, text_config=llama(size), vision_feature_layer=-1, projector_hidden_act="silu"),
        CLIPImageProcessor(
            size={"shortest_edge": 32}, crop_size={"height": SIDE, "width": SIDE}, image_mean=[0.485, 0.456, 0.406],
            image_std=[0.229, 0.224, 0.225], resample=2), "llama-legacy", image, text)

    originals(image)


if __name__ == "__main__":
    main()
