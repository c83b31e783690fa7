"""Makes small tokenizers of every kind and the ids that sentencepiece, tokenizers and transformers give for 10,000 strings.

Usage: tokenizer_files.py [folder]

The strings are not stored: corpus.json holds a rule (seed, kinds, ranges, literals) that this script and
Tests/SubwordTokenizerTests/Corpus.swift both follow. Ids are in `<name>.ids`: per string, how many ids the list shares at its
beginning and end with the list of the tokenizer named `base` (none: empty lists), how many stand between, all as LEB128 numbers,
then those ids, 10 bits each, low bits first. `<name>.decoded.json` holds what decoding gives where it is not the string itself.
Training text: Python's own documentation topics (PSF licence) and strings of the same rule with another seed.
"""

import importlib
import io
import json
import os
import shutil
import sys
import tempfile

import pydoc_data.topics

import sentencepiece
import tokenizers
import transformers
from tokenizers import (
    AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers)
from transformers.tokenization_utils_base import generate_merges

HERE = os.path.dirname(os.path.abspath(__file__))

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "tokenizers")
SEED = 20240611
COUNT = 10_000
DECODED = 2_000
VOCABULARY = 1000

# MARK: The corpus

RULE = {
    "seed": SEED,
    "count": COUNT,
    "ranges": [
        [0x61, 0x7A], [0x41, 0x5A], [0xC0, 0x17F], [0x30, 0x39], [0x20, 0x7E], [0x430, 0x44F], [0x410, 0x42F],
        [0x3B1, 0x3C9], [0x386, 0x3AB], [0x627, 0x64A], [0x64B, 0x655], [0x5D0, 0x5EA], [0x5B0, 0x5BC], [0x905, 0x939],
        [0x93E, 0x94D], [0x966, 0x96F], [0xE01, 0xE3A], [0xE40, 0xE4E], [0x4E00, 0x4E7F], [0x8A00, 0x8AFF], [0x3041, 0x3096],
        [0x30A1, 0x30FA], [0xAC00, 0xACFF], [0x1100, 0x1112], [0x1161, 0x1175], [0xFF01, 0xFF5E], [0xFF66, 0xFF9D],
        [0x1F600, 0x1F64F], [0x1F300, 0x1F320], [0x300, 0x315], [0x0, 0x1F], [0x7F, 0xA0], [0x2000, 0x200F], [0x2028, 0x202F],
        [0x2100, 0x214F], [0x2150, 0x218B], [0x2460, 0x24FF], [0x2581, 0x2581], [0xFB00, 0xFB06], [0x20000, 0x200FF],
        [0xF900, 0xF920], [0x1D400, 0x1D454], [0xE000, 0xE005], [0x1E00, 0x1EFF], [0x1F00, 0x1F15],
    ],
    "literals": [
        " ", " ", " ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", "        ", " \n ", "\u3000", "\u00a0",
        "the", "The", "image", "What", "colour", "is", "this", "picture", "answer", "question", "don't", "I'LL", "we've", "it's",
        "ASSISTANT:", "USER:", " a", " of", "ing", "tion", "hello", "world", "aaaaaaaa", "hahaha", "....", "!!!", "?!", "--", "==",
        "Stra\u00dfe", "na\u00efve", "na\u0131\u0308ve", "caf\u00e9", "cafe\u0301", "\u017fs", "'\u017f", "na\u0303o",
        "\u043f\u0440\u0438\u0432\u0435\u0442", "\u043c\u0438\u0440", "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1", "\u0645\u0631\u062d\u0628\u0627", "\u0627\u0644\u0633\u0644\u0627\u0645",
        "\u05e9\u05dc\u05d5\u05dd", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u4f60\u597d\u4e16\u754c", "\u56fe\u7247", "\u3053\u3093\u306b\u3061\u306f", "\u30ab\u3099",
        "\uc548\ub155", "\u1112\u1161\u11ab", "\U0001F468\u200d\U0001F469\u200d\U0001F467", "\U0001F44D\U0001F3FD", "\U0001F1E9\U0001F1EA", "\u2764\ufe0f", "\U0001F3F4\u200d\u2620\ufe0f",
        "def f(x):\n    return x ** 2\n", "for (int i = 0; i < n; ++i) {", "https://example.org/a?b=1&c=2", "{\"key\": [1, 2.5e-3]}", "\\frac{1}{2}", "#include <stdio.h>",
        "1234567890", "3.14159", "1,000,000", "\u0663\u0664\u0665", "\u00bd", "x\u00b2", "\u2460", "\ufb01", "\u2103", "\u212b", "\u1e9b\u0323", "\ud55c\uae00", "\u200b", "\ufeff", "\ufffd",
        "<s>", "</s>", "<unk>", "<image>", "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<0x0A>", "\u2581", "\u2581the", "<image>\n", " <image>", "<pad>", "<im", "[MASK]", "[WORD]", "Norm", "norm",
    ],
}


class Numbers:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return (z ^ (z >> 31)) % limit


def corpus(seed, count):
    """`count` strings of one to four parts; a part is a literal or one to four characters of one range, sometimes repeated."""
    numbers = Numbers(seed)
    strings = []
    for _ in range(count):
        text = ""
        for _ in range(1 + numbers.below(4)):
            if numbers.below(5) < 3:
                part = RULE["literals"][numbers.below(len(RULE["literals"]))]
            else:
                first, last = RULE["ranges"][numbers.below(len(RULE["ranges"]))]
                part = "".join(chr(first + numbers.below(last - first + 1)) for _ in range(1 + numbers.below(4)))
            text += part * (1 + numbers.below(3) if numbers.below(12) == 0 else 1)
            if numbers.below(3) == 0:
                text += " "
        strings.append(text)
    return strings


STRINGS = corpus(SEED, COUNT)


def training_text():
    lines = []
    for topic in sorted(pydoc_data.topics.topics):
        lines += [line for line in pydoc_data.topics.topics[topic].split("\n") if line.strip()]
    special = [l for l in RULE["literals"] if l.startswith("<") or l.startswith("[")]
    for line in corpus(SEED + 1, 4000):
        for word in special:
            line = line.replace(word, "")
        line = line.replace("\x00", "").replace("\u2581", "").replace("\r", " ").replace("\n", " ")
        if line.strip():
            lines.append(line)
    return lines[:12000]


# MARK: Files

def pack(lists, base):
    out = bytearray()

    def number(value):
        while value >= 128:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)

    for index, ids in enumerate(lists):
        other = base[index] if base else []
        front = 0
        while front < min(len(ids), len(other)) and ids[front] == other[front]:
            front += 1
        back = 0
        while back < min(len(ids), len(other)) - front and ids[-1 - back] == other[-1 - back]:
            back += 1
        middle = ids[front:len(ids) - back]
        for value in (front, back, len(middle)):
            number(value)
        bits = 0
        for place, value in enumerate(middle):
            assert value < 1024, value
            bits |= value << (10 * place)
        out += bits.to_bytes((10 * len(middle) + 7) // 8, "little")
    return bytes(out)


LISTS = {}
CASES = []


def case(name, encode, decode, base=None, folder=None, count=COUNT, **extra):
    """Writes the ids of the first `count` strings and the decoded texts of the first 2,000."""
    lists = [list(encode(text)) for text in STRINGS[:count]]
    LISTS[name] = lists
    with open(os.path.join(FOLDER, name + ".ids"), "wb") as file:
        file.write(pack(lists, LISTS[base] if base else None))
    decoded = {}
    for index in range(min(DECODED, count)):
        text = decode(lists[index])
        if text != STRINGS[index]:
            decoded[str(index)] = text
    with open(os.path.join(FOLDER, name + ".decoded.json"), "w") as file:
        json.dump(decoded, file, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    CASES.append(dict(name=name, folder=folder or name, base=base, count=count, decoded=min(DECODED, count), **extra))
    print(f"   {name}: {sum(map(len, lists))} ids, {os.path.getsize(os.path.join(FOLDER, name + '.ids')) / 1e3:.0f} KB, "
          f"{len(decoded)} decoded texts differ")


def folder(name):
    path = os.path.join(FOLDER, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def write_json(path, value):
    with open(path, "w") as file:
        json.dump(value, file, ensure_ascii=False, separators=(",", ":"))


def shrink(path):
    """tokenizers indents its files; one line is half as large."""
    with open(path) as file:
        value = json.load(file)
    write_json(path, value)


# MARK: SentencePiece

def train_sentencepiece(path, **options):
    # An iterator, since a model keeps the path of the file that it was trained on.
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(training_text()), model_writer=model, vocab_size=VOCABULARY, num_threads=1, minloglevel=2, **options)
    with open(path, "wb") as file:
        file.write(model.getvalue())


def forget_rules(path):
    """Takes out the name of the temporary file of rules."""
    from sentencepiece import sentencepiece_model_pb2
    proto = sentencepiece_model_pb2.ModelProto()
    with open(path, "rb") as file:
        proto.ParseFromString(file.read())
    proto.normalizer_spec.normalization_rule_tsv = ""
    with open(path, "wb") as file:
        file.write(proto.SerializeToString(deterministic=True))


def slow_llama(model, legacy, added):
    """What transformers 4's LlamaTokenizer does with a tokenizer.model; `added` maps texts to ids."""
    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    if not legacy:
        from sentencepiece import sentencepiece_model_pb2
        proto = sentencepiece_model_pb2.ModelProto.FromString(processor.serialized_model_proto())
        proto.normalizer_spec.add_dummy_prefix = False
        processor = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
    trie = importlib.import_module("transformers.tokenization_python").Trie()
    for text in added:
        trie.add(text)
    unknown = "<unk>"
    unknown_length = len(processor.encode(unknown))
    specials = [t for t in added if t.startswith("<") and t != "<image>"]

    def piece_ids(text):
        if legacy or not text.startswith(("\u2581", " ")):
            return processor.encode(text)
        return processor.encode(unknown + text)[unknown_length:]

    def encode(text):
        if text == "":
            return []
        if not legacy:
            text = "\u2581" + text.replace("\u2581", " ")
        ids = []
        for part in trie.split(text):
            if part == "":
                continue
            ids += [added[part]] if part in added else piece_ids(part)
        lone = processor.piece_to_id("\u2581")
        if not legacy and len(ids) > 1 and ids[0] == lone and ids[1] in [added[s] for s in specials]:
            ids = ids[1:]
        return ids

    return encode


def sentencepiece_cases():
    path = folder("sp-bpe")
    model = os.path.join(path, "tokenizer.model")
    train_sentencepiece(
        model, model_type="bpe", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        split_digits=True, allow_whitespace_only_pieces=True, character_coverage=0.98, max_sentence_length=100000)
    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    case("sp-bpe", processor.encode, processor.decode)

    added = {"<unk>": 0, "<s>": 1, "</s>": 2, "<image>": VOCABULARY, "<pad>": VOCABULARY + 1}
    for legacy in (True, False):
        name = "sp-llama-legacy" if legacy else "sp-llama"
        path = folder(name)
        shutil.copy(model, path)
        write_json(os.path.join(path, "added_tokens.json"), {"<image>": VOCABULARY, "<pad>": VOCABULARY + 1})
        write_json(os.path.join(path, "special_tokens_map.json"), {
            "bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False},
            "pad_token": "<pad>", "unk_token": "<unk>"})
        config = {"add_bos_token": True, "add_eos_token": False, "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
                  "pad_token": "<pad>", "tokenizer_class": "LlamaTokenizer", "model_max_length": 10**30}
        if not legacy:
            config["legacy"] = False
        write_json(os.path.join(path, "tokenizer_config.json"), config)
        encode = slow_llama(model, legacy, added)
        # Added tokens lie beyond the processor's pieces, so decoding is compared through the JSON tokenizers.
        lists = [encode(text) for text in STRINGS]
        LISTS[name] = lists
        with open(os.path.join(FOLDER, name + ".ids"), "wb") as file:
            file.write(pack(lists, LISTS["sp-bpe"]))
        CASES.append(dict(name=name, folder=name, base="sp-bpe", count=COUNT, decoded=0))
        print("  ", name, sum(map(len, lists)), os.path.getsize(os.path.join(FOLDER, name + ".ids")))

    path = folder("sp-unigram")
    model = os.path.join(path, "tokenizer.model")
    train_sentencepiece(
        model, model_type="unigram", normalization_rule_name="nmt_nfkc", user_defined_symbols=["<image>", "[WORD]"],
        control_symbols=["<ctl>"], character_coverage=0.98, max_sentence_length=100000)
    unigram = sentencepiece.SentencePieceProcessor(model_file=model)
    case("sp-unigram", unigram.encode, unigram.decode)

    # Whitespace as a suffix, user rules for the characters, byte fallback.
    path = folder("sp-suffix")
    model = os.path.join(path, "tokenizer.model")
    with tempfile.TemporaryDirectory() as scratch:
        rules = os.path.join(scratch, "rules.tsv")
        with open(rules, "w") as file:
            for source, target in CHARACTER_RULES:
                file.write(" ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n")
        train_sentencepiece(
            model, model_type="unigram", byte_fallback=True, normalization_rule_tsv=rules, treat_whitespace_as_suffix=True,
            character_coverage=0.98, max_sentence_length=100000)
    forget_rules(model)
    suffix = sentencepiece.SentencePieceProcessor(model_file=model)
    case("sp-suffix", suffix.encode, suffix.decode, count=3000)
    return processor, unigram, suffix


CHARACTER_RULES = [
    ("\u00e9", "e"), ("e\u0301", "e"), ("\ufb01", "fi"), ("\u3000", " "), ("\u00a0", " "), ("\t", " "), ("\r", ""), ("\u200b", ""),
    ("\u2460", "1"), ("\u00bd", "1/2"), ("\u00df", "ss"), ("aaa", "a"), ("aaaa", "b"), ("\u212b", "\u00c5"), ("\n", "\u240a"),
    ("\U0001F468", "man"), ("\U0001F468\u200d", "m"), ("\u0915\u094d", "k"), ("\ufeff", ""),
] + [(chr(0xFF01 + i), chr(0x21 + i)) for i in range(94)]


def charsmap(model):
    from sentencepiece import sentencepiece_model_pb2
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.serialized_model_proto())
    return proto.normalizer_spec.precompiled_charsmap


# MARK: tokenizer.json

def byte_fallback_decoder():
    return decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])


PROBES = ["", "hello world", " <image>\nWhat is this?", "caf\u00e9 \U0001F44D\U0001F3FD", "</s>x"]


def framed(encode, decode):
    """What stands around a text, and what is left when special tokens are skipped."""
    result = []
    for text in PROBES:
        ids = list(encode(text))
        result.append(dict(text=text, ids=ids, skipped=decode(ids)))
    return result


def json_case(name, tokenizer, base=None, count=COUNT, save=True, **extra):
    if save:
        path = os.path.join(folder(name), "tokenizer.json")
        tokenizer.save(path)
        shrink(path)
        tokenizer = Tokenizer.from_file(path)
    probes = framed(lambda text: tokenizer.encode(text).ids, lambda ids: tokenizer.decode(ids, skip_special_tokens=True))
    case(name, lambda text: tokenizer.encode(text, add_special_tokens=False).ids,
         lambda ids: tokenizer.decode(ids, skip_special_tokens=False), base=base, count=count, framed=probes, **extra)


def llama_cases(processor):
    vocabulary = {processor.id_to_piece(i): i for i in range(processor.get_piece_size())}
    scores = {processor.id_to_piece(i): processor.get_score(i) for i in range(processor.get_piece_size())}
    merges = generate_merges(vocabulary, scores)
    special = [AddedToken(t, normalized=False, special=True) for t in ("<unk>", "<s>", "</s>", "<image>")]

    legacy = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    legacy.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    legacy.decoder = byte_fallback_decoder()
    legacy.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    legacy.add_tokens(special)
    json_case("llama-legacy", legacy, base="sp-bpe")

    modern = transformers.LlamaTokenizer(
        vocab=vocabulary, merges=merges, legacy=False, add_bos_token=True, extra_special_tokens=["<image>"], pad_token="<pad>")
    path = folder("llama")
    modern.save_pretrained(path)
    shrink(os.path.join(path, "tokenizer.json"))
    modern = transformers.AutoTokenizer.from_pretrained(path)
    case("llama", lambda text: modern.encode(text, add_special_tokens=False),
         lambda ids: modern.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False), base="sp-bpe",
         framed=framed(modern.encode, lambda ids: modern.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)),
         bos=modern.bos_token_id, eos=modern.eos_token_id, pad=modern.pad_token_id)
    return vocabulary, merges


def byte_level_cases():
    raw = Tokenizer(models.BPE())
    raw.normalizer = normalizers.NFC()
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.train_from_iterator(training_text(), trainers.BpeTrainer(
        vocab_size=VOCABULARY - 10, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    content = json.loads(raw.to_str())["model"]
    vocabulary, merges = content["vocab"], [tuple(m) for m in content["merges"]]

    qwen = transformers.Qwen2Tokenizer(vocab=vocabulary, merges=merges)
    qwen.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>", "<image>"]})
    path = folder("qwen2")
    qwen.save_pretrained(path)
    shrink(os.path.join(path, "tokenizer.json"))
    qwen = transformers.AutoTokenizer.from_pretrained(path)
    case("qwen2", lambda text: qwen.encode(text), lambda ids: qwen.decode(ids, clean_up_tokenization_spaces=False),
         framed=framed(qwen.encode, lambda ids: qwen.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)),
         eos=qwen.eos_token_id, pad=qwen.pad_token_id)

    path = folder("qwen2-files")
    write_json(os.path.join(path, "vocab.json"), vocabulary)
    with open(os.path.join(path, "merges.txt"), "w") as file:
        file.write("#version: 0.2\n" + "".join(" ".join(pair) + "\n" for pair in merges))
    decoder = {str(id): {"content": token.content, "lstrip": token.lstrip, "normalized": token.normalized, "rstrip": token.rstrip,
                         "single_word": token.single_word, "special": token.special}
               for id, token in qwen.added_tokens_decoder.items()}
    write_json(os.path.join(path, "tokenizer_config.json"), {
        "add_prefix_space": False, "added_tokens_decoder": decoder, "bos_token": None, "eos_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>", "unk_token": None, "errors": "replace", "tokenizer_class": "Qwen2Tokenizer"})
    case("qwen2-files", lambda text: qwen.encode(text), lambda ids: qwen.decode(ids, clean_up_tokenization_spaces=False), base="qwen2")

    llama3 = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, ignore_merges=True))
    llama3.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
            behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=False)])
    llama3.decoder = decoders.ByteLevel()
    llama3.add_special_tokens([AddedToken("<|endoftext|>", special=True), AddedToken("<|im_end|>", special=True)])
    llama3.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|endoftext|> $A <|im_end|>:1", special_tokens=[
            ("<|endoftext|>", llama3.token_to_id("<|endoftext|>")), ("<|im_end|>", llama3.token_to_id("<|im_end|>"))])])
    json_case("llama3", llama3, base="qwen2")

    gpt2 = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    gpt2.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    gpt2.decoder = decoders.ByteLevel()
    json_case("gpt2", gpt2, base="qwen2", count=3000)


def unigram_json(model):
    pieces = [(model.id_to_piece(i), model.get_score(i)) for i in range(model.get_piece_size())]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(charsmap(model)), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always", split=True)
    tokenizer.add_tokens([
        AddedToken("<image>", special=True, normalized=False, lstrip=True, rstrip=True), AddedToken("norm", normalized=True, single_word=True),
        AddedToken("[MASK]", normalized=False, lstrip=True)])
    json_case("unigram", tokenizer, count=4000)


def mixed_json():
    """Components that the tokenizers above do not use."""
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFKC(), normalizers.Lowercase(), normalizers.StripAccents(), normalizers.Strip(),
        normalizers.Replace(Regex("[0-9]{4,}"), "9999")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Punctuation("isolated"),
        pre_tokenizers.Split("th", "merged_with_previous"), pre_tokenizers.Split(Regex("[aeiou]n"), "merged_with_next"),
        pre_tokenizers.Split(Regex("s+"), "contiguous"), pre_tokenizers.Split("x", "removed")])
    tokenizer.train_from_iterator(training_text()[:4000], trainers.BpeTrainer(
        vocab_size=500, special_tokens=["[UNK]", "[PAD]"], show_progress=False, limit_alphabet=100))
    tokenizer.add_tokens([AddedToken("Norm", normalized=True), AddedToken("[WORD]", single_word=True, normalized=False)])
    tokenizer.decoder = decoders.Fuse()
    json_case("mixed", tokenizer, count=4000)

    other = Tokenizer.from_str(tokenizer.to_str())
    other.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.NFKD(), normalizers.Strip(left=True, right=False)])
    other.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Digits(individual_digits=False), pre_tokenizers.Punctuation("contiguous"),
        pre_tokenizers.CharDelimiterSplit("e"), pre_tokenizers.Split(Regex("[a-m]+"), "removed", invert=True)])
    json_case("mixed2", other, count=2000)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    write_json(os.path.join(FOLDER, "corpus.json"), RULE)
    processor, unigram, suffix = sentencepiece_cases()
    llama_cases(processor)
    byte_level_cases()
    unigram_json(suffix)
    mixed_json()
    write_json(os.path.join(FOLDER, "manifest.json"), {
        "sentencepiece": sentencepiece.__version__, "tokenizers": tokenizers.__version__, "transformers": transformers.__version__,
        "python": sys.version.split()[0], "seed": SEED, "cases": CASES})


if __name__ == "__main__":
    main()
